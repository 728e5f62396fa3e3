"""Verification, the generated source, and the appendix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Expr, count_ops

from symbackprop.notation import Total, latex_lines, latex_width
from symbackprop.notation.recursion import has_parts_within
from symbackprop.reporting.blocks import (
    Block,
    Bullets,
    Formula,
    Heading,
    Inlines,
    Line,
    Listing,
    Maths,
    Paragraph,
    Table,
)
from symbackprop.reporting.numbers import number, plain
from symbackprop.reporting.sections.proof import paragraphs, shown, verdicts
from symbackprop.reporting.writing import Desk

EXPANDED_ROUTES = 6
EXPANDED_OPERATIONS = 160
EXPANDED_SHOWN = 12
LINE = 58
SOURCE_LINES = 400


def verification(desk: Desk) -> Iterator[Block]:
    """Derived gradients beside numeric ones."""
    checked, first = desk.evidence.checked, desk.evidence.first
    yield Heading(1, ("Verification",))
    yield from paragraphs(checked)
    yield from verdicts(desk)
    if first is not None:
        mean = "" if first.examples == 1 else f", as means over the {first.examples} examples"
        yield Paragraph((f"At the values {of_what(desk)}{mean}:",))
        columns = (first.closed, first.gradients, first.numeric)
        yield Table(
            (("gradient",), ("closed form",), ("compiled code",), ("numeric",)),
            tuple(
                ((Maths(desk.descended(w)),), *((Maths(number(column[w.name])),) for column in columns))
                for w in shown(desk)
            ),
            "lrrr",
        )
    yield from the_others(desk)


def of_what(desk: Desk) -> str:
    """Whose values they are at which numbers are told."""
    return "above" if desk.derivation.network.outputs else "of the first step"


def the_others(desk: Desk) -> Iterator[Block]:
    """What became of the gradients that have no row."""
    left = len(desk.derivation.wrt) - len(shown(desk))
    if left:
        yield Paragraph((f"The other {left} gradients were checked alike.",))


def source(desk: Desk) -> Iterator[Block]:
    """The generated module."""
    lines = desk.evidence.source.splitlines()
    yield from listing(lines[:SOURCE_LINES])
    if len(lines) > SOURCE_LINES:
        yield Paragraph((f"and {len(lines) - SOURCE_LINES} lines more.",))


def listing(lines: Sequence[str]) -> Iterator[Block]:
    """The generated module, or its beginning, under its heading."""
    yield Heading(1, ("The generated NumPy code",))
    yield Paragraph(("The module that was checked above; it can be saved and imported without symbackprop.",))
    yield Listing("python", "\n".join(lines))


def appendix(desk: Desk) -> Iterator[Block]:
    """Every gradient in inputs, targets and parameters alone, where that can be read; values and versions."""
    yield Heading(1, ("Appendix",))
    lines = list(_expanded(desk))
    if lines:
        yield Heading(2, ("Every gradient expanded",))
        yield Paragraph(("In inputs, targets and parameters alone:",))
        yield Formula(tuple(lines))
        if len(lines) < len(desk.derivation.wrt):
            yield Paragraph(("The others are like these, or too long to read; the error signals say the same.",))
    if desk.evidence.given:
        yield Heading(2, ("Values",))
        rows = tuple(
            ((Maths(desk.derivation.network.symbol(name)),), _numbers(value))
            for name, value in desk.evidence.given.items()
        )
        yield Table((("name",), ("value",)), rows, "ll")
    yield from versions(desk)


def versions(desk: Desk) -> Iterator[Block]:
    """The versions of what made the report."""
    yield Heading(2, ("Versions",))
    yield Bullets(tuple((f"{name} {version}",) for name, version in desk.evidence.versions.items()))


def _expanded(desk: Desk) -> Iterator[Line]:
    derivation = desk.derivation
    shown = derivation.wrt if len(derivation.wrt) <= EXPANDED_SHOWN else [group.worked for group in desk.groups]
    for w in shown:
        if derivation.path_count(w) <= EXPANDED_ROUTES:
            if not has_parts_within(derivation.written_out(w), 10 * EXPANDED_OPERATIONS):
                continue
            expanded = derivation.expanded(w)
            if count_ops(expanded) <= EXPANDED_OPERATIONS and _can_be_broken(desk, expanded):
                yield desk.line(Total(desk.loss, w), expanded)


def _can_be_broken(desk: Desk, expr: Expr) -> bool:
    """Whether the formula can be set in lines of a page: one with long cases cannot."""
    lines = latex_lines(expr, desk.names, desk.order, width=LINE)
    return all(latex_width(line) <= LINE * 1.2 for line in lines)


def _numbers(value: float | tuple[float, ...]) -> Inlines:
    numbers = value if isinstance(value, tuple) else (value,)
    shown = ", ".join(plain(v, 12) for v in numbers[:12])
    return (shown + (f", … ({len(numbers)} in all)" if len(numbers) > 12 else ""),)
