"""Why the work goes backwards, and what its numbers say: sentences that hold for the network at hand."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symbackprop.reporting.blocks import Block, Inlines, Maths, Paragraph
from symbackprop.reporting.evidence import FirstStep
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk, all_of


def why_backwards(desk: Desk) -> Iterator[Block]:
    """How the work goes, and why from the end to the beginning."""
    derivation, loss = desk.derivation, Maths(desk.loss)
    yield Paragraph(
        (
            "A value moves ", loss, " only through the values that are computed from it. So, to know how ", loss,
            " changes with a value, look at the values that it feeds. For each of them take how ", loss, " changes "
            "with it, times its local derivative, which is how much it moves when the value moves a little; and add "
            "up. That is the chain rule.",
        )
    )  # fmt: skip
    if len(derivation.wrt) < 2 or not derivation.signals:
        return
    name, delta = next(iter(derivation.signals.items()))
    yield Paragraph(
        (
            "Why backwards? What is asked of a value needs the answers for the values that it feeds. Next to ", loss,
            ", these are there at once, and each answer is kept for all that come before it: one pass back serves "
            f"{all_of(len(derivation.wrt), 'gradients')}. An error signal such as ", Maths(delta),
            " is such an answer: where ", Maths(name), " changes by a little, ", loss, " changes by ", Maths(delta),
            " times as much.",
        )
    )  # fmt: skip


def three_questions(desk: Desk, part: Part, chain: tuple[Symbol, Symbol], known: Inlines) -> Inlines:
    """What is asked of a weight, link by link: of its unit, of what is made of the unit, and of the loss.

    ``known`` are the lines that answer the first two.
    """
    unit, after = chain
    answered: Inlines = (" The first two were answered by ", *known, ".") if known else ()
    return (
        " So three things are asked: how ", Maths(desk.loss), " changes with ", Maths(after), ", how ", Maths(after),
        " with ", Maths(unit), ", and how ", Maths(unit), " with ", Maths(part.name), ".", *answered,
    )  # fmt: skip


def read(desk: Desk, part: Part, first: FirstStep) -> Inlines:
    """What the sign of an error signal, or of a gradient, says."""
    loss, network = desk.loss, desk.derivation.network
    slope = first.adjoints[part.name.name]
    what = Maths(part.signal) if part.signal is not None else "The gradient"
    example = " for this example" if first.examples > 1 else ""
    if slope == 0:
        return (what, f" is 0 here{example}: to first order a small change of ", Maths(part.name), " leaves ",
                Maths(loss), " as it is.")  # fmt: skip
    sign, effect, remedy = ("positive", "raises", "lowers") if slope > 0 else ("negative", "lowers", "raises")
    said: Inlines = (what, f" is {sign}{example}: a little more of ", Maths(part.name), f" {effect} ",
                     Maths(loss))  # fmt: skip
    if part.name in network.parameters and not network.outputs and first.examples == 1:
        return (*said, f", so an update {remedy} ", Maths(part.name), ".")
    return (*said, ".")
