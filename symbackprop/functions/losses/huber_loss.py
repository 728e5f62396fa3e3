"""Huber's loss with a threshold."""

from typing import Any

from sympy import Integer, sympify

from symbackprop.functions.entrywise.huber import huber
from symbackprop.functions.loss import Loss, Values, summed


def huber_loss(outputs: Values, targets: Values, delta: Any = Integer(1)) -> Any:
    """Huber's loss of the differences x = y - t, summed: x²/2 for |x| < δ, δ·(|x| - δ/2) elsewhere.

    It is δ² times Huber's function of x/δ; δ is 1 unless given.
    """
    d = sympify(delta, strict=True)
    return summed("huber_loss", outputs, targets, lambda y, t: d**2 * huber((y - t) / d), d)


LOSS = Loss(huber_loss, "huber_loss(y, t) or huber_loss(y, t, delta), with lists for y and t or without", most=3)
