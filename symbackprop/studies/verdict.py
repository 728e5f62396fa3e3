"""The course of a loss from update to update, in one word: does it fall, overshoot, or diverge?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

ROUNDING = 1e-9
"""A loss that grows by less than this part of its size has not risen: that much is rounding, at a minimum."""
STILL = 1e-6
"""A loss that changes by less than this part of it in all the updates stands still."""


@dataclass(frozen=True)
class Course:
    """The losses of training, row 0 before the first update; ``diverged_at`` is the row that is no longer finite."""

    losses: tuple[float, ...]
    diverged_at: int | None = None

    @classmethod
    def of(cls, losses: Sequence[float] | np.ndarray, diverged_at: int | None) -> Course:
        """The course of a history."""
        return cls(tuple(float(loss) for loss in losses), diverged_at)

    @property
    def updates(self) -> int:
        """How many updates there were."""
        return len(self.losses) - 1

    @property
    def first(self) -> float:
        """The loss before the first update."""
        return self.losses[0]

    @property
    def last(self) -> float:
        """The loss after the last update; infinite or NaN where it diverged."""
        return self.losses[-1]

    @cached_property
    def rises(self) -> tuple[int, ...]:
        """The updates, counted from 1, after which the loss was larger than before."""
        losses = np.asarray(self.losses)
        with np.errstate(invalid="ignore"):
            # what is not finite is larger than any number
            flat = losses[:-1] + ROUNDING * np.abs(losses[:-1])
            return tuple(int(k) + 1 for k in np.flatnonzero(~(losses[1:] <= flat)))

    @property
    def rises_from(self) -> int | None:
        """The update from which on the loss rises each time, to the end; None where it falls at the last."""
        start = self.updates + 1
        risen = set(self.rises)
        while start - 1 in risen:
            start -= 1
        return start if start <= self.updates else None

    @property
    def diverges(self) -> bool:
        """Whether the loss is no longer finite, or grows to the end beyond where it began."""
        return self.diverged_at is not None or (self.rises_from is not None and self.last > self.first)

    @property
    def verdict(self) -> str:
        """What the loss does, in words that hold for these numbers."""
        if self.diverged_at is not None:
            return f"diverges: no longer finite after {_count(self.diverged_at)}"
        if not self.updates:
            return "no update"
        if self.diverges and self.rises_from == 1:
            return "diverges: rises at every update"
        if self.diverges:
            return f"diverges: rises at every update from {self.rises_from} on"
        if abs(self.last - self.first) <= STILL * abs(self.first):
            return "stands still"
        if not self.rises:
            return "falls at every update"
        above = ", and ends above where it began" if self.last > self.first else ""
        return f"overshoots: rises at {len(self.rises)} of {_count(self.updates)}{above}"


def _count(updates: int) -> str:
    return "1 update" if updates == 1 else f"{updates} updates"
