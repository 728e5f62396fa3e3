"""Balls of Arb that hold every value over a whole box: quick intervals, through python-flint, which is an extra."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from importlib import import_module
from typing import Any, final

from symbackprop.errors import missing_extra
from symbackprop.judge.entries import Entries
from symbackprop.judge.laws import Law, require_inside
from symbackprop.judge.numbers import Number, Still, Straddles, Undecidable, Unlucky


def has_flint() -> bool:
    """Whether python-flint is installed."""
    return importlib.util.find_spec("flint") is not None


def require_flint() -> None:
    """Raise SymbackpropError, with the line that installs it, where python-flint is absent."""
    if not has_flint():
        raise missing_extra("enclose needs python-flint", "flint", "proof")


@final
class Balls(Still):
    """Real balls. What is worked out with them is so for every number in them."""

    def __init__(self) -> None:
        super().__init__()
        self.flint: Any = import_module("flint")
        self.known: dict[Fraction, Number] = {}

    @contextmanager
    def bits(self, bits: int) -> Iterator[None]:
        """Work with so many bits, and then as before: SymPy may use the library too."""
        with self.flint.ctx.workprec(bits):
            yield

    def number(self, value: Fraction) -> Number:
        if value not in self.known:
            self.known[value] = self.flint.arb(self.flint.fmpq(value.numerator, value.denominator))
        return self.known[value]

    def between(self, low: Fraction, high: Fraction) -> Number:
        """A ball that holds all from ``low`` to ``high``."""
        return self.number(low).union(self.number(high))

    @property
    def pi(self) -> Number:
        return self.flint.arb.pi()

    def exp(self, x: Number) -> Number:
        return x.exp()

    def log(self, x: Number) -> Number:
        if not x > 0:
            raise Unlucky("outside the domain, or too near to its edge")
        return x.log()

    def power(self, x: Number, exponent: Fraction) -> Number:
        if exponent.denominator == 1:
            n = int(exponent)
            if abs(n) > 10**6:
                raise Undecidable("a power above a million")
            if n < 0 and not abs(x) > 0:
                raise Unlucky("a division by what may be zero")
            return 1 / self._whole(x, -n) if n < 0 else self._whole(x, n)
        if not x > 0:
            raise Unlucky("outside the domain, or too near to its edge")
        if exponent.denominator == 2:
            return self._whole(x.sqrt(), exponent.numerator) if exponent > 0 else 1 / self.power(x, -exponent)
        return (self.number(exponent) * x.log()).exp()

    def _whole(self, x: Number, n: int) -> Number:
        """A power that is monotonic on either side of zero: of the ends, or of the least and the greatest size."""
        low, high = (abs(x).lower(), abs(x).upper()) if n % 2 == 0 else (x.lower(), x.upper())
        if n % 2 == 0 and not low > 0:
            low = self.number(Fraction(0))
        return self._product(low, n).union(self._product(high, n))

    def _product(self, x: Number, n: int) -> Number:
        found = self.number(Fraction(1))
        while n:
            if n & 1:
                found = found * x
            n >>= 1
            if n:
                x = x * x
        return found

    def applied(self, law: Law, *args: Number) -> Number:
        require_inside(law, *args)
        if law.monotone:
            (x,) = args
            return law.balls(x.lower()).union(law.balls(x.upper()))
        return law.balls(*args)

    def sign(self, x: Number) -> int:
        if x > 0:
            return 1
        if x < 0:
            return -1
        if x.is_zero():
            return 0
        raise Straddles("on both sides of a kink")

    def pivot(self, column: Sequence[Number]) -> int:
        raise Undecidable("matrices are not enclosed over boxes")

    def matrix_root(self, a: Entries) -> Entries:
        raise Undecidable("a root of a matrix")

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        raise Undecidable("an equation of Lyapunov's")
