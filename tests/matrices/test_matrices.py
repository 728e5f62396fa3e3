"""Names with shapes, operations and their shapes, reading from SymPy, operations of the user's own, and adjoints."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp
from conftest import few
from exact_arrays import FORWARD, Value, exact_array, lifted, near, shape_at
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import STEP
from operations import nodes_of_operation
from sympy import (
    DiagMatrix,
    DiagonalOf,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Integer,
    Lambda,
    MatAdd,
    MatPow,
    MatrixSymbol,
    OneMatrix,
    Rational,
    S,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    symbols,
)

import symbackprop as sb
from symbackprop import matrices as op
from symbackprop.matrices import OPERATIONS, Array, product, read, same_shape, shape_of, spoken
from symbackprop.matrices.adjoints import ADJOINTS, Adjoint, adjoint_of
from symbackprop.matrices.operations.catalogue import RECORD_OF
from symbackprop.matrices.operations.matrix_power import BetweenPowers, MatrixPower
from symbackprop.matrices.shapes import same

m, n, h, k, s, E = symbols("m n h k s E")
A, B, C, Q = MatrixSymbol("A", m, n), MatrixSymbol("B", m, n), MatrixSymbol("C", n, k), MatrixSymbol("Q", n, n)
column, row, x = MatrixSymbol("c", m, 1), MatrixSymbol("r", 1, n), MatrixSymbol("x", n, 1)
a_, b_, c_, q_ = Array("A", (m, n)), Array("B", (m, n)), Array("C", (n, k)), Array("Q", (n, n))
column_, row_, x_ = Array("c", (m, 1)), Array("r", (1, n)), Array("x", (n, 1))


def network(value: Any, *parameters: Any, name: Any = E, **more: Any) -> sb.Network:
    equations = {name: value} if name == E else {name: value, E: sb.total(name)}
    return sb.Network(equations, inputs=[], targets=[], parameters=list(parameters), loss=E, **more)


# -- names with shapes


def test_an_array_is_its_name_and_its_shape() -> None:
    assert Array("A", (m, n)) == Array("A", [m, n]) == a_
    assert hash(Array("A", (m, n))) == hash(a_)
    assert len({a_, Array("A", (m, n)), Array("A", (n, m)), Symbol("A")}) == 3
    assert Array("A", (m, n)) != Array("A", (n, m))
    assert Array("A", (m, n)) != Array("B", (m, n))
    assert Array("A", (m, n)) != Symbol("A")
    assert Array("A", (2, 3)).shape == (Integer(2), Integer(3))
    assert str(a_) == "A"
    assert a_.is_Symbol
    assert a_.free_symbols == {a_}


@pytest.mark.parametrize("expr", [a_, a_ * b_ + row_, op.Product(a_, c_), op.Sum(a_, 0) / m, op.Broadcast(row_, m, n)])
def test_arrays_survive_pickling_and_copying(expr: Expr) -> None:
    for other in (pickle.loads(pickle.dumps(expr)), copy.copy(expr), copy.deepcopy(expr)):
        assert other == expr
        assert hash(other) == hash(expr)
        assert shape_of(other) == shape_of(expr)


def test_arrays_are_replaced_like_symbols() -> None:
    expr = op.Product(a_ * b_, c_)
    found = expr.xreplace({a_: sb.sigmoid(b_)})
    assert found == op.Product(sb.sigmoid(b_) * b_, c_)
    assert expr.xreplace({Symbol("A"): b_}) == expr
    assert expr.subs(a_, b_) == op.Product(b_**2, c_)
    assert (a_ * b_).diff(a_) == b_
    assert a_ - a_ == 0


def test_entry_by_entry_is_plain_algebra() -> None:
    assert a_ * b_ == b_ * a_
    assert a_ * a_ == a_**2
    assert shape_of(a_ * b_ + row_) == (m, n)
    assert shape_of(row_ * column_) == (m, n)
    assert shape_of(row_ + 1) == (1, n)
    assert shape_of(s * a_ / m) == (m, n)
    assert shape_of(sb.sigmoid(column_)) == (m, 1)
    assert shape_of(s + m) == ()
    assert shape_of(Integer(3)) == ()


def test_sizes_that_are_the_same() -> None:
    assert same(m + n, n + m)
    assert same(2 * (m + 1), 2 * m + 2)
    assert not same(m, n)
    assert same_shape((m * (n + 1), 2), (m * n + m, 2))
    assert not same_shape((m,), (m, n))
    assert spoken((m, n)) == "m×n"
    assert spoken(()) == "scalar"
    assert spoken((m + 1, 2 * n)) == "(m+1)×2*n"


# -- operations and their shapes

SHAPES: list[tuple[Expr, tuple[Any, ...]]] = [
    (op.Product(a_, c_), (m, k)),
    (op.Product(a_, q_, c_), (m, k)),
    (op.Product(row_, x_), (1, 1)),
    (op.Transposed(a_), (n, m)),
    (op.Sum(a_, 0), (1, n)),
    (op.Sum(a_, 1), (m, 1)),
    (op.Sum(a_, -1), (m, 1)),
    (op.Sum(a_, -2), (1, n)),
    (op.SumAll(a_), ()),
    (op.LogSumExp(a_, 0), (1, n)),
    (op.LogSumExp(a_, 1), (m, 1)),
    (op.Softmax(a_, 1), (m, n)),
    (op.LogSoftmax(a_, 0), (m, n)),
    (op.Inverse(q_), (n, n)),
    (op.Trace(q_), ()),
    (op.Determinant(q_), ()),
    (op.LogDeterminant(q_), ()),
    (op.Diagonal(q_), (n, 1)),
    (op.DiagonalMatrix(x_), (n, n)),
    (op.Identity(n), (n, n)),
    (op.Broadcast(row_, m, n), (m, n)),
    (op.Broadcast(column_, m, n), (m, n)),
    (op.Broadcast(s, m, n), (m, n)),
    (op.Largest(a_, 0), (1, n)),
    (op.Smallest(a_, 1), (m, 1)),
    (op.LargestOfAll(a_), ()),
    (op.SmallestOfAll(a_), ()),
    (op.FirstLargest(a_, 1), (m, n)),
    (op.FirstLargestOfAll(a_), (m, n)),
    (op.LineProduct(a_, 0), (1, n)),
    (op.ProductOfAll(a_), ()),
    (op.OthersInLine(a_, 1), (m, n)),
    (op.Others(a_), (m, n)),
    (op.CumulativeSum(a_, 0), (m, n)),
    (op.ReverseCumulativeSum(a_, 1), (m, n)),
    (op.LowerTriangle(a_), (m, n)),
    (op.UpperTriangle(a_), (m, n)),
    (op.HalfTriangle(a_), (m, n)),
    (op.SymmetricPart(q_), (n, n)),
    (op.Solve(q_, c_), (n, k)),
    (op.Block(a_, 0, 1, n - 1, n), (1, 1)),
    (op.Block(Array("U", (m + k, n)), m, m + k, 0, n), (k, n)),
    (op.Embedded(a_, 1, 0, m + 2, n), (m + 2, n)),
    (op.Stacked(a_, row_, 0), (m + 1, n)),
    (op.Stacked(a_, column_, a_, 1), (m, 2 * n + 1)),
    (op.Kronecker(a_, c_), (m * n, n * k)),
    (op.BlockInner(Array("U", (m * n, n * k)), c_), (m, n)),
    (op.BlockSum(Array("U", (m * n, n * k)), a_), (n, k)),
    (op.Cholesky(q_), (n, n)),
    (op.PseudoInverse(a_), (n, m)),
    (MatrixPower(q_, k), (n, n)),
    (BetweenPowers(q_, q_, n + k), (n, n)),
    (op.MatrixRoot(q_), (n, n)),
    (op.Lyapunov(q_, op.Transposed(q_)), (n, n)),
    (op.Transposed(op.Product(a_, c_) + 1), (k, m)),
    (op.Product(Array("U", (m, n + 1)), Array("V", (1 + n, k))), (m, k)),
]


@pytest.mark.parametrize(("expr", "shape"), SHAPES, ids=lambda part: str(part))
def test_the_shape_of_an_operation(expr: Expr, shape: tuple[Any, ...]) -> None:
    assert shape_of(expr) == shape
    assert expr.shape == shape


def test_every_operation_has_its_shape_tested() -> None:
    assert {type(expr) for expr, _ in SHAPES} == set(OPERATIONS)
    assert set(FORWARD) == set(OPERATIONS)


def test_products_are_flat() -> None:
    assert product(op.Product(a_, q_), c_) == op.Product(a_, q_, c_)
    assert product(a_) == a_


def test_operands_settings_and_the_same_on_others() -> None:
    total = op.Sum(a_, 1)
    assert (total.operands, total.settings, total.on(b_)) == ((a_,), (S.One,), op.Sum(b_, 1))
    copies = op.Broadcast(row_, m, n)
    assert (copies.operands, copies.settings) == ((row_,), (m, n))
    assert op.Identity(n).operands == ()
    assert op.Product(a_, c_).settings == ()


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (op.Product(a_ + b_, c_), "(A + B) @ C"),
        (op.Transposed(a_ + b_), "(A + B).T"),
        (op.Transposed(op.Sum(a_, 0)), "colsum(A).T"),
        (op.Sum(a_, 1), "rowsum(A)"),
        (op.SumAll(a_), "total(A)"),
        (s * op.Product(a_, c_), "s*(A @ C)"),
        (-s * op.Product(a_, c_), "-s*(A @ C)"),
        (op.Softmax(a_, 1), "softmax(A, 1)"),
        (op.Broadcast(row_, m, n), "broadcast(r, m, n)"),
        (op.Identity(n), "eye(n)"),
        (op.LogDeterminant(q_), "logdet(Q)"),
    ],
)
def test_operations_print_as_formulas(expr: Expr, text: str) -> None:
    assert str(expr) == text


# -- what is refused

D_HK, D_MK, D_NM = MatrixSymbol("D", h, k), MatrixSymbol("D", m, k), MatrixSymbol("D", n, m)
REPEATED = "a row, a column or a scalar can be, along the axis on which it has size 1"
AXES = "use axis 0 for each column or axis 1 for each row"
ENTRIES = (
    "the sizes differ; entry by entry the sizes must be equal; broadcast(A, rows, columns) repeats a row or a column"
)
SCALAR = "is a scalar and its expression is m×n; make the name with MatrixSymbol('{}', m, n), or sum: total(…)"


def not_square(word: str) -> str:
    return f"[square]: in E: A (m×n) is not square, and {word} needs a square matrix; sizes m and n must be one size"


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: A * B, "[shape]: in E: A (m×n) @ B (m×n): inner sizes n and m differ; did you mean sb.hadamard(A, B), "
     "entry by entry, or B.T?"),
    (lambda: A * sb.log(B), "[shape]: in E: A (m×n) @ log(B) (m×n): inner sizes n and m differ; did you mean "
     "sb.hadamard(A, sb.log(B)), entry by entry, or (log(B)).T?"),
    (lambda: A * C * sb.exp(D_MK), "[shape]: in E: (A @ C) (m×k) @ exp(D) (m×k): inner sizes k and m differ; did you "
     "mean sb.hadamard(A*C, sb.exp(D)), entry by entry, or (exp(D)).T?"),
    (lambda: A + sb.ones(n, 1) * row, "[shape]: in E: r (1×n) repeated to n×n + A (m×n): the sizes differ; to repeat "
     "r write broadcast(r, m, n)"),
    (lambda: HadamardPower(A, x), f"[shape]: in E: A (m×n) and x (n×1) in HadamardPower(A, x): {ENTRIES}"),
    (lambda: C * D_HK, "[shape]: in E: C (n×k) @ D (h×k): inner sizes k and h differ; did you mean D.T?"),
    (lambda: A * D_MK, "[shape]: in E: A (m×n) @ D (m×k): inner sizes n and m differ; did you mean A.T?"),
    (lambda: C * A, "[shape]: in E: C (n×k) @ A (m×n): inner sizes k and m differ; did you mean A @ C?"),
    (
        lambda: A * D_HK,
        "[shape]: in E: A (m×n) @ D (h×k): inner sizes n and h differ; the columns of the left factor must be as "
        "many as the rows of the right one",
    ),
    (lambda: A + C, "[shape]: in E: A (m×n) + C (n×k): the sizes differ; every term must have the same shape"),
    (lambda: A + D_NM, "[shape]: in E: A (m×n) + D (n×m): the sizes differ; did you mean D.T?"),
    (lambda: A + column, "[shape]: in E: A (m×n) + c (m×1): the sizes differ; to repeat c write broadcast(c, m, n)"),
    (lambda: A + row, "[shape]: in E: A (m×n) + r (1×n): the sizes differ; to repeat r write broadcast(r, m, n)"),
    (
        lambda: sb.hadamard(A, C),
        f"[shape]: in E: A (m×n) and C (n×k) in hadamard(A, C): {ENTRIES}",
    ),
    (
        lambda: HadamardProduct(A, D_NM),
        f"[shape]: in E: A (m×n) and D (n×m) in HadamardProduct(A, D): {ENTRIES}",
    ),
    (lambda: A.I, not_square("inv")),
    (lambda: MatPow(A, -2), not_square("inv")),
    (
        lambda: sb.diagonal(A),
        not_square("diagonal"),
    ),
    (
        lambda: sb.diag(A),
        "[shape]: in E: diag(A): A (m×n) is no column; give it an n×1 column; diagonal(A) takes one out",
    ),
    (
        lambda: sb.softmax(A, axis=2),
        f"[axis]: in E: softmax(A, 2): A (m×n) has no axis 2; {AXES}",
    ),
    (
        lambda: sb.log_softmax(A, axis=-3),
        f"[axis]: in E: log_softmax(A, -3): A (m×n) has no axis -3; {AXES}",
    ),
    (
        lambda: sb.logsumexp(A, axis=7),
        f"[axis]: in E: logsumexp(A, 7): A (m×n) has no axis 7; {AXES}",
    ),
    (
        lambda: sb.broadcast(A, n, m),
        f"[shape]: in E: A (m×n) cannot be repeated to n×m; {REPEATED}",
    ),
    (
        lambda: sb.broadcast(row, m, k),
        f"[shape]: in E: r (1×n) cannot be repeated to m×k; {REPEATED}",
    ),
    (
        lambda: MatPow(Q, n - 2),
        "[matrix]: in E: the matrix power Q**(n - 2); use a whole number or a size; "
        "sb.power(A, n) works entry by entry",
    ),
    (
        lambda: MatPow(Q, Rational(1, 2)),
        "[matrix]: in E: the matrix power Q**(1/2); use a whole number or a size; sb.power(A, n) works entry by entry",
    ),
    (
        lambda: sp.KroneckerProduct(A, C),
        "[matrix]: in E: KroneckerProduct in KroneckerProduct(A, C) is not a matrix operation that is known here; "
        "write it with MatrixSymbol, * + .T .I and the functions of symbackprop",
    ),
]  # fmt: skip
SCALARS_REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: sb.trace(A), not_square("trace")),
    (lambda: Trace(A), not_square("trace")),
    (lambda: sb.det(A), not_square("det")),
    (lambda: sb.logdet(A), not_square("logdet")),
    (
        lambda: sb.inner(A, C),
        "[shape]: in E: inner(A (m×n), C (n×k)): the sizes differ; both matrices must have one shape",
    ),
    (
        lambda: sp.exp(A),
        "[matrix]: in E: exp in exp(A) stands for a scalar and holds a matrix; write sb.exp(…), or A.applyfunc(exp)",
    ),
    (
        lambda: A[2, 0],
        "[size]: in E: block(A, 2, 3, 0, 1): A (m×n) may have fewer than 3 rows; give it a size that says so, such as "
        "3 + k",
    ),
    (
        lambda: x.T * Q * x,
        "[shape]: in E: E is a scalar and its expression is 1×1, a matrix of one entry; write sb.quadratic(x, Q), or "
        "sb.total(…) for its one entry",
    ),
    (
        lambda: x.T * x,
        "[shape]: in E: E is a scalar and its expression is 1×1, a matrix of one entry; take its one entry: "
        "sb.total(…)",
    ),
    (
        lambda: sb.quadratic(column, A),
        "[shape]: in E: A (m×n) @ c (m×1) in a quadratic form: inner sizes n and m differ; quadratic(x, A) takes a "
        "square matrix; quadratic(x, A, y) a column y of as many rows as A has columns",
    ),
    (lambda: A, f"[shape]: in E: E {SCALAR.format('E')}"),
    (
        lambda: sb.sigmoid(A),
        f"[shape]: in E: E {SCALAR.format('E')}",
    ),
]  # fmt: skip


def givens(value: Any) -> list[Any]:
    return sorted(value.atoms(MatrixSymbol), key=str)


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message[:60] for _, message in REFUSED])
def test_matrices_that_do_not_fit_are_refused(make: Callable[[], Any], message: str) -> None:
    def build() -> sb.Network:
        value = make()
        return network(sb.total(value), *givens(value))

    with pytest.raises(sb.NetworkError) as error:
        build()
    assert str(error.value) == f"error{message}"


@pytest.mark.parametrize(("make", "message"), SCALARS_REFUSED, ids=[message[:60] for _, message in SCALARS_REFUSED])
def test_scalars_that_do_not_fit_are_refused(make: Callable[[], Any], message: str) -> None:
    value = make()
    with pytest.raises(sb.NetworkError) as error:
        network(value, *givens(value))
    assert str(error.value) == f"error{message}"


def test_a_product_that_does_not_fit_names_both_sizes_and_the_fix() -> None:
    w1, inputs = MatrixSymbol("W1", h, n), MatrixSymbol("X", m, n)
    with pytest.raises(sb.NetworkError) as error:
        network(w1 * inputs, w1, inputs, name=MatrixSymbol("Z1", h, n))
    expected = "error[shape]: in Z1: W1 (h×n) @ X (m×n): inner sizes n and m differ; did you mean X.T?"
    assert str(error.value) == expected
    assert error.value.where == "Z1"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        (MatrixSymbol("Y", m, n), C, "in Y: Y is m×n and its expression is n×k; let both have one shape"),
        (MatrixSymbol("Y", m, n), column, "in Y: Y is m×n and its expression is m×1; let both have one shape"),
        (MatrixSymbol("Y", m, n), s, "in Y: Y is m×n and its expression is a scalar; repeat it: broadcast(…, m, n)"),
        (
            Symbol("y"), A,
            f"in y: y {SCALAR.format('y')}",
        ),
    ],
)  # fmt: skip
def test_the_declared_shape_is_that_of_the_expression(name: Any, value: Any, message: str) -> None:
    parameters = dict.fromkeys([*givens(value), s])
    with pytest.raises(sb.NetworkError) as error:
        sb.Network({name: value, E: s**2}, inputs=[], targets=[], parameters=list(parameters), loss=E)
    assert str(error.value) == f"error[shape]: {message}"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: sb.rowsum(s),
            "error[shape]: rowsum(s) is given no matrix; give it a MatrixSymbol or what is made of it",
        ),
        (lambda: sb.total(s + 1), "error[shape]: total(s + 1) is given no matrix; give it a MatrixSymbol or what is"),
        (
            lambda: sb.softmax(A),
            "error[axis]: softmax(A) of a matrix has no axis; say axis=1 for each row or axis=0 for",
        ),
    ],
)
def test_what_is_no_matrix_is_refused_at_once(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(sb.NetworkError) as error:
        make()
    assert str(error.value).startswith(message)


def test_a_fix_is_never_a_transpose_of_a_transpose() -> None:
    for value, parameters in ((sb.quadratic(row, Q), [row, Q]), (sb.total(A.T * Q), [A, Q])):
        with pytest.raises(sb.NetworkError, match=r"inner sizes . and n differ; did you mean [rA]\?$"):
            network(value, *parameters)


def test_a_power_of_what_is_not_square_speaks_of_the_power() -> None:
    with pytest.raises(sb.NetworkError, match=r"in E: A \(m×n\) is not square") as error:
        network(sb.total(A**2), A)
    assert "trace" not in str(error.value)


def test_a_product_of_several_names_the_product_so_far() -> None:
    with pytest.raises(sb.NetworkError) as error:
        shape_of(op.Product(a_, c_, b_))
    assert str(error.value).startswith("error[shape]: (A @ C) (m×k) @ B (m×n): inner sizes k and m differ; ")


def test_a_matrix_is_never_made_a_scalar() -> None:
    with pytest.raises(sb.NetworkError) as error:
        op.as_whole(a_, ())
    assert str(error.value) == "error[shape]: A (m×n) stands where a scalar should; sum it with total(…)"


def test_what_works_entry_by_entry_works_on_scalars_alone() -> None:
    t = Symbol("t")
    assert (sb.hadamard(s, t), sb.divide(s, t), sb.power(s, 2)) == (s * t, s / t, s**2)


# -- one name, one shape

WHOLE = Symbol("m", integer=True)
ONCE = "their assumptions differ; make the size once, as in m = Symbol('m'), and use it throughout"


def test_arrays_of_one_name_and_two_shapes_have_an_order() -> None:
    other = Array("A", (n, m))
    assert {a_.compare(other), other.compare(a_)} == {-1, 1}
    assert (a_ * other).args in ((a_, other), (other, a_))


@pytest.mark.parametrize(
    ("value", "parameter", "message"),
    [
        (
            sb.total(A) * sb.total(MatrixSymbol("A", n, m)), A,
            "in E: A has two shapes, m×n and n×m; give each a name of its own",
        ),
        (sb.total(A) * Symbol("A"), A, "in E: A is both a matrix (m×n) and a scalar; give each a name of its own"),
        (s * sb.total(MatrixSymbol("s", m, n)), s, "in E: s is both a matrix (m×n) and a scalar; give each a name of"),
        (
            sb.total(A), MatrixSymbol("A", WHOLE, n),
            "in E: the sizes of A (m×n) are different symbols of the same names: their assumptions differ; make each",
        ),
        (
            sb.total(MatrixSymbol("X", WHOLE, n) + A), A,
            f"in X: two different symbols are called m: {ONCE}",
        ),
    ],
)  # fmt: skip
def test_one_name_is_one_symbol_of_one_shape(value: Any, parameter: Any, message: str) -> None:
    with pytest.raises(sb.NetworkError) as error:
        network(value, parameter)
    assert str(error.value).startswith(f"error[two-symbols]: {message}")


def test_sizes_of_one_name_are_one_symbol_before_shapes_are_compared() -> None:
    with pytest.raises(sb.NetworkError) as error:
        network(MatrixSymbol("X", WHOLE, n) * C, C, name=MatrixSymbol("Z", m, k))
    assert str(error.value) == f"error[two-symbols]: in X: two different symbols are called m: {ONCE}"


# -- what can be a size

NO_SIZE = "is not a size; write a whole number from 1 on, a symbol, or a sum or product of them, such as 2*h and n + 1"


@pytest.mark.parametrize("size", [n / 2, h**k, sp.sqrt(n), S.Zero, n * Rational(1, 3) + 1])
def test_what_is_no_size_is_refused(size: Expr) -> None:
    matrix = MatrixSymbol("H", size, m)
    with pytest.raises(sb.NetworkError) as error:
        network(sb.total(matrix), matrix)
    assert str(error.value) == f"error[size]: in H: H is {spoken((size, m))}, and {size} {NO_SIZE}"


@pytest.mark.parametrize(("size", "unknown"), [(n**2, "n"), (h * n, "h"), (h + n, "h"), (h * n + n, "h")])
def test_sizes_that_no_shape_tells_are_refused(size: Expr, unknown: str) -> None:
    matrix, other = MatrixSymbol("H", size, m), MatrixSymbol("K", n + 1, h)
    with pytest.raises(sb.NetworkError) as error:
        network(sb.total(matrix), matrix)
    assert str(error.value) == (
        f"error[size]: in H: nothing tells the size {unknown}: H is {spoken((size, m))}; give such a product or power "
        "one symbol of its own, or use each of its sizes alone in another shape"
    )
    if size != n**2:
        assert list(network(sb.total(matrix) * sb.total(other), matrix, other).sizes)


# -- reading from SymPy

y = Symbol("y")
READ: list[tuple[Any, Expr]] = [
    (A, a_),
    (A * C, op.Product(a_, c_)),
    (A * Q * C, op.Product(a_, q_, c_)),
    (2 * s * A * C, 2 * s * op.Product(a_, c_)),
    (A + B, a_ + b_),
    (A - B / s, a_ - b_ / s),
    (MatAdd(A, B, A), 2 * a_ + b_),
    (A.T, op.Transposed(a_)),
    (A.T.T, a_),
    (Transpose(A + B), op.Transposed(a_ + b_)),
    (Q.I, op.Inverse(q_)),
    (Q**-1, op.Inverse(q_)),
    (sp.Inverse(Q), op.Inverse(q_)),
    (Q**3, op.Product(q_, q_, q_)),
    (Q.I * Q.I, op.Product(op.Inverse(q_), op.Inverse(q_))),
    (Q**-3, op.Product(op.Inverse(q_), op.Inverse(q_), op.Inverse(q_))),
    (MatPow(Q, 0), op.Identity(n)),
    (Q**9, MatrixPower(q_, Integer(9))),
    (MatPow(Q, k), MatrixPower(q_, k)),
    (MatPow(Q, n + 1), MatrixPower(q_, n + 1)),
    (Q**-9, MatrixPower(op.Inverse(q_), Integer(9))),
    (MatPow(Q.I, 2), op.Product(op.Inverse(q_), op.Inverse(q_))),
    (A.T * (A * A.T) ** -2, op.Product(op.Transposed(a_), *[op.Inverse(op.Product(a_, op.Transposed(a_)))] * 2)),
    (MatrixSymbol("o", 1, 1).T, Array("o", (1, 1))),
    (MatrixSymbol("o", 1, 1).T * row, op.Product(Array("o", (1, 1)), row_)),
    (HadamardProduct(A, B), a_ * b_),
    (HadamardPower(A, 3), a_**3),
    (HadamardPower(A, s), a_**s),
    (HadamardPower(A, B), a_**b_),
    (HadamardPower(s, A), s**a_),
    (A.applyfunc(sp.exp), sp.exp(a_)),
    (A.applyfunc(sb.sigmoid), sb.sigmoid(a_)),
    (A.applyfunc(Lambda(y, y**2 + 1)), a_**2 + 1),
    (OneMatrix(m, n), op.Broadcast(S.One, m, n)),
    (3 * OneMatrix(m, n), op.Broadcast(Integer(3), m, n)),
    (A + OneMatrix(m, n), a_ + 1),
    (s * OneMatrix(m, 1), op.Broadcast(s, m, 1)),
    (OneMatrix(m, 1) * row, op.Broadcast(row_, m, n)),
    (column * OneMatrix(1, n), op.Broadcast(column_, m, n)),
    (A + OneMatrix(m, 1) * row, a_ + row_),
    (OneMatrix(1, m) * A, op.Sum(a_, 0)),
    (A * OneMatrix(n, 1), op.Sum(a_, 1)),
    (OneMatrix(k, m) * A, op.Broadcast(op.Sum(a_, 0), k, n)),
    (A * OneMatrix(n, k), op.Broadcast(op.Sum(a_, 1), m, k)),
    (OneMatrix(m, n) * OneMatrix(n, k), op.Broadcast(n, m, k)),
    (OneMatrix(1, m) * A * OneMatrix(n, 1), op.Sum(op.Sum(a_, 0), 1)),
    (OneMatrix(m, n).T, op.Broadcast(S.One, n, m)),
    (Identity(n), op.Identity(n)),
    (Q + Identity(n), q_ + op.Identity(n)),
    (A + ZeroMatrix(m, n), a_),
    (DiagMatrix(x), op.DiagonalMatrix(x_)),
    (DiagonalOf(Q), op.Diagonal(q_)),
    (sb.diag(x), op.DiagonalMatrix(x_)),
    (sb.diagonal(Q), op.Diagonal(q_)),
    (sb.rowsum(A), op.Sum(a_, 1)),
    (sb.colsum(A), op.Sum(a_, 0)),
    (sb.rowmean(A), op.Sum(a_, 1) / n),
    (sb.colmean(A), op.Sum(a_, 0) / m),
    (sb.softmax(A, axis=1), op.Softmax(a_, 1)),
    (sb.softmax(A, axis=-1), op.Softmax(a_, 1)),
    (sb.log_softmax(A, axis=0), op.LogSoftmax(a_, 0)),
    (sb.logsumexp(A, axis=1), op.LogSumExp(a_, 1)),
    (sb.broadcast(row, m, n), op.Broadcast(row_, m, n)),
    (sb.broadcast(s, m, n), op.Broadcast(s, m, n)),
    (sb.hadamard(A, B, A), a_**2 * b_),
    (sb.divide(A, B), a_ / b_),
    (sb.power(A, 2), a_**2),
    (sb.sigmoid(A) * C, op.Product(sb.sigmoid(a_), c_)),
    (sb.tanh(A - B), sp.tanh(a_ - b_)),
    (sb.total(A) * Q, op.SumAll(a_) * q_),
    (sb.eye(n), op.Identity(n)),
    (sb.ones(m, n), op.Broadcast(S.One, m, n)),
    (sb.total(A), op.SumAll(a_)),
    (sb.mean(A), op.SumAll(a_) / (m * n)),
    (sb.trace(Q), op.Trace(q_)),
    (Trace(Q), op.Trace(q_)),
    (Trace(A * B.T), op.Trace(op.Product(a_, op.Transposed(b_)))),
    (sp.Determinant(Q), op.Determinant(q_)),
    (sb.det(Q), op.Determinant(q_)),
    (sb.logdet(Q), op.LogDeterminant(q_)),
    (sb.norm(A), sp.sqrt(op.SumAll(a_**2))),
    (sb.inner(A, B), op.SumAll(a_ * b_)),
    (sb.quadratic(x, Q), op.SumAll(op.Product(op.Transposed(x_), q_, x_))),
    (sb.quadratic(column, A, x), op.SumAll(op.Product(op.Transposed(column_), a_, x_))),
    (sp.exp(Trace(Q)) * s + sb.total(A) ** 2, sp.exp(op.Trace(q_)) * s + op.SumAll(a_) ** 2),
    (sb.total(sb.ones(m, n)), op.SumAll(op.Broadcast(S.One, m, n))),
]


@pytest.mark.parametrize(("written", "expected"), READ, ids=[str(written)[:60] for written, _ in READ])
def test_what_a_user_writes_is_read(written: Any, expected: Expr) -> None:
    found = read(written)
    assert found == expected
    wanted = tuple(written.shape) if getattr(written, "is_Matrix", False) else ()
    assert same_shape(shape_of(found), wanted)


# -- operations of the user's own


def own(name: str = "times", **options: Any) -> Any:
    u, v = MatrixSymbol("U", m, n), MatrixSymbol("V", n, k)
    r, g = MatrixSymbol("R", m, k), MatrixSymbol("G", m, k)
    return sb.operation(name, [u, v], r, g, **{"value": u * v, "adjoints": [g * v.T, u.T * g], **options})


def test_an_operation_of_the_users_is_applied_at_any_size() -> None:
    p, q = MatrixSymbol("P", 2, h), MatrixSymbol("W", h, h)
    node = read(own()(p, q))
    assert shape_of(node) == (2, h)
    assert str(node) == "times(P, W)"
    assert node.definition() == op.Product(Array("P", (2, h)), Array("W", (h, h)))
    g = Array("g", (2, h))
    assert node.adjoint(0, g, node) == op.Product(g, op.Transposed(Array("W", (h, h))))
    assert own()(p, q).shape == (2, h)


def test_an_operation_by_a_function_of_numpy_has_no_formula() -> None:
    u, r, g = MatrixSymbol("U", n, n), MatrixSymbol("R", n, n), MatrixSymbol("G", n, n)
    inv = sb.operation("inverse_of", [u], r, g, numpy="np.linalg.inv", adjoints=[-r.T * g * r.T])
    node = read(inv(Q))
    assert node.definition() is None
    assert node.adjoint(0, Array("G", (n, n)), Array("Y", (n, n))) == -op.Product(
        op.Transposed(Array("Y", (n, n))), Array("G", (n, n)), op.Transposed(Array("Y", (n, n)))
    )


def described(name: str = "f", arguments: Any = None, *, size: Any = m, **options: Any) -> Any:
    """An operation on A with the result R, which are m×n; upstream is G."""
    u, r, g = MatrixSymbol("A", m, n), MatrixSymbol("R", size, n), MatrixSymbol("G", size, n)
    given: dict[str, Any] = {"result": r, "upstream": g, "adjoints": [g], **options}
    if "numpy" not in given:
        given.setdefault("value", u)
    return sb.operation(name, [u] if arguments is None else arguments, **given)


G_ = MatrixSymbol("G", m, n)
A_NUMBER = "use MatrixSymbol('A', m, n); a number is one of size 1×1"
OF_ITS_OWN = "give your operation a name of its own"
FUNCTION_OF_NUMPY = 'give the name of a function, such as "np.linalg.cholesky"'
VALUE_OF = "write it with the MatrixSymbols of the description: its arguments and sizes"
DESCRIBED: list[tuple[Callable[[], Any], str]] = [
    (
        lambda: described(value=HadamardProduct(A, B)),
        "[unbound]: in f: its value uses B (m×n); it may use its arguments and sizes alone: A, m, n",
    ),
    (
        lambda: described(adjoints=[s * G_]),
        "[unbound]: in f: the adjoint of A uses s; it may use its arguments, result, upstream and sizes alone: "
        "A, R, G, m, n",
    ),
    (
        lambda: described(value=MatrixSymbol("R", m, n)),
        "[unbound]: in f: its value uses R (m×n); it may use its arguments and sizes alone: A, m, n",
    ),
    (
        lambda: described(arguments=[A, A], adjoints=[G_, G_]),
        "[duplicate]: in f: two of its arguments, result, upstream and sizes are called A; give each a name of its own",
    ),
    (
        lambda: described(upstream=MatrixSymbol("G", n, m)),
        "[shape]: in f: its upstream is G (n×m) and its result R (m×n); let upstream, the adjoint of the result, "
        "have the shape of the result",
    ),
    (
        lambda: described(size=h, numpy="np.sort"),
        "[size]: in f: its result is R (h×n), and no argument tells h; write the sizes of the result with those of",
    ),
    (
        lambda: described(arguments=[MatrixSymbol("A", 2 * m, n)]),
        "[size]: in f: a size of its argument A (2*m×n) is 2*m; describe it with plain symbols, which stand for any",
    ),
    (
        lambda: described(size=Symbol("m", integer=True)),
        "[two-symbols]: in f: two different symbols are called m: their assumptions differ; make the size once",
    ),
    (lambda: described("inv"), f"[operation]: in inv: inv() is in the vocabulary already; {OF_ITS_OWN}"),
    (lambda: described("tanh"), f"[operation]: in tanh: tanh() is in the vocabulary already; {OF_ITS_OWN}"),
    (lambda: described("colsum"), f"[operation]: in colsum: colsum() is in the vocabulary already; {OF_ITS_OWN}"),
    (lambda: described("np"), f"[name]: 'np' is the name of a module; {OF_ITS_OWN}"),
    (lambda: described("lambda"), f"[name]: 'lambda' is a word of Python; {OF_ITS_OWN}"),
    (lambda: described(numpy="np.no_such"), f"[operation]: in f: NumPy has no np.no_such; {FUNCTION_OF_NUMPY}"),
    (
        lambda: described(numpy="np.linalg.choleski"),
        '[operation]: in f: NumPy has no np.linalg.choleski; did you mean "np.linalg.cholesky"?',
    ),
    (lambda: described(numpy="np.lambda"), "[operation]: in f: NumPy has no np.lambda; "),
    (lambda: described(numpy="np.pi"), f"[operation]: in f: np.pi is no function; {FUNCTION_OF_NUMPY}"),
    (lambda: described(numpy=len), "[operation]: in f: numpy is <built-in function len>, and no text; give the name"),
    (
        lambda: described(numpy="scipy.linalg.expm"),
        "[operation]: in f: 'scipy.linalg.expm' is not the name of a NumPy function; it begins with np., such as",
    ),
    (lambda: described(value="A.T"), f"[expression]: in f: its value is text, 'A.T', and no expression; {VALUE_OF}"),
    (lambda: described(value=lambda u: u), "[expression]: in f: its value is a function, <function "),
    (lambda: described(adjoints=["G.T"]), "[expression]: in f: the adjoint of A is text, 'G.T', and no expression; "),
    (lambda: described(adjoints=G_), "[operation]: in f: its adjoints are no list, but G; write adjoints=[…]"),
    (lambda: described(arguments=[], adjoints=[]), "[operation]: in f: it has no argument; give it one at least"),
    (lambda: described(result=s), f"[operation]: in f: its result s is no MatrixSymbol; {A_NUMBER}"),
    (lambda: described(arguments=[s]), f"[operation]: in f: its argument s is no MatrixSymbol; {A_NUMBER}"),
    (lambda: described(value=A * A), "[square]: in f: its value: A (m×n) is not square, and a matrix power needs a"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: own(name="no name"),
            "error[name]: 'no name' cannot be the name of an operation; use letters, digits and _",
        ),
        (
            lambda: own(value=None),
            "error[operation]: in times: it needs one of value and numpy; give a formula, or a name",
        ),
        (
            lambda: own(numpy="np.linalg.inv"),
            "error[operation]: in times: it needs one of value and numpy; give a formula",
        ),
        (
            lambda: own(value=None, numpy="os.system"),
            "error[operation]: in times: 'os.system' is not the name of a NumPy function; it begins with np., such as "
            '"np.linalg.cholesky"; anything else takes a value',
        ),
        (
            lambda: own(value=None, numpy="np.a(); x"),
            "error[operation]: in times: 'np.a(); x' is not the name of a NumPy function; it begins with np., such as "
            '"np.linalg.cholesky"; anything else takes a value',
        ),
        (lambda: own(adjoints=[]), "error[operation]: in times: 0 adjoints for 2 arguments; give one each"),
        (
            lambda: own(value=MatrixSymbol("U", m, n)),
            "error[shape]: in times: its value is m×n, not m×k; let it have that shape",
        ),
        (
            lambda: own(adjoints=[MatrixSymbol("U", m, n), MatrixSymbol("U", m, n)]),
            "error[shape]: in times: the adjoint of V is m×n, not n×k; let it have that shape",
        ),
        *((make, f"error{message}") for make, message in DESCRIBED),
        (lambda: own()(A), "error[operation]: in times: times takes 2 matrices; give it as many"),
        (lambda: own()(A, s), "error[operation]: in times: times takes 2 matrices; give it as many"),
    ],
)
def test_an_operation_that_is_not_well_described_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(sb.NetworkError) as error:
        make()
    assert str(error.value).startswith(message)


def test_an_operation_of_the_users_checks_what_it_is_given() -> None:
    with pytest.raises(sb.NetworkError) as error:
        network(sb.total(own()(A, B)), A, B)
    assert str(error.value).startswith(
        "error[shape]: in E: times is given B (m×n) for its V (n×k); times takes U (m×n), V (n×k)"
    )


# -- the table of adjoints, against differences


p_ = Array("P", (m, n))


def square(name: str) -> Array:
    return Array(name, (n, n))


APPLIED: dict[type, list[Expr]] = {
    op.Product: [op.Product(a_, c_), op.Product(a_, q_, c_), op.Product(row_, q_, q_, x_)],
    op.Transposed: [op.Transposed(a_)],
    op.Sum: [op.Sum(a_, 0), op.Sum(a_, 1)],
    op.SumAll: [op.SumAll(a_)],
    op.Broadcast: [op.Broadcast(row_, m, n), op.Broadcast(column_, m, n), op.Broadcast(s, m, n)],
    op.Softmax: [op.Softmax(a_, 0), op.Softmax(a_, 1)],
    op.LogSoftmax: [op.LogSoftmax(a_, 0), op.LogSoftmax(a_, 1)],
    op.LogSumExp: [op.LogSumExp(a_, 0), op.LogSumExp(a_, 1)],
    op.Trace: [op.Trace(q_)],
    op.Inverse: [op.Inverse(q_)],
    op.Determinant: [op.Determinant(q_)],
    op.LogDeterminant: [op.LogDeterminant(q_)],
    op.Diagonal: [op.Diagonal(q_)],
    op.DiagonalMatrix: [op.DiagonalMatrix(x_)],
}
APPLIED |= {op.OthersInLine: [op.OthersInLine(p_, 0), op.OthersInLine(p_, 1)], op.Others: [op.Others(p_)]}
APPLIED |= {op.PseudoInverse: [op.PseudoInverse(q_)]}
APPLIED |= {row.operation: nodes_of_operation(row.operation) for row in ADJOINTS if row.operation not in APPLIED}


def test_the_table_covers_every_operation_that_has_operands() -> None:
    assert {row.operation for row in ADJOINTS} == set(OPERATIONS) - {op.Identity}
    assert len(ADJOINTS) == len(set(OPERATIONS)) - 1
    assert set(APPLIED) == {row.operation for row in ADJOINTS}


@pytest.mark.parametrize("line", ADJOINTS, ids=lambda line: line.operation.__name__)
def test_a_row_of_the_table_reads_as_one(line: Adjoint) -> None:
    assert line.condition
    assert " = " in line.forward
    assert " gets " in line.backward
    assert line.reason
    node = APPLIED[line.operation][0]
    assert adjoint_of(node) is line
    g = Array("_G", shape_of(node)) if shape_of(node) else Symbol("_G")
    found = line.passes(node, 0, g, node)
    appearances = sum(1 for part in sp.preorder_traversal(found) if part == g)
    assert appearances <= line.uses


def drawn(draw: Any, shape: tuple[int, ...]) -> Value:
    entry = st.floats(-1.5, 1.5, allow_nan=False).map(lambda value: round(value, 6))
    if not shape:
        return lifted(draw(entry))
    return lifted([[draw(entry) for _ in range(shape[1])] for _ in range(shape[0])])


CASES = [
    (node, position)
    for operation, nodes in APPLIED.items()
    if operation not in RECORD_OF or not RECORD_OF[operation].convention  # at a kink no difference is the derivative
    for node in nodes
    for position in range(len(node.operands))
]


@pytest.mark.parametrize(
    ("node", "position"), few((pytest.param(*case, id=f"{case[0]}-{case[1]}") for case in CASES), 6)
)
@settings(max_examples=12)
@given(data=st.data())
def test_an_adjoint_is_the_difference(node: Any, position: int, data: Any) -> None:
    """⟨G, Y(A + dA) - Y(A - dA)⟩ is ⟨what A gets back, 2 dA⟩, for each entry of A alone."""
    size = st.integers(1, 4)
    values: dict[str, Value] = {name: lifted(data.draw(size)) for name in ("m", "n", "k")}
    for name in sorted(node.free_symbols - {m, n, k}, key=str):
        values[name.name] = drawn(data.draw, shape_at(name, values))
    if "Q" in values:
        values["Q"] = values["Q"] + 9 * exact_array(op.Identity(n), values)
    if "P" in values:  # no entry of which may be zero
        values["P"] = values["P"] + 3
    operands = [Array(f"_{i}", shape_of(o)) if shape_of(o) else Symbol(f"_{i}") for i, o in enumerate(node.operands)]
    apart = node.on(*operands)  # Q in Q @ Q is two operands, of which one moves
    values |= {p.name: values[o.name] for p, o in zip(operands, node.operands, strict=True)}
    shape = shape_of(apart)
    g, result = (Array("_G", shape), Array("_Y", shape)) if shape else (Symbol("_G"), Symbol("_Y"))
    values["_G"] = drawn(data.draw, shape_at(apart, values))
    values["_Y"] = exact_array(apart, values)
    moving = operands[position]
    passed = adjoint_of(apart).passes(apart, position, g, result)
    wanted = shape_of(moving)
    found = exact_array(op.Broadcast(passed, *wanted) if wanted and shape_of(passed) != wanted else passed, values)

    def moved(at: Value) -> Any:
        value = exact_array(apart, {**values, moving.name: at}) * values["_G"]
        return value.sum() if shape else value

    here = values[moving.name]
    if not wanted:
        assert near(found, (moved(here + STEP) - moved(here - STEP)) / (2 * STEP))
        return
    expected = here.copy()
    for i in range(here.shape[0]):
        for j in range(here.shape[1]):
            up, down = here.copy(), here.copy()
            up[i, j] += STEP
            down[i, j] -= STEP
            expected[i, j] = (moved(up) - moved(down)) / (2 * STEP)
    assert near(found, expected)
