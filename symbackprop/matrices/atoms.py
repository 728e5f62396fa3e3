"""The parts of an expression that works entry by entry: its names, and the operations that stand outermost in it."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sympy import Basic, Expr, Symbol

from symbackprop.matrices.grammar import Operation


def atoms_of(expr: Basic, holding: Set[Symbol] | None = None) -> Iterator[Expr]:
    """Each name and each outermost operation once, from left to right; with ``holding`` those in which one stands."""
    seen: set[Basic] = set()
    stack = [expr]
    while stack:
        node = stack.pop()
        if node in seen or (holding is not None and holding.isdisjoint(node.free_symbols)):
            continue
        seen.add(node)
        if node.is_Symbol or isinstance(node, Operation):
            yield node
        else:
            stack.extend(reversed(node.args))  # the conditions of cases too, which are no expressions
