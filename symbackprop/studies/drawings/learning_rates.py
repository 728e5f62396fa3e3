"""The losses of a sweep over learning rates, epoch by epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from symbackprop.notation import NameTable
from symbackprop.reporting.numbers import shown
from symbackprop.studies.drawings.canvas import Picture, name_curve, scale_of_losses, style_of, thinned
from symbackprop.studies.learning_rates import LearningRateStudy
from symbackprop.studies.verdict import Course

CEILING = 1e3
"""A loss above so many times the size of the first is cut off: what diverges leaves the picture."""


def pictures(study: LearningRateStudy) -> dict[str, Picture]:
    """The one picture: all rates."""
    return {"losses": Picture(lambda figure: _losses(figure, study))}


def _losses(figure: Any, study: LearningRateStudy) -> None:
    axes = figure.subplots()
    ceiling = CEILING * max(abs(course.first) for course in study.courses.values()) or np.inf
    drawn = []
    for number, (rate, course) in enumerate(study.courses.items()):
        epochs, losses = visible(course, ceiling)
        (curve,) = axes.plot(epochs, losses, label=rate_label(rate), **style_of(number))
        name_curve(curve, f"{rate:g}")
        drawn.append(losses)
    together = np.concatenate(drawn)
    scale_of_losses(axes, together)
    if together.max(initial=-np.inf) > ceiling:
        axes.set_ylim(top=ceiling)
    axes.set_xlim(0, max(1, study.epochs))
    axes.set_xlabel("epoch")
    axes.set_ylabel(loss_label(study.derivation.network.loss.name, study.examples))
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))


def visible(course: Course, ceiling: float) -> tuple[np.ndarray, np.ndarray]:
    """The epochs and losses that are drawn: up to the first above the ceiling, where that is finite."""
    losses = np.asarray(course.losses)
    losses = losses[np.isfinite(losses)]
    beyond = np.flatnonzero(losses > ceiling)
    rows = thinned(int(beyond[0]) + 1 if len(beyond) else len(losses))
    return rows, losses[rows]


def rate_label(rate: float) -> str:
    """A learning rate in a legend."""
    return rf"$\eta = {shown(rate)}$"


def loss_label(loss: str, examples: int) -> str:
    """What stands at the axis of the loss: its symbol, and that it is a mean."""
    symbol = f"${NameTable().latex(loss)}$"
    return symbol if examples == 1 else f"mean {symbol} of {examples} examples"
