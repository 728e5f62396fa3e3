"""What users' words for matrices mean: each takes array expressions with the shapes that they stand for.

SymPy's matrices (from_sympy.py) and formulas in text are read by these same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import isfunction
from typing import Any

from sympy import Abs, Expr, S, sqrt, sympify

from symbackprop.errors import NetworkError
from symbackprop.functions import __all__ as functions_of_scalars
from symbackprop.matrices import sums, user_functions
from symbackprop.matrices.applying import to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Broadcast, Operation, Transposed, as_whole, product
from symbackprop.matrices.operations.catalogue import USAGES
from symbackprop.matrices.operations.largest import LargestOfAll
from symbackprop.matrices.operations.record import Read, Usage
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import matrix_shape, named, product_shape, same, same_shape, shape_of, spoken

WRITTEN = frozenset(functions_of_scalars) - {"UserFunction", "function"} | {
    name for name, value in vars(user_functions).items() if isfunction(value) and name in user_functions.__all__
}
"""The functions of symbackprop that users write in equations, by their names."""


def times(a: Expr, first: Shape, b: Expr, second: Shape) -> Read:
    """The matrix product of two array expressions that stand for these shapes; a number stands for a matrix of it."""
    shape = product_shape(a, first, b, second)
    if a.is_number and b.is_number:
        return a * b * first[1], shape
    if first[1] == S.One and (a.is_number or b.is_number):
        return a * b, shape  # a column times a row of ones is the column repeated
    if a.is_number:
        return a * sums.column_sum(as_whole(b, second)), shape
    if b.is_number:
        return b * sums.row_sum(as_whole(a, first)), shape
    return product(as_whole(a, first), as_whole(b, second)), shape


def transposed(a: Expr, shape: Shape) -> Read:
    """The transpose of an array expression that stands for that shape."""
    rows, columns = matrix_shape(Transposed(a), a, shape)
    return (turned(a) if shape_of(a) else a), (columns, rows)


# Words that give a scalar


def _total(a: Read) -> Expr:
    return sums.SumAll(as_whole(*a))


def _mean(a: Read) -> Expr:
    rows, columns = a[1]
    return _total(a) / (rows * columns)


def _norm(a: Read) -> Expr:
    return sqrt(sums.SumAll(as_whole(*a) ** 2))


def _inner(a: Read, b: Read) -> Expr:
    if not same_shape(a[1], b[1]):
        raise NetworkError(
            "shape", f"inner({named(*a)}, {named(*b)}): the sizes differ", "both matrices must have one shape"
        )
    return sums.SumAll(as_whole(a[0] * b[0], a[1]))


def _vector(word: str, a: Read) -> Expr:
    """The operand of a norm that is one of rows and columns alone; other matrices have several of that name."""
    if S.One not in a[1]:
        what = f"{word}({named(*a)}) is given a matrix that is neither a row nor a column"
        fix = "norm(A) is the Frobenius norm; total(abs(A)) and largest(abs(A)) are those of all entries"
        raise NetworkError("shape", what, fix)
    return as_whole(*a)


def _outer(a: Read, b: Read) -> Read:
    column, row = (part if part[1][place] == S.One else transposed(*part) for place, part in ((1, a), (0, b)))
    for (_, shape), place, part in ((column, 1, a), (row, 0, b)):
        if shape[place] != S.One:
            fix = "give it two columns; A @ B.T is the product of matrices"
            raise NetworkError("shape", f"outer is given {named(*part)}, which is neither a row nor a column", fix)
    return times(*column, *row)


def _quadratic(x: Read, a: Read, y: Read | None = None) -> Expr:
    y = x if y is None else y
    if len(x[1]) == len(a[1]) == len(y[1]) == 2 and same(x[1][0], a[1][0]) and not same(a[1][1], y[1][0]):
        raise NetworkError(
            "shape",
            f"{named(*a)} @ {named(*y)} in a quadratic form: inner sizes {a[1][1]} and {y[1][0]} differ",
            "quadratic(x, A) takes a square matrix; quadratic(x, A, y) a column y of as many rows as A has columns",
        )
    form = product(as_whole(*transposed(*x)), as_whole(*a), as_whole(*y))
    if not same_shape(shape_of(form), (S.One, S.One)):
        raise NetworkError("shape", f"{form} is {spoken(shape_of(form))}, not a number", "x and y are columns")
    return sums.SumAll(form)


# Words that give a matrix


def _mean_along(axis: int) -> Callable[[Expr], Expr]:
    def mean(a: Expr) -> Expr:
        total = sums.Sum(a, axis)
        return total / matrix_shape(total, a, shape_of(a))[axis]

    return mean


def _broadcast(part: Read, rows: Read, columns: Read) -> Read:
    whole: Shape = Broadcast(as_whole(*part), rows[0], columns[0]).shape
    return part[0], whole


def _scalar(word: str, build: Callable[..., Expr], said: str = "", least: int = 1, most: int = 1) -> Usage:
    """The usage of a word that makes a scalar of matrices."""
    return Usage(word, lambda *operands: (build(*operands), ()), said or f"{word}(A)", least, most, matrices=most)


WORDS: Mapping[str, Usage] = {
    usage.word: usage
    for usage in (
        _scalar("total", _total),
        _scalar("mean", _mean),
        _scalar("norm", _norm),
        _scalar("inner", _inner, "inner(A, B)", 2, 2),
        _scalar("quadratic", _quadratic, "quadratic(x, A) or quadratic(x, A, y)", 2, 3),
        _scalar("norm1", lambda a: sums.SumAll(Abs(_vector("norm1", a)))),
        _scalar("norminf", lambda a: LargestOfAll(Abs(_vector("norminf", a)))),
        Usage("outer", _outer, "outer(a, b)", 2, 2, matrices=2),
        to_matrix("rowsum", sums.row_sum),
        to_matrix("colsum", sums.column_sum),
        to_matrix("rowmean", _mean_along(1)),
        to_matrix("colmean", _mean_along(0)),
        *USAGES.values(),
        Usage("transpose", lambda a: transposed(*a), "transpose(A)"),
        Usage("eye", lambda n: (sums.Identity(n[0]), (n[0], n[0])), "eye(n)", matrices=0, sizes=1),
        Usage("zeros", lambda m, n: (S.Zero, (m[0], n[0])), "zeros(rows, columns)", 2, 2, matrices=0, sizes=2),
        Usage("ones", lambda m, n: (S.One, (m[0], n[0])), "ones(rows, columns)", 2, 2, matrices=0, sizes=2),
        Usage("broadcast", _broadcast, "broadcast(part, rows, columns)", 3, 3, matrices=0, sizes=2),
    )
}
"""Every operation on matrices by its word; the product entry by entry, which takes any number, is not one of them."""


def applied(
    name: str, operands: Sequence[Read], settings: Sequence[Any], own: Callable[..., Operation] | None = None
) -> Read:
    """The operation of that name, or ``own``, of operands that have been read, at an axis or at sizes."""
    if own is not None:
        made = own(*(as_whole(*operand) for operand in operands))
        return made, made.shape
    word = WORDS[name]
    given = [(sympify(size, strict=True), ()) for size in settings] if word.sizes else settings
    return word.build(*operands, *given)
