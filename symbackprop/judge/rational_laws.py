"""Functions over the rational numbers of which the judge knows laws alone: a generator for each argument, and turns.

With a root i of -1, sin and cos are made of exp(ix), which is a generator as other exponentials are: where arguments
depend on one another, the turns do as exponentials do, and all laws of sines and cosines are laws of exponents. Numbers
are real, whatever they are made of; but of what has i or exp(ix) in it, roots and logarithms are not taken apart.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from symbackprop.judge import sums
from symbackprop.judge.laws import COS, HALF, SIN, Law
from symbackprop.judge.sums import ONE, Sum, Term

if TYPE_CHECKING:
    from symbackprop.judge.rational import Ratio, Rationals


class Values:
    """The values of functions among the functions over the rational numbers."""

    def __init__(self, kind: Rationals) -> None:
        self.kind = kind

    def value(self, law: Law, args: list[Ratio]) -> Ratio:
        """The function of arguments that stand still."""
        kind = self.kind
        first, *rest = (sums.tidied(arg.v, kind.made, kind.budget) for arg in args)
        for at, known in law.exact.items():
            if kind.vanishes(sums.added(first, sums.constant(-at))):
                return kind.number(known)
        if law in (SIN, COS):
            return type(args[0])(kind, self._part(law, first), {}, math.nan)
        if law.formula is not None:
            return law.formula(kind, *args)  # type: ignore[no-any-return]
        sign = -1 if law.odd and first and first[max(first)] < 0 else 1
        first = sums.scaled(first, ONE, sign)
        generator, _ = kind.kept((law.word, *(frozenset(part.items()) for part in (first, *rest))))
        return type(args[0])(kind, {((generator, 1),): sign}, {}, math.nan)

    def _part(self, law: Law, x: Sum) -> Sum:
        """(exp(ix) + exp(-ix))/2, or (exp(ix) - exp(-ix))/2i."""
        kind = self.kind
        i = self._i(HALF)
        turn, rest = ONE, {}
        for term, coefficient in x.items():
            if {term: 1} == kind.pi.v and Fraction(coefficient).denominator <= 2:
                turn = sums.times(turn, self._i(coefficient))  # exp(iπ) = -1
            else:
                rest[sums.times(i, term)] = coefficient
        turn = sums.times(turn, kind.exponential(rest, real=False))
        parts: tuple[tuple[Term, Fraction], ...] = (
            ((turn, HALF), (sums.to_power(turn, -1), HALF))
            if law is COS
            else ((sums.times(i, turn), -HALF), (sums.times(i, sums.to_power(turn, -1)), HALF))
        )
        found: Sum = {}
        for term, coefficient in parts:
            found = sums.added(found, {term: coefficient})
        return sums.tidied(found, kind.made, kind.budget)

    def _i(self, power: Fraction) -> Term:
        """-1 to a power; to one half it is i."""
        generator, new = self.kind.kept("i")
        if new:
            self.kind.made[generator] = sums.constant(-1)
            self.kind.unreal.add(generator)
        return ((generator, sums.plain(power)),)
