"""One update at a time from one example, in plain Python, with next to nothing around it."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

from symbackprop.numeric.loops.batch import Moved
from symbackprop.numeric.loops.functions import Running


def single_steps(running: Running, moved: Moved, data: list[float], options: list[float]) -> Callable[[float], float]:
    """A function that makes one update at a rate, and returns the loss before it.

    Weights and what is kept are lists of Python's numbers, which it changes in place. It raises ArithmeticError or
    ValueError where these numbers do, and changes nothing then.
    """
    known = {"data": data, "weights": moved.weights, "kept": moved.kept, "options": options}
    arguments: list[Any] = [known.get(name) for name in running.arguments]
    rates, losses = running.arguments.index("rates"), running.arguments.index("losses")
    number = running.arguments.index("updates") if "updates" in running.arguments else None
    call = running.call

    def step(rate: float) -> float:
        loss = [0.0]
        arguments[rates], arguments[losses] = (rate,), loss
        if number is not None:
            arguments[number] = moved.updates
        call(*arguments)
        moved.updates += isfinite(loss[0])
        return loss[0]

    return step
