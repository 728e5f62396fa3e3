"""Can a straight line separate two sets of points in the plane? If not, a point that both sets surround shows it.

A line with all of one set on one side and all of the other on the other leaves no point that lies between points of
each. By Kirchberger's theorem four points are enough to show that there is none: two crossing segments, or a triangle
and a point in it. The corners of the sets are enough to look at: where what they enclose has a point in common, their
edges cross, or a corner of one lies within the other. Coordinates are taken as whole numbers of their finest unit, a
power of two, so that no rounding decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise

Point = tuple[int, int]
Exact = tuple[int | Fraction, int | Fraction]
Plain = tuple[float, float]


@dataclass(frozen=True)
class Shared:
    """A point that lies between ``one``, points of the first set, and between ``other``, points of the second."""

    point: Plain
    one: tuple[Plain, ...]
    other: tuple[Plain, ...]


def shared_point(first: Iterable[Sequence[float]], second: Iterable[Sequence[float]]) -> Shared | None:
    """A point that both sets surround, or None where a line separates them."""
    exact = [{(Fraction(x), Fraction(y)) for x, y in points} for points in (first, second)]
    fine = max((x.denominator for points in exact for point in points for x in point), default=1)
    sets = [sorted((int(x * fine), int(y * fine)) for x, y in points) for points in exact]
    found = _shared(*sets)
    if found is None:
        return None
    point, one, other = found
    return Shared(_plain(point, fine), tuple(_plain(p, fine) for p in one), tuple(_plain(p, fine) for p in other))


def _shared(first: Sequence[Point], second: Sequence[Point]) -> tuple[Exact, Sequence[Point], Sequence[Point]] | None:
    """A point that both sets surround, and the points of each that are around it."""
    both = set(first) & set(second)
    if both:
        point = min(both)
        return point, (point,), (point,)
    corners, others = _corners(first), _corners(second)
    for one in _edges(corners):
        for other in _edges(others):
            crossing = _crossing(*one, *other)
            if crossing:
                return crossing, one, other
    for point in corners:
        around = _around(point, others)
        if around:
            return point, (point,), around
    for point in others:
        around = _around(point, corners)
        if around:
            return point, around, (point,)
    return None


def _plain(point: Exact, fine: int) -> Plain:
    return float(Fraction(point[0], fine)), float(Fraction(point[1], fine))


def _corners(points: Sequence[Point]) -> list[Point]:
    """The corners of the smallest convex shape around sorted points, counter-clockwise (Andrew's monotone chain)."""
    if len(points) < 3:
        return list(points)
    below, above = _chain(points), _chain(points[::-1])
    return below[:-1] + above[:-1]


def _chain(points: Iterable[Point]) -> list[Point]:
    """The corners to the right of the way from the first point to the last."""
    chain: list[Point] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _edges(corners: Sequence[Point]) -> Iterator[tuple[Point, Point]]:
    """Each side of a shape; the one of a segment, none of a point."""
    for k in range(len(corners) if len(corners) > 2 else len(corners) - 1):
        one, other = sorted((corners[k], corners[(k + 1) % len(corners)]))
        yield one, other


def _around(point: Point, corners: Sequence[Point]) -> tuple[Point, ...] | None:
    """Two or three corners of a shape that surround the point; None where it lies outside."""
    if len(corners) == 2:
        return tuple(corners) if _within(point, corners) else None
    for b, c in pairwise(corners[1:]):
        triangle = (corners[0], b, c)
        if _within(point, triangle):
            side = next((side for side in combinations(triangle, 2) if _within(point, side)), triangle)
            return tuple(sorted(side))
    return None


def _turn(a: Point, b: Point, c: Point) -> int:
    """Twice the area of a triangle: above zero where a, b, c turn to the left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Exact | None:
    """Where two segments cross, ends included; None where they are parallel or do not meet.

    The ends of each are sorted, so that most pairs are told apart by their first coordinates alone.
    """
    if b[0] < c[0] or d[0] < a[0]:
        return None
    across = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
    if across == 0:
        return None
    sign = 1 if across > 0 else -1
    # How far along a→b the line through c and d meets it, and how far along c→d the other: parts of ``across``.
    along, beside = _turn(c, d, a) * sign, -_turn(a, b, c) * sign
    if not (0 <= along <= across * sign and 0 <= beside <= across * sign):
        return None
    part = Fraction(along, across * sign)
    return a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])


def _within(point: Point, around: Sequence[Point]) -> bool:
    """Whether a point lies on a segment, or in a triangle or on its edge."""
    if len(around) == 2:
        a, b = around
        between = all(min(a[k], b[k]) <= point[k] <= max(a[k], b[k]) for k in (0, 1))
        return between and _turn(a, b, point) == 0
    a, b, c = around
    turns = (_turn(a, b, point), _turn(b, c, point), _turn(c, a, point))
    return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)
