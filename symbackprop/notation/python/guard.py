"""Branches of a case that are safe to compute where they do not hold.

NumPy computes every branch of ``np.where`` and throws away what it does not need. Where a branch holds for z <= 0
alone, z is read as ``np.minimum(z, 0)`` inside whatever could overflow: the value is the same wherever it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import Any

from symbackprop.functions.catalogue import ROWS
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Compare,
    Constant,
    Entrywise,
    Fraction,
    Logic,
    MatrixProduct,
    Minus,
    Name,
    Node,
    Number,
    OwnCall,
    Power,
    Root,
    Sum,
    Transpose,
)

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_GROWING = frozenset(row.name for row in ROWS if row.grows)
_MIXING = (MatrixProduct, Transpose, Call, OwnCall)
"""What mixes entries: its operands are needed as they are, as other entries of them may count where a branch holds."""
_SAFE = frozenset(row.name for row in ROWS if row.finite) | {"max", "min", "softmax", "log_softmax"}


def guarded(cases: Cases) -> Cases:
    """Return the cases with each branch safe to compute where it does not hold."""
    branches: list[tuple[Node, Node | None]] = []
    passed: list[Compare] = []
    for value, condition in cases.branches:
        bounds = list(passed)
        if condition is not None:
            bounds += _conjuncts(condition)
        for bound in bounds:
            value = _guard(value, bound)
        branches.append((value, condition))
        if isinstance(condition, Compare) and condition.relation in _OPPOSITE:
            passed.append(replace(condition, relation=_OPPOSITE[condition.relation]))
    return Cases(tuple(branches))


def _conjuncts(condition: Node) -> list[Compare]:
    parts = condition.parts if isinstance(condition, Logic) and condition.operator == "and" else (condition,)
    return [part for part in parts if isinstance(part, Compare) and part.relation in _OPPOSITE]


def _guard(node: Node, bound: Compare) -> Node:
    """Clamp the bounded quantity wherever ``node`` does something risky with it."""
    if isinstance(bound.left, (Number, Minus)):
        bound = Compare(bound.right, _MIRRORED[bound.relation], bound.left)
    if not isinstance(bound.left, (Name, Apply)) or not _is_number(bound.right):
        return node
    match node:
        case Apply(function, _) if function in _GROWING:
            return _put(node, bound.left, _clamped(bound))
        case Apply(function, _) if function not in _SAFE:
            return _put(node, bound.left, _inside(bound))
        case Fraction(numerator, denominator):
            return Fraction(_guard(numerator, bound), _put(denominator, bound.left, _inside(bound)))
        case Entrywise(above, below):
            safe = tuple(replace(part, node=_put(part.node, bound.left, _inside(bound))) for part in below)
            return Entrywise(tuple(replace(part, node=_guard(part.node, bound)) for part in above), safe)
        case Power(_, exponent) if not (isinstance(exponent, Number) and exponent.whole):
            return _put(node, bound.left, _clamped(bound))
        case Root():
            return _put(node, bound.left, _clamped(bound))
    return node if isinstance(node, _MIXING) else _rebuilt(node, lambda part: _guard(part, bound))


def _is_number(node: Node) -> bool:
    return isinstance(node, (Number, Constant)) or (isinstance(node, Minus) and _is_number(node.term))


def _clamped(bound: Compare) -> Node:
    """The bounded quantity, held at its bound."""
    return Apply("max" if bound.relation in (">", ">=") else "min", (bound.left, bound.right))


def _inside(bound: Compare) -> Node:
    """The bounded quantity, or a number well inside its bound: log(z) and 1/z have no value at the bound z > 0."""
    sign = 1 if bound.relation in (">", ">=") else -1
    if isinstance(bound.right, Number):
        top = bound.right.numerator + sign * bound.right.denominator
        number = Number(abs(top), bound.right.denominator)
        safe: Node = Minus(number) if top < 0 else number
    else:
        safe = Sum(((1, bound.right), (sign, Number(1))))
    return Cases(((bound.left, bound), (safe, None)))


def _put(node: Node, old: Node, new: Node) -> Node:
    if node == old:
        return new
    return node if isinstance(node, _MIXING) else _rebuilt(node, lambda part: _put(part, old, new))


def _rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with ``change`` applied to each of its parts."""

    def visit(value: Any) -> Any:
        if isinstance(value, Node):
            return change(value)
        return tuple(visit(part) for part in value) if isinstance(value, tuple) else value

    values: Iterable[tuple[str, Any]] = ((f.name, getattr(node, f.name)) for f in fields(node))  # type: ignore[arg-type]
    return replace(node, **{name: visit(value) for name, value in values})  # type: ignore[type-var]
