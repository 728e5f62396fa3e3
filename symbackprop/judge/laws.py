"""Functions of which the judge knows laws alone, one row each: derivatives, domain, and how to work them out.

A row is all that there is to say of a function. Its derivatives are the judge's own, from tables of functions (M.
Abramowitz and I. Stegun, Handbook of Mathematical Functions, 4.3, 4.4, 6.4, 7.1), and are not read from those that are
being judged. Exact numbers take a value as free, one for each argument, and use no law of it but these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from symbackprop.judge import approximations, enclosures
from symbackprop.judge.numbers import Number, Numbers, Unlucky

HALF = Fraction(1, 2)


@dataclass(frozen=True, eq=False)
class Law:
    """One function of real numbers, smooth inside its domain.

    ``slopes`` has the derivative by each argument, called as ``slope(numbers, value, *args)`` with the value of the
    function at these arguments. ``floats`` works it out; ``digits`` does in a context of mpmath, ``intervals`` in one
    of mpmath's intervals; ``balls`` does for balls of Arb.
    """

    word: str
    slopes: tuple[Callable[..., Number], ...]
    floats: Callable[..., float]
    digits: Callable[..., Any]
    intervals: Callable[..., Any]
    balls: Callable[..., Any]
    inside: Callable[..., Any] = lambda *args: True
    """Whether arguments lie in the domain, for certain; of intervals and balls with everything that is in them."""
    odd: bool = False
    """Whether it changes its sign with its first argument, the others as they are."""
    monotone: bool = False
    """Whether its values over an interval lie between those at the ends."""
    exact: Mapping[Fraction, Fraction] = field(default_factory=dict)
    """Its rational values at rational numbers, as far as they are known."""
    inverse: str = ""
    """The word of the function that undoes it, and that it undoes, wherever they are defined."""
    formula: Callable[..., Number] | None = None
    """Its value in terms of logarithms and roots, called as ``formula(numbers, *args)``, for exact numbers."""
    turn: Callable[..., tuple[Number, Number]] | None = None
    """The cosine and the sine of its value, called as its derivatives are."""


def require_inside(law: Law, *args: Any) -> None:
    """Raise Unlucky where arguments may lie outside the domain."""
    if not law.inside(*args):
        raise Unlucky(f"outside the domain of {law.word}, or too near to its edge")


def _one(numbers: Numbers) -> Number:
    return numbers.number(Fraction(1))


def _near(x: Any) -> Any:
    return -enclosures.FAR < x < enclosures.FAR


def _root_of_pi(numbers: Numbers) -> Number:
    return numbers.power(numbers.pi, HALF)


def _bell(numbers: Numbers, y: Number, x: Number) -> Number:
    """The derivative of erf, 2·exp(-x²)/√π."""
    return numbers.number(Fraction(2)) * numbers.exp(-(x * x)) / _root_of_pi(numbers)


def _root_beside_one(numbers: Numbers, x: Number, power: Fraction) -> Number:
    """The power of x² - 1 in two factors, as it is written where x > 1."""
    one = _one(numbers)
    return numbers.power(x - one, power) * numbers.power(x + one, power)


def _angle(numbers: Numbers, x: Number, y: Number) -> tuple[Number, Number]:
    """The cosine and the sine of the angle of a point (x, y)."""
    shrunk = numbers.power(x * x + y * y, -HALF)
    return x * shrunk, y * shrunk


SIN = Law(
    "sin",
    slopes=(lambda numbers, y, x: numbers.applied(COS, x),),
    floats=math.sin, digits=lambda mp, x: mp.sin(x), intervals=enclosures.sin, balls=lambda x: x.sin(),
    inside=_near, odd=True, exact={Fraction(0): Fraction(0)},
)  # fmt: skip
COS: Law = Law(
    "cos",
    slopes=(lambda numbers, y, x: -numbers.applied(SIN, x),),
    floats=math.cos, digits=lambda mp, x: mp.cos(x), intervals=enclosures.cos, balls=lambda x: x.cos(),
    inside=_near, exact={Fraction(0): Fraction(1)},
)  # fmt: skip
ASIN = Law(
    "asin",
    slopes=(lambda numbers, y, x: numbers.power(_one(numbers) - x * x, -HALF),),
    floats=math.asin, digits=lambda mp, x: mp.asin(x), intervals=enclosures.asin, balls=lambda x: x.asin(),
    inside=lambda x: -1 < x < 1, odd=True, monotone=True, exact={Fraction(0): Fraction(0)},
    turn=lambda numbers, y, x: (numbers.power(_one(numbers) - x * x, HALF), x),
)  # fmt: skip
ATAN = Law(
    "atan",
    slopes=(lambda numbers, y, x: _one(numbers) / (_one(numbers) + x * x),),
    floats=math.atan, digits=lambda mp, x: mp.atan(x), intervals=enclosures.atan, balls=lambda x: x.atan(),
    odd=True, monotone=True, exact={Fraction(0): Fraction(0)},
    turn=lambda numbers, y, x: _angle(numbers, _one(numbers), x),
)  # fmt: skip
ATAN2 = Law(
    "atan2",
    slopes=(
        lambda numbers, angle, y, x: x / (x * x + y * y),
        lambda numbers, angle, y, x: -y / (x * x + y * y),
    ),
    floats=math.atan2, digits=lambda mp, y, x: mp.atan2(y, x), intervals=enclosures.atan2,
    balls=lambda y, x: type(x).atan2(y, x),
    inside=lambda y, x: x > 0 or y > 0 or y < 0, odd=True,
    turn=lambda numbers, angle, y, x: _angle(numbers, x, y),
)  # fmt: skip
"""The angle of the point (x, y), between -π and π. Where it jumps, at y = 0 and x < 0, it is not defined here."""
ASINH = Law(
    "asinh",
    slopes=(lambda numbers, y, x: numbers.power(x * x + _one(numbers), -HALF),),
    floats=math.asinh, digits=lambda mp, x: mp.asinh(x), intervals=enclosures.asinh, balls=lambda x: x.asinh(),
    odd=True, monotone=True, exact={Fraction(0): Fraction(0)},
    formula=lambda numbers, x: numbers.log(x + numbers.power(x * x + _one(numbers), HALF)),
)  # fmt: skip
ACOSH = Law(
    "acosh",
    slopes=(lambda numbers, y, x: _root_beside_one(numbers, x, -HALF),),
    floats=math.acosh, digits=lambda mp, x: mp.acosh(x), intervals=enclosures.acosh, balls=lambda x: x.acosh(),
    inside=lambda x: x > 1, monotone=True,
    formula=lambda numbers, x: numbers.log(x + _root_beside_one(numbers, x, HALF)),
)  # fmt: skip
ATANH = Law(
    "atanh",
    slopes=(lambda numbers, y, x: _one(numbers) / (_one(numbers) - x * x),),
    floats=math.atanh, digits=lambda mp, x: mp.atanh(x), intervals=enclosures.atanh, balls=lambda x: x.atanh(),
    inside=lambda x: -1 < x < 1, odd=True, monotone=True, exact={Fraction(0): Fraction(0)},
    formula=lambda numbers, x: numbers.number(HALF) * (
        numbers.log(_one(numbers) + x) - numbers.log(_one(numbers) - x)
    ),
)  # fmt: skip
ERF = Law(
    "erf",
    slopes=(_bell,),
    floats=math.erf, digits=lambda mp, x: mp.erf(x), intervals=enclosures.erf, balls=lambda x: x.erf(),
    odd=True, monotone=True, exact={Fraction(0): Fraction(0)}, inverse="erfinv",
)  # fmt: skip
ERFINV = Law(
    "erfinv",
    slopes=(lambda numbers, y, x: numbers.number(HALF) * _root_of_pi(numbers) * numbers.exp(y * y),),
    floats=approximations.erfinv, digits=lambda mp, x: mp.erfinv(x), intervals=enclosures.erfinv,
    balls=lambda x: x.erfinv(),
    inside=lambda x: -1 < x < 1, odd=True, monotone=True, exact={Fraction(0): Fraction(0)}, inverse="erf",
)  # fmt: skip


@cache
def polygamma(order: int) -> Law:
    """The derivative of so high an order of digamma, which is the first one of the logarithm of Γ; above zero alone."""
    sign = -1 if order % 2 == 0 else 1
    return Law(
        f"polygamma of order {order}",
        slopes=(lambda numbers, y, x: numbers.applied(polygamma(order + 1), x),),
        floats=lambda x: approximations.polygamma(order, x),
        digits=lambda mp, x: mp.psi(order, x),
        intervals=lambda iv, x: enclosures.polygamma(iv, order, x),
        balls=lambda x: x.digamma() if order == 0 else sign * math.factorial(order) * type(x)(order + 1).zeta(x),
        inside=lambda x: x > 0,
        monotone=True,
    )


LOG_GAMMA = Law(
    "loggamma",
    slopes=(lambda numbers, y, x: numbers.applied(polygamma(0), x),),
    floats=math.lgamma, digits=lambda mp, x: mp.loggamma(x), intervals=enclosures.log_gamma, balls=lambda x: x.lgamma(),
    inside=lambda x: x > 0, exact={Fraction(1): Fraction(0), Fraction(2): Fraction(0)},
)  # fmt: skip
