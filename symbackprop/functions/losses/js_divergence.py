"""The divergence of Jensen and Shannon."""

from typing import Any

from sympy import Expr

from symbackprop.functions.entrywise.xlogy import xlogy
from symbackprop.functions.loss import Loss, Values, summed


def _term(p: Expr, t: Expr) -> Expr:
    middle = (p + t) / 2
    return (xlogy(p, p / middle) + xlogy(t, t / middle)) / 2


def js_divergence(probabilities: Values, targets: Values) -> Any:
    """Jensen-Shannon divergence of probabilities p and t: half of KL(p ‖ m) + KL(t ‖ m), with m = (p + t)/2."""
    return summed("js_divergence", probabilities, targets, _term)


LOSS = Loss(js_divergence, "js_divergence(p, t) or js_divergence([p1, p2], [t1, t2])")
