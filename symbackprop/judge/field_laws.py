"""Functions in a prime field of which the judge knows laws alone: free elements for each argument, and turns.

Every value is free but for what laws.py says: its derivative, its sign, its values at numbers, and what undoes it.
sin and cos are the parts of one turn c + s·i with c² + s² = 1, an element of norm 1 of the field with a root i of -1,
which is none of the field itself, as p ≡ 3 mod 4. An argument is taken apart into terms, as that of an exponential is,
and each term t has a free turn U(t), so that the turn of Σ c·t is Π U(t)^c. Norm-1 elements have no roots of every
degree; so a term's turn is a power to begin with, of which fractions with the usual denominators are powers, too. What
has another denominator is a term of its own, of which less is known. Turns by multiples of π/12 are what they are.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from symbackprop.judge.laws import COS, SIN, Law
from symbackprop.judge.shadows import value_of
from symbackprop.judge.terms import term_of, terms_of

if TYPE_CHECKING:
    from symbackprop.judge.field import Element, Field

FINE = math.lcm(*range(1, 9))
"""Of how many parts a term's turn is made, for each part of the fraction with which the term is met first."""
HALF_TURN = 12
"""Into how many parts a half turn is cut."""
Turn = tuple[int, int]
STILL: Turn = (1, 0)


class Turns:
    """The turns of one field: of arguments by their values, of terms by theirs."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.known: dict[int, tuple[Turn, float]] = {}
        """With bounds on their degrees."""
        self.units: dict[int, tuple[Turn, int, float]] = {}
        """By term the turn of one of its parts, the number of parts, and a bound on the degree of the turn."""
        self.angles: dict[int, tuple[int, Law, Element, tuple[Element, ...]]] = {}
        """Terms that are, but for their sign, values of functions whose turn is known."""

    def of(self, x: Element) -> tuple[Turn, float]:
        """The turn by x."""
        if x.v not in self.known:
            turn, degree = STILL, 0.0
            for term, coefficient in terms_of(x).items():
                more, above = self._of_term(term, self.field.functions.rational(coefficient))
                turn, degree = self._product(turn, more), degree + above
            self.known[x.v] = turn, degree
        return self.known[x.v]

    def _of_term(self, term: int, coefficient: Fraction) -> tuple[Turn, float]:
        functions = self.field.functions
        if term not in self.units:
            ratio = functions.multiple(term, self.units) if functions.has_numeric_roots else None
            if ratio is not None:
                return self._of_term(ratio[0], coefficient * ratio[1])
            self.units[term] = self._unit(term, coefficient.denominator)
        unit, parts, degree = self.units[term]
        count = coefficient * parts
        if count.denominator > 1:
            value = self.field.residue(coefficient) * term % self.field.p
            term, sign = term_of(value, self.field.p)
            if term not in self.units:
                self.units[term] = self._drawn(1)
            unit, parts, degree = self.units[term]
            count = Fraction(sign * parts)
        return self._power(unit, int(count)), degree * abs(int(count))

    def _unit(self, term: int, denominator: int) -> tuple[Turn, int, float]:
        """The turn of a part of a term: of π, of an angle of which the sine is known, or a free one."""
        pi, sign = term_of(self.field.pi.v, self.field.p)
        if term == pi:
            return self._power(self._twelfth(), sign), HALF_TURN, 0.0
        if term in self.angles:
            sign, law, value, args = self.angles[term]
            assert law.turn is not None
            c, s = law.turn(self.field, value, *args)
            return (c.v, sign * s.v % self.field.p), 1, c.above + c.below + s.above + s.below
        return self._drawn(denominator)

    def _drawn(self, denominator: int) -> tuple[Turn, int, float]:
        """(1 + iu)/(1 - iu), of norm 1 for every u."""
        p = self.field.p
        u = self.field.random.randrange(1, p)
        norm = pow(1 + u * u, -1, p)
        return ((1 - u * u) * norm % p, 2 * u * norm % p), FINE * denominator, 2.0

    def _twelfth(self) -> Turn:
        """A half turn's twelfth: a third without a quarter, 1/2 + i√3/2 times (1 - i)/√2."""
        half, root2, root3 = (self._root(Fraction(n)) for n in (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)))
        return self._product((half, root3), (root2, -root2 % self.field.p))

    def _root(self, value: Fraction) -> int:
        field = self.field
        return field.functions.power_value(field.number(value), Fraction(1, 2))

    def _product(self, a: Turn, b: Turn) -> Turn:
        p = self.field.p
        return (a[0] * b[0] - a[1] * b[1]) % p, (a[0] * b[1] + a[1] * b[0]) % p

    def _power(self, turn: Turn, n: int) -> Turn:
        found = STILL
        turn = turn if n >= 0 else (turn[0], -turn[1] % self.field.p)
        n = abs(n)
        while n:
            if n & 1:
                found = self._product(found, turn)
            n >>= 1
            turn = self._product(turn, turn)
        return found


class FreeValues:
    """The values of functions in one field, each drawn when it is asked for first."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.turns = Turns(field)
        self.values: dict[tuple[object, ...], Element] = {}
        """By the word of the function and the values of its arguments; the first of them the smaller one of ±."""

    def applied(self, law: Law, args: tuple[Element, ...]) -> Element:
        """The function of arguments, with its derivative along theirs."""
        field, shadow = self.field, value_of(law, *(arg.s for arg in args))
        still = tuple(map(field.still, args))
        found = self._value(law, still)
        d, above, below = 0, found.above, found.below
        for slope, arg in zip(law.slopes, args, strict=True):
            if arg.d:
                by = slope(field, found, *still)
                d += by.v * arg.d
                above, below = max(above, by.above + arg.above + arg.below), max(below, by.below)
        made = found.with_derivative(d % field.p)
        made.s, made.above, made.below = shadow, above, below
        return made

    def _value(self, law: Law, args: tuple[Element, ...]) -> Element:
        for at, known in law.exact.items():
            if args[0].v == self.field.residue(at):
                return self.field.number(known)
        if law in (SIN, COS):
            turn, degree = self.turns.of(args[0])
            return type(args[0])(
                self.field, turn[1 if law is SIN else 0], 0, 0.0, law.word, args[0], above=degree, below=degree
            )
        if law.formula is not None:
            return law.formula(self.field, *args)  # type: ignore[no-any-return]
        first, *rest = (arg.v for arg in args)
        sign = 1
        if law.odd:
            first, sign = term_of(first, self.field.p)
        key = (law.word, first, *rest)
        if key not in self.values:
            self.values[key] = self._drawn(law, args if sign > 0 else (-args[0], *args[1:]))
        return self.values[key] if sign > 0 else -self.values[key]

    def _drawn(self, law: Law, args: tuple[Element, ...]) -> Element:
        found = self.field.free(0.0)
        term, sign = term_of(found.v, self.field.p)
        if law.turn is not None:
            self.turns.angles[term] = (sign, law, found, args)
        if law.inverse:
            self.values.setdefault((law.inverse, term), args[0] if sign > 0 else -args[0])
        return found
