"""First weights, drawn by the rules of the notes.

Each draws a weight of the given shape; n values are added up with it, and each goes to m neurons (fans.py).
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from sympy import Expr, Integer, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError, as_given, did_you_mean
from symbackprop.matrices import spoken
from symbackprop.network.network import Network
from symbackprop.numeric.sizes import sizes_of_values
from symbackprop.training.data import Floats, by_name, network_of
from symbackprop.training.fans import Standing, standings

Shape = tuple[int, ...]
SMALL, LARGE = 0.01, 10.0
"""Standard deviations of weights that are far too small, and far too large."""


class Rule(ABC):
    """How weights are drawn."""

    @abstractmethod
    def __call__(self, rng: np.random.Generator, shape: Shape, n: int, m: int) -> Floats:
        """Weights of that shape."""

    @abstractmethod
    def deviation(self, n: int, m: int) -> float:
        """The standard deviation of a weight."""


@final
@dataclass(frozen=True)
class Constant(Rule):
    """All weights are the same number."""

    number: float

    def __call__(self, rng: np.random.Generator, shape: Shape, n: int, m: int) -> Floats:
        """The number in every place."""
        return np.full(shape, self.number)

    def deviation(self, n: int, m: int) -> float:
        """Nothing is drawn."""
        return 0.0


@final
@dataclass(frozen=True)
class Uniform(Rule):
    """U[-bound, bound]."""

    bound: Callable[[int, int], float]

    def __call__(self, rng: np.random.Generator, shape: Shape, n: int, m: int) -> Floats:
        """Draw from the interval."""
        return rng.uniform(-self.bound(n, m), self.bound(n, m), shape)

    def deviation(self, n: int, m: int) -> float:
        """The variance of U[-c, c] is c²/3."""
        return self.bound(n, m) / math.sqrt(3)


@final
@dataclass(frozen=True)
class Normal(Rule):
    """N(0, spread²)."""

    spread: Callable[[int], float]

    def __call__(self, rng: np.random.Generator, shape: Shape, n: int, m: int) -> Floats:
        """Draw from the normal distribution."""
        return self.spread(n) * rng.standard_normal(shape)

    def deviation(self, n: int, m: int) -> float:
        """As it says."""
        return self.spread(n)


INITIALISERS: Mapping[str, Rule] = {
    "zeros": Constant(0.0),
    "normal": Normal(lambda n: 1.0),
    "small": Normal(lambda n: SMALL),
    "large": Normal(lambda n: LARGE),
    "xavier": Uniform(lambda n, m: 1 / math.sqrt(n)),
    "normalised-xavier": Uniform(lambda n, m: math.sqrt(6 / (n + m))),
    "he": Normal(lambda n: math.sqrt(2 / n)),
}
"""U[-1/√n, 1/√n] and U[-√6/√(n+m), √6/√(n+m)] are Xavier's, N(0, 2/n) is He's; ``normal`` is N(0, 1)."""


def initialise(
    network: Network | Derivation,
    initial: str | float,
    *,
    seed: int = 0,
    sizes: Mapping[Any, int] | None = None,
) -> dict[str, Any]:
    """First values of all parameters by name: numbers, and arrays where they are matrices.

    Parameters
    ----------
    network
        A network or a derivation of it.
    initial
        ``"zeros"``, ``"normal"`` N(0, 1), ``"small"`` N(0, 0.01²), ``"large"`` N(0, 10²), ``"xavier"``
        U[-1/√n, 1/√n], ``"normalised-xavier"`` U[-√6/√(n+m), √6/√(n+m)], ``"he"`` N(0, 2/n), where n values are added
        up with the weight and each goes to m neurons; or a number, which all weights are then. Biases are 0, and
        scales, which multiply a matrix entry by entry, are 1.
    seed
        The same seed gives the same weights.
    sizes
        A whole number for each symbol in the shapes of the parameters, ``{"n": 64, "h": 32}``; what is missing is taken
        from the network's own values.

    Raises DataError for an unknown rule, a seed that is no whole number from 0, and sizes that are missing or wrong.
    """
    network = network_of(network, "initialise")
    draw, rng = drawn_by(initial), np.random.default_rng(checked_seed(seed))
    known = _known_sizes(network, {} if sizes is None else sizes)
    drawn = {}
    for name, standing in standings(network).items():
        shape = _shape(network, name, known)
        try:
            drawn[name] = _first(draw, rng, shape, standing, known)
        except (MemoryError, ValueError, OverflowError):
            what = f"{name} is {'×'.join(map(str, shape))}, which does not fit into memory"
            raise DataError("sizes", what, "give smaller sizes", about=name) from None
    return drawn


def drawn_by(initial: str | float) -> Rule:
    """How weights are drawn: by a rule's name, or all the same number. Raises DataError."""
    if isinstance(initial, str):
        if initial not in INITIALISERS:
            raise DataError(
                "initial", f"there is no initialiser {as_given(initial)}", did_you_mean(initial, INITIALISERS)
            )
        return INITIALISERS[initial]
    try:
        number = math.nan if isinstance(initial, bool) else float(initial)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        fix = "name a rule, such as 'xavier', or give a number that all weights are"
        raise DataError("initial", f"initial is {as_given(initial)}", fix)
    return Constant(number)


def checked_seed(seed: int) -> int:
    """A seed: a whole number from 0. Raises DataError."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise DataError("seed", f"seed = {as_given(seed)} is not a whole number from 0", "give, say, 0")
    return int(seed)


def _first(draw: Rule, rng: np.random.Generator, shape: Shape, standing: Standing, known: Mapping[Symbol, Expr]) -> Any:
    match standing.kind:
        case "weight":
            fans = (int(fan.xreplace(known)) for fan in (standing.fan_in, standing.fan_out))
            value = draw(rng, shape, *fans)
        case "bias":
            value = np.zeros(shape)
        case "scale":
            value = np.ones(shape)
    return value if shape else float(value)


def _known_sizes(network: Network, given: Mapping[Any, int]) -> dict[Symbol, Expr]:
    """The number of each size: as given, else as the network's own values have it."""
    names = {size.name: size for size in network.sizes}
    sizes = {**sizes_of_values(network, network.values), **by_name("sizes", given)}
    for name, size in sizes.items():
        if name not in names:
            raise DataError("sizes", f"there is a size for {name}", did_you_mean(name, names))
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise DataError(
                "sizes", f"the size {name} = {as_given(size)} is not a whole number from 1", "give, say, 16"
            )
    return {names[name]: Integer(int(size)) for name, size in sizes.items()}


def _shape(network: Network, name: str, known: Mapping[Symbol, Expr]) -> Shape:
    shape = network.shape(name)
    for size in shape:
        missing = sorted(s.name for s in size.free_symbols - known.keys())
        if missing:
            what = f"the size {missing[0]} of {name} ({spoken(shape)}) is not known"
            raise DataError("sizes", what, f"give it among the sizes, such as {missing[0]} = 16", about=name)
    return tuple(int(size.xreplace(known)) for size in shape)
