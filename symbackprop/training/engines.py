"""What makes the updates of a trainer: the derived gradients and an optimiser, with the weights that they move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from symbackprop.calculus import Derivation
from symbackprop.numeric import lambdify
from symbackprop.training.data import Floats
from symbackprop.training.examples import Examples
from symbackprop.training.optimisers import Optimiser

Rows = slice | NDArray[np.intp]
"""Which examples make an update; they have been checked, and there is one at least."""


@dataclass(frozen=True)
class Plan:
    """What an engine is made from: data and first weights of one dtype, checked, and how the weights are moved.

    ``wanted`` is the backend asked for: "auto", "numpy" or "numba". The engine keeps the arrays of the weights for
    itself.
    """

    derivation: Derivation
    data: Examples
    weights: dict[str, Any]
    optimiser: Optimiser
    dtype: np.dtype[Any]
    wanted: str


class Engine(Protocol):
    """Moves the weights of one network. ``backend`` is what it really uses, ``source`` the code that runs."""

    @property
    def backend(self) -> str:
        """ "numpy" or "numba"."""

    @property
    def source(self) -> str:
        """The generated code."""

    @property
    def weights(self) -> dict[str, Any]:
        """The weights as they are now: numbers, and arrays where they are matrices."""

    def step(self, rate: float, rows: Rows | None) -> float:
        """One update from these examples, or from all of them; the loss before it.

        Where the loss is not finite the weights stay as they are.
        """

    def run(self, rates: Sequence[float]) -> Floats:
        """An update from all the data for each of the rates; the losses before each, until one is not finite."""


class GeneralEngine:
    """The compiled gradients, then the optimiser, one call each an update: right for every network."""

    backend = "numpy"

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.function = lambdify(plan.derivation)
        self.source = f"{self.function.source}\n\n{plan.optimiser.source}"
        self.moved: dict[str, Any] = dict(plan.weights)
        self.trained = [w.name for w in plan.derivation.wrt if w.name in self.moved]
        self.state = plan.optimiser.start({name: self.moved[name] for name in self.trained})

    @property
    def weights(self) -> dict[str, Any]:
        """The weights as they are now."""
        return {name: value.copy() if np.ndim(value) else value for name, value in self.moved.items()}

    def step(self, rate: float, rows: Rows | None) -> float:
        """One update from these examples, or from all of them; the loss before it."""
        values = self.plan.data.values if rows is None else taken(self.plan.data, rows)
        with np.errstate(all="ignore"):
            forward, gradients = self.function.again({**values, **self.moved})
            loss = float(np.mean(forward[self.function.loss]))
            if np.isfinite(loss):
                found = {name: gradients[name] for name in self.trained}
                self.moved, self.state = self.plan.optimiser.step(self.moved, found, self.state, rate)
        return loss

    def run(self, rates: Sequence[float]) -> Floats:
        """An update from all the data for each of the rates; the losses before each."""
        losses = np.empty(len(rates))
        for k, rate in enumerate(rates):
            losses[k] = self.step(rate, None)
            if not np.isfinite(losses[k]):
                return losses[: k + 1]
        return losses


def taken(data: Examples, rows: Rows) -> dict[str, Any]:
    """The data of some of the examples."""
    return {
        name: _along(value, rows, data.axes[name]) if name in data.axes else value
        for name, value in data.values.items()
    }


def _along(value: Floats, rows: Rows, axis: int) -> Floats:
    if isinstance(rows, slice):
        return value[(slice(None),) * axis + (rows,)]
    return value.take(rows, axis=axis)
