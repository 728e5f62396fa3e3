"""Intervals of mpmath that hold the true values of functions, whatever was rounded on the way.

Not all of mpmath's own do: those of atan and of the gamma function are now and then beside the true value, by a unit of
the last bit. What is used here of mpmath is arithmetic and roots, and exp, log, sin and cos with bits to spare.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath

from symbackprop.judge.approximations import coefficient, leading
from symbackprop.judge.numbers import Unlucky

FAR = 2**10_000
"""From where on turns and powers of e are not counted, which would take as many digits as the number has."""
FAR_OUT = mpmath.mpf(FAR)
"""The same as a number of mpmath's, which takes long to make one of a whole number of this size."""
LARGE = 8.0
"""From where on the error function is bounded and not summed."""
SPARE = 20
"""Bits by which mpmath's functions are worked out more finely, of which half is what they may be off."""
GROWTH = 0.2
"""From how many units for each bit on the series of the gamma function are summed."""

Interval = Any
Context = Any


def widened(iv: Context, word: str, x: Interval) -> Interval:
    """A function of mpmath's intervals, rounded outwards once more."""
    bits = iv.prec
    iv.prec = bits + SPARE
    try:
        found = getattr(iv, word)(x)
        off = abs(found).b * iv.mpf(2) ** -(bits + SPARE // 2)
        found = found + iv.mpf([-off.b, off.b])
    finally:
        iv.prec = bits
    return +found


def exp(iv: Context, x: Interval) -> Interval:
    """The power of e; what is next to nothing is not told from zero."""
    if not x < FAR_OUT:
        raise Unlucky("a power of e that is too large")
    found = widened(iv, "exp", iv.mpf([max(end, iv.mpf(-FAR_OUT)) for end in (x.a, x.b)]))
    return found if x > -FAR_OUT else iv.mpf([0, found.b])


def sin(iv: Context, x: Interval) -> Interval:
    """The sine."""
    return _between(iv, widened(iv, "sin", x), 1)


def cos(iv: Context, x: Interval) -> Interval:
    """The cosine."""
    return _between(iv, widened(iv, "cos", x), 1)


def _between(iv: Context, x: Interval, size: int) -> Interval:
    """What is in an interval and not larger than ``size``."""
    return iv.mpf([max(x.a, iv.mpf(-size)), min(x.b, iv.mpf(size))])


def _by_ends(iv: Context, at: Callable[[Context, Interval], Interval], x: Interval) -> Interval:
    """The values over an interval of a function that rises, from enclosures at points."""
    return iv.mpf([at(iv, x.a).a, at(iv, x.b).b])


_HERE = threading.local()


def _points() -> Context:
    """Numbers of this thread's own: whoever works with mpmath elsewhere has another precision."""
    found: Context | None = getattr(_HERE, "points", None)
    if found is None:
        found = _HERE.points = mpmath.mp.clone()
    return found


def _inverse_at(
    iv: Context, near: Callable[[Context, Any], Any], is_above: Callable[[Interval, Interval], bool], x: Interval
) -> Interval:
    """An enclosure at a point of the inverse of a function f that rises.

    ``near`` works it out in a context without a bound; ``is_above(y, x)`` tells for certain that f(y) > x for x of
    either sign, as f(-y) = -f(y). What is found is widened until f at its ends is on both sides of x.
    """
    if x == 0:
        return x
    bits = iv.prec
    points = _points()
    with points.workprec(bits + SPARE):
        guess = iv.mpf(near(points, points.mpf(x.mid)))
    off = abs(guess) * iv.mpf(2) ** (2 - bits)
    for _ in range(bits):
        low, high = (guess - off).a, (guess + off).b
        if is_above(high, x) and is_above(-low, -x):
            return iv.mpf([low, high])
        off = 2 * off
    raise Unlucky("a function that could not be enclosed")


def atan(iv: Context, x: Interval) -> Interval:
    """The angle between -π/2 and π/2 whose tangent is x."""
    return _by_ends(iv, _atan_at, x)


def _atan_at(iv: Context, x: Interval) -> Interval:
    if abs(x) > 1:
        quarter = iv.pi / 2
        return (quarter if x > 0 else -quarter) - atan(iv, 1 / x)
    return _inverse_at(iv, lambda mp, x: mp.atan(x), lambda y, x: bool(sin(iv, y) > x * cos(iv, y)), x)  # of |y| < π/2


def asin(iv: Context, x: Interval) -> Interval:
    """The angle between -π/2 and π/2 whose sine is x, where -1 < x < 1."""
    return _by_ends(iv, lambda iv, x: atan(iv, x / iv.sqrt((1 - x) * (1 + x))), x)


def atan2(iv: Context, y: Interval, x: Interval) -> Interval:
    """The angle of the point (x, y), which is not on the negative axis."""
    if x > 0:
        return atan(iv, y / x)
    quarter = iv.pi / 2
    return (quarter if y > 0 else -quarter) - atan(iv, x / y)


def asinh(iv: Context, x: Interval) -> Interval:
    """The number whose hyperbolic sine is x."""
    return _by_ends(iv, lambda iv, x: -_area(iv, -x) if x < 0 else _area(iv, x), x)


def _area(iv: Context, x: Interval) -> Interval:
    return widened(iv, "log", x + iv.sqrt(x * x + 1))


def acosh(iv: Context, x: Interval) -> Interval:
    """The positive number whose hyperbolic cosine is x, where x > 1."""
    return _by_ends(iv, lambda iv, x: widened(iv, "log", x + iv.sqrt((x - 1) * (x + 1))), x)


def atanh(iv: Context, x: Interval) -> Interval:
    """The number whose hyperbolic tangent is x, where -1 < x < 1."""
    return _by_ends(iv, lambda iv, x: widened(iv, "log", (1 + x) / (1 - x)) / 2, x)


def erf(iv: Context, x: Interval) -> Interval:
    """The error function."""
    return _by_ends(iv, _erf_at, x)


def _erf_at(iv: Context, x: Interval) -> Interval:
    """Its series, whose signs alternate, or 1 - exp(-x²) < erf x < 1 where x is large."""
    size = float(abs(x).b)
    if size > LARGE:
        tail = exp(iv, -(x * x))
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


def erfinv(iv: Context, x: Interval) -> Interval:
    """The number whose error function is x, where -1 < x < 1."""
    return _by_ends(iv, _erfinv_at, x)


def _erfinv_at(iv: Context, x: Interval) -> Interval:
    return _inverse_at(iv, lambda mp, x: mp.erfinv(x), lambda y, x: bool(_erf_at(iv, y) > x), x)


# The gamma function. Above zero what is left of an asymptotic series lies between zero and the first term left out, as
# for its derivatives (H. Alzer, On some inequalities for the gamma and psi functions, Math. Comp. 66, 1997).


def log_gamma(iv: Context, x: Interval) -> Interval:
    """The logarithm of Γ above zero, by Stirling's series."""
    below = iv.mpf(1)
    while x.a < GROWTH * iv.prec:
        below, x = below * x, x + 1
    sum_ = (x - iv.mpf(1) / 2) * widened(iv, "log", x) - x + widened(iv, "log", 2 * iv.pi) / 2
    return sum_ + _rest(iv, -1, x) - widened(iv, "log", below)


def polygamma(iv: Context, order: int, x: Interval) -> Interval:
    """ψ of an order above zero."""
    sum_ = iv.mpf(0)
    while x.a < GROWTH * iv.prec + order:
        sum_, x = sum_ + math.factorial(order) / x ** (order + 1), x + 1
    sum_ = sum_ + leading(order, x, lambda x: widened(iv, "log", x)) + _rest(iv, order, x)
    return sum_ if order % 2 else -sum_


def _rest(iv: Context, order: int, x: Interval) -> Interval:
    """The terms with Bernoulli numbers, as far as they are seen; the next one bounds those that are left out."""
    sum_, seen = iv.mpf(0), iv.mpf(2) ** -iv.prec * abs(x ** -(order + 1)).b
    k = 1
    while True:
        factor: Fraction = coefficient(order, k)
        term = iv.mpf(factor.numerator) / factor.denominator / x ** (2 * k + order)
        if abs(term).b < seen or k > iv.prec:
            return sum_ + iv.mpf([min(term.a, iv.mpf(0)), max(term.b, iv.mpf(0))])
        sum_, k = sum_ + term, k + 1
