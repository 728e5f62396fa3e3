"""Intervals that hold the true number, whatever was rounded on the way: what a witness is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import final

import mpmath

from symbackprop.judge import enclosures, matrix_roots
from symbackprop.judge.entries import Entries
from symbackprop.judge.laws import Law, require_inside
from symbackprop.judge.numbers import Number, Still, Unlucky
from symbackprop.judge.real import Digits


@final
class Intervals(Still):
    """Intervals of mpmath, which hold the true number whatever was rounded on the way."""

    def __init__(self, bits: int = 100) -> None:
        super().__init__()
        self.context = type(mpmath.iv)()
        self.context.prec = bits

    def number(self, value: Fraction) -> Number:
        return self.context.mpf(value.numerator) / value.denominator

    @property
    def pi(self) -> Number:
        return +self.context.pi

    def exp(self, x: Number) -> Number:
        return enclosures.exp(self.context, x)

    def log(self, x: Number) -> Number:
        if not x.a > 0:
            raise Unlucky("outside the domain, or too near to its edge")
        return enclosures.widened(self.context, "log", x)

    def power(self, x: Number, exponent: Fraction) -> Number:
        if exponent.denominator == 1:
            n = int(exponent)
            if n < 0 and x.a <= 0 <= x.b:
                raise Unlucky("a division by what may be zero")
            return 1 / x**-n if n < 0 else x**n
        if not x.a > 0:
            raise Unlucky("outside the domain, or too near to its edge")
        if exponent == Fraction(1, 2):
            return self.context.sqrt(x)
        return self.exp(self.number(exponent) * self.log(x))

    def applied(self, law: Law, *args: Number) -> Number:
        require_inside(law, *args)
        return law.intervals(self.context, *args)

    def sign(self, x: Number) -> int:
        if x.a > 0:
            return 1
        if x.b < 0:
            return -1
        if x.a == x.b == 0:
            return 0
        raise Unlucky("too near to a kink")

    def pivot(self, column: Sequence[Number]) -> int:
        sure = [k for k, x in enumerate(column) if x.a > 0 or x.b < 0]
        if not sure:
            raise Unlucky("a matrix that may have no inverse")
        return max(sure, key=lambda k: abs(column[k].mid))

    def matrix_root(self, a: Entries) -> Entries:
        return matrix_roots.enclosed_root(a, self, lambda a: self._near(Digits.matrix_root, a))

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        return matrix_roots.enclosed_solution(a, b, self, lambda a, b: self._near(Digits.lyapunov, a, b))

    def _near(self, function: Callable[..., Entries], *operands: Entries) -> Entries:
        """What so many digits have for the numbers in the middle, as intervals of one number each."""
        digits = Digits(self.context.dps)
        middles = (operand.each(lambda x: digits.context.make_mpf(x.mid._mpi_[0])) for operand in operands)
        return function(digits, *middles).each(self.context.mpf)
