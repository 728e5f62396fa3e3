"""The sizes that symbols have in the data of a matrix network, and whether the data fit its shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from sympy import Expr, Poly, Symbol

from symbackprop.errors import DataError
from symbackprop.matrices import Array
from symbackprop.network.network import Network
from symbackprop.numeric import fitting


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
    given = [s for s in network.leaves if s.name in values]
    names = [s.name for s in given]
    try:
        arrays, sizes = fitting.fitted([values[name] for name in names], names, [stated(s) for s in given])
    except (TypeError, ValueError) as error:
        raise shape_error(error) from None
    return dict(zip(names, arrays, strict=True)), sizes


def sizes_of_values(network: Network, values: Mapping[str, Any]) -> dict[str, int]:
    """The sizes that values have which fit their shapes; stacks of matrices have them in the last two axes."""
    given = [s for s in network.leaves if isinstance(s, Array) and np.ndim(values.get(s.name, 0)) >= 2]
    found = [np.shape(values[s.name])[-2:] for s in given]
    sizes: dict[str, int] = fitting.unified([s.name for s in given], found, [stated(s) for s in given])[0]
    return sizes


def shape_error(error: Exception) -> DataError:
    """What a generated module says of bad data, as an error of symbackprop."""
    what, _, fix = str(error).partition("; ")
    return DataError("shape", what, fix or "give arrays of numbers")


@lru_cache(maxsize=1024)
def stated(symbol: Symbol) -> fitting.Shape:
    """The shape of a name, as ``fitting`` reads it."""
    return tuple(_size(size) for size in symbol.shape) if isinstance(symbol, Array) else ()


def _size(size: Expr) -> int | str | fitting.Formula:
    if size.is_Integer:
        return int(size)
    return size.name if size.is_Symbol else (str(size), tuple(_terms(size)))


def _terms(size: Expr) -> Iterable[tuple[int, tuple[str, ...]]]:
    symbols = sorted(size.free_symbols, key=str)
    for powers, coefficient in Poly(size, *symbols).terms():
        names = (s.name for s, power in zip(symbols, powers, strict=True) for _ in range(power))
        yield int(coefficient), tuple(names)
