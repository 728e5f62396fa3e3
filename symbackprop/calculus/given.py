"""The first line of the work of a layer: the adjoints of its outputs are given."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Mul, Symbol

from symbackprop.calculus.graph import Graph
from symbackprop.calculus.step import Reason, Recorder, Rule, Step, listed
from symbackprop.matrices import shape_of
from symbackprop.network.network import Network
from symbackprop.notation import Differential, Frobenius


def record_given(network: Network, graph: Graph, recorder: Recorder) -> Step | None:
    """Write dL = ⟨Ȳ, dY⟩ down for the outputs that move; nothing where the network has a loss, or none moves."""
    moved = [output for output in network.outputs if output in graph.arguments.get(network.loss, ())]
    if not moved:
        return None
    terms = [_change(output, network.outputs[output]) for output in moved]
    rhs = terms[0] if len(terms) == 1 else Add(*terms, evaluate=False)
    return recorder.record(Differential(network.loss), rhs, Rule.GIVEN, given(network, moved))


def given(network: Network, outputs: Sequence[Symbol]) -> Reason:
    """That the adjoints of some outputs are given."""
    adjoints = listed([network.outputs[output] for output in outputs])
    are = " are given, the adjoints of " if len(outputs) > 1 else " is given, the adjoint of "
    return (*adjoints, are, *listed(outputs))


def _change(output: Symbol, adjoint: Symbol) -> Expr:
    change = Differential(output)
    return Frobenius(adjoint, change) if shape_of(output) else Mul(adjoint, change)
