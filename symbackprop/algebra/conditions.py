"""What must not be zero where a factor is cancelled, told of the one rewriting that cancels it."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Pow

from symbackprop.algebra.rewrite import CANCEL, Rewrite


def told_where(rule: Rewrite, before: Expr, after: Expr) -> Rewrite:
    """The rule; where it cancels, with the denominators that it has taken away."""
    if rule.name != CANCEL.name:
        return rule
    gone = _denominators(before) - _denominators(after)
    return replace(rule, nonzero=tuple(sorted(gone, key=lambda expr: expr.sort_key())))


def _denominators(expr: Expr) -> set[Expr]:
    return {power.base for power in expr.atoms(Pow) if isinstance(power.exp, Integer) and power.exp < 0}
