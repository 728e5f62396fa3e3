"""Operations along an axis, and on square matrices; among them the sums, the inverse and the identity of many rules."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, S

from symbackprop.matrices import shapes
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation


class Along(Operation):
    """An operation along one axis: 0 goes down each column, 1 along each row. ``args`` are the array and the axis.

    As in NumPy, -1 is the last axis and -2 the one before it.
    """

    def __new__(cls, array: Any, axis: Any) -> Any:
        return super().__new__(cls, array, {-1: 1, -2: 0}.get(axis, axis))

    @property
    def operands(self) -> tuple[Expr, ...]:
        return (self.args[0],)

    @property
    def axis(self) -> int:
        """0 or 1, as in NumPy."""
        return int(self.args[1])

    def shape_of(self, *given: Shape) -> Shape:
        shapes.check_axis(self, self.args[0], given[0], self.args[1])
        return given[0]


class Reduction(Along):
    """An operation that leaves one number of each row or column; the axis stays, with size 1."""

    def shape_of(self, *given: Shape) -> Shape:
        kept = list(super().shape_of(*given))
        kept[self.axis] = S.One
        return tuple(kept)


class Sum(Reduction):
    """The sum of each column (axis 0, a row comes out) or of each row (axis 1, a column comes out)."""

    linear = adds_up = named_by_axis = True

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colsum or rowsum."""
        return ("colsum", "rowsum")[self.axis]


class SumAll(Operation):
    """The sum of all entries, a scalar."""

    spoken = "total"
    linear = adds_up = True

    def shape_of(self, *given: Shape) -> Shape:
        return ()


class OfSquare(Operation):
    """An operation on a square matrix."""

    def shape_of(self, *given: Shape) -> Shape:
        shapes.check_square(self.spoken, self.args[0], given[0])
        return given[0]


class Inverse(OfSquare):
    """A⁻¹."""

    spoken = "inv"
    inverting = True
    letter = "inv"


class NumberOfSquare(OfSquare):
    """A scalar that a square matrix has."""

    def shape_of(self, *given: Shape) -> Shape:
        super().shape_of(*given)
        return ()


class Identity(Operation):
    """The identity matrix; its argument is its size."""

    spoken = "eye"
    symmetric = True

    @property
    def operands(self) -> tuple[Expr, ...]:
        return ()

    def shape_of(self, *given: Shape) -> Shape:
        return self.args[0], self.args[0]


def column_sum(array: Expr) -> Expr:
    """The sum of each column: a row."""
    return Sum(array, Integer(0))


def row_sum(array: Expr) -> Expr:
    """The sum of each row: a column."""
    return Sum(array, Integer(1))
