"""What follows for single entries where a value is one of a few numbers: y⁴ = 1 of a sign, M·(1 - M) = 0 of a mask.

A function of such a name alone is a polynomial of a lower degree than there are numbers, whatever the function is: the
one that has its values there. It is put in where it is shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Add, Eq, Expr, Mul, Rational, Symbol, count_ops, interpolate
from sympy.core.relational import Relational

from symbackprop.algebra.rewrite import FACT, Rewrite, everywhere
from symbackprop.algebra.sides import defined
from symbackprop.matrices import Operation
from symbackprop.network.facts import values_of

NodeRule = Callable[[Expr], Expr]


def entry_rule(fact: Eq) -> NodeRule | None:
    """The rule for one node where a fact lets a name be one of a few numbers; None where it is another fact."""
    found = values_of(fact)
    return None if found is None else among(*found)


def entry_rules(facts: Sequence[Relational]) -> tuple[Rewrite, ...]:
    """The rules for whole expressions of scalars, one for each such fact, in their order."""
    rules = ((fact, entry_rule(fact)) for fact in facts if isinstance(fact, Eq))
    return tuple(
        Rewrite(FACT, f"where {fact.lhs} = {fact.rhs}", everywhere(rule), uses=(fact,))
        for fact, rule in rules
        if rule is not None
    )


def among(name: Symbol, numbers: Sequence[Rational]) -> NodeRule:
    """Make the rule that writes a function of a name alone as it is at these numbers."""

    def at_node(node: Expr) -> Expr:
        if name not in node.free_symbols or node == name:
            return node
        if node.free_symbols == {name}:
            return _shortest(node, name, numbers)
        if not isinstance(node, (Mul, Add)):
            return node
        own = [arg for arg in node.args if arg.free_symbols == {name}]
        together = node.func(*own)
        if not own or together == name:
            return node
        shorter = _shortest(together, name, numbers)
        return node if shorter == together else node.func(shorter, *(arg for arg in node.args if arg not in own))

    return at_node


def _shortest(node: Expr, name: Symbol, numbers: Sequence[Rational]) -> Expr:
    """A function of one name, or the polynomial that it is at these numbers, if that has fewer operations."""
    if node.has(Operation):
        return node
    values = [_worked_out(node, {name: number}) for number in numbers]
    if not all(value.is_Rational for value in values):
        return node
    polynomial = interpolate(list(zip(numbers, values, strict=True)), name)
    return polynomial if count_ops(polynomial) < count_ops(node) else node


def _worked_out(node: Expr, known: dict[Symbol, Rational]) -> Expr:
    """A function of numbers, by definitions."""

    def written(part: Expr) -> Expr:
        definition = defined(part)
        return part if definition is None else definition

    return everywhere(written)(node.xreplace(known))
