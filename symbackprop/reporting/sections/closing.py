"""Verification, the generated source, and the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Listing,
    Maths,
    Paragraph,
    Raw,
    Table,
)
from symbackprop.reporting.numbers import DIGITS, number
from symbackprop.reporting.sections.proof import paragraphs, shown, verdicts
from symbackprop.reporting.writing import Desk

SOURCE_LINES = 400
FIRST_SHOWN = ("def ", "class ", "@", "try:")
"""How the first line of a module's functions begins."""
NOT_SHOWN = ("def loss_and_gradients", "def output", "def forward(", "def backward(", "NAMES = ")
"""How the first line begins of what only handles values."""


def verification(desk: Desk) -> Iterator[Block]:
    """Derived gradients beside numeric ones."""
    checked, first = desk.evidence.checked, desk.evidence.first
    yield Heading(1, ("Verification",))
    yield from paragraphs(checked)
    yield from verdicts(desk)
    if first is not None:
        mean = "" if first.examples == 1 else f", as means over the {first.examples} examples"
        columns = (first.closed, first.gradients, first.numeric)
        rows = [(Maths(desk.descended(w)), [number(column[w.name]) for column in columns]) for w in shown(desk)]
        yield from side_by_side(f"At the values {of_what(desk)}{mean}", "gradient", "every gradient", rows)
    yield from the_others(desk)


def side_by_side(
    where: str, head: str, what: str, rows: Sequence[tuple[Maths, Sequence[Raw | None]]]
) -> Iterator[Block]:
    """What closed form, code and numeric differentiation give: in a sentence where all are printed alike."""
    if all(None not in row and len(set(row)) == 1 for _, row in rows):
        ways = "closed form, compiled code and numeric differentiation of the forward pass"
        yield Paragraph((f"{where}, {ways} give the same {DIGITS} digits of {what}.",))
        return
    yield Paragraph((f"{where}:",))
    yield Table(
        ((head,), ("closed form",), ("compiled code",), ("numeric",)),
        tuple(((name,), *(("too large",) if x is None else (Maths(x),) for x in row)) for name, row in rows),
        "lrrr",
    )


def of_what(desk: Desk) -> str:
    """Whose values they are at which numbers are told."""
    return "above" if desk.derivation.network.outputs else "of the first step"


def the_others(desk: Desk) -> Iterator[Block]:
    """What became of the gradients that have no row."""
    left = len(desk.derivation.wrt) - len(shown(desk))
    if left:
        yield Paragraph((f"The other {left} gradients were checked alike.",))


def source(desk: Desk) -> Iterator[Block]:
    """The mathematics of the generated module: its helpers, and the function with the lines that are printed above."""
    lines = desk.evidence.source.splitlines()
    begin = next((k for k, line in enumerate(lines) if line.startswith(FIRST_SHOWN)), 0)
    end = next((k for k, line in enumerate(lines) if line.startswith(NOT_SHOWN)), len(lines))
    shown = "\n".join(lines[begin : min(end, begin + SOURCE_LINES)]).strip()
    yield Heading(1, ("The generated NumPy code",))
    yield Paragraph(("The mathematics of the module that is checked in this report, line by line as it was derived:",))
    yield Listing("python", shown)
    rest = len(lines) - len(shown.splitlines())
    yield Paragraph(
        (
            f"Around it the module has {rest} lines more: imports, types, what checks the data, and functions that are "
            "called by name. ", Code("symbackprop compile"), " writes it whole; it needs NumPy and nothing else.",
        )
    )  # fmt: skip


def appendix(desk: Desk) -> Iterator[Block]:
    """The versions of what made the report."""
    yield Heading(1, ("Appendix",))
    yield from versions(desk)


def versions(desk: Desk) -> Iterator[Block]:
    """The versions of what made the report."""
    yield Heading(2, ("Versions",))
    yield Bullets(tuple((f"{name} {version}",) for name, version in desk.evidence.versions.items()))
