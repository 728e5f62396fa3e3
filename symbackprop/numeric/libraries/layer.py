"""Layers: networks with outputs, whose gradients are what these pass back of their adjoints.

A network whose loss is ⟨G, Y⟩ is one, too. Where G and Y are matrices of one shape the loss is total(G*Y), where they
are scalars G*Y.
"""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Mul, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import SumAll, same_shape


@dataclass(frozen=True)
class Layer:
    """The outputs of a layer, and the values that stand for their adjoints."""

    outputs: tuple[Symbol, ...]
    upstream: tuple[Symbol, ...]


def layer_of(derivation: Derivation) -> Layer | None:
    """The layer that a derivation describes, or None where its loss is something else."""
    network = derivation.network
    if network.outputs:
        return Layer(tuple(network.outputs), tuple(network.outputs.values()))
    product = network.to_loss[network.loss]
    if isinstance(product, SumAll):
        product = product.args[0]
    if not (isinstance(product, Mul) and len(product.args) == 2 and all(s.is_Symbol for s in product.args)):
        return None
    others = [expr for name, expr in network.to_loss.items() if name != network.loss]
    stated = (s for fact in derivation.facts for s in fact.free_symbols)  # which data a layer is handed are held to
    elsewhere = {*derivation.wrt, *(s for expr in others for s in expr.free_symbols), *stated}
    for output, upstream in (product.args, product.args[::-1]):
        fits = same_shape(network.shape(output), network.shape(upstream))
        if output in network.to_loss and upstream in set(network.leaves) - elsewhere and fits:
            return Layer((output,), (upstream,))
    return None


def array_of(derivation: Derivation) -> Symbol:
    """A value that every function of a generated module receives as an array."""
    layer = layer_of(derivation)
    return next(s for s in derivation.network.leaves if layer is None or s not in layer.upstream)
