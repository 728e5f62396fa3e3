"""What a study of one parameter is given, checked: the parameter, the values of all else, and an interval."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, as_given
from symbackprop.numeric.facts import check_facts
from symbackprop.studies.checks import finite_number
from symbackprop.training.data import Floats, by_name, checked_data, checked_parameters, count_of


def checked_parameter(derivation: Derivation, parameter: Any) -> str:
    """The name of a parameter of a network of scalars. Raises DataError, and NetworkError for a name that is none."""
    network = derivation.network
    if not network.kind.one_number:
        raise DataError(
            "dialect",
            f"{as_given(network.name)} has matrices, and a curve is along one number",
            "derive net.expand(sizes)",
        )
    name = str(network.symbol(parameter).name)
    known = [w.name for w in network.parameters]
    if name not in known:
        raise DataError("parameter", f"{name} is not a parameter", f"there are {', '.join(known)}")
    return name


def values_of(
    derivation: Derivation, data: Mapping[Any, Any] | None, initial: Mapping[Any, Any] | None, example: int | None
) -> tuple[dict[str, Floats], dict[str, float]]:
    """Inputs and targets, of one example where that is asked for, and the value of each parameter."""
    values = checked_data(derivation, None if data is None else by_name("data", data))
    given = checked_parameters(derivation.network, None if initial is None else by_name("initial", initial))
    check_facts(derivation, {**values, **given})
    count = count_of(values)
    if example is not None:
        if isinstance(example, bool) or not isinstance(example, (int, np.integer)) or not 1 <= example <= count:
            known = "there is one example" if count == 1 else f"there are {count} examples, counted from 1"
            raise DataError("example", f"there is no example {as_given(example)}", known)
        values = {name: np.asarray(v[example - 1]) if v.ndim else v for name, v in values.items()}
    return values, {name: float(value) for name, value in given.items()}


def checked_interval(interval: tuple[float, float]) -> tuple[float, float]:
    """From where to where. Raises DataError where that is not two finite numbers, the smaller first."""
    if np.ndim(interval) != 1 or len(interval) != 2:
        raise DataError("interval", f"interval = {as_given(interval)} is not two numbers", "give, say, (-4, 4)")
    low, high = (finite_number("interval", end) for end in interval)
    if not math.isfinite(high - low):
        raise DataError("interval", f"the interval from {low:g} to {high:g} is too wide", "give, say, (-4, 4)")
    if low >= high:
        raise DataError("interval", f"the interval from {low:g} to {high:g} is empty", "give the smaller number first")
    return low, high
