"""How first weights decide what a deep network can learn: values and gradients layer by layer, at several depths."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np

from symbackprop.calculus import Derivation, derive
from symbackprop.errors import DataError
from symbackprop.network import mlp
from symbackprop.numeric import lambdify
from symbackprop.studies.checks import several, whole_number
from symbackprop.studies.study import Record, Study
from symbackprop.studies.symmetry import Symmetry, symmetry
from symbackprop.training.data import Floats
from symbackprop.training.initialisers import checked_seed, drawn_by, initialise

RULES = ("zeros", 0.01, "normal", "large", "small", "xavier", "normalised-xavier", "he")
DEPTHS = (1, 2, 5, 10, 20, 50)
WIDTH = 100
WIDTHS = (1, 10, 100, 500)
NEURONS = 10_000
"""So many neurons are drawn to measure one standard deviation: it is then right to a percent or so."""
ROUNDING = 1e-12
MOST_DEPTH, MOST_WIDTH = 100, 1000

Rule = str | float


@dataclass(frozen=True)
class Layers:
    """One network at its first weights; an entry a layer, the layer next to the inputs first.

    ``deviations`` are the standard deviations of z over the neurons of a layer, ``gradients`` the root of the mean
    square of the entries of ∂E/∂W.
    """

    rule: Rule
    depth: int
    deviations: tuple[float, ...]
    gradients: tuple[float, ...]


@dataclass(frozen=True)
class OneLayer:
    """The z of one layer of ``n`` inputs that all are 1: its standard deviation as drawn, and by theory √n·std(w)."""

    rule: Rule
    n: int
    measured: float
    theory: float


@final
@dataclass(frozen=True, eq=False)
class InitialisationStudy(Study):
    """What first weights do: one layer of several widths, networks of several depths, and equal weights in training."""

    kind: ClassVar[str] = "initialisation"
    neurons: ClassVar[int] = NEURONS
    activation: str
    width: int
    seed: int
    networks: tuple[Layers, ...]
    one_layer: tuple[OneLayer, ...]
    symmetry: Symmetry
    derivation: Derivation
    """That of the shallowest network with a hidden layer, to show the formulas."""

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order given."""
        return tuple(dict.fromkeys(one.rule for one in self.networks))

    @property
    def depths(self) -> tuple[int, ...]:
        """The depths, from small to large."""
        return tuple(sorted({one.depth for one in self.networks}))

    def at(self, rule: Rule, depth: int) -> Layers:
        """The network of one rule and depth."""
        for one in self.networks:
            if (one.rule, one.depth) == (rule, depth):
                return one
        rules, depths = (", ".join(map(str, known)) for known in (self.rules, self.depths))
        what = f"the study has no network of {rule} at depth {depth}"
        raise DataError("depth", what, f"it has {rules} at depths {depths}")

    def growth(self, rule: Rule) -> float:
        """∂E/∂W of the first layer in the deepest network over that of one layer alone; NaN where both are zero."""
        alone, deep = (self.at(rule, depth).gradients[0] for depth in (1, self.depths[-1]))
        return deep / alone if alone else math.nan if not deep else math.inf

    def verdict(self, rule: Rule) -> str:
        """What depth does to the gradient of the first layer: by less than 1000 times, it keeps its size."""
        deep, growth = self.at(rule, self.depths[-1]).gradients[0], self.growth(rule)
        if deep == 0:
            return "is zero"
        if not math.isfinite(deep):
            return "is not finite"
        return "vanishes" if growth < 1e-3 else "explodes" if growth > 1e3 else "keeps its size"

    @property
    def about(self) -> str:
        """What it is of, for the names of files: the activation."""
        return self.activation

    def records(self) -> list[Record]:
        """A row for each rule, depth and layer."""
        return [
            {"rule": one.rule, "depth": one.depth, "layer": k, "std of z": deviation, "rms of dE/dW": gradient}
            for one in self.networks
            for k, (deviation, gradient) in enumerate(zip(one.deviations, one.gradients, strict=True), start=1)
        ]

    def __repr__(self) -> str:
        depths = ", ".join(map(str, self.depths))
        return f"<InitialisationStudy of {self.activation}: {len(self.rules)} rules at depths {depths}>"


