"""The default way from the terms of a chain rule to the form that a person would write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sympy import Eq, Expr, Symbol
from sympy.core.relational import Relational

from symbackprop.algebra.conditions import told_where
from symbackprop.algebra.entry_facts import entry_rules
from symbackprop.algebra.rewrite import CANCEL, GATHER, SIGNS, TAKE_OUT, Ground, fact_rule
from symbackprop.algebra.stated_signs import sign_rule

NOTHING: Mapping[Symbol, Expr] = MappingProxyType({})


@dataclass(frozen=True)
class Rewritten:
    """One rewriting that changed something: the rule, what came out, and the equations and facts that it needs."""

    rule: Ground
    result: Expr
    equations: tuple[Symbol, ...] = ()
    facts: tuple[Eq, ...] = ()


def tidy(
    total: Expr,
    facts: Sequence[Relational] = (),
    multiply_out: bool = False,
    equations: Mapping[Symbol, Expr] = NOTHING,
) -> tuple[Rewritten, ...]:
    """Rewrite a sum of products, recording each rewriting that changed it.

    ``multiply_out`` asks for products to be multiplied out where that makes the sum shorter, as the derivative of a
    softmax needs; ``equations`` tell what names are, where facts say on which sides of zero they lie. The last entry's
    result is the tidied sum; there is none where the sum is tidy already.
    """
    own = entry_rules(facts)
    usual = [SIGNS, CANCEL, *([GATHER] if multiply_out else []), TAKE_OUT]
    stated = [fact_rule(fact) for fact in facts if isinstance(fact, Eq)]
    trace: list[Rewritten] = []
    for rules in (own, usual, stated, own):
        if rules is own:
            sides = sign_rule(facts, equations, trace[-1].result if trace else total)
            rules = own if sides is None else (*own, sides)
        for rule in rules:
            expr = trace[-1].result if trace else total
            result = rule.apply(expr)
            if result != expr:
                trace.append(Rewritten(told_where(rule, expr, result), result))
    return tuple(trace)
