"""The engine of matrix networks: the steps of numeric/tuned at work for a trainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbackprop.numeric.tuned import Choice, MatrixStepper
from symbackprop.training.data import Floats
from symbackprop.training.engines import Plan, Rows


class MatrixEngine:
    """Moves the weights of a matrix network."""

    def __init__(self, plan: Plan) -> None:
        trained = {w.name for w in plan.derivation.wrt}
        weights = {name: value for name, value in plan.weights.items() if name in trained}
        self.still = {name: value for name, value in plan.weights.items() if name not in trained}
        self.order = list(plan.weights)
        data = {**plan.data.values, **self.still}
        rule, fused = plan.optimiser.loop_rule(), plan.wanted == "numba"
        self.stepper = MatrixStepper(plan.derivation, rule, data, weights, plan.data.axes, fused)
        self.choice = Choice(self.stepper.written, self.stepper.sizes) if plan.wanted == "auto" else None

    @property
    def backend(self) -> str:
        """What it really uses."""
        return "numba" if self.stepper.written.fused else "numpy"

    @property
    def source(self) -> str:
        """The generated code that runs."""
        return self.stepper.source

    @property
    def weights(self) -> dict[str, Any]:
        """The weights as they are now."""
        moved = {**{name: value.copy() for name, value in self.still.items()}, **self.stepper.weights}
        return {name: moved[name] for name in self.order}

    @property
    def memory(self) -> Any:
        """The weights, what the rule keeps of them, the number of updates, and what chooses the backend."""
        stepper = self.stepper
        arrays = [array.copy() for array in stepper.moving]
        return arrays, stepper.count, stepper.written.fused, self.choice and self.choice.worth

    def remember(self, memory: Any) -> None:
        """Go on from the memory of another engine of the same plan."""
        arrays, self.stepper.count, fused, worth = memory
        for array, value in zip(self.stepper.moving, arrays, strict=True):
            array[...] = value
        if fused and not self.stepper.written.fused:
            self.stepper.write(fused=True)
        if worth is None:
            self.choice = None
        elif self.choice is not None:
            self.choice.worth = worth

    def step(self, rate: float, rows: Rows | None) -> float:
        """One update from these examples, or from all of them; the loss before it."""
        self._look_at(1)
        return self.stepper.step(rate, rows)

    def run(self, rates: Sequence[float]) -> Floats:
        """An update from all the data for each of the rates; the losses before each, until one is not finite."""
        self._look_at(len(rates))
        losses: Floats = self.stepper.run(rates)
        return losses

    def _look_at(self, updates: int) -> None:
        """Let numba compile what it can, where so many more updates make that worth its time."""
        if self.choice is not None and self.choice.is_worth_it(updates):
            self.stepper.write(fused=True)
            self.choice = None
