"""The operations that mix the entries of matrices, one class each: what it is, and the shape that comes out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr, Integer, S

from symbackprop.matrices import shapes
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Broadcast, Operation, Product, Transposed


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

    linear = True

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colsum or rowsum."""
        return ("colsum", "rowsum")[self.axis]

    def _sympystr(self, printer: Any) -> str:
        return f"{self.spoken}({printer._print(self.args[0])})"


class SumAll(Operation):
    """The sum of all entries, a scalar."""

    spoken = "total"
    linear = True

    def shape_of(self, *given: Shape) -> Shape:
        return ()


class LogSumExp(Reduction):
    """log Σ exp(z) over each column (axis 0) or each row (axis 1)."""

    spoken = "logsumexp"
    letter = "lse"


class Softmax(Along):
    """exp(z)/Σ exp(z) over each column (axis 0) or each row (axis 1)."""

    spoken = "softmax"
    letter = "p"


class LogSoftmax(Along):
    """The logarithm of the softmax, z - log Σ exp(z)."""

    spoken = "log_softmax"
    letter = "log_p"


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


class Trace(NumberOfSquare):
    """The sum of the diagonal, a scalar."""

    spoken = "trace"
    linear = True


class Determinant(NumberOfSquare):
    """det A, a scalar."""

    spoken = "det"
    inverting = True
    letter = "det"


class LogDeterminant(NumberOfSquare):
    """log |det A|, a scalar."""

    spoken = "logdet"
    inverting = True


class Diagonal(OfSquare):
    """The diagonal of a square matrix, as a column."""

    spoken = "diagonal"
    linear = True

    def shape_of(self, *given: Shape) -> Shape:
        rows, _ = super().shape_of(*given)
        return rows, S.One


class DiagonalMatrix(Operation):
    """The square matrix whose diagonal is a column."""

    spoken = "diag"
    linear = symmetric = True

    def shape_of(self, *given: Shape) -> Shape:
        rows = shapes.column_size(self, self.args[0], given[0])
        return rows, rows


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


OPERATIONS: Sequence[type[Operation]] = (
    Product, Transposed, Sum, SumAll, LogSumExp, Softmax, LogSoftmax, Inverse, Trace, Determinant, LogDeterminant,
    Diagonal, DiagonalMatrix, Identity, Broadcast,
)  # fmt: skip
"""Every operation that ships with symbackprop."""
