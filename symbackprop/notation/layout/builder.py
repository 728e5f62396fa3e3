"""The builder of layouts: what it knows of an expression while its parts are laid out, from the leaves up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sympy import Expr

from symbackprop.errors import SymbackpropError
from symbackprop.matrices import Shape, shape_of
from symbackprop.notation.nodes import Operand
from symbackprop.notation.order import Order, Placed

Table = Sequence[tuple[Any, Callable[["Builder", Any], Placed]]]
"""For each kind of SymPy expression, a class or several, how it is laid out; the first that fits is taken."""


class Builder:
    """Lays out one expression; the functions of the table lay out each kind and ask the builder for its parts."""

    def __init__(self, order: Order, has_shapes: bool, table: Table) -> None:
        self.order = order
        self.has_shapes = has_shapes
        self.table = table
        self.shapes: dict[Expr, Shape] = {}

    def place(self, expr: Any) -> Placed:
        """Lay out an expression."""
        for kind, lay_out in self.table:
            if isinstance(expr, kind):
                return self.shaped(lay_out(self, expr), expr)
        raise SymbackpropError(
            "notation",
            f"{type(expr).__name__} has no notation",
            "write the network with the functions of the vocabulary",
        )

    def places(self, exprs: Iterable[Any]) -> list[Placed]:
        """Lay out each of several expressions."""
        return [self.place(expr) for expr in exprs]

    def shaped(self, placed: Placed, expr: Any) -> Placed:
        """The same with the shape of ``expr``; the shapes of its parts are known by then."""
        shape = self.shape(expr)
        return replace(placed, shape=shape) if shape else placed

    def shape(self, expr: Any) -> Shape:
        """The shape of an expression, nothing where there are no matrices anywhere."""
        if not self.has_shapes:
            return ()
        if expr not in self.shapes:
            self.shapes[expr] = shape_of(expr)
        return self.shapes[expr]

    def operand(self, placed: Placed) -> Operand:
        """A factor with its shape, the sizes laid out too."""
        return Operand(placed.node, tuple(self.place(size).node for size in placed.shape))
