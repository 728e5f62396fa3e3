"""Verification and the appendix."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.notation import Total, latex
from symbackprop.reporting.blocks import Block, Heading, Maths, Raw
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections.closing import of_what, side_by_side, the_others
from symbackprop.reporting.sections.proof import paragraphs, shown, verdicts
from symbackprop.reporting.writing import Desk


def verification(desk: Desk) -> Iterator[Block]:
    """Derived gradients beside numeric ones."""
    checked, step = desk.evidence.checked, desk.evidence.step
    yield Heading(1, ("Verification",))
    yield from paragraphs(checked)
    yield from verdicts(desk)
    if step is not None:
        rows = [
            (
                Maths(Raw(rf"\left\lVert {latex(Total(desk.loss, w), desk.names)}\right\rVert_F")),
                [None if norm is None else number(norm) for norm in step.norms[w.name]],
            )
            for w in shown(desk)
        ]
        yield from side_by_side(f"At the values {of_what(desk)}", "norm", "the Frobenius norm of every gradient", rows)
    yield from the_others(desk)
