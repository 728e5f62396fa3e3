"""The update of one weight as lines of the program, from the equations of an optimiser."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from symbackprop.numeric.loops import UpdateRule
from symbackprop.numeric.program.line import Line

UPDATE = "update"
"""The part of a program that moves the weights."""


def update_lines(
    rule: UpdateRule, weight: Symbol, states: Mapping[Symbol, Symbol], names: Mapping[Symbol, Expr]
) -> list[Line]:
    """The lines that move one weight in place.

    ``names`` has what the program has for the gradient, the rate, the number of the update and the options; ``states``
    those for what is kept, which changes in place too. What an equation finds on the way is put in where it is used.
    """
    known: dict[Symbol, Expr] = {rule.weight: weight, **names, **states}
    places = {new: states[old] for old, new in rule.kept.items()} | {rule.moved: weight}
    lines = []
    for left, right in rule.equations:
        value = right.xreplace(known)
        if left in places:
            lines.append(Line((places[left],), value, UPDATE))
            known[left] = places[left]
        else:
            known[left] = value
    return lines
