"""The quantile loss."""

from typing import Any

from sympy import Expr, sympify

from symbackprop.functions.entrywise.relu import relu
from symbackprop.functions.loss import Loss, Values, summed


def quantile(outputs: Values, targets: Values, level: Any) -> Any:
    """Quantile loss Σ q·max(0, t - y) + (1 - q)·max(0, y - t), also called pinball loss, of a level q."""
    q = sympify(level, strict=True)

    def term(y: Expr, t: Expr) -> Expr:
        return q * relu(t - y) + (1 - q) * relu(y - t)

    return summed("quantile", outputs, targets, term, q)


LOSS = Loss(quantile, "quantile(y, t, level), with lists for y and t or without", least=3, most=3)
