"""Intervals that hold the true number, whatever was rounded on the way: what a witness is made of."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import mpmath

from symbackprop.judge.numbers import Number, Numbers, Unlucky

LARGE = 8.0
"""From where on the error function is bounded and not summed."""


class Intervals(Numbers):
    """Intervals of mpmath, which hold the true number whatever was rounded on the way."""

    def __init__(self, bits: int = 100) -> None:
        self.context = type(mpmath.iv)()
        self.context.prec = bits

    def number(self, value: Fraction) -> Number:
        return self.context.mpf(value.numerator) / value.denominator

    @property
    def pi(self) -> Number:
        return +self.context.pi

    def exp(self, x: Number) -> Number:
        return self.context.exp(x)

    def log(self, x: Number) -> Number:
        if not x.a > 0:
            raise Unlucky("outside the domain, or too near to its edge")
        return self.context.log(x)

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
        return self.context.exp(self.number(exponent) * self.context.log(x))

    def erf(self, x: Number) -> Number:
        return self.context.mpf([self._erf_at(x.a).a, self._erf_at(x.b).b])  # it rises

    def _erf_at(self, x: Number) -> Number:
        """An enclosure at a point: its series, whose signs alternate, or 1 - exp(-x²) < erf x < 1 where x is large."""
        iv = self.context
        size = float(abs(x).b)
        if size > LARGE:
            tail = iv.exp(-(x * x))
            near = iv.mpf([1 - tail.b, 1])
            return near if x > 0 else -near
        bits = iv.prec
        iv.prec = bits + int(3 * size * size) + 10  # the terms rise to exp(x²) before they cancel
        try:
            square, term, sum_, n = x * x, +x, +x, 0
            while n <= size * size or abs(term).b > iv.mpf(2) ** -iv.prec:
                n += 1
                term = term * -square / n
                sum_ = sum_ + term / (2 * n + 1)
            rest = abs(term).b
            found = (sum_ + iv.mpf([-rest, rest])) * 2 / iv.sqrt(iv.pi)
        finally:
            iv.prec = bits
        return +found

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
