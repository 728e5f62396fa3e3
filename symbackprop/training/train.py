"""Gradient descent with derived gradients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import Diverged
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.training.data import Floats, checked_data, checked_epochs, checked_parameters, checked_rate
from symbackprop.training.history import TrainingHistory

Progress = Callable[[int, float], None]


def train(
    derivation: Derivation,
    data: Mapping[Any, Any] | None = None,
    *,
    initial: Mapping[Any, Any] | None = None,
    learning_rate: float,
    epochs: int,
    progress: Progress | None = None,
) -> TrainingHistory:
    """Train by gradient descent, w ← w − η·∂E/∂w, on one example or on a whole batch.

    Parameters
    ----------
    derivation
        Gradients by every parameter of the network (``derive(net)``).
    data
        Inputs and targets by name: numbers for one example, flat arrays with one entry an example for a batch, whose
        mean loss is then minimised. The network's own values stand in for what is missing.
    initial
        The first value of each parameter, by name.
    learning_rate, epochs
        η > 0, and the number of updates.
    progress
        Called as ``progress(epoch, loss)`` after each epoch.

    Raises DataError where values are missing, unknown, ragged or not finite, and Diverged, which keeps the history,
    where the loss or a weight becomes NaN or infinite.
    """
    history = descend(derivation, data, initial, learning_rate, epochs, progress)
    if history.diverged_at is not None:
        raise Diverged(
            "diverged",
            f"{history.loss} is no longer finite after {history.diverged_at} updates at rate {learning_rate:g}",
            f"try a smaller learning rate, such as {learning_rate / 10:g}",
            history=history,
        )
    return history


def descend(
    derivation: Derivation,
    data: Mapping[Any, Any] | None,
    initial: Mapping[Any, Any] | None,
    learning_rate: float,
    epochs: int,
    progress: Progress | None = None,
    function: GradientFunction | None = None,
) -> TrainingHistory:
    """Like ``train``, but a history that diverged is returned, cut off where it did.

    ``function`` is the derivation compiled, where the caller has it already.
    """
    require_derivation(derivation, "train")
    network = derivation.network
    values = checked_data(derivation, data)
    weights = checked_parameters(network, initial)
    rate, count = checked_rate(learning_rate), checked_epochs(epochs)
    function = function or lambdify(derivation)
    trained = [w.name for w in derivation.wrt if w.name in weights]
    tables = _Tables(count + 1, trained)
    diverged_at = None
    with np.errstate(all="ignore"):
        for epoch in range(count + 1):
            forward, gradients = function.forward_backward(**values, **weights)
            loss = np.mean(forward[network.loss.name])
            tables.write(epoch, weights, forward, gradients, loss)
            if not np.isfinite(loss) or not all(np.isfinite(gradients[name]) for name in trained):
                diverged_at = epoch
                break
            if epoch < count:
                weights = {n: w - rate * gradients[n] if n in gradients else w for n, w in weights.items()}
            if progress is not None:
                progress(epoch, float(loss))
    return tables.history(derivation, rate, values, diverged_at)


class _Tables:
    """Arrays with a row an epoch, made at the first row and filled as training goes."""

    def __init__(self, rows: int, trained: list[str]) -> None:
        self.rows = rows
        self.written = 0
        self.losses = np.empty(rows)
        self.gradients = {name: np.empty(rows) for name in trained}
        self.parameters: dict[str, Floats] = {}
        self.forward: dict[str, Floats] = {}

    def write(
        self,
        epoch: int,
        weights: Mapping[str, Floats],
        forward: Mapping[str, Any],
        gradients: Mapping[str, Any],
        loss: Any,
    ) -> None:
        if epoch == 0:
            self.parameters = {name: np.empty(self.rows) for name in weights}
            self.forward = {name: np.empty((self.rows, *np.shape(value))) for name, value in forward.items()}
        self.losses[epoch] = loss
        for table, row in ((self.parameters, weights), (self.forward, forward)):
            for name, value in row.items():
                table[name][epoch] = value
        for name, values in self.gradients.items():
            values[epoch] = gradients[name]
        self.written = epoch + 1

    def history(
        self, derivation: Derivation, rate: float, data: Mapping[str, Floats], diverged_at: int | None
    ) -> TrainingHistory:
        loss = derivation.network.loss.name
        forward = {name: values[: self.written] for name, values in self.forward.items()}
        if forward[loss].ndim == 1:
            forward.pop(loss)
        return TrainingHistory(
            network=derivation.network.name,
            loss=loss,
            learning_rate=rate,
            data=dict(data),
            forward=forward,
            losses=self.losses[: self.written],
            parameters={name: values[: self.written] for name, values in self.parameters.items()},
            gradients={name: values[: self.written] for name, values in self.gradients.items()},
            diverged_at=diverged_at,
        )
