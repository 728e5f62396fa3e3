"""Exponentials, logarithms and roots in a prime field: free elements, kept so that the laws hold.

exp
    Exponentials of arguments that are linearly independent over the rational numbers are algebraically independent.
    An argument is taken apart into terms, through every name that it was made of, and each term t has a free square
    E(t), so that exp(Σ c·t) = Π E(t)^c. Squares have one root of every degree among the squares, of degree b by the
    exponent 1/b modulo q: fractions in exponents need no care.
log
    log |x| of a product is the sum of logarithms, log exp(x) is x, and what is left has a free L(x), with E(L) = x,
    which exp looks up. Before one is drawn, x is tried with every exponential and every base that is known, as its
    factor: log(1 + exp z) − z is then log(1 + exp(−z)).
power
    As for log, one base at a time; the root of a base is free, or true. A true one is that of ±r which is a square, so
    that the root of a product is the product of roots; of f² it is f or -f, and draws.py tells whether that matters.
"""

from __future__ import annotations

import math
from collections.abc import Container
from fractions import Fraction
from typing import TYPE_CHECKING

from symbackprop.judge.numbers import NoRoot, Undefined, Unlucky
from symbackprop.judge.shadows import exp_of, log_of, power_of
from symbackprop.judge.terms import factored, factors_of, term_of, terms_of

if TYPE_CHECKING:
    from symbackprop.judge.field import Element, Field

RATIOS = tuple(Fraction(m, n) for n in range(1, 7) for m in range(1, 7) if math.gcd(m, n) == 1 and m != n)
LARGEST_EXPONENT = 10**6


