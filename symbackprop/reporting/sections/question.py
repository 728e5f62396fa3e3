"""What is asked of which network, and where the answers stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sympy import Symbol

from symbackprop.calculus import DOES_NOT_MOVE, Derivation
from symbackprop.matrices import shape_of
from symbackprop.notation import Total, latex
from symbackprop.reporting.blocks import Block, Heading, Inline, Inlines, Later, Maths, Paragraph, Raw, Strong
from symbackprop.reporting.letters import index_letters
from symbackprop.reporting.sections import layers
from symbackprop.reporting.sections.facts import stated
from symbackprop.reporting.sections.proof import verdict
from symbackprop.reporting.writing import Desk, count, names_of

NAMES_TOLD = 8


def question(desk: Desk) -> Iterator[Block]:
    """What is asked of which network, how it will be answered, and how sure the answer is."""
    derivation = desk.derivation
    network = derivation.network
    yield Heading(1, ("What is asked",))
    if network.description:
        yield Paragraph((sentence(network.description),))
    yield Paragraph((*_what_leads_where(desk), *stated(derivation)))
    yield Paragraph((*_what_is_asked(desk), *_where_answers_stand(desk)))
    yield Paragraph((Strong("Checks."), *verdict(desk), *unmoving(derivation)))


def sentence(words: str) -> str:
    """Words with a full stop behind them, if they have none."""
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _what_leads_where(desk: Desk) -> Inlines:
    """What is given, how many equations there are, and where they lead."""
    network = desk.derivation.network
    of = "" if network.kind.one_number else " between matrices"
    if network.outputs:
        return (*layers.what_it_is(desk, of), ".")
    learned = desk.derivation.network.parameters
    given = (*network.inputs, *network.targets)
    kind = f" and the parameter{'s' if len(learned) > 1 else ''} " if learned else ""
    counted = count(len(network.equations), "equation")
    return (
        "From ", *names_of(given, NAMES_TOLD), *((kind, *names_of(learned, NAMES_TOLD)) if learned else ()),
        f", {counted}{of} lead{'s' if len(network.equations) == 1 else ''} to the loss ", Maths(network.loss), ".",
    )  # fmt: skip


def _what_is_asked(desk: Desk) -> Inlines:
    """The question in words, for one of the names."""
    derivation = desk.derivation
    w = derivation.wrt[0]
    if not derivation.network.kind.one_number and shape_of(w):
        loss, name = latex(desk.loss, desk.names), latex(w, desk.names)
        place = "".join(islice(index_letters(desk), 2))
        entry = Raw(rf"\partial {loss}/\partial {_entry(name, place)}")
        asked: Inlines = (
            "By how much does ", Maths(desk.loss), " change when an entry of ", Maths(w), " changes a little?",
            " The matrix ", Maths(Total(desk.loss, w)), ", which has the shape of ", Maths(w),
            ", holds the answer for each entry, ", Maths(entry), ".",
        )  # fmt: skip
    else:
        asked = (
            "If ", Maths(w), " grows by a little, by how many times that little does ", Maths(desk.loss),
            " grow? That number is ", Maths(Total(desk.loss, w)), ".",
        )  # fmt: skip
    if len(derivation.wrt) > 1:
        what = "inputs and parameters" if derivation.network.outputs else "names"
        whose = "both" if len(derivation.wrt) == 2 else f"all {len(derivation.wrt)} {what}"
        asked = (*asked, f" The same is asked for {whose}, ", *names_of(derivation.wrt, NAMES_TOLD), ".")
    return asked


def _entry(name: str, place: str) -> str:
    return rf"({name})_{{{place}}}" if "_" in name or "^" in name else rf"{name}_{{{place}}}"


def _where_answers_stand(desk: Desk) -> Inlines:
    """How the report goes on."""
    derivation = desk.derivation
    signals = list(derivation.signals.items())
    pieces: list[Inline] = [
        f" It is worked out backwards, from the {'outputs' if derivation.network.outputs else 'loss'} on, equation by "
        "equation"
    ]
    if signals:
        name, delta = signals[0]
        named = Maths(delta, Total(desk.loss, name))
        pieces += [
            "; what is found on the way and used again gets a name, as ",
            named,
            ", and is called an error signal",
            *_of_entries(desk, name, delta),
        ]
    pieces.append(".")
    for first in desk.results_of(derivation.wrt[:1]):
        one = len(derivation.wrt) == 1
        span: Inlines = (first,) if one else (first, " to ", Later("last result"))
        pieces += [" The answer is " if one else " The answers are ", *span, " below."]
    return tuple(pieces)


def _of_entries(desk: Desk, name: Symbol, delta: Symbol) -> Inlines:
    """What the entries of an error signal are, where it has several."""
    if not shape_of(name):
        return ()
    return (
        ": ", Maths(delta), " has an entry for each entry of ", Maths(name), ", which says by how much ",
        Maths(desk.loss), " grows for each unit by which that entry grows, as long as it grows by little",
    )  # fmt: skip


def unmoving(derivation: Derivation) -> Inlines:
    """A sentence for each name that does not move the loss."""
    return tuple(part for w in derivation.zero for part in (" ", Maths(w), f" {DOES_NOT_MOVE}."))
