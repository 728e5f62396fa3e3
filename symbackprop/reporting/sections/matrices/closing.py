"""Verification and the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from symbackprop.reporting.blocks import Block, Heading, Inlines, Maths, Paragraph, Raw, listed_with_and
from symbackprop.reporting.evidence import MatrixStep
from symbackprop.reporting.sections.closing import of_what, the_others
from symbackprop.reporting.sections.proof import paragraphs, verdicts
from symbackprop.reporting.writing import Desk

CLOSED_POWER, NUMERIC_POWER = -12, -8
"""Powers of ten below which differences are not told: what is rounded away depends on the machine."""


def verification(desk: Desk) -> Iterator[Block]:
    """How the gradients were proved and the code tried, and the code beside other ways at the values of the report."""
    yield Heading(1, ("Verification",))
    yield from paragraphs(desk)
    yield from verdicts(desk)
    if desk.evidence.step is not None:
        yield from _side_by_side(desk, desk.evidence.step)
    yield from the_others(desk)


def _side_by_side(desk: Desk, step: MatrixStep) -> Iterator[Block]:
    """How far each entry of the compiled code is from the closed form, and from numeric differentiation."""
    count = len(desk.derivation.wrt)
    told = [
        (*_from(name, found, power), *(() if len(found) == count else (f" ({len(found)} of {count} gradients)",)))
        for name, found, power in (
            ("the closed form", step.from_closed, CLOSED_POWER),
            ("numeric differentiation of the forward pass", step.from_numeric, NUMERIC_POWER),
        )
        if found
    ]
    if told:
        where = f"At the values {of_what(desk)}, no entry of a gradient by the compiled code is farther "
        end = ", relative to the largest entry of that gradient."
        yield Paragraph((where, *listed_with_and(told), end))


def _from(name: str, found: Mapping[str, float], power: int) -> Inlines:
    largest = max(found.values())
    while largest >= 10.0**power:
        power += 1
    return (f"from {name} than ", Maths(Raw(rf"10^{{{power}}}")))
