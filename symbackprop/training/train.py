"""Gradient descent with derived gradients."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import Diverged
from symbackprop.network.network import Network
from symbackprop.notation import text
from symbackprop.numeric import GradientFunction, lambdify
from symbackprop.training.data import Floats, checked_epochs, checked_rate
from symbackprop.training.history import TrainingHistory
from symbackprop.training.start import start
from symbackprop.training.tables import MOST_NUMBERS, Tables

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
        mean loss is then minimised; arrays of the shapes of their names, where these are matrices. The network's own
        values stand in for what is missing.
    initial
        The first value of each parameter, by name. What is given is copied, never changed.
    learning_rate, epochs
        η > 0, and the number of updates.
    progress
        Called as ``progress(epoch, loss)`` after each epoch.

    Raises DataError where values are missing, unknown, ragged or not finite, and Diverged, which keeps the history,
    where the loss or a weight becomes NaN or infinite.
    """
    history = descend(derivation, data, initial, learning_rate, epochs, progress)
    if history.diverged_at == 0:
        what, fix = _first_broken(derivation.network, history)
        raise Diverged("diverged", what, fix, history=history)
    if history.diverged_at is not None:
        raise Diverged(
            "diverged",
            f"{history.loss} is no longer finite after {history.diverged_at} updates at rate {learning_rate:g}",
            f"try a smaller learning rate, such as {learning_rate / 10:g}",
            history=history,
        )
    return history


def _first_broken(network: Network, history: TrainingHistory) -> tuple[str, str]:
    """What is not finite before any update, where no learning rate is to blame, and what to look at."""
    loss = history.loss
    values = {name.name: history.forward.get(name.name, history.losses)[0] for name in network.equations}
    broken = next((name for name, value in values.items() if not np.isfinite(value).all()), None)
    if broken is None:
        w = next(name for name, gradient in history.gradients.items() if not np.isfinite(gradient[0]).all())
        return (
            f"the gradient of {loss} by {w} is not finite at the first values, before any update",
            "give other first values: the loss may have no derivative there",
        )
    what = f"{loss} is not finite at the first values, before any update"
    if broken != loss:
        what += f": {broken} is the first value that is not"
    written = text(network.equations[network.symbol(broken)], order=network.order, unicode=False)
    return what, f"look at {broken} = {written:.60}, and at what goes into it"


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
    values, weights = start(derivation, data, initial)
    rate, count = checked_rate(learning_rate), checked_epochs(epochs)
    function = function or lambdify(derivation)
    trained = [w.name for w in derivation.wrt if w.name in weights]
    tables, diverged_at = None, None
    with np.errstate(all="ignore"):
        for epoch in range(count + 1):
            forward, found = function.again({**values, **weights})
            gradients = {name: found[name] for name in trained}
            loss = np.mean(forward[network.loss.name])
            if tables is None:
                tables = Tables(count + 1, weights, forward, gradients, MOST[network.dialect])
            tables.write(weights, forward, gradients, loss)
            if not np.isfinite(loss) or not all(np.isfinite(gradient).all() for gradient in gradients.values()):
                diverged_at = epoch
                break
            if epoch < count:
                weights = {n: w - rate * gradients[n] if n in gradients else w for n, w in weights.items()}
            if progress is not None:
                progress(epoch, float(loss))
    assert tables is not None
    return _history(derivation, rate, values, tables, diverged_at)


MOST: Mapping[str, float] = {"scalar": math.inf, "matrix": MOST_NUMBERS}
"""By dialect, how many numbers of the weights and of the forward values are kept; named scalars never are too many."""


def _history(
    derivation: Derivation, rate: float, data: Mapping[str, Floats], tables: Tables, diverged_at: int | None
) -> TrainingHistory:
    loss = derivation.network.loss.name
    forward = tables.forward.values
    if forward[loss].ndim == 1:
        forward.pop(loss)
    return TrainingHistory(
        network=derivation.network.name,
        loss=loss,
        learning_rate=rate,
        data=dict(data),
        forward=forward,
        losses=tables.losses[: tables.parameters.written],
        parameters=tables.parameters.values,
        gradients=tables.gradients.values,
        weight_epochs=tables.parameters.epochs,
        forward_epochs=tables.forward.epochs,
        diverged_at=diverged_at,
    )
