"""Numeric derivatives of the loss by matrices, worked out from the forward equations alone.

A matrix is moved along several directions at once: a stack of matrices goes through one forward pass. The directions
are its entries, one by one; of a matrix with very many entries some, and one direction that moves all of them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from symbackprop.network.network import Network
from symbackprop.numeric.evaluate import Numbers, forward
from symbackprop.verification.differences import COMPLEX_STEP

ALL_ENTRIES = 256
"""The entries of a matrix are moved one by one, all of them where there are no more than so many."""
SOME_ENTRIES = 64
TOGETHER = 2**19
"""How many numbers any value may have in a stack."""


def directions(shape: tuple[int, ...], largest: int, rng: np.random.Generator) -> Iterator[Numbers]:
    """Stacks of directions along which to move a value of that shape.

    ``largest`` is how many entries the largest value of the network has; it decides how many go together.
    """
    count = int(np.prod(shape))
    places = np.arange(count)
    if count > ALL_ENTRIES:
        yield (rng.normal(size=count) / np.sqrt(count)).reshape(1, *shape)
        places = np.sort(rng.choice(count, size=SOME_ENTRIES, replace=False))
    each = max(1, TOGETHER // largest)
    for start in range(0, len(places), each):
        here = places[start : start + each]
        stack = np.zeros((len(here), count))
        stack[np.arange(len(here)), here] = 1
        yield stack.reshape(len(here), *shape)


def along(stack: Numbers, gradient: Numbers) -> Numbers:
    """What a gradient says of each direction of a stack: its Frobenius products with them."""
    return (stack * gradient).reshape(len(stack), -1).sum(axis=1)


def slopes(network: Network, point: Mapping[str, Any], name: str, stack: Numbers, step: float | None) -> Numbers:
    """The derivative of the loss along each direction: by complex steps where no ``step`` is given.

    Otherwise by the central difference of fourth order, whose error goes with step⁴.
    """
    here = point[name] if name in point else forward(network, point)[name]

    def losses(move: complex) -> Numbers:
        values = forward(network, {**point, name: here + move * stack})
        return np.broadcast_to(values[network.loss.name], len(stack))

    if step is None:
        return np.imag(losses(1j * COMPLEX_STEP)) / COMPLEX_STEP
    nearer, farther = (losses(k * step) - losses(-k * step) for k in (1, 2))
    return (8 * nearer - farther) / (12 * step)


def nearest(said: Numbers, numeric: Sequence[Numbers]) -> Numbers:
    """Of several numeric derivatives the one nearest to what a gradient says, entry by entry.

    One step may be too wide where a function bends, and another too small for rounding; a wrong gradient is near none.
    """
    distances = np.abs(np.stack(numeric) - said)
    best = np.argmin(np.where(np.isnan(distances), np.inf, distances), axis=0)
    return np.take_along_axis(np.stack(numeric), best[None], axis=0)[0]


def gradients_by_entries(
    network: Network, point: Mapping[str, Any], names: Sequence[str], smooth: Container[str], step: float
) -> dict[str, Numbers]:
    """Every entry of every gradient by numbers alone; ``step`` is for the names that are not in ``smooth``."""
    found = {}
    for name in names:
        shape = np.shape(point[name] if name in point else forward(network, point)[name])
        units = np.eye(int(np.prod(shape))).reshape(-1, *shape)
        flat = slopes(network, point, name, units, None if name in smooth else step)
        found[name] = flat.reshape(shape)[()]
    return found
