"""All numbers between two ends: how ranges are added, multiplied and joined."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import inf

End = Fraction | float
"""A rational number, or an infinite one."""


@dataclass(frozen=True)
class Range:
    """All numbers from ``low`` to ``high``."""

    low: End
    high: End

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def __neg__(self) -> Range:
        return Range(-self.high, -self.low)

    def __mul__(self, other: Range) -> Range:
        ends = [_times(x, y) for x, y in product((self.low, self.high), (other.low, other.high))]
        return Range(min(ends), max(ends))

    def joined(self, other: Range) -> Range:
        """The least range that holds both."""
        return Range(min(self.low, other.low), max(self.high, other.high))

    @property
    def reciprocal(self) -> Range:
        """Of what is not 0, or it would have none."""
        if self.low >= 0:
            return Range(inverse(self.high), inverse(self.low))
        return -(-self).reciprocal if self.high <= 0 else ALL

    @property
    def size(self) -> Range:
        """Of the absolute value."""
        return Range(max(self.low, -self.high, ZERO), max(-self.low, self.high))

    @property
    def repeated(self) -> Range:
        """Of a sum of one number or more."""
        return Range(self.low if self.low >= 0 else -inf, self.high if self.high <= 0 else inf)

    @property
    def multiplied(self) -> Range:
        """Of a product of one number or more."""
        if self.low >= 1:
            return self.upwards
        if self.low >= 0:
            return Range(ZERO, self.high if self.high <= 1 else inf)
        return SIGNS if self.size.high <= 1 else ALL

    @property
    def upwards(self) -> Range:
        """Of what is not below one of these numbers."""
        return Range(self.low, inf)

    @property
    def joined_with_zero(self) -> Range:
        """The least range that holds this one and 0."""
        return self.joined(Range(ZERO, ZERO))


ZERO: End = Fraction(0)
ONE: End = Fraction(1)
ALL, POSITIVE, UNIT, SIGNS = Range(-inf, inf), Range(ZERO, inf), Range(ZERO, ONE), Range(-ONE, ONE)


def _times(x: End, y: End) -> End:
    """A product of ends; 0 stays 0, as the infinite is never reached."""
    return ZERO if x == 0 or y == 0 else x * y


def inverse(x: End) -> End:
    """One over an end; 0 is taken to be reached from above."""
    if x == 0:
        return inf
    return ZERO if x == inf else 1 / x
