"""The best weights so far, and how long training goes on without better ones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


class Best:
    """Remembers the weights of the smallest loss; ``patience`` is how many epochs it waits for a smaller one.

    With None it remembers nothing and waits for ever.
    """

    def __init__(self, patience: int | None) -> None:
        self.patience = patience
        self.loss = math.inf
        self.epoch: int | None = None
        self.weights: Mapping[str, Any] | None = None

    def over(self, epoch: int, loss: float, weights: Mapping[str, Any]) -> bool:
        """Look at the next epoch, and tell whether the wait is over. A loss that is NaN is never smaller."""
        if self.patience is None:
            return False
        if self.epoch is None or loss < self.loss:
            self.epoch, self.weights = epoch, weights
            self.loss = math.inf if math.isnan(loss) else loss
        return epoch - self.epoch >= self.patience
