"""What follows of facts about entries of matrices, and of matrices that are orthogonal or diagonal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sympy import Eq, Expr, Symbol
from sympy.core.relational import Relational

from symbackprop.algebra.entry_facts import entry_rule
from symbackprop.algebra.matrices.every_node import Everywhere, NodeRule
from symbackprop.algebra.rewrite import FACT, Rewrite
from symbackprop.algebra.sides import Signs
from symbackprop.algebra.stated_signs import Deciding, is_about_sides, where
from symbackprop.matrices import Identity, Inverse, Product, Transposed, shape_of, substituted
from symbackprop.matrices.operations.diagonal import Diagonal, DiagonalMatrix
from symbackprop.matrices.shapes import same

SIDES = "where values lie as it is stated"
"""The condition of the rule of signs, until it is known which facts it uses."""


def entry_rules(facts: Sequence[Relational], equations: Mapping[Symbol, Expr], after: NodeRule) -> Iterator[Rewrite]:
    """The rules that facts about entries give, each with the rule ``after`` it where it has changed something."""
    for fact in facts:
        if isinstance(fact, Eq):
            condition = f"where {fact.lhs} = {fact.rhs}"
            at_node = entry_rule(fact)
            rule = _following(fact, equations) if at_node is None else Everywhere(at_node)
            if rule is not None:
                yield Rewrite(FACT, condition, _then(rule, after), uses=(fact,))
    if is_about_sides(facts):
        yield Rewrite(FACT, SIDES, _then(Everywhere(Deciding(Signs(facts, equations)).decided), after))


def told(rule: Rewrite, facts: Sequence[Relational], equations: Mapping[Symbol, Expr], expr: Expr) -> Rewrite:
    """The rule of signs with the facts that it uses where it changes an expression; others as they are."""
    if rule.condition != SIDES:
        return rule
    deciding = Deciding(Signs(facts, equations))
    Everywhere(deciding.decided)(expr)
    used = tuple(fact for fact in facts if fact in deciding.used)
    return replace(rule, condition=where(used), uses=used)


def _following(fact: Eq, equations: Mapping[Symbol, Expr]) -> NodeRule | None:
    """Of an orthogonal Q, Q⁻¹ = Qᵀ, also where the inverse has a name; of a diagonal D, Dᵀ = D."""
    known: dict[Expr, Expr] = {}
    if isinstance(fact.lhs, Product) and isinstance(fact.rhs, Identity) and len(fact.lhs.args) == 2:
        left, right = fact.lhs.args
        name = left.args[0] if isinstance(left, Transposed) else left
        if {left, right} == {name, Transposed(name)} and same(*shape_of(name)):
            known = {Inverse(name): Transposed(name), Inverse(Transposed(name)): name}
    if isinstance(fact.lhs, DiagonalMatrix) and fact.lhs == DiagonalMatrix(Diagonal(fact.rhs)):
        known = {Transposed(fact.rhs): fact.rhs}
    named = {name: known[expr] for name, expr in equations.items() if expr in known}
    return (lambda expr: substituted(expr, {**known, **named})) if known else None


def _then(rule: NodeRule, after: NodeRule) -> NodeRule:
    def apply(expr: Expr) -> Expr:
        changed = rule(expr)
        return expr if changed == expr else after(changed)

    return apply
