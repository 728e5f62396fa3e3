"""A value with a shape that is not worked out yet: what is known of it, and how functions are applied to it.

It holds an array expression, the rows and columns that this stands for, and how many axes NumPy would count. What has
one axis is kept as a row or as a column, whichever it came out as, and is turned where it meets a matrix.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Self

from sympy import Expr, MatrixExpr, MatrixSymbol, Piecewise, S, sympify
from sympy.core.sympify import SympifyError

from symbackprop.errors import NetworkError, as_given
from symbackprop.functions.applied import ArrayLike
from symbackprop.matrices import Array, Shape
from symbackprop.matrices.applying import Written
from symbackprop.matrices.from_sympy import read_with_shape
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import shape_of_all
from symbackprop.matrices.vocabulary import WORDS, applied, times, transposed
from symbackprop.network.formulas.matrix_table import apart


class ArrayValue(ArrayLike, ABC):
    """What is known of a value: its expression, its shape, and whether it is a condition.

    ``expr`` is the array expression and ``stands_for`` its rows and columns, or () for a number; ``ndim`` is how many
    axes NumPy would count: 0, 1 or 2. ``truth`` is the condition where the value is one, as ``A > 0`` is.
    """

    expr: Expr
    stands_for: Shape
    ndim: int
    truth: Any

    def __init__(self, expr: Expr, stands_for: Shape = (), ndim: int | None = None, truth: Any = None) -> None:
        self.expr, self.stands_for, self.truth = expr, stands_for, truth
        self.ndim = len(stands_for) if ndim is None else ndim

    def made(self, expr: Expr, stands_for: Shape = (), ndim: int | None = None, truth: Any = None) -> Self:
        """Another value of this class."""
        return type(self)(expr, stands_for, ndim, truth)

    def lifted(self, value: Any) -> Self:
        """A value of this class of whatever may stand beside one. Raises NetworkError for arrays of numbers."""
        if isinstance(value, type(self)):
            return value
        shape = getattr(value, "shape", ())
        if not isinstance(value, MatrixExpr) and shape != ():
            sizes = " × ".join(map(str, shape))
            what = f"an array of numbers of shape {tuple(shape)} stands among the values of a network"
            raise NetworkError("numbers", what, f'make it an argument with a shape, as in G="{sizes}", and an input')
        try:
            return self.made(*read_with_shape(value))
        except (SympifyError, TypeError, AttributeError):
            what, fix = f"{as_given(value)} is no value of a network", "use numbers, arrays and SymPy's expressions"
            raise NetworkError("value", what, fix) from None

    # What it is

    @property
    @abstractmethod
    def shape(self) -> tuple[Any, ...]:
        """The sizes of its axes, as what a user may go on computing with."""

    @property
    def is_Matrix(self) -> bool:  # noqa: N802
        """Whether it has an axis."""
        return self.ndim > 0

    @property
    def sizes(self) -> tuple[Expr, ...]:
        """The sizes of its axes."""
        return self.stands_for if self.ndim != 1 else (self.stands_for[0] if self.is_column else self.stands_for[1],)

    @property
    def is_column(self) -> bool:
        """Whether what has one axis is kept as a column."""
        return bool(self.stands_for[1] == S.One and self.stands_for[0] != S.One)

    @property
    def read(self) -> Read:
        """The expression with the shape that it stands for."""
        return self.expr, self.stands_for

    @property
    def row(self) -> Read:
        """What it is as a matrix; what has one axis is a row."""
        return transposed(*self.read) if self.ndim == 1 and self.is_column else self.read

    @property
    def column(self) -> Read:
        """What it is as a matrix; what has one axis is a column."""
        return transposed(*self.read) if self.ndim == 1 and self.stands_for[1] != S.One else self.read

    def in_sympy(self) -> Expr:
        """What it is to SymPy: one of its matrices where it has axes."""
        if not self.stands_for:
            return self.expr
        if isinstance(self.expr, Array) and self.expr.shape == self.stands_for:
            return MatrixSymbol(self.expr.name, *self.stands_for)
        return Written(self.expr, *self.stands_for)

    def _sympy_(self) -> Expr:
        """Where a scalar stands in an expression of SymPy's. SymPy's matrices would take others for their own."""
        if self.stands_for:
            raise SympifyError(self)
        return self.expr

    # Functions

    def by_entries(self, function: Callable[..., Any], args: Sequence[Any], sign: str = "and") -> Self:
        """Apply a function of scalars entry by entry; rows, columns and scalars are repeated as NumPy repeats them."""
        parts = [self.lifted(arg) for arg in args]
        reads, ndim = _side_by_side(parts)
        shape = shape_of_all((sign, read) for read in reads)
        return self.made(sympify(function(*(expr for expr, _ in reads))), shape, ndim)

    def by_operation(self, name: str, operands: Sequence[Any], settings: Sequence[Any], own: Any = None) -> Self:
        """Apply an operation of symbackprop; its axis may be counted from the end."""
        parts = [self.lifted(operand) for operand in operands]
        given = [parts[0].axis(settings[0])] if own is None and WORDS[name].axis else settings
        expr, shape = applied(name, [part.read for part in parts], given, own)
        return self.made(expr, shape, parts[0].ndim if shape == parts[0].stands_for else None)

    def condition(self, function: Callable[..., Any], args: Sequence[Any], sign: str) -> Self:
        """A condition on the entries of values: 1 where it holds and 0 elsewhere."""
        kept: list[Any] = []

        def held(*exprs: Any) -> Any:
            kept.append(function(*exprs))
            return Piecewise((1, kept[0]), (0, True))

        made = self.by_entries(held, args, sign)
        made.truth = kept[0]
        return made

    def joined(self, function: Callable[..., Any], args: Sequence[Any], sign: str) -> Self:
        """A condition made of other conditions."""
        parts = [self.lifted(arg) for arg in args]
        for part in parts:
            if part.truth is None:
                what = f"{part!s:.60} stands beside {sign} and is no condition"
                raise NetworkError("condition", what, "compare it first, as in (A > 0) & (A < 1)")
        return self.condition(lambda *_: function(*(part.truth for part in parts)), parts, sign)

    def axis(self, axis: Any) -> int:
        """The axis of the matrix that an axis of NumPy's is. Raises NetworkError where there is none such."""
        if isinstance(axis, int) and -self.ndim <= axis < self.ndim:
            return axis % 2 if self.ndim == 2 else int(not self.is_column)
        what = f"{self!s:.60} has {self.ndim} {'axis' if self.ndim == 1 else 'axes'}, and none is {axis!s:.30}"
        raise NetworkError("axis", what, "use axis=0 down the columns or axis=1 along the rows; -1 is the last")


def _side_by_side(parts: Sequence[ArrayValue]) -> tuple[list[Read], int]:
    """The parts as they stand beside one another entry by entry, and how many axes there are of all."""
    ndim = max(part.ndim for part in parts)
    as_columns = ndim == 1 and all(part.is_column for part in parts if part.ndim == 1)
    return [part.column if as_columns else part.row for part in parts], ndim


def matmul(a: ArrayValue, b: ArrayValue) -> ArrayValue:
    """The matrix product by NumPy's rules: what has one axis is a row on the left and a column on the right."""
    (left, first), (right, second) = a.row, b.column
    (scale, left), (more, right) = (apart(x) if shape else (S.One, x) for x, shape in ((left, first), (right, second)))
    expr, shape = times(left, first, right, second)
    if a.ndim == b.ndim == 1:
        return a.made(scale * more * WORDS["total"].build((expr, shape))[0])
    return a.made(scale * more * expr, shape, min(a.ndim, b.ndim))
