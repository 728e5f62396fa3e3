"""The frame of a plot: scales with round ticks, the grid, and what stands at the axes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from symbackprop.drawings.picture import Label, Part, Point, Polyline
from symbackprop.drawings.setting import width_of
from symbackprop.notation.numbers import shown

SPREAD = 20.0
"""Positive numbers that differ by more than this factor get a logarithmic scale."""
DECADES = 12
"""Of a logarithmic scale; smaller numbers are left out at its lower end."""


@dataclass(frozen=True)
class Scale:
    """Numbers along an axis, from ``low`` to ``high``."""

    low: float
    high: float
    logarithmic: bool = False

    @classmethod
    def of(cls, numbers: Iterable[float], zero: bool = False, may_be_logarithmic: bool = False) -> Scale:
        """A scale for numbers, from zero where that is asked for and none is below; never empty."""
        known = [number for number in numbers if math.isfinite(number)]
        positive = [number for number in known if number > 0]
        if may_be_logarithmic and positive and min(known) >= 0 and max(positive) > SPREAD * min(positive):
            top = math.ceil(math.log10(max(positive)) - 1e-9)
            bottom = max(math.floor(math.log10(min(positive)) + 1e-9), top - DECADES)
            return cls(10.0**bottom, 10.0 ** max(top, bottom + 1), True)
        low, high = min(known, default=0.0), max(known, default=1.0)
        if zero and low >= 0:
            low = 0.0
        if low == high:
            low, high = (low - 1, high + 1) if not zero or low else (0.0, high or 1.0)
        step = _step(low, high)
        return cls(0.0 if zero and low == 0.0 else math.floor(low / step) * step, math.ceil(high / step) * step)

    def part(self, number: float) -> float:
        """Where a number lies, from 0 to 1; one beyond the ends lies at them."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            return min(max((math.log10(max(number, self.low)) - low) / (high - low), 0.0), 1.0)
        return min(max((number - self.low) / (self.high - self.low), 0.0), 1.0)

    def ticks(self) -> list[float]:
        """Round numbers along it, few enough to be read."""
        if self.logarithmic:
            first, last = round(math.log10(self.low)), round(math.log10(self.high))
            apart = max(1, math.ceil((last - first) / 6))
            return [10.0**power for power in range(first, last + 1, apart)]
        step = _step(self.low, self.high)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def _step(low: float, high: float) -> float:
    """The distance of ticks: 1, 2 or 5 times a power of ten, about five of them."""
    rough = (high - low) / 5 or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= rough * 0.999)


@dataclass(frozen=True)
class Frame:
    """A rectangle on the paper with a scale along each of its sides."""

    left: float
    top: float
    width: float
    height: float
    across: Scale
    up: Scale

    def at(self, x: float, y: float) -> Point:
        """The place of two numbers."""
        return self.left + self.across.part(x) * self.width, self.top + (1 - self.up.part(y)) * self.height

    def grid(self) -> Iterator[Part]:
        """Faint lines at the ticks."""
        for y in self.up.ticks():
            yield Polyline((self.at(self.across.low, y), self.at(self.across.high, y)), "faint", 0.4)

    def axes(self, x: str, y: str) -> Iterator[Part]:
        """The lines on the left and below, numbers at their ticks, and what they are, in LaTeX."""
        bottom = self.top + self.height
        corner, right, top = (self.left, bottom), (self.left + self.width, bottom), (self.left, self.top)
        yield Polyline((top, corner, right), "ink", 0.6)
        for number in self.across.ticks():
            place, _ = self.at(number, self.up.low)
            yield Polyline(((place, bottom), (place, bottom + 3)), "ink", 0.6)
            yield Label(place, bottom + 11.5, tick(number), size=8, role="tick")
        for number in self.up.ticks():
            _, place = self.at(self.across.low, number)
            yield Polyline(((self.left - 3, place), (self.left, place)), "ink", 0.6)
            yield Label(self.left - 5, place + 2.6, tick(number), "end", size=8, role="tick")
        yield Label(self.left + self.width / 2, bottom + 24, x, size=9, role="axis")
        yield Label(self.left, self.top - 7, y, "middle", size=9, role="axis")


def tick(number: float) -> str:
    """A number at a tick: as many digits as it needs, powers of ten as such."""
    rounded = float(f"{number:.10g}")
    return shown(0.0 if abs(rounded) < 1e-15 else rounded, 6)


def left_room(up: Scale, y: str) -> float:
    """How much room the numbers on the left need, and the words above them."""
    wide = max((width_of(tick(number), 8) for number in up.ticks()), default=0.0)
    return max(wide + 10, width_of(y, 9) / 2 + 4)


def thinned(points: Sequence[Point], near: float = 0.12) -> tuple[Point, ...]:
    """The points that a line needs so that none that is left out lies further from it than ``near``."""
    kept = {0, len(points) - 1} if points else set()
    waiting = [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        away = [(_away(points[first], points[last], points[k]), k) for k in range(first + 1, last)]
        furthest, at = max(away, default=(0.0, 0))
        if furthest > near:
            kept.add(at)
            waiting += [(first, at), (at, last)]
    return tuple(points[k] for k in sorted(kept))


def _away(start: Point, end: Point, point: Point) -> float:
    """How far a point lies from the straight line between two others, or from the one where they are one."""
    wide, high = end[0] - start[0], end[1] - start[1]
    long = math.hypot(wide, high)
    if long < 1e-9:
        return math.hypot(point[0] - start[0], point[1] - start[1])
    return abs(wide * (point[1] - start[1]) - high * (point[0] - start[0])) / long
