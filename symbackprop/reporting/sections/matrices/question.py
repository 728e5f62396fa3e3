"""What is asked of a network of matrices, and in short what the answer is; of a layer's hand-out all that is given."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr, Symbol

from symbackprop.matrices import shape_of
from symbackprop.notation import Total
from symbackprop.reporting.blocks import (
    Block,
    Formula,
    Heading,
    Inlines,
    Later,
    Line,
    Maths,
    Paragraph,
    Strong,
    listed,
    listed_with_and,
)
from symbackprop.reporting.sections import layers
from symbackprop.reporting.sections import question as alike
from symbackprop.reporting.sections.facts import stated
from symbackprop.reporting.sections.matrices.opening import shape, signs_of
from symbackprop.reporting.sections.proof import verdict
from symbackprop.reporting.sections.results import final_form, signals_in
from symbackprop.reporting.writing import Desk

MOST_IN_SHORT = 8
"""Answers that take more lines are told at the end alone."""


def question(desk: Desk) -> Iterator[Block]:
    """The question, the answers in short where they are, and how sure they are."""
    if desk.is_appendix:
        yield from _of_a_layer(desk)
        return
    *asked, sure = alike.question(desk)
    yield from (*asked, *_in_short(desk), sure)


def _of_a_layer(desk: Desk) -> Iterator[Block]:
    """All that is given with its shapes, the answers, the signs that are used, and how sure it is."""
    derivation, network = desk.derivation, desk.derivation.network
    yield Heading(1, ("What is asked",))
    if network.description:
        yield Paragraph((alike.sentence(network.description),))
    names = (*network.leaves, *(name for name in network.outputs.values() if name not in network.leaves))
    told = [(Maths(name), " (", *_meant(desk, name), *shape(desk, shape_of(name)), ")") for name in names]
    yield Paragraph(
        (
            "Given are ", *listed_with_and(told), ". Here ", *layers.given(desk), " is what the loss ",
            Maths(desk.loss), " that follows passes back.", *stated(derivation),
        )
    )  # fmt: skip
    yield from _in_short(desk)
    yield Paragraph((Strong("Signs."), " ", *listed(signs_of(desk), last="; ", between="; "), "."))
    yield Paragraph((Strong("Checks."), *verdict(desk), *alike.unmoving(derivation)))


def _meant(desk: Desk, name: Symbol) -> Inlines:
    """What a name stands for, where that is said."""
    meant = desk.derivation.network.meanings.get(name.name)
    return (f"{meant}, ",) if meant else ()


def _in_short(desk: Desk) -> Iterator[Block]:
    """The gradients as they come out, and the error signals that they are written in; nothing where they are many."""
    derivation = desk.derivation
    if not desk.tells("results"):
        return
    forms: dict[Symbol, Expr] = {w: final_form(desk, w) for w in derivation.wrt}
    signals = signals_in(derivation, forms.values())
    if len(signals) + len(forms) > MOST_IN_SHORT:
        return
    lines = [Line(derivation.backward[delta], delta, _place(delta)) for delta in signals]
    lines += [Line(form, Total(desk.loss, w), _place(w)) for w, form in forms.items()]
    yield Paragraph((Strong("In short."), " What comes out, and where it is derived:"))
    yield Formula(tuple(lines))


def _place(name: Symbol) -> Inlines:
    return (Later(("final", name)),)
