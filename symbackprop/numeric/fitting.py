"""Arrays that fit the shapes stated for them.

The functions below also go into every generated module that takes matrices, word for word, so that a saved module says
the same of bad data as symbackprop does. They need NumPy alone, and each error reads ``what; fix``.

A shape is a tuple of sizes. A size is a number, the name of one, or a formula: its text, and its terms, each a
coefficient and the names that it multiplies. ``2*h + 1`` is ``("2*h + 1", ((2, ("h",)), (1, ())))``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

Formula = tuple[str, tuple[tuple[int, tuple[str, ...]], ...]]
"""A text with its terms."""
Shape = tuple[int | str | Formula, ...]
Lengths = tuple[int, ...]
"""The shape of an array."""


# The source from here on goes into generated modules.
def fitted(values: Sequence[Any], names: Sequence[str], shapes: Sequence[Shape]) -> tuple[list[Any], dict[str, int]]:
    """The values as arrays of one floating dtype, once they fit their shapes; and the sizes that they have."""
    arrays = [np.asarray(value) for value in values]
    for name, array, shape in zip(names, arrays, shapes, strict=True):
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} is {array.dtype}, not real numbers; give it numbers")
        if array.ndim != len(shape) or 0 in array.shape:
            raise ValueError(misfit(name, array.shape, shape))
    found = [array.shape for array in arrays]
    sizes, clash = unified(names, found, shapes)
    if clash:
        for k, (name, shape) in enumerate(zip(names, found, strict=True)):
            turned = [*found[:k], shape[::-1], *found[k + 1 :]]
            if len(set(shape)) == 2 and not unified(names, turned, shapes)[1]:
                what = f"{name} is {spoken(shape)} and should be {spoken(shapes[k])}"
                raise ValueError(f"{what}; it fits transposed: give {name}.T")
        raise ValueError(clash)
    # A plain Python number takes the dtype of the others.
    typed = [array for value, array in zip(values, arrays, strict=True) if type(value) is not float]
    kinds = [array.dtype for array in typed if array.dtype.kind == "f"]
    dtype = np.result_type(*kinds) if kinds else np.dtype(float)
    return [array.astype(dtype, copy=False)[()] for array in arrays], sizes


def unified(names: Sequence[str], found: Sequence[Lengths], shapes: Sequence[Shape]) -> tuple[dict[str, int], str]:
    """The size that each name of a size has in the shapes found, and what does not fit, or an empty text."""
    sizes: dict[str, int] = {}
    first: dict[str, str] = {}
    later = []
    for name, have, shape in zip(names, found, shapes, strict=True):
        for axis, (size, actual) in enumerate(zip(shape, have, strict=True)):
            side = ("rows", "columns")[axis]
            if isinstance(size, str):
                if sizes.setdefault(size, actual) != actual:
                    what = f"{first[size]} and {name} has {size}={actual} ({side})"
                    return sizes, f"{what}; {size} must be one number"
                first.setdefault(size, f"{name} has {size}={actual} ({side})")
            elif isinstance(size, int):
                if size != actual:
                    return sizes, f"{name} is {spoken(have)} and should be {spoken(shape)}; give it {size} {side}"
            else:
                later.append((name, have, shape, size, actual))
    # Formulas come last: one with a single unknown name tells its size; one with several stands for itself.
    whole: dict[str, int] = {}
    while later:
        later.sort(key=lambda entry: len(unknown(entry[3], sizes)))
        name, have, shape, size, actual = later.pop(0)
        missing = unknown(size, sizes)
        if len(missing) == 1:
            base, step = (worked_out(size, {**sizes, missing[0]: k}) for k in (0, 1))
            sizes[missing[0]] = max(1, round((actual - base) / (step - base or 1)))
        expected = whole.setdefault(size[0], actual) if len(missing) > 1 else worked_out(size, sizes)
        if expected != actual:
            known = ", ".join(f"{k}={sizes[k]}" for k in named_in(size) if k in sizes)
            what = f"{name} is {spoken(have)} and should be {spoken(shape)}, where {size[0]} is {expected}"
            return sizes, f"{what}{' with ' * bool(known)}{known}; let it be so"
    return sizes, ""


def named_in(size: Formula) -> list[str]:
    """The names in the formula of a size."""
    return list(dict.fromkeys(name for _, names in size[1] for name in names))


def unknown(size: Formula, sizes: dict[str, int]) -> list[str]:
    """The names in the formula of a size that are not known yet."""
    return [name for name in named_in(size) if name not in sizes]


def worked_out(size: Formula, sizes: dict[str, int]) -> int:
    """The number that the formula of a size stands for."""
    return sum(coefficient * math.prod(sizes[name] for name in names) for coefficient, names in size[1])


def misfit(name: str, have: Lengths, shape: Shape) -> str:
    """What is wrong with an array that has another number of axes, or none of some entries."""
    if not shape:
        return f"{name} has shape {have}; it is a scalar: give it a number"
    what, wanted = f"{name} has shape {have}" if have else f"{name} is a number", spoken(shape)
    if 0 in have:
        return f"{what}: it is empty; give it entries"
    if len(have) == 1 and 1 in shape:
        given = tuple(1 if size == 1 else have[0] for size in shape)
        return f"{what}; give it shape {given}: {name}.reshape{given}"
    if len(have) == 1:
        return f"{what} and should be {wanted}; give it two axes: {name}.reshape(1, {have[0]}) is one row"
    return f"{what} and should be {wanted}; give it an array with two axes"


def spoken(shape: Shape) -> str:
    """A shape in words: 4×2."""
    return "×".join(size[0] if isinstance(size, tuple) else str(size) for size in shape)
