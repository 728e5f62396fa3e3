"""Spec files of matrices, the values and facts of matrix networks, and the sizes that data have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from sympy import Eq, Integer, MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.errors import DataError, NetworkError, SpecError
from symbackprop.matrices import Array, Broadcast, Product, Softmax, Sum, SumAll, Transposed
from symbackprop.network.network import Network
from symbackprop.network.shapes_of_data import bind
from symbackprop.network.spec import load_example, load_text, read_example
from symbackprop.numeric.evaluate import forward

NET = """\
name = "small"
facts = ["rowsum(T) = 1"]
[shapes]
X = "m × n"
T = "m x k"
W = ["n", "k"]
b = "1 × k"
[inputs]
X = [[1, 2], [3, 4], [5, 6]]
c = 2
[targets]
T = [[1, 0], [0, 1], [1, 0]]
[parameters]
W = [[1, 2], [3, 4]]
b = [[0, 0]]
[equations]
Z = "X @ W + b"
P = "softmax(Z, axis=1)"
E = "-c*total(T*log(P))/m"
[loss]
minimize = "E"
"""
m, n, k, h = symbols("m n k h")
one = Integer(1)
X, T, W, b = Array("X", (m, n)), Array("T", (m, k)), Array("W", (n, k)), Array("b", (1, k))
Z, P = Array("Z", (m, k)), Array("P", (m, k))
MATRICES = ("attention", "batch-norm", "layer-norm", "mlp", "or-gate-vectorised", "rnn", "softmax-cross-entropy")


def changed(*pairs: tuple[str, str]) -> str:
    text = NET
    for old, new in pairs:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def refusal(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        load_text(text, "net.toml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ── What files say ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_small_network() -> None:
    net = load_text(NET)
    c, E = symbols("c E")
    assert dict(net.equations) == {
        Z: Product(X, W) + b, P: Softmax(Z, one), E: -c * SumAll(T * sp.log(P)) / m,
    }  # fmt: skip
    assert (net.inputs, net.targets, net.parameters, net.loss) == ((X, c), (T,), (W, b), E)
    assert net.dialect == "matrix"
    assert list(net.sizes) == [m, n, k]
    assert net.facts == (Eq(Sum(T, one), 1, evaluate=False),)
    assert dict(net.values) == {
        "X": ((1, 2), (3, 4), (5, 6)), "c": 2, "T": ((1, 0), (0, 1), (1, 0)), "W": ((1, 2), (3, 4)), "b": ((0, 0),),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('"m × n"', (m, n)), ('"m×n"', (m, n)), ('"m x n"', (m, n)), ('["m", "n"]', (m, n)), ('"m × 2*h"', (m, 2 * h)),
        ('" m  ×  n + 1 "', (m, n + 1)), ('["m", 3]', (m, Integer(3))), ('"4x3"', (Integer(4), Integer(3))),
        ('"4 x n"', (Integer(4), n)), ('"x x n"', (Symbol("x"), n)),
    ],
)  # fmt: skip
def test_shapes_are_written_in_several_ways(text: str, shape: tuple[Any, Any]) -> None:
    file = f'[shapes]\nX = {text}\n[parameters]\nX = [[]]\n[equations]\nE = "total(X)"\n[loss]\nminimize = "E"\n'
    file = file.replace("[parameters]\nX = [[]]\n", "").replace("[shapes]", 'parameters = ["X"]\n[shapes]')
    assert load_text(file).shape("X") == shape


def test_equations_stand_in_any_order_and_may_have_shapes() -> None:
    turned = changed(('Z = "X @ W + b"\nP = "softmax(Z, axis=1)"\n', 'P = "softmax(Z, axis=1)"\nZ = "X @ W + b"\n'))
    assert dict(load_text(turned).equations) == dict(load_text(NET).equations)
    assert load_text(
        changed(('b = "1 × k"', 'b = "1 × k"\nZ = "m × k"\nE2 = "m × 1"'), ("[loss]", 'E2 = "rowsum(Z)"\n[loss]'))
    )


def test_values_are_not_needed() -> None:
    text = 'inputs = ["X", "c"]\n' + changed(("[inputs]\nX = [[1, 2], [3, 4], [5, 6]]\nc = 2\n", ""))
    net = load_text(text)
    assert net.inputs == (X, Symbol("c"))
    assert set(net.values) == {"T", "W", "b"}


def test_functions_of_the_users_own_and_several_scalars() -> None:
    text = changed(
        ("[inputs]", '[functions]\n"sq(z)" = "z**2"\n[inputs]'),
        ("T*log(P)", "sq(Z)*p1"),
        ('P = "softmax(Z, axis=1)"', '"p1, p2" = "softmax([c, total(Z)])"'),
    )
    net = load_text(text)
    assert {"p1", "p2"} < {name.name for name in net.equations}
    assert net.symbol("p1") == Symbol("p1")


def test_a_file_without_shapes_may_use_the_words() -> None:
    text = NET[: NET.index("facts")] + (
        "[parameters]\ntotal = 1\n[inputs]\nmean = [1, 2]\n"
        '[equations]\nnorm = "total*mean"\n[loss]\nminimize = "norm"\n'
    )
    net = load_text(text)
    assert net.dialect == "scalar"
    assert net.values["mean"] == (1, 2)


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────

SHAPE_FIX = 'write rows and columns, "m × n" or ["m", "n"]; a row is "1 × n" and a column "m × 1"'
SIZE_FIX = "write a whole number, a name, or such as 2*h and n + 1"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('X = "m × n"', 'X = "m"', f"4: error[shape]: the shape of 'X' is the text 'm'; {SHAPE_FIX}"),
        ('X = "m × n"', 'X = 3', f"4: error[shape]: the shape of 'X' is 3; {SHAPE_FIX}"),
        ('X = "m × n"', 'X = ["m"]', f"4: error[shape]: the shape of 'X' is a list; {SHAPE_FIX}"),
        ('X = "m × n"', 'X = [0, "n"]', f"4: error[size]: a size of 'X' is 0; {SHAPE_FIX}"),
        ('X = "m × n"', 'X = "m × n/2"', f"4: error[size]: in X: 'n/2' is not a size; {SIZE_FIX}"),
        ('X = "m × n"', 'X = "m × "', f"4: error[shape]: the shape of 'X' is the text 'm ×'; {SHAPE_FIX}"),
        ('X = "m × n"', 'X = "m × total"', "4: error[name]: 'total' is a function and cannot be a size; rename it"),
        ('b = "1 × k"', 'b = "1 × k"\nQ = "m × n"',
         "8: error[unknown-name]: 'Q' has a shape and is no name; known names: E, P, T, W, X, Z, b, c"),
        ('b = "1 × k"', 'b = "1 × k"\nZ = "k × m"',
         "18: error[shape]: in Z: Z is k×m and its expression is m×k; did you mean the transpose?"),
        ('b = "1 × k"', 'b = "1 × k"\nc = "m × 1"',
         "11: error[rows]: the matrix 'c' is one number; write its rows: c = [[2, …], …]"),
        ("[[1, 2], [3, 4], [5, 6]]", "[1, 2]",
         "9: error[rows]: the matrix 'X' is a flat list; "
         "write [[1, 2, …]] for one row, or [[1], [2], …] for one column"),
        ("[[1, 2], [3, 4], [5, 6]]", "[]",
         "9: error[rows]: the matrix 'X' is an empty list; write [[…, …]] for one row, or [[…], …] for one column"),
        ("[[1, 2], [3, 4], [5, 6]]", "[[1, 2], 3]",
         "9: error[rows]: row 2 of 'X' is 3; write each row as a list of numbers"),
        ("[[1, 2], [3, 4], [5, 6]]", "[[]]",
         "9: error[rows]: row 1 of 'X' is empty; write each row as a list of numbers"),
        ("[[1, 2], [3, 4], [5, 6]]", "[[1, 2], [3]]",
         "9: error[ragged]: row 2 of 'X' has 1 number and row 1 has 2; give every row as many numbers"),
        ("[[1, 2], [3, 4], [5, 6]]", '[[1, "a"]]',
         "9: error[number]: 'X' is the text 'a', not a number; write a number such as 0.05"),
        ("[[1, 2], [3, 4], [5, 6]]", "[[1, nan]]",
         "9: error[number]: 'X' is nan, not a finite number; write a finite one"),
        ("[[1, 2], [3, 4], [5, 6]]", "[[1, 3, 5], [2, 4, 6]]",
         "9: error[shape]: X is 2×3 and should be m×n: it looks transposed; give X.T"),
        ("[[1, 2], [3, 4], [5, 6]]", "[[1, 2], [3, 4]]",
         "12: error[shape]: T is 3×2 and should be m×k: m is 3 in T and 2 in X (2×2, m×n); "
         "let T have 2 rows, or give another X"),
        ("c = 2", "c = [1, 2]", "10: error[shape]: 'c' is a list and has no shape; write c = \"m × n\" under [shapes]"),
        ("c = 2", "m = 2", "10: error[duplicate]: 'm' is an input and a size of 'X'; give sizes names of their own"),
        ("c = 2", "total = 2", "10: error[name]: 'total' is a function and cannot be an input; rename it"),
        ('"X @ W + b"', '"W @ X + b"',
         "17: error[shape]: in Z: W (n×k) @ X (m×n): inner sizes k and m differ; did you mean X @ W?"),
        ('"X @ W + b"', '"X*W + b"',
         "17: error[shape]: in Z: X (m×n) * W (n×k): the sizes differ; did you mean X @ W, the matrix product?"),
        ('"X @ W + b"', '"X @ W + B"',
         "17: error[unbound]: in Z: unknown name 'B'; known names: T, W, X, b, c, k, m, n"),
        ('"X @ W + b"', '"X @ W + P"', "17: error[cycle]: in Z: Z needs P needs Z; "
         "give each step of a recurrence a name of its own, such as h_1, h_2, h_3"),
        ('"X @ W + b"', '"X.t @ W"', "17: error[forbidden]: in Z: '.t' in 'X.t @ W'; write .T for the transpose"),
        ('P = "softmax(Z, axis=1)"', 'P = "softmax(Z)"', "18: error[axis]: in P: 'softmax(Z)' of a matrix has no axis; "
         "write softmax(Z, axis=1) for each row or softmax(Z, axis=0) for each column"),
        ('P = "softmax(Z, axis=1)"', 'P = "softmax(Z, axis=2)"', "18: error[axis]: in P: softmax(Z, 2): Z (m×k) has no "
         "axis 2; use axis 0 for each column or axis 1 for each row"),
        ('P = "softmax(Z, axis=1)"', 'P = "inv(Z)"', "18: error[square]: in P: Z (m×k) is not square, and inv needs a "
         "square matrix; sizes m and k must be one size"),
        ('"-c*total(T*log(P))/m"', '"T*log(P)"', "21: error[loss]: in E: the loss E is a m×k matrix, not a scalar; "
         "sum it with total(…), or average it with mean(…)"),
        ("rowsum(T) = 1", "rowsum(P) = 1", "2: error[fact]: in facts: rowsum(P) = 1 is not about inputs and targets "
         "alone; state what is known of the data, such as rowsum(Y) = 1 or A.T = A"),
        ("rowsum(T) = 1", "rowsum(T) = T", "2: error[fact]: in facts: rowsum(T) (m×1) = T (m×k): the sizes differ; "
         "let both sides have one shape, or one be a number"),
        ("rowsum(T) = 1", "c = T",
         "2: error[fact]: in facts: c (scalar) = T (m×k): a scalar is said to equal a matrix; "
         "state what is known of the data, such as rowsum(Y) = 1 or A.T = A"),
        ("[inputs]", '[functions]\n"norm(z)" = "z"\n[inputs]',
         "9: error[duplicate]: the function 'norm' is an operation on matrices; rename it"),
        ("[shapes]", "[shape]", "3: error[unknown-section]: unknown section 'shape'; did you mean 'shapes'?"),
    ],
)  # fmt: skip
def test_refusals_name_the_line(old: str, new: str, message: str) -> None:
    assert refusal(changed((old, new))) == f"net.toml:{message}"


def test_matrices_without_shapes_are_told_where_shapes_go() -> None:
    shapes = NET[NET.index("[shapes]") : NET.index("[inputs]")]
    assert refusal(changed((shapes, ""))) == (
        "net.toml:4: error[number]: 'X' is a list, not a number; "
        "a matrix has a shape under [shapes], and is a list of rows of numbers"
    )


# ── Examples ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", MATRICES)
def test_the_examples_are_networks_with_data(name: str) -> None:
    spec = read_example(name)
    net = spec.network
    assert net.dialect == "matrix"
    assert set(net.values) == {symbol.name for symbol in net.leaves}
    sizes = bind(
        {s.name: net.shape(s) for s in net.leaves}, {key: np.shape(value) for key, value in net.values.items()}
    )
    assert set(sizes) == {size.name for size in net.sizes}
    values = forward(net, {**{key: np.array(value) for key, value in net.values.items()}, **sizes})
    assert 0 < float(values[net.loss.name]) < 2


def test_the_or_gate_has_the_figures_of_the_scalar_one() -> None:
    net = load_example("or-gate-vectorised")
    assert net.shape("X") == (2, m)
    arrays = {key: np.array(value) for key, value in net.values.items()}
    costs = []
    for _ in range(2):
        values = forward(net, {**arrays, "m": 4})
        costs.append(float(values["Cost"]))
        delta = (values["A"] - arrays["Y"]) * values["A"] * (1 - values["A"]) / 4
        arrays = {**arrays, "W": arrays["W"] - delta @ arrays["X"].T, "b": arrays["b"] - delta.sum()}
    assert costs == pytest.approx([0.0889, 0.0840], abs=5e-5)


def test_what_the_examples_write() -> None:
    norm = load_example("batch-norm").equations
    assert str(norm[Array("mu", (1, k))]) == "colsum(Z)/m"
    assert str(norm[Array("Z_hat", (m, k))]) == "Z_c/s"
    d = Symbol("d")
    Q, K = Array("Q", (m, d)), Array("K", (m, d))
    assert load_example("attention").equations[Array("S", (m, m))] == Product(Q, Transposed(K)) / sp.sqrt(d)
    assert load_example("softmax-cross-entropy").facts == (Eq(Sum(Array("Y", (m, k)), one), 1, evaluate=False),)


# ── Values and facts from Python ──────────────────────────────────────────────────────────────────────────────────

X_, A_, T_, W_ = MatrixSymbol("X", m, n), MatrixSymbol("A", n, n), MatrixSymbol("T", m, k), MatrixSymbol("W", n, k)
P_, s, E = MatrixSymbol("P", m, k), Symbol("s"), Symbol("E")
A = Array("A", (n, n))


def network(facts: list[Any] | None = None, values: dict[Any, Any] | None = None) -> Network:
    return Network(
        {P_: sb.softmax(X_ * A_ * W_, axis=1), E: -s * sb.total(sb.hadamard(T_, sb.log(P_))) / m},
        inputs=[X_, A_, s], targets=[T_], parameters=[W_], loss=E, facts=facts or [], values=values,
    )  # fmt: skip


def test_values_are_rows_of_floats() -> None:
    given = {
        "X": [[1, 2], (3, 4)],
        W_: np.ones((2, 3), dtype=np.float32),
        "s": np.float64(2),
        "A": np.eye(2, dtype=int),
    }
    values = network(values=given).values
    assert values == {"X": ((1, 2), (3, 4)), "W": ((1, 1, 1), (1, 1, 1)), "s": 2, "A": ((1, 0), (0, 1))}
    assert all(type(entry) is float for name in ("X", "W", "A") for row in values[name] for entry in row)  # type: ignore[union-attr]
    assert type(values["s"]) is float


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"X": np.ones(3)}, "error[shape]: X has shape (3,) and should be m×n; "
         "write np.reshape(X, (1, 3)) for one row, or np.reshape(X, (3, 1)) for one column"),
        ({"X": 3}, "error[shape]: X is a single number and should be m×n; give m rows of n numbers each, [[…], […]]"),
        ({"X": np.ones((2, 3)), "T": np.ones((3, 4)), "A": np.eye(2)},
         "error[shape]: X is 2×3 and should be m×n: it looks transposed; give X.T"),
        ({"X": [[1, 2]], "A": np.eye(3)},
         "error[shape]: A is 3×3 and should be n×n: n is 3 in A and 2 in X (1×2, m×n); "
         "let A have 2 rows, or give another X"),
        ({"A": np.ones((2, 3))}, "error[shape]: A is 2×3 and should be n×n; give A 2 columns"),
        ({"X": np.ones((2, 2, 2))},
         "error[shape]: X has shape (2, 2, 2) and should be m×n; give it rows of numbers, two axes in all"),
        ({"X": [[1, 2], [3]]}, "error[ragged]: in values: row 2 of X has 1 entry and row 1 has 2 entries; "
         "give every row as many numbers"),
        ({"X": [1, [2]]}, "error[ragged]: in values: row 2 of X has 1 entry and row 1 has one number; "
         "give every row as many numbers"),
        ({"X": []}, "error[empty]: X has no entries; give one at least"),
        ({"X": [[1, "a"]]}, "error[number]: in values: X[0][1] = 'a' is not a number; give a number"),
        ({"X": [[1, float("inf")]]}, "error[number]: in values: X[0][1] = inf is not finite; give finite numbers"),
        ({"s": [1, 2]}, "error[shape]: s has shape (2,) and should be a single number; give one number"),
        ({"s": None}, "error[number]: in values: s = None is not a number; give a number"),
        ({"WW": [[1]]}, "error[unknown-name]: in values: there is a value for WW; did you mean 'W'?"),
    ],
)  # fmt: skip
def test_values_that_do_not_fit(values: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        network(values=values)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("fact", "left", "right"),
    [
        (Eq(sb.rowsum(T_), sb.ones(m, 1)), Sum(T, one), one),
        (Eq(sb.ones(m, 1), sb.rowsum(T_)), Sum(T, one), one),
        (Eq(T_ * sb.ones(k, 1), sb.ones(m, 1)), Sum(T, one), one),
        (Eq(sb.rowmean(T_), sb.ones(m, 1) / k), Sum(T, one), one),
        (Eq(A_, A_.T), Transposed(A), A),
        (Eq(A_.T, A_), Transposed(A), A),
        (Eq(A_.T * A_, sb.eye(n)), Product(Transposed(A), A), sb.matrices.Identity(n)),
        (Eq(sb.total(T_), 1), SumAll(T), one),
        (Eq(s, sb.total(T_)), SumAll(T), s),
        (Eq(Sum(T, one), 1, evaluate=False), Sum(T, one), one),
        (Eq(s, 2), s, Integer(2)),
    ],
)
def test_facts(fact: Any, left: Any, right: Any) -> None:
    stated = network([fact]).facts
    assert [(found.lhs, found.rhs) for found in stated] == [(left, right)]
    assert network(list(stated)).facts == stated
    assert not stated[0].has(Broadcast)


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ([Eq(sb.rowsum(P_), sb.ones(m, 1))], "rowsum(P) = 1 is not about inputs and targets alone"),
        ([Eq(A_, Symbol("q") * A_.T)], "A = q*A.T is not about inputs and targets alone"),
        ([Eq(T_, T_.T, evaluate=False)], "T (m×k) = T.T (k×m): the sizes differ"),
        ([Eq(A_ + A_, A_)], "2*A = A gives A in terms of itself"),
        ([Eq(A_.T.T, A_, evaluate=False)], "A = A says nothing: it always holds"),
        ([Eq(sb.rowsum(T_), sb.ones(m, 1)), Eq(sb.rowsum(T_), 2 * sb.ones(m, 1))],
         "'rowsum(T) = 1' and 'rowsum(T) = 2' cannot hold together; correct one, or leave it out"),
        ([Eq(sb.rowsum(T_), 1)], "SymPy has left False of a fact: its sides can never be equal, as where their shapes"),
        ([Eq(s, 1), Eq(s, 2)], "'s = 1' and 's = 2' cannot hold together; correct one, or leave it out"),
    ],
)  # fmt: skip
def test_facts_that_are_refused(facts: list[Any], message: str) -> None:
    with pytest.raises(NetworkError) as caught:
        network(facts)
    assert str(caught.value).startswith(f"error[fact]: in facts: {message}")


# ── Sizes of data ─────────────────────────────────────────────────────────────────────────────────────────────────

SHAPES = {"X": (n, m), "Y": (one, m), "Z": (2 * h, n + 1), "Q": (n, n), "R": (m * n, one), "b": ()}


@pytest.mark.parametrize(
    ("given", "sizes"),
    [
        ({"X": (2, 4), "Y": (1, 4), "b": ()}, {"n": 2, "m": 4}),
        ({"X": (2, 4), "Z": (6, 3)}, {"n": 2, "m": 4, "h": 3}),
        ({"Z": (6, 3)}, {"h": 3, "n": 2}),
        ({"R": (8, 1), "Y": (1, 4)}, {"m": 4, "n": 2}),
        ({"R": (8, 1)}, {}),
        ({"X": (1, 1), "Q": (1, 1)}, {"n": 1, "m": 1}),
        ({}, {}),
    ],
)
def test_sizes_follow_from_data(given: dict[str, Any], sizes: dict[str, int]) -> None:
    assert bind(SHAPES, given) == sizes


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"X": (4, 2), "Y": (1, 4)}, "X is 4×2 and should be n×m: it looks transposed; give X.T"),
        ({"X": (2, 4), "Y": (4, 1)}, "Y is 4×1 and should be 1×m: it looks transposed; give Y.T"),
        ({"X": (2, 4), "Y": (1, 3)},
         "Y is 1×3 and should be 1×m: m is 3 in Y and 4 in X (2×4, n×m); let Y have 4 columns, or give another X"),
        ({"X": (2, 4), "Y": (2, 4)}, "Y is 2×4 and should be 1×m; give Y 1 row"),
        ({"Y": (4,)}, "Y has shape (4,) and should be 1×m; write np.reshape(Y, (1, 4))"),
        ({"R": (8,)}, "R has shape (8,) and should be m*n×1; write np.reshape(R, (8, 1))"),
        ({"X": (2, 4), "Z": (5, 3)},
         "Z is 5×3 and should be 2*h×(n+1): h is 2; give Z 4 rows"),
        ({"X": (2, 4), "R": (9, 1)}, "R is 9×1 and should be m*n×1: m is 4, n is 2; give R 8 rows"),
        ({"b": (1,)}, "b has shape (1,) and should be a single number; give one number"),
    ],
)  # fmt: skip
def test_sizes_that_disagree(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError) as caught:
        bind(SHAPES, given)
    assert str(caught.value) == f"error[shape]: {message}"
    assert caught.value.about in given
