"""What training computes: all values at some weights, and the weights after an epoch of updates."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, final

import numpy as np

from symbackprop.calculus import Derivation
from symbackprop.numeric import GradientFunction
from symbackprop.numeric.gradient_function import forward_only
from symbackprop.training.optimisers import State
from symbackprop.training.recipe import Recipe
from symbackprop.training.start import Start

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Look:
    """Forward values, gradients and the mean loss, at some weights; a glance has no gradients."""

    forward: dict[str, Any]
    gradients: dict[str, Any]
    loss: Any

    @property
    def finite(self) -> bool:
        """Whether training can go on from here, as far as one sees."""
        return all(map(_is_finite, (self.loss, *self.gradients.values())))


def _is_finite(value: Any) -> bool:
    return math.isfinite(value) if isinstance(value, np.floating) else bool(np.isfinite(value).all())


class Updater(ABC):
    """A derivation at work on data. It keeps nothing between two calls, and changes no array."""

    def __init__(self, derivation: Derivation, function: GradientFunction, begun: Start, recipe: Recipe) -> None:
        # Data were held to the facts at the start; batches of them obey as well, and weights are on their way.
        self.function, self.recipe, self.data = replace(function, check_facts=False), recipe, begun.data
        self.loss = derivation.network.loss.name
        self.trained = [w.name for w in derivation.wrt if w.name in begun.weights]

    @property
    @abstractmethod
    def source(self) -> str:
        """The code that computes, without the title of the network, which decides nothing."""

    @abstractmethod
    def look(self, data: Values, weights: Values) -> Look:
        """Compute everything on some data."""

    @abstractmethod
    def updated(
        self, weights: Values, state: State, epoch: int, seen: Look, rate: float
    ) -> tuple[Mapping[str, Any], State]:
        """Move the weights once, by what was seen on all the data; or once for each batch of the epoch.

        A batch whose loss is not finite ends the epoch.
        """

    def start(self, weights: Values) -> State:
        """What the optimiser remembers before the first update."""
        return self.recipe.optimiser.start({name: weights[name] for name in self.trained})

    def by_gradients(self, data: Values, weights: Values) -> Look:
        """Compute everything by the compiled gradients."""
        forward, found = self.function.again({**data, **weights})
        return Look(forward, {name: found[name] for name in self.trained}, np.mean(forward[self.loss]))

    def glance(self, data: Values, weights: Values) -> Look:
        """Compute the forward values alone, with the same bits."""
        forward, _ = self._forward.again({**data, **weights})
        return Look(forward, {}, np.mean(forward[self.loss]))

    @cached_property
    def _forward(self) -> GradientFunction:
        return forward_only(self.function)


def untitled(source: str) -> str:
    """The source of a module behind the title of its network."""
    return source.split('"""', 2)[-1]


@final
class GradientUpdater(Updater):
    """The gradients of a derivation at work, and then the optimiser."""

    @property
    def source(self) -> str:
        """The code of the gradients."""
        return untitled(self.function.source)

    def look(self, data: Values, weights: Values) -> Look:
        """Compute everything as the gradients have it."""
        return self.by_gradients(data, weights)

    def updated(
        self, weights: Values, state: State, epoch: int, seen: Look, rate: float
    ) -> tuple[Mapping[str, Any], State]:
        """Move the weights by the optimiser, with the gradients of each batch."""
        optimiser, size = self.recipe.optimiser, self.recipe.batch_size
        if size is None:
            return optimiser.step(weights, seen.gradients, state, rate)
        for batch in self.data.batches(size, self.recipe.seed, epoch):
            look = self.look(batch, weights)
            weights, state = optimiser.step(weights, look.gradients, state, rate)
            if not np.isfinite(look.loss):
                break
        return weights, state
