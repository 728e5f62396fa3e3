"""How many operations a derivation takes as it is written, beside the form that the equations pass back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol

from symbackprop.algebra.measure import operations
from symbackprop.calculus.graph import Graph
from symbackprop.calculus.sweep import Sweep, Swept
from symbackprop.network.network import Network


@dataclass(frozen=True)
class Operations:
    """Operations as a person counts them (algebra/measure): of the equations, the error signals and the gradients.

    What error signals and gradients share is counted with the signals. ``naive`` is what both take together where each
    line is as the equations pass it back, before anything is rewritten.
    """

    forward: int
    signals: int
    gradients: int
    naive: int

    @property
    def backward(self) -> int:
        """Those of the error signals and the gradients."""
        return self.signals + self.gradients

    @property
    def total(self) -> int:
        """Those of the forward pass too."""
        return self.forward + self.backward

    def __str__(self) -> str:
        parts = f"forward {self.forward:,}, error signals {self.signals:,}, gradients {self.gradients:,}"
        return f"In operations: {parts}; as passed back, without simplifying, {self.naive:,}."


def counted(network: Network, graph: Graph, sources: Sequence[Symbol], swept: Swept) -> Operations:
    """The operations of what a sweep found, and of what one finds that rewrites nothing."""
    naive = Sweep(network, graph, sources, tidying=False).run()
    forward = operations(network.equations.values(), network.sizes)
    signals = _counted(network, swept.backward.values())
    both, passed_back = (
        _counted(network, (*found.backward.values(), *(found.adjoint[name] for name in sources)))
        for found in (swept, naive)
    )
    return Operations(forward, signals, both - signals, passed_back)


def _counted(network: Network, lines: Iterable[Expr]) -> int:
    """The operations of some lines. The loss of a layer is worked out in no equation of it, so it counts where used."""
    found = tuple(lines)
    used = network.outputs and any(network.loss in line.free_symbols for line in found)
    return operations((*found, network.to_loss[network.loss]) if used else found, network.sizes)
