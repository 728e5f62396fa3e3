"""Dots of times relative to ours, a panel a row, on an axis of powers; shapes tell what colours do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from benchmark.outcome.select import Group, groups, rows
from benchmark.records import Record, ratio

STYLES = {"ours": ("#0072B2", "o"), "peer": ("#D55E00", "s"), "limit": ("#555555", "D")}
"""By kind: a colour of Okabe and Ito's palette, and a shape."""

REFERENCES = {"steps": "ours, NumPy", "tiny": "ours, plain Python", "derive": "ours"}
"""By part, whose time is 1."""

TITLES = {
    "steps": "Seconds of a training step,\nas multiples of generated NumPy's",
    "tiny": "Seconds of an update of the 2-2-2 network,\nas multiples of generated Python's",
    "derive": "Seconds of deriving all gradients, as multiples of ours",
}


def draw(records: Sequence[Record], folder: Path) -> list[str]:
    """One file a part that was measured; the same records give the same bytes. Returns the names of the files."""
    written = []
    with mpl.rc_context({"svg.hashsalt": "symbackprop", "font.size": 9, "svg.fonttype": "path"}):
        for part, reference in REFERENCES.items():
            found = [group for group in groups(records, part) if group.get(reference)]
            if found:
                _figure(found, reference, TITLES[part]).savefig(folder / f"{part}.svg", metadata={"Date": None})
                written.append(f"{part}.svg")
    return written


def _figure(found: Sequence[Group], reference: str, title: str) -> Figure:
    """A panel for each row, two in a line."""
    panels = [[group for group in found if group.row == row] for row in rows(found)]
    across = min(2, len(panels))
    down = -(-len(panels) // across)
    most = max(len(_names(panel)) for panel in panels)
    figure = Figure(figsize=(4.7 * across + 0.6, 1 + down * (0.7 + 0.24 * most)), layout="constrained")
    grid = figure.subplots(down, across, squeeze=False).ravel()
    for axes, panel in zip(grid, panels, strict=False):
        _panel(axes, panel, reference)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    figure.suptitle(title, fontsize=11, x=0.01, ha="left")
    handles, labels = _legend(found)
    figure.legend(handles, labels, loc="outside lower left", ncols=len(labels), frameon=False, fontsize=8)
    return figure


def _names(here: Sequence[Group]) -> list[str]:
    """All contestants that have a time, or ran into a limit."""
    return list(dict.fromkeys(r.contestant for group in here for r in group.records if r.seconds))


def _panel(axes: Axes, here: Sequence[Group], reference: str) -> None:
    """Filled dots for one thread, open ones for two, a little apart; lines show the middle half of the rounds."""
    names = _names(here)
    for k, group in enumerate(here):
        ours = group.get(reference)
        assert ours is not None
        for record in group.records:
            if not record.seconds:
                continue
            colour, shape = STYLES[record.kind]
            height = names.index(record.contestant) + 0.28 * (k - (len(here) - 1) / 2)
            filled = colour if group.threads == 1 else "white"
            if record.status == "over":
                middle, shape = record.seconds[0] / ours.median, ">"
            else:
                multiple = ratio(record, ours)
                middle = multiple.median
                axes.plot([multiple.low, multiple.high], [height] * 2, color=colour, linewidth=1.2, zorder=2)
            axes.plot(middle, height, shape, color=colour, markerfacecolor=filled, markersize=5, zorder=3)
    axes.set_title(here[0].row, fontsize=9, loc="left")
    axes.axvline(1, color="#0072B2", linewidth=0.8, zorder=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="both", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    low, high = axes.get_xlim()
    steps = (1.0, 2.0, 5.0) if high / low < 200 else (1.0,)
    axes.xaxis.set_major_locator(LogLocator(subs=steps))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}×"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _legend(found: Sequence[Group]) -> tuple[list, list[str]]:
    """Kinds by colour and shape; threads by filling, where there are two numbers of them."""
    words = {"ours": "ours", "peer": "others", "limit": "the limit"}
    kinds = [kind for kind in STYLES if any(r.kind == kind for group in found for r in group.measured)]
    handles = [Line2D([], [], linestyle="", color=STYLES[k][0], marker=STYLES[k][1], markersize=5) for k in kinds]
    labels = [words[kind] for kind in kinds]
    if any(record.status == "over" for group in found for record in group.records):
        handles.append(Line2D([], [], linestyle="", color=STYLES["peer"][0], marker=">", markersize=5))
        labels.append("over the time limit")
    if len({group.threads for group in found}) > 1:
        for filling, word in (("#333333", "one thread"), ("white", "two threads")):
            handles.append(
                Line2D([], [], linestyle="", color="#333333", marker="o", markerfacecolor=filling, markersize=5)
            )
            labels.append(word)
    return handles, labels
