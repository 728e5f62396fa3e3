"""What is stated of the data and of where values lie, in words."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.calculus import Derivation
from symbackprop.network.facts import Fact, equations_in, inequalities_in
from symbackprop.reporting.blocks import Inline, Inlines, Maths


def stated(derivation: Derivation) -> Inlines:
    """The facts of a derivation, and which of them changed no gradient; nothing where there are none."""
    equations, inequalities = equations_in(derivation.facts), inequalities_in(derivation.facts)
    unused = derivation.unused_facts
    pieces: list[Inline] = []
    if equations:
        pieces += [" It is known of the data that ", *_joined(equations), "."]
    if inequalities:
        pieces += [" It is stated that ", *_joined(inequalities), ", where the checks draw their points."]
    if unused:
        pieces += [" That ", *_joined(unused), f" change{'s' if len(unused) == 1 else ''} no gradient."]
    return tuple(pieces)


def _joined(facts: Sequence[Fact]) -> list[Inline]:
    pieces: list[Inline] = []
    for fact in facts:
        formula = Maths(fact.lhs, fact.rhs) if fact in equations_in([fact]) else Maths(fact)
        pieces += [" and ", formula] if pieces else [formula]
    return pieces
