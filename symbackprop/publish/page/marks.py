"""How each numbered line of a document is known: it is judged, as it is printed."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Expr

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.judge import Level, Ruling, Verdict, judge
from symbackprop.judge import Line as Claim
from symbackprop.reporting.blocks import Blank, Document, Formula, Raw
from symbackprop.reporting.page import Mark

GIVEN = Mark("given", "an equation of the network, from which all else follows")
RULE = Mark("rule", "of the calculus, for whatever its letters stand for: the lines above it derive it")
MOST_LINES = 400
"""A document with more lines is judged as far as that."""


def marks_of(derivation: Derivation, document: Document) -> dict[int, Mark]:
    """The mark of each numbered line that is an equation between expressions."""
    found: dict[int, Mark] = {}
    for number, lhs, rhs in _claims(document):
        mark = _mark(derivation, lhs, rhs) if len(found) < MOST_LINES else None
        if mark is not None:
            found[number] = mark
    return found


def _claims(document: Document) -> Iterator[tuple[int, Expr | Raw, Expr | Raw]]:
    """The numbered lines with their left sides, which a line may have from one above."""
    for block in document.blocks:
        if isinstance(block, Formula):
            yield from _of_formula(block)


def _of_formula(block: Formula) -> Iterator[tuple[int, Expr | Raw, Expr | Raw]]:
    lhs: Expr | Raw | None = None
    for line in block.lines:
        lhs = lhs if line.lhs is None else line.lhs
        if isinstance(line.number, int) and lhs is not None and not isinstance(line.rhs, Blank):
            yield line.number, lhs, line.rhs


def _mark(derivation: Derivation, lhs: Expr | Raw, rhs: Expr | Raw) -> Mark | None:
    if isinstance(lhs, Raw) or isinstance(rhs, Raw):
        return RULE
    if derivation.network.equations.get(lhs) == rhs:
        return GIVEN
    try:
        verdict = judge(Claim.of(derivation, lhs, rhs))
    except SymbackpropError:
        return None
    return told(verdict)


def told(verdict: Verdict) -> Mark:
    """A verdict as the mark of a line."""
    if verdict.ruling is Ruling.PROVED and verdict.level is not Level.SAMPLED:
        return Mark("proved", f"{verdict.level}: both sides are equal as they are printed")
    if verdict.ruling is Ruling.WRONG:
        return Mark("wrong", "both sides differ at a point")
    return Mark("sampled", "both sides agree at the points that were tried, and no proof was found")
