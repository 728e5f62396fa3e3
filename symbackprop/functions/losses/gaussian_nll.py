"""The likelihood under normal distributions."""

from typing import Any

from sympy import log, sympify

from symbackprop.functions.loss import Loss, Values, summed


def gaussian_nll(means: Values, targets: Values, variance: Any) -> Any:
    """Negative log-likelihood Σ (log v + (t - y)²/v)/2 under normal distributions of means y and variance v.

    The term log(2π)/2 is left out.
    """
    v = sympify(variance, strict=True)
    return summed("gaussian_nll", means, targets, lambda y, t: (log(v) + (t - y) ** 2 / v) / 2, v)


LOSS = Loss(gaussian_nll, "gaussian_nll(y, t, variance), with lists for y and t or without", least=3, most=3)
