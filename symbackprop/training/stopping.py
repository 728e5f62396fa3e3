"""The best weights so far, and how long training goes on without better ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Best:
    """The weights of the smallest loss; ``patience`` is how many epochs are waited for a smaller one.

    With None it remembers nothing and waits for ever.
    """

    patience: int | None
    epoch: int | None = None
    loss: float = math.inf
    weights: Mapping[str, Any] | None = None

    def after(self, epoch: int, loss: float, weights: Mapping[str, Any]) -> Best:
        """The best once the next epoch has been looked at. A loss that is NaN is never smaller."""
        if self.patience is None or not (self.epoch is None or loss < self.loss):
            return self
        return replace(self, epoch=epoch, loss=math.inf if math.isnan(loss) else loss, weights=weights)

    def over(self, epoch: int) -> bool:
        """Whether the wait is over at this epoch."""
        return self.patience is not None and self.epoch is not None and epoch - self.epoch >= self.patience
