"""The dialects, by the name that a network gives its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus.dialect import Dialect
from symbackprop.calculus.graph import Graph
from symbackprop.calculus.matrix import MatrixDialect, matrix_graph
from symbackprop.calculus.scalar import ScalarDialect, scalar_graph
from symbackprop.network.network import Network


@dataclass(frozen=True)
class Entry:
    """How the graph of a network is found, and what a sweep asks."""

    graph_of: Callable[[Network, Sequence[Symbol]], Graph]
    sweeping: Callable[..., Dialect]


DIALECTS: Mapping[str, Entry] = {
    "scalar": Entry(scalar_graph, ScalarDialect),
    "matrix": Entry(matrix_graph, MatrixDialect),
}
