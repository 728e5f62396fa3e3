"""Where a network is cut in two: values through which alone names reach the loss, and what follows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sympy import Symbol

from symbackprop.errors import DerivationError
from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.network.predictions import predictions_of


def after(network: Network, values: Sequence[Symbol], moving: Sequence[Symbol]) -> Network:
    """The network behind some values, which are its parameters: the equations from them to the loss.

    All else that these need is given. Raises DerivationError where one of the ``moving`` names reaches the loss in
    another way too, so that the values alone do not tell the loss.
    """
    moved = reached(network, moving)
    behind = reached(network, values) - set(values)
    kept = {name: expr for name, expr in network.equations.items() if name in behind}
    needed = upstream(kept, [network.loss])
    kept = {name: expr for name, expr in kept.items() if name in needed}
    given = {symbol for expr in kept.values() for symbol in expr.free_symbols} - kept.keys() - set(values)
    other = next((name for name in network.names if name in given and name in moved), None)
    if other is not None:
        said = ", ".join(value.name for value in values)
        what = f"{network.loss.name} depends on {other.name} otherwise than through {said}"
        raise DerivationError("of", what, "name values that tell the loss, or leave such terms as weight decay out")
    targets = [name for name in network.targets if name in given]
    inputs = [name for name in network.names if name in given and name not in targets]
    known = {*inputs, *targets, *network.sizes}
    return Network(
        kept,
        inputs=inputs,
        targets=targets,
        parameters=values,
        loss=network.loss,
        name=f"loss of {network.name}",
        facts=[fact for fact in network.facts if fact.free_symbols <= known],
    )


def candidates(network: Network, moving: Sequence[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    """What a network predicts, then what that is made of, and so on back to where the moving names come in."""
    moved = reached(network, moving)
    values = predictions_of(network)
    while values:
        yield values
        used = [symbol for value in values for symbol in network.equations[value].free_symbols if symbol in moved]
        if any(symbol not in network.equations for symbol in used):
            return
        values = tuple(name for name in network.equations if name in used)


def reached(network: Network, begin: Sequence[Symbol]) -> set[Symbol]:
    """Some names, and all that depend on them."""
    found = set(begin)
    for name, expr in network.equations.items():
        if not found.isdisjoint(expr.free_symbols):
            found.add(name)
    return found
