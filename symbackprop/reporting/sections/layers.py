"""What is said of a layer, which has outputs and no loss."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Symbol

from symbackprop.notation import Total
from symbackprop.reporting.blocks import Inlines, Maths, listed
from symbackprop.reporting.writing import Desk, count

FOLLOWS = "the loss that follows, which is no part of the layer"
"""What L stands for."""


def what_it_is(desk: Desk, between: str = "") -> Inlines:
    """What a layer is made of, what it gives, and what is given to it: how its summary begins."""
    network = desk.derivation.network
    outputs = list(network.outputs)
    one = len(outputs) == 1
    counted = (count(len(network.inputs), "input"), count(len(network.parameters), "parameter"))
    some = [words for words in counted if not words.startswith("0 ")]
    has = (", ".join(some) or "no inputs", count(len(network.equations), "equation"))
    return (
        f"The layer has {has[0]} and {has[1]}{between}, which lead to the {'output' if one else 'outputs'} ",
        *listed(Maths(output) for output in outputs),
        f". It has no loss: the {'adjoint' if one else 'adjoints'} of the {'output' if one else 'outputs'}, ",
        *given(desk),
        f", {'is' if one else 'are'} given, for whatever loss ",
        Maths(network.loss),
        " follows, and what the layer passes back is derived from there",
    )


def given(desk: Desk) -> Inlines:
    """Ȳ = ∂L/∂Y, for each output."""
    return listed(
        Maths(adjoint, Total(desk.loss, output)) for output, adjoint in desk.derivation.network.outputs.items()
    )


def rows(desk: Desk) -> Iterator[tuple[Symbol, Inlines, Inlines]]:
    """The rows of the table of symbols that layers alone have: a name for its shape, what stands first, its meaning."""
    network = desk.derivation.network
    for output, adjoint in network.outputs.items():
        yield adjoint, (Maths(adjoint),), ("adjoint of ", Maths(output), ", given: ", Maths(Total(desk.loss, output)))
    if network.outputs:
        yield network.loss, (Maths(network.loss),), (FOLLOWS,)
