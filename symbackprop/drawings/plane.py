"""Heat maps: the output of a network over the plane of its inputs, and the loss over two of its weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from symbackprop.drawings.axes import Frame, Scale, left_room, thinned
from symbackprop.drawings.contour import contour
from symbackprop.drawings.picture import SHADES, Cells, Label, Mark, Part, Picture, Point, Polyline
from symbackprop.drawings.setting import width_of
from symbackprop.notation.numbers import shown

SIDE = 170.0
MARGIN = 8.0
LEVELS = (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)
HALF = 0.5

Grid = Sequence[Sequence[float]]
"""Rows of numbers, the row of the smallest second coordinate first."""


@dataclass(frozen=True)
class Plane:
    """Numbers over a rectangle, at the middle of equal cells; ``x`` and ``y`` are its names in LaTeX."""

    across: tuple[float, float]
    up: tuple[float, float]
    values: Grid
    x: str
    y: str


def boundary(
    plane: Plane, examples: Sequence[tuple[float, float, float]], output: str, target: str, name: str
) -> Picture:
    """The output over the plane of two inputs, with the line where it is ½ and the examples as (x, y, target).

    ``output`` and ``target`` are their names in LaTeX.
    """
    shades = _shades(plane.values, LEVELS)
    frame, parts = _ground(plane, shades)
    lines = contour(plane.values, HALF)
    for line in lines:
        parts.append(Polyline(_on(frame, plane, line), "ink", 1.6, name="boundary"))
    for x, y, t in examples:
        u, v = frame.at(x, y)
        parts.append(Mark(u, v, "cross" if t > HALF else "ring", "ink", 3.4))
    parts += frame.axes(plane.x, plane.y)
    key: list[tuple[str, str]] = [("cross", rf"{target} > 0.5"), ("ring", rf"{target} < 0.5")]
    wide = _key(parts, frame, key, [f"{output} = 0.5"] if lines else [], _ranges(output))
    right = sum(1 for *_, t in examples if t > HALF)
    seen = "The line where it is one half runs through the plane" if lines else "It is never one half"
    words = (
        "The output after training over the plane of the two inputs, blue below one half and orange above, darker the"
        f" larger it is. {seen};"
        f" {right} of {len(examples)} examples have a target above one half, drawn as crosses, the others as rings."
    )
    return Picture(frame.left + SIDE + wide, frame.top + SIDE + 34, tuple(parts), f"Boundary of {name}", words)


def surface(plane: Plane, path: Sequence[Point], loss: str, name: str, what: str) -> Picture:
    """The loss over two weights, with the way that they went from ring to cross; ``what`` says it in words."""
    known = sorted(v for row in plane.values for v in row if math.isfinite(v))
    limits = [known[len(known) * k // len(SHADES)] for k in range(1, len(SHADES))] if known else []
    limits = sorted({float(f"{limit:.3g}") for limit in limits})
    shades = _shades(plane.values, limits)
    frame, parts = _ground(plane, shades)
    for limit in limits:
        for line in contour(plane.values, limit):
            parts.append(Polyline(_on(frame, plane, line), "why", 0.35, name="level"))
    points = thinned([frame.at(x, y) for x, y in path])
    if len(points) > 1:
        parts.append(Polyline(points, "paper", 3.0))
        parts.append(Polyline(points, "gradient", 1.4, name="path"))
    if points:
        parts.append(Mark(*points[0], "ring", "ink", 3.2))
        parts.append(Mark(*points[-1], "cross", "ink", 3.2))
    parts += frame.axes(plane.x, plane.y)
    ranges = [
        (shade, rf"{loss} < {shown(limits[0], 3)}" if shade == 0 else rf"{loss} \ge {shown(limits[shade - 1], 3)}")
        for shade in range(len(limits) + 1)
        if limits
    ]
    wide = _key(parts, frame, [("ring", r"\text{first}"), ("cross", r"\text{last}")], [], ranges)
    return Picture(frame.left + SIDE + wide, frame.top + SIDE + 34, tuple(parts), f"Loss surface of {name}", what)


def _ground(plane: Plane, shades: Sequence[Sequence[int]]) -> tuple[Frame, list[Part]]:
    across, up = Scale(*plane.across), Scale(*plane.up)
    frame = Frame(MARGIN + left_room(up, plane.y), 22.0, SIDE, SIDE, across, up)
    rows = tuple(tuple(row) for row in reversed(shades))
    return frame, [Cells(frame.left, frame.top, SIDE, SIDE, rows)]


def _shades(values: Grid, limits: Sequence[float]) -> list[list[int]]:
    """How many of the limits each number reaches, on a finer grid; what is no number has the darkest shade."""
    return [
        [sum(v >= limit for limit in limits) if math.isfinite(v) else len(SHADES) - 1 for v in row]
        for row in finer(values)
    ]


def finer(values: Grid) -> list[list[float]]:
    """Three cells for each, with numbers in between those of the neighbours."""
    wide = [_between(row) for row in values]
    return [list(column) for column in zip(*(_between(column) for column in zip(*wide, strict=True)), strict=True)]


def _between(numbers: Sequence[float]) -> list[float]:
    last = len(numbers) - 1
    found = []
    for k in range(len(numbers)):
        for side in (max(k - 1, 0), k, min(k + 1, last)):
            found.append((2 * numbers[k] + numbers[side]) / 3)
    return found


def _on(frame: Frame, plane: Plane, line: Sequence[Point]) -> tuple[Point, ...]:
    """A line through the middles of cells, which are numbered from 0, on the paper."""
    rows, columns = len(plane.values), len(plane.values[0])
    return thinned(
        [
            (frame.left + SIDE * (x + 0.5) / columns, frame.top + SIDE * (1 - (y + 0.5) / rows))
            for x, y in line
        ]
    )  # fmt: skip


def _ranges(output: str) -> list[tuple[int, str]]:
    low = [(0, rf"{output} < {LEVELS[0]:g}")]
    return low + [(k + 1, rf"{output} \ge {level:g}") for k, level in enumerate(LEVELS)]


def _key(
    parts: list[Part], frame: Frame, marks: Sequence[tuple[str, str]], lines: Sequence[str],
    ranges: Sequence[tuple[int, str]],
) -> float:  # fmt: skip
    """What signs, lines and shades mean, on the right; returns how wide that is."""
    x, y = frame.left + SIDE + 14, frame.top + 6
    names = []
    for shape, name in marks:
        parts += [Mark(x + 8, y - 2.6, shape, "ink", 3.2), Label(x + 22, y, name, "start", size=8, role="key")]
        names.append(name)
        y += 14
    for name in lines:
        parts.append(Polyline(((x, y - 2.6), (x + 16, y - 2.6)), "ink", 1.6))
        parts.append(Label(x + 22, y, name, "start", size=8, role="key"))
        names.append(name)
        y += 14
    for shade, name in ranges:
        box = ((x, y - 7.5), (x + 16, y - 7.5), (x + 16, y + 1.5), (x, y + 1.5), (x, y - 7.5))
        parts += [Cells(x, y - 7.5, 16, 9, ((shade,),)), Polyline(box, "why", 0.4)]
        parts.append(Label(x + 22, y, name, "start", size=8, role="key"))
        names.append(name)
        y += 12
    return 14 + 22 + max(width_of(name, 8) for name in names) + MARGIN
