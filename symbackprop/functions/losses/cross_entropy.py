"""Cross-entropy."""

from typing import Any

from sympy import log

from symbackprop.functions.loss import Loss, Values, summed


def cross_entropy(probabilities: Values, targets: Values) -> Any:
    """Cross-entropy -Σ t·log p of class probabilities p and targets t that add up to one."""
    return summed("cross_entropy", probabilities, targets, lambda p, t: -t * log(p))


LOSS = Loss(cross_entropy, "cross_entropy(y, t) or cross_entropy([y1, y2], [t1, t2])")
