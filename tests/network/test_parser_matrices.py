"""Formulas over matrices: what they mean, which shapes they stand for, and what is refused in which words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Eq, Expr, Float, Integer, Max, Piecewise, Symbol, log, preorder_traversal, sqrt, symbols, tanh
from work import calls, memory

from symbackprop.errors import SpecError
from symbackprop.functions import function, relu, sigmoid, softmax
from symbackprop.matrices import (
    Array,
    Broadcast,
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    LogDeterminant,
    LogSoftmax,
    LogSumExp,
    Softmax,
    Sum,
    SumAll,
    Trace,
    Transposed,
    product,
    shape_of,
)
from symbackprop.network.formulas import (
    MATRIX_WORDS,
    names_used,
    parse_equation,
    parse_expression,
    parse_facts,
    parse_size,
)
from symbackprop.numeric.evaluate import evaluate

m, n, h, k = symbols("m n h k")
one = Integer(1)
X, W, Q, K, S = Array("X", (m, n)), Array("W", (n, h)), Array("Q", (m, k)), Array("K", (m, k)), Array("S", (n, n))
b, c, x, y = Array("b", (1, h)), Array("c", (m, 1)), Array("x", (n, 1)), Array("y", (n, 1))
D = Array("Delta_Z1", (m, h))
s, d = symbols("s d")
TABLE = {symbol.name: symbol for symbol in (X, W, Q, K, S, b, c, x, y, D, s, d)}


def read(text: str) -> Expr:
    return parse_expression(text, TABLE)


def refusal(text: str, **options: Any) -> str:
    with pytest.raises(SpecError) as caught:
        parse_equation(text, TABLE, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ── Meaning ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X @ W", product(X, W)),
        ("X @ W + b", product(X, W) + b),
        ("Q @ K.T @ X @ W", product(Q, Transposed(K), X, W)),
        ("Q @ (K.T @ X)", product(Q, Transposed(K), X)),
        ("X.T", Transposed(X)),
        ("(X @ W).T", Transposed(product(X, W))),
        ("X.T.T", X),
        ("transpose(X)", Transposed(X)),
        ("X*X", X**2),
        ("Q*K/2", Q * K / 2),
        ("X - x.T", X - Transposed(x)),
        ("c*X/s", c * X / s),
        ("X**2", X**2),
        ("1/X", 1 / X),
        ("-X + 1", 1 - X),
        ("s + d", s + d),
        ("hadamard(Q, K, c, 2)", 2 * K * Q * c),
        ("2*X @ W", 2 * product(X, W)),
        ("-X @ W", -product(X, W)),
        ("X/m @ (s*W)", s * product(X, W) / m),
        ("Q @ K.T/sqrt(d)", product(Q, Transposed(K)) / sqrt(d)),
        ("rowsum(X)", Sum(X, one)),
        ("colsum(X)", Sum(X, Integer(0))),
        ("rowmean(X)", Sum(X, one) / n),
        ("colmean(X)", Sum(X, Integer(0)) / m),
        ("total(X)", SumAll(X)),
        ("mean(X)", SumAll(X) / (m * n)),
        ("total((Q - K)**2)/(2*m)", SumAll((Q - K) ** 2) / (2 * m)),
        ("trace(S)", Trace(S)),
        ("inv(S) @ x", product(Inverse(S), x)),
        ("det(S) + logdet(S)", Determinant(S) + LogDeterminant(S)),
        ("norm(X)", sqrt(SumAll(X**2))),
        ("inner(Q, K)", SumAll(Q * K)),
        ("quadratic(x, S)", SumAll(product(Transposed(x), S, x))),
        ("quadratic(x, S, y)", SumAll(product(Transposed(x), S, y))),
        ("diag(x)", DiagonalMatrix(x)),
        ("diagonal(S)", Diagonal(S)),
        ("eye(n) + S", Identity(n) + S),
        ("softmax(Q, 1)", Softmax(Q, one)),
        ("softmax(Q, axis=0)", Softmax(Q, Integer(0))),
        ("softmax(Q,\n  axis =\n -1)", Softmax(Q, one)),
        ("log_softmax(Q, axis=1)", LogSoftmax(Q, one)),
        ("logsumexp(Q, axis=-2)", LogSumExp(Q, Integer(0))),
        ("softmax(s, [s, d])", softmax([s, d])[0]),
        ("sigmoid(X @ W + b)", sigmoid(product(X, W) + b)),
        ("tanh(s*X)", tanh(s * X)),
        ("relu(X) + log(c)", relu(X) + log(c)),
        ("max(X, 0)", Max(X, 0)),
        ("where(X > 0, X, c)", Piecewise((X, X > 0), (c, True))),
        ("[c < X]*X", X * Piecewise((Integer(1), c < X), (Integer(0), True))),
        ("piecewise((X, c < X), (0, True))", Piecewise((X, c < X), (Integer(0), True))),
        ("Delta_Z1 @ W.T", product(D, Transposed(W))),
        ("X.T @ Delta_Z1/m", product(Transposed(X), D) / m),
    ],
)
def test_meaning(text: str, expected: Expr) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X @ W + ones(m, 1) @ b", product(X, W) + b),
        ("X @ W + b*ones(m, 1)", product(X, W) + b),
        ("X + c @ ones(1, n)", X + c),
        ("X + 2*ones(m, 1) @ x.T/s", X + 2 * Transposed(x) / s),
        ("ones(1, m) @ X", Sum(X, Integer(0))),
        ("X @ ones(n, 1)", Sum(X, one)),
        ("X @ ones(n, k)", Broadcast(Sum(X, one), m, k)),
        ("ones(1, m) @ ones(m, 1)", Broadcast(m, 1, 1)),
        ("total(ones(m, n))", SumAll(Broadcast(1, m, n))),
        ("X + ones(m, n)", X + 1),
        ("X*broadcast(s, m, n)", X * s),
        ("ones(n, m).T", Broadcast(1, m, n)),
        ("c @ ones(1, n)", Broadcast(c, m, n)),
        ("ones(m, 1) @ b @ W.T", product(Broadcast(b, m, h), Transposed(W))),
        ("broadcast(b, m, h)", Broadcast(b, m, h)),
        ("X - X", Broadcast(0, m, n)),
        ("(X - X) @ W + b", Broadcast(b, m, h)),
        ("0*X", Broadcast(0, m, n)),
    ],
)
def test_ones_repeat_or_sum_and_shapes_are_kept(text: str, expected: Expr) -> None:
    found = read(text)
    assert shape_of(found) == shape_of(expected)
    assert found == expected or found == Broadcast(expected, *shape_of(expected)) or found - expected == 0


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("X[0, 0]", "total(block(X, 0, 1, 0, 1))"),
        ("X[0:m, :]", "block(X, 0, m, 0, n)"),
        ("X[:, n - 1]", "block(X, 0, m, n - 1, n)"),
        ("(X @ W)[0, :]", "block(X @ W, 0, 1, 0, h)"),
        ("X.T[:, 0:1] * 2", "2*block(X.T, 0, n, 0, 1)"),
        ("rowmax(X)[0, 0]", "total(block(rowmax(X), 0, 1, 0, 1))"),
        ("max(X) + min(X @ W)", "largest(X) + smallest(X @ W)"),
        ("max(X, 0)", "max(0, X)"),
    ],
)
def test_places_and_extremes_of_one_matrix(text: str, same: str) -> None:
    assert read(text) == read(same)


def test_ones_leave_no_matrix_of_ones() -> None:
    for text in ("X @ W + ones(m, 1) @ b", "ones(1, m) @ X", "X @ ones(n, 1) + c", "X*(ones(m, 1) @ x.T)"):
        assert not read(text).has(Broadcast)


def test_a_function_of_the_users_own_works_entry_by_entry() -> None:
    swish = function("swish", lambda z: z * sigmoid(z))
    assert parse_expression("swish(X @ W)", TABLE, {"swish": swish}) == swish(product(X, W))


def test_several_scalars_still_come_from_a_list() -> None:
    assert parse_equation("softmax([s, d])", TABLE, count=2) == softmax([s, d])


def test_a_quantity_may_have_the_name_of_an_operation_outside_files() -> None:
    table = {**TABLE, "mean": Array("mean", (1, n))}
    assert parse_expression("X - mean", table) == X - table["mean"]
    assert parse_expression("mean(X)", table) == SumAll(X) / (m * n)


def test_names_that_a_formula_uses() -> None:
    assert sorted(names_used("softmax(X @ W.T + b*X, axis=1)/m")) == ["W", "X", "b", "m"]
    assert names_used("total(total)") == ("total",)
    with pytest.raises(SpecError, match=r"'\.t' in 'X\.t'"):
        names_used("X.t")


@pytest.mark.parametrize(
    ("text", "size"), [("4", Integer(4)), ("n", n), ("2*h", 2 * h), ("n + 1", n + 1), ("n*n", n**2)]
)
def test_sizes(text: str, size: Expr) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "n/2", "sqrt(n)", "(n + h)**64", "n**5", "+".join(f"n{k}" for k in range(30))]
)
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(SpecError, match="is not a size; write a whole number, a name, or such as 2"):
        parse_size(text)


# ── Facts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("rowsum(Q) = 1", Sum(Q, one), one),
        ("S = S.T", S, Transposed(S)),
        ("softmax(Q, axis=1) = K", Softmax(Q, one), K),
        ("Q @ ones(k, 1) = 1", Sum(Q, one), one),
    ],
)
def test_facts(text: str, left: Expr, right: Expr) -> None:
    [fact] = parse_facts(text, TABLE)
    assert isinstance(fact, Eq)
    assert (fact.lhs, fact.rhs) == (left, right)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("S = S", "error[fact]: 'S = S' says nothing: it always holds; correct it, or leave it out"),
        ("rowsum(Q) == 1",
         "error[fact]: 'rowsum(Q) == 1' has 2 equals signs; write one formula, one =, and another formula"),
        ("rowsum(Q)", "error[fact]: 'rowsum(Q)' has 0 equals signs; write one formula, one =, and another formula"),
    ],
)  # fmt: skip
def test_facts_that_are_none(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_facts(text, TABLE)
    assert str(caught.value) == message


# ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────

NO_SIZE = "is not a size; use whole numbers and the sizes of the network's matrices: h, k, m, n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("X.t", "error[forbidden]: in Z: '.t' in 'X.t'; write .T for the transpose"),
        ("X.transpose()", "error[forbidden]: in Z: '.transpose' in 'X.transpose()'; write .T for the transpose"),
        ("S.I", "error[forbidden]: in Z: '.I' in 'S.I'; write inv(A) for the inverse"),
        ("X.sum()", "error[forbidden]: in Z: '.sum' in 'X.sum()'; write total(A), rowsum(A) or colsum(A)"),
        ("X.size", "error[forbidden]: in Z: '.size' in 'X.size'; a matrix has no attribute but .T, its transpose"),
        ("Xᵀ @ Q", "error[syntax]: in Z: 'ᵀ' in 'Xᵀ @ Q'; write .T for the transpose"),
        ("X^T @ Q", "error[syntax]: in Z: '^' in 'X^T @ Q'; write X.T for the transpose"),
        ("(X @ W)^{T}", "error[syntax]: in Z: '^' in '(X @ W)^{T}'; write (…).T for the transpose"),
        ("X' @ Q", 'error[syntax]: in Z: "\'" in "X\' @ Q"; write X.T for the transpose'),
        ("X.T' @ Q", 'error[syntax]: in Z: "\'" in "X.T\' @ Q"; write (…).T for the transpose'),
        ("'X' @ Q", 'error[forbidden]: in Z: "\'" in "\'X\' @ Q"; a formula holds no text in quotes'),
        ("S^-1 @ Q", "error[syntax]: in Z: '^' in 'S^-1 @ Q'; "
         "write inv(A) for the inverse, A**(-1) for 1 over each entry"),
        ("Q^2", "error[syntax]: in Z: '^' in 'Q^2'; write ** for a power"),
        ("X · W", "error[syntax]: in Z: '·' in 'X · W'; "
         "write @ for the matrix product, * for the product entry by entry and with a scalar"),
        ("X × W", "error[syntax]: in Z: '×' in 'X × W'; "
         "write @ for the matrix product, * for the product entry by entry and with a scalar"),
        ("dot(X, W)", "error[unknown-function]: in Z: unknown function 'dot' in 'dot(X, W)'; "
         "write A @ B for the matrix product"),
        ("sum(X)", "error[unknown-function]: in Z: unknown function 'sum' in 'sum(X)'; "
         "write total(A), rowsum(A) or colsum(A)"),
        ("np.tanh(Q)", "error[forbidden]: in Z: '.tanh' in 'np.tanh(Q)'; write tanh(…)"),
        ("sb.tanh(Q)", "error[forbidden]: in Z: '.tanh' in 'sb.tanh(Q)'; write tanh(…)"),
        ("np.linalg.inv(S)", "error[forbidden]: in Z: '.linalg' in 'np.linalg.inv(S)'; write inv(…)"),
        ("np.sum(Q)", "error[forbidden]: in Z: '.sum' in 'np.sum(Q)'; write total(A), rowsum(A) or colsum(A)"),
        ("np.fft(Q)", "error[forbidden]: in Z: '.fft' in 'np.fft(Q)'; functions stand here without a module"),
        ("X*(Q - K)", "error[shape]: in Z: X (m×n) * -K + Q (m×k): the sizes differ; "
         "entry by entry the sizes must be equal"),
        ("X.T*(Q - K)", "error[shape]: in Z: X.T (n×m) * -K + Q (m×k): the sizes differ; "
         "did you mean X.T @ (-K + Q), the matrix product?"),
        ("(W*exp(W)) @ X", "error[shape]: in Z: W*exp(W) (n×h) @ X (m×n): inner sizes h and m differ; "
         "did you mean X @ (W*exp(W))?"),
        ("Q ∘ K", "error[syntax]: in Z: '∘' in 'Q ∘ K'; write * for the product entry by entry"),
        ("X @ 2", "error[shape]: in Z: X (m×n) @ 2 (scalar): 2 is no matrix; write * for the product with a scalar"),
        ("s @ X", "error[shape]: in Z: s (scalar) @ X (m×n): s is no matrix; write * for the product with a scalar"),
        ("W @ X", "error[shape]: in Z: W (n×h) @ X (m×n): inner sizes h and m differ; did you mean X @ W?"),
        ("X @ Q", "error[shape]: in Z: X (m×n) @ Q (m×k): inner sizes n and m differ; did you mean X.T?"),
        ("X*W", "error[shape]: in Z: X (m×n) * W (n×h): the sizes differ; did you mean X @ W, the matrix product?"),
        ("W*X", "error[shape]: in Z: W (n×h) * X (m×n): the sizes differ; did you mean X @ W, the matrix product?"),
        ("X/W", "error[shape]: in Z: X (m×n) / W (n×h): the sizes differ; entry by entry the sizes must be equal"),
        ("s + X - Q",
         "error[shape]: in Z: X (m×n) - Q (m×k): the sizes differ; entry by entry the sizes must be equal"),
        ("X + X.T", "error[shape]: in Z: X (m×n) + X.T (n×m): the sizes differ; did you mean X?"),
        ("where(X > 0, Q, 0)",
         "error[shape]: in Z: X (m×n) and Q (m×k): the sizes differ; entry by entry the sizes must be equal"),
        ("softmax(Q)", "error[axis]: in Z: 'softmax(Q)' of a matrix has no axis; "
         "write softmax(Z, axis=1) for each row or softmax(Z, axis=0) for each column"),
        ("softmax(Q, 2)",
         "error[axis]: in Z: softmax(Q, 2): Q (m×k) has no axis 2; use axis 0 for each column or axis 1 for each row"),
        ("softmax(Q, axis=k)",
         "error[axis]: in Z: the axis in 'softmax(Q, axis=k)' is not one number; say axis=1 or axis=0"),
        ("softmax(Q, axis=0, axis=1)",
         "error[axis]: in Z: the axis in 'softmax(Q, axis=0, axis=1)' is not one number; say axis=1 or axis=0"),
        ("softmax(Q, 0, 1)", "error[arguments]: in Z: 'softmax(Q, 0, 1)' gives softmax 3 arguments; it takes 1 or 2: "
         "write softmax(Z, axis=1)"),
        ("softmax(s)", "error[shape]: in Z: softmax(s): s is a scalar, not a matrix; give it a matrix"),
        ("softmax(axis=1)",
         "error[syntax]: in Z: 'axis=' in 'softmax(axis=1)' is no formula; write softmax(Z, axis=1)"),
        ("sigmoid(Q, axis=1)",
         "error[arguments]: in Z: 'sigmoid(Q, axis=1)' gives sigmoid an axis; leave the axis out"),
        ("rowsum(Q, axis=1)", "error[arguments]: in Z: 'rowsum(Q, axis=1)' gives rowsum an axis; write rowsum(A)"),
        ("softmax(Q, [Q, K])", "error[scalar]: in Z: 'softmax(Q, [Q, K])' is of scalars, and is given a matrix; "
         "write softmax(Z, axis=1) for each row of a matrix, and a loss without a list: squared_error(Y, T)"),
        ("inv(X)",
         "error[square]: in Z: X (m×n) is not square, and inv needs a square matrix; sizes m and n must be one size"),
        ("trace(X)",
         "error[square]: in Z: X (m×n) is not square, and trace needs a square matrix; sizes m and n must be one size"),
        ("diag(S)",
         "error[shape]: in Z: diag(S): S (n×n) is no column; give it an n×1 column; diagonal(A) takes one out"),
        ("rowsum(s)", "error[shape]: in Z: rowsum(s): s is a scalar, not a matrix; give it a matrix"),
        ("total(s)", "error[shape]: in Z: total(s): s is a scalar, not a matrix; give it a matrix"),
        ("s.T", "error[shape]: in Z: s.T: s is a scalar, not a matrix; give it a matrix"),
        ("inner(Q, X)",
         "error[shape]: in Z: inner(Q (m×k), X (m×n)): the sizes differ; both matrices must have one shape"),
        ("quadratic(X, S)", "error[shape]: in Z: X.T (n×m) @ S (n×n): inner sizes m and n differ; did you mean X?"),
        ("total(Q, K)", "error[arguments]: in Z: 'total(Q, K)' gives total 2 arguments; it takes 1: write total(A)"),
        ("ones(m)", "error[arguments]: in Z: 'ones(m)' gives ones 1 argument; it takes 2: write ones(rows, columns)"),
        ("eye(s)", f"error[size]: in Z: 's' in 'eye(s)' {NO_SIZE}"),
        ("eye((n + m)**64)", f"error[size]: in Z: '(n + m)**64' in 'eye((n + m)**64)' {NO_SIZE}"),
        ("broadcast(b, m, n)", "error[shape]: in Z: b (1×h) cannot be repeated to m×n; "
         "a row, a column or a scalar can be, along the axis on which it has size 1"),
        ("rowsm(Q)", "error[unknown-function]: in Z: unknown function 'rowsm' in 'rowsm(Q)'; did you mean 'rowsum'?"),
        ("total", "error[name]: in Z: 'total' is a function, and stands here as a name; write total(…)"),
        ("X @", "error[syntax]: in Z: 'X @' ends where a value should stand; complete it"),
        ("X @@ W", "error[syntax]: in Z: a value is missing before '@' in 'X @@ W'; put it in"),
        ("X.T(2)", "error[syntax]: in Z: 'X.T(2)' has two values side by side; write * for a product"),
        ("X W", "error[syntax]: in Z: 'X W' has two values side by side; write * for a product: X*W"),
        ("X[0]", "error[places]: in Z: 'X[0]' does not say rows and columns; write A[i, :] for a row, A[:, j] for a "
         "column, A[i, j] for an entry"),
        ("X[0, 0:3:2]", "error[places]: in Z: 'X[0, 0:3:2]' has steps; take what stands side by side"),
        ("X[-1, 0]", f"error[size]: in Z: '-1' in 'X[-1, 0]' {NO_SIZE}"),
        ("X[s, 0]", f"error[size]: in Z: 's' in 'X[s, 0]' {NO_SIZE}"),
        ("X[m, 0]", "error[size]: in Z: block(X, m, m + 1, 0, 1): X (m×n) may have fewer than m + 1 rows; "
         "give it a size that says so, such as m + 1 + k"),
        ("s[0, 0]", "error[shape]: in Z: s[0, 0]: s is a scalar, not a matrix; give it a matrix"),
        ("2[0, 0]", "error[forbidden]: in Z: '[' in '2[0, 0]'; names have no parts; write names such as w1, w2"),
        ("[0:1]", "error[syntax]: in Z: '[0:1]' cannot be read as a formula; check its brackets and commas"),
        ("softmax(X, 0:1)",
         "error[syntax]: in Z: 'softmax(X, 0:1)' cannot be read as a formula; check its brackets and commas"),
        ("max(s)", "error[arguments]: in Z: 'max(s)' gives max 1 argument; it takes 2 to 64: write max(a, b)"),
        ("2**9999*X", "error[too-large]: in Z: the exponent in '2**9999'; use at most 64"),
        ("exp(10**7*ones(m, 1))", "error[too-large]: in Z: the constant in 'exp(10**7*ones(m, 1))'; "
         "apply functions to constants of at most 1,000,000"),
    ],
)  # fmt: skip
def test_refusals(text: str, message: str) -> None:
    assert refusal(text, where="Z") == message


def test_a_list_of_scores_holds_scalars() -> None:
    assert refusal("softmax([Q, K])", count=2).startswith(
        "error[scalar]: 'softmax([Q, K])' is of scalars, and is given"
    )


FOR_MATRICES = "is for matrices, and no name here has a shape; in a file, give shapes under [shapes]"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("w @ x", f"error[forbidden]: '@' in 'w @ x'; @ {FOR_MATRICES}"),
        ("w.T", f"error[forbidden]: '.' in 'w.T'; .T {FOR_MATRICES}"),
        ("total(x)", f"error[unknown-function]: unknown function 'total' in 'total(x)'; it {FOR_MATRICES}"),
    ],
)
def test_without_shapes_there_are_no_matrices(text: str, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_expression(text, Symbol)
    assert str(caught.value) == message
    for word in MATRIX_WORDS - {"softmax", "log_softmax"}:
        assert parse_expression(f"{word}*x", Symbol) == Symbol(word) * Symbol("x")


# ── Safety ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    [
        "X.__class__", "X.T.__class__", "X.T.T.x", "X. T", "X..T", "X.T[0]", "X.T.T()", "X.T = 1", "axis=1",
        "axis", "X, axis=1", "softmax(axis=1, Q)", "softmax(Q, axis=)", "softmax(Q, axis==1)", "softmax(Q, other=1)",
        "softmax(Q, axis=open('x'))", "softmax(Q, axis=X)", "softmax(Q, axis=[1])", "softmax(Q, axis=1.5)", "X @= W",
        "softmax(*X)", "softmax(**X)", "@X", ".T", "(.T)", "X @ @ W", "lambda: X", "[X, W]", "X if X else W", "ones()",
        "ones(0, n)", "ones(m, -1)", "ones(m, n/2)", "broadcast(X)", "eye()", "eye(1.5)", "eye(X)", "X % W", "X // W",
        "X == W", "inv(S, S)", "S**S.inv", "sigmoid.T(X)", "total.T", "X.T.dot(W)", "softmax([s, X])",
    ],
)  # fmt: skip
def test_everything_else_is_refused(text: str) -> None:
    refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "@".join(["S"] * 5001),
        "(" * 5000 + "X" + ")" * 5000,
        "total(" * 120 + "X" + ")" * 120,
        "*".join(["X**60"] * 100),
        "@".join(["(9" + "9" * 90 + "*S)"] * 90),
        "eye(" + "*".join(f"(n + {k})" for k in range(40)) + ")",
        "ones(10**3000, 1)",
        "total(" + "@".join(["(7" + "7" * 90 + f"*S**{k})" for k in range(1, 60)]) + ")",
    ],
    ids=lambda text: text[:20],
)
def test_no_formula_is_much_work(text: str) -> None:
    calls(lambda: refusal(text), most=1_500_000)
    assert memory(lambda: refusal(text)) < 10_000_000


@pytest.mark.slow
def test_long_chains_and_deep_ones_are_all_right() -> None:
    assert len(read("@".join(["S"] * 500)).args) == 500
    assert len(read("+".join(f"S**{k}" for k in range(2, 60)) + "+X.T@X").args) == 59
    calls(lambda: read("relu(" * 90 + "X" + ")" * 90), most=200_000)
    calls(lambda: read("(" + " + ".join(f"{k}*X @ W" for k in range(1, 500)) + ") + b"), most=1_000_000)


PIECES = [
    *sorted(MATRIX_WORDS),
    *TABLE,
    *"mnhk",
    *"()(),,+-*/@@",
    ".T",
    ".T",
    ", axis=",
    "0",
    "1",
    "2",
    "sigmoid",
    "**",
    ".",
]


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20))
def test_random_formulas_are_refused_or_read(pieces: list[str]) -> None:
    message, result = "", X
    try:
        result = read("".join(pieces))
    except SpecError as error:
        message = str(error)
    assert "\n" not in message
    assert not any(isinstance(part, Float) for part in preorder_traversal(result))
    shape_of(result)


# ── Against NumPy: a formula is Python that NumPy would take ──────────────────────────────────────────────────────

SIZES = {"m": 3, "n": 4, "h": 2, "k": 5}
Numbers = np.ndarray[Any, Any]


def _softmax(z: Numbers, axis: int) -> Numbers:
    raised = np.exp(z - z.max(axis=axis, keepdims=True))
    return raised / raised.sum(axis=axis, keepdims=True)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "rowsum": lambda a: a.sum(axis=1, keepdims=True),
    "colsum": lambda a: a.sum(axis=0, keepdims=True),
    "rowmean": lambda a: a.mean(axis=1, keepdims=True),
    "colmean": lambda a: a.mean(axis=0, keepdims=True),
    "total": np.sum,
    "mean": np.mean,
    "norm": np.linalg.norm,
    "inner": lambda a, b: np.sum(a * b),
    "hadamard": np.multiply,
    "transpose": np.transpose,
    "ones": lambda r, c: np.ones((r, c)),
    "eye": np.eye,
    "broadcast": lambda a, r, c: np.broadcast_to(a, (r, c)),
    "diagonal": lambda a: np.diagonal(a)[:, None],
    "diag": lambda a: np.diag(a[:, 0]),
    "trace": np.trace,
    "softmax": _softmax,
    "log_softmax": lambda z, axis: np.log(_softmax(z, axis)),
    "logsumexp": lambda z, axis: np.log(np.exp(z).sum(axis=axis, keepdims=True)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
}


def arrays() -> dict[str, Numbers]:
    rng = np.random.default_rng(0)
    numbers = {str(name): number for name, number in SIZES.items()}
    values: dict[str, Numbers] = {}
    for name, symbol in TABLE.items():
        shape = tuple(
            int(size.xreplace({Symbol(s): Integer(v) for s, v in numbers.items()})) for size in shape_of(symbol)
        )
        values[name] = rng.normal(size=shape)
    return values


VALUES = arrays()
LETTERS = ("m", "n", "h", "k", "1")


@cache
def formulas(shape: tuple[str, ...], depth: int) -> st.SearchStrategy[str]:
    """Formulas of a shape, whose sizes are names or "1", made of smaller ones."""
    leaves = [name for name, symbol in TABLE.items() if tuple(map(str, shape_of(symbol))) == shape]
    if not shape:
        atoms = st.sampled_from([*leaves, "2", "0.5"])
        if depth == 0:
            return atoms
        inner = st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)).flatmap(lambda s: formulas(s, depth - 1))
        return st.one_of(
            atoms,
            st.tuples(st.sampled_from(["total", "mean", "norm"]), inner).map(lambda p: f"{p[0]}({p[1]})"),
            formulas((), depth - 1).map(lambda p: f"(-{p})"),
        )
    rows, columns = shape
    atoms = st.sampled_from([*leaves, f"ones({rows}, {columns})", *([f"eye({rows})"] if rows == columns else [])])
    if depth == 0:
        return atoms
    same, scalar = formulas(shape, depth - 1), formulas((), depth - 1)
    row, column = formulas(("1", columns), depth - 1), formulas((rows, "1"), depth - 1)
    binary = st.sampled_from(["({} + {})", "({} - {})", "{}*{}", "hadamard({}, {})"])
    options = [
        atoms,
        st.tuples(binary, same, st.one_of(same, row, column, scalar)).map(lambda p: p[0].format(p[1], p[2])),
        st.tuples(scalar, same).map(lambda p: f"{p[0]}*{p[1]}/3"),
        st.tuples(st.sampled_from(["sigmoid", "tanh"]), same).map(lambda p: f"{p[0]}({p[1]})"),
        st.tuples(st.sampled_from(["softmax", "log_softmax"]), same, st.sampled_from("01")).map(
            lambda p: f"{p[0]}({p[1]}/10, axis={p[2]})"
        ),
        formulas((columns, rows), depth - 1).map(lambda p: f"({p}).T"),
        st.sampled_from(LETTERS).flatmap(
            lambda size: st.tuples(formulas((rows, size), depth - 1), formulas((size, columns), depth - 1)).map(
                lambda p: f"(({p[0]}) @ ({p[1]}))"
            )
        ),
        st.one_of(row, column, scalar).map(lambda p: f"broadcast({p}, {rows}, {columns})"),
    ]
    for axis, size, other in ((0, rows, columns), (1, columns, rows)):
        if size == "1":
            word = ("colsum", "rowsum")[axis]
            options.append(
                st.tuples(st.sampled_from([word, word.replace("sum", "mean")]), st.sampled_from(LETTERS)).flatmap(
                    lambda p, axis=axis, other=other: formulas(
                        (p[1], other) if axis == 0 else (other, p[1]), depth - 1
                    ).map(lambda a: f"{p[0]}({a})")
                )
            )
    if rows == columns:
        options.append(formulas((rows, "1"), depth - 1).map(lambda p: f"diag({p})"))
    return st.one_of(*options)


shapes = st.one_of(st.just(()), st.tuples(st.sampled_from(LETTERS), st.sampled_from(LETTERS)))


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@given(shapes.flatmap(lambda shape: formulas(shape, 3)))
def test_formulas_mean_what_numpy_makes_of_them(text: str) -> None:
    expected = np.asarray(eval(text, {**FUNCTIONS, **SIZES, **VALUES}))  # our own words, made above
    assume(np.isfinite(expected).all())
    try:
        expr = read(text)
    except SpecError as error:
        assume(error.code not in ("number", "too-large"))
        raise
    found = np.asarray(evaluate(expr, {**VALUES, **{name: float(size) for name, size in SIZES.items()}, **SIZES}))
    numbers = {Symbol(name): Integer(size) for name, size in SIZES.items()}
    assert tuple(int(size.xreplace(numbers)) for size in shape_of(expr)) == expected.shape
    assert np.broadcast_to(found, expected.shape) == pytest.approx(expected, rel=1e-9, abs=1e-9)
