"""The sizes that symbols have in the data of a matrix network, and the data as arrays that fit its shapes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbackprop.matrices import Array
from symbackprop.network.fitting import unified
from symbackprop.network.network import Network
from symbackprop.network.shapes_of_data import shape_error, stated
from symbackprop.numeric.fitting import fitted


def bind(network: Network, values: Mapping[str, Any]) -> dict[str, int]:
    """The size that each symbol of a size has in the values given for inputs, targets and parameters.

    Raises DataError where a value is no array of numbers, has no entries, or has another shape than its name.
    """
    return fit(network, values)[1]


def fit(network: Network, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, int]]:
    """The values that are given as arrays of one floating dtype, and the sizes that they have.

    float32 stays float32, integers become float64, and a plain Python number takes the dtype of the others. Raises
    DataError as ``bind`` does.
    """
    shapes = {s.name: network.shape(s) for s in network.leaves if s.name in values}
    names, wanted = list(shapes), [stated(shape) for shape in shapes.values()]
    try:
        arrays = fitted([values[name] for name in names], names, wanted)
    except (TypeError, ValueError) as error:
        raise shape_error(error) from None
    sizes, _ = unified(names, [np.shape(array) for array in arrays], wanted)
    return dict(zip(names, arrays, strict=True)), sizes


def sizes_of_values(network: Network, values: Mapping[str, Any]) -> dict[str, int]:
    """The sizes that values have which fit their shapes; stacks of matrices have them in the last two axes."""
    given = [s for s in network.leaves if isinstance(s, Array) and np.ndim(values.get(s.name, 0)) >= 2]
    found = [np.shape(values[s.name])[-2:] for s in given]
    return unified([s.name for s in given], found, [stated(s.shape) for s in given])[0]
