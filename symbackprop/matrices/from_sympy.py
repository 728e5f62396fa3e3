"""From what users write, SymPy's matrices, to array expressions.

SymPy's matrix product is ``*``; here that is ``Product``, and ``*`` works entry by entry. Shapes are those that the
user's matrices have: SymPy's own sums and products must fit exactly, and nothing is repeated in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from sympy import (
    Add,
    Basic,
    Determinant,
    DiagMatrix,
    DiagonalOf,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Lambda,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    S,
    Sum,
    Symbol,
    Trace,
    Transpose,
    ZeroMatrix,
    sympify,
)
from sympy import Inverse as SympyInverse
from sympy.core.function import AppliedUndef, Function
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import (
    ELEMENTWISE,
    AppliedMatrix,
    AppliedOperation,
    AppliedScalar,
    ArrayLike,
    in_sympy,
    is_matrix,
    places,
)
from symbackprop.matrices import sums
from symbackprop.matrices.applying import Written
from symbackprop.matrices.array import Array, Shape
from symbackprop.matrices.grammar import Operation, as_whole
from symbackprop.matrices.operations.matrix_power import power_of
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.rebuilding import substituted
from symbackprop.matrices.shapes import check_square, is_whole, named, same_shape, shape_of, transpose_of
from symbackprop.matrices.vocabulary import WORDS, WRITTEN, applied, times, transposed


def read(value: Any) -> Expr:
    """The array expression of what a user wrote. Raises NetworkError where shapes do not fit."""
    return as_whole(*read_with_shape(value))


def read_with_shape(value: Any) -> Read:
    """The array expression of what a user wrote, and the shape that it stands for."""
    node = in_sympy(value)
    for kind, reader in _READERS:
        if isinstance(node, kind):
            return reader(node)
    if is_matrix(node) and isinstance(node, MatrixExpr):
        raise NetworkError(
            "matrix",
            f"{type(node).__name__} in {node!s:.60} is not a matrix operation that is known here",
            "write it with MatrixSymbol, * + .T .I and the functions of symbackprop",
        )
    return _scalar(node), ()


def array_of(symbol: Any) -> Symbol:
    """The name that stands for a symbol of SymPy's, or for one with rules of its own: an Array for a MatrixSymbol."""
    symbol = symbol.in_sympy() if isinstance(symbol, ArrayLike) else symbol
    return Array(symbol.name, symbol.shape) if isinstance(symbol, MatrixSymbol) else symbol


# Scalars


def _scalar(node: Basic) -> Expr:
    """A scalar expression, in which operations on matrices are read."""
    if isinstance(node, AppliedScalar):
        return WORDS[node.name].build(*map(read_with_shape, node.operands))[0]
    if isinstance(node, (Trace, Determinant)):
        return WORDS["trace" if isinstance(node, Trace) else "det"].build(read_with_shape(node.args[0]))[0]
    if not node.args or isinstance(node, Operation):
        return node
    if isinstance(node, Sum) and node.has(MatrixElement, AppliedScalar):
        raise NetworkError(
            "matrix",
            "an entry of a product of matrices, such as (x.T*y)[0, 0], is not supported",
            "write sb.inner(x, y) for xᵀy and sb.quadratic(x, A) for xᵀAx, which are numbers, or name the product",
        )
    if isinstance(node, MatrixElement):
        array, i, j = node.args
        return WORDS["total"].build(_block(array, (i, i + 1), (j, j + 1)))[0]
    if any(map(is_matrix, node.args)):
        _refuse_matrix(node)
    if not node.has(MatrixExpr, AppliedScalar, Trace):
        return node
    return node.func(*(_scalar(arg) for arg in node.args))


def _refuse_matrix(node: Basic) -> None:
    name = type(node).__name__
    if isinstance(node, (Function, AppliedUndef)):
        fix = f"write sb.{name}(…), or A.applyfunc({name})"
    else:
        fix = "write total(A), inner(A, B), quadratic(x, A) or trace(A) for a scalar"
    raise NetworkError("matrix", f"{name} in {node!s:.60} stands for a scalar and holds a matrix", fix)


# Matrices


def _symbol(node: MatrixSymbol) -> Read:
    return array_of(node), tuple(node.shape)


def _sum(node: MatAdd) -> Read:
    terms = [read_with_shape(arg) for arg in node.args]
    first, shape = terms[0]
    for term, found in terms[1:]:
        if not same_shape(found, shape):
            _refuse_sum(first, shape, term, found)
    return Add(*(term for term, _ in terms)), shape


def _refuse_sum(a: Expr, first: Shape, b: Expr, second: Shape) -> None:
    if a.could_extract_minus_sign():  # SymPy puts -r in front of A
        a, first, b, second = b, second, a, first
    sign = "-" if b.could_extract_minus_sign() else "+"
    b = -b if sign == "-" else b
    fix = "every term must have the same shape"
    repeated = next((x for x, goal in ((b, first), (a, second)) if _can_grow(shape_of(x), goal)), None)
    if same_shape(first, second[::-1]):
        fix = f"did you mean {transpose_of(b)}?"
    elif repeated is not None:
        goal = first if repeated is b else second
        fix = f"to repeat {repeated} write broadcast({repeated}, {goal[0]}, {goal[1]})"
    raise NetworkError("shape", f"{named(a, first)} {sign} {named(b, second)}: the sizes differ", fix)


def _can_grow(shape: Shape, goal: Shape) -> bool:
    return bool(shape) and all(size in (S.One, wanted) for size, wanted in zip(shape, goal, strict=True))


