"""Several epochs at once: how many, at which rates, and how far they can be used."""

from __future__ import annotations

import time
from dataclasses import dataclass

from symbackprop.training.checkpoints import Moment
from symbackprop.training.loop_updater import LoopUpdater, Stretch
from symbackprop.training.recipe import Recipe
from symbackprop.training.stopping import Best
from symbackprop.training.updater import Updater

MOST_AT_ONCE = 1 << 16
"""No more epochs than this are computed at once."""
MOST_NUMBERS = 1 << 22
"""Nor more numbers."""
FIRST, PAUSE = 16, 0.05
"""So many epochs at first; then as many as take so many seconds, after which anyone can be told, or interrupt."""


@dataclass
class Ahead:
    """Computes epochs by a loop, where nothing is asked for between two of them. ``pace`` is how many come next."""

    updater: LoopUpdater
    recipe: Recipe
    longest: int
    pace: int = FIRST

    @classmethod
    def of(cls, updater: Updater, recipe: Recipe, longest: int) -> Ahead | None:
        """None where epochs have to be computed one by one."""
        asked = recipe.validation is not None or recipe.accuracy is not None or recipe.batch_size is not None
        if not isinstance(updater, LoopUpdater) or asked or recipe.schedule.name == "plateau" or longest < 2:
            return None
        return cls(updater, recipe, longest)

    def rates(self, rate: float, epoch: int, epochs: int) -> list[float]:
        """The learning rates of the epochs that come next, none of which is the last one."""
        room = MOST_NUMBERS // self.updater.numbers
        count = min(self.pace, room, epochs - epoch, self.longest - epoch % self.longest)
        schedule = self.recipe.schedule
        if schedule.name == "constant":
            return [rate] * count
        return [rate * schedule.factor(k, epochs) for k in range(epoch, epoch + count)]

    def stretch(self, at: Moment, rates: list[float]) -> tuple[Stretch, Best, int]:
        """Epochs at these rates, up to one that is not finite or at which patience is over; the best then.

        And how many were asked for.
        """
        begun = time.perf_counter()
        stretch = self.updater.several(at.weights, at.state, rates)
        best, count = _after(at, stretch)
        if count < len(rates):
            stretch = self.updater.several(at.weights, at.state, rates[:count])
        elif time.perf_counter() - begun < PAUSE:
            self.pace = min(2 * self.pace, self.longest)
        return stretch, best, len(rates)


def _after(at: Moment, stretch: Stretch) -> tuple[Best, int]:
    """The best after the epochs before the first that is not finite, or at which patience is over; how many."""
    best = at.best
    if best.patience is None:
        return best, stretch.finite
    for row, loss in enumerate(stretch.losses[: stretch.finite].tolist()):
        after = best.after(at.epoch + row, loss, stretch.weights_at(row))
        if after.over(at.epoch + row):
            return best, row
        best = after
    return best, stretch.finite
