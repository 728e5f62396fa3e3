"""Pictures by matplotlib, which is optional: one look for all of them, and the same bytes for the same numbers.

Lines differ in colour and in dashes, so that they can be told apart in grey print and by those who see few colours
(the colours are Okabe and Ito's). Text is set as outlines, so that a picture looks the same everywhere.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from symbackprop.errors import missing_extra

WIDTH = 5.6
"""Inches: a column of text."""
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#555555", "#000000")
DASHES: Sequence[Any] = ("-", (0, (5, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 2)),
                         (0, (2, 2)), (0, (1, 3)))  # fmt: skip
INK, GUIDE = "#222222", "#8A8A8A"
MOST_POINTS = 300
"""A curve of more points is thinned; the picture looks the same."""
SPREAD = 20.0
"""Losses that differ by more than this factor get a logarithmic axis."""
STYLE: dict[str, Any] = {
    "svg.hashsalt": "symbackprop",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "axes.formatter.use_mathtext": True,
    "font.size": 9.5,
    "axes.labelsize": 10,
    "axes.titlesize": 10,
    "legend.fontsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.4,
    "lines.dash_capstyle": "butt",
    "lines.solid_capstyle": "round",
    "legend.frameon": False,
    "legend.handlelength": 3.2,
    "path.simplify": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
}

Draw = Callable[[Any], None]
"""Draws on an empty figure of matplotlib."""


@dataclass(frozen=True)
class Picture:
    """How to draw something, and how high it is, in inches."""

    draw: Draw
    height: float = 3.1


def require_matplotlib() -> None:
    """Raise SymbackpropError, with the line that installs it, where matplotlib is absent."""
    try:
        import_module("matplotlib")
    except ImportError:
        raise missing_extra("figures need matplotlib", "matplotlib", "plots") from None


def drawn(picture: Picture, formats: Sequence[str]) -> dict[str, bytes]:
    """A picture in each of the formats, svg or pdf. The same numbers give the same bytes."""
    from matplotlib.figure import Figure

    with _style(), np.errstate(all="ignore"):  # matplotlib takes powers of ten of the margins of its axes
        figure = Figure(figsize=(WIDTH, picture.height), layout="constrained")
        picture.draw(figure)
        return {name: _saved(figure, name) for name in formats}


@contextmanager
def _style() -> Iterator[None]:
    """Our look alone, whatever the settings of the machine."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for setting, value in STYLE.items():
            matplotlib.rcParams[setting] = value
        yield


def _saved(figure: Any, name: str) -> bytes:
    stamps = {"svg": ("Date", "Creator"), "pdf": ("CreationDate", "Creator", "Producer")}
    stream = io.BytesIO()
    figure.savefig(stream, format=name, metadata=dict.fromkeys(stamps[name]))
    return stream.getvalue()


def style_of(number: int) -> dict[str, Any]:
    """Colour and dashes of the curve of that number, from 0."""
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": DASHES[number % len(DASHES)]}


def thinned(count: int, least: int = 0) -> np.ndarray:
    """Which of many points to draw: all of them, or some evenly and more at the beginning."""
    if count <= MOST_POINTS:
        return np.arange(least, count)
    half = MOST_POINTS // 2
    evenly = np.linspace(least, count - 1, half)
    early = np.geomspace(max(least, 1), count - 1, half)
    return np.unique(np.concatenate([[least], evenly, early]).round().astype(int))


def scale_of_losses(axes: Any, losses: np.ndarray) -> None:
    """A logarithmic axis for positive losses far apart; else one that begins at zero, unless some are below."""
    if not losses.size:
        return
    if losses.min() > 0 and losses.max() / losses.min() > SPREAD:
        axes.set_yscale("log")
    elif losses.min() >= 0:
        axes.set_ylim(bottom=0)


def name_curve(artist: Any, name: str) -> None:
    """Give a curve a name in the SVG, by which it can be found there."""
    artist.set_gid(f"curve-{name}")
