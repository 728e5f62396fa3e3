"""The network of a page as its script works it out: source, quantities, values at the start, points to try."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.errors import SymbackpropError
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import Total
from symbackprop.numeric.javascript import NumberSource, number_source
from symbackprop.numeric.sizes import fit
from symbackprop.publish.page.points import by_entry, made_up, points_at, scalar_points
from symbackprop.reporting.page import Live, Quantity
from symbackprop.reporting.page.parts import Grid

MOST_ENTRIES = 2_000
"""A network with more numbers in it is not worked out in its page."""
RATE = 0.5
"""The learning rate where none is given."""


def live_part(derivation: Derivation, values: Mapping[str, Any], rate: float | None) -> Live | None:
    """What the page works out, or None where the network is too large, or has what JavaScript cannot have."""
    try:
        start = derivation.network.kind[START](derivation, values)
        if start is None:
            return None
        written = number_source(derivation, start.sizes)
    except SymbackpropError:
        return None
    network = derivation.network
    routes = network.kind.has_routes and not network.outputs
    return Live(
        source=written.source,
        quantities=tuple(_quantities(derivation, written)),
        given=start.given,
        points=[by_entry(point, _grids(point, written)) for point in start.points],
        loss="" if network.outputs else network.loss.name,
        rate=RATE if rate is None else rate,
        routes=routes,
        signals={name.name: delta.name for name, delta in derivation.signals.items()},
    )


@dataclass(frozen=True)
class Start:
    """Values at the start, sizes, and points: each a number, a matrix, or numbers of several examples by name."""

    given: Mapping[str, Any]
    sizes: Mapping[str, int]
    points: list[dict[str, Any]]


def _of_scalars(derivation: Derivation, values: Mapping[str, Any]) -> Start | None:
    names = [s.name for s in derivation.network.leaves]
    points = scalar_points(derivation)
    if set(names) <= values.keys():
        given = {name: np.asarray(values[name], dtype=float).tolist() for name in names}
        if derivation.network.outputs:
            given = {name: float(np.ravel(value)[0]) for name, value in given.items()}
        return Start(given, {}, points)
    return Start(points[0], {}, points) if points and len(names) <= MOST_ENTRIES else None


def _of_matrices(derivation: Derivation, values: Mapping[str, Any]) -> Start | None:
    network = derivation.network
    names = [s.name for s in network.leaves]
    given = {name: values[name] for name in names if name in values}
    if len(given) < len(names):
        given = {name: value for name, value in made_up(derivation).items() if name in names}
    if not given or sum(int(np.size(value)) for value in given.values()) > MOST_ENTRIES:
        return None
    point, sizes = fit(network, given)
    start = {name: np.asarray(value, dtype=float).tolist() for name, value in point.items()}
    return Start(start, sizes, points_at(derivation, sizes))


START: Question[Callable[[Derivation, Mapping[str, Any]], Start | None]] = Question(
    __name__, "where its page starts", {SCALARS: _of_scalars, MATRICES: _of_matrices}
)


def _grids(point: Mapping[str, Any], written: NumberSource) -> Iterator[tuple[str, Grid]]:
    """The entries of each name of a point that the script knows."""
    return ((name, written.entries[name]) for name in point if name in written.entries)


def _quantities(derivation: Derivation, written: NumberSource) -> Iterator[Quantity]:
    """Everything that is shown, in the order of computation."""
    network = derivation.network
    for kind, names in (
        ("input", (*network.inputs, *network.outputs.values())),
        ("target", network.constants),
        ("parameter", network.parameters),
    ):
        for name in names:
            yield Quantity(name.name, kind, name, None, written.entries[name.name])
    for name, expr in network.equations.items():
        yield Quantity(name.name, "value", name, expr, written.entries[name.name])
    for delta, expr in derivation.backward.items():
        yield Quantity(delta.name, "signal", delta, expr, written.entries[delta.name])
    for w in derivation.wrt:
        lhs = Total(network.loss, w)
        yield Quantity(w.name, "gradient", lhs, derivation.shared[w], written.gradients[w.name])
