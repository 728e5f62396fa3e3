"""Losses of one example, as plain SymPy expressions of outputs and targets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Add, Expr, log, sympify

from symbackprop.functions.activations import huber

Values = Any
"""An expression, or a list of expressions."""


def _pairs(loss: str, outputs: Values, targets: Values) -> list[tuple[Expr, Expr]]:
    ys = list(outputs) if isinstance(outputs, Sequence) else [outputs]
    ts = list(targets) if isinstance(targets, Sequence) else [targets]
    if len(ys) != len(ts) or not ys:
        raise ValueError(f"{loss} takes as many outputs as targets, not {len(ys)} and {len(ts)}")
    return [(sympify(y, strict=True), sympify(t, strict=True)) for y, t in zip(ys, ts, strict=True)]


def _total(loss: str, outputs: Values, targets: Values, term: Callable[[Expr, Expr], Expr]) -> Expr:
    return Add(*(term(y, t) for y, t in _pairs(loss, outputs, targets)))


def squared_error(outputs: Values, targets: Values) -> Expr:
    """Half the squared error, summed over the outputs: Σ (t - y)²/2. The half cancels in the derivative."""
    return _total("squared_error", outputs, targets, lambda y, t: (t - y) ** 2 / 2)


def smooth_l1(outputs: Values, targets: Values) -> Expr:
    """Smooth L1 loss of the differences y - t, summed: x²/2 for |x| < 1, |x| - 1/2 elsewhere."""
    return _total("smooth_l1", outputs, targets, lambda y, t: huber(y - t))


def cross_entropy(probabilities: Values, targets: Values) -> Expr:
    """Cross-entropy -Σ t·log p of class probabilities p and targets t that add up to one."""
    return _total("cross_entropy", probabilities, targets, lambda p, t: -t * log(p))


def binary_cross_entropy(probabilities: Values, targets: Values) -> Expr:
    """Binary cross-entropy -(t·log p + (1 - t)·log(1 - p)), summed over the outputs."""
    return _total("binary_cross_entropy", probabilities, targets, lambda p, t: -t * log(p) - (1 - t) * log(1 - p))
