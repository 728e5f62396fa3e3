"""Numeric derivatives of the loss by matrices, worked out from the forward equations alone.

A matrix is moved along directions: its entries, one by one; of a matrix with very many entries some, and one direction
that moves all of them. Many directions go through one forward pass together, as stacks of matrices.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.network.network import Network
from symbackprop.numeric.elementary import Numbers
from symbackprop.numeric.evaluate import forward
from symbackprop.verification.differences import COMPLEX_STEP

ALL_ENTRIES = 256
"""The entries of a matrix are moved one by one, all of them where there are no more than so many."""
SOME_ENTRIES = 16
ROOM = 2**21
"""How many numbers all values of a forward pass may have together."""
FOURTH_ORDER = ((1, 8), (-1, -8), (2, -1), (-2, 1))
"""Where to look, in steps, and with which weights in twelfths: the error of the difference goes with step⁴."""


@dataclass(frozen=True)
class Probe:
    """Directions along which the value of a name is moved: a stack of them, each of the value's shape."""

    name: str
    stack: Numbers

    def along(self, gradient: Numbers) -> Numbers:
        """What a gradient says of each direction: its Frobenius products with them."""
        return (self.stack * gradient).reshape(len(self.stack), -1).sum(axis=1)


def entries(name: str, shape: tuple[int, ...]) -> Probe:
    """Every entry by itself."""
    return Probe(name, np.eye(int(np.prod(shape))).reshape(-1, *shape))


def directions(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> Iterator[Probe]:
    """Every entry by itself; of very many some, drawn at random, and all of them at once."""
    count = int(np.prod(shape))
    if count <= ALL_ENTRIES:
        yield entries(name, shape)
        return
    yield Probe(name, (rng.normal(size=count) / np.sqrt(count)).reshape(1, *shape))
    for place in np.sort(rng.choice(count, size=SOME_ENTRIES, replace=False)):
        unit = np.zeros(count)
        unit[place] = 1
        yield Probe(name, unit.reshape(1, *shape))


def slopes(
    network: Network, point: Mapping[str, Any], probes: Iterable[Probe], steps: Sequence[float] = ()
) -> Iterator[tuple[Probe, Numbers]]:
    """The derivatives of the loss along the directions of each probe: a row for each step, or one by complex steps."""
    values = forward(network, point)
    looks = len(steps) * len(FOURTH_ORDER) or 1
    together = max(1, ROOM // (looks * sum(np.size(value) for value in values.values())))
    for group in _groups(network, probes, together):
        losses = _losses(network, point, values, group, steps)
        start = 0
        for probe in group:
            here = losses[:, start : start + len(probe.stack)]
            yield probe, _differences(here, steps) if steps else np.imag(here) / COMPLEX_STEP
            start += len(probe.stack)


def _groups(network: Network, probes: Iterable[Probe], together: int) -> Iterator[list[Probe]]:
    """Probes that can be moved together. A computed value goes alone, as giving it cuts off what leads to it."""
    computed = {name.name for name in network.to_loss}
    group: list[Probe] = []
    for whole in probes:
        alone = whole.name in computed
        for start in range(0, len(whole.stack), together):
            part = Probe(whole.name, whole.stack[start : start + together])
            if group and (alone or sum(len(probe.stack) for probe in group) + len(part.stack) > together):
                yield group
                group = []
            group.append(part)
            if alone:
                yield group
                group = []
    if group:
        yield group


def _losses(
    network: Network,
    point: Mapping[str, Any],
    values: Mapping[str, Numbers],
    group: Sequence[Probe],
    steps: Sequence[float],
) -> Numbers:
    """The loss for each move, a row each, along each direction of the group, a column each."""
    real = np.array([place * step for step in steps for place, _ in FOURTH_ORDER])
    moves = real if steps else np.array([1j * COMPLEX_STEP])
    count = sum(len(probe.stack) for probe in group)
    moved: dict[str, Numbers] = dict(point)
    turned = {probe.name: np.zeros((count, *np.shape(values[probe.name]))) for probe in group}
    start = 0
    for probe in group:
        turned[probe.name][start : start + len(probe.stack)] = probe.stack
        start += len(probe.stack)
    for name, stack in turned.items():
        whole = values[name] + np.multiply.outer(moves, stack)
        moved[name] = whole.reshape(len(moves) * count, *np.shape(values[name]))
    loss = forward(network, moved)[network.loss.name]
    return np.broadcast_to(loss, len(moves) * count).reshape(len(moves), count)


def _differences(losses: Numbers, steps: Sequence[float]) -> Numbers:
    weights = np.array([weight for _, weight in FOURTH_ORDER]) / 12
    each = losses.reshape(len(steps), len(FOURTH_ORDER), -1)
    return np.einsum("p,spd->sd", weights, each) / np.array(steps)[:, None]


def nearest(said: Numbers, numeric: Numbers) -> Numbers:
    """Of several numeric derivatives, a row each, the one nearest to what a gradient says, direction by direction.

    One step may be too wide where a function bends, and another too small for rounding; a wrong gradient is near none.
    """
    distances = np.abs(numeric - said)
    best = np.argmin(np.where(np.isnan(distances), np.inf, distances), axis=0)
    chosen: Numbers = np.take_along_axis(numeric, best[None], axis=0)[0]
    return chosen


def gradients_by_entries(
    network: Network, point: Mapping[str, Any], names: Sequence[str], smooth: Container[str], step: float
) -> dict[str, Numbers]:
    """Every entry of every gradient by numbers alone; ``step`` is for the names that are not in ``smooth``."""
    values = forward(network, point)
    found: dict[str, list[Numbers]] = {name: [] for name in names}
    for chosen, steps in (([n for n in names if n in smooth], ()), ([n for n in names if n not in smooth], (step,))):
        probes = (entries(name, np.shape(values[name])) for name in chosen)
        for probe, rows in slopes(network, point, probes, steps):
            found[probe.name].append(rows[0])
    return {name: np.concatenate(parts).reshape(np.shape(values[name]))[()] for name, parts in found.items()}
