"""What a loop is called with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class Moved:
    """The weights and what the rule keeps of each, lists or arrays of numbers, and how many updates there were."""

    weights: Any
    kept: Any
    updates: int = 0


@dataclass(frozen=True)
class Record:
    """Room for everything that an update computes, a row each: ``values`` (rows, examples, equations) or without the
    examples where there is one, ``parameters`` and ``gradients`` (rows, weights).

    After ``moves`` updates there is one more row, and no update.
    """

    values: Any
    parameters: Any
    gradients: Any
    moves: int


@dataclass(frozen=True)
class Batch:
    """Updates to make: one for each of the ``rates``, from the examples ``begins[k]`` to ``ends[k]``.

    ``data`` has a row for each input and target, of their numbers or, where there is one example, a number each;
    ``begins`` and ``ends`` are empty then. All are arrays; ``losses`` are zeros that get the loss before each update.
    """

    data: Any
    rates: Any
    begins: Any
    ends: Any
    losses: Any
    record: Record | None = None

    @property
    def examples(self) -> int:
        """How many examples the largest update is from."""
        return int((self.ends - self.begins).max()) if len(self.begins) else 1

    @property
    def made(self) -> int:
        """How many updates there have been, when the losses are known: those before a loss that is not finite."""
        finite = np.isfinite(self.losses)
        return len(finite) if finite.all() else int(finite.argmin())
