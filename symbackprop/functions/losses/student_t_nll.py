"""The likelihood under Student's t-distributions."""

from typing import Any

from sympy import Expr, Integer, log, loggamma, pi, sympify

from symbackprop.functions.loss import Loss, Values, summed


def student_t_nll(locations: Values, targets: Values, freedom: Any, scale: Any = Integer(1)) -> Any:
    """Negative log-likelihood under Student's t-distributions about y, of ν degrees of freedom and a scale s.

    Σ (ν + 1)/2·log(1 + ((t - y)/s)²/ν) + log s + log(νπ)/2 + lgamma(ν/2) - lgamma((ν + 1)/2); s is 1 unless given.
    """
    nu, s = (sympify(given, strict=True) for given in (freedom, scale))
    level: Expr = log(s) + log(nu * pi) / 2 + loggamma(nu / 2) - loggamma((nu + 1) / 2)
    return summed(
        "student_t_nll", locations, targets,
        lambda y, t: (nu + 1) / 2 * log(1 + ((t - y) / s) ** 2 / nu) + level, nu, s,
    )  # fmt: skip


LOSS = Loss(
    student_t_nll, "student_t_nll(y, t, freedom) or student_t_nll(y, t, freedom, scale), with lists or without",
    least=3, most=4,
)  # fmt: skip
