"""What is stated of the data and of where values lie, in words."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.calculus import Derivation
from symbackprop.network.facts import Fact, equations_in, inequalities_in
from symbackprop.reporting.blocks import Inline, Inlines, Maths, listed

CONVENTION = "each is moved as if the others could stay, from where the fact holds"
"""What a gradient by a parameter is about which an equation is stated."""


def stated(derivation: Derivation) -> Inlines:
    """The facts of a derivation, and which of them changed no gradient; nothing where there are none."""
    equations, inequalities = equations_in(derivation.facts), inequalities_in(derivation.facts)
    unused = derivation.unused_facts
    pieces: list[Inline] = []
    of_parameters = sorted({s.name for fact in equations for s in fact.free_symbols & {*derivation.network.parameters}})
    if equations:
        pieces += [
            " It is known that " if of_parameters else " It is known of the data that ",
            *_joined(equations),
            ".",
        ]
    if of_parameters:
        names = [derivation.network.symbol(name) for name in of_parameters]
        pieces += [" Gradients by ", *listed(map(Maths, names)), f" are by each entry alone: {CONVENTION}."]
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
