"""The loss along one parameter, its slope at some places, and the steps of gradient descent on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbackprop.notation import NameTable
from symbackprop.studies.drawings.canvas import COLOURS, GUIDE, INK, Picture, name_curve
from symbackprop.studies.drawings.learning_rates import loss_label, rate_label
from symbackprop.studies.loss_curve import Descent, LossCurveStudy

TANGENTS = 5
STEPS = 12
"""So many steps are drawn; the rest would lie on top of one another, or outside."""
MOST_PANELS = 6


def pictures(study: LossCurveStudy) -> dict[str, Picture]:
    """The curve with some of its tangents, and the curve again with the steps at each rate."""
    made = {"curve": Picture(lambda figure: _curve(figure, study), 2.9)}
    if study.descents:
        rows = -(-len(shown(study)) // _columns(study))
        made["steps"] = Picture(lambda figure: _steps(figure, study), 0.5 + 2.0 * rows)
    return made


def shown(study: LossCurveStudy) -> tuple[Descent, ...]:
    """The descents that have a panel."""
    return study.descents[:MOST_PANELS]


def _columns(study: LossCurveStudy) -> int:
    """How many panels stand side by side, so that as few places as can be stay empty."""
    return min(len(shown(study)), 2 if len(shown(study)) in (2, 4) else 3)


def tangent_places(study: LossCurveStudy) -> list[float]:
    """Where the slope is shown: evenly along the interval, at points of the curve."""
    places = np.asarray(study.places)
    wanted = np.linspace(places[0], places[-1], TANGENTS + 2)[1:-1]
    return [float(places[np.argmin(np.abs(places - place))]) for place in wanted]


def _curve(figure: Any, study: LossCurveStudy) -> None:
    axes = figure.subplots()
    (curve,) = axes.plot(study.places, study.losses, color=COLOURS[0], zorder=3)
    name_curve(curve, "loss")
    reach = (study.places[-1] - study.places[0]) / 11
    for place in tangent_places(study):
        loss, slope = study.at(place)
        ends = np.array([place - reach, place + reach])
        axes.plot(ends, loss + slope * (ends - place), color=COLOURS[1], linewidth=1.0, zorder=4)
        axes.plot([place], [loss], "o", color=COLOURS[1], markersize=3.2, zorder=5)
    for place, loss in study.minima:
        axes.plot([place], [loss], "v", color=INK, markersize=6, zorder=6)
        axes.annotate("minimum", (place, loss), (0, 9), textcoords="offset points", ha="center", fontsize=8.5)
    _frame(axes, study)
    axes.set_ylabel(loss_label(study.derivation.network.loss.name, study.examples))
    axes.set_xlabel(f"${NameTable().latex(study.parameter)}$")


def _steps(figure: Any, study: LossCurveStudy) -> None:
    descents = shown(study)
    columns = _columns(study)
    rows = -(-len(descents) // columns)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    for axes in panels.flat[len(descents) :]:
        axes.set_visible(False)
    for axes, descent in zip(panels.flat, descents, strict=False):
        axes.plot(study.places, study.losses, color=GUIDE, linewidth=1.0)
        places, losses = (np.asarray(v)[: STEPS + 1] for v in (descent.places, descent.course.losses))
        (curve,) = axes.plot(places, losses, "-", color=COLOURS[1], linewidth=0.9, zorder=3)
        name_curve(curve, f"steps-{descent.rate:g}")
        axes.plot(places, losses, "o", color=COLOURS[1], markersize=2.6, zorder=4)
        axes.plot(places[:1], losses[:1], "s", color=INK, markersize=4, zorder=5)
        axes.set_title(rate_label(descent.rate), pad=3)
        _frame(axes, study)
    symbol = NameTable().latex(study.derivation.network.loss.name)
    for axes in panels[:, 0]:
        axes.set_ylabel(f"${symbol}$")
    for axes in panels.flat[max(0, len(descents) - columns) : len(descents)]:
        axes.set_xlabel(f"${NameTable().latex(study.parameter)}$")
        axes.xaxis.set_tick_params(labelbottom=True)


def _frame(axes: Any, study: LossCurveStudy) -> None:
    """The interval, and the losses on it; steps that lead out of it leave the picture."""
    losses = np.asarray(study.losses)[np.isfinite(study.losses)]
    low, high = float(losses.min()), float(losses.max())
    room = 0.08 * (high - low or 1.0)
    axes.set_xlim(study.places[0], study.places[-1])
    axes.set_ylim(low - room, high + room)
