"""Numbers of a field of functions over the rational numbers: what holds for them holds, with no chance in it.

Leaves are generators. So are exponentials, where the exponent is linearly independent of those before it over the
rational numbers; else exp(Σ c·x) = Π exp(x)^c. Functions that are independent in this way have exponentials that are
algebraically independent, so that next to nothing is refused that holds. Nor is anything accepted that does not: of a
generator no law is used that the real number for which it stands does not obey, and its independence of the others is
never used. Logarithms, roots and the error function have generators, too. The float tells the sides of kinks alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import final

from symbackprop.judge import sums
from symbackprop.judge.entries import Entries
from symbackprop.judge.laws import Law
from symbackprop.judge.numbers import Moving, Undecidable, Unlucky
from symbackprop.judge.rational_laws import Values
from symbackprop.judge.shadows import TIE, exp_of, float_of, log_of, power_of, side_of, value_of
from symbackprop.judge.sums import LARGEST_POWER, ONE, Budget, Sum, Term, TooLarge
from symbackprop.judge.terms import factored


class Ratio:
    """One number: a sum of terms, its derivative, and a float."""

    __slots__ = ("d", "kind", "s", "v")

    def __init__(self, kind: Rationals, v: Sum, d: Sum, s: float) -> None:
        self.kind, self.v, self.d, self.s = kind, v, d, s

    def __add__(self, other: Ratio) -> Ratio:
        return Ratio(self.kind, sums.added(self.v, other.v), sums.added(self.d, other.d), self.s + other.s)

    def __sub__(self, other: Ratio) -> Ratio:
        return self + -other

    def __neg__(self) -> Ratio:
        v, d = ({term: -c for term, c in part.items()} for part in (self.v, self.d))
        return Ratio(self.kind, v, d, -self.s)

    def __mul__(self, other: Ratio) -> Ratio:
        budget = self.kind.budget
        d = sums.added(sums.multiplied(self.v, other.d, budget), sums.multiplied(self.d, other.v, budget))
        return Ratio(self.kind, sums.multiplied(self.v, other.v, budget), d, self.s * other.s)

    def __truediv__(self, other: Ratio) -> Ratio:
        return self * self.kind.power(other, Fraction(-1))

    @property
    def rational(self) -> Fraction | None:
        """Its value where it is a rational number."""
        if not self.v:
            return Fraction(0)
        return Fraction(self.v[ONE]) if len(self.v) == 1 and ONE in self.v else None


@final
class Rationals(Moving):
    """Functions over the rational numbers. Raises TooLarge where they have too many terms for ``budget``."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self.budget = budget
        self.count = 0
        self.made: dict[int, Sum] = {}
        """What generators are made of."""
        self.positive: set[int] = set()
        """Generators that stand for positive numbers."""
        self.exponents: dict[int, Sum] = {}
        """The sums x of generators exp(x)."""
        self.rows: list[tuple[Term, Sum, Term]] = []
        """Linearly independent exponents: a term of each that the next ones do not have, itself, its exponential."""
        self.logged: dict[int, int] = {}
        """The generators g of generators log(g)."""
        self.known: dict[object, int] = {}
        self.unreal: set[int] = set()
        """Generators that do not stand for real numbers, and what is made of them."""
        self.values = Values(self)
        self._pi = self.free(math.pi)
        self.know_positive(self._pi)

    # Generators

    def free(self, shadow: float) -> Ratio:
        """A number of which nothing is known."""
        return Ratio(self, {((self._new(), 1),): 1}, {}, shadow)

    def know_positive(self, x: Ratio) -> None:
        """Take note that a free number is above zero."""
        self.positive.add(self._generator_of(x))

    def _new(self) -> int:
        self.count += 1
        return self.count

    def _generator_of(self, x: Ratio) -> int:
        (((generator, _),),) = x.v
        return generator

    def kept(self, key: object) -> tuple[int, bool]:
        """The generator that is known by a key, and whether it is new."""
        if key in self.known:
            return self.known[key], False
        self.known[key] = generator = self._new()
        return generator, True

    def _made_of(self, meaning: Sum) -> int:
        """The generator that is made of a sum."""
        generator, new = self.kept(frozenset(meaning.items()))
        if new:
            self.made[generator] = meaning
            if self._is_unreal(meaning):
                self.unreal.add(generator)
        return generator

    def _is_unreal(self, v: Sum) -> bool:
        """Whether a sum has generators that may not stand for real numbers."""
        return bool(self.unreal) and any(g in self.unreal and g not in self.positive for term in v for g, _ in term)

    def _logarithm(self, of: int) -> int:
        generator, new = self.kept(("log", of))
        if new:
            self.logged[generator] = of
            self.positive.add(of)
        return generator

    # Numbers

    def number(self, value: Fraction) -> Ratio:
        return Ratio(self, sums.constant(value), {}, float_of(value))

    @property
    def pi(self) -> Ratio:
        return self._pi

    def is_zero(self, x: Ratio) -> bool:
        return self.vanishes(x.v)

    def vanishes(self, v: Sum) -> bool:
        """Whether a sum is zero."""
        return sums.is_zero(v, self.made, self.budget)

    def exp(self, x: Ratio) -> Ratio:
        value: Term = ONE
        rest: Sum = {}
        for term, coefficient in sums.tidied(x.v, self.made, self.budget).items():
            if len(term) == 1 and term[0][0] in self.logged and term[0][1] == 1:
                base = ((self.logged[term[0][0]], coefficient),)
                value = sums.times(value, base)  # exp(c·log x) = x^c
            else:
                rest[term] = coefficient
        value = sums.times(value, self.exponential(rest))
        return Ratio(self, {value: 1}, sums.scaled(x.d, value, 1), exp_of(x.s))

    def exponential(self, x: Sum, real: bool = True) -> Term:
        """exp(x), by exponentials that are known where x depends on their exponents, else by one of its own."""
        value, rest = ONE, x
        for pivot, exponent, exponential in self.rows:
            coefficient = rest.get(pivot, 0)
            if coefficient:
                rest = sums.added(rest, sums.scaled(exponent, ONE, -coefficient))
                value = sums.times(value, sums.to_power(exponential, coefficient))
        if not rest:
            return value
        generator = self._new()
        self.exponents[generator] = x
        (self.positive if real else self.unreal).add(generator)
        whole: Term = ((generator, 1),)
        pivot = max(rest)
        scale = 1 / Fraction(rest[pivot])
        exponential = sums.to_power(sums.times(whole, sums.to_power(value, -1)), scale)
        self.rows.append((pivot, sums.scaled(rest, ONE, scale), exponential))
        return whole

    def log(self, x: Ratio) -> Ratio:
        number, term = self._factors(x)
        found: Sum = {}
        for prime, count in factored(number).items():
            found = sums.added(found, {((self._logarithm(self._made_of({ONE: prime})), 1),): count})
        for generator, exponent in term:
            if generator in self.exponents:
                found = sums.added(found, sums.scaled(self.exponents[generator], ONE, exponent))
            else:
                found = sums.added(found, {((self._logarithm(generator), 1),): exponent})
        d = sums.multiplied(x.d, self._reciprocal(x.v), self.budget) if x.d else {}
        return Ratio(self, found, d, log_of(x.s))

    def power(self, x: Ratio, exponent: Fraction) -> Ratio:
        s = power_of(x.s, exponent)
        if exponent == 0:
            return Ratio(self, sums.constant(1), {}, s)
        if exponent.denominator == 1:
            n = int(exponent)
            base = x.v if n > 0 else self._reciprocal(x.v)
            before = self._whole(base, abs(n) - 1)
            value = sums.multiplied(before, base, self.budget)
            slope = before if n > 0 else sums.multiplied(value, base, self.budget)
        else:
            number, term = self._factors(x)
            for prime, count in factored(number).items():
                term = sums.times(term, ((self._made_of({ONE: prime}), count),))
            self.positive |= {generator for generator, _ in term}
            value = {sums.to_power(term, exponent): 1}
            slope = {sums.to_power(term, exponent - 1): 1}
        d = sums.multiplied(sums.scaled(slope, ONE, exponent), x.d, self.budget) if x.d else {}
        return Ratio(self, value, d, s)

    def _whole(self, base: Sum, n: int) -> Sum:
        if len(base) == 1:
            ((term, coefficient),) = base.items()
            if n > LARGEST_POWER and abs(coefficient) != 1:
                raise TooLarge(f"a power above {LARGEST_POWER}")
            return {sums.to_power(term, n): coefficient**n}
        return sums.whole_power(base, n, self.budget)

    def _reciprocal(self, v: Sum) -> Sum:
        if len(v) == 1:
            ((term, coefficient),) = v.items()
            return {sums.to_power(term, -1): sums.plain(1 / Fraction(coefficient))}
        if self.vanishes(v):
            raise Unlucky("a division by zero")
        term, coefficient = sums.content(v)
        scale = 1 / Fraction(coefficient)
        back = sums.to_power(term, -1)
        generator = self._made_of(sums.scaled(v, back, scale))
        return {sums.times(back, ((generator, -1),)): sums.plain(scale)}

    def _factors(self, x: Ratio) -> tuple[Fraction, Term]:
        """A number that is positive where its root or logarithm is defined, as a product of positive ones.

        Of factors whose sign is not known one may stay, with an odd exponent: it is positive, as the whole is. Else
        what is not known to be positive stays together.
        """
        v = sums.tidied(x.v, self.made, self.budget)
        if x.rational is not None and x.rational <= 0:
            raise Unlucky("a root or a logarithm of what is not positive")
        if self.vanishes(v):
            raise Unlucky("a root or a logarithm of zero")
        if self._is_unreal(v):
            return Fraction(1), ((self._made_of(v), 1),)
        term, coefficient = sums.content(v)
        if len(v) > 1 or coefficient < 0:
            known = tuple((g, k) for g, k in term if g in self.positive)
            number = abs(Fraction(coefficient))
            rest = sums.scaled(v, sums.to_power(known, -1), 1 / number)
            return number, sums.times(known, ((self._made_of(rest), 1),))
        unknown = tuple((g, k) for g, k in term if g not in self.positive and Fraction(k).denominator == 1)
        if len(unknown) > 1 or any(k % 2 == 0 for _, k in unknown):
            known = sums.times(term, sums.to_power(unknown, -1))
            term = sums.times(known, ((self._made_of({unknown: 1}), 1),))
        return Fraction(coefficient), term

    def applied(self, law: Law, *args: Ratio) -> Ratio:
        still, s = [self.still(arg) for arg in args], value_of(law, *(arg.s for arg in args))
        found = self.values.value(law, still)
        d: Sum = {}
        for slope, arg in zip(law.slopes, args, strict=True):
            if arg.d:
                by = slope(self, found, *still)
                d = sums.added(d, sums.multiplied(by.v, arg.d, self.budget))
        return Ratio(self, found.v, d, s)

    # Movement and sides

    def moved(self, x: Ratio, derivative: Ratio) -> Ratio:
        return Ratio(self, x.v, derivative.v, x.s)

    def step(self, k: int) -> Ratio:
        return self.free(1.0)

    def slope(self, x: Ratio) -> Ratio:
        return Ratio(self, x.d, {}, math.nan)

    def still(self, x: Ratio) -> Ratio:
        return Ratio(self, x.v, {}, x.s) if x.d else x

    def sign(self, x: Ratio) -> int:
        if x.rational is not None:
            return (x.rational > 0) - (x.rational < 0)
        if abs(x.s) < TIE and self.vanishes(x.v):
            return 0
        return side_of(x.s)

    def rests_at_zero(self, x: Ratio) -> bool:
        return self.vanishes(x.v) and self.vanishes(x.d)

    def pivot(self, column: Sequence[Ratio]) -> int:
        raise Undecidable("matrices are tried in a prime field")

    def matrix_root(self, a: Entries) -> Entries:
        raise Undecidable("a root of a matrix")

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        raise Undecidable("an equation of Lyapunov's")
