"""Data and first weights of matrix networks: arrays whose shapes agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import S

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.matrices import spoken
from symbackprop.network.network import Network
from symbackprop.network.rows import shape_of_data
from symbackprop.numeric.sizes import bind
from symbackprop.training.data import Floats, given_values, refuse_masked

Arrays = dict[str, Floats]


def checked_arrays(
    derivation: Derivation, data: Mapping[Any, Any] | None, initial: Mapping[Any, Any] | None
) -> tuple[Arrays, Arrays]:
    """Values of all inputs and targets, and of all parameters, as arrays of the caller's own numbers.

    Raises DataError where one is missing, is not finite or has another shape than its name, and where shapes disagree.
    """
    network = derivation.network
    values = data_arrays(network, data)
    weights = _arrays(network, initial, [s.name for s in network.parameters])
    bind(network, {**values, **weights})
    return values, weights


def data_arrays(network: Network, data: Mapping[Any, Any] | None) -> Arrays:
    """Values of all inputs and targets, as arrays of the caller's own numbers. Raises DataError."""
    values = _arrays(network, data, [s.name for s in (*network.inputs, *network.targets)])
    for target in network.targets:
        shape = network.shape(target)
        if values[target.name].ndim == 1 and shape and S.One not in shape:
            raise DataError(
                "shape",
                f"{target} has shape {values[target.name].shape} and should be {spoken(shape)}",
                "make targets of classes with one_hot(labels, classes)",
                about=target.name,
            )
    return values


def _arrays(network: Network, given: Mapping[Any, Any] | None, names: Sequence[str]) -> Arrays:
    def missing_values(missing: Sequence[str]) -> tuple[str, str]:
        shapes = {name: spoken(network.shape(name)) if network.shape(name) else "" for name in missing}
        what = ", ".join(f"{name} ({shape})" if shape else name for name, shape in shapes.items())
        first = missing[0]
        return what, f"give {first} its rows, [[…], …]" if shapes[first] else f"give {first} a number"

    return {name: _array(name, value) for name, value in given_values(network, given, names, missing_values).items()}


def _array(name: str, value: Any) -> Floats:
    """A copy of the value, which training can keep."""
    refuse_masked(name, value)
    shape_of_data(name, value)
    given = np.asarray(value)
    try:
        if given.dtype.kind not in "biufO" or (given.dtype.kind == "O" and any(x is None for x in given.flat)):
            raise TypeError
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise DataError(
            "number", f"{name} has entries that are not real numbers", "give numbers alone", about=name
        ) from None
    finite = np.isfinite(array)
    if not finite.all():
        place = ", ".join(str(k + 1) for k in np.argwhere(~finite)[0])
        what = f"{name} is NaN or infinite{f' at ({place})' if array.ndim else ''}"
        raise DataError("not-finite", what, "give finite numbers", about=name)
    return array
