"""How far apart two sides of a claim are over a whole box: bounds from above and below, by cutting the box to pieces.

Over a piece the gap is bounded twice: by the balls of both sides, and by the gap in the middle and its derivatives over
the piece, which is the better bound for small pieces. Where a piece lies on both sides of a kink, each side is taken in
turn. The piece with the largest bound is cut next.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sympy import Basic

from symbackprop.judge.balls import Balls
from symbackprop.judge.claims import Claim
from symbackprop.judge.entries import Entries
from symbackprop.judge.forks import Forks, Straddled
from symbackprop.judge.numbers import Number, Unlucky
from symbackprop.judge.real import Dual, Tangents
from symbackprop.judge.world import World

Box = Mapping[str, tuple[Fraction, Fraction]]
"""From where to where each name goes."""

BITS = 100
CLOSE = 0.01
"""How near to each other, relatively, both bounds need to be."""
MOST_KINKS = 4
"""How many kinks may cross a piece: either side of each is tried."""


@dataclass(frozen=True)
class Bounds:
    """The largest gap in a box is between ``least`` and ``most``; ``point`` is where it is at least ``least``.

    Left and right have values around ``left`` and ``right`` there. ``most`` is infinite where the box has a part where
    nothing is known, such as the edge of a domain.
    """

    least: float
    most: float
    point: Mapping[str, Fraction]
    left: float
    right: float
    pieces: int


def bounded(claim: Claim, box: Box, pieces: int, within: float | None) -> Bounds:
    """Bounds on the largest gap between the sides of a claim about scalars, from so many pieces at most.

    Ends early where the gap is known to be ``within`` so much everywhere, or to be larger somewhere; without
    ``within`` where both bounds are within a hundredth of each other. Raises Undecidable where nothing can be enclosed.
    """
    search = _Search(claim)
    with search.balls.bits(BITS):
        return search.run(box, pieces, within)


@dataclass(order=True)
class _Piece:
    urgency: float
    number: int
    box: dict[str, tuple[Fraction, Fraction]]
    cut: str | None


class _Search:
    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.balls = Balls()
        self.numbers = Tangents(Tangents(self.balls))
        self.least = -1.0
        self.point: dict[str, Fraction] = {}
        self.sides = (math.nan, math.nan)
        self.count = 0

    def run(self, box: Box, pieces: int, within: float | None) -> Bounds:
        queue = [self._piece(dict(box))]
        settled = 0.0
        """What bounds the pieces that cannot be cut."""
        while queue:
            most = max(-queue[0].urgency, settled)
            if within is not None and (most <= within or self.least > within):
                break
            if within is None and most <= self.least * (1 + CLOSE):
                break
            if self.count + 2 > pieces:
                break
            worst = heapq.heappop(queue)
            if worst.cut is None:
                settled = max(settled, -worst.urgency)
                continue
            low, high = worst.box[worst.cut]
            middle = (low + high) / 2
            for part in ((low, middle), (middle, high)):
                heapq.heappush(queue, self._piece({**worst.box, worst.cut: part}))
        most = max(settled, -queue[0].urgency if queue else 0.0)
        return Bounds(max(self.least, 0.0), most, self.point, *self.sides, self.count)

    def _piece(self, box: dict[str, tuple[Fraction, Fraction]]) -> _Piece:
        self.count += 1
        middle = {name: (low + high) / 2 for name, (low, high) in box.items()}
        near = self._look(middle)
        wide = [name for name, (low, high) in box.items() if low < high]
        try:
            bound, shares = self._bound(box, wide, {}, near)
        except Unlucky:
            bound, shares = math.inf, {}
        cut = max(wide, key=lambda name: (shares.get(name, 0.0), box[name][1] - box[name][0]), default=None)
        return _Piece(-bound, self.count, box, cut)

    def _look(self, point: Mapping[str, Fraction]) -> list[tuple[Dual, Dual]] | None:
        """Both sides at a point, and take note of the gap; None where they are not known there."""
        try:
            found = self._pairs({name: self.balls.number(x) for name, x in point.items()}, None, {})
        except (Unlucky, Straddled):
            return None
        for true, claimed in found:
            gap = abs(true.x - claimed.x)
            below = math.nextafter(float(gap.lower()), 0.0) if gap.is_finite() and gap > 0 else 0.0
            if gap.is_finite() and below > self.least:
                self.least, self.point = below, dict(point)
                self.sides = (float(true.x.mid()), float(claimed.x.mid()))
        return found

    def _bound(
        self, box: Box, wide: list[str], forced: dict[Basic, int], known: list[tuple[Dual, Dual]] | None = None
    ) -> tuple[float, dict[str, float]]:
        """A bound of the gap over a box, and what each name adds to the gap in the middle at most.

        On a side of a kink that is ``forced`` the formulas are what they are there, as if the kink were not. ``known``
        are both sides in the middle.
        """
        leaves = {name: self.balls.between(low, high) for name, (low, high) in box.items()}
        try:
            naive = self._gap(self._pairs(leaves, None, forced)) if not wide else math.inf
            if known is None:
                middle = {name: self.balls.number((low + high) / 2) for name, (low, high) in box.items()}
                known = self._pairs(middle, None, forced)
            near = self._gaps(known)
            shares: dict[str, float] = {}
            for name in wide:
                low, high = box[name]
                pairs = self._pairs(leaves, name, forced)
                naive = self._gap(pairs)
                half = self.balls.number((high - low) / 2)
                slopes = [abs(true.d - claimed.d) * half for true, claimed in pairs]
                near = [gap + slope for gap, slope in zip(near, slopes, strict=True)]
                shares[name] = max(map(_above, slopes))
            return min(naive, max(map(_above, near))), shares
        except Straddled as both:
            if len(forced) >= MOST_KINKS:
                raise Unlucky("too many kinks") from None
            halves = [self._bound(box, wide, {**forced, both.key: side}) for side in (1, -1)]
            return max(halves, key=lambda half: half[0])

    def _gaps(self, pairs: list[tuple[Dual, Dual]]) -> list[Number]:
        return [abs(true.x - claimed.x) for true, claimed in pairs]

    def _gap(self, pairs: list[tuple[Dual, Dual]]) -> float:
        return max(map(_above, self._gaps(pairs)))

    def _pairs(
        self, leaves: Mapping[str, Number], moving: str | None, forced: Mapping[Basic, int]
    ) -> list[tuple[Dual, Dual]]:
        zero, one = (self.balls.number(Fraction(k)) for k in (0, 1))
        values = {
            name: Entries.scalar(Dual(Dual(x, one if name == moving else zero), Dual(zero, zero)))
            for name, x in leaves.items()
        }
        world = World(self.claim.network, self.claim.signals, self.numbers, values, {}, Forks(forced, both=True))
        return [(true.x, claimed.x) for _, true, claimed in self.claim.entries(world)]


def _above(ball: Number) -> float:
    """A float that is not below any number of a ball."""
    if not ball.is_finite():
        return math.inf
    if ball.is_zero():
        return 0.0
    return math.nextafter(float(ball.abs_upper()), math.inf)
