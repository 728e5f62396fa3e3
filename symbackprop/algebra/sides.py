"""On which side of zero values lie, by what is stated of names: a product of two positive numbers is positive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Abs, Add, Expr, Max, Min, Mul, Piecewise, Pow, S, Symbol, exp, log, together
from sympy.core.relational import Eq, Relational, StrictGreaterThan

from symbackprop.algebra.rewrite import nodes_within
from symbackprop.functions import primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.matrices import Broadcast, LogSoftmax, Operation, Product, Softmax, Sum, SumAll, Transposed
from symbackprop.network.facts import Bound, bound_of, room_of, values_of

DEPTH = 30
"""How many equations a sign is followed through."""
MOST_TERMS = 4
"""Of sums that are compared with others by way of inequalities."""
MOST_PARTS = 40
"""How large an expression is compared with what is stated."""


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


def _either(sides: Sequence[Side]) -> Side:
    """That of a value that is one of several."""
    since = frozenset[Relational]().union(*(side.since for side in sides))
    found = Side(any(s.minus for s in sides), any(s.zero for s in sides), any(s.plus for s in sides), since)
    return found if found.is_known else ANY


def defined(expr: Expr) -> Expr | None:
    """A function of the vocabulary, or a component of a softmax, by its definition; None for everything else."""
    if isinstance(expr, SoftmaxComponent):
        return expr.definition()
    row = primitive_of(expr)
    return None if row is None or row.definition is None else row.definition(*expr.args)


@dataclass
class Signs:
    """What facts say of the signs of expressions in the names of a network, whose ``equations`` are followed."""

    facts: Sequence[Relational]
    equations: Mapping[Symbol, Expr]
    known: dict[Expr, Side] = field(default_factory=dict)

    @cached_property
    def bounds(self) -> Sequence[tuple[Relational, Bound]]:
        """The inequalities, each with what it says of one expression."""
        return [(fact, bound_of(fact, room_of(fact))) for fact in self.facts if not isinstance(fact, Eq)]

    def of(self, expr: Expr, depth: int = 0) -> Side:
        """The side of an expression."""
        if expr not in self.known:
            self.known[expr] = ANY  # until it is worked out, so that inequalities are not followed in a circle
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
                    signs = {bool(n > 0) - bool(n < 0) for n in numbers}
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
                found = found if found.is_known else self._between_bounds(expr)
                found = found if found.is_known else self._beside(expr, depth)
                return found if found.is_known else self._of_fraction(expr, depth)
            case Mul():
                return self._of_all(expr.args, Side.times, depth)
            case Pow():
                return self._of_power(expr, depth)
            case Abs():
                inner = self.of(expr.args[0], depth)
                return Side(False, inner.zero, True, inner.since)
            case exp() | Softmax():
                return ABOVE
            case LogSoftmax():  # of one entry it is zero
                return Side(True, True, False)
            case log():
                return self.of(expr.args[0] - 1, depth)
            case Product():
                return self._of_all(expr.args, Side.times, depth)
            case Sum() | SumAll() | Transposed() | Broadcast():
                return self.of(expr.args[0], depth)
            case Max():
                return self._of_largest([self.of(arg, depth) for arg in expr.args])
            case Min():
                return self._of_largest([self.of(arg, depth).turned() for arg in expr.args]).turned()
            case Piecewise():
                sides = [self.of(branch.expr, depth) for branch in expr.args]
                return _either(sides)
        definition = defined(expr)
        return ANY if definition is None else self.of(definition, depth)

    def _of_largest(self, sides: Sequence[Side]) -> Side:
        """That of the largest of some values: it is not negative where one of them is not."""
        above = [side for side in sides if not side.minus]
        if not above:
            return _either(sides)
        positive = [side for side in above if not side.zero]
        return positive[0] if positive else Side(False, True, True, above[0].since)

    def _beside(self, expr: Expr, depth: int) -> Side:
        """What follows by way of another value: x > 0 where x > a and a > 0, and x - a > 0 where a < b and b < x."""
        terms = len(Add.make_args(expr))
        for fact, bound in self.bounds if terms <= MOST_TERMS else ():
            if bound.of == expr or expr.free_symbols.isdisjoint(bound.of.free_symbols):
                continue
            room = room_of(fact)
            for sign_of_room in (1, -1):
                gap = (expr - sign_of_room * room).expand()
                if len(Add.make_args(gap)) > terms:
                    continue
                rest = self.of(gap, depth)
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

    def _of_fraction(self, expr: Add, depth: int) -> Side:
        """That of 1 - p where p is a fraction by its equation, as of a sigmoid or a softmax: over one denominator."""
        known = {name: defined(self.equations[name]) for name in expr.free_symbols if name in self.equations}
        written = expr.xreplace({name: value for name, value in known.items() if value is not None})
        if written == expr or not nodes_within(written, MOST_PARTS) or written.has(Operation):
            return ANY
        fraction = together(written)
        return ANY if isinstance(fraction, Add) else self.of(fraction, depth)

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
