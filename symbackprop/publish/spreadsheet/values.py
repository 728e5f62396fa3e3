"""The numbers beside the formulas, which programs show that work nothing out: those of the training, in float64."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from symbackprop.numeric.evaluate import evaluate
from symbackprop.publish.spreadsheet.columns import EPOCH, Column, Group, Plan
from symbackprop.training import TrainingHistory

Floats = NDArray[np.float64]


def numbers(plan: Plan, history: TrainingHistory, rows: int) -> Floats:
    """A row an epoch and a column each; NaN where a spreadsheet tells an error, as of what overflows.

    What training computed is taken from its history; error signals and the gradients of single examples are worked out
    at its weights. Where the history ends before that many ``rows``, as it diverged, it is gone on with.
    """
    known = min(rows, len(history))
    table = np.full((rows, len(plan.columns)), np.nan)
    weights = {name: np.asarray(values[:known], dtype=float) for name, values in history.parameters.items()}
    table[:known] = _worked_out(plan, history, weights, dict(_told(plan, history, known)))
    learnt = [column for column in plan.columns if column.group is Group.WEIGHTS]
    for row in range(known, rows):
        moved = {column.name: np.array([_moved(plan, table[row - 1], column, history)]) for column in learnt}
        table[row] = _worked_out(plan, history, moved, {})[0]
        table[row, plan.places[EPOCH, 0]] = row
    return table


def _moved(plan: Plan, before: Floats, weight: Column, history: TrainingHistory) -> float:
    """A weight after an update from the row before."""
    value = float(before[plan.places[weight.name, 0]])
    gradient = plan.gradients.get(weight.name)
    return value if gradient is None else value - history.learning_rate * float(before[plan.mean(gradient)])


def _told(plan: Plan, history: TrainingHistory, rows: int) -> Iterator[tuple[int, Floats]]:
    """The columns that a history has, by their positions."""
    yield plan.loss, history.losses[:rows]
    for name, gradient in plan.gradients.items():
        if name in history.gradients:
            yield plan.mean(gradient), history.gradients[name][:rows]
    if len(history.forward_epochs) == len(history):
        for name, values in history.forward.items():
            for example in range(1, plan.examples + 1):
                place = plan.places.get((name, example))
                if place is not None:
                    yield place, values[:rows] if values.ndim == 1 else values[:rows, example - 1]


def _worked_out(
    plan: Plan, history: TrainingHistory, weights: Mapping[str, Floats], told: Mapping[int, Floats]
) -> Floats:
    """All columns at some weights, one row each; what is ``told`` is not worked out."""
    rows = len(next(iter(weights.values())))
    table = np.empty((rows, len(plan.columns)))
    for place, column in enumerate(plan.columns):
        found: Floats | float
        if place in told:
            found = told[place]
        elif column.name == EPOCH:
            found = np.arange(rows, dtype=float)
        elif column.name in weights:
            found = weights[column.name]
        elif column.is_mean:
            found = table[:, plan.each(column.name)].mean(axis=1)
        elif column.value is None:
            found = _given(history, column)
        else:
            read = plan.read(column)
            found = evaluate(column.value, {name: table[:, at] for name, at in read.items()})
            found = np.where(np.isnan(table[:, list(read.values())]).any(axis=1), np.nan, found)
        table[:, place] = np.where(np.isfinite(found), found, np.nan)
    return table


def _given(history: TrainingHistory, column: Column) -> float:
    """An input or a target, of its example."""
    return float(np.ravel(history.data[column.name])[column.example - 1 if column.example else 0])
