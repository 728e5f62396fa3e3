"""What the derivative is taken to be where there is none."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr, Max, Min

from symbackprop.functions.user import UserFunction
from symbackprop.functions.vocabulary import primitive_of

MAX_CONVENTION = "where arguments of max or min tie, each passes back an equal share of two at a time"
"""Convention of Max and Min, which are folded two arguments at a time: (1 + sign(a - b))/2 is 1/2 at a tie."""


def conventions_of(exprs: Iterable[Expr]) -> tuple[str, ...]:
    """The conventions at the kinks of these expressions, sorted."""
    found: set[str] = set()
    stack: list[Basic] = list(exprs)
    while stack:
        node = stack.pop()
        row = primitive_of(node)
        if row is not None and row.convention:
            found.add(row.convention)
        elif isinstance(node, (Max, Min)):
            found.add(MAX_CONVENTION)
        elif isinstance(node, UserFunction):
            stack.append(node.body)
        stack.extend(node.args)
    return tuple(sorted(found))
