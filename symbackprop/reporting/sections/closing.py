"""Verification, the generated source, and the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Code,
    Heading,
    Inlines,
    Listing,
    Maths,
    Paragraph,
    Raw,
    Table,
    listed_with_and,
)
from symbackprop.reporting.mathematics import helpers_of, mathematics
from symbackprop.reporting.numbers import DIGITS, number
from symbackprop.reporting.sections.proof import paragraphs, shown, verdicts
from symbackprop.reporting.writing import Desk

SOURCE_LINES = 400
HELPERS_NAMED = 4


def verification(desk: Desk) -> Iterator[Block]:
    """Derived gradients beside numeric ones."""
    first = desk.evidence.first
    yield Heading(1, ("Verification",))
    yield from paragraphs(desk)
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
    """The mathematics of the generated module, which runs as it is printed."""
    whole, computing = desk.evidence.source.splitlines(), mathematics(desk.evidence.source)
    lines = computing.splitlines()
    yield Heading(1, ("The generated NumPy code",))
    yield Paragraph(_how_it_was_written(desk, helpers_of(computing)))
    yield Listing("python", "\n".join(lines[:SOURCE_LINES]).strip())
    more = len(lines) - SOURCE_LINES
    if more > 0:
        yield Paragraph((f"and {more} lines more.",))
    yield Paragraph(
        (
            f"Around it the module has {len(whole) - len(lines)} lines more, which check the data and take values by "
            "their names. ", Code("symbackprop compile"), " writes it whole; it needs NumPy and nothing else.",
        )
    )  # fmt: skip


def _how_it_was_written(desk: Desk, helpers: tuple[str, ...]) -> Inlines:
    """Whether the lines are those of the derivation, and what stands in their place where they are not."""
    what = "The mathematics of the module that is checked in this report; it runs as it is printed."
    if desk.evidence.rewritten:
        return (
            what, " It is written from the same equations in a form that neither overflows nor loses digits, so some "
            "of its lines differ from those above, which they equal:",
        )  # fmt: skip
    if helpers:
        named = listed_with_and(Code(name) for name in helpers[:HELPERS_NAMED])
        more = " and others" if len(helpers) > HELPERS_NAMED else ""
        return (
            what, " Its lines are those that were derived, save that ", *named, more,
            f" work{'s' if len(helpers) == 1 else ''} out functions or their derivatives in a way that neither "
            "overflows nor loses digits:",
        )  # fmt: skip
    return (what, " It is written line by line as it was derived:")


def appendix(desk: Desk) -> Iterator[Block]:
    """The versions of what made the report."""
    yield Heading(1, ("Appendix",))
    yield from versions(desk)


def versions(desk: Desk) -> Iterator[Block]:
    """The versions of what made the report."""
    yield Heading(2, ("Versions",))
    yield Bullets(tuple((f"{name} {version}",) for name, version in desk.evidence.versions.items()))
