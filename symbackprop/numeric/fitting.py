"""Values as arrays of NumPy's of one dtype that fit the shapes stated for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from symbackprop.network.fitting import Shape, sizes_of


def fitted(values: Sequence[Any], names: Sequence[str], shapes: Sequence[Shape]) -> list[Any]:
    """The values as arrays of one floating dtype, once they fit their shapes."""
    arrays = [as_array(name, value) for name, value in zip(names, values, strict=True)]
    for name, array in zip(names, arrays, strict=True):
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} is {array.dtype}, not real numbers; give it numbers")
    sizes_of(names, [array.shape for array in arrays], shapes)
    # A plain Python number takes the dtype of the others.
    typed = [array for value, array in zip(values, arrays, strict=True) if type(value) is not float]
    kinds = [array.dtype for array in typed if array.dtype.kind == "f"]
    dtype = np.result_type(*kinds) if kinds else np.dtype(float)
    return [array.astype(dtype, copy=False)[()] for array in arrays]


def as_array(name: str, value: Any) -> Any:
    """The value as an array; a ValueError where NumPy makes none of it."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths; give every row as many numbers") from None
