"""Updates from many examples at once, on NumPy's arrays: the gradients of the usual module, then the rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.numeric.gradient_function import GradientFunction
from symbackprop.numeric.loops.batch import Batch, Moved
from symbackprop.numeric.loops.update import UpdateRule


class Vector:
    """All examples of an update at once."""

    def __init__(self, derivation: Derivation, rule: UpdateRule, function: GradientFunction) -> None:
        network = derivation.network
        self.rule, self.function = rule, function
        self.forward_backward = function.module["forward_backward"]
        leaves = [s.name for s in (*network.inputs, *network.targets, *network.parameters)]
        self.order = [leaves.index(name) for name in function.names]
        self.loss = list(network.equations).index(network.loss)
        weights = [s.name for s in network.parameters]
        self.trained = [k for k, w in enumerate(function.wrt) if w in weights]
        self.places = [weights.index(function.wrt[k]) for k in self.trained]

    @property
    def source(self) -> str:
        """The code that runs."""
        return f"{self.function.source}\n\n{self.rule.source}"

    def run(self, moved: Moved, batch: Batch) -> None:
        """An update for each rate, in place, up to a loss that is not finite."""
        weights = moved.weights = np.asarray(moved.weights, dtype=batch.data.dtype)
        kept = np.asarray(moved.kept, dtype=batch.data.dtype).reshape(len(self.places), len(self.rule.kept)).T
        with np.errstate(all="ignore"):
            for k, rate in enumerate(batch.rates):
                data = batch.data[:, batch.begins[k] : batch.ends[k]]
                forward, gradient = self._computed(data, weights, batch, k)
                batch.losses[k] = loss = _mean(forward[self.loss])
                if not np.isfinite(loss) or (batch.record is not None and k == batch.record.moves):
                    break
                weights[self.places], found = self.rule.update(
                    weights[self.places], gradient, float(rate), moved.updates + k + 1, *kept
                )
                kept = np.array(found, dtype=batch.data.dtype).reshape(kept.shape)
        moved.kept = kept.T.ravel()

    def _computed(self, data: Any, weights: Any, batch: Batch, k: int) -> tuple[Sequence[Any], Any]:
        values = [*data, *weights]
        forward, gradients = self.forward_backward(*[values[place] for place in self.order])
        gradient = np.array([_mean(gradients[j]) for j in self.trained], dtype=batch.data.dtype)
        if batch.record is not None:
            for j, value in enumerate(forward):
                batch.record.values[k, :, j] = value
            batch.record.parameters[k] = weights
            batch.record.gradients[k] = gradient
        return forward, gradient


def _mean(values: Any) -> Any:
    """The mean over the examples; what is the same for all of them is one number."""
    return np.add.reduce(values) / len(values) if np.ndim(values) else values
