"""The squared hinge loss."""

from typing import Any

from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.loss import Loss, Values, summed


def squared_hinge(outputs: Values, targets: Values) -> Any:
    """Squared hinge loss Σ max(0, 1 - t·y)² of scores y and targets t that are -1 or 1."""
    return summed("squared_hinge", outputs, targets, lambda y, t: relu(1 - t * y) ** 2)


LOSS = Loss(squared_hinge, "squared_hinge(y, t) or squared_hinge([y1, y2], [t1, t2])")
