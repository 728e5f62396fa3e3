"""How gradients of each kind of value are derived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus.dialect import Dialect
from symbackprop.calculus.graph import Graph
from symbackprop.calculus.matrix import MatrixDialect, matrix_graph
from symbackprop.calculus.scalar import ScalarDialect, scalar_graph
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.network.network import Network


@dataclass(frozen=True)
class Entry:
    """How the graph of a network is found, and what a sweep asks."""

    graph_of: Callable[[Network, Sequence[Symbol]], Graph]
    sweeping: Callable[..., Dialect]


DIALECT = Question(
    __name__,
    "how an adjoint passes back",
    {SCALARS: Entry(scalar_graph, ScalarDialect), MATRICES: Entry(matrix_graph, MatrixDialect)},
)
