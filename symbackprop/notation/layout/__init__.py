"""From a SymPy expression to its layout: what a person would write, in the order in which they would write it.

SymPy sorts products by the alphabet. People follow the network instead: a product goes from the loss backwards,
(a_o1 - t1)·a_o1·(1 - a_o1)·a_h1, and a sum has its number first, then its products, then its bias.

The builder lays an expression out from its leaves up; the table says which function lays out each kind of expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import TypeVar

from sympy import Basic, Expr, S, Symbol

from symbackprop.matrices import Array, Broadcast, Operation
from symbackprop.notation.layout.builder import Builder
from symbackprop.notation.layout.table import TABLE
from symbackprop.notation.nodes import Name, Node
from symbackprop.notation.order import Order
from symbackprop.notation.partial import Differential, Frobenius
from symbackprop.notation.recursion import depth, run_deep, subexpressions

__all__ = ["for_people", "laid_out", "layout", "names_as_written", "names_in", "shapes_in"]

_WITH_SHAPES = (Array, Operation, Differential, Frobenius)

T = TypeVar("T")


def layout(expr: Expr, order: Order | None = None) -> Node:
    """Lay ``expr`` out in the order in which a person would write it.

    Nothing is worked out and nothing is lost: the layout has the value of ``expr``, and products that were built
    with ``evaluate=False`` keep their factors.
    """
    return laid_out(expr, order, lambda node: node)


def laid_out(expr: Expr, order: Order | None, work: Callable[[Node], T]) -> T:
    """Lay ``expr`` out and return ``work`` of its layout, both with room for deep recursion."""
    has_shapes = any(isinstance(part, _WITH_SHAPES) for part in subexpressions(expr))
    builder = Builder(order or Order(), has_shapes, TABLE)
    return run_deep(depth(expr), lambda: work(builder.place(expr).node))


def for_people(expr: Expr) -> Expr:
    """The expression as people write it: a matrix of zeros is 0."""
    return S.Zero if isinstance(expr, Broadcast) and expr.args[0] == 0 else expr


def names_in(expr: Basic) -> list[str]:
    """The names of the symbols in ``expr``, sorted."""
    return sorted({part.name for part in subexpressions(expr) if isinstance(part, Symbol)})


def names_as_written(expr: Expr, order: Order | None = None) -> list[str]:
    """The names of the symbols in ``expr``, each once, in the order in which they are written."""
    return laid_out(expr, order, lambda node: list(dict.fromkeys(_names(node))))


def _names(node: object) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name
    elif isinstance(node, Node):
        for part in fields(node):  # type: ignore[arg-type]  # every kind of node is a dataclass
            yield from _names(getattr(node, part.name))
    elif isinstance(node, tuple):
        for part in node:
            yield from _names(part)


def shapes_in(expr: Expr) -> dict[str, tuple[Node, ...]]:
    """The shape of each matrix in ``expr``, its sizes laid out, by its name."""
    return {
        part.name: tuple(layout(size) for size in part.shape)
        for part in subexpressions(expr)
        if isinstance(part, Array)
    }
