"""The engine of scalar networks: the loop of numeric/loops at work for a trainer."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from symbackprop.numeric import lambdify
from symbackprop.numeric.loops import Batch, Moved, ScalarLoop
from symbackprop.training.data import Floats
from symbackprop.training.engines import Plan, Rows


class ScalarEngine:
    """Moves the weights of a scalar network."""

    def __init__(self, plan: Plan) -> None:
        network = plan.derivation.network
        self.names = [s.name for s in network.parameters]
        self.data = columns([plan.data.values[s.name] for s in (*network.inputs, *network.targets)], plan.dtype)
        self.count, many = plan.data.count, self.data.ndim > 1
        self.dtype = plan.dtype
        rule = plan.optimiser.loop_rule()
        self.loop = ScalarLoop(plan.derivation, rule, lambdify(plan.derivation), many, plan.dtype, plan.wanted)
        trained = [w for w in plan.derivation.wrt if w in network.parameters]
        weights = [float(plan.weights[name]) for name in self.names]
        self.moved = Moved(weights, [0.0] * (len(trained) * len(rule.kept)))
        self.quick = self.loop.single_steps(self.moved, self.data)

    @property
    def backend(self) -> str:
        """What it really uses."""
        return self.loop.backend

    @property
    def source(self) -> str:
        """The generated code that runs for all the examples."""
        return self.loop.source(self.count)

    @property
    def weights(self) -> dict[str, Any]:
        """The weights as they are now."""
        return dict(zip(self.names, np.asarray(self.moved.weights, dtype=self.dtype).tolist(), strict=True))

    @property
    def memory(self) -> Any:
        """The weights, what the rule keeps of them, the number of updates, and what chooses the backend."""
        choice = self.loop.choice
        return copy.deepcopy(self.moved), self.loop.is_fast, choice and choice.worth

    def remember(self, memory: Any) -> None:
        """Go on from the memory of another engine of the same plan."""
        moved, self.loop.is_fast, worth = memory
        self.moved = copy.deepcopy(moved)
        if self.loop.choice is not None and worth is not None:
            self.loop.choice.worth = worth
        self.quick = self.loop.single_steps(self.moved, self.data)

    def step(self, rate: float, rows: Rows | None) -> float:
        """One update from these examples, or from all of them; the loss before it."""
        if self.quick is not None:
            try:
                return self.quick(rate)
            except (ArithmeticError, ValueError):
                pass  # NumPy's numbers can do it
        data = self.data if rows is None or self.data.ndim == 1 else np.ascontiguousarray(self.data[:, rows])
        return float(self._run(data, np.array([rate]))[0])

    def run(self, rates: Sequence[float]) -> Floats:
        """An update from all the data for each of the rates; the losses before each, until one is not finite."""
        return self._run(self.data, np.asarray(rates, dtype=float))

    def _run(self, data: Any, rates: Floats) -> Floats:
        count, examples = len(rates), data.shape[1] if data.ndim > 1 else 1
        losses = np.zeros(count, dtype=self.dtype)
        spans = count if data.ndim > 1 else 0
        begun = self.moved.updates
        self.loop.run(self.moved, Batch(data, rates, np.zeros(spans, int), np.full(spans, examples), losses))
        self.quick = self.loop.single_steps(self.moved, self.data)
        return losses[: self.moved.updates - begun + 1]


def columns(values: Sequence[Any], dtype: Any) -> Any:
    """Values of one example as a flat array; of several as one with a row for each name, constants repeated."""
    return np.ascontiguousarray(np.array(np.broadcast_arrays(*values), dtype=dtype))
