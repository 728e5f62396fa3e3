"""The focal loss."""

from typing import Any

from sympy import Integer, log, sympify

from symbackprop.functions.loss import Loss, Values, summed


def focal(probabilities: Values, targets: Values, gamma: Any = Integer(2)) -> Any:
    """Focal loss -Σ t·(1 - p)^γ·log p + (1 - t)·p^γ·log(1 - p) (Lin et al., 2017); γ is 2 unless given."""
    power = sympify(gamma, strict=True)
    return summed(
        "focal", probabilities, targets,
        lambda p, t: -t * (1 - p) ** power * log(p) - (1 - t) * p**power * log(1 - p), power,
    )  # fmt: skip


LOSS = Loss(focal, "focal(p, t) or focal(p, t, gamma), with lists for p and t or without", most=3)
