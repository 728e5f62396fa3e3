"""Real numbers of three kinds, floats, fractions and many digits; and tangents of numbers of any kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import final

import mpmath

from symbackprop.judge import matrix_roots
from symbackprop.judge.enclosures import FAR_OUT
from symbackprop.judge.entries import Entries
from symbackprop.judge.laws import Law, require_inside
from symbackprop.judge.numbers import Moving, Number, Numbers, Still, Undecidable, Unlucky


@final
class Floats(Still):
    """Python's floats: quick, and good for telling where to look."""

    def number(self, value: Fraction) -> float:
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf

    @property
    def pi(self) -> float:
        return math.pi

    def exp(self, x: float) -> float:
        return math.exp(x) if x < 709 else math.inf

    def log(self, x: float) -> float:
        return _inside(math.log, x)

    def power(self, x: float, exponent: Fraction) -> float:
        if x < 0 and exponent.denominator != 1:
            raise Unlucky("a root of a negative number")
        return _inside(math.pow, x, float(exponent))

    def applied(self, law: Law, *args: float) -> float:
        require_inside(law, *args)
        return _inside(law.floats, *args)

    def sign(self, x: float) -> int:
        if math.isnan(x):
            raise Unlucky("not a number")
        return (x > 0) - (x < 0)

    def pivot(self, column: Sequence[float]) -> int:
        place = max(range(len(column)), key=lambda k: abs(column[k]))
        if column[place] == 0:
            raise Unlucky("a matrix without an inverse")
        return place

    def matrix_root(self, a: Entries) -> Entries:
        return matrix_roots.by_iteration(a, self, 1e-10)

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        return matrix_roots.by_elimination(a, b, self)


def _inside(function: Callable[..., float], *args: float) -> float:
    try:
        return function(*args)
    except OverflowError:
        return math.inf
    except ValueError:
        raise Unlucky("outside the domain") from None


@final
class Fractions(Still):
    """Rational numbers, for facts: no function of them but whole powers."""

    def number(self, value: Fraction) -> Fraction:
        return value

    @property
    def pi(self) -> Fraction:
        raise Undecidable("π is not rational")

    def exp(self, x: Fraction) -> Fraction:
        return self._only(x, 0, 1)

    def log(self, x: Fraction) -> Fraction:
        return self._only(x, 1, 0)

    def applied(self, law: Law, *args: Fraction) -> Fraction:
        if len(args) > 1 or args[0] not in law.exact:
            raise Undecidable("a function that is not rational")
        return law.exact[args[0]]

    def _only(self, x: Fraction, argument: int, value: int) -> Fraction:
        if x != argument:
            raise Undecidable("a function that is not rational")
        return Fraction(value)

    def power(self, x: Fraction, exponent: Fraction) -> Fraction:
        if exponent.denominator != 1:
            raise Undecidable("a root is not rational")
        if x == 0 and exponent < 0:
            raise Unlucky("a division by zero")
        return Fraction(x ** int(exponent))

    def sign(self, x: Fraction) -> int:
        return (x > 0) - (x < 0)

    def pivot(self, column: Sequence[Fraction]) -> int:
        place = max(range(len(column)), key=lambda k: abs(column[k]))
        if column[place] == 0:
            raise Unlucky("a matrix without an inverse")
        return place

    def matrix_root(self, a: Entries) -> Entries:
        raise Undecidable("a root of a matrix")

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        return matrix_roots.by_elimination(a, b, self)


