"""The operations that every rule is about: products, transposes, repetition; and what all operations have.

Anything that works entry by entry needs no class: it is plain SymPy on arrays. A node holds array expressions as its
arguments and, like them, is an ordinary commutative SymPy expression. Shapes are worked out when they are asked for;
``shape`` raises NetworkError where the arguments do not fit.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar

from sympy import Expr, sympify
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
    arrays: ClassVar[int | None] = None
    """How many of its arguments are array expressions, as a slice ends: None for all, -1 for all but the last."""
    spoken: ClassVar[str]
    """Its name in formulas: ``rowsum(A)``."""
    linear: ClassVar[bool] = False
    """Whether it is linear in each of its operands."""
    adds_up: ClassVar[bool] = False
    """Whether its entries are sums of those of its operands, or of their products."""
    linear_in: ClassVar[tuple[int, ...]] = ()
    """The places of those operands in which it is linear where it is not in all."""
    idempotent: ClassVar[bool] = False
    """Whether it changes nothing when it is done once more."""
    view: ClassVar[bool] = False
    """Whether an array in memory is looked at in another way, and nothing is worked out."""
    lends: ClassVar[bool] = False
    """Whether its array in memory may be a part of that of its operand, so that a result is to be copied."""
    symmetric: ClassVar[bool] = False
    """Whether it is its own transpose."""
    inverting: ClassVar[bool] = False
    """Whether it asks for an operand that has an inverse, as its derivative has that in it."""
    named_by_axis: ClassVar[bool] = False
    """Whether its name says its axis, which then need not be written."""
    letter: ClassVar[str] = ""
    """What its name begins with where it has none: what it passes back is written with its own value."""

    def __new__(cls, *args: Any) -> Any:
        return Expr.__new__(cls, *(sympify(arg, strict=True) for arg in args))

    @property
    def operands(self) -> tuple[Expr, ...]:
        """The arguments that are array expressions; the rest are sizes and axes."""
        return tuple(self.args[: self.arrays])

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

    @abstractmethod
    def shape_of(self, *given: Shape) -> Shape:
        """The shape of the result for operands of these shapes."""

    def _sympystr(self, printer: Any) -> str:
        text: Callable[[Any, Any], str] = _TEXTS.get(self.func, _called)
        return text(self, printer)


class Product(Operation):
    """The matrix product A @ B @ …, of two factors or more."""

    spoken = "matmul"
    linear = adds_up = True
    precedence = PRECEDENCE["Add"]  # A*(B @ C) needs its brackets, and SymPy holds -A*(B @ C) for a sum

    def shape_of(self, *given: Shape) -> Shape:
        total = given[0]
        for position, shape in enumerate(given[1:], start=1):
            so_far = product(*self.operands[:position])
            total = shapes.product_shape(so_far, total, self.operands[position], shape)
        return total


class Transposed(Operation):
    """Aᵀ."""

    spoken = "transpose"
    linear = view = True

    def shape_of(self, *given: Shape) -> Shape:
        rows, columns = shapes.matrix_shape(self, self.args[0], given[0])
        return columns, rows


class Broadcast(Operation):
    """A row, a column or a scalar repeated to a shape; ``args`` are what is repeated, the rows and the columns."""

    arrays = 1
    spoken = "broadcast"
    linear = view = lends = True

    def shape_of(self, *given: Shape) -> Shape:
        wanted = tuple(self.args[1:])
        shapes.check_broadcast(self.args[0], given[0], wanted)
        return wanted


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


def _is_call(expr: Expr) -> bool:
    return isinstance(expr, Operation) and not isinstance(expr, Product)


def _bracketed(printer: Any, factor: Expr) -> str:
    text = printer._print(factor)
    return f"({text})" if factor.is_Add or factor.is_Mul or isinstance(factor, Product) else text


def _called(node: Operation, printer: Any) -> str:
    said = node.operands if node.named_by_axis else node.args
    return f"{node.spoken}({', '.join(map(printer._print, said))})"


def _transposed(node: Transposed, printer: Any) -> str:
    of, inner = node.args[0], printer._print(node.args[0])
    return f"{inner}.T" if of.is_Symbol or _is_call(of) else f"({inner}).T"


_TEXTS: Mapping[type[Operation], Callable[[Any, Any], str]] = {
    Product: lambda node, printer: " @ ".join(_bracketed(printer, factor) for factor in node.args),
    Transposed: _transposed,
    Broadcast: lambda node, printer: "0" if node.args[0] == 0 else _called(node, printer),
}
"""How operations are written that are not written as calls, for SymPy's printer."""
