"""What follows of where values lie: |x| = x and √(x²) = x for x > 0, max(a, b) = b for a < b, decided cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Abs, Expr, Max, Min, Mul, Piecewise, Pow, S, Symbol, false, sign, true
from sympy.core.relational import Eq, Relational

from symbackprop.algebra.rewrite import FACT, Rewrite, everywhere
from symbackprop.algebra.sides import ANY, Signs, defined
from symbackprop.network.facts import is_strict, spoken, values_of

LARGER = {">": True, ">=": True, "<": False, "<=": False}


@dataclass
class Deciding:
    """Decides what signs tell, and notes by which facts."""

    signs: Signs
    used: set[Relational] = field(default_factory=set)

    def decided(self, node: Expr) -> Expr:
        """A node as it is on the sides that are known; what was used is noted."""
        found, since = self._decided(node)
        if found != node:
            self.used.update(since)
        return found

    def _decided(self, node: Expr) -> tuple[Expr, frozenset[Relational]]:
        match node:
            case Abs():
                side = self.signs.of(node.args[0])
                if not side.minus or not side.plus:
                    return (node.args[0] if not side.minus else -node.args[0]), side.since
            case sign():
                side = self.signs.of(node.args[0])
                if not side.zero and side.minus != side.plus:
                    return (S.One if side.plus else S.NegativeOne), side.since
            case Max() | Min():
                return self._extreme(node)
            case Pow(args=(base, exponent)) if exponent.is_Rational and not exponent.is_Integer:
                return self._root(node, base, exponent)
            case Piecewise():
                return self._cases(node)
        return self._by_definition(node)

    def _by_definition(self, node: Expr) -> tuple[Expr, frozenset[Relational]]:
        """A function that is one thing on one side of zero and another on the other: relu(x) = x for x > 0."""
        definition = None if isinstance(node, Pow) else defined(node)
        if definition is None or not definition.has(Max, Min, Piecewise, Abs):
            return node, frozenset()
        inner = Deciding(self.signs)
        found = everywhere(inner.decided)(definition)
        return (node, frozenset()) if found.has(Max, Min, Piecewise, Abs) else (found, frozenset(inner.used))

    def _extreme(self, node: Expr) -> tuple[Expr, frozenset[Relational]]:
        """Without what is never the largest, or the smallest."""
        parts, since = list(node.args), frozenset[Relational]()
        for part in node.args:
            for other in parts:
                gap = self.signs.of(other - part if isinstance(node, Max) else part - other) if other != part else ANY
                if not gap.minus and gap.is_known:
                    parts.remove(part)
                    since |= gap.since
                    break
        return node.func(*parts), since

    def _root(self, node: Expr, base: Expr, exponent: Expr) -> tuple[Expr, frozenset[Relational]]:
        """√(x²·y) = x·√y for x ≥ 0."""
        outside, inside, since = [], [], frozenset[Relational]()
        for factor in Mul.make_args(base):
            inner = self.signs.of(factor.base) if isinstance(factor, Pow) and factor.exp == 2 else ANY
            if inner.is_known and not (inner.minus and inner.plus):
                own = factor.base if inner.plus else -factor.base
                outside.append(own ** (2 * exponent))
                since |= inner.since
            else:
                inside.append(factor)
        return (Mul(*outside, Mul(*inside) ** exponent), since) if outside else (node, since)

    def _cases(self, node: Piecewise) -> tuple[Expr, frozenset[Relational]]:
        """Without the branches that are never reached."""
        branches, since = [], frozenset[Relational]()
        for value, condition in node.args:
            verdict, by = self._holds(condition)
            since |= by
            if verdict is False:
                continue
            branches.append((value, true if verdict else condition))
            if verdict:
                break
        return (Piecewise(*branches, evaluate=False) if len(branches) > 1 else branches[0][0]), since

    def _holds(self, condition: Expr) -> tuple[bool | None, frozenset[Relational]]:
        """Whether an inequality always or never holds; None where that is not known."""
        if condition in (true, false) or getattr(condition, "rel_op", "") not in LARGER:
            return (True if condition == true else False if condition == false else None), frozenset()
        whole = everywhere(self.decided)
        side = self.signs.of(whole(condition.lhs) - whole(condition.rhs))
        side = side if LARGER[condition.rel_op] else side.turned()
        strict = is_strict(condition)
        if not side.minus and not (strict and side.zero):
            return True, side.since
        if not side.plus and not (side.zero and not strict):
            return False, side.since
        return None, frozenset()


def sign_rule(facts: Sequence[Relational], equations: Mapping[Symbol, Expr], expr: Expr) -> Rewrite | None:
    """The rule that decides what is known by facts of where values lie, with those that it uses; None where it is idle.

    It is made for the expression that it changes, as only there it is known which facts are used.
    """
    if not is_about_sides(facts):
        return None
    deciding = Deciding(Signs(facts, equations))
    rule = everywhere(deciding.decided)
    if rule(expr) == expr:
        return None
    used = tuple(fact for fact in facts if fact in deciding.used)
    return Rewrite(FACT, where(used), rule, uses=used)


def is_about_sides(facts: Sequence[Relational]) -> bool:
    """Whether any of the facts tells where a value lies."""
    return any(not isinstance(fact, Eq) or values_of(fact) is not None for fact in facts)


def where(facts: Sequence[Relational]) -> str:
    """The condition that these facts hold."""
    return "where " + " and ".join(map(spoken, facts))
