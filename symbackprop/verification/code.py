"""Generated code against fifty digits or more: are its floats the gradients, but for what rounding must leave?

The formulas are proved by the judge, so here their values count, as mpmath has them to fifty digits at the very floats
that the code was given. How far floats may be off is told by the same formulas, at data that differ by one rounding.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.judge.entries import Entries
from symbackprop.judge.forks import Forks
from symbackprop.judge.numbers import Unlucky
from symbackprop.judge.real import Digits
from symbackprop.judge.walk import Walk

DIGITS = (50, 200, 800)
"""How many digits are worked with, and with how many more where the code seems to be off: all fifty may be lost of a
difference of what is next to the same, such as exp(z) - exp(-z) at 1e-55."""
SAME = 1e-15
"""How far apart, relatively, two numbers of different digits are that have enough of them."""
CODE_TOLERANCE = 1e-9
"""How far, relatively, the code may be off."""
ROUNDINGS = 1e4
"""It may also be off by so many times what one rounding of the data does."""
SMALL = 1e-5
"""A gradient is seen beside the largest one: what is smaller than it by such a factor is not told apart from zero."""
ROUNDING = Fraction(1, 2**53)


Entrywise = Mapping[str, list[Any]]
"""The entries of each gradient."""


@dataclass(frozen=True)
class Reference:
    """The formulas of a derivation, to be worked out with so many digits."""

    derivation: Derivation
    digits: int = DIGITS[0]

    def gradients(self, point: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, list[Any]]:
        """The entries of every gradient at the floats of a point. Raises Unlucky and Undecidable."""
        return self._at({name: _entries(value, None) for name, value in point.items()}, sizes)

    def shaken(self, point: Mapping[str, Any], sizes: Mapping[str, int], seed: int) -> dict[str, list[Any]]:
        """The same where each number of the data is off by one rounding."""
        rng = random.Random(seed)
        return self._at({name: _entries(value, rng) for name, value in point.items()}, sizes)

    def _at(self, values: dict[str, Entries], sizes: Mapping[str, int]) -> dict[str, list[Any]]:
        numbers = Digits(self.digits)
        known = {name: value.each(numbers.number) for name, value in values.items()}
        walk = Walk(numbers, known, sizes, Forks(fixed=frozenset(sizes), ties=True))
        network = self.derivation.network
        groups: tuple[Mapping[Symbol, Expr], ...] = (network.to_loss, self.derivation.backward)
        for group in groups:
            for name, expr in group.items():
                known[name.name] = walk.value(expr)
        return {w.name: list(walk.value(self.derivation.shared[w]).flat) for w in self.derivation.wrt}


def errors(
    derivation: Derivation, point: Mapping[str, Any], sizes: Mapping[str, int], compiled: Mapping[str, Any], seed: int
) -> dict[str, float]:
    """How far the code is off at a point, for each gradient, relatively to what may be expected of floats."""
    before: Entrywise = {}
    for digits in DIGITS:
        reference = Reference(derivation, digits)
        true = reference.gradients(point, sizes)
        largest = max((float(abs(x)) for entries in true.values() for x in entries), default=0.0)
        found = {name: np.ravel(_whole(compiled[name], len(entries))) for name, entries in true.items()}
        worst = _worst(found, true, true, largest)
        if max(worst.values()) <= CODE_TOLERANCE:
            return worst
        if _agree(before, true):
            break
        before = true
    try:  # what one rounding of the data does is asked for where it matters alone
        return _worst(found, true, reference.shaken(point, sizes, seed), largest)
    except Unlucky:  # one rounding leads out of the domain
        return worst


def _agree(before: Entrywise, true: Entrywise) -> bool:
    """Whether more digits have changed nothing."""
    pairs = ((x, y) for name, entries in before.items() for x, y in zip(entries, true[name], strict=True))
    return bool(before) and all(abs(x - y) <= SAME * abs(y) for x, y in pairs)


def _worst(found: Mapping[str, Any], true: Entrywise, shaken: Entrywise, largest: float) -> dict[str, float]:
    return {
        name: max(_error(*three, largest) for three in zip(found[name], entries, shaken[name], strict=True))
        for name, entries in true.items()
    }


def _whole(found: Any, count: int) -> Any:
    """The numbers that the code gave; of another count they are not numbers of this gradient."""
    return found if np.size(found) == count else np.full(count, np.nan)


def _error(found: float, true: Any, shaken: Any, largest: float) -> float:
    if not math.isfinite(found):
        return 1.0
    difference = float(abs(true - float(found)))
    if difference == 0:
        return 0.0
    floor = max(SMALL * largest, ROUNDINGS * float(abs(true - shaken)) / CODE_TOLERANCE)
    return difference / max(float(abs(true)), floor, 5e-324)


def _entries(value: Any, rng: random.Random | None) -> Entries:
    array = np.asarray(value, dtype=float)
    flat = (Fraction(float(x)) for x in array.ravel())
    if rng is not None:
        flat = (x * (1 + rng.choice((-1, 1)) * ROUNDING) for x in flat)
    return Entries(array.shape, tuple(flat))
