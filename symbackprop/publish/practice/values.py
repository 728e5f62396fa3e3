"""The values that a sheet is worked with: the network's own, or such as are drawn for a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.publish.practice.drawing import drawn
from symbackprop.publish.practice.shown import are_few


@dataclass(frozen=True)
class Values:
    """A value for each input, target and parameter, and where they come from.

    ``seed`` is None where they are the network's own; ``example`` tells which of how many examples is taken, where
    the network has several numbers for a name. ``point`` is empty where values would be too many to be written out.
    """

    point: Mapping[str, Any]
    seed: int | None
    example: tuple[int, int] = (1, 1)


def values_for(derivation: Derivation, seed: int | None) -> Values:
    """The values for a seed; without one the network's own, or those for seed 0 where it has none to work with."""
    own = None if seed is not None else _own(derivation)
    if own is not None:
        return own
    seed = seed or 0
    if not are_few(derivation.network, {}):
        return Values({}, seed)
    point = drawn(derivation, seed)
    return Values(point if are_few(derivation.network, point) else {}, seed)


def _own(derivation: Derivation) -> Values | None:
    network = derivation.network
    leaves = [leaf.name for leaf in network.leaves]
    if not all(name in network.values for name in leaves) or not are_few(network, network.values):
        return None
    if not network.kind.one_number:
        return Values({name: _plain(network.values[name]) for name in leaves}, None)
    columns = {name: np.atleast_1d(np.asarray(network.values[name], dtype=float)) for name in leaves}
    count = max(column.size for column in columns.values())
    rows = [{name: float(column[k % column.size]) for name, column in columns.items()} for k in range(count)]
    fullest = max(range(count), key=lambda k: sum(value != 0 for value in rows[k].values()))
    return Values(rows[fullest], None, (fullest + 1, count))


def _plain(value: Any) -> Any:
    array = np.asarray(value, dtype=float)
    return array if array.ndim else float(array)
