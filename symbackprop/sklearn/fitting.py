"""Training for estimators: epochs of mini-batches, until the loss gets no smaller."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbackprop.errors import DataError, Diverged, as_given
from symbackprop.training import Trainer

Score = Callable[[Mapping[str, Any]], float]
"""Tells of weights how good they are: the larger the better."""


@dataclass(frozen=True)
class Patience:
    """When to stop: after so many epochs in a row in which what is watched gets no better by more than a tolerance."""

    epochs: int | None
    tolerance: float

    @classmethod
    def of(cls, epochs: Any, tolerance: Any) -> Patience:
        """Check both. Raises DataError."""
        if epochs is not None and (isinstance(epochs, bool) or not isinstance(epochs, (int, np.integer)) or epochs < 1):
            fix = "give a whole number from 1, or None to go through all epochs"
            raise DataError("patience", f"patience is {as_given(epochs)}", fix)
        try:
            number = float(tolerance)
        except (TypeError, ValueError):
            number = math.nan
        if not number >= 0:
            raise DataError("tolerance", f"tolerance is {as_given(tolerance)}", "give a number from 0, such as 1e-4")
        return cls(None if epochs is None else int(epochs), number)


@dataclass
class Watch:
    """What was best so far, how long ago that was, and its weights where they are kept."""

    patience: Patience
    best: float = -math.inf
    since: int = 0
    weights: dict[str, Any] = field(default_factory=dict)

    def sees(self, value: float, weights: Callable[[], dict[str, Any]] | None) -> bool:
        """Take in one epoch; tells whether to go on."""
        self.since = self.since + 1 if value < self.best + self.patience.tolerance else 0
        if value > self.best:
            self.best = value
            if weights is not None:
                self.weights = weights()
        return self.patience.epochs is None or self.since <= self.patience.epochs


@dataclass(frozen=True)
class Fitted:
    """The weights, the mean loss of each epoch, and how good the held-out examples were at the end of each."""

    weights: dict[str, Any]
    losses: list[float]
    scores: list[float]


def fitted(
    trainer: Trainer,
    count: int,
    epochs: int,
    batch: int,
    patience: Patience,
    random: np.random.RandomState,
    rate: float,
    score: Score | None = None,
) -> Fitted:
    """Go through ``count`` examples so many times, in batches that are drawn anew in each epoch.

    The loss of an epoch is the mean of those before its updates. ``score`` is of held-out examples; where there is one
    it is what is watched, and the best weights are kept. Raises Diverged.
    """
    losses: list[float] = []
    scores: list[float] = []
    watch, updates = Watch(patience), 0
    whole = batch >= count
    for _ in range(epochs):
        order = random.permutation(count)
        total = 0.0
        for first in range(0, count, batch):
            rows = None if whole else order[first : first + batch]
            loss = trainer.step(rows)
            if not math.isfinite(loss):
                raise _diverged(updates, rate, losses)
            total += loss * (count if rows is None else len(rows))
            updates += 1
        losses.append(total / count)
        if score is not None:
            scores.append(score(trainer.weights))
        if not watch.sees(scores[-1] if score else -losses[-1], (lambda: trainer.weights) if score else None):
            break
    return Fitted(watch.weights or trainer.weights, losses, scores)


def _diverged(updates: int, rate: float, losses: list[float]) -> Diverged:
    what = f"the loss is no longer finite after {updates} update{'' if updates == 1 else 's'} at rate {rate:g}"
    fix = f"standardise the columns, or try a smaller learning rate, such as {rate / 10:g}"
    return Diverged("diverged", what, fix, history=tuple(losses))
