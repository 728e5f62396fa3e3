"""Points at which a page tries what its reader types: values of all that is given, which obey what is stated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.matrices import lengths_of
from symbackprop.numeric.evaluate import forward
from symbackprop.reporting.page.parts import Grid
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points
from symbackprop.verification.points_under_facts import obeying

COUNT = 4
SEED = 1
ATTEMPTS = 60
DIGITS = 2
"""Values that nothing is stated of have so many decimals, to be read."""

Values = dict[str, Any]


def scalar_points(derivation: Derivation, count: int = COUNT) -> list[Values]:
    """Points of a network of scalars, or none where none were found."""
    try:
        found = random_points(derivation, count, SEED)
    except SymbackpropError:
        return []
    return [{name: _readable(derivation, value) for name, value in point.items()} for point in found]


def points_at(derivation: Derivation, sizes: Mapping[str, int], count: int = COUNT) -> list[Values]:
    """Points of a network of matrices at its sizes."""
    network = derivation.network
    numbers = {size: sizes[size.name] for size in network.sizes}
    rng = np.random.default_rng(SEED)
    found: list[Values] = []
    for attempt in range(ATTEMPTS):
        drawn: Values = {}
        for leaf in network.leaves:
            shape = lengths_of(leaf, numbers)
            value = rng.normal(size=shape) / math.sqrt(max(shape, default=1))
            drawn[leaf.name] = _readable(derivation, np.abs(value) + 0.1 if attempt % 2 else value)
        point = obeying(derivation.facts, drawn, sizes)
        if point is not None and _is_finite(derivation, point):
            found.append(point)
        if len(found) == count:
            break
    return found


def made_up(derivation: Derivation) -> Values:
    """Values for a network of matrices that has none of its own."""
    try:
        return matrix_points(derivation, 1, SEED)[0]
    except SymbackpropError:
        return {}


def by_entry(point: Mapping[str, Any], grids: Iterable[tuple[str, Grid]]) -> dict[str, float]:
    """The values of a point by the names of entries; a grid has those of the entries of a name."""
    return {
        entry: float(number)
        for name, grid in grids
        for entry, number in zip((entry for row in grid for entry in row), np.ravel(point[name]), strict=True)
    }


def _readable(derivation: Derivation, value: Any) -> Any:
    rounded = value if derivation.facts else np.round(value, DIGITS)
    return rounded if np.ndim(rounded) else float(rounded)


def _is_finite(derivation: Derivation, point: Values) -> bool:
    try:
        values = forward(derivation.network, point)
    except np.linalg.LinAlgError:
        return False
    return all(np.isfinite(values[name.name]).all() for name in derivation.network.to_loss)
