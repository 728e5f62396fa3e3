"""One update at a time from one example, in plain Python, with next to nothing around it."""

from __future__ import annotations

from typing import Any

from symbackprop.numeric.loops.batch import Moved
from symbackprop.numeric.loops.functions import Running


class Quick:
    """Calls the loop for a single update; weights and what is kept are lists of Python's numbers."""

    def __init__(self, running: Running, moved: Moved, data: list[float], options: list[float]) -> None:
        self.call, self.moved = running.call, moved
        self.weights, self.kept = moved.weights, moved.kept
        known = {"data": data, "weights": moved.weights, "kept": moved.kept, "options": options}
        self.arguments: list[Any] = [known.get(name) for name in running.arguments]
        places = {name: k for k, name in enumerate(running.arguments)}
        self.rate, self.loss, self.number = places["rates"], places["losses"], places.get("updates")

    @property
    def is_current(self) -> bool:
        """Whether the weights are still where they were."""
        return self.weights is self.moved.weights and self.kept is self.moved.kept

    def step(self, rate: float) -> float:
        """Make the update, and return the loss before it. Raises ArithmeticError or ValueError, and changes nothing."""
        arguments, losses = self.arguments, [0.0]
        arguments[self.rate], arguments[self.loss] = (rate,), losses
        if self.number is not None:
            arguments[self.number] = self.moved.updates
        self.call(*arguments)
        self.moved.updates += 1
        return losses[0]
