"""The default way from the terms of a chain rule to the form that a person would write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Eq, Expr, Symbol

from symbackprop.algebra.rewrite import CANCEL, GATHER, SIGNS, TAKE_OUT, Ground, fact_rule


@dataclass(frozen=True)
class Rewritten:
    """One rewriting that changed something: the rule, what came out, and the equations and facts that it needs."""

    rule: Ground
    result: Expr
    equations: tuple[Symbol, ...] = ()
    facts: tuple[Eq, ...] = ()


def tidy(total: Expr, facts: Sequence[Eq] = (), multiply_out: bool = False) -> tuple[Rewritten, ...]:
    """Rewrite a sum of products, recording each rewriting that changed it.

    ``multiply_out`` asks for products to be multiplied out where that makes the sum shorter, as the derivative of a
    softmax needs. The last entry's result is the tidied sum; there is none where the sum is tidy already.
    """
    rules = [SIGNS, CANCEL, *([GATHER] if multiply_out else []), TAKE_OUT, *map(fact_rule, facts)]
    expr = total
    trace: list[Rewritten] = []
    for rule in rules:
        result = rule.apply(expr)
        if result != expr:
            trace.append(Rewritten(rule, result))
            expr = result
    return tuple(trace)
