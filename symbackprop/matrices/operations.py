"""The operations that mix the entries of matrices, one class each: what it is, and the shape that comes out.

Anything that works entry by entry needs no class: it is plain SymPy on arrays. A node holds array expressions as its
arguments and, like them, is an ordinary commutative SymPy expression. Shapes are worked out when they are asked for;
``shape`` raises NetworkError where the arguments do not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from sympy import Expr, Integer, S, sympify
from sympy.printing.precedence import PRECEDENCE

from symbackprop.errors import NetworkError
from symbackprop.matrices import shapes
from symbackprop.matrices.array import Shape


class Operation(Expr):  # type: ignore[misc]  # SymPy's Expr is untyped
    """An operation on array expressions. ``operands`` are those of its arguments through which a gradient flows."""

    is_commutative = True
    is_number = False
    """SymPy would try to evaluate an operation on numbers alone."""
    precedence: ClassVar[int] = PRECEDENCE["Func"]
    """How tightly its text holds together, for SymPy's printer."""
    spoken: ClassVar[str]
    """Its name in formulas: ``rowsum(A)``."""

    def __new__(cls, *args: Any) -> Any:
        return Expr.__new__(cls, *(sympify(arg, strict=True) for arg in args))

    @property
    def operands(self) -> tuple[Expr, ...]:
        """The arguments that are array expressions; the rest are sizes and axes."""
        return tuple(self.args)

    @property
    def settings(self) -> tuple[Expr, ...]:
        """The arguments that are no array expressions: an axis, sizes."""
        return tuple(self.args[len(self.operands) :])

    def on(self, *operands: Expr) -> Expr:
        """The same operation on other operands, each as large as the one in whose place it stands."""
        whole = (as_whole(new, shapes.shape_of(old)) for new, old in zip(operands, self.operands, strict=True))
        made: Expr = self.func(*whole, *self.settings)
        return made

    @cached_property
    def shape(self) -> Shape:
        """The shape of the result. Raises NetworkError where the operands do not fit."""
        return self.shape_of(*(shapes.shape_of(operand) for operand in self.operands))

    def shape_of(self, *given: Shape) -> Shape:
        """The shape of the result for operands of these shapes."""
        raise NotImplementedError

    def _sympystr(self, printer: Any) -> str:
        return f"{self.spoken}({', '.join(printer._print(arg) for arg in self.args)})"


class Product(Operation):
    """The matrix product A @ B @ …, of two factors or more."""

    spoken = "matmul"
    precedence = PRECEDENCE["Mul"] - 1  # A*(B @ C) needs its brackets

    def shape_of(self, *given: Shape) -> Shape:
        total = given[0]
        for position, shape in enumerate(given[1:], start=1):
            so_far = product(*self.operands[:position])
            total = shapes.product_shape(so_far, total, self.operands[position], shape)
        return total

    def _sympystr(self, printer: Any) -> str:
        return " @ ".join(_bracketed(printer, factor) for factor in self.args)


