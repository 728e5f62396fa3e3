"""Chains of one neuron a layer: the product of local derivatives against depth, by activation and by weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, final

import numpy as np
from sympy import Expr, S, Symbol

from symbackprop.calculus import Derivation, derive
from symbackprop.errors import DataError, as_given
from symbackprop.network import mlp
from symbackprop.numeric import lambdify
from symbackprop.numeric.evaluate import evaluate
from symbackprop.studies.checks import finite_number, several, whole_number
from symbackprop.studies.derivative_bound import Bound, bound_of
from symbackprop.studies.study import Record, Study

ACTIVATIONS = ("sigmoid", "tanh", "relu", "identity")
WEIGHTS = (0.5, 1.0, 1.5)
DEPTH = 50
MOST_LAYERS = 500


@dataclass(frozen=True, eq=False)
class Chain:
    """One chain: z_k = w·a_(k−1), a_k = f(z_k). Arrays have an entry a layer, the one next to the loss first.

    ``slopes`` are f′(z_k), ``factors`` w·f′(z_k), and ``products`` what a change of the output is of a change of each
    layer's input: the factors multiplied up from the output. ``gradient`` is ∂E/∂w₁ of the compiled code, and
    ``by_product`` the same as a product: the error at the output, the factors of all layers, x in place of the last w.
    """

    activation: str
    weight: float
    derivation: Derivation
    bound: Bound
    slopes: tuple[float, ...]
    gradient: float
    by_product: float

    @property
    def factors(self) -> tuple[float, ...]:
        """w·f′(z_k), layer by layer from the output back."""
        return tuple(self.weight * slope for slope in self.slopes)

    @cached_property
    def products(self) -> tuple[float, ...]:
        """The product of the factors of the last 1, 2, 3 … layers."""
        with np.errstate(all="ignore"):
            return tuple(float(p) for p in np.cumprod(self.factors))

    @cached_property
    def limits(self) -> tuple[float, ...]:
        """What the products cannot exceed in size: (|w|·max|f′|)^k."""
        with np.errstate(all="ignore"):
            powers = np.float64(abs(self.weight) * self.bound.largest) ** np.arange(1, len(self.slopes) + 1)
        return tuple(float(power) for power in powers)

    @property
    def rate(self) -> float:
        """The factor of a layer on average: the geometric mean of the factors' sizes."""
        sizes = np.abs(self.factors)
        return 0.0 if not sizes.all() else float(np.exp(np.mean(np.log(sizes))))

    @property
    def verdict(self) -> str:
        """Whether the product of all layers vanishes, explodes, or does neither: by a factor of 1000."""
        size = abs(self.products[-1])
        return "vanishes" if size < 1e-3 else "explodes" if size > 1e3 else "keeps its size"


