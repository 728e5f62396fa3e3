"""From a network to its derivation."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from symbackprop.calculus.derivation import Derivation
from symbackprop.calculus.pipeline import DERIVATION, Task
from symbackprop.calculus.strangers import require_network
from symbackprop.network.facts import Fact, Stated
from symbackprop.network.network import Network
from symbackprop.passes import run


def derive(
    network: Network, wrt: Iterable[Symbol | str] | None = None, facts: Iterable[Fact | Stated | str] = ()
) -> Derivation:
    """Derive the gradient of a network's loss by the chain rule, in reverse mode over its equations.

    Parameters
    ----------
    network
        The network; its loss is a scalar.
    wrt
        The names to differentiate by: parameters (all of them by default), inputs, targets, or intermediate values.
    facts
        What is known beside what the network states: equations about the data, such as ``Eq(t1 + t2 + t3, 1)`` or
        ``"rowsum(Y) = 1"``, where values lie, such as ``"delta > 0"``, and words, such as ``"S symmetric"``.

    Raises DerivationError where a name is unknown or does not reach the loss. A name may reach the loss and yet not
    move it, as a bias before a batch norm: ``zero`` of the derivation has those, and ``check`` names them.
    """
    require_network(network, "derive")
    task, ran = run(DERIVATION, Task(network, wrt, facts))
    return Derivation(network, task.wrt, task.facts, task.stated, task.graph, task.swept, (*network.passes, *ran))
