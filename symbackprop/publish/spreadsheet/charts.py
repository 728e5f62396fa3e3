"""Curves of the loss, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.publish.spreadsheet.book import Book
from symbackprop.publish.spreadsheet.values import Floats

_COLOURS = ("#1F5FA8", "#B26A00", "#2E7D4F", "#9C3D6B", "#5F6B7A", "#B3261E", "#00838F", "#6D4C41")
_MARKS = 10
"""About so many epochs are named along a curve."""
_MOST = 5.0
"""Where a loss grows to more than so many times the first one, the curves are shown up to twice the first alone."""


@dataclass(frozen=True)
class Curve:
    """One curve: its cells, its colour by its number, and the cell that names it, nothing where it is alone."""

    cells: str
    numbers: Floats
    name: str = ""


def chart(book: Book, title: str, epochs: str, curves: Sequence[Curve], legend: str = "") -> Any:
    """A chart of some curves over the cells with the epochs; ``legend`` says what the names of curves are."""
    made = book.file.add_chart({"type": "line"})
    for number, curve in enumerate(curves):
        series = {
            "categories": epochs,
            "values": curve.cells,
            "line": {"color": _COLOURS[number % len(_COLOURS)], "width": 2.25, "dash_type": _dash(number)},
        }
        made.add_series(series | ({"name": curve.name} if curve.name else {}))
    font = {"name": "Calibri", "size": 11}
    made.set_title({"name": f"{title}, {legend}" if legend else title, "name_font": {"name": "Calibri", "size": 14}})
    made.set_x_axis(
        {
            "name": "epoch", "name_font": font, "num_font": font, "interval_unit": _interval(book.rows),
            "interval_tick": _interval(book.rows), "label_position": "low",
        }
    )  # fmt: skip
    grid = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}
    made.set_y_axis({"name": book.cost, "name_font": font, "num_font": font, "major_gridlines": grid, **_top(curves)})
    made.set_legend({"position": "right", "font": font} if legend else {"none": True})
    made.set_size({"width": 760, "height": 420})
    return made


def _dash(number: int) -> str:
    """Colour is never the only thing that tells curves apart."""
    return ("solid", "dash", "round_dot", "dash_dot", "long_dash", "square_dot")[number % 6]


def _interval(rows: int) -> int:
    """1, 2, 5, 10, 20, … so that few epochs are named."""
    unit = 1
    while True:
        for step in (unit, 2 * unit, 5 * unit):
            if rows <= _MARKS * step:
                return step
        unit *= 10


def _top(curves: Sequence[Curve]) -> dict[str, float]:
    """How high the axis goes, where one of the curves would flatten the others."""
    finite = [curve.numbers[np.isfinite(curve.numbers)] for curve in curves]
    first = max((float(abs(numbers[0])) for numbers in finite if len(numbers)), default=0.0)
    largest = max((float(numbers.max()) for numbers in finite if len(numbers)), default=0.0)
    overflows = any(len(numbers) < len(curve.numbers) for numbers, curve in zip(finite, curves, strict=True))
    if first <= 0 or not (largest > _MOST * first or overflows):
        return {}
    return {"max": float(f"{2 * first:.1g}")}
