"""The divergence of Kullback and Leibler."""

from typing import Any

from sympy import log

from symbackprop.functions.entrywise.xlogy import xlogy
from symbackprop.functions.loss import Loss, Values, summed


def kl_divergence(probabilities: Values, targets: Values) -> Any:
    """Kullback-Leibler divergence Σ t·log(t/p) of the targets t from probabilities p; a term with t = 0 is 0."""
    return summed("kl_divergence", probabilities, targets, lambda p, t: xlogy(t, t) - t * log(p))


LOSS = Loss(kl_divergence, "kl_divergence(p, t) or kl_divergence([p1, p2], [t1, t2])")
