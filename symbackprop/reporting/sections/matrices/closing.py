"""Verification and the appendix."""

from __future__ import annotations

from collections.abc import Iterator

from symbackprop.notation import Total, latex
from symbackprop.reporting.blocks import Block, Heading, Maths, Paragraph, Raw, Table
from symbackprop.reporting.numbers import number
from symbackprop.reporting.sections.closing import SOURCE_LINES, listing, of_what, the_others, versions
from symbackprop.reporting.sections.proof import paragraphs, shown, verdicts
from symbackprop.reporting.writing import Desk

LAST_SHOWN = "GRADIENTS = "
"""How the line of the module begins behind which its checks of shapes stand."""


def verification(desk: Desk) -> Iterator[Block]:
    """Derived gradients beside numeric ones."""
    checked, step = desk.evidence.checked, desk.evidence.step
    yield Heading(1, ("Verification",))
    yield from paragraphs(checked)
    yield from verdicts(desk)
    if step is not None:
        yield Paragraph((f"At the values {of_what(desk)}, by the Frobenius norm of each gradient:",))
        yield Table(
            (("norm",), ("closed form",), ("compiled code",), ("numeric",)),
            tuple(
                (
                    (Maths(Raw(rf"\left\lVert {latex(Total(desk.loss, w), desk.names)}\right\rVert_F")),),
                    *(("too large",) if norm is None else (Maths(number(norm)),) for norm in step.norms[w.name]),
                )
                for w in shown(desk)
            ),
            "lrrr",
        )
    yield from the_others(desk)


def source(desk: Desk) -> Iterator[Block]:
    """The generated module, without the functions at its end that look after the shapes of the data."""
    lines = desk.evidence.source.splitlines()
    end = next((k for k, line in enumerate(lines, start=1) if line.startswith(LAST_SHOWN)), len(lines))
    yield from listing(lines[: min(end, SOURCE_LINES)])
    rest = len(lines) - end
    if end > SOURCE_LINES:
        yield Paragraph((f"and {len(lines) - SOURCE_LINES} lines more.",))
    elif rest:
        yield Paragraph((f"and {rest} lines more, which check that the data have these shapes.",))


def appendix(desk: Desk) -> Iterator[Block]:
    """The versions of what made the report."""
    yield Heading(1, ("Appendix",))
    yield from versions(desk)