def initialisation(
    depths: Sequence[int] = DEPTHS,
    *,
    rules: Sequence[Rule] = RULES,
    activation: str = "tanh",
    width: int = WIDTH,
    widths: Sequence[int] = WIDTHS,
    seed: int = 0,
) -> InitialisationStudy:
    """Draw first weights by each rule, and look at values and gradients layer by layer.

    Parameters
    ----------
    depths
        How many layers of weights the networks have; each in turn. One layer alone is always among them.
    rules
        Rules of ``initialise``, such as ``"xavier"``, or numbers that all weights are.
    activation
        Of every layer, as ``mlp`` has them.
    width
        How many inputs and neurons each layer has. The inputs and the targets are all 1.
    widths
        Numbers of inputs for the look at one layer alone.
    seed
        What is drawn depends on it alone.

    Values and gradients come from the compiled derivation of each network, a matrix for each layer. Raises DataError
    for unknown rules and numbers that make no sense, NetworkError for an unknown activation.
    """
    deep = [whole_number("depth", depth, 1, MOST_DEPTH, 50) for depth in _some("depth", depths)]
    wide = whole_number("width", width, 1, MOST_WIDTH, WIDTH)
    inputs = [whole_number("width", n, 1, MOST_WIDTH, WIDTH) for n in _some("width", widths)]
    named = [drawn for drawn in _some("initial", rules) if drawn_by(drawn)]
    drawn = checked_seed(seed)
    return InitialisationStudy(
        activation,
        wide,
        drawn,
        tuple(_networks(sorted({1, *deep}), named, activation, wide, drawn)),
        tuple(_one_layer(rule, n, drawn) for rule in named for n in inputs),
        symmetry(activation, seed=drawn),
        derive(_network(2, activation)),
    )


def _some(what: str, given: Any) -> list[Any]:
    """One value at least. Raises DataError."""
    values = several(given)
    if not values:
        raise DataError(what, f"there is no {what}", "give one at least")
    return values


def _network(depth: int, activation: str) -> Any:
    return mlp(["n"] * (depth + 1), activation, bias=False, notation="matrix", name=f"{depth} layers of {activation}")


def _networks(depths: Sequence[int], rules: Sequence[Rule], activation: str, width: int, seed: int) -> Iterator[Layers]:
    ones = np.ones((1, width))
    for depth in depths:
        function = lambdify(derive(_network(depth, activation)))
        for rule in rules:
            weights = initialise(function.derivation, rule, seed=seed, sizes={"n": width})
            with np.errstate(all="ignore"):
                forward, gradients = function.forward_backward(X=ones, Y=ones, **weights)
                yield Layers(rule, depth, *_sizes(forward, gradients, depth))


def _sizes(forward: Mapping[str, Any], gradients: Mapping[str, Any], depth: int) -> tuple[tuple[float, ...], ...]:
    layers = range(1, depth + 1)
    return (
        tuple(_deviation(forward[f"Z{k}"]) for k in layers),
        tuple(_root_mean_square(gradients[f"W{k}"]) for k in layers),
    )


def _deviation(values: Floats) -> float:
    """The standard deviation; none where values differ by the rounding of their sums alone."""
    deviation = float(np.std(values))
    return deviation if deviation > ROUNDING * float(np.max(np.abs(values))) else 0.0


def _root_mean_square(values: Any) -> float:
    """Of entries that may be too small or too large to be squared."""
    largest = float(np.max(np.abs(values)))
    if largest == 0 or not math.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean((values / largest) ** 2)))


def _one_layer(rule: Rule, n: int, seed: int) -> OneLayer:
    """The weights of a layer are drawn as those of a square one; so many neurons have them that the measure is fine."""
    drawn = drawn_by(rule)
    weights = drawn(np.random.default_rng(seed), (n, NEURONS), n, n)
    z = np.ones((1, n)) @ weights
    return OneLayer(rule, n, _deviation(z), math.sqrt(n) * drawn.deviation(n, n))
