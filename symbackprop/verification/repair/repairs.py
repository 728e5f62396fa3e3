"""The edits that make a wrong formula right, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.judge import Gradients, judge
from symbackprop.judge.entries import Entries
from symbackprop.verification.repair.edits import Edit, Editor, Kind, places_of
from symbackprop.verification.repair.known import Scales, known_of
from symbackprop.verification.repair.parts import inner, reduced, taken_apart
from symbackprop.verification.repair.routes import left_out
from symbackprop.verification.repair.shapes import Reshaper
from symbackprop.verification.repair.words import Words
from symbackprop.verification.repair.worlds import NO_VALUE, Residues, fits, worlds

MOST_CONFIRMED = 60
MOST_SAID = 6


@dataclass(frozen=True)
class Repair:
    """One edit in words, and the formula with the edit made: None where a route is left out."""

    kind: Kind
    words: str
    formula: Expr | None


def repairs(derivation: Derivation, w: Symbol, formula: Expr) -> list[Repair]:
    """Every single edit that is found to make the formula the gradient by ``w``, the likeliest first."""
    network = derivation.network
    own = {s.name: s for s in (*network.names, *derivation.backward, *network.sizes)}
    formula = formula.xreplace({s: own[s.name] for s in formula.free_symbols if s.name in own})
    if formula.is_zero or not fits(formula, w):
        return []
    found = worlds(derivation, w, formula)
    if not found:
        return []
    return list(_Search(derivation, w, formula, found).repairs())


class _Search:
    """The search for repairs of one formula."""

    def __init__(self, derivation: Derivation, w: Symbol, formula: Expr, found: list[Residues]) -> None:
        self.derivation, self.w, self.formula, self.worlds = derivation, w, formula, found
        self.words = Words(derivation, formula)

    def repairs(self) -> Iterator[Repair]:
        """The repairs that are right in every world, each once."""
        if not any(self.worlds[0].shaped(self.formula).flat):
            return
        route = left_out(self.derivation, self.w, self.formula, self.worlds)
        seen: set[Expr] = set()
        said: set[str] = set()
        for edit in sorted(self._edits(), key=self._rank)[:MOST_CONFIRMED]:
            if route and (edit.odd or edit.kind > Kind.ROUTE):
                said.add(route)
                yield Repair(Kind.ROUTE, route, None)
                route = ""
            if len(said) >= MOST_SAID or (said and (edit.odd or edit.kind is Kind.PIECE)):
                return
            repaired = self._confirmed(edit)
            if repaired is None or repaired in seen:
                continue
            seen.add(repaired)
            spoken = self.words.of(edit)
            if spoken not in said:
                said.add(spoken)
                yield Repair(edit.kind, spoken, repaired)
        if route:
            yield Repair(Kind.ROUTE, route, None)

    def _edits(self) -> Iterator[Edit]:
        """The edits that fit in the first world."""
        first = self.worlds[0]
        p = first.p
        direction = Entries(first.true.shape, tuple(first.field.free(1.0).v for _ in first.true.flat))
        parts = taken_apart(self.formula, first, direction)
        known = known_of(self.derivation, self.w, first)
        off = Entries(
            first.true.shape,
            tuple(a - b for a, b in zip(first.true.flat, first.value(self.formula).flat, strict=True)),
        )
        gap = inner(direction, reduced(off, p), p)
        editor = Editor(known, Scales.of(self.derivation.network.sizes, first), gap, p)
        yield from editor.edits(places_of(parts, p))
        yield from Reshaper(editor, parts, first).edits()

    def _rank(self, edit: Edit) -> tuple[bool, int, int, int, str]:
        depth = -edit.place.depth if edit.kind is Kind.PIECE else edit.place.depth
        spoken = f"{edit.old} {edit.new}"
        return edit.odd, edit.kind, depth, len(spoken), spoken

    def _confirmed(self, edit: Edit) -> Expr | None:
        """The repaired formula, if it is the gradient wherever it is looked at."""
        try:
            repaired = edit.formula
        except NO_VALUE:
            return None
        if not fits(repaired, self.w) or not all(one.agrees(repaired) for one in self.worlds):
            return None
        if any(one.ways for one in self.worlds) and self._ruled_wrong(repaired):
            return None
        return repaired

    def _ruled_wrong(self, repaired: Expr) -> bool:
        """Whether it is wrong on a side of a kink that was not looked at."""
        claim = Gradients(
            self.derivation.network,
            {self.w: repaired},
            signals=dict(self.derivation.backward),
            facts=tuple(self.derivation.facts),
        )
        return not judge(claim).proved
