"""The contrastive loss."""

from typing import Any

from sympy import Add, Integer, sqrt, sympify

from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.loss import Loss, Values, pairs


def contrastive(first: Values, second: Values, same: Any, margin: Any = Integer(1)) -> Any:
    """s·d² + (1 - s)·max(0, margin - d)², with d the distance of two points and s whether they belong together.

    Hadsell, Chopra and LeCun (2006); s is 1 or 0.
    """
    s, m = (sympify(given, strict=True) for given in (same, margin))
    square = Add(*((a - b) ** 2 for a, b in pairs("contrastive", first, second)))
    return s * square + (1 - s) * relu(m - sqrt(square)) ** 2


LOSS = Loss(
    contrastive, "contrastive([a1, a2], [b1, b2], same) or contrastive(a, b, same, margin)", least=3, most=4,
    by_entries=False,
)  # fmt: skip
