"""The smooth L1 loss."""

from typing import Any

from symbackprop.functions.entrywise.huber import huber
from symbackprop.functions.loss import Loss, Values, summed


def smooth_l1(outputs: Values, targets: Values) -> Any:
    """Smooth L1 loss of the differences y - t, summed: x²/2 for |x| < 1, |x| - 1/2 elsewhere."""
    return summed("smooth_l1", outputs, targets, lambda y, t: huber(y - t))


LOSS = Loss(smooth_l1, "smooth_l1(y, t) or smooth_l1([y1, y2], [t1, t2])")
