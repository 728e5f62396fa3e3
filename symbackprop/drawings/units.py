"""A network of scalars as units: a weighted sum and its activation are one, and weights are what joins units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Add, Expr, Mul, Symbol

from symbackprop.drawings.faces import sign_of
from symbackprop.functions import primitive_of
from symbackprop.network.network import Network


@dataclass(frozen=True)
class Unit:
    """A value of the layered picture, by the name of its activation, or of its sum where there is none.

    ``total`` is the weighted sum that the activation is of; ``biases`` are parameters that stand beside the weighted
    sum, and ``targets`` what it is compared with. ``weights`` has for each name that it takes the parameters it is
    multiplied by.
    """

    name: Symbol
    total: Symbol | None
    sign: str
    weights: Mapping[Symbol, tuple[Symbol, ...]]
    biases: tuple[Symbol, ...]
    targets: tuple[Symbol, ...]


def units_of(network: Network) -> tuple[Unit, ...]:
    """The units of a network, in the order of its equations."""
    uses: dict[Symbol, int] = {}
    for expr in network.equations.values():
        for s in expr.free_symbols:
            uses[s] = uses.get(s, 0) + 1
    totals: dict[Symbol, Symbol] = {}
    for name, expr in network.equations.items():
        inside = _argument(expr, network)
        if inside is not None and uses[inside] == 1 and inside not in network.outputs:
            totals[name] = inside
    merged = set(totals.values())
    return tuple(_unit(network, name, totals.get(name)) for name in network.equations if name not in merged)


def _argument(expr: Expr, network: Network) -> Symbol | None:
    """The equation that an activation is of, where it is of that alone."""
    row = primitive_of(expr)
    if row is None or not row.activation:
        return None
    [*rest] = expr.free_symbols & network.equations.keys()
    inside = rest[0] if len(rest) == 1 and expr.free_symbols == {rest[0]} else None
    return inside if inside in expr.args else None


def _unit(network: Network, name: Symbol, total: Symbol | None) -> Unit:
    expr = network.equations[name if total is None else total]
    parameters, targets = set(network.parameters), set(network.constants)
    weights: dict[Symbol, tuple[Symbol, ...]] = {}
    biases: set[Symbol] = set()
    for term in Add.make_args(expr):
        learned = term.free_symbols & parameters
        values = term.free_symbols - parameters - targets
        joined = isinstance(term, Mul) and len(values) == 1 and len(learned) == 1 and learned <= set(term.args)
        for value in values:
            weights[value] = (*weights.get(value, ()), *(learned if joined else ()))
        if not joined:
            biases |= learned
    position = {s: k for k, s in enumerate(network.names)}
    return Unit(
        name,
        total,
        sign_of(network.equations[name]),
        {value: tuple(dict.fromkeys(weights[value])) for value in sorted(weights, key=position.__getitem__)},
        tuple(sorted(biases, key=position.__getitem__)),
        tuple(sorted(expr.free_symbols & targets, key=position.__getitem__)),
    )
