"""Looking around in floats before anything is tried: points on every side of every kink, also far and narrow ones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from sympy import Basic, Expr, Tuple
from sympy.core.relational import Relational

from symbackprop.judge.claims import Claim
from symbackprop.judge.forks import Way
from symbackprop.judge.numbers import Unlucky
from symbackprop.judge.point import Drawing, Point
from symbackprop.judge.stated import choice_at
from symbackprop.judge.trials import SUSPICIOUS, Look, among_floats

LOOKS = 60
"""How many points are looked at for the sides of kinks; as many again where one was not reached."""
ENOUGH = 24
"""How many are enough where every side was seen, and nothing happens on some: a constant branch has no more to show."""
QUIET = 6
"""After how many points whose sides were seen together before nothing new is expected: each side of two kinks may be
known and yet not both at once, and what holds where both rest may not hold where one moves."""
TOGETHER = 14
"""How many points are looked at for sides that go together where each by itself was seen."""
PAIRS = 40
FEW_PAIRS = 6
"""Between how many pairs is looked where every side was seen, but nothing happened on one."""
HALVINGS = 12
CLIMB = 60
"""How many steps are made towards one side that no point reached."""
IDLE_CLIMB = 40
"""How many towards one where nothing happened at the points that reached it."""
CLIMBS = 8
"""How many sides are walked to."""
STARTS = 3
"""From how many points on a side one walks about on it."""
PATTERNS = 16
"""How many points are tried in the field, on different sides of kinks."""
FACTORS = (Fraction(4), Fraction(-1), Fraction(16), Fraction(1, 8))


class Looking:
    """The points at which a claim was looked at, and which ways were seen on them."""

    def __init__(self, claim: Claim, drawing: Drawing, seed: int) -> None:
        self.claim = claim
        self.drawing = drawing
        self.random = random.Random(seed)
        self.found: list[Look] = []
        self.seen: dict[Way, bool] = {}
        """The ways that were taken, and whether anything happened there but 0 = 0."""
        self.walked: dict[Way, Look | None] = {}

    def looks(self) -> list[Look]:
        """Look until every side of every kink was seen where anything happens, or the points are many."""
        for turn, small in ((0, False), (1, False), (2, True)) if self.claim.network.sizes else ((0, False),):
            self._draw(turn, small)
        for way in [way for way in not_seen(self.seen) if not _is_compound(way[0])][:CLIMBS]:
            if way not in self.seen:
                self._walk_to(way, self.found, CLIMB)
        idle = [way for way, moved in self.seen.items() if not moved and not _is_compound(way[0])]
        for way in in_order(idle)[:CLIMBS]:
            if not self.seen[way]:  # where something happens, and stays so on the way: another kink may stop all
                self._walk_to(way, [look for look in self.found if not look.vacuous], IDLE_CLIMB)
        if self._is_open:
            self._bisect()
        return self.found

    @property
    def _is_open(self) -> bool:
        return bool(_missing(self.seen)) or not all(self.seen.values())

    def _draw(self, turn: int, small: bool) -> None:
        """Look at random points of some sizes."""
        found, quiet = 0, 0
        together: set[frozenset[Way]] = set()
        try:
            for point in self.drawing.points(self.drawing.sizes(turn, small), LOOKS):
                look = self._at(point)
                if look is None:
                    continue
                found += 1
                quiet = 0 if look.ways not in together and len(look.ways) > 1 else quiet + 1
                together.add(look.ways)
                if found < self.drawing.least(point):
                    continue
                if len(look.ways) > 1 and quiet < QUIET and found < TOGETHER:
                    continue
                if not self._is_open or (small and found >= 3) or (found >= ENOUGH and not _missing(self.seen)):
                    break
        except Unlucky:
            return

    def _at(self, point: Point, keep: bool = True) -> Look | None:
        try:
            look = among_floats(self.claim, point)
        except Unlucky:
            return None
        if keep or self._is_new(look):
            self.found.append(look)
            for way in look.ways:
                self.seen[way] = self.seen.get(way, False) or not look.vacuous
        return look

    def _is_new(self, look: Look) -> bool:
        """Whether a look shows a way that was not seen, or one on which nothing happened before."""
        return any(way not in self.seen or (not self.seen[way] and not look.vacuous) for way in look.ways)

    # Between points

    def _bisect(self) -> None:
        """Go along lines between points on different sides, for what lies between them."""
        pairs = list(_pairs(self.found))
        for low, high in pairs if _missing(self.seen) else pairs[:FEW_PAIRS]:
            for _ in range(HALVINGS):
                if low.ways == high.ways or not self._is_open:
                    break
                between = low.point.between(high.point)
                middle = self._at(between, keep=False) if self.drawing.allows(between) else None
                if middle is None:
                    break
                low, high = (low, middle) if middle.ways == high.ways else (middle, high)
            if not self._is_open:
                return

    # Beyond them

    def _walk_to(self, way: Way, start: Sequence[Look], steps: int) -> None:
        """Walk towards a side from the nearest of some points, one name or one entry at a time."""
        key, side = way
        known = [look for look in start if key in look.reach]
        if not known:
            return
        here = max(known, key=lambda look: _near(look, key, side))
        idle = way in self.seen
        near = [name.name for name in sorted(key.free_symbols, key=str) if name.name in self.drawing.free]
        for turn in range(steps):
            point = self._step(here.point, near if turn % 2 else ())
            look = self._at(point, keep=False) if point is not None else None
            if self.seen.get(way, False) or (way in self.seen and not idle):
                return
            if look is None or key not in look.reach or (idle and look.vacuous):
                continue
            if _near(look, key, side) > _near(here, key, side):
                here = look

    def moving_on(self, way: Way) -> Look | None:
        """Walk about on a side where nothing happens, once; a look on it where something does, or None."""
        if way not in self.walked:
            self.walked[way] = self._about(way)
        return self.walked[way]

    def _about(self, way: Way) -> Look | None:
        for start in [look for look in self.found if way in look.ways][:STARTS]:
            here = start
            for _ in range(CLIMB):
                point = self._step(here.point)
                look = self._at(point, keep=False) if point is not None else None
                if look is not None and way in look.ways:
                    if not look.vacuous:
                        return look
                    here = look
        return None

    def _step(self, point: Point, near: Sequence[str] = ()) -> Point | None:
        """A point with other numbers for one name, or for one entry of it; of those that are ``near``, if any are."""
        names = near or self.drawing.free
        if not names:
            return None
        name = self.random.choice(names)
        factor = self.random.choice(FACTORS)
        count = len(point.values[name].flat)
        if count == 1 or self.random.random() < 0.6:
            moved = point.scaled(name, factor)
        else:
            place = self.random.randrange(count)
            moved = point.with_entry(name, place, point.values[name].flat[place] * factor)
        return moved if self.drawing.allows(moved) else None


def representatives(looks: Sequence[Look], facts: Sequence[Relational] = ()) -> Iterator[Look]:
    """Looks that show something new: a way, a way where something happens, a pattern, other sizes.

    A choice of numbers for names that may be one of a few by the ``facts`` belongs to a pattern.
    """
    seen: dict[Way, bool] = {}
    patterns: set[object] = set()
    kept = 0
    by_size: dict[str, int] = {}
    for look in looks:
        sizes = str(look.point.sizes)
        new_way = any(way not in seen or (not seen[way] and not look.vacuous) for way in look.ways)
        pattern = (look.ways, look.vacuous, choice_at(facts, look.point.values))
        new_pattern = pattern not in patterns and kept < PATTERNS
        suspicious = look.gap > SUSPICIOUS
        if new_way or new_pattern or suspicious or sizes not in by_size:
            patterns.add(pattern)
            kept += 1
            by_size[sizes] = by_size.get(sizes, 0) + 1
            for way in look.ways:
                seen[way] = seen.get(way, False) or not look.vacuous
            yield look
        if kept > 2 * PATTERNS:
            return


def not_seen(seen: Mapping[Way, bool]) -> list[Way]:
    """The ways that belong to those that were seen, and were not; the same ones in the same order in every run."""
    return in_order(_missing(seen))


def in_order(ways: Iterable[Way]) -> list[Way]:
    """Ways in an order that depends on nothing but what they are."""
    return sorted(ways, key=lambda way: (str(way[0]), way[1]))


def _missing(seen: Mapping[Way, bool]) -> list[Way]:
    wanted: dict[Way, None] = {}
    for key, _ in seen:
        sides: Iterable[int] = range(len(key.args)) if key.is_Piecewise else (1, -1)
        wanted.update(((key, side), None) for side in sides)
    return [way for way in wanted if way not in seen]


def not_reached(missing: list[Way]) -> str:
    """Ways that no point took, in words."""
    said = [
        f"{key} {'>' if side > 0 else '<'} 0" for key, side in missing if isinstance(key, Expr) and not key.is_Piecewise
    ]
    said += [f"branch {side + 1} of {key}" for key, side in missing if key.is_Piecewise]
    said += [f"a side of the root {key.args[0]}" for key, _ in missing if isinstance(key, Tuple)]
    return f"not reached: {', '.join(said[:3])}" + (" and others" if len(said) > 3 else "")


def _is_compound(key: Basic) -> bool:
    return bool(key.is_Piecewise or isinstance(key, Tuple))


def _near(look: Look, key: Basic, side: int) -> float:
    """How far a look is on a side, where its numbers are there; below zero where they are not."""
    least, largest = look.reach[key]
    return largest if side > 0 else -least


def _pairs(looks: list[Look]) -> Iterator[tuple[Look, Look]]:
    count = 0
    for i, a in enumerate(looks):
        for b in looks[i + 1 : i + 6]:
            if a.point.sizes == b.point.sizes and a.ways != b.ways:
                yield a, b
                count += 1
                if count >= PAIRS:
                    return
