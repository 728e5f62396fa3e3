"""What is stated of the data and of where values lie, in words."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.calculus import Derivation
from symbackprop.network.facts import Fact, Stated, equations_in, inequalities_in, is_in_words
from symbackprop.notation import Total
from symbackprop.reporting.blocks import Code, Inline, Inlines, Maths, listed, listed_with_and

CONVENTION = "each is moved as if the others could stay, from where the fact holds"
"""What a gradient by a parameter is about which an equation is stated."""


MOST_USES = 4
"""The use of something stated is told by so many derivatives; of more of them, by their number."""


def stated(derivation: Derivation) -> Inlines:
    """What is stated, with what it is used for and what of it changed no gradient; then what must not be zero."""
    worded = [said for said in derivation.stated if is_in_words(said.words) and said.facts]
    in_words = {fact for said in worded for fact in said.facts}
    facts = [fact for fact in derivation.facts if fact not in in_words]
    equations, inequalities = equations_in(facts), inequalities_in(facts)
    unused = [fact for fact in derivation.unused_facts if fact not in in_words]
    pieces: list[Inline] = []
    of_parameters = sorted(
        {s.name for fact in equations_in(derivation.facts) for s in fact.free_symbols}
        & {name.name for name in derivation.network.parameters}
    )
    if equations:
        known = "It is known that " if of_parameters else "It is known of the data that "
        pieces += [f" {known}", *_joined(equations), "."]
    if worded:
        told = [("; " if place else " Assumed: ", *_told(derivation, said)) for place, said in enumerate(worded)]
        pieces += [*(piece for pieces_of_one in told for piece in pieces_of_one), "."]
    if of_parameters:
        names = [derivation.network.symbol(name) for name in of_parameters]
        pieces += [" Gradients by ", *listed(map(Maths, names)), f" are by each entry alone: {CONVENTION}."]
    if inequalities:
        pieces += [" It is stated that ", *_joined(inequalities), ", where the checks draw their points."]
    if unused:
        pieces += [" That ", *_joined(unused), f" change{'s' if len(unused) == 1 else ''} no gradient."]
    if derivation.assumed.nonzero:
        factors = listed_with_and(map(Maths, derivation.assumed.nonzero))
        verb = "is" if len(derivation.assumed.nonzero) == 1 else "are"
        pieces += [" What is cancelled on the way holds where ", *factors, f" {verb} not zero."]
    return tuple(pieces)


def _told(derivation: Derivation, said: Stated) -> Inlines:
    """Something in the user's words, and the derivatives whose lines rest on it."""
    loss, uses = derivation.network.loss, derivation.assumed.uses_of(said)
    if not uses:
        return Code(said.words), _idle(derivation, said)
    if len(uses) > MOST_USES:
        return Code(said.words), f", used for {len(uses)} derivatives"
    return Code(said.words), ", used for ", *listed_with_and(Maths(Total(loss, name)) for name in uses)


def _idle(derivation: Derivation, said: Stated) -> str:
    """What is said of something on which no line rests."""
    equations = equations_in(said.facts)
    if not equations:
        return ", by which the checks draw their points alone"
    unused = set(equations) <= set(derivation.unused_facts)
    return ", which changes no gradient" if unused else ", which is known of transposes"


def _joined(facts: Sequence[Fact]) -> list[Inline]:
    pieces: list[Inline] = []
    for fact in facts:
        formula = Maths(fact.lhs, fact.rhs) if fact in equations_in([fact]) else Maths(fact)
        pieces += [" and ", formula] if pieces else [formula]
    return pieces
