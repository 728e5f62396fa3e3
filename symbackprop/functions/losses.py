"""Losses of one example, as plain SymPy expressions of outputs and targets; of matrices, those of their entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Add, Expr, log, sympify
from sympy.core.symbol import Str

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix, entry_by_entry, is_matrix
from symbackprop.functions.entrywise.huber import huber

Values = Any
"""An expression, a list of expressions, or a matrix."""


def _pairs(loss: str, outputs: Values, targets: Values) -> list[tuple[Expr, Expr]]:
    ys = list(outputs) if isinstance(outputs, Sequence) else [outputs]
    ts = list(targets) if isinstance(targets, Sequence) else [targets]
    if len(ys) != len(ts) or not ys:
        raise ValueError(f"{loss} takes as many outputs as targets, not {len(ys)} and {len(ts)}")
    return [(sympify(y, strict=True), sympify(t, strict=True)) for y, t in zip(ys, ts, strict=True)]


def _total(loss: str, outputs: Values, targets: Values, term: Callable[[Expr, Expr], Expr]) -> Any:
    given = [value for side in (outputs, targets) for value in (side if isinstance(side, Sequence) else [side])]
    if any(map(is_matrix, given)):
        return _of_entries(loss, outputs, targets, term)
    return Add(*(term(y, t) for y, t in _pairs(loss, outputs, targets)))


def _of_entries(loss: str, outputs: Values, targets: Values, term: Callable[[Expr, Expr], Expr]) -> AppliedMatrix:
    """The matrix of the losses of the entries. It keeps the name of the loss, by which it is printed."""
    for side in (outputs, targets):
        if not is_matrix(side):
            other = "a list" if isinstance(side, Sequence) else f"the scalar {side!s:.60}"
            raise NetworkError(
                "shape",
                f"{loss} is given a matrix and {other}",
                f"give it two matrices of one shape: {loss}(Y, sb.broadcast(t, rows, columns)) repeats a scalar t",
            )
    made = entry_by_entry(term, [outputs, targets])
    return AppliedMatrix(made.name, made.operands, (*made.settings, Str(loss)), made.shape)


def squared_error(outputs: Values, targets: Values) -> Any:
    """Half the squared error, summed over the outputs: Σ (t - y)²/2. The half cancels in the derivative.

    Of two matrices, here and below, it is the matrix of the losses of their entries; ``total`` and ``mean`` add it up.
    """
    return _total("squared_error", outputs, targets, lambda y, t: (t - y) ** 2 / 2)


def smooth_l1(outputs: Values, targets: Values) -> Any:
    """Smooth L1 loss of the differences y - t, summed: x²/2 for |x| < 1, |x| - 1/2 elsewhere."""
    return _total("smooth_l1", outputs, targets, lambda y, t: huber(y - t))


def cross_entropy(probabilities: Values, targets: Values) -> Any:
    """Cross-entropy -Σ t·log p of class probabilities p and targets t that add up to one."""
    return _total("cross_entropy", probabilities, targets, lambda p, t: -t * log(p))


def binary_cross_entropy(probabilities: Values, targets: Values) -> Any:
    """Binary cross-entropy -(t·log p + (1 - t)·log(1 - p)), summed over the outputs."""
    return _total("binary_cross_entropy", probabilities, targets, lambda p, t: -t * log(p) - (1 - t) * log(1 - p))
