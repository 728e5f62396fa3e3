"""Numbers that studies are given, checked: whole, finite, positive."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from symbackprop.errors import DataError, as_given


def whole_number(what: str, value: Any, least: int, most: int, such_as: int) -> int:
    """A whole number between two others. Raises DataError."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise DataError(what, f"{what} = {as_given(value)} is not a whole number from {least}", f"give, say, {such_as}")
    if value > most:
        raise DataError(what, f"{what} = {value} is too large", f"give at most {most}")
    return int(value)


def several(given: Any) -> list[Any]:
    """Several values, or one; each once. There are none in None."""
    if given is None:
        return []
    return list(dict.fromkeys(given)) if np.iterable(given) and not isinstance(given, str) else [given]


def finite_number(what: str, value: Any) -> float:
    """A finite number. Raises DataError."""
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise DataError(what, f"{what} = {as_given(value)} is not a finite number", "give, say, 1.0")
    return number
