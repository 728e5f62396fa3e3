"""What a network predicts: the names that its equations compare with targets."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Symbol

from symbackprop.matrices import shape_of
from symbackprop.network.network import Network


def predictions_of(network: Network) -> tuple[Symbol, ...]:
    """The outputs of a layer; else the names that stand beside a target, depend on an input and on no target.

    Where some have the shape of a target that is there, only those: an error term may have other names in it. Where the
    targets are worked on before, what stands beside the result counts. There may be none.
    """
    if network.outputs:
        return tuple(network.outputs)
    targets, inputs = (_reached(network, group) for group in (network.targets, network.inputs))
    known = [name for name in network.equations if name in inputs and name not in targets]
    for given in (set(network.targets), targets):
        using = (e.free_symbols for e in network.equations.values() if not given.isdisjoint(e.free_symbols))
        read = set().union(*using)
        beside = [name for name in known if name in read]
        if beside:
            shapes = {shape_of(target) for target in network.targets}
            alike = [name for name in beside if shape_of(name) in shapes]
            return tuple(alike or beside)
    return ()


def _reached(network: Network, begin: Iterable[Symbol]) -> set[Symbol]:
    """The names given, and all that depend on them."""
    found = set(begin)
    for name, expr in network.equations.items():
        if not found.isdisjoint(expr.free_symbols):
            found.add(name)
    return found
