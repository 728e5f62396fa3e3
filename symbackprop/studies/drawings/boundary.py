"""The output of a network over the plane of its inputs, and the cost of its training."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbackprop.notation import NameTable
from symbackprop.studies.boundary import BoundaryStudy
from symbackprop.studies.drawings.canvas import COLOURS, INK, Picture, name_curve, scale_of_losses, thinned
from symbackprop.studies.drawings.learning_rates import loss_label

SHADES = ("#EFF5FA", "#D5E5F1", "#F3CBA8", "#DD9E6F")
"""Blue below one half and orange above; darker and darker, so that grey print has an order, too."""
EVEN = "#EEEEEE"
LEVELS = (0.25, 0.5, 0.75)


def pictures(study: BoundaryStudy) -> dict[str, Picture]:
    """The plane, and the cost."""
    return {
        "plane": Picture(lambda figure: _plane(figure, study), 3.5),
        "cost": Picture(lambda figure: _cost(figure, study), 2.6),
    }


def _plane(figure: Any, study: BoundaryStudy) -> None:
    axes = figure.subplots()
    names = NameTable()
    axes.grid(False)
    if not study.flat:
        axes.contourf(*study.grid, study.values, levels=[-np.inf, *LEVELS, np.inf], colors=SHADES)
        if study.values.min() < study.half < study.values.max():
            lines = axes.contour(*study.grid, study.values, levels=[study.half], colors=[INK], linewidths=1.6)
            name_curve(lines, "boundary")
    else:
        axes.set_facecolor(EVEN)
    for side, marker, colour in ((False, "o", COLOURS[0]), (True, "X", COLOURS[1])):
        points = [p for p, t in zip(study.examples, study.targets, strict=True) if (t > study.half) == side]
        if points:
            x, y = zip(*points, strict=True)
            axes.plot(
                x, y, marker, color=colour, markersize=8, markeredgecolor="white", markeredgewidth=0.9, zorder=5,
                linestyle="none", clip_on=False, label=f"${names.latex(study.target)} {'>' if side else '<'} 1/2$",
            )  # fmt: skip
    axes.set_xlim(study.grid[0][0], study.grid[0][-1])
    axes.set_ylim(study.grid[1][0], study.grid[1][-1])
    axes.set_aspect("equal", adjustable="box")
    for label, name in zip((axes.set_xlabel, axes.set_ylabel), study.inputs, strict=True):
        label(f"${names.latex(name)}$")
    axes.locator_params(nbins=5)
    handles, labels = axes.get_legend_handles_labels()
    output = names.latex(study.output)
    if study.flat:
        handles, labels = [*handles, _patch(EVEN)], [*labels, f"${output} = 1/2$"]
    else:
        handles, labels = [*handles, *_key()], [*labels, *_ranges(output)]
    axes.legend(handles, labels, loc="center left", bbox_to_anchor=(1.02, 0.5), handlelength=1.6)


def _key() -> list[Any]:
    from matplotlib.lines import Line2D

    return [Line2D([], [], color=INK, linewidth=1.6), *map(_patch, SHADES)]


def _patch(shade: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=shade, edgecolor="#BBBBBB", linewidth=0.4)


def _ranges(output: str) -> list[str]:
    low, half, high = LEVELS
    return [
        rf"${output} = 1/2$", rf"${output} < {low:g}$", rf"${low:g} < {output} < {half:g}$",
        rf"${half:g} < {output} < {high:g}$", rf"${output} > {high:g}$",
    ]  # fmt: skip


def _cost(figure: Any, study: BoundaryStudy) -> None:
    axes = figure.subplots()
    losses = np.asarray(study.course.losses)
    rows = thinned(len(losses))
    rows = rows[np.isfinite(losses[rows])]
    (curve,) = axes.plot(rows, losses[rows], color=COLOURS[0])
    name_curve(curve, "cost")
    scale_of_losses(axes, losses[rows])
    axes.set_xlim(0, max(1, len(losses) - 1))
    axes.set_xlabel("epoch")
    axes.set_ylabel(loss_label(study.derivation.network.loss.name, len(study.examples)))
