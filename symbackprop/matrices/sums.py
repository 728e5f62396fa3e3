"""Operations along an axis, and on square matrices; among them the sums, the inverse and the identity of many rules."""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import Expr, Integer, S

from symbackprop.matrices import shapes
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation


class Along(Operation):
    """An operation along one axis: 0 goes down each column, 1 along each row. ``args`` are the array and the axis.

    As in NumPy, -1 is the last axis and -2 the one before it.
    """

    arrays = 1
    reduces: ClassVar[bool] = False
    """Whether it leaves one number of each row or column."""

    def __new__(cls, array: Any, axis: Any) -> Any:
        return super().__new__(cls, array, {-1: 1, -2: 0}.get(axis, axis))

    @property
    def axis(self) -> int:
        """0 or 1, as in NumPy."""
        return int(self.args[1])

    def shape_of(self, *given: Shape) -> Shape:
        shapes.check_axis(self, self.args[0], given[0], self.args[1])
        return tuple(S.One if self.reduces and k == self.axis else size for k, size in enumerate(given[0]))


class Reduction(Along):
    """An operation that leaves one number of each row or column; the axis stays, with size 1."""

    reduces = True


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

    sides: ClassVar[int] = 2
    """How many sides of the square its result has: a column has one, a scalar none."""

    def shape_of(self, *given: Shape) -> Shape:
        shapes.check_square(self.spoken, self.args[0], given[0])
        return ((), (given[0][0], S.One), given[0])[self.sides]


class Inverse(OfSquare):
    """A⁻¹."""

    spoken = "inv"
    inverting = True
    letter = "inv"


class NumberOfSquare(OfSquare):
    """A scalar that a square matrix has."""

    sides = 0


class Identity(Operation):
    """The identity matrix; its argument is its size."""

    arrays = 0
    spoken = "eye"
    symmetric = True

    def shape_of(self, *given: Shape) -> Shape:
        return self.args[0], self.args[0]


def column_sum(array: Expr) -> Expr:
    """The sum of each column: a row."""
    return Sum(array, Integer(0))


def row_sum(array: Expr) -> Expr:
    """The sum of each row: a column."""
    return Sum(array, Integer(1))
