"""Functions that Python's floats do not have."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from statistics import NormalDist
from typing import Any

import mpmath

STEPS = 3
SHIFT = 12
"""From how far above its order on the series of a polygamma function is good for all digits of a float."""
TERMS = 10


def erfinv(x: float) -> float:
    """The number whose error function is x, between -1 and 1: by Newton's method, from the normal distribution."""
    size = abs(x)
    if size == 0:
        return x
    found = -NormalDist().inv_cdf((1 - size) / 2) / math.sqrt(2)
    for _ in range(STEPS):
        gap = math.erf(found) - size if size < 0.5 else (1 - size) - math.erfc(found)
        found -= gap * math.sqrt(math.pi) / 2 * math.exp(found * found)
    return math.copysign(found, x)


def polygamma(order: int, x: float) -> float:
    """ψ of an order at a number above zero, raised to where the asymptotic series is good."""
    total: float = 0
    while x < SHIFT + order:
        total += math.factorial(order) / x ** (order + 1)
        x += 1
    total += leading(order, x, math.log)
    total += sum(float(coefficient(order, k)) / x ** (2 * k + order) for k in range(1, TERMS + 1))
    return float(total if order % 2 else -total)


def leading(order: int, x: Any, log: Any) -> Any:
    """The terms of the asymptotic series of (-1)^(order + 1)·ψ of an order that have no Bernoulli number."""
    first = -log(x) if order == 0 else math.factorial(order - 1) / x**order
    return first + math.factorial(order) / (2 * x ** (order + 1))


@cache
def coefficient(order: int, k: int) -> Any:
    """The coefficient B₂ₖ·(2k + order - 1)!/(2k)! of x^(-2k - order) in it, as a fraction (6.4.11)."""
    above, below = mpmath.bernfrac(2 * k)
    return Fraction(above * math.factorial(2 * k + order - 1), below * math.factorial(2 * k))
