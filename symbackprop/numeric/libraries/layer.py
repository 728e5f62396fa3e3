"""Layers: networks whose loss is ⟨G, Y⟩, so that their gradients are what Y passes back of an adjoint G.

Where G and Y are matrices of one shape the loss is total(G*Y), where they are scalars G*Y.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Mul, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import SumAll, same_shape
from symbackprop.notation import NameTable
from symbackprop.numeric.wrapping import folded, literal


@dataclass(frozen=True)
class Layer:
    """The output of a layer, and the value that stands for its adjoint."""

    output: Symbol
    upstream: Symbol


def layer_of(derivation: Derivation) -> Layer | None:
    """The layer that a derivation describes, or None where its loss is something else."""
    network = derivation.network
    product = network.equations[network.loss]
    if isinstance(product, SumAll):
        product = product.args[0]
    if not (isinstance(product, Mul) and len(product.args) == 2 and all(s.is_Symbol for s in product.args)):
        return None
    others = [expr for name, expr in network.equations.items() if name != network.loss]
    stated = (s for fact in derivation.facts for s in fact.free_symbols)  # which data a layer is handed are held to
    elsewhere = {*derivation.wrt, *(s for expr in others for s in expr.free_symbols), *stated}
    for output, upstream in (product.args, product.args[::-1]):
        fits = same_shape(network.shape(output), network.shape(upstream))
        if output in network.equations and upstream in set(network.leaves) - elsewhere and fits:
            return Layer(output, upstream)
    return None


def needed_for(output: Symbol, derivation: Derivation) -> frozenset[Symbol]:
    """The output and all values that it is worked out from."""
    found: set[Symbol] = set()
    waiting = [output]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += derivation.network.equations.get(name, name).free_symbols - found
    return frozenset(found)


@dataclass(frozen=True)
class LayerWords:
    """What the template of a layer needs: the name of the output in the source, and what it is worked out from."""

    name: str
    output: str
    upstream: str
    parameters: str
    keyword_parameters: str
    inputs: str
    lines: Sequence[str]
    ways: Ways | None = None


@dataclass(frozen=True)
class Ways:
    """The words for a layer whose way back is handed what the way forward has worked out.

    ``results`` are the output and what is kept, ``parameters`` those of the way back.
    """

    forward: Sequence[str]
    results: Sequence[str]
    parameters: str
    back: Sequence[str]
    gradients: Sequence[str]


def layer_words(
    layer: Layer,
    derivation: Derivation,
    names: NameTable,
    lines: Sequence[str],
    options: Sequence[str],
    ways: Ways | None = None,
) -> LayerWords:
    """The words for a layer whose output those lines work out; ``options`` are its keywords."""
    inputs = inputs_of(layer, derivation)
    arguments = [names.code(name) for name in inputs]
    return LayerWords(
        name=names.code(layer.output.name),
        output=layer.output.name,
        upstream=layer.upstream.name,
        parameters=folded(arguments, "        "),
        keyword_parameters=folded([*arguments, *(["*", *options] if options else [])], "        "),
        inputs=literal(inputs),
        lines=lines,
        ways=ways,
    )


def inputs_of(layer: Layer, derivation: Derivation) -> list[str]:
    """The names of what a layer takes: all values but the adjoint of its output."""
    return [s.name for s in derivation.network.leaves if s != layer.upstream]