class Functions:
    """The free elements of one field.

    ``squares`` has E(t) by t; ``logs`` has (L(x), ±) by x, and L by 1/x too.
    """

    def __init__(self, field: Field, true_roots: bool, opaque_roots: bool) -> None:
        self.field = field
        self.opaque_roots = opaque_roots
        self.true_roots = true_roots
        self.squares: dict[int, int] = {}
        self.exponentials: dict[int, tuple[int, float, float]] = {}
        self.rationals: dict[int, Fraction] = {}
        self.bases: dict[int, Element] = {}
        self.logs: dict[int, Element] = {}
        self.logged: dict[int, Element] = {}
        self.roots: dict[int, int] = {}
        self.true_count = 0
        self.ratios = tuple((field.residue(ratio), ratio) for ratio in RATIOS)
        self.has_numeric_roots = False
        self.pi = self._pi()

    def _pi(self) -> Element:
        pi = self.field.free(math.pi)
        pi.v = self.field.free_square()
        self.roots[pi.v] = pi.v
        return pi

    # Exponentials

    def exp(self, x: Element) -> Element:
        field = self.field
        if x.v not in self.exponentials:
            self.exponentials[x.v] = self._product_of_squares(x)
            field.follows(x)
        value, above, below = self.exponentials[x.v]
        made = type(x)(field, value, value * x.d % field.p, exp_of(x.s), "exp", x, above=above, below=below)
        if x.rational == 0:
            made.rational = Fraction(1)
        return made

    def _product_of_squares(self, x: Element) -> tuple[int, float, float]:
        """Π E(t)^c, and bounds on the degrees of its numerator and denominator."""
        value, above, below = 1, 0.0, 0.0
        for term, coefficient in terms_of(x).items():
            factor, degree = self._exponential(term, coefficient)
            value = value * factor % self.field.p
            above, below = above + max(degree, 0.0), below + max(-degree, 0.0)
        return value, above, below

    def _exponential(self, term: int, coefficient: int) -> tuple[int, float]:
        """exp(coefficient·term), and its degree."""
        exponent = self.rational(coefficient)
        if term in self.logged:
            base = self.logged[term]
            return self.power_value(base, exponent), exponent.numerator * (base.above + base.below + 1)
        if term not in self.squares:
            multiple = self.multiple(term, self.squares) if self.has_numeric_roots else None
            if multiple is not None:
                term, ratio = multiple
                exponent *= ratio
                coefficient = self.field.exponent(exponent)
            else:
                self.squares[term] = self.field.free_square()
        whole = exponent.denominator == 1 and abs(exponent) <= LARGEST_EXPONENT
        power = exponent.numerator if whole else coefficient
        return pow(self.squares[term], power, self.field.p), float(exponent.numerator)

    def rational(self, coefficient: int) -> Fraction:
        """The rational number of small parts that is a coefficient modulo q."""
        if coefficient not in self.rationals:
            q = self.field.q
            a, b, s, t = q, coefficient, 0, 1
            while b * b * 2 > q:
                a, b, s, t = b, a % b, t, s - a // b * t
            self.rationals[coefficient] = Fraction(b, t)
        return self.rationals[coefficient]

    def multiple(self, term: int, known: Container[int]) -> tuple[int, Fraction] | None:
        """A known term of which this one is a multiple by a small fraction: (z/√2)² is half of z²."""
        p = self.field.p
        for residue, ratio in self.ratios:
            value = term * residue % p
            key, sign = term_of(value, p)
            if key in known:
                return key, sign / ratio
        return None

    # Logarithms

    def log(self, x: Element) -> Element:
        field = self.field
        if x.v == 0:
            raise Undefined("the logarithm of zero")
        result = field.number(Fraction(0))
        bases: dict[int, tuple[Element, Fraction]] = {}
        for base, exponent in factors_of(x):
            if base.how == "exp":
                result = result + field.number(exponent) * base.a
            elif base.rational is not None:
                for prime, count in factored(base.rational).items():
                    result = result + field.number(exponent * count) * self._log_of(field.number(Fraction(prime)))
            else:
                key = min(base.v, field.p - base.v)
                bases[key] = (base, bases.get(key, (base, Fraction(0)))[1] + exponent)
        for base, exponent in bases.values():
            if exponent:
                result = result + field.number(exponent) * self._log_of(base)
        # x moves as it was told, not as it was made
        result = result.with_derivative(x.d * pow(x.v, -1, field.p) % field.p)
        result.s = log_of(x.s)
        return result

    def _log_of(self, base: Element) -> Element:
        """log |base|, which is known, follows from one that is known by an exponential as factor, or is drawn."""
        field, p = self.field, self.field.p
        inverse = pow(base.v, -1, p)
        derivative = base.d * inverse % p
        found = self._known_log(base.v)
        if found is None:
            found = self._by_factor(base.v)
        if found is None:
            found = field.free(0.0)
            field.follows(base)
            self._keep_log(base, found)
        return type(base)(field, found.v, derivative, log_of(base.s), found.how, found.a, found.b, above=1.0)

    def _known_log(self, value: int) -> Element | None:
        key = min(value, self.field.p - value)
        return self.logs.get(key)

    def _keep_log(self, base: Element, log: Element) -> None:
        p = self.field.p
        inverse = pow(base.v, -1, p)
        key = min(base.v, p - base.v)
        self.logs[key] = log
        self.logs[min(inverse, p - inverse)] = -log
        self.bases[key] = base
        term, sign = term_of(log.v, p)
        self.logged[term] = base if sign > 0 else self.field.power(self.field.still(base), Fraction(-1))

    def _by_factor(self, value: int) -> Element | None:
        """The logarithm of a number that is one whose logarithm is known, times one whose logarithm is known."""
        p = self.field.p
        for term, square in self.squares.items():
            exponent = type(self.field.one)(self.field, term, 0, 0.0, above=1.0)
            for factor, sign in ((square, -1), (pow(square, -1, p), 1)):
                other = self._known_log(value * factor % p)
                if other is not None:
                    return other + exponent if sign > 0 else other - exponent
        for base in list(self.bases.values()):
            for factor, sign in ((base.v, -1), (pow(base.v, -1, p), 1)):
                other = self._known_log(value * factor % p)
                if other is not None:
                    known = self._known_log(base.v)
                    assert known is not None
                    return other + known if sign > 0 else other - known
        return None

    # Powers

    def power(self, x: Element, exponent: Fraction) -> Element:
        field, p = self.field, self.field.p
        if exponent.denominator == 1:
            return self._whole_power(x, int(exponent))
        if x.how == "exp":
            made = self.exp(field.number(exponent) * x.a)
            return made.with_derivative(field.residue(exponent) * made.v * pow(x.v, -1, p) * x.d % p)
        if x.rational is not None and x.rational <= 0:
            raise Unlucky("a root of what is not positive")
        value = self.power_value(x, exponent)
        slope = 0 if not x.d else field.residue(exponent) * self.power_value(x, exponent - 1) % p
        size = float(abs(exponent) * exponent.denominator) + x.above + x.below
        return type(x)(
            field, value, slope * x.d % p, power_of(x.s, exponent), "power", x, exponent, above=size, below=size
        )  # fmt: skip

    def _whole_power(self, x: Element, n: int) -> Element:
        field, p = self.field, self.field.p
        if n < 0 and x.v == 0:
            raise Undefined("a division by zero")
        slope = 0
        if n < 0:
            inverse = pow(x.v, -1, p)
            value = pow(inverse, -n, p)
            slope = n * value * inverse % p
        else:
            value = pow(x.v, n, p)
            slope = n * pow(x.v, n - 1, p) % p if n and x.d else 0
        rational = x.rational**n if x.rational is not None and abs(n) < 100 else None
        above, below = (x.above, x.below) if n >= 0 else (x.below, x.above)
        return type(x)(
            field, value, slope * x.d % p, power_of(x.s, Fraction(n)), "power", x, Fraction(n), rational,
            abs(n) * above, abs(n) * below,
        )  # fmt: skip

    def power_value(self, x: Element, exponent: Fraction) -> int:
        """|x| to a power that need not be whole, base by base."""
        field, p = self.field, self.field.p
        if exponent.denominator == 1:
            if x.v == 0:
                raise Unlucky("a power of zero")
            return pow(x.v, exponent.numerator, p)
        factors = factors_of(x)
        if self.opaque_roots and any(times.numerator % 2 == 0 for _, times in factors):
            return self._power_of(x.v, exponent)
        value = 1
        signs: list[int] = []
        for base, times in factors:
            power = times * exponent
            if base.how == "exp":
                for term, coefficient in terms_of(base.a).items():
                    factor, _ = self._exponential(term, coefficient * self.field.exponent(power) % field.q)
                    value = value * factor % p
            elif base.rational is not None:
                self.has_numeric_roots = True
                for prime, count in factored(base.rational).items():
                    value = value * self._power_of(prime % p, power * count) % p
            else:
                size = base.v if base.s >= 0 else p - base.v
                if times.numerator % 2 == 0:
                    signs.append(1 if base.s >= 0 else -1)
                value = value * self._power_of(size, power) % p
        if signs:
            self.field.turned |= {(0, math.prod(signs)), *enumerate(signs, start=1)}
        return value

    def _power_of(self, base: int, power: Fraction) -> int:
        field, p = self.field, self.field.p
        if base == 0:
            raise Unlucky("a root of zero")
        if power.denominator == 1:
            return pow(base, int(power), p)
        if base not in self.roots:
            inverse = pow(base, -1, p)
            if inverse in self.roots:
                self.roots[base] = pow(self.roots[inverse], -1, p)
            elif field.is_square(base) and (self.true_roots or base < p >> 20):
                self.roots[base] = base
                self.true_count += base >= p >> 20  # of what is no number
            elif self.true_roots and base < p >> 20:
                raise Unlucky("a root of a number that is no square")
            elif self.true_roots:
                raise NoRoot(self.true_count)
            else:
                self.roots[base] = field.free_square()
        return pow(self.roots[base], self.field.exponent(power), p)
