"""Sums of terms over the rational numbers: Σ c·Π gᵏ, with rational numbers c and k and generators g.

A generator stands for a real number of which only its laws are used: a leaf, the exponential of a term, the logarithm
or the error function of a number. Or it is *made* of a sum f in generators before it, and is only met with powers that
are negative or no whole numbers: 1/f and √f are terms. Such a generator goes out by multiplying with f, so that
whether a sum is zero can be told by expanding it. What is zero here is zero for the real numbers too.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Any

from symbackprop.judge.numbers import Undecidable

Number = Any
"""An int, or a Fraction that is none: ints are quicker."""
Term = tuple[tuple[int, Number], ...]
"""Numbers of generators, rising, each with its exponent."""
Sum = dict[Term, Number]
"""Coefficients by term; none is zero."""

ONE: Term = ()
LONGEST = 5_000
"""How many terms a sum may have."""
LARGEST_POWER = 200
"""Of a number that is not ±1."""
WORK = 12_000
"""How many terms may be multiplied for one claim: about a tenth of a second."""


class TooLarge(Undecidable):
    """More terms than are worth their time: another level is quicker."""


class Budget:
    """How many terms may still be multiplied."""

    def __init__(self, work: int = WORK) -> None:
        self.left = work

    def spend(self, terms: int) -> None:
        """Take account of terms that are about to be multiplied. Raises TooLarge where none are left."""
        self.left -= terms
        if self.left < 0:
            raise TooLarge(f"more than {WORK} terms to multiply")


def plain(value: Number) -> Number:
    """An int where it is one."""
    return value if type(value) is int or value.denominator != 1 else value.numerator


def constant(value: Number) -> Sum:
    """A sum that is a number."""
    return {ONE: plain(value)} if value else {}


def added(a: Sum, b: Sum) -> Sum:
    """A sum of sums."""
    if len(a) < len(b):
        a, b = b, a
    found = dict(a)
    for term, coefficient in b.items():
        together = found.get(term, 0) + coefficient
        if together:
            found[term] = plain(together)
        else:
            del found[term]
    if len(found) > LONGEST:
        raise TooLarge(f"a sum of more than {LONGEST} terms")
    return found


def times(a: Term, b: Term) -> Term:
    """A product of terms."""
    if not a or not b:
        return a or b
    found: dict[int, Number] = dict(a)
    for generator, exponent in b:
        together = found.get(generator, 0) + exponent
        if together:
            found[generator] = together if type(together) is int else plain(together)
        else:
            del found[generator]
    return tuple(sorted(found.items()))


def to_power(term: Term, exponent: Number) -> Term:
    """A term to any power."""
    return tuple((g, plain(k * exponent)) for g, k in term) if exponent else ONE


def scaled(a: Sum, term: Term, coefficient: Number) -> Sum:
    """A sum times one term."""
    return {times(term, t): plain(c * coefficient) for t, c in a.items()}


def multiplied(a: Sum, b: Sum, budget: Budget) -> Sum:
    """A product of sums."""
    budget.spend(len(a) * len(b))
    if len(a) < len(b):
        a, b = b, a
    if len(b) == 1:
        ((term, coefficient),) = b.items()
        return scaled(a, term, coefficient)
    found: Sum = {}
    for t, c in b.items():
        for s, d in a.items():
            term = times(s, t)
            found[term] = found.get(term, 0) + c * d
    found = {term: plain(c) for term, c in found.items() if c}
    if len(found) > LONGEST:
        raise TooLarge(f"a sum of more than {LONGEST} terms")
    return found


def whole_power(a: Sum, n: int, budget: Budget) -> Sum:
    """A sum to the power of a natural number."""
    found = constant(1)
    while n:
        if n & 1:
            found = multiplied(found, a, budget)
        n >>= 1
        if n:
            a = multiplied(a, a, budget)
    return found


def content(a: Sum) -> tuple[Term, Number]:
    """A term and a coefficient without which no exponent in the sum is below zero and its greatest term stands alone.

    Both are as for a polynomial: f = E⁻¹ + 1 and E + 1 have one and the same rest.
    """
    lowest: dict[int, Number] = {}
    for generator in sorted({g for term in a for g, _ in term}):
        exponents = [dict(term).get(generator, 0) for term in a]
        lowest[generator] = min(exponents)
    term = tuple((g, k) for g, k in lowest.items() if k)
    back = to_power(term, -1)
    greatest = max(a, key=lambda t: times(t, back))
    return term, a[greatest]


def is_zero(a: Sum, made: Mapping[int, Sum], budget: Budget) -> bool:
    """Whether a sum is zero, where some generators are made of sums. The last one goes out first."""
    a = tidied(a, made, budget)
    bound: Number = float("inf")
    while a:
        generator = max((g for term in a for g, _ in term if g in made and g < bound), default=None)
        if generator is None:
            return False
        a, bound = _without(a, generator, made[generator], budget), generator
    return True


def _without(a: Sum, generator: int, meaning: Sum, budget: Budget) -> Sum:
    """A sum times a power of what a generator means, in which the generator has no exponent but below one."""
    budget.spend(len(a))
    powers: dict[int, Sum] = {}
    for term, coefficient in a.items():
        exponents = dict(term)
        exponent = exponents.pop(generator, 0)
        whole = floor(exponent)
        if exponent != whole:
            exponents[generator] = exponent - whole
        powers.setdefault(whole, {})[tuple(sorted(exponents.items()))] = coefficient
    found: Sum = {}
    for whole in range(max(powers), min(powers) - 1, -1):  # as Horner did
        found = added(multiplied(found, meaning, budget), powers.get(whole, {}))
    return found


def tidied(a: Sum, made: Mapping[int, Sum], budget: Budget) -> Sum:
    """The same number, with E/(E + 1) as 1 - 1/(E + 1): of a fraction the greatest term of its denominator goes out.

    Most sums that are equal are alike when they are tidy, all fractions of 1 + exp(z) among them.
    """
    leading = {generator: max(meaning) for generator, meaning in made.items()}
    numbers = {generator: meaning[ONE] for generator, meaning in made.items() if meaning.keys() == {ONE}}
    found: Sum = {}
    waiting = list(a.items())
    while waiting:
        term, coefficient = waiting.pop()
        if numbers:
            term, coefficient = _with_roots(term, coefficient, numbers)
        generator = _reducible(term, leading)
        if generator is None:
            together = found.get(term, 0) + coefficient
            if together:
                found[term] = plain(together)
            else:
                del found[term]
            continue
        budget.spend(len(made[generator]))
        lead = leading[generator]
        rest = times(term, to_power(lead, -1))
        factor = Fraction(coefficient) / made[generator][lead]
        waiting += [(times(rest, t), plain(-c * factor)) for t, c in made[generator].items() if t != lead]
        waiting.append((times(rest, ((generator, 1),)), plain(factor)))
    return found


def _with_roots(term: Term, coefficient: Number, numbers: Mapping[int, Number]) -> tuple[Term, Number]:
    """A term in which generators that are made of a number have exponents from 0 to 1, and its coefficient."""
    for generator, exponent in term:
        whole = floor(exponent) if generator in numbers else 0
        if whole and abs(whole) <= LARGEST_POWER:
            term = times(term, ((generator, -whole),))
            coefficient = plain(coefficient * Fraction(numbers[generator]) ** whole)
    return term, coefficient


def _reducible(term: Term, leading: Mapping[int, Term]) -> int | None:
    """A generator below the fraction bar of a term whose leading term is above it."""
    for generator, exponent in term:
        if exponent <= -1 and leading.get(generator):
            exponents = dict(term)
            if all(exponents.get(g, 0) >= k for g, k in leading[generator]):
                return generator
    return None
