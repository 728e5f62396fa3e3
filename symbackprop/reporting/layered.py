"""Whether a network is a chain of layers, for which one statement holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sympy import Add, Expr, Mul, Symbol

from symbackprop.calculus import Derivation
from symbackprop.functions import primitive_of
from symbackprop.matrices import Product, shape_of
from symbackprop.notation import Total


@dataclass(frozen=True)
class Chain:
    """Layers one behind the other: whether examples stand in rows, whether there are biases, and where that is worked.

    ``worked`` are the gradients and signals whose lines show the rules; ``signal`` is that of the last layer.
    """

    rows: bool
    biased: bool
    worked: tuple[Expr, ...]
    signal: Symbol | None
    activated: bool
    """Whether the last layer ends in an activation, entry by entry."""


@dataclass(frozen=True)
class _Weighted:
    """Z = X·W + b, or W·X + b."""

    result: Symbol
    taken: Symbol
    weight: Symbol
    bias: Symbol | None
    rows: bool


def chain_of(derivation: Derivation) -> Chain | None:
    """The layers of a matrix network; None where fewer than two follow one another in one way."""
    network = derivation.network
    layers = [layer for name, expr in network.equations.items() if (layer := _weighted(derivation, name, expr))]
    joined = all(other.taken in _activations(derivation, one.result) for one, other in pairwise(layers))
    if len(layers) < 2 or not joined or len({layer.rows for layer in layers}) > 1:
        return None
    weights = [layer.weight for layer in layers]
    if len(set(weights)) < len(weights) or not set(weights) <= set(derivation.wrt):
        return None
    first, last = layers[0], layers[-1]
    signals = derivation.signals
    worked: tuple[Expr, ...] = tuple(signals[layer.result] for layer in layers[:-1] if layer.result in signals)
    worked += tuple(Total(network.loss, layer.weight) for layer in layers)
    activated = bool(_activations(derivation, last.result))
    biased = any(layer.bias is not None for layer in layers)
    return Chain(first.rows, biased, worked, signals.get(last.result), activated)


def _weighted(derivation: Derivation, name: Symbol, expr: Expr) -> _Weighted | None:
    network = derivation.network
    terms = expr.args if isinstance(expr, Add) else (expr,)
    products = [term for term in terms if isinstance(term, Product) and len(term.args) == 2]
    others = [term for term in terms if term not in products]
    if len(products) != 1 or len(others) > 1 or any(bias not in network.parameters for bias in others):
        return None
    left, right = products[0].args
    bias = others[0] if others else None
    if not (isinstance(left, Symbol) and isinstance(right, Symbol)):
        return None
    if right in network.parameters and left not in network.parameters and _lies(bias, axis=0):
        return _Weighted(name, left, right, bias, rows=True)
    if left in network.parameters and right not in network.parameters and _lies(bias, axis=1):
        return _Weighted(name, right, left, bias, rows=False)
    return None


def _lies(bias: Symbol | None, axis: int) -> bool:
    """Whether a bias is a row (axis 0) or a column (axis 1), or there is none."""
    return bias is None or (bool(shape_of(bias)) and shape_of(bias)[axis] == 1)


def _activations(derivation: Derivation, name: Symbol) -> list[Symbol]:
    """What is made of a name by an activation entry by entry."""
    equations = derivation.network.equations
    return [
        user
        for user in derivation.graph.users.get(name, ())
        if user in equations and (row := primitive_of(equations[user])) is not None and row.activation
        and equations[user].args[0] == name
    ]  # fmt: skip


def is_layered(derivation: Derivation) -> bool:
    """Whether scalars form two layers of units at least: sums of weights times activations of sums of the same kind."""
    equations = derivation.network.equations
    sums = {name for name, expr in equations.items() if _is_weighted_sum(derivation, expr)}
    active = {user for name in sums for user in _activations(derivation, name)}
    hidden = [name for name in sums if active & equations[name].free_symbols]
    return bool(hidden) and all(
        equations[name].free_symbols - set(derivation.network.parameters) <= active for name in hidden
    )


def ends_in_activations(derivation: Derivation) -> bool:
    """Whether the sums of the last layer each go through an activation, entry by entry, to the loss."""
    equations = derivation.network.equations
    sums = [name for name, expr in equations.items() if _is_weighted_sum(derivation, expr)]
    users = {name: derivation.graph.users.get(name, ()) for name in sums}
    return all(set(users[name]) == set(_activations(derivation, name)) for name in sums)


def _is_weighted_sum(derivation: Derivation, expr: Expr) -> bool:
    """Whether each term is a parameter times something that is none, and maybe one parameter alone is added."""
    parameters = set(derivation.network.parameters)
    terms = expr.args if isinstance(expr, Add) else (expr,)
    products = [term for term in terms if isinstance(term, Mul)]
    alone = [term for term in terms if term not in products]
    return (
        bool(products) and len(alone) <= 1 and all(term in parameters for term in alone)
        and all(
            len(term.args) == 2 and all(isinstance(factor, Symbol) for factor in term.args)
            and len(term.free_symbols & parameters) == 1
            for term in products
        )
    )  # fmt: skip
