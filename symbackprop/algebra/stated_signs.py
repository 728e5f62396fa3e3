"""What follows of where values lie: |x| = x and √(x²) = x for x > 0, max(a, b) = b for a < b, decided cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Abs, Add, Expr, Max, Min, Mul, Piecewise, Pow, S, Symbol, exp, false, sign, true
from sympy.core.relational import Eq, Relational, StrictGreaterThan

from symbackprop.algebra.rewrite import FACT, Rewrite, everywhere, nodes_within
from symbackprop.functions import relu, sigmoid, softplus, step
from symbackprop.matrices import Broadcast, Product, Sum, SumAll, Transposed
from symbackprop.network.facts import Bound, bound_of, is_strict, room_of, spoken, values_of

DEPTH = 30
"""How many equations a sign is followed through."""
MOST_PARTS = 40
"""How large an expression is compared with what is stated."""
POSITIVE_FUNCTIONS = (exp, sigmoid, softplus)
"""Functions that are positive everywhere."""
LARGER = {">": True, ">=": True, "<": False, "<=": False}


@dataclass(frozen=True)
class Side:
    """On which side of zero a value lies, and by which facts: which of minus, zero and plus it may be."""

    minus: bool
    zero: bool
    plus: bool
    since: frozenset[Relational] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether anything is known."""
        return not (self.minus and self.zero and self.plus)

    def turned(self) -> Side:
        """That of the value with its sign changed."""
        return Side(self.plus, self.zero, self.minus, self.since)

    def times(self, other: Side) -> Side:
        """That of a product."""
        return Side(
            (self.minus and other.plus) or (self.plus and other.minus),
            self.zero or other.zero,
            (self.plus and other.plus) or (self.minus and other.minus),
            self.since | other.since,
        )

    def plus_another(self, other: Side) -> Side:
        """That of a sum."""
        minus, plus = self.minus or other.minus, self.plus or other.plus
        return Side(minus, (self.zero and other.zero) or (minus and plus), plus, self.since | other.since)


ANY = Side(True, True, True)
ABOVE = Side(False, False, True)


