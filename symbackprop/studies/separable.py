"""Can a straight line separate two sets of points in the plane? If not, a point that both sets surround shows it.

A line with all of one set on one side and all of the other on the other leaves no point that lies between points of
each. By Kirchberger's theorem four points are enough to show that there is none: two crossing segments, or a triangle
and a point in it. Coordinates are taken as exact fractions, so that no rounding decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

Point = tuple[Fraction, Fraction]
Plain = tuple[float, float]


@dataclass(frozen=True)
class Shared:
    """A point that lies between ``one``, points of the first set, and between ``other``, points of the second."""

    point: Plain
    one: tuple[Plain, ...]
    other: tuple[Plain, ...]


def shared_point(first: Iterable[Sequence[float]], second: Iterable[Sequence[float]]) -> Shared | None:
    """A point that both sets surround, or None where a line separates them."""
    sets = [sorted({(Fraction(x), Fraction(y)) for x, y in points}) for points in (first, second)]
    for size in (1, 2):
        for one in combinations(sets[0], size):
            for other in combinations(sets[1], size):
                point = one[0] if size == 1 and one == other else _crossing(*one, *other) if size == 2 else None
                if point:
                    return _shared(point, one, other)
    for inner, outer, swapped in ((sets[0], sets[1], False), (sets[1], sets[0], True)):
        for point in inner:
            for size in (2, 3):
                for around in combinations(outer, size):
                    if _within(point, around):
                        return _shared(point, around, (point,)) if swapped else _shared(point, (point,), around)
    return None


def _shared(point: Point, one: Sequence[Point], other: Sequence[Point]) -> Shared:
    return Shared(_plain(point), tuple(map(_plain, one)), tuple(map(_plain, other)))


def _plain(point: Point) -> Plain:
    return float(point[0]), float(point[1])


def _turn(a: Point, b: Point, c: Point) -> Fraction:
    """Twice the area of a triangle: above zero where a, b, c turn to the left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where two segments cross, ends included; None where they are parallel or do not meet."""
    across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if across == 0:
        return None
    along = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / across
    point = a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])
    return point if 0 <= along <= 1 and _within(point, (c, d)) else None


def _within(point: Point, around: Sequence[Point]) -> bool:
    """Whether a point lies on a segment, or in a triangle or on its edge."""
    if len(around) == 2:
        a, b = around
        between = all(min(a[k], b[k]) <= point[k] <= max(a[k], b[k]) for k in (0, 1))
        return between and _turn(a, b, point) == 0
    a, b, c = around
    if _turn(a, b, c) == 0:
        return False  # a segment, which is looked at by itself
    turns = (_turn(a, b, point), _turn(b, c, point), _turn(c, a, point))
    return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)
