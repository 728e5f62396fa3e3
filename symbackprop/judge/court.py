"""The judge: tries a claim where it counts, and rules.

A claim that holds over the rational numbers, or else in a prime field, on every side of every kink is proved. One that
fails in the field may be wrong, and is called wrong once a real point shows it, by enclosures. What is neither is
undecided, and the verdict says why.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sympy import Basic, Tuple

from symbackprop.judge.claims import Claim
from symbackprop.judge.draws import CHANCE, Draws
from symbackprop.judge.exactly import in_rationals, is_small
from symbackprop.judge.forks import Way
from symbackprop.judge.looking import Looking, in_order, not_reached, not_seen, representatives
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.outcome import Outcome
from symbackprop.judge.point import Drawing, Point
from symbackprop.judge.prime import seed_of
from symbackprop.judge.ranges import Ranges
from symbackprop.judge.stated import EVERY, choice_at, choices
from symbackprop.judge.sums import Budget
from symbackprop.judge.trials import SUSPICIOUS, Look, undefined_at, witness_among
from symbackprop.judge.verdict import Level, Ruling, Verdict, Witness

FORCED = 4
"""On how many patterns of the other sides a side is forced."""
MOST_TRIALS = 200
FURTHER = 12
WITNESSES = 48
"""How many points are looked at for a witness."""


def judge(claim: Claim, seed: int = 0, witnesses: bool = True) -> Verdict:
    """Rule on a claim, in every run alike; ``seed`` chooses other points and elements.

    Of a claim that is wrong, and right but for a decimal that was rounded, the verdict says so as its reason. Without
    ``witnesses`` none is looked for, which takes long, and what is not proved is undecided.
    """
    verdict = Court(claim, seed, witnesses).rule()
    if not verdict.wrong:
        return verdict
    decimals = (decimal for decimal, meant in claim.unrounded() if Court(meant, seed).rule().proved)
    decimal = next(decimals, None)
    return replace(verdict, reason=f"the formula agrees but for the rounded constant {decimal}") if decimal else verdict


class _Refused(Exception):
    """The field refuses the claim at a point."""

    def __init__(self, point: Point) -> None:
        self.point = point


@dataclass
class Court:
    """One claim on trial."""

    claim: Claim
    chosen: int = 0
    witnesses: bool = True
    looks: list[Look] = field(default_factory=list)
    passed: dict[Way, bool] = field(default_factory=dict)
    """The ways on which the claim held, and whether it ever did so with anything but 0 = 0."""

    def __post_init__(self) -> None:
        self.seed = seed_of(self.claim.everything) + self.chosen
        self.elements = Draws(self.claim, self.seed)
        self.drawing = Drawing(self.claim.network, self.claim.facts, self.seed)
        self.looking = Looking(self.claim, self.drawing, self.seed)
        self.chance = 1.0
        self.rational: Budget | None = None  # what may be spent on trials over the rational numbers, while they last

    def rule(self) -> Verdict:
        try:
            return self._ruled()
        except Undecidable as reason:
            return self._sampled(str(reason))

    def _ruled(self) -> Verdict:
        try:
            self.looks = self.looking.looks()
        except Unlucky as reason:
            return _undecided(f"no point was found where everything is defined ({reason})")
        if not self.looks:
            return self._nowhere()
        if self._holds_over_rationals():
            return Verdict(Ruling.PROVED, Level.RATIONAL, covered=self._covered())
        try:
            self.elements.prepare([look.point for look in self.looks])
            self._try_points()
            missing = self._try_sides()
        except _Refused as refused:
            return self._wrong_or_not(refused.point)
        except Unlucky as reason:
            return _undecided(f"no elements of a field were found that will do ({reason})")
        if missing:
            witness = self._witness(iter(look.point for look in self.looks if look.gap > SUSPICIOUS))
            if witness:
                return Verdict(Ruling.WRONG, Level.ENCLOSED, witness=witness)
            return _undecided(self._agreeing() + "; " + not_reached(missing))
        return Verdict(Ruling.PROVED, Level.FIELD, self.chance, self._covered())

    def _holds_over_rationals(self) -> bool:
        """Whether a small claim is proved on every side over the rational numbers; else all is open again."""
        if not is_small(self.claim):
            return False
        self.rational = Budget()
        try:
            self._try_points()
            held = not self._try_sides()
        except (_Refused, Unlucky, Undecidable):
            held = False
        self.rational = None
        if not held:
            self.passed, self.chance = {}, 1.0
        return held

    def _nowhere(self) -> Verdict:
        """No look was had: the facts cannot be obeyed, or the claim is defined nowhere, or what it is about is not."""
        for point in self.drawing.points(self.drawing.sizes(0), FURTHER):
            witness = undefined_at(self.claim, point, self.elements.p, self.seed)
            if witness is not None:
                return Verdict(Ruling.WRONG, Level.FIELD, witness=witness)
        return _undecided("no point was found where everything is defined and the facts hold")

    # Trying in the field

    def _try_points(self) -> None:
        """Try representatives of the patterns that were seen, and one of each assignment of sizes."""
        count = 0
        for look in representatives(self.looks, self.claim.facts):
            outcome = self._tried(look.point)
            if outcome is None:
                continue
            count += 1
            self._note(outcome)
        if not count:
            raise Unlucky("no draw had all its roots and inverses")
        moving = next((look.point for look in self.looks if not look.vacuous), self.looks[0].point)
        while self.chance > CHANCE and count < MOST_TRIALS:
            outcome = self._tried(moving)
            if outcome is None:
                break
            count += 1
            self._note(outcome)

    def _tried(self, point: Point, forced: dict[Basic, int] | None = None, opaque: bool = False) -> Outcome | None:
        """Try until elements are found that will do, and refuse what does not hold; None where none are found."""
        if self.rational is not None:
            outcome: Outcome | None = in_rationals(self.claim, point, self.rational, forced)
        else:
            outcome = self.elements.outcome(point, opaque, forced)
            if outcome is None:
                return None
        if outcome is None or not outcome.holds:
            raise _Refused(point)
        return outcome

    def _note(self, outcome: Outcome) -> None:
        if not outcome.vacuous or all(look.vacuous for look in self.looks):
            self.chance *= min(1.0, outcome.chance)
        for way in outcome.ways:
            self.passed[way] = self.passed.get(way, False) or not outcome.vacuous

    def _try_sides(self) -> list[Way]:
        """Force the sides that no point reached; those on which the claim is not seen to hold come back."""
        missing = []
        for way in not_seen(self.passed):
            if isinstance(way[0], Tuple):
                self._try_further(way)
            if way not in self.passed and not self._holds_forced(way, idle=False):
                missing.append(way)
        idle = [way for way, moved in self.passed.items() if not moved and not isinstance(way[0], Tuple)]
        unknown = [way for way in in_order(idle) if not self._holds_forced(way, idle=True)]
        missing += [way for way in unknown if not self._is_idle(way)]
        return Ranges(self.claim.network, self.claim.facts).reaching(missing)

    def _is_idle(self, way: Way) -> bool:
        """Whether 0 = 0 is all there is on a side, which no point near those on it gainsays; else it holds there.

        A side cannot be forced where the sides of other kinks follow from it, as x > d > 0 and x**2 > d**2.
        """
        look = None if way[0].is_Piecewise else self.looking.moving_on(way)
        outcome = self._tried(look.point) if look is not None else None
        if outcome is not None:
            self._note(outcome)
        return look is None or self.passed[way]

    def _holds_forced(self, way: Way, idle: bool) -> bool:
        """Whether the claim holds on a side that is forced, or whatever the signs below roots are.

        That 0 is 0 there says nothing, unless nothing ever happens, or the side is ``idle``: it is it that stops all.
        """
        key, side = way
        idle = idle or all(look.vacuous for look in self.looks)
        if key.is_Piecewise:
            return idle
        of_root = isinstance(key, Tuple)
        moving = [look for look in representatives(self.looks) if not look.vacuous][:FORCED] or self.looks[:1]
        outcomes = []
        for look in moving:
            try:
                outcomes.append(self._tried(look.point, {} if of_root else {key: side}, of_root))
            except _Refused:
                return False
        return any(outcome is not None and (idle or not outcome.vacuous) for outcome in outcomes)

    def _try_further(self, way: Way) -> None:
        """Try at further points, for the sign of what stands squared under a root, which floats do not tell."""
        for point in itertools.islice(self._more_points(), FURTHER):
            outcome = self._tried(point)
            if outcome is not None:
                self._note(outcome)
            if way in self.passed:
                return

    # Ruling

    def _covered(self) -> str:
        """Every branch was tried at a point or by force, or cannot be reached: else nothing would be called proved.

        Where names may be one of a few numbers, in more ways than are gone through, it is said how many were tried.
        """
        count = len(self.passed) + len(not_seen(self.passed))
        said = [f"away from kinks; {count} of {count} branches"] if count else []
        facts, points = self.claim.facts, [look.point.values for look in representatives(self.looks, self.claim.facts)]
        if points and choices(facts, points[0]) > EVERY:
            tried = len({choice_at(facts, values) for values in points})
            said.append(f"at {tried} choices of the numbers that are stated")
        return "; ".join(said)

    def _wrong_or_not(self, point: Point) -> Verdict:
        worst = sorted(self.looks, key=lambda look: -look.gap)
        nearest = [look.point for look in worst[:WITNESSES]]
        witness = self._witness(iter([point, *nearest])) or self._witness(self._more_points())
        if witness is not None:
            return Verdict(Ruling.WRONG, Level.ENCLOSED, witness=witness)
        reason = "elements of a field, which are more general than numbers, tell the sides apart"
        return _undecided(f"{self._agreeing()}; {reason}")

    def _more_points(self) -> Iterator[Point]:
        sizes = self.looks[0].point.sizes
        yield from self.drawing.points(sizes, WITNESSES)

    def _witness(self, points: Iterator[Point]) -> Witness | None:
        return witness_among(self.claim, points) if self.witnesses else None

    def _agreeing(self) -> str:
        return f"both sides agree at {sum(look.gap < SUSPICIOUS for look in self.looks)} of {len(self.looks)} points"

    def _sampled(self, reason: str) -> Verdict:
        """What cannot be tried in a field may still be wrong at a point."""
        points = [look.point for look in sorted(self.looks, key=lambda look: -look.gap)]
        try:
            witness = self._witness(iter(points[:WITNESSES]))
        except (Undecidable, Unlucky):
            witness = None
        if witness is not None:
            return Verdict(Ruling.WRONG, Level.ENCLOSED, witness=witness)
        return _undecided(reason)


def _undecided(reason: str) -> Verdict:
    return Verdict(Ruling.UNDECIDED, Level.SAMPLED, reason=reason)
