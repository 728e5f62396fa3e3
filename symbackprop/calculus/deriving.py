"""From a network to its derivation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Symbol

from symbackprop.calculus.derivation import Derivation
from symbackprop.calculus.pipeline import DERIVATION, Task
from symbackprop.errors import DerivationError
from symbackprop.network.facts import Fact
from symbackprop.network.network import Network
from symbackprop.passes import run


def derive(network: Network, wrt: Iterable[Symbol | str] | None = None, facts: Iterable[Fact | str] = ()) -> Derivation:
    """Derive the gradient of a network's loss by the chain rule, in reverse mode over its equations.

    Parameters
    ----------
    network
        The network; its loss is a scalar.
    wrt
        The names to differentiate by: parameters (all of them by default), inputs, targets, or intermediate values.
    facts
        What is known beside what the network states: equations about the data, such as ``Eq(t1 + t2 + t3, 1)`` or
        ``"rowsum(Y) = 1"``, and where values lie, such as ``"delta > 0"``.

    Raises DerivationError where a name is unknown or does not reach the loss. A name may reach the loss and yet not
    move it, as a bias before a batch norm: ``zero`` of the derivation has those, and ``check`` names them.
    """
    _require_network(network)
    task, ran = run(DERIVATION, Task(network, wrt, facts))
    return Derivation(network, task.wrt, task.facts, task.graph, task.swept, (*network.passes, *ran))


def require_derivation(given: object, caller: str) -> None:
    """Refuse anything but a derivation, such as the network that it is made of. Raises DerivationError."""
    if not isinstance(given, Derivation):
        raise DerivationError(
            "type",
            f"{caller} was given a {type(given).__name__}, not a derivation",
            f"write {caller}(sb.derive(net))" if isinstance(given, Network) else "derive(net) makes one of a network",
        )


def require_loss(given: object, caller: str) -> None:
    """Refuse what is no derivation, and that of a layer, which has no loss. Raises DerivationError."""
    require_derivation(given, caller)
    if isinstance(given, Derivation) and given.network.outputs:
        outputs = ", ".join(map(str, given.network.outputs))
        raise DerivationError(
            "layer",
            f"{given.network.name} is a layer, which has no loss, and {caller} needs one",
            f"write a network with its equations and a loss of {outputs}",
        )


def _require_network(given: object) -> None:
    """Refuse what is no network. Raises DerivationError, which says how one is made."""
    if isinstance(given, Network):
        return
    what = f"derive was given a {type(given).__name__}, not a network"
    fix = "write its equations: sb.Network({y: w*x, E: (y - t)**2}, inputs=[x], targets=[t], parameters=[w], loss=E)"
    if isinstance(given, Derivation):
        fix = "use it as it is, or derive its network again: derive(derivation.network)"
    elif isinstance(given, str):
        fix = "sb.load(path) reads a file, sb.load_example(name) an example"
    elif callable(given):
        fix = f"code is not looked into: {fix}"
    elif isinstance(given, Mapping):
        fix = "write derive(sb.Network(equations, inputs=[…], targets=[…], parameters=[…], loss=E))"
    raise DerivationError("type", what, fix)
