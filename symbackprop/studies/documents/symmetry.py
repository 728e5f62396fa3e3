"""The section of a report that shows why equal weights stay equal."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.notation import Total
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Formula,
    Heading,
    Inline,
    Line,
    Maths,
    Paragraph,
    Table,
)
from symbackprop.reporting.numbers import plain
from symbackprop.reporting.writing import count
from symbackprop.studies.documents.parts import cell, maths
from symbackprop.studies.symmetry import Symmetry


def equal_weights(symmetry: Symmetry, activation: str) -> Iterator[Block]:
    """The two gradients that an exchange of names turns into one another, and what training makes of equal weights."""
    derivation = symmetry.derivation
    loss = derivation.network.loss
    yield Heading(1, ("Equal weights stay equal",))
    yield Paragraph(
        (f"Two inputs, two hidden neurons and one output, all {activation}. The gradients of the weights of the "
         "first hidden neuron, and of the second:",)
    )  # fmt: skip
    yield Formula(tuple(Line(derivation.gradients[w], Total(loss, w)) for pair in symmetry.pairs for w in pair))
    swapped: list[Inline] = []
    for a, b in symmetry.exchange.items():
        if a.name < b.name:
            swapped += [", " if swapped else "", Maths(a), " with ", Maths(b)]
    holds = "turns each into its partner, letter by letter" if symmetry.holds else "does not turn them into one another"
    yield Paragraph(
        ("Exchanging the names of the two neurons, ", *swapped, f", {holds}. ",
         *(("So where the weights of the two are equal, so are their gradients, and the weights after the update.",)
           if symmetry.holds else ()))
    )  # fmt: skip
    equal, drawn = symmetry.equal, symmetry.drawn
    yield Paragraph(
        (f"Trained for {count(equal.epochs, 'epoch')} to tell whether the inputs differ, from weights that all are the "
         f"same, and from weights drawn by {symmetry.rule}:",)
    )  # fmt: skip
    rows = tuple(
        (
            (Maths(one), " and ", Maths(other)),
            *(
                c
                for history in (equal, drawn)
                for c in (cell(history.final[one.name]), cell(history.final[other.name]))
            ),
        )
        for one, other in symmetry.pairs
    )
    yield Table((("weights",), ("from equal ones",), ("",), ("from drawn ones",), ("",)), rows, "lrrrr")
    apart, apart_drawn = symmetry.apart(equal), symmetry.apart(drawn)
    never = (
        "in no epoch do the two neurons differ, not in the last digit"
        if not apart.any()
        else (f"the two neurons differ by up to {plain(float(apart.max()))}")
    )
    yield Bullets(
        (
            (f"From equal weights {never}; the loss goes to ", maths(float(equal.losses[-1])), "."),
            (f"From drawn weights they differ by {plain(float(apart_drawn[0]))} at first and by "
             f"{plain(float(apart_drawn[-1]))} at last; the loss goes to ", maths(float(drawn.losses[-1])), "."),
        )
    )  # fmt: skip
