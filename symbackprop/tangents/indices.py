"""A change that is linear in a direction, with indices: each term is a product of entries, summed over some indices.

An entry of A·(B∘yᵀ) at (i, j) is Σₖ A[i,k] B[k,j] y[j], and so on through every operation that a change is made of.
Where the direction v is reached, its index is the one that stands for the columns of the matrix beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sympy import Add, Expr, Mul, S, Symbol

from symbackprop.errors import DerivationError
from symbackprop.matrices import (
    Broadcast,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    Product,
    Solve,
    Sum,
    SumAll,
    SymmetricPart,
    Trace,
    Transposed,
    product,
    shape_of,
)
from symbackprop.matrices.operations.cumulative import CumulativeSum, ReverseCumulativeSum
from symbackprop.matrices.operations.triangles import LowerTriangle, UpperTriangle

Index = int | None
"""The number of an index; None along a side of one entry."""


@dataclass(frozen=True)
class Entry:
    """An entry of a matrix, at a row and a column that are indices."""

    of: Expr
    row: Index
    column: Index


@dataclass(frozen=True)
class Term:
    """A product of entries with a scalar in front, summed ``over`` indices. ``end`` is that of the direction."""

    scalar: Expr = S.One
    entries: tuple[Entry, ...] = ()
    over: tuple[Index, ...] = ()
    end: Index = None

    def times(self, scalar: Expr, *entries: Entry) -> Term:
        """The same with more in front."""
        return replace(self, scalar=Mul(scalar, self.scalar), entries=(*entries, *self.entries))


class Indexed:
    """Writes changes with indices. ``sizes`` has how far each index goes."""

    def __init__(self, direction: Symbol) -> None:
        self.direction = direction
        self.sizes: dict[int, Expr] = {}
        self._numbers = count()

    def index(self, size: Expr) -> Index:
        """One more index; none along a side of one entry."""
        if size == S.One:
            return None
        number = next(self._numbers)
        self.sizes[number] = size
        return number

    def terms(self, expr: Expr, row: Index, column: Index) -> Iterator[Term]:
        """The terms of an entry of an expression that is linear in the direction.

        Raises DerivationError where an operation is not among those that are known.
        """
        if not self._moves(expr):
            if (expr.args[0] if isinstance(expr, Broadcast) else expr) == 0:
                return
            raise self._unknown(expr)
        if expr == self.direction:
            yield Term(end=column if row is None else row)
        elif isinstance(expr, Add):
            for part in expr.args:
                yield from self._part(part, row, column)
        elif isinstance(expr, Mul):
            yield from self._entrywise(expr, row, column)
        elif isinstance(expr, Product):
            yield from self._product(expr, row, column)
        else:
            yield from self._operation(expr, row, column)

    def _moves(self, expr: Expr) -> bool:
        return self.direction in expr.free_symbols

    def _part(self, part: Expr, row: Index, column: Index) -> Iterator[Term]:
        """A part of something entry by entry: along a side on which it is repeated it has no index."""
        shape = shape_of(part)
        rows, columns = shape or (S.One, S.One)
        return self.terms(part, None if rows == S.One else row, None if columns == S.One else column)

    def _entrywise(self, expr: Mul, row: Index, column: Index) -> Iterator[Term]:
        moving = [factor for factor in expr.args if self._moves(factor)]
        if len(moving) != 1:
            raise self._unknown(expr)
        scalar = Mul(*(factor for factor in expr.args if factor is not moving[0] and not shape_of(factor)))
        beside = [
            self._entry(factor, row, column) for factor in expr.args if factor is not moving[0] and shape_of(factor)
        ]
        return (term.times(scalar, *beside) for term in self._part(moving[0], row, column))

    @staticmethod
    def _entry(factor: Expr, row: Index, column: Index) -> Entry:
        rows, columns = shape_of(factor)
        return Entry(factor, None if rows == S.One else row, None if columns == S.One else column)

    def _product(self, expr: Product, row: Index, column: Index) -> Iterator[Term]:
        k = next(k for k, factor in enumerate(expr.args) if self._moves(factor))
        inner = expr.args[k]
        before, behind = expr.args[:k], expr.args[k + 1 :]
        if any(map(self._moves, behind)):
            raise self._unknown(expr)
        rows, columns = shape_of(inner)
        first = self.index(rows) if before else row
        last = self.index(columns) if behind else column
        entries = [Entry(product(*before), row, first)] if before else []
        entries += [Entry(product(*behind), last, column)] if behind else []
        over = (*((first,) if before else ()), *((last,) if behind else ()))
        found = self.terms(inner, first, last)
        return (replace(term.times(S.One, *entries), over=(*term.over, *over)) for term in found)

    def _operation(self, expr: Expr, row: Index, column: Index) -> Iterator[Term]:
        match expr:
            case Transposed(args=(inner,)):
                yield from self.terms(inner, column, row)
            case Broadcast():
                yield from self._part(expr.args[0], row, column)
            case Sum():
                yield from self._summed(expr.args[0], (expr.axis,), row, column)
            case SumAll():
                yield from self._summed(expr.args[0], (0, 1), row, column)
            case DiagonalMatrix(args=(inner,)):
                one = Entry(Identity(expr.shape[0]), row, column)
                yield from (term.times(S.One, one) for term in self.terms(inner, row, None))
            case Diagonal(args=(inner,)):
                yield from self.terms(inner, row, row)
            case Trace(args=(inner,)):
                k = self.index(shape_of(inner)[0])
                yield from (replace(term, over=(*term.over, k)) for term in self.terms(inner, k, k))
            case SymmetricPart(args=(inner,)):
                both = (*self.terms(inner, row, column), *self.terms(inner, column, row))
                yield from (term.times(S.Half) for term in both)
            case Solve(args=(matrix, inner)) if not self._moves(matrix):
                yield from self._product(Product(Inverse(matrix), inner), row, column)
            case CumulativeSum(args=(inner, _)) | ReverseCumulativeSum(args=(inner, _)):
                yield from self._product(_with_ones(expr, inner), row, column)
            case _:
                raise self._unknown(expr)

    def _summed(self, inner: Expr, axes: Sequence[int], row: Index, column: Index) -> Iterator[Term]:
        shape = shape_of(inner)
        new = [self.index(size) if axis in axes else None for axis, size in enumerate(shape)]
        ends = (new[axis] if axis in axes else known for axis, known in enumerate((row, column)))
        over = tuple(index for index in new if index is not None)
        return (replace(term, over=(*term.over, *over)) for term in self.terms(inner, *ends))

    def _unknown(self, expr: Expr) -> DerivationError:
        what = f"no matrix is read beside {self.direction} in {str(expr)[:80]}"
        fix = "use the product with a direction: hvp of a loss, jvp of other values"
        return DerivationError("form", what, fix)


def _with_ones(expr: CumulativeSum | ReverseCumulativeSum, inner: Expr) -> Product:
    """Cumulative sums as a product with a triangle of ones, which stands before columns and behind rows."""
    size = shape_of(inner)[expr.axis]
    ones = Broadcast(S.One, size, size)
    triangle = LowerTriangle(ones) if isinstance(expr, CumulativeSum) == (expr.axis == 0) else UpperTriangle(ones)
    made: Product = Product(triangle, inner) if expr.axis == 0 else Product(inner, triangle)
    return made
