"""Values that are worked with by hand: short decimals that obey the facts, away from kinks, inside all domains."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Eq, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.matrices import Array, lengths_of
from symbackprop.network.network import Network
from symbackprop.numeric.evaluate import evaluate_all, forward, with_signals
from symbackprop.numeric.facts import breach_of
from symbackprop.numeric.sizes import bind
from symbackprop.publish.practice.shown import are_few
from symbackprop.verification.points import KINK_MARGIN
from symbackprop.verification.points_under_facts import obeying
from symbackprop.verification.sampled import BENCH
from symbackprop.verification.unsafe_points import Hazards

ATTEMPTS = 200
PICKY = 40
"""For so many attempts gradients that are nearly zero are not taken."""
AS_THEY_COME = 10
SIZES = (2, 3)
FURTHER_SIZES = (1, 2, 3, 4)
LEAST, MOST = 2e-3, 100.0
"""How large the largest entry of a gradient is at least, and of any value at most."""
PLACES = 3

Point = dict[str, Any]


def drawn(derivation: Derivation, seed: int) -> Point:
    """A number for each input, target and parameter, an array for a matrix; the same ones for the same seed.

    Where no short decimals will do, those are taken that ``check`` draws. Raises DataError where there are none.
    """
    draw = _Draw(derivation, seed)
    for attempt in range(ATTEMPTS):
        point = draw.point(attempt)
        if point is not None and _is_good(derivation, point, draw.hazards, attempt):
            return point
    return dict(derivation.network.kind[BENCH].points(derivation, 1, seed)[0])


class _Draw:
    """Draws points for one seed."""

    def __init__(self, derivation: Derivation, seed: int) -> None:
        self.derivation, self.network = derivation, derivation.network
        self.random = random.Random(seed)
        self.hazards = Hazards.of(derivation)
        equations = [fact for fact in derivation.facts if isinstance(fact, Eq)]
        self.bound = {symbol for fact in equations for symbol in fact.free_symbols}
        self.own_sizes = _own_sizes(self.network)

    def point(self, attempt: int) -> Point | None:
        """One try; None where it breaks a fact, or a size is below one."""
        sizes = self._sizes(attempt)
        shapes = {leaf: lengths_of(leaf, sizes) for leaf in self.network.leaves}
        if any(size < 1 for shape in shapes.values() for size in shape):
            return None
        positive = attempt > AS_THEY_COME and attempt % 2 == 1
        point = {leaf.name: self._value(leaf, shape, positive, attempt) for leaf, shape in shapes.items()}
        self._one_of_all(point, attempt)
        named = {size.name: number for size, number in sizes.items()}
        return _under_facts(self.derivation, point, named)

    def _sizes(self, attempt: int) -> dict[Symbol, int]:
        symbols = list(self.network.sizes)
        if attempt < AS_THEY_COME:
            own = self.own_sizes
            return {size: own.get(size.name, SIZES[place % len(SIZES)]) for place, size in enumerate(symbols)}
        return {size: self.random.choice(FURTHER_SIZES) for size in symbols}

    def _value(self, leaf: Symbol, shape: tuple[int, ...], positive: bool, attempt: int) -> Any:
        if leaf in self.network.constants:
            numbers = self._target(leaf, shape, attempt)
        else:
            numbers = [self._decimal(positive) for _ in range(int(np.prod(shape)))]
        return np.reshape(numbers, shape) if shape else float(numbers[0])

    def _decimal(self, positive: bool) -> float:
        number = self.random.randint(1, 20) / 20
        return number if positive or self.random.random() < 0.5 else -number

    def _target(self, leaf: Symbol, shape: tuple[int, ...], attempt: int) -> list[float]:
        """Zeros and ones where the network's own are, or an equation is stated of them; else decimals below one."""
        rows, columns = shape or (1, 1)
        if not self._is_of_classes(leaf):
            signed = -1 if attempt % 4 == 3 else 1
            return [signed * self.random.randint(1, 9) / 10 for _ in range(rows * columns)]
        manner = attempt % 3 if leaf in self.bound or self._is_one_of_each_row(leaf) else 2
        hot = np.zeros((rows, columns))
        if manner == 0:
            hot[range(rows), [self.random.randrange(columns) for _ in range(rows)]] = 1
        elif manner == 1:
            hot[[self.random.randrange(rows) for _ in range(columns)], range(columns)] = 1
        else:
            hot[:] = [[self.random.randrange(2) for _ in range(columns)] for _ in range(rows)]
        return list(map(float, hot.ravel()))

    def _one_of_all(self, point: Point, attempt: int) -> None:
        """Scalar targets of which an equation is stated: one of them is 1, and the others 0."""
        classes = [leaf for leaf in self.network.constants if leaf in self.bound and not isinstance(leaf, Array)]
        if classes and attempt % 3 == 0:
            chosen = self.random.choice(classes)
            point.update({leaf.name: float(leaf == chosen) for leaf in classes})

    def _is_of_classes(self, leaf: Symbol) -> bool:
        own = self.network.values.get(leaf.name)
        return leaf in self.bound if own is None else bool(np.isin(np.asarray(own), (0.0, 1.0)).all())

    def _is_one_of_each_row(self, leaf: Symbol) -> bool:
        own = np.atleast_2d(np.asarray(self.network.values.get(leaf.name, 0.0)))
        return isinstance(leaf, Array) and own.shape[1] > 1 and bool((own.sum(axis=1) == 1).all())


def _own_sizes(network: Network) -> dict[str, int]:
    """The sizes that the network's own values have, where these can be written out."""
    return bind(network, network.values) if network.sizes and are_few(network, network.values) else {}


def _under_facts(derivation: Derivation, point: Point, sizes: Mapping[str, int]) -> Point | None:
    """The point, or one near it of short decimals that obeys the facts; None where there is none."""
    facts = derivation.facts
    if breach_of(facts, {**sizes, **point}) is None:
        return point
    moved = obeying(facts, point, sizes)
    if moved is None:
        return None
    short = {name: np.round(value, PLACES) if np.ndim(value) else round(value, PLACES) for name, value in moved.items()}
    return short if breach_of(facts, {**sizes, **short}) is None else None


def _is_good(derivation: Derivation, point: Point, hazards: Hazards, attempt: int) -> bool:
    """Whether all is defined there, no kink is near, and no gradient is so small that there is nothing to do."""
    network = derivation.network
    try:
        values = forward(network, point)
        found = [values[name.name] for name in network.to_loss]
        if not all(np.isfinite(value).all() for value in found):
            return False
        easing = 2.0 ** (attempt // 50)
        if not hazards.are_far(values, margin=KINK_MARGIN / easing, slack=easing):
            return False
        moving = [derivation.shared[w] for w in derivation.wrt if w not in derivation.zero]
        gradients = [np.max(np.abs(g)) for g in evaluate_all(moving, with_signals(derivation, values))]
    except (np.linalg.LinAlgError, DataError):
        return False
    if not np.isfinite(gradients).all():
        return False
    sized = all(np.max(np.abs(value)) <= MOST for value in found) and all(size >= LEAST for size in gradients)
    return sized or attempt >= PICKY
