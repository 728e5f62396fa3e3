"""What must not be zero where a factor is cancelled, told of the rewritings that may cancel one."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from sympy import Expr, Integer, Pow

from symbackprop.algebra.rewrite import CANCEL, UNLESS_CANCELLED, Ground

MAY_CANCEL = (CANCEL.condition, UNLESS_CANCELLED, "where the divisor is not zero")
"""The conditions of such rules, or what they begin with."""

Rule = TypeVar("Rule", bound=Ground)


def told_where(rule: Rule, before: Expr, after: Expr) -> Rule:
    """The rule; where it may cancel, with the denominators that it has taken away.

    A denominator that was itself a fraction is none of them: it is what was cleared, and what it has below is told.
    """
    if not rule.condition.startswith(MAY_CANCEL):
        return rule
    gone = _denominators(before) - _denominators(after)
    plain = (base for base in gone if not _denominators(base))
    return replace(rule, nonzero=tuple(sorted(plain, key=lambda expr: expr.sort_key())))


def _denominators(expr: Expr) -> set[Expr]:
    return {power.base for power in expr.atoms(Pow) if isinstance(power.exp, Integer) and power.exp < 0}
