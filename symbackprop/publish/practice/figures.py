"""The numbers of a first step: what every formula comes to at given values, enclosed by intervals."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Expr

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.judge.entries import Entries
from symbackprop.judge.forks import Forks
from symbackprop.judge.intervals import Intervals
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.real import Tangents
from symbackprop.judge.world import World
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate, forward, with_signals
from symbackprop.numeric.facts import check_facts
from symbackprop.numeric.sizes import sizes_of_values

BITS = 120
ROUNDING = 1e-15
DIM = 0.05
"""An entry is asked that is no smaller than this share of the largest."""

Place = tuple[int, int]
"""A row and a column, counted from 1."""


class Figures:
    """Values of names, error signals and formulas at one point.

    Each is worked out in intervals, so that its digits are right; where these do not know an operation, in floats.
    Raises DataError where the point breaks a fact, and where a value is not finite.
    """

    def __init__(self, derivation: Derivation, point: Mapping[str, Any], seed: int) -> None:
        self.derivation, self.point = derivation, point
        check_facts(derivation, point)
        for name in derivation.network.equations:
            if not np.isfinite(self._floats[name.name]).all():
                raise _not_finite(name.name)
        self._random = random.Random(seed)
        self._places: dict[tuple[int, ...], Place] = {}

    def of(self, expr: Expr) -> Any:
        """What a formula comes to: a float, or an array."""
        entries = self._enclosed(expr)
        value = np.asarray(evaluate(expr, self._floats), dtype=float) if entries is None else entries
        if not np.isfinite(value).all():
            raise _not_finite(text(expr, unicode=False)[:60])
        value = np.where(np.abs(value) < ROUNDING, 0.0, value)
        return value if value.ndim else float(value)

    def place(self, value: Any) -> Place:
        """The entry of a matrix that is asked: the same one for all of a shape, where it is not next to zero there."""
        shape = np.shape(value)
        sizes = np.abs(value)
        good = [(int(i) + 1, int(j) + 1) for i, j in np.argwhere((sizes > 0) & (sizes >= DIM * sizes.max()))]
        known = self._places.get(shape)
        if known is not None and (known in good or not good):
            return known
        chosen: Place = self._random.choice(good) if good else (1, 1)
        return self._places.setdefault(shape, chosen) if known is None else chosen

    def _enclosed(self, expr: Expr) -> Any:
        if self._world is None:
            return None
        try:
            found = self._world.value(expr)
        except (Undecidable, Unlucky):
            return None
        return np.reshape([float(x.x.mid) for x in found.flat], found.shape)

    @cached_property
    def _world(self) -> World | None:
        numbers = Tangents(Intervals(BITS))
        leaves = {name: _entries(value).each(numbers.number) for name, value in self.point.items()}
        sizes = sizes_of_values(self.derivation.network, self.point)
        forks = Forks(fixed=frozenset(sizes), ties=True)
        try:
            return World(self.derivation.network, self.derivation.backward, numbers, leaves, sizes, forks)
        except (Undecidable, Unlucky):
            return None

    @cached_property
    def _floats(self) -> Mapping[str, Any]:
        return with_signals(self.derivation, forward(self.derivation.network, dict(self.point)))


def _not_finite(what: str) -> DataError:
    return DataError("values", f"{what} is not finite at these values", "give others, or draw some with a seed")


def _entries(value: Any) -> Entries:
    array = np.asarray(value, dtype=float)
    return Entries(array.shape, tuple(Fraction(repr(float(x))) for x in array.ravel()))
