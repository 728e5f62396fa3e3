"""The likelihood of counts."""

from typing import Any

from sympy import exp

from symbackprop.functions.loss import Loss, Values, summed


def poisson_nll(log_rates: Values, targets: Values) -> Any:
    """Negative log-likelihood Σ exp(y) - t·y of counts t under Poisson distributions whose rates have logarithms y.

    The term log t! is left out: it is a constant of the targets.
    """
    return summed("poisson_nll", log_rates, targets, lambda y, t: exp(y) - t * y)


LOSS = Loss(poisson_nll, "poisson_nll(y, t) or poisson_nll([y1, y2], [t1, t2])")
