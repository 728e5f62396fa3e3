"""Lines of equal height through numbers on a grid: marching squares."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from symbackprop.drawings.picture import Point

Corner = tuple[int, int, bool]
"""An edge of the grid that a line crosses: the column and row where it begins, and whether it runs across."""


def contour(values: Sequence[Sequence[float]], level: float) -> list[list[Point]]:
    """The lines along which the numbers are ``level``; points are (column, row), from 0, in between too."""
    joined: dict[Corner, list[Corner]] = {}
    for one, other in _pieces(values, level):
        joined.setdefault(one, []).append(other)
        joined.setdefault(other, []).append(one)
    lines = []
    ends = [edge for edge, others in joined.items() if len(others) == 1]
    for start in (*ends, *joined):
        if joined.get(start):
            lines.append([_crossing(values, level, edge) for edge in _follow(joined, start)])
    return lines


def _follow(joined: dict[Corner, list[Corner]], start: Corner) -> list[Corner]:
    """One line from an edge on, each piece taken once."""
    line = [start]
    while joined[line[-1]]:
        following = joined[line[-1]].pop(0)
        joined[following].remove(line[-1])
        line.append(following)
    return line


def _pieces(values: Sequence[Sequence[float]], level: float) -> Iterator[tuple[Corner, Corner]]:
    """In each square of four numbers, the edges that a line enters and leaves by."""
    for r in range(len(values) - 1):
        for c in range(len(values[0]) - 1):
            corners = (values[r][c], values[r][c + 1], values[r + 1][c + 1], values[r + 1][c])
            if not all(map(math.isfinite, corners)):
                continue
            above = [corner >= level for corner in corners]
            edges = ((c, r, True), (c + 1, r, False), (c, r + 1, True), (c, r, False))
            crossed = [edges[k] for k in range(4) if above[k] != above[(k + 1) % 4]]
            if len(crossed) == 4:  # a saddle: the middle says which corners belong together
                below, right, top, left = crossed
                together = (sum(corners) / 4 >= level) == above[0]
                yield from ((below, right), (top, left)) if together else ((left, below), (right, top))
            elif crossed:
                yield crossed[0], crossed[1]


def _crossing(values: Sequence[Sequence[float]], level: float, edge: Corner) -> Point:
    c, r, across = edge
    one, other = values[r][c], values[r][c + 1] if across else values[r + 1][c]
    share = (level - one) / (other - one)
    return (c + share, float(r)) if across else (float(c), r + share)
