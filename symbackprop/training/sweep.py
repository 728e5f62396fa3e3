"""The same training at several learning rates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Unpack

from symbackprop.calculus import Derivation, require_loss
from symbackprop.errors import DataError, as_given
from symbackprop.numeric import lambdify
from symbackprop.training.data import checked_rate
from symbackprop.training.history import TrainingHistory
from symbackprop.training.progress import Progress
from symbackprop.training.recipe import How, Recipe
from symbackprop.training.start import Initial
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
        raise DataError("learning-rate", f"the sweep has no rate {as_given(rate)}", f"it has {known}")

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
    initial: Initial = None,
    learning_rates: Sequence[float],
    epochs: int,
    progress: Progress = None,
    **how: Unpack[How],
) -> SweepResult:
    """Train once for each learning rate, from the same first weights. Raises DataError like ``train``.

    ``how`` are the further keywords of ``train``: optimiser, schedule, batch_size and so on.
    """
    require_loss(derivation, "sweep")
    unknown = sorted(how.keys() - How.__annotations__.keys())
    if unknown:
        raise TypeError(f"sweep() got an unexpected keyword argument {unknown[0]!r}")
    given = learning_rates if isinstance(learning_rates, Iterable) else [learning_rates]
    rates = [checked_rate(rate) for rate in given]
    if not rates:
        raise DataError("learning-rate", "there are no learning rates", "give one at least, as in [0.1, 0.5]")
    compiled, recipe = lambdify(derivation), Recipe.of(how)
    return SweepResult(
        tuple(descend(derivation, data, initial, rate, epochs, progress, compiled, recipe) for rate in rates)
    )
