"""Why the work goes backwards, and what its numbers say: sentences that hold for the network at hand."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.reporting.blocks import Block, Inlines, Maths, Paragraph
from symbackprop.reporting.evidence import FirstStep
from symbackprop.reporting.sweep_parts import Part
from symbackprop.reporting.writing import Desk, all_of


def why_backwards(desk: Desk) -> Iterator[Block]:
    """Why one goes from the end to the beginning, where there is more than one gradient to find."""
    derivation = desk.derivation
    if len(derivation.wrt) < 2 or not derivation.signals:
        return
    name, delta = next(iter(derivation.signals.items()))
    yield Paragraph(
        (
            "Why backwards? Whatever changes ", Maths(desk.loss), " does so through the equations next to it, so their "
            "derivatives are needed by everything before them. Found first and kept, they are worked out once: one "
            f"pass back serves {all_of(len(derivation.wrt), 'gradients')}. An error signal such as ", Maths(delta),
            " tells how much ", Maths(desk.loss), " changes for each unit that ", Maths(name),
            " changes, as long as that is little; its sign tells which way.",
        )
    )  # fmt: skip


def three_questions(desk: Desk, part: Part) -> Inlines:
    """What is asked of a weight, link by link: of its unit, of what is made of the unit, and of the loss."""
    (unit,) = desk.derivation.graph.users[part.name]
    (after,) = desk.derivation.graph.users[unit]
    return (
        " So three things are asked: how ", Maths(desk.loss), " changes with ", Maths(after), ", how ", Maths(after),
        " with ", Maths(unit), ", and how ", Maths(unit), " with ", Maths(part.name), ".",
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