@final
@dataclass(frozen=True, eq=False)
class ChainProductStudy(Study):
    """The chain products of several activations, each at several weights."""

    kind: ClassVar[str] = "chain-products"
    chains: tuple[Chain, ...]
    depth: int
    x: float

    def __getitem__(self, key: tuple[str, float]) -> Chain:
        """The chain of an activation and a weight."""
        for chain in self.chains:
            if (chain.activation, chain.weight) == key:
                return chain
        known = ", ".join(f"({as_given(chain.activation)}, {chain.weight:g})" for chain in self.chains)
        raise DataError("chain", f"the study has no chain {as_given(key)}", f"it has {known}")

    @property
    def activations(self) -> tuple[str, ...]:
        """The activations, in the order given."""
        return tuple(dict.fromkeys(chain.activation for chain in self.chains))

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights, in the order given."""
        return tuple(dict.fromkeys(chain.weight for chain in self.chains))

    @property
    def about(self) -> str:
        """Nothing: chains are of all activations that were asked for."""
        return ""

    def records(self) -> list[Record]:
        """A row for each chain and layer, the layer next to the output first."""
        return [
            {"activation": chain.activation, "weight": chain.weight, "layers": k, "derivative": slope,
             "factor": factor, "product": product, "limit": limit}
            for chain in self.chains
            for k, (slope, factor, product, limit) in enumerate(
                zip(chain.slopes, chain.factors, chain.products, chain.limits, strict=True), start=1
            )
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<ChainProductStudy: {', '.join(self.activations)}; {self.depth} layers>"


def chain_products(
    activations: Sequence[str] = ACTIVATIONS, *, weights: Sequence[float] = WEIGHTS, depth: int = DEPTH, x: float = 1.0
) -> ChainProductStudy:
    """Derive a chain of one neuron a layer for each activation, and multiply its local derivatives layer by layer.

    Parameters
    ----------
    activations
        Names of activations, as ``mlp`` has them; ``"identity"`` for a linear chain.
    weights
        The weight that every layer has; each in turn.
    depth
        How many layers.
    x
        The input of the first layer.

    The derivatives are those of the derivation, put in numbers; the last product is compared with the compiled code.
    Raises NetworkError for an unknown activation, and DataError for a depth or numbers that make no sense.
    """
    layers = whole_number("depth", depth, 1, MOST_LAYERS, 50)
    start = finite_number("x", x)
    names = several(activations)
    sizes = [finite_number("weight", w) for w in several(weights)]
    if not names or not sizes:
        raise DataError("chain", "there are no activations or no weights", "give one of each at least")
    return ChainProductStudy(tuple(_chains(names, sizes, layers, start)), layers, start)


def _chains(names: Sequence[str], weights: Sequence[float], depth: int, x: float) -> Iterator[Chain]:
    for name in names:
        derivation = derive(mlp([1] * (depth + 1), activation=name, bias=False))
        bound = _bound(derivation)
        for weight in weights:
            yield _chain(derivation, name, weight, bound, x)


def _chain(derivation: Derivation, name: str, weight: float, bound: Bound, x: float) -> Chain:
    network = derivation.network
    point: dict[str, Any] = {"i1": x, "t1": 0.0, **{w.name: weight for w in network.parameters}}
    function = lambdify(derivation)
    (path,) = derivation.paths(network.parameters[0])
    with np.errstate(all="ignore"):
        found, gradients = function.forward_backward(**point)
        values = {**point, **found}
        factors = [float(evaluate(factor, values)) for factor in path.factors]
        slopes = [float(evaluate(slope, values)) for slope in _slopes(derivation)]
        product = float(np.prod(factors))
    return Chain(name, weight, derivation, bound, tuple(slopes), float(gradients[network.parameters[0].name]), product)


def _slopes(derivation: Derivation) -> Iterator[Expr]:
    """f′(z) of each layer, the last layer first; 1 where there is no activation."""
    local = derivation.local
    for z, a in reversed(_layers(derivation)):
        yield local[a, z] if a != z else S.One


def _layers(derivation: Derivation) -> list[tuple[Symbol, Symbol]]:
    """The weighted sum and the output of each layer; one name for both where there is no activation."""
    names = list(derivation.network.equations)[:-1]
    parameters = set(derivation.network.parameters)
    sums = [name for name in names if derivation.network.equations[name].free_symbols & parameters]
    outputs = {next(iter(derivation.network.equations[a].free_symbols)): a for a in names if a not in sums}
    return [(z, outputs.get(z, z)) for z in sums]


def _bound(derivation: Derivation) -> Bound:
    """The bound of the activation's derivative, from the local derivative of the first layer."""
    z, a = _layers(derivation)[0]
    if a == z:
        return Bound(1.0)
    slope = derivation.local[a, z]
    activation = derivation.network.equations[a]

    def values(arguments: np.ndarray) -> np.ndarray:
        at = {z.name: arguments}
        found = evaluate(slope, {**at, a.name: evaluate(activation, at)})
        return np.broadcast_to(np.asarray(found, dtype=float), arguments.shape)

    return bound_of(slope, a, z, values)
