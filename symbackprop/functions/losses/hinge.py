"""The hinge loss."""

from typing import Any

from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.loss import Loss, Values, summed


def hinge(outputs: Values, targets: Values) -> Any:
    """Hinge loss Σ max(0, 1 - t·y) of scores y and targets t that are -1 or 1; its derivative at t·y = 1 is 0."""
    return summed("hinge", outputs, targets, lambda y, t: relu(1 - t * y))


LOSS = Loss(hinge, "hinge(y, t) or hinge([y1, y2], [t1, t2])")
