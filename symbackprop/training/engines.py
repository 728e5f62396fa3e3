"""What makes the updates of a trainer: the derived gradients and an optimiser, with the weights that they move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from symbackprop.calculus import Derivation
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

    @property
    def memory(self) -> Any:
        """What its updates have left, and what it runs: all that an engine of the same plan needs to go on."""

    def remember(self, memory: Any) -> None:
        """Go on from the memory of another engine of the same plan."""

    def step(self, rate: float, rows: Rows | None) -> float:
        """One update from these examples, or from all of them; the loss before it.

        Where the loss is not finite the weights stay as they are.
        """

    def run(self, rates: Sequence[float]) -> Floats:
        """An update from all the data for each of the rates; the losses before each, until one is not finite."""
