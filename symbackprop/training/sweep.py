"""The same training at several learning rates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symbackprop.calculus import Derivation, require_derivation
from symbackprop.errors import DataError
from symbackprop.numeric import lambdify
from symbackprop.training.data import checked_rate
from symbackprop.training.history import TrainingHistory
from symbackprop.training.train import descend


@dataclass(frozen=True, eq=False)
class SweepResult:
    """One history for each learning rate, in the order given; those that diverged are cut off where they did."""

    histories: tuple[TrainingHistory, ...]

    def __iter__(self) -> Iterator[TrainingHistory]:
        return iter(self.histories)

    def __len__(self) -> int:
        return len(self.histories)

    def __getitem__(self, rate: float) -> TrainingHistory:
        """The history of one learning rate."""
        for history in self.histories:
            if history.learning_rate == rate:
                return history
        known = ", ".join(f"{history.learning_rate:g}" for history in self.histories)
        raise DataError("learning-rate", f"the sweep has no rate {rate!r}", f"it has {known}")

    def __str__(self) -> str:
        return "\n".join(map(repr, self.histories))

    @property
    def best(self) -> TrainingHistory:
        """The history with the smallest last loss among those that stayed finite."""
        finite = [history for history in self.histories if history.diverged_at is None]
        if not finite:
            raise DataError("diverged", "every learning rate diverged", "try smaller ones")
        return min(finite, key=lambda history: float(history.losses[-1]))


def sweep(
    derivation: Derivation,
    data: Mapping[Any, Any] | None = None,
    *,
    initial: Mapping[Any, Any] | None = None,
    learning_rates: Sequence[float],
    epochs: int,
    progress: Callable[[int, float], None] | None = None,
) -> SweepResult:
    """Train once for each learning rate, from the same first weights. Raises DataError like ``train``."""
    require_derivation(derivation, "sweep")
    if isinstance(learning_rates, (int, float)):
        learning_rates = [learning_rates]
    rates = [checked_rate(rate) for rate in learning_rates]
    if not rates:
        raise DataError("learning-rate", "there are no learning rates", "give one at least, as in [0.1, 0.5]")
    compiled = lambdify(derivation)
    return SweepResult(tuple(descend(derivation, data, initial, rate, epochs, progress, compiled) for rate in rates))
