"""Binary cross-entropy."""

from typing import Any

from sympy import log

from symbackprop.functions.loss import Loss, Values, summed


def binary_cross_entropy(probabilities: Values, targets: Values) -> Any:
    """Binary cross-entropy -(t·log p + (1 - t)·log(1 - p)), summed over the outputs."""
    return summed("binary_cross_entropy", probabilities, targets, lambda p, t: -t * log(p) - (1 - t) * log(1 - p))


LOSS = Loss(binary_cross_entropy, "binary_cross_entropy(y, t) or binary_cross_entropy([y1, y2], [t1, t2])")