class Transposed(Operation):
    """Aᵀ."""

    spoken = "transpose"

    def shape_of(self, *given: Shape) -> Shape:
        rows, columns = shapes.matrix_shape(self, self.args[0], given[0])
        return columns, rows

    def _sympystr(self, printer: Any) -> str:
        inner = printer._print(self.args[0])
        return f"{inner}.T" if self.args[0].is_Symbol or _is_call(self.args[0]) else f"({inner}).T"


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

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colsum or rowsum."""
        return ("colsum", "rowsum")[self.axis]

    def _sympystr(self, printer: Any) -> str:
        return f"{self.spoken}({printer._print(self.args[0])})"


class SumAll(Operation):
    """The sum of all entries, a scalar."""

    spoken = "total"

    def shape_of(self, *given: Shape) -> Shape:
        return ()


class LogSumExp(Reduction):
    """log Σ exp(z) over each column (axis 0) or each row (axis 1)."""

    spoken = "logsumexp"


class Softmax(Along):
    """exp(z)/Σ exp(z) over each column (axis 0) or each row (axis 1)."""

    spoken = "softmax"


class LogSoftmax(Along):
    """The logarithm of the softmax, z - log Σ exp(z)."""

    spoken = "log_softmax"


class OfSquare(Operation):
    """An operation on a square matrix."""

    def shape_of(self, *given: Shape) -> Shape:
        shapes.check_square(self.spoken, self.args[0], given[0])
        return given[0]


class Inverse(OfSquare):
    """A⁻¹."""

    spoken = "inv"


class NumberOfSquare(OfSquare):
    """A scalar that a square matrix has."""

    def shape_of(self, *given: Shape) -> Shape:
        super().shape_of(*given)
        return ()


class Trace(NumberOfSquare):
    """The sum of the diagonal, a scalar."""

    spoken = "trace"


class Determinant(NumberOfSquare):
    """det A, a scalar."""

    spoken = "det"


class LogDeterminant(NumberOfSquare):
    """log |det A|, a scalar."""

    spoken = "logdet"


class Diagonal(OfSquare):
    """The diagonal of a square matrix, as a column."""

    spoken = "diagonal"

    def shape_of(self, *given: Shape) -> Shape:
        rows, _ = super().shape_of(*given)
        return rows, S.One


class DiagonalMatrix(Operation):
    """The square matrix whose diagonal is a column."""

    spoken = "diag"

    def shape_of(self, *given: Shape) -> Shape:
        rows = shapes.column_size(self, self.args[0], given[0])
        return rows, rows


class Identity(Operation):
    """The identity matrix; its argument is its size."""

    spoken = "eye"

    @property
    def operands(self) -> tuple[Expr, ...]:
        return ()

    def shape_of(self, *given: Shape) -> Shape:
        return self.args[0], self.args[0]


class Broadcast(Operation):
    """A row, a column or a scalar repeated to a shape; ``args`` are what is repeated, the rows and the columns."""

    spoken = "broadcast"

    @property
    def operands(self) -> tuple[Expr, ...]:
        return (self.args[0],)

    def shape_of(self, *given: Shape) -> Shape:
        wanted = tuple(self.args[1:])
        shapes.check_broadcast(self.args[0], given[0], wanted)
        return wanted

    def _sympystr(self, printer: Any) -> str:
        return "0" if self.args[0] == 0 else super()._sympystr(printer)


def as_whole(expr: Expr, shape: Shape) -> Expr:
    """The expression with exactly that shape: a row, a column or a scalar is repeated."""
    found = shapes.shape_of(expr)
    if shapes.same_shape(found, shape):
        return expr
    if not shape:
        raise NetworkError("shape", f"{shapes.named(expr, found)} stands where a scalar should", "sum it with total(…)")
    return Broadcast(expr.args[0] if isinstance(expr, Broadcast) else expr, *shape)


def product(*factors: Expr) -> Expr:
    """The matrix product, products within it flattened; one factor stands for itself."""
    flat: list[Expr] = []
    for factor in factors:
        flat += factor.args if isinstance(factor, Product) else (factor,)
    return flat[0] if len(flat) == 1 else Product(*flat)


def column_sum(array: Expr) -> Expr:
    """The sum of each column: a row."""
    return Sum(array, Integer(0))


def row_sum(array: Expr) -> Expr:
    """The sum of each row: a column."""
    return Sum(array, Integer(1))


def _is_call(expr: Expr) -> bool:
    return isinstance(expr, Operation) and not isinstance(expr, Product)


def _bracketed(printer: Any, factor: Expr) -> str:
    text = printer._print(factor)
    return f"({text})" if factor.is_Add or factor.is_Mul or isinstance(factor, Product) else text


OPERATIONS: Sequence[type[Operation]] = (
    Product, Transposed, Sum, SumAll, LogSumExp, Softmax, LogSoftmax, Inverse, Trace, Determinant, LogDeterminant,
    Diagonal, DiagonalMatrix, Identity, Broadcast,
)  # fmt: skip
"""Every operation that ships with symbackprop."""