@dataclass
class Signs:
    """What facts say of the signs of expressions in the names of a network, whose ``equations`` are followed."""

    facts: Sequence[Relational]
    equations: Mapping[Symbol, Expr]
    used: set[Relational] = field(default_factory=set)
    known: dict[Expr, Side] = field(default_factory=dict)

    @cached_property
    def bounds(self) -> Sequence[tuple[Relational, Bound]]:
        """The inequalities, each with what it says of one expression."""
        return [(fact, bound_of(fact, room_of(fact))) for fact in self.facts if not isinstance(fact, Eq)]

    def of(self, expr: Expr, depth: int = 0) -> Side:
        """The side of an expression."""
        if expr not in self.known:
            stated = self._stated(expr)
            if not stated.is_known and depth <= DEPTH:
                stated = self._worked_out(expr, depth + 1)
            self.known[expr] = stated
        return self.known[expr]

    def _stated(self, expr: Expr) -> Side:
        """What one fact says: of delta, of 1 - p, of b - a, or of these and more that is positive."""
        if expr.is_number:
            known = expr.is_extended_real
            return Side(bool(expr < 0), bool(expr == 0), bool(expr > 0)) if known else ANY
        if expr.is_Symbol:
            for fact in self.facts:
                name, numbers = values_of(fact) or (None, ())
                if name == expr:
                    signs = {(n > 0) - (n < 0) for n in numbers}
                    return Side(-1 in signs, 0 in signs, 1 in signs, frozenset([fact]))
        if not (expr.is_Symbol or any(expr.free_symbols <= fact.free_symbols for fact, _ in self.bounds)):
            return ANY
        if not nodes_within(expr, MOST_PARTS):
            return ANY
        asked = bound_of(StrictGreaterThan(expr, 0, evaluate=False), expr)
        for fact, bound in self.bounds:
            if bound.of != asked.of:
                continue
            gap = bound.number - asked.number  # how far the bound of the fact lies beyond zero of the expression
            if bound.is_lower and (gap >= 0):
                side = Side(False, gap == 0 and not bound.strict, True, frozenset([fact]))
            elif not bound.is_lower and gap <= 0:
                side = Side(True, gap == 0 and not bound.strict, False, frozenset([fact]))
            else:
                continue
            return side if asked.is_lower else side.turned()
        return ANY

    def _worked_out(self, expr: Expr, depth: int) -> Side:
        match expr:
            case Symbol() if expr in self.equations:
                return self.of(self.equations[expr], depth)
            case Symbol():
                return self._beside(expr, depth)
            case Add():
                found = self._of_all(expr.args, Side.plus_another, depth)
                return found if found.is_known else self._between_bounds(expr)
            case Mul():
                return self._of_all(expr.args, Side.times, depth)
            case Pow():
                return self._of_power(expr, depth)
            case Abs():
                inner = self.of(expr.args[0], depth)
                return Side(False, inner.zero, True, inner.since)
            case relu() | step():
                inner = self.of(expr.args[0], depth)
                return Side(
                    False, inner.zero or inner.minus, inner.plus, inner.since if inner.is_known else frozenset()
                )
            case _ if isinstance(expr, POSITIVE_FUNCTIONS):
                return ABOVE
            case Product():
                return self._of_all(expr.args, Side.times, depth)
            case Sum() | SumAll() | Transposed() | Broadcast():
                return self.of(expr.args[0], depth)
            case Max() | Min():
                sides = [self.of(arg, depth) for arg in expr.args]
                found = sides[0]
                for side in sides[1:]:
                    found = Side(found.minus or side.minus, found.zero or side.zero, found.plus or side.plus,
                                 found.since | side.since)  # fmt: skip
                return found if found.is_known else ANY
        return ANY

    def _beside(self, name: Symbol, depth: int) -> Side:
        """What follows from another value: x is positive where x > a and a > 0."""
        for fact, bound in self.bounds:
            if name not in bound.of.free_symbols or bound.of == name:
                continue
            room = room_of(fact)
            for sign_of_room in (1, -1):
                rest = self.of(name - sign_of_room * room, depth)
                if not rest.is_known or (rest.minus if sign_of_room > 0 else rest.plus):
                    continue
                zero = rest.zero and not bound.strict
                return Side(sign_of_room < 0, zero, sign_of_room > 0, rest.since | {fact})
        return ANY

    def _between_bounds(self, expr: Add) -> Side:
        """What the bounds of names say of a sum of multiples of them: w - a > 0 for w > 1 and a < 1."""
        for wanted in (1, -1):  # whether it is above zero, or below it
            reach, strict, since = S.Zero, False, frozenset[Relational]()
            for term in expr.args:
                factor, name = term.as_coeff_Mul()
                if term.is_number:
                    reach += term
                    continue
                lower = (factor > 0) == (wanted > 0)
                found = [(fact, b) for fact, b in self.bounds if b.of == name and b.is_lower == lower]
                if not found:
                    break
                fact, bound = (max if lower else min)(found, key=lambda pair: pair[1].number)
                reach += factor * bound.number
                strict, since = strict or bound.strict, since | {fact}
            else:
                if wanted * reach >= 0:
                    return Side(wanted < 0, reach == 0 and not strict, wanted > 0, since)
        return ANY

    def _of_all(self, parts: Sequence[Expr], together: Callable[[Side, Side], Side], depth: int) -> Side:
        found = self.of(parts[0], depth)
        for part in parts[1:]:
            found = together(found, self.of(part, depth))
        return found if found.is_known else ANY

    def _of_power(self, expr: Pow, depth: int) -> Side:
        base, exponent = expr.args
        if exponent.is_Integer and exponent % 2 == 0:
            inner = self.of(base, depth)
            may_vanish = inner.zero and exponent > 0
            return Side(False, may_vanish, True, frozenset() if may_vanish else inner.since)
        if exponent.is_Rational and exponent.is_Integer is False and exponent.q % 2 == 0:
            inner = self.of(base, depth)  # a root that exists is not negative
            return Side(False, inner.zero and exponent > 0, True, inner.since)
        inner = self.of(base, depth)
        if not inner.minus:
            return Side(False, inner.zero and exponent.is_positive is not False, True, inner.since)
        return Side(inner.minus, inner.zero, inner.plus, inner.since) if exponent.is_Integer else ANY

    # Rewriting

    def decided(self, node: Expr) -> Expr:
        """A node as it is on the sides that are known; what was used is noted."""
        found, since = self._decided(node)
        if found != node:
            self.used.update(since)
        return found

    def _decided(self, node: Expr) -> tuple[Expr, frozenset[Relational]]:
        match node:
            case Abs():
                side = self.of(node.args[0])
                if not side.minus or not side.plus:
                    return (node.args[0] if not side.minus else -node.args[0]), side.since
            case sign():
                side = self.of(node.args[0])
                if not side.zero and side.minus != side.plus:
                    return (S.One if side.plus else S.NegativeOne), side.since
            case step():
                side = self.of(node.args[0])
                if not side.plus or not (side.zero or side.minus):
                    return (S.One if side.plus else S.Zero), side.since
            case relu():
                side = self.of(node.args[0])
                if not side.minus or not side.plus:
                    return (node.args[0] if side.plus else S.Zero), side.since
            case Max() | Min():
                return self._extreme(node)
            case Pow(args=(base, exponent)) if exponent.is_Rational and not exponent.is_Integer:
                return self._root(node, base, exponent)
            case Piecewise():
                return self._cases(node)
        return node, frozenset()

    def _extreme(self, node: Expr) -> tuple[Expr, frozenset[Relational]]:
        """Without what is never the largest, or the smallest."""
        parts, since = list(node.args), frozenset[Relational]()
        for part in node.args:
            for other in parts:
                gap = self.of(other - part if isinstance(node, Max) else part - other) if other != part else ANY
                if not gap.minus and gap.is_known:
                    parts.remove(part)
                    since |= gap.since
                    break
        return node.func(*parts), since

    def _root(self, node: Expr, base: Expr, exponent: Expr) -> tuple[Expr, frozenset[Relational]]:
        """√(x²·y) = x·√y for x ≥ 0."""
        outside, inside, since = [], [], frozenset[Relational]()
        for factor in Mul.make_args(base):
            inner = self.of(factor.base) if isinstance(factor, Pow) and factor.exp == 2 else ANY
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
        side = self.of(whole(condition.lhs) - whole(condition.rhs))
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
    signs = Signs(facts, equations)
    rule = everywhere(signs.decided)
    if rule(expr) == expr:
        return None
    used = tuple(fact for fact in facts if fact in signs.used)
    return Rewrite(FACT, where(used), rule, uses=used)


def is_about_sides(facts: Sequence[Relational]) -> bool:
    """Whether any of the facts tells where a value lies."""
    return any(not isinstance(fact, Eq) or values_of(fact) is not None for fact in facts)


def where(facts: Sequence[Relational]) -> str:
    """The condition that these facts hold."""
    return "where " + " and ".join(map(spoken, facts))
