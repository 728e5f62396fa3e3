"""Names, numbers, functions, conditions and derivatives."""

from __future__ import annotations

from fractions import Fraction as Ratio
from typing import Any

from sympy import And, E, Float, S, pi

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.coefficients import number
from symbackprop.notation.layout.builder import Builder
from symbackprop.notation.nodes import Apply, Cases, Compare, Constant, Derivative, Logic, Minus, Name, Node, Truth
from symbackprop.notation.order import NOWHERE, Placed, highest, joined, natural
from symbackprop.notation.partial import Immediate

CONSTANTS = {pi: "pi", E: "e", S.Infinity: "inf", S.NaN: "nan", S.ComplexInfinity: "nan"}

# Names and numbers


def symbol(builder: Builder, expr: Any) -> Placed:
    """Lay out a name."""
    return Placed(Name(expr.name), builder.order.levels.get(expr.name, 0.0), builder.order.key(expr.name))


def rational(builder: Builder, expr: Any) -> Placed:
    """Lay out a number."""
    ratio = ratio_of(expr)
    return Placed(number(ratio), NOWHERE, ((2, ratio.numerator, str(ratio.denominator)),))


def constant(builder: Builder, expr: Any) -> Placed:
    """Lay out π, e, ∞ or what is no number."""
    return Placed(Constant(CONSTANTS[expr]), NOWHERE, natural(CONSTANTS[expr]))


def minus_infinity(builder: Builder, expr: Any) -> Placed:
    """Lay out -∞."""
    return Placed(Minus(Constant("inf")), NOWHERE, natural("inf"))


def truth(builder: Builder, expr: Any) -> Placed:
    """Lay out a condition that holds always or never."""
    return Placed(Truth(bool(expr)), NOWHERE, ())


def ratio_of(number: Any) -> Ratio:
    """A number of SymPy as a fraction; a float as the decimal that it is shown as."""
    return Ratio(repr(float(number))) if isinstance(number, Float) else Ratio(int(number.p), int(number.q))


# Functions


def function(builder: Builder, expr: Any) -> Placed:
    """Lay out a function of the vocabulary or of the user."""
    row = primitive_of(expr)
    name = row.name if row else type(expr).__name__
    count = len(expr.args) - (row.settings if row else 0)
    arguments, settings = builder.places(expr.args[:count]), builder.places(expr.args[count:])
    return _applied(builder, expr, name, arguments, settings)


def softmax(builder: Builder, expr: Any) -> Placed:
    """Lay out one component of a softmax."""
    placed = _applied(builder, expr, expr.spoken, builder.places(expr.scores), [])
    assert isinstance(placed.node, Apply)
    node = Apply(expr.spoken, placed.node.arguments, (), expr.index, expr)
    return Placed(node, placed.level, placed.key + natural(str(expr.index)))


def extreme(builder: Builder, expr: Any) -> Placed:
    """Lay out max or min, numbers first."""
    arguments = sorted(builder.places(expr.args), key=lambda part: (part.level != NOWHERE, part.key))
    return _applied(builder, expr, type(expr).__name__.lower(), arguments, [])


def _applied(builder: Builder, expr: Any, name: str, arguments: list[Placed], settings: list[Placed]) -> Placed:
    shown, set_to = (tuple(part.node for part in parts) for parts in (arguments, settings))
    node = Apply(name, shown, set_to, source=expr, entrywise=any(part.shape for part in arguments))
    return Placed(node, highest(arguments + settings), joined(arguments + settings, name))


# Conditions and derivatives


def cases(builder: Builder, expr: Any) -> Placed:
    """Lay out values by condition."""
    branches: list[tuple[Node, Node | None]] = []
    parts: list[Placed] = []
    for value, condition in expr.args:
        shown, when = builder.place(value), builder.place(condition)
        parts += [shown, when]
        branches.append((shown.node, None if when.node == Truth(True) else when.node))
    if branches[0][1] is None:
        return parts[0]
    return Placed(Cases(tuple(branches)), highest(parts), joined(parts))


def compare(builder: Builder, expr: Any) -> Placed:
    """Lay out a comparison."""
    left, right = builder.place(expr.lhs), builder.place(expr.rhs)
    return Placed(Compare(left.node, expr.rel_op, right.node), highest([left, right]), joined([left, right]))


def logic(builder: Builder, expr: Any) -> Placed:
    """Lay out conditions joined by and, or by or."""
    parts = sorted(builder.places(expr.args), key=lambda part: part.key)
    operator = "and" if isinstance(expr, And) else "or"
    return Placed(Logic(operator, tuple(part.node for part in parts)), highest(parts), joined(parts))


def partial(builder: Builder, expr: Any) -> Placed:
    """Lay out a derivative that is not worked out."""
    of, by = builder.place(expr.of), builder.place(expr.by)
    return Placed(Derivative(of.node, by.node, isinstance(expr, Immediate)), of.level, joined([of, by], "∂"))
