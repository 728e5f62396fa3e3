"""The triplet loss."""

from typing import Any

from sympy import Add, Integer, sympify

from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.loss import Loss, Values, pairs


def triplet(anchor: Values, positive: Values, negative: Values, margin: Any = Integer(1)) -> Any:
    """max(0, Σ(a - p)² - Σ(a - n)² + margin) of an anchor, one like it and one unlike it (Schroff et al., 2015)."""
    near = Add(*((a - p) ** 2 for a, p in pairs("triplet", anchor, positive)))
    far = Add(*((a - n) ** 2 for a, n in pairs("triplet", anchor, negative)))
    return relu(near - far + sympify(margin, strict=True))


LOSS = Loss(
    triplet, "triplet([a1, a2], [p1, p2], [n1, n2]) or triplet(a, p, n, margin)", values=3, least=3, most=4,
    by_entries=False,
)  # fmt: skip
