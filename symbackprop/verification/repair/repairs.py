"""The edits that make a wrong formula right, the likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.judge import Gradients, judge
from symbackprop.judge.entries import Entries
from symbackprop.verification.repair.edits import Act, Edit, Editor, Kind
from symbackprop.verification.repair.known import Scales, known_of
from symbackprop.verification.repair.parts import inner, reduced, taken_apart
from symbackprop.verification.repair.places import places_of
from symbackprop.verification.repair.routes import left_out
from symbackprop.verification.repair.shapes import Reshaper
from symbackprop.verification.repair.words import Words
from symbackprop.verification.repair.worlds import NO_VALUE, Residues, Worlds, fits, worlds

MOST_CONFIRMED = 60
MOST_SAID = 6
MOST_JUDGED = 2


@dataclass(frozen=True)
class Repair:
    """One edit in words, and the formula with the edit made: None where a route is left out."""

    kind: Kind
    words: str
    formula: Expr | None
    depth: int = 0
    """How deep in the formula it is made."""


def repairs(derivation: Derivation, w: Symbol, formula: Expr) -> list[Repair]:
    """Every single edit that is found to make the formula the gradient by ``w``, the likeliest first."""
    network = derivation.network
    own = {s.name: s for s in (*network.names, *derivation.backward, *network.sizes)}
    formula = formula.xreplace({s: own[s.name] for s in formula.free_symbols if s.name in own})
    if formula.is_zero or not fits(formula, w):
        return []
    found = worlds(derivation, w, formula)
    if found is None or not any(found.trying[0].shaped(formula).flat):
        return []
    return list(_Search(derivation, w, formula, found).repairs())


class _Search:
    """The search for repairs of one formula."""

    def __init__(self, derivation: Derivation, w: Symbol, formula: Expr, found: Worlds) -> None:
        self.derivation, self.w, self.formula, self.worlds = derivation, w, formula, found
        self.words = Words(derivation, formula)
        self.looks = [_Look(derivation, w, formula, one) for one in found.trying]
        self.judged = 0

    def repairs(self) -> Iterator[Repair]:
        """The repairs that are right in every world, each once."""
        for edit in self.looks[0].of_the_whole():
            repaired = self._confirmed(edit)
            if repaired is not None:  # all else would say the same in other words
                yield Repair(edit.kind, self.words.of(edit), repaired)
                return
        found = self._singles()
        covered = self.worlds.cover(self.formula)
        route = left_out(self.derivation, self.w, self.formula, self.worlds.all) if covered else ""
        if not route:
            yield from found
            return
        first = next(found, None)
        if first is not None and first.kind is Kind.TERM and first.depth == 0:
            yield Repair(Kind.ROUTE, f"{route}; {first.words}", first.formula)
            return
        yield Repair(Kind.ROUTE, route, None)
        if first is not None and first.kind < Kind.TERM:
            yield first

    def _singles(self) -> Iterator[Repair]:
        """Single edits, each once; what may always be said in some way is said only where there is nothing better."""
        seen: set[object] = set()
        said: set[str] = set()
        last = Kind.PIECE
        for edit in islice(self._in_order(), MOST_CONFIRMED):
            if len(said) >= MOST_SAID or (said and edit.odd):
                return
            if said and edit.kind > last and not (edit.kind is Kind.TERM and _is_simple(edit.amount)):
                continue
            what = _what(edit)
            if what in seen:
                continue
            repaired = self._confirmed(edit, at_any_cost=not said)
            if repaired is None or repaired in seen:
                continue
            seen |= {repaired, what}
            spoken = self.words.of(edit)
            if spoken not in said:
                said.add(spoken)
                last = max(edit.kind, Kind.TURN) if edit.kind < Kind.PIECE else Kind.WHOLE
                yield Repair(edit.kind, spoken, repaired, edit.place.depth)

    def _in_order(self) -> Iterator[Edit]:
        """The edits that fit in the first world, the likeliest first; what else is equal is ordered by its text."""
        edits = [edit for look in self.looks for edit in look.edits()]
        for _, group in groupby(sorted(edits, key=_rank), key=_rank):
            yield from sorted(group, key=lambda edit: (len(said := f"{edit.old} {edit.new}"), said))

    def _confirmed(self, edit: Edit, *, at_any_cost: bool = True) -> Expr | None:
        """The repaired formula, if it is the gradient wherever it is looked at; beside others without a judgement."""
        try:
            repaired = edit.formula
        except NO_VALUE:
            return None
        if not fits(repaired, self.w) or not self.worlds.agree(repaired):
            return None
        return repaired if self.worlds.cover(repaired) or (at_any_cost and self._is_proved(repaired)) else None

    def _is_proved(self, repaired: Expr) -> bool:
        """Whether it is right on the sides of kinks that were not seen, too. Each takes a judgement of its own."""
        self.judged += 1
        if self.judged > MOST_JUDGED:
            return False
        signals, facts = dict(self.derivation.backward), tuple(self.derivation.facts)
        return judge(Gradients(self.derivation.network, {self.w: repaired}, signals=signals, facts=facts)).proved


class _Look:
    """The search in one world."""

    def __init__(self, derivation: Derivation, w: Symbol, formula: Expr, residues: Residues) -> None:
        self.residues = residues
        p, true, field = residues.p, residues.true, residues.field
        direction = Entries(true.shape, tuple(field.free(1.0).v for _ in true.flat))
        self.parts = taken_apart(formula, residues, direction)
        pairs = zip(true.flat, residues.value(formula).flat, strict=True)
        gap = inner(direction, reduced(Entries(true.shape, tuple(a - b for a, b in pairs)), p), p)
        known = known_of(derivation, w, residues)
        self.editor = Editor(known, Scales.of(derivation.network.sizes, residues), gap, p)

    def of_the_whole(self) -> Iterator[Edit]:
        """A number, a size, a sign or a transpose of the whole."""
        return self.editor.of_the_whole(self.parts[0])

    def edits(self) -> Iterator[Edit]:
        """All others."""
        yield from self.editor.edits(places_of(self.parts, self.residues.p))
        yield from Reshaper(self.editor, self.parts, self.residues).edits()


def _what(edit: Edit) -> tuple[object, ...]:
    """What is exchanged. Whatever makes the formula right in its place comes to the same: it is one repair."""
    if edit.act is not Act.PUT or edit.names:
        return edit.act, edit.place.path, edit.amount, edit.names
    linear = edit.place.linear
    return edit.act, linear.path, edit.old if linear is edit.place else linear.node


def _is_simple(amount: Expr) -> bool:
    """Whether it is a name or a number, with a sign or without."""
    return bool(amount.is_number or amount.is_Symbol or (-amount).is_Symbol)


def _rank(edit: Edit) -> tuple[bool, int, bool, int]:
    """How likely an edit is: the outer one before the inner one, but where one thing is exchanged for another."""
    return edit.odd, edit.kind, bool(edit.names), -edit.place.depth if edit.kind is Kind.PIECE else edit.place.depth
