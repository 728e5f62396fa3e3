"""Ways between the boxes of a picture, and the places of labels beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from symbackprop.drawings.boxes import Box, box_of, overlap
from symbackprop.drawings.layered import Laid
from symbackprop.drawings.picture import Label, Node, Point

AWAY = 1.2
"""How far from a box a way ends."""
PLACES = (0.36, 0.5, 0.28, 0.62, 0.72, 0.2, 0.44, 0.56, 0.8)
"""Where on its way a label may stand, as parts of it, the best first."""
ASIDE = (0.0, -6.0, 6.0, -11.0, 11.0)
"""How far above or below its way a label may stand."""


def way(source: Node, target: Node, laid: Laid) -> tuple[Point, ...]:
    """The points of the way from one box to another: two, or those of Bézier curves through the columns it passes."""
    stops = laid.passing.get((source.name, target.name), ())
    if not stops:
        out = 2.6 if source.stands_out else AWAY
        return _border(source, (target.x, target.y), out), _border(target, (source.x, source.y), _out(target))
    points: list[Point] = [_border(source, stops[0][0], _out(source))]
    # Through a column it runs level, as wide as the widest box there.
    for (x, y), half in stops:
        points += _bend(points[-1], (x - half, y))
        points += _level((x - half, y), (x + half, y))
    points += _bend(points[-1], _border(target, stops[-1][0], _out(target)))
    return tuple(points)


def _out(node: Node) -> float:
    return 3.4 if node.stands_out else AWAY


def _bend(start: Point, end: Point) -> tuple[Point, Point, Point]:
    middle = (start[0] + end[0]) / 2
    return (middle, start[1]), (middle, end[1]), end


def _level(start: Point, end: Point) -> tuple[Point, Point, Point]:
    third = (end[0] - start[0]) / 3
    return (start[0] + third, start[1]), (end[0] - third, end[1]), end


def _border(node: Node, towards: Point, out: float) -> Point:
    """Where a line from the centre of a box towards a point leaves it."""
    dx, dy = towards[0] - node.x, towards[1] - node.y
    half_width, half_height = node.width / 2 + out, node.height / 2 + out
    if node.corner >= node.height / 2 - 0.01 and node.width <= node.height + 0.01:  # a circle
        far = (dx * dx + dy * dy) ** 0.5 or 1.0
        return node.x + dx * half_width / far, node.y + dy * half_height / far
    # Ways reach a wide box at its side, where there is room for their heads.
    share = min(1.0, half_width / abs(dx)) if dx else 1.0
    y = max(-half_height * 0.72, min(half_height * 0.72, dy * share))
    return node.x + (half_width if dx >= 0 else -half_width), node.y + y


def on(points: tuple[Point, ...], part: float) -> Point:
    """The point that lies a part of the way from its beginning, 0 to 1."""
    samples = sampled(points)
    lengths = [0.0]
    for (a, b), (c, d) in pairwise(samples):
        lengths.append(lengths[-1] + ((c - a) ** 2 + (d - b) ** 2) ** 0.5)
    goal = part * lengths[-1]
    for k in range(1, len(samples)):
        if lengths[k] >= goal:
            share = (goal - lengths[k - 1]) / ((lengths[k] - lengths[k - 1]) or 1.0)
            (a, b), (c, d) = samples[k - 1], samples[k]
            return a + share * (c - a), b + share * (d - b)
    return samples[-1]


def sampled(points: tuple[Point, ...], steps: int = 10) -> list[Point]:
    """Points along a way, near enough to be joined by straight lines."""
    if len(points) == 2:
        return list(points)
    found = [points[0]]
    for k in range(0, len(points) - 1, 3):
        a, b, c, d = points[k : k + 4]
        for s in range(1, steps + 1):
            t = s / steps
            u = 1 - t
            found.append(
                (
                    u**3 * a[0] + 3 * u * u * t * b[0] + 3 * u * t * t * c[0] + t**3 * d[0],
                    u**3 * a[1] + 3 * u * u * t * b[1] + 3 * u * t * t * c[1] + t**3 * d[1],
                )
            )
    return found


@dataclass
class Placing:
    """Gives labels of ways their places, each where it hides least of what is there already."""

    taken: list[Box] = field(default_factory=list)
    crossing: list[Point] = field(default_factory=list)
    """Points of ways, which labels had better not stand on."""

    @classmethod
    def among(cls, nodes: Iterable[Node], ways: Iterable[tuple[Point, ...]]) -> Placing:
        """With the boxes and the labels of nodes taken."""
        placing = cls()
        for node in nodes:
            x, y = node.width / 2 + 1, node.height / 2 + 1
            placing.taken.append((node.x - x, node.y - y, node.x + x, node.y + y))
            placing.taken += [box_of(label) for label in node.labels]
        for points in ways:
            placing.crossing += [on(points, k / 40) for k in range(41)]
        return placing

    def on_way(
        self, label: Label, points: tuple[Point, ...], places: Sequence[float] = PLACES, apart: float = 0.0
    ) -> Label:
        """The label at the best place on a way; better one that is ``apart`` from all other ways."""
        best, least = label, float("inf")
        own = {on(points, k / 40) for k in range(41)}
        for rank, (aside, place) in enumerate((a, p) for a in ASIDE for p in places):
            x, y = on(points, place)
            tried = replace(label, x=x, y=y + aside + 0.26 * label.size)
            left, top, right, bottom = box_of(tried)
            padded = (left - 1.5, top - 0.5, right + 1.5, bottom + 0.5)
            hidden = sum(overlap(padded, box) for box in self.taken)
            struck = sum(left < u < right and top < v < bottom for u, v in self.crossing if (u, v) not in own)
            near = sum(
                left - apart < u < right + apart and top - apart < v < bottom + apart
                for u, v in self.crossing
                if apart and (u, v) not in own
            )
            cost = 20 * hidden + 4 * struck + 4 * near + rank
            if cost < least:
                best, least = tried, cost
            if least <= rank:
                break
        left, top, right, bottom = box_of(best)
        self.taken.append((left - 1.5, top, right + 1.5, bottom))
        return best
