"""Plots of training, in one style: curves of losses and of gradients. Curves differ in their dashes and have names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from symbackprop.drawings.axes import Frame, Scale, left_room, thinned
from symbackprop.drawings.picture import DASHES, Label, Part, Picture, Polyline
from symbackprop.drawings.setting import width_of
from symbackprop.notation.numbers import shown as written

WIDTH, HEIGHT = 250.0, 128.0
"""Of the frame of a plot."""
MARGIN = 8.0
MOST_CURVES = 6


@dataclass(frozen=True)
class Curve:
    """Numbers, one an epoch from 0, and their name in LaTeX."""

    name: str
    numbers: Sequence[float]


def curves(curves: Sequence[Curve], x: str, y: str, title: str, words: str) -> Picture:
    """Curves over epochs; ``x`` and ``y`` are what the axes are called, in LaTeX, and names stand on the right.

    Positive numbers far apart get a logarithmic scale. Of more than six curves some in between are left out.
    """
    shown = some(curves)
    across = Scale(0.0, float(max(1, *(len(curve.numbers) - 1 for curve in shown))))
    finite = [n for curve in shown for n in curve.numbers if math.isfinite(n)]
    up = Scale.of(finite, zero=True, may_be_logarithmic=True)
    named = len(shown) > 1
    key = max((width_of(curve.name, 9) for curve in shown), default=0.0) + 38 if named else 10.0
    left = MARGIN + left_room(up, y)
    frame = Frame(left, 22.0, WIDTH, HEIGHT, across, up)
    parts: list[Part] = [*frame.grid()]
    for k, curve in enumerate(shown):
        tone, dashes = f"curve{k + 1}", DASHES[k]
        for run in _runs(curve.numbers, up):
            points = thinned([frame.at(float(epoch), number) for epoch, number in run])
            parts.append(Polyline(points, tone, 1.2, dashes, f"curve-{k + 1}"))
        if named:
            y_key = frame.top + 8 + 14 * k
            start = frame.left + WIDTH + 10
            parts.append(Polyline(((start, y_key - 3), (start + 18, y_key - 3)), tone, 1.2, dashes))
            parts.append(Label(start + 22, y_key, curve.name, "start", size=9, role="key"))
    parts += frame.axes(x, y)
    height = max(frame.top + HEIGHT + 24, frame.top + 14 * len(shown) if named else 0.0) + MARGIN
    return Picture(frame.left + WIDTH + key, height, tuple(parts), title, words)


def some(curves: Sequence[Curve]) -> list[Curve]:
    """As many as have dashes of their own: the first, the last, and some evenly between them."""
    if len(curves) <= MOST_CURVES:
        return list(curves)
    return [curves[round(k * (len(curves) - 1) / (MOST_CURVES - 1))] for k in range(MOST_CURVES)]


def _runs(numbers: Sequence[float], up: Scale) -> list[list[tuple[int, float]]]:
    """The stretches of a curve that can be drawn: finite, and positive on a logarithmic scale."""
    runs: list[list[tuple[int, float]]] = [[]]
    for epoch, number in enumerate(numbers):
        if math.isfinite(number) and (number > 0 or not up.logarithmic):
            runs[-1].append((epoch, number))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def change(numbers: Sequence[float]) -> str:
    """How a curve goes, in words: from where to where, and where it is lowest if that is not at its end."""
    known = [number for number in numbers if math.isfinite(number)]
    if not known:
        return "has no finite numbers"
    words = f"goes from {known[0]:.4g} to {known[-1]:.4g}"
    least = min(known)
    if least < min(known[0], known[-1]) * (1 - 1e-6):
        words += f", with its lowest point, {least:.4g}, at epoch {list(numbers).index(least)}"
    return words + ("" if len(known) == len(numbers) else ", and then is no number any more")


def losses(numbers: Sequence[float], rate: str, y: str, name: str, what: str) -> Picture:
    """The loss, epoch by epoch; ``y`` is what it is called in LaTeX and ``what`` in words."""
    words = f"The {what} {change(numbers)} in {len(numbers) - 1:,} epochs at learning rate {rate}."
    return curves([Curve(y, numbers)], r"\text{epoch}", y, f"{what.capitalize()} of {name} by epoch", words)


def rates(runs: Mapping[str, Sequence[float]], y: str, name: str, what: str) -> Picture:
    """The loss at each of several learning rates, by the rate."""
    told = "; ".join(f"at {rate} it {change(numbers)}" for rate, numbers in runs.items())
    lines = [Curve(rf"\eta = {written(float(rate), 6)}", numbers) for rate, numbers in runs.items()]
    words = f"The {what} at {len(runs)} learning rates: {told}."
    return curves(lines, r"\text{epoch}", y, f"{what.capitalize()} of {name} at several learning rates", words)


def sizes(layers: Mapping[str, tuple[str, Sequence[float]]], name: str) -> Picture:
    """The size of the gradients of each layer, epoch by epoch: its name in words, its name in LaTeX, the numbers."""
    told = "; ".join(f"{word} {change(numbers)}" for word, (_, numbers) in layers.items())
    lines = [Curve(written, numbers) for written, numbers in layers.values()]
    words = f"The size of the gradients: {told}."
    title = f"Size of the gradients of {name} by epoch"
    return curves(lines, r"\text{epoch}", r"\lVert\text{gradient}\rVert", title, words)
