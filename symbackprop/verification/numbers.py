"""Numbers that somebody worked out by hand, and the values that they were worked out at."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from symbackprop.errors import DataError
from symbackprop.network.network import Network
from symbackprop.network.values import checked_values

_NUMBER = re.compile(r"\s*([+-]?)\s*((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)\s*")
_ROUNDING = Decimal("1e-12")
"""Of its size: a whole number is exact, but for the rounding of the gradient that it is compared with."""


def number_given(formula: Any) -> tuple[Any, Any] | None:
    """A number or an array of numbers, and how far off it may be: half a unit of the last digit that was written.

    A whole number is exact. None where the formula is no number.
    """
    if isinstance(formula, str):
        found = _NUMBER.fullmatch(formula.replace("−", "-"))
        return None if found is None else _with_slack(found[1] + found[2])
    if isinstance(formula, (bool, np.bool_)):
        return None
    if isinstance(formula, (int, float, np.integer, np.floating)):
        return _with_slack(_written(formula))
    if isinstance(formula, (list, tuple, np.ndarray)):
        array = np.asarray(formula)
        if array.dtype.kind not in "iuf" or array.size == 0:
            return None
        numbers = [_with_slack(_written(number)) for number in array.ravel().tolist()]
        values, slack = (np.reshape([number[k] for number in numbers], array.shape) for k in (0, 1))
        return values, slack
    return None


def _written(number: Any) -> str:
    """A number as Python writes it; a float that is whole has been given with a point."""
    return repr(number.item() if isinstance(number, np.generic) else number)


def _with_slack(text: str) -> tuple[Any, Any]:
    number = Decimal(text)
    if not number.is_finite():
        return np.float64(float(number)), np.float64(0)
    whole = not re.search(r"[.eE]", text)
    half = Decimal(0) if whole else Decimal((0, (5,), int(number.as_tuple().exponent) - 1))
    return np.float64(float(number)), np.float64(float(half + max(abs(number), Decimal(1)) * _ROUNDING))


def values_of(network: Network, values: Mapping[Any, Any]) -> dict[str, Any]:
    """One value for each input, target and parameter: those that are given, and else the network's own."""
    point = {**network.values, **checked_values(values, network.roles)}
    single = network.kind.one_number
    for leaf in network.leaves:
        if leaf.name not in point:
            raise DataError("missing-value", f"there is no value for {leaf.name}", f"give one, such as {leaf.name}=0.5")
        if single and isinstance(point[leaf.name], tuple):
            what = f"{leaf.name} has {len(point[leaf.name])} examples"  # type: ignore[arg-type]
            raise DataError("examples", what, f"say which one is meant: give one value for {leaf.name}")
    return {
        leaf.name: float(point[leaf.name]) if single else np.asarray(point[leaf.name], dtype=float)  # type: ignore[arg-type]
        for leaf in network.leaves
    }
