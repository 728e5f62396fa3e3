"""What users' words for matrices mean: each takes array expressions with the shapes that they stand for.

SymPy's matrices (reading.py) and formulas in text are read by these same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import isfunction

from sympy import Expr, S, sqrt

from symbackprop.errors import NetworkError
from symbackprop.functions import __all__ as functions_of_scalars
from symbackprop.matrices import operations as op
from symbackprop.matrices import written
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Transposed, as_whole, product
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import matrix_shape, named, product_shape, same, same_shape, shape_of, spoken

WRITTEN = frozenset(functions_of_scalars) - {"UserFunction", "function"} | {
    name
    for name, value in vars(written).items()
    if isfunction(value) and value.__module__ == written.__name__ and not name.startswith("_")
}
"""The functions of symbackprop that users write in equations, by their names."""
Read = tuple[Expr, Shape]
"""An array expression, and the shape that it stands for; the expression's own may be smaller, as that of 1 is."""


def times(a: Expr, first: Shape, b: Expr, second: Shape) -> Read:
    """The matrix product of two array expressions that stand for these shapes; a number stands for a matrix of it."""
    shape = product_shape(a, first, b, second)
    if a.is_number and b.is_number:
        return a * b * first[1], shape
    if first[1] == S.One and (a.is_number or b.is_number):
        return a * b, shape  # a column times a row of ones is the column repeated
    if a.is_number:
        return a * op.column_sum(as_whole(b, second)), shape
    if b.is_number:
        return b * op.row_sum(as_whole(a, first)), shape
    return product(as_whole(a, first), as_whole(b, second)), shape


def transposed(a: Expr, shape: Shape) -> Read:
    """The transpose of an array expression that stands for that shape."""
    rows, columns = matrix_shape(Transposed(a), a, shape)
    return (turned(a) if shape_of(a) else a), (columns, rows)


# Words that give a scalar


def _total(a: Read) -> Expr:
    return op.SumAll(as_whole(*a))


def _mean(a: Read) -> Expr:
    rows, columns = a[1]
    return _total(a) / (rows * columns)


def _norm(a: Read) -> Expr:
    return sqrt(op.SumAll(as_whole(*a) ** 2))


def _inner(a: Read, b: Read) -> Expr:
    if not same_shape(a[1], b[1]):
        raise NetworkError(
            "shape", f"inner({named(*a)}, {named(*b)}): the sizes differ", "both matrices must have one shape"
        )
    return op.SumAll(as_whole(a[0] * b[0], a[1]))


def _quadratic(x: Read, a: Read, y: Read) -> Expr:
    if len(x[1]) == len(a[1]) == len(y[1]) == 2 and same(x[1][0], a[1][0]) and not same(a[1][1], y[1][0]):
        raise NetworkError(
            "shape",
            f"{named(*a)} @ {named(*y)} in a quadratic form: inner sizes {a[1][1]} and {y[1][0]} differ",
            "quadratic(x, A) takes a square matrix; quadratic(x, A, y) a column y of as many rows as A has columns",
        )
    form = product(as_whole(*transposed(*x)), as_whole(*a), as_whole(*y))
    if not same_shape(shape_of(form), (S.One, S.One)):
        raise NetworkError("shape", f"{form} is {spoken(shape_of(form))}, not a number", "x and y are columns")
    return op.SumAll(form)


SCALARS: Mapping[str, Callable[..., Expr]] = {
    "total": _total,
    "mean": _mean,
    "norm": _norm,
    "inner": _inner,
    "quadratic": _quadratic,
    "trace": lambda a: op.Trace(as_whole(*a)),
    "det": lambda a: op.Determinant(as_whole(*a)),
    "logdet": lambda a: op.LogDeterminant(as_whole(*a)),
}
"""The operations whose result is a scalar."""


# Words that give a matrix


def _mean_along(axis: int) -> Callable[[Expr], Expr]:
    def mean(a: Expr) -> Expr:
        total = op.Sum(a, axis)
        return total / matrix_shape(total, a, shape_of(a))[axis]

    return mean


ALONG: Mapping[str, Callable[..., Expr]] = {
    "rowsum": op.row_sum,
    "colsum": op.column_sum,
    "rowmean": _mean_along(1),
    "colmean": _mean_along(0),
    "softmax": op.Softmax,
    "log_softmax": op.LogSoftmax,
    "logsumexp": op.LogSumExp,
    "diag": op.DiagonalMatrix,
    "diagonal": op.Diagonal,
}
"""The operations on one matrix whose result is a matrix."""
