"""The floats behind exact numbers: they tell on which side of a kink a number is, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from symbackprop.judge.laws import Law
from symbackprop.judge.numbers import Unlucky

TIE = 1e-7
"""How near to a kink a float is not trusted."""


def float_of(value: Fraction) -> float:
    """A rational number, or infinity."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def side_of(s: float) -> int:
    """1 or -1. Raises Unlucky where a float does not tell."""
    if math.isnan(s):
        raise Unlucky("a float that is no number")
    if abs(s) < TIE:
        raise Unlucky("too near to a kink")
    return 1 if s > 0 else -1


def _guarded(function: Callable[..., float], *args: float) -> float:
    try:
        return function(*args)
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan


def exp_of(s: float) -> float:
    """e to the power of s."""
    return _guarded(math.exp, s)


def log_of(s: float) -> float:
    """The natural logarithm."""
    return -math.inf if s == 0 else _guarded(math.log, s)


def power_of(s: float, exponent: Fraction) -> float:
    """A power of s."""
    if exponent.denominator == 1:
        if s == 0 and exponent < 0:
            return math.inf
        return _guarded(math.pow, s, float(exponent))
    return _guarded(math.pow, s, float(exponent)) if s >= 0 else math.nan


def value_of(law: Law, *args: float) -> float:
    """A function of which the judge knows the laws; no number outside its domain."""
    return _guarded(law.floats, *args) if law.inside(*args) else math.nan
