"""Where nodes stand that are drawn in columns from left to right, and how the ways between them run.

A way that passes columns gets a place in each, among the nodes, so that it runs through none of them. The order in a
column follows the places of the neighbours, and no step draws lots: the same columns give the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from symbackprop.drawings.picture import Point

Key = str | tuple[str, str, int]
"""A node by its name; the place of a way in a column by both its ends and the column."""
SWEEPS = 12
PASSING = 13.0
"""The height of the place of a way."""


@dataclass(frozen=True)
class Item:
    """A node: its size, and the room that it takes above and below with its numbers."""

    name: str
    width: float
    height: float
    above: float = 0.0
    below: float = 0.0


@dataclass(frozen=True)
class Laid:
    """The centres of nodes, the points that each way passes between its ends, and where it all ends."""

    centres: Mapping[str, Point]
    passing: Mapping[tuple[str, str], tuple[tuple[Point, float], ...]]
    """Points with half the width of their column each."""
    width: float
    height: float


@dataclass
class _Sheet:
    """The columns while they are put in order."""

    columns: list[list[Key]]
    before: dict[Key, list[Key]] = field(default_factory=dict)
    behind: dict[Key, list[Key]] = field(default_factory=dict)


def lay_out(
    columns: Sequence[Sequence[Item]],
    links: Sequence[tuple[str, str]],
    gaps: Sequence[float],
    spacing: float,
    origin: Point,
) -> Laid:
    """Place the items of columns that stand ``gaps`` apart; a link leads from a column to a later one.

    ``origin`` is the corner at the top left.
    """
    items = {item.name: item for column in columns for item in column}
    at = {item.name: k for k, column in enumerate(columns) for item in column}
    sheet = _with_passing(columns, links, at)
    _order(sheet)
    rows = _rows(sheet, items, spacing)
    x, lefts, halves = origin[0], [], []
    for k, column in enumerate(columns):
        wide = max((item.width for item in column), default=0.0)
        lefts.append(x + wide / 2)
        halves.append(wide / 2)
        x += wide + (gaps[k] if k + 1 < len(columns) else 0.0)
    ends = [(rows[name] - i.height / 2 - i.above, rows[name] + i.height / 2 + i.below) for name, i in items.items()]
    top = min((low for low, _ in ends), default=0.0)
    top = min([top, *(y - PASSING / 2 for key, y in rows.items() if not isinstance(key, str))])
    bottom = max([*(high for _, high in ends), *(y + PASSING / 2 for y in rows.values())], default=0.0)
    top -= origin[1]
    centres = {name: (lefts[at[name]], rows[name] - top) for name in items}
    passing = {
        (source, target): tuple(
            ((lefts[k], rows[source, target, k] - top), halves[k]) for k in range(at[source] + 1, at[target])
        )
        for source, target in links
    }
    return Laid(centres, passing, x, bottom - top)


def _with_passing(columns: Sequence[Sequence[Item]], links: Sequence[tuple[str, str]], at: Mapping[str, int]) -> _Sheet:
    sheet = _Sheet([[item.name for item in column] for column in columns])
    for source, target in links:
        last: Key = source
        for k in range(at[source] + 1, at[target]):
            place = (source, target, k)
            sheet.columns[k].append(place)
            sheet.behind.setdefault(last, []).append(place)
            sheet.before.setdefault(place, []).append(last)
            last = place
        sheet.behind.setdefault(last, []).append(target)
        sheet.before.setdefault(target, []).append(last)
    return sheet


def _order(sheet: _Sheet) -> None:
    """Sort each column by the middle of its neighbours, forwards and backwards in turn, and keep the best order."""
    best = [list(column) for column in sheet.columns]
    fewest = _crossings(sheet)
    for sweep in range(SWEEPS):
        forwards = sweep % 2 == 1
        neighbours = sheet.before if forwards else sheet.behind
        numbers = range(len(sheet.columns)) if forwards else reversed(range(len(sheet.columns)))
        for k in numbers:
            place = _places(sheet.columns)
            column = sheet.columns[k]
            middle = {
                key: sum(place[n] for n in neighbours[key]) / len(neighbours[key])
                if neighbours.get(key)
                else place[key]
                for key in column
            }
            column.sort(key=lambda key: (middle[key], place[key]))
        crossings = _crossings(sheet)
        if crossings < fewest:
            best, fewest = [list(column) for column in sheet.columns], crossings
    sheet.columns[:] = best


def _places(columns: Sequence[Sequence[Key]]) -> dict[Key, float]:
    """Where each stands in its column, from 0 to 1."""
    return {key: (k + 0.5) / len(column) for column in columns for k, key in enumerate(column)}


def _crossings(sheet: _Sheet) -> int:
    place = _places(sheet.columns)
    count = 0
    for column in sheet.columns:
        ways = sorted((place[key], place[n]) for key in column for n in sheet.behind.get(key, ()))
        count += sum(a < c and b > d for k, (a, b) in enumerate(ways) for c, d in ways[k + 1 :])
    return count


def _rows(sheet: _Sheet, items: Mapping[str, Item], spacing: float) -> dict[Key, float]:
    """Heights: near those of the neighbours, as far as the column has room."""
    rows: dict[Key, float] = {}
    offsets = []
    for column in sheet.columns:
        y, places = 0.0, []
        for k, key in enumerate(column):
            above, below = _room(items, key)
            if k:
                y += above + spacing
            places.append(y)
            y += below
        offsets.append(places)
        middle = (places[0] + places[-1]) / 2 if places else 0.0
        rows |= {key: place - middle for key, place in zip(column, places, strict=True)}
    for sweep in range(2 * SWEEPS):
        neighbours = (sheet.behind, sheet.before)[sweep % 2]
        numbers = list(range(len(sheet.columns)))
        for k in numbers if sweep % 2 else reversed(numbers):
            column = sheet.columns[k]
            wished = [_wished(sheet, rows, key, neighbours) for key in column]
            weights = [_weight(sheet, key) for key in column]
            fitted = _isotonic([w - o for w, o in zip(wished, offsets[k], strict=True)], weights)
            rows |= {key: f + o for key, f, o in zip(column, fitted, offsets[k], strict=True)}
    return rows


def _room(items: Mapping[str, Item], key: Key) -> tuple[float, float]:
    if not isinstance(key, str):
        return PASSING / 2, PASSING / 2
    item = items[key]
    return item.height / 2 + item.above, item.height / 2 + item.below


def _weight(sheet: _Sheet, key: Key) -> float:
    """How much a node counts: what is computed stands in its row, and what is given finds a place beside it."""
    return 40.0 if sheet.before.get(key) else 1.0


def _wished(sheet: _Sheet, rows: Mapping[Key, float], key: Key, neighbours: Mapping[Key, Sequence[Key]]) -> float:
    """The mean of the neighbours, each by its weight; where there are none a node stays."""
    weights = [(_weight(sheet, n), rows[n]) for n in neighbours.get(key, ())]
    return sum(w * row for w, row in weights) / sum(w for w, _ in weights) if weights else rows[key]


def _isotonic(wished: Sequence[float], weights: Sequence[float]) -> list[float]:
    """The numbers nearest to those wished for that do not fall: neighbours out of order share their mean."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(wished, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, v, m), (b, w, n) = blocks[-2:]
            blocks[-2:] = [((a * v + b * w) / (v + w), v + w, m + n)]
    return [value for value, _, count in blocks for _ in range(count)]
