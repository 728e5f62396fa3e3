"""The edits that make a wrong formula right, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.judge import Gradients, judge
from symbackprop.judge.entries import Entries
from symbackprop.verification.repair.edits import Edit, Editor, Kind
from symbackprop.verification.repair.known import Scales, known_of
from symbackprop.verification.repair.parts import inner, reduced, taken_apart
from symbackprop.verification.repair.places import places_of
from symbackprop.verification.repair.routes import left_out
from symbackprop.verification.repair.shapes import Reshaper
from symbackprop.verification.repair.words import Words
from symbackprop.verification.repair.worlds import NO_VALUE, Worlds, fits, worlds

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
    if found is None or not any(found.first.shaped(formula).flat):
        return []
    return list(_Search(derivation, w, formula, found).repairs())


class _Search:
    """The search for repairs of one formula."""

    def __init__(self, derivation: Derivation, w: Symbol, formula: Expr, found: Worlds) -> None:
        self.derivation, self.w, self.formula, self.worlds = derivation, w, formula, found
        self.words = Words(derivation, formula)
        self.first = first = found.first
        p = first.p
        direction = Entries(first.true.shape, tuple(first.field.free(1.0).v for _ in first.true.flat))
        self.parts = taken_apart(formula, first, direction)
        pairs = zip(first.true.flat, first.value(formula).flat, strict=True)
        gap = inner(direction, reduced(Entries(first.true.shape, tuple(a - b for a, b in pairs)), p), p)
        self.editor = Editor(known_of(derivation, w, first), Scales.of(derivation.network.sizes, first), gap, p)

    def repairs(self) -> Iterator[Repair]:
        """The repairs that are right in every world, each once."""
        for edit in self.editor.of_the_whole(self.parts[0]):
            repaired = self._confirmed(edit)
            if repaired is not None:  # all else would say the same in other words
                yield Repair(edit.kind, self.words.of(edit), repaired)
                return
        found = self._singles()
        route = left_out(self.derivation, self.w, self.formula, self.worlds.all)
        if not route:
            yield from found
            return
        first = next(found, None)
        if first is not None and first.kind is Kind.TERM:
            yield Repair(Kind.ROUTE, f"{route}; {first.words}", first.formula)
            return
        yield Repair(Kind.ROUTE, route, None)
        if first is not None and first.kind < Kind.TERM:
            yield first

    def _singles(self) -> Iterator[Repair]:
        """Single edits, each once; what may always be said in some way is said only where there is nothing better."""
        seen: set[Expr] = set()
        said: set[str] = set()
        last = Kind.PIECE
        for edit in islice(self._in_order(), MOST_CONFIRMED):
            if len(said) >= MOST_SAID or (said and edit.odd):
                return
            if said and edit.kind > last and not (edit.kind is Kind.TERM and _is_simple(edit.amount)):
                continue
            repaired = self._confirmed(edit)
            if repaired is None or repaired in seen:
                continue
            seen.add(repaired)
            spoken = self.words.of(edit)
            if spoken not in said:
                said.add(spoken)
                last = max(edit.kind, Kind.TURN) if edit.kind < Kind.PIECE else Kind.WHOLE
                yield Repair(edit.kind, spoken, repaired)
                if not self.worlds.covered:
                    return  # each would take a judgement of its own

    def _in_order(self) -> Iterator[Edit]:
        """The edits that fit in the first world, the likeliest first; what else is equal is ordered by its text."""
        edits = [*self.editor.edits(places_of(self.parts, self.first.p))]
        edits += Reshaper(self.editor, self.parts, self.first).edits()
        for _, group in groupby(sorted(edits, key=_rank), key=_rank):
            yield from sorted(group, key=lambda edit: (len(said := f"{edit.old} {edit.new}"), said))

    def _confirmed(self, edit: Edit) -> Expr | None:
        """The repaired formula, if it is the gradient wherever it is looked at."""
        try:
            repaired = edit.formula
        except NO_VALUE:
            return None
        if not fits(repaired, self.w) or not self.worlds.agree(repaired):
            return None
        return repaired if self.worlds.covered or self._is_proved(repaired) else None

    def _is_proved(self, repaired: Expr) -> bool:
        """Whether it is right on the sides of kinks that were not seen, too."""
        signals, facts = dict(self.derivation.backward), tuple(self.derivation.facts)
        return judge(Gradients(self.derivation.network, {self.w: repaired}, signals=signals, facts=facts)).proved


def _is_simple(amount: Expr) -> bool:
    """Whether it is a name or a number, with a sign or without."""
    return bool(amount.is_number or amount.is_Symbol or (-amount).is_Symbol)


def _rank(edit: Edit) -> tuple[bool, int, bool, int]:
    """How likely an edit is: the outer one before the inner one, but where one thing is exchanged for another."""
    return edit.odd, edit.kind, edit.many, -edit.place.depth if edit.kind is Kind.PIECE else edit.place.depth
