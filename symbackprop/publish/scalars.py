"""The evidence of a scalar network: its first example in numbers, training, and training on one example alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.numeric import GradientFunction
from symbackprop.numeric.evaluate import evaluate, evaluate_all, forward, gradient_forms, with_signals
from symbackprop.numeric.facts import check_facts
from symbackprop.publish.choices import choices
from symbackprop.publish.graph_numbers import graph_numbers
from symbackprop.reporting import FirstStep, Run
from symbackprop.training import TrainingHistory
from symbackprop.training.data import checked_data, checked_parameters
from symbackprop.training.recipe import Recipe
from symbackprop.training.train import descend
from symbackprop.verification.differences import analytic_names
from symbackprop.verification.sampled import numeric_gradients

EPOCHS_ALONE = 100
ROUNDING = 1e-15


def scalar_evidence(
    derivation: Derivation,
    function: GradientFunction,
    given: Mapping[str, Any],
    history: TrainingHistory | None,
    sweep: Sequence[TrainingHistory],
) -> dict[str, Any]:
    """The fields of the evidence that need values."""
    if derivation.network.outputs:  # of which nothing is a mean over examples
        given = {name: np.ravel(value)[0] for name, value in given.items()}
    first = _first_step(derivation, given, function)
    alone = history is not None and first.examples > 1
    return {
        "graph": graph_numbers(derivation, first.values),
        "first": first,
        "given": {name: _plain(value) for name, value in given.items()},
        "alone": _alone(derivation, history, sweep, function) if alone and history is not None else (),
    }


def scalar_run(history: TrainingHistory) -> Run:
    """Training at one rate."""
    return Run(
        learning_rate=history.learning_rate,
        epochs=history.epochs,
        parameters=_lists(history.parameters),
        gradients=_lists(history.gradients),
        values=_lists({name: values for name, values in history.forward.items() if values.ndim == 1}),
        losses=[float(v) for v in history.losses],
        diverged_at=history.diverged_at,
        **choices(history),
    )


def _plain(value: Any) -> float | tuple[float, ...]:
    array = np.asarray(value, dtype=float)
    return tuple(map(float, array)) if array.ndim else float(array)


def _without_rounding(value: float) -> float:
    """0.2 - 0.3 + 0.1 is 0, not 5.6e-17."""
    return 0.0 if abs(value) < ROUNDING else value


def _lists(columns: Mapping[str, Any]) -> dict[str, list[float]]:
    return {name: [float(v) for v in values] for name, values in columns.items()}


def _alone(
    derivation: Derivation, history: TrainingHistory, sweep: Sequence[TrainingHistory], function: GradientFunction
) -> tuple[Run, ...]:
    """Training on the first example alone, at the rate of the batch and then at the others."""
    data = {name: float(np.ravel(values)[0]) for name, values in history.data.items()}
    initial = {name: float(values[0]) for name, values in history.parameters.items()}
    rates = dict.fromkeys([history.learning_rate, *(one.learning_rate for one in sweep)])
    epochs = min(history.epochs, EPOCHS_ALONE)
    recipe = Recipe(history.optimiser, history.schedule)
    return tuple(
        scalar_run(descend(derivation, data, initial, rate, epochs, function=function, recipe=recipe)) for rate in rates
    )


def _first_step(derivation: Derivation, given: Mapping[str, Any], function: GradientFunction) -> FirstStep:
    network = derivation.network
    data = checked_data(derivation, given)
    weights = checked_parameters(network, given)
    batch = {**data, **weights}
    check_facts(derivation, batch)
    examples = max((array.shape[0] for array in batch.values() if array.ndim), default=1)
    point = {name: float(array[0]) if array.ndim else float(array) for name, array in batch.items()}
    values = {name: _without_rounding(float(value)) for name, value in forward(network, point).items()}
    known = with_signals(derivation, values)
    swept = derivation.swept.adjoint
    adjoints = dict(zip(swept, evaluate_all(swept.values(), known), strict=True))
    found, compiled = function(reduction="mean", check_facts=True, **batch)
    loss = values[network.loss.name] if network.outputs else found
    smooth = frozenset(s.name for s in analytic_names(network))
    rows = [{name: float(a[k]) if a.ndim else float(a) for name, a in batch.items()} for k in range(examples)]
    numeric = [numeric_gradients(network, row, list(compiled), smooth) for row in rows]
    return FirstStep(
        values=values,
        signals={delta.name: float(known[delta.name]) for delta in derivation.backward},
        links={(u.name, v.name): float(evaluate(e, values)) for (u, v), e in derivation.local.items()},
        adjoints={name.name: float(value) for name, value in adjoints.items()},
        gradients={name: float(g) for name, g in compiled.items()},
        numeric={name: float(np.mean([row[name] for row in numeric])) for name in compiled},
        closed={
            name: float(np.mean(np.broadcast_to(g, (examples,))))
            for name, g in gradient_forms(derivation, batch)["closed"].items()
        },
        examples=examples,
        loss=float(loss),
    )