@final
class Digits(Still):
    """Real numbers of so many decimal digits, each operation rounded to the nearest."""

    def __init__(self, digits: int = 50) -> None:
        self.context = context = mpmath.mp.clone()
        super().__init__(lambda xs, ys: context.fdot(zip(xs, ys, strict=True)))
        context.dps = digits

    def number(self, value: Fraction) -> Number:
        return self.context.mpf(value.numerator) / value.denominator

    @property
    def pi(self) -> Number:
        return +self.context.pi

    def exp(self, x: Number) -> Number:
        if abs(x) > FAR_OUT:
            raise Unlucky("a power of e that is too large or too small")
        return self.context.exp(x)

    def log(self, x: Number) -> Number:
        if x <= 0:
            raise Unlucky("outside the domain")
        return self.context.log(x)

    def power(self, x: Number, exponent: Fraction) -> Number:
        if exponent.denominator == 1:
            if x == 0 and exponent < 0:
                raise Unlucky("a division by zero")
            return x ** int(exponent)
        if x < 0 or (x == 0 and exponent < 0):
            raise Unlucky("outside the domain")
        if exponent == Fraction(1, 2):
            return self.context.sqrt(x)
        return x ** self.number(exponent)

    def applied(self, law: Law, *args: Number) -> Number:
        require_inside(law, *args)
        return law.digits(self.context, *args)

    def sign(self, x: Number) -> int:
        return int(x > 0) - int(x < 0)

    def pivot(self, column: Sequence[Number]) -> int:
        place = max(range(len(column)), key=lambda k: abs(column[k]))
        if column[place] == 0:
            raise Unlucky("a matrix without an inverse")
        return place

    def matrix_root(self, a: Entries) -> Entries:
        with self.context.workprec(2 * self.context.prec):  # an iteration loses digits
            found = matrix_roots.by_iteration(a, self, self.context.mpf(2) ** (-self.context.prec // 2))
        return found.each(lambda x: +x)

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        with self.context.workprec(2 * self.context.prec):
            found = matrix_roots.by_elimination(a, b, self)
        return found.each(lambda x: +x)


class Dual:
    """A number and its derivative along one direction."""

    __slots__ = ("d", "x")

    def __init__(self, x: Number, d: Number) -> None:
        self.x, self.d = x, d

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.x + other.x, self.d + other.d)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.x - other.x, self.d - other.d)

    def __neg__(self) -> Dual:
        return Dual(-self.x, -self.d)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.x * other.x, self.x * other.d + self.d * other.x)

    def __truediv__(self, other: Dual) -> Dual:
        value = self.x / other.x
        return Dual(value, (self.d - value * other.d) / other.x)


@final
class Tangents(Moving):
    """Numbers of any real kind with a derivative beside each: the rules of differentiation once more."""

    def __init__(self, kind: Numbers) -> None:
        super().__init__()
        self.kind = kind
        self.zero = kind.number(Fraction(0))

    def number(self, value: Fraction) -> Dual:
        return Dual(self.kind.number(value), self.zero)

    @property
    def pi(self) -> Dual:
        return Dual(self.kind.pi, self.zero)

    def exp(self, x: Dual) -> Dual:
        value = self.kind.exp(x.x)
        return Dual(value, value * x.d)

    def log(self, x: Dual) -> Dual:
        return Dual(self.kind.log(x.x), x.d / x.x)

    def power(self, x: Dual, exponent: Fraction) -> Dual:
        value = self.kind.power(x.x, exponent)
        if exponent == 0:
            return Dual(value, self.zero)
        slope = self.kind.number(exponent) * self.kind.power(x.x, exponent - 1)
        return Dual(value, slope * x.d)

    def applied(self, law: Law, *args: Dual) -> Dual:
        places = [arg.x for arg in args]
        value, d = self.kind.applied(law, *places), self.zero
        for slope, arg in zip(law.slopes, args, strict=True):
            if arg.d is not self.zero:
                d = d + slope(self.kind, value, *places) * arg.d
        return Dual(value, d)

    def moved(self, x: Dual, derivative: Dual) -> Dual:
        return Dual(x.x, derivative.x)

    def slope(self, x: Dual) -> Dual:
        return Dual(x.d, self.zero)

    def step(self, k: int) -> Dual:
        return self.number(Fraction(k % 11 - 5 or 6))

    def still(self, x: Dual) -> Dual:
        return Dual(x.x, self.zero)

    def is_zero(self, x: Dual) -> bool:
        return bool(x.x == 0)

    def sign(self, x: Dual) -> int:
        return self.kind.sign(x.x)

    def rests_at_zero(self, x: Dual) -> bool:
        return bool(x.d == 0)

    def pivot(self, column: Sequence[Dual]) -> int:
        return self.kind.pivot([entry.x for entry in column])

    def matrix_root(self, a: Entries) -> Entries:
        root = self.kind.matrix_root(a.each(_value))
        return _with(root, matrix_roots.derivative_of_root(root, a.each(_slope), self.kind))

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        values, slopes = a.each(_value), (a.each(_slope), b.each(_slope))
        found = self.kind.lyapunov(values, b.each(_value))
        return _with(found, matrix_roots.derivative_of_solution(values, slopes, found, self.kind))


def _value(x: Dual) -> Number:
    return x.x


def _slope(x: Dual) -> Number:
    return x.d


def _with(values: Entries, slopes: Entries) -> Entries:
    return Entries(values.shape, tuple(map(Dual, values.flat, slopes.flat)))
