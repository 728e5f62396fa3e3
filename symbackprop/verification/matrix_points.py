"""Random points of a matrix network: a number for each symbol of a size, and arrays of these sizes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import Product, lengths_of
from symbackprop.network.facts import inequalities_in
from symbackprop.network.network import Network
from symbackprop.numeric.evaluate import forward
from symbackprop.verification.points import ATTEMPTS, GIVE_UP, KINK_MARGIN, no_point
from symbackprop.verification.points_under_facts import obeying
from symbackprop.verification.unsafe_points import Hazards

LARGEST = 5
"""The largest number for a symbol of a size."""
AS_THEY_COME = 10
"""How many attempts are made before values are drawn in other ways than as they come."""

Values = dict[str, Any]


def matrix_points(derivation: Derivation, count: int, seed: int) -> list[Values]:
    """Values for inputs, targets and parameters, with sizes drawn anew for each point.

    Sizes differ from one another where they can, so that no transpose passes unseen. Points are drawn again until the
    data obey the facts, all values are finite, no kink is near, and what is inverted is well conditioned. Raises
    DataError where no such point is found.
    """
    network = derivation.network
    rng = np.random.default_rng(seed)
    hazards = Hazards.of(derivation)
    weights = _weights(network)
    points: list[Values] = []
    obeyed, bounded = False, bool(inequalities_in(derivation.facts))
    for attempt in range(ATTEMPTS):
        sizes = _sizes(network, rng, attempt, least=1 if points or attempt > AS_THEY_COME else 2)
        shapes = {leaf.name: lengths_of(leaf, sizes) for leaf in network.leaves}
        if any(size < 1 for shape in shapes.values() for size in shape):
            continue
        drawn = _draw(shapes, weights, rng, attempt % 3 if attempt > AS_THEY_COME else 0)
        point = obeying(derivation.facts, drawn, {size.name: number for size, number in sizes.items()})
        if point is None:
            if not obeyed and bounded and attempt >= GIVE_UP:
                break
            continue
        obeyed = True
        if _is_good(network, point, hazards, attempt):
            points.append(point)
            if len(points) == count:
                return points
    if points:
        return points
    raise no_point(
        network,
        () if obeyed else derivation.facts,
        "the network may take the root of a negative number, or the inverse of a matrix that has none",
    )


def _sizes(network: Network, rng: np.random.Generator, attempt: int, least: int) -> dict[Symbol, int]:
    """A number for each symbol of a size; once in a while without regard to the others, for facts that need it."""
    symbols = list(network.sizes)
    numbers = np.arange(least, LARGEST + 1)
    if attempt > AS_THEY_COME and attempt % 2:
        drawn = rng.choice(numbers, size=len(symbols))
    else:
        drawn = np.concatenate([rng.permutation(numbers) for _ in range(len(symbols) // len(numbers) + 1)])
    return {symbol: int(number) for symbol, number in zip(symbols, drawn, strict=False)}


def _weights(network: Network) -> frozenset[str]:
    """The parameters that stand in matrix products, whose sums grow with their sizes."""
    factors = {
        factor
        for expr in network.to_loss.values()
        for node in expr.atoms(Product)
        for factor in node.free_symbols
    }  # fmt: skip
    return frozenset(name.name for name in network.parameters if name in factors)


def _draw(
    shapes: Mapping[str, tuple[int, ...]], weights: frozenset[str], rng: np.random.Generator, manner: int
) -> Values:
    """Normal numbers; in manner 1 positive ones, in manner 2 with every square matrix positive definite."""
    values: Values = {}
    for name, shape in shapes.items():
        numbers = rng.normal(size=shape)
        if manner == 1:
            numbers = np.abs(numbers) + 0.1
        if manner == 2 and len(shape) == 2 and shape[0] == shape[1]:
            numbers = numbers @ numbers.T / shape[0] + np.eye(shape[0])
        elif name in weights:
            numbers = numbers / math.sqrt(max(shape, default=1))
        values[name] = numbers if shape else float(numbers)
    return values


def _is_good(network: Network, point: Values, hazards: Hazards, attempt: int) -> bool:
    try:
        values = forward(network, point)
    except np.linalg.LinAlgError:
        return False
    if not all(np.isfinite(values[name.name]).all() for name in network.to_loss):
        return False
    easing = 2.0 ** (attempt // 25)
    return hazards.are_far(values, margin=KINK_MARGIN / easing, slack=easing)
