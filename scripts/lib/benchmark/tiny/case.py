"""The network, its example, and what its weights are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

import symbackprop as sb

RATE = 0.5
WEIGHTS = ("w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "b1", "b2")
DATA = ("i1", "i2", "t1", "t2")


@dataclass(frozen=True)
class Tiny:
    """The example that ships, at the values of its file."""

    name = "2-2-2, one example"
    tolerance = 1e-10

    @cached_property
    def derivation(self) -> sb.Derivation:
        """Our gradients."""
        return sb.derive(sb.load_example("two-layer-bias"))

    @cached_property
    def values(self) -> dict[str, float]:
        """Data and first weights by name."""
        return {name: float(value) for name, value in self.derivation.network.values.items()}

    def weights(self) -> dict[str, float]:
        """The first weights: w1 … w8, and one bias a layer."""
        return {name: self.values[name] for name in WEIGHTS}

    @property
    def data(self) -> dict[str, float]:
        """The example."""
        return {name: self.values[name] for name in DATA}

    def expected(self, updates: int) -> tuple[float, Mapping[str, float]]:
        """What the gradient function comes to, call by call."""
        f, weights, loss = sb.lambdify(self.derivation), self.weights(), np.nan
        for _ in range(updates):
            loss, gradients = f(**self.data, **weights)
            weights = {name: value - RATE * float(gradients[name]) for name, value in weights.items()}
        return float(loss), weights

    def matrices(self) -> tuple[NDArray[np.float64], ...]:
        """The same as vectors and matrices: i, t, W1, W2, b1, b2, with h = W1 i + b1; a bias is for both neurons."""
        v = self.values
        i, t = np.array([v["i1"], v["i2"]]), np.array([v["t1"], v["t2"]])
        w1, w2 = (np.array([[v[f"w{k}"], v[f"w{k + 1}"]], [v[f"w{k + 2}"], v[f"w{k + 3}"]]]) for k in (1, 5))
        return i, t, w1, w2, np.array(v["b1"]), np.array(v["b2"])


def named(w1, w2, b1, b2) -> dict[str, float]:
    """Matrices as the ten weights that they hold."""
    return dict(zip(WEIGHTS, (float(x) for x in (*np.ravel(w1), *np.ravel(w2), b1, b2)), strict=True))
