"""The perceptrons that are trained: softmax and cross-entropy, float32, gradient descent on one batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

import symbackprop as sb

RATE = 0.1


@dataclass(frozen=True)
class Layers:
    """A perceptron, its batch and its first weights, all float32 and drawn from one seed."""

    sizes: tuple[int, ...]
    batch: int
    activation: str
    tolerance = 2e-5

    @property
    def name(self) -> str:
        """As the table has it."""
        return f"{'-'.join(map(str, self.sizes))}, batch {self.batch:,}, {self.activation}"

    @cached_property
    def inputs(self) -> NDArray[np.float32]:
        """One example a row."""
        return np.random.default_rng(1).standard_normal((self.batch, self.sizes[0]), np.float32)

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """The class of each example."""
        return np.random.default_rng(2).integers(0, self.sizes[-1], self.batch)

    @cached_property
    def targets(self) -> NDArray[np.float32]:
        """The same, one-hot."""
        return sb.one_hot(self.labels, self.sizes[-1]).astype(np.float32)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """New copies of the first weights: W1, b1, W2 …; a bias has shape (1, neurons)."""
        rng, found = np.random.default_rng(3), {}
        for layer, (before, after) in enumerate(pairwise(self.sizes), start=1):
            bound = 1 / np.sqrt(before)
            found[f"W{layer}"] = rng.uniform(-bound, bound, (before, after)).astype(np.float32)
            found[f"b{layer}"] = rng.uniform(-bound, bound, (1, after)).astype(np.float32)
        return found

    @property
    def depth(self) -> int:
        """How many layers of weights."""
        return len(self.sizes) - 1

    @cached_property
    def derivation(self) -> sb.Derivation:
        """Our gradients."""
        net = sb.mlp(list(self.sizes), activation=self.activation, notation="matrix", loss="cross_entropy")
        return sb.derive(net)

    @property
    def data(self) -> dict[str, NDArray[np.float32]]:
        """As our functions take them."""
        return {"X": self.inputs, "Y": self.targets}

    def expected(self, updates: int) -> tuple[float, Mapping[str, Any]]:
        """What training in float64 comes to: the derived gradients, checked elsewhere against numeric differences."""
        f = sb.lambdify(self.derivation)
        data = {name: np.asarray(value, np.float64) for name, value in self.data.items()}
        weights = {name: np.asarray(value, np.float64) for name, value in self.weights().items()}
        loss = np.nan
        for _ in range(updates):
            loss, gradients = f(**data, **weights)
            weights = {name: value - RATE * gradients[name] for name, value in weights.items()}
        return float(loss), weights


CASES = [
    Layers((784, 256, 128, 10), 128, "sigmoid"),
    Layers((784, 256, 128, 10), 128, "relu"),
    Layers((64, 64, 64, 10), 64, "sigmoid"),
    Layers((2, 16, 16, 2), 32, "sigmoid"),
    Layers((2, 64, 64, 2), 1000, "sigmoid"),
]
TINIEST = Layers((2, 16, 16, 2), 32, "sigmoid")
