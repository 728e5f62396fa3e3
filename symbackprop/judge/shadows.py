"""The floats behind the numbers of a field: functions that give inf or nan where Python raises."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction


def _guarded(function: Callable[..., float], *args: float) -> float:
    try:
        return function(*args)
    except OverflowError:
        return math.inf
    except (ValueError, ZeroDivisionError):
        return math.nan


def shadow_exp(s: float) -> float:
    """e to the power of s."""
    return _guarded(math.exp, s)


def shadow_log(s: float) -> float:
    """The natural logarithm."""
    return -math.inf if s == 0 else _guarded(math.log, s)


def shadow_power(s: float, exponent: Fraction) -> float:
    """A power of s, of a negative one for whole exponents alone."""
    if exponent.denominator == 1:
        if s == 0 and exponent < 0:
            return math.inf
        return _guarded(math.pow, s, float(exponent))
    return _guarded(math.pow, s, float(exponent)) if s >= 0 else math.nan
