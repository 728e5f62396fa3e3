"""What the derivative is taken to be where there is none."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Basic, Expr, Max, Min, Piecewise
from sympy.core.relational import Relational

from symbackprop.functions.catalogue import primitive_of
from symbackprop.functions.user import UserFunction

MAX_CONVENTION = "where arguments of max or min tie, each passes back an equal share of two at a time"
"""Convention of Max and Min, which are folded two arguments at a time: (1 + sign(a - b))/2 is 1/2 at a tie."""

BRANCH_CONVENTION = "the derivative of the branch that holds there"
"""Convention of what is given by cases."""


def conventions_of(exprs: Iterable[Expr]) -> tuple[str, ...]:
    """The conventions at the kinks of these expressions, and of the formulas of users' functions in them, sorted."""
    found: set[str] = set()
    seen: set[type[UserFunction]] = set()
    stack: list[tuple[Basic, str]] = [(expr, "") for expr in exprs]
    while stack:
        node, function = stack.pop()
        row = primitive_of(node)
        if row is not None and row.convention:
            found.add(row.convention)
        elif isinstance(node, (Max, Min)):
            found.add(MAX_CONVENTION)
        elif isinstance(node, Piecewise):
            found.add(_of_branches(node, function))
        elif isinstance(node, UserFunction) and type(node) not in seen:
            seen.add(type(node))
            body = node.body.xreplace(dict(zip(node.parameters, node.written, strict=True)))
            stack.append((body, f"{type(node).__name__}({', '.join(p.name for p in node.written)})"))
        stack.extend((arg, function) for arg in node.args)
    return tuple(sorted(found))


def _of_branches(node: Piecewise, function: str) -> str:
    """What holds at the boundaries of a formula given by cases: derivatives are taken branch by branch."""
    boundaries = {f"{side.lhs} = {side.rhs}" for branch in node.args for side in branch.cond.atoms(Relational)}
    return f"where {' or '.join(sorted(boundaries))}, {function or 'what is given by cases'} has {BRANCH_CONVENTION}"
