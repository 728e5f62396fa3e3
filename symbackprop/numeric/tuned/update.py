"""The update of one weight as lines of the program, from the equations of an optimiser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sympy import Expr, Symbol

from symbackprop.numeric.program import Line

UPDATE = "update"
"""The part of a program that moves the weights."""

WEIGHT, GRADIENT, RATE, COUNT, MOVED = map(Symbol, ("w", "g", "eta", "t", "w_new"))


@dataclass(frozen=True)
class UpdateRule:
    """How an entry of a weight is moved: equations in order, in w, g, eta (the learning rate) and t (from 1).

    ``kept`` maps what an update finds to what it leaves; ``options`` are numbers by name. ``w_new`` is the new weight.
    """

    equations: tuple[tuple[Symbol, Expr], ...]
    kept: Mapping[Symbol, Symbol] = field(default_factory=dict)
    options: Mapping[str, float] = field(default_factory=dict)


def update_lines(rule: UpdateRule, own: Mapping[Symbol, Symbol], states: Mapping[Symbol, Symbol]) -> list[Line]:
    """The lines that move one weight in place.

    ``own`` has the program's names for w, g, eta, t and the options; ``states`` those for what is kept, which changes
    in place too. What an equation finds on the way is put in where it is used.
    """
    known: dict[Symbol, Expr] = {**own, **states}
    places = {new: states[old] for old, new in rule.kept.items()} | {MOVED: own[WEIGHT]}
    lines = []
    for left, right in rule.equations:
        value = right.xreplace(known)
        if left in places:
            lines.append(Line((places[left],), value, UPDATE))
            known[left] = places[left]
        else:
            known[left] = value
    return lines