def _product(node: MatMul) -> Read:
    """Scalars in front, ones in place: a product with ones repeats, or sums."""
    scalars = [read_with_shape(arg)[0] for arg in node.args if not is_matrix(arg)]
    factors = [arg for arg in node.args if is_matrix(arg)]
    total, shape = _ones_or(factors[0])
    for position, factor in enumerate(factors[1:], start=1):
        right = _ones_or(factor)
        try:
            total, shape = times(total, shape, *right)
        except NetworkError as error:
            if not same_shape(shape, right[1]):
                raise
            entries = f"sb.hadamard({_as_call(MatMul(*factors[:position]))}, {_as_call(factor)})"
            fix = f"did you mean {entries}, entry by entry, or {transpose_of(right[0])}?"
            raise NetworkError(error.code, error.what, fix) from None
    return Mul(*scalars, total), shape


def _as_call(node: Any) -> str:
    """What a user wrote, with the functions of symbackprop as they are called: ``sb.log(P)``."""
    return re.sub(rf"(?<![\w.])({'|'.join(sorted(WRITTEN))})\(", r"sb.\1(", str(node))


def _ones_or(node: Any) -> Read:
    return (S.One, tuple(node.shape)) if isinstance(node, OneMatrix) else read_with_shape(node)


def _transposed(node: Transpose) -> Read:
    return transposed(*read_with_shape(node.args[0]))


def _hadamard(node: HadamardProduct) -> Read:
    factors = [read_with_shape(arg) for arg in node.args]
    _check_same(node, factors)
    return Mul(*(factor for factor, _ in factors)), factors[0][1]


def _check_same(node: Any, parts: list[Read]) -> None:
    for part, shape in parts[1:]:
        if not same_shape(shape, parts[0][1]):
            raise NetworkError(
                "shape",
                f"{named(*parts[0])} and {named(part, shape)} in {node!s:.60}: the sizes differ",
                "entry by entry the sizes must be equal; broadcast(A, rows, columns) repeats a row or a column",
            )


def _hadamard_power(node: HadamardPower) -> Read:
    base, exponent = read_with_shape(node.base), read_with_shape(node.exp)
    matrices = [part for part in (base, exponent) if part[1]]
    _check_same(node, matrices)
    return Pow(base[0], exponent[0]), matrices[0][1]


def _power(node: MatPow) -> Read:
    base, shape = read_with_shape(node.base)
    base = as_whole(base, shape)
    if same_shape(shape, (S.One, S.One)) and node.exp.is_Rational and not node.exp.is_Integer:
        return Pow(base, node.exp), shape  # of one entry it is the power of that: sqrt(x.T*A*x)
    is_less = node.exp.is_Integer and node.exp < 0
    exponent = -node.exp if is_less else node.exp
    if not is_whole(exponent):
        fix = "use a whole number or a size; sb.power(A, n) works entry by entry"
        raise NetworkError("matrix", f"the matrix power {node!s:.60}", fix)
    check_square(sums.Inverse.spoken if is_less else "a matrix power", base, shape)
    return power_of(sums.Inverse(base) if is_less else base, exponent), shape


def _block(array: Any, rows: tuple[Expr, Expr], columns: tuple[Expr, Expr]) -> Read:
    """The rows and the columns of a matrix from the first to before the last."""
    return WORDS["block"].build(read_with_shape(array), *((place, ()) for place in (*rows, *columns)))


def _slice(node: MatrixSlice) -> Read:
    if any(step != 1 for _, _, step in (node.rowslice, node.colslice)):
        raise NetworkError("matrix", f"{node!s:.60} leaves out rows or columns", "take those that stand side by side")
    return _block(node.parent, *(tuple(map(sympify, places[:2])) for places in (node.rowslice, node.colslice)))


def _inverse(node: SympyInverse) -> Read:
    return _inverted(read(node.args[0]))


def _inverted(inner: Expr) -> Read:
    inverse = sums.Inverse(inner)
    return inverse, inverse.shape


def _applied(node: AppliedMatrix) -> Read:
    if node.name == ELEMENTWISE:
        parts = [read_with_shape(arg) for arg in node.operands]
        _check_same(node, parts)
        entries = dict(zip(places(len(parts)), (part for part, _ in parts), strict=True))
        return _put(_scalar(node.settings[0]), entries), parts[0][1]
    own = node.made if isinstance(node, AppliedOperation) else None
    return applied(node.name, list(map(read_with_shape, node.operands)), node.settings, own)


def _put(formula: Expr, entries: Mapping[Symbol, Expr]) -> Expr:
    put: Expr = substituted(formula, entries)
    return put


def _apply_function(node: ElementwiseApplyFunction) -> Read:
    inner, shape = read_with_shape(node.expr)
    function = node.function
    assert isinstance(function, Lambda)
    return _put(function.expr, {function.variables[0]: inner}), shape


_READERS: tuple[tuple[type, Callable[[Any], Read]], ...] = (
    (MatrixSymbol, _symbol),
    (Written, lambda node: (node.args[0], tuple(node.shape))),
    (AppliedMatrix, _applied),
    (MatMul, _product),
    (MatAdd, _sum),
    (Transpose, _transposed),
    (HadamardProduct, _hadamard),
    (HadamardPower, _hadamard_power),
    (SympyInverse, _inverse),
    (MatPow, _power),
    (ElementwiseApplyFunction, _apply_function),
    (Identity, lambda node: (sums.Identity(node.shape[0]), tuple(node.shape))),
    (MatrixSlice, _slice),
    (OneMatrix, lambda node: (S.One, tuple(node.shape))),
    (ZeroMatrix, lambda node: (S.Zero, tuple(node.shape))),
    (DiagMatrix, lambda node: _applied(AppliedMatrix("diag", node.args, (), node.shape))),
    (DiagonalOf, lambda node: _applied(AppliedMatrix("diagonal", node.args, (), node.shape))),
)
