"""Where training starts: the data and the first weights, checked together in the way of the network's dialect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symbackprop.calculus import Derivation
from symbackprop.training.arrays import checked_arrays
from symbackprop.training.data import Floats, checked_data, checked_parameters

Given = Mapping[Any, Any] | None
Start = tuple[dict[str, Floats], dict[str, Floats]]


def start(derivation: Derivation, data: Given, initial: Given) -> Start:
    """The values of all inputs and targets, and the first value of each parameter. Raises DataError."""
    return _STARTS[derivation.network.dialect](derivation, data, initial)


def _scalars(derivation: Derivation, data: Given, initial: Given) -> Start:
    return checked_data(derivation, data), checked_parameters(derivation.network, initial)


_STARTS: Mapping[str, Callable[[Derivation, Given, Given], Start]] = {"scalar": _scalars, "matrix": checked_arrays}
"""By the name of the dialect."""
