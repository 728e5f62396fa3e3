"""What slip may have made a wrong gradient by a matrix: a factor, a sign, a mean forgotten, a transpose."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np

from symbackprop.numeric.evaluate import Numbers

ALIKE = 1e-8
"""How far, relatively, ratios may be apart that count as one."""


@dataclass(frozen=True)
class Compared:
    """A gradient and a formula at one point, and the numbers that the symbols of sizes stand for there.

    ``floor`` is, for each entry, what rounding makes of its terms times the inverse of the tolerance.
    """

    point: Mapping[str, Any]
    values: Mapping[str, Any]
    sizes: Mapping[str, int]
    expected: Numbers
    found: Numbers
    floor: Numbers


def hint_of(compared: Sequence[Compared]) -> str:
    """The slip that explains the formula at every point, or nothing."""
    for turned in (False, True):
        pairs = [(one.expected.T if turned else np.asarray(one.expected), one) for one in compared]
        if any(np.shape(expected) != np.shape(one.found) for expected, one in pairs):
            continue
        whose = "the transpose of the gradient" if turned else "the gradient"
        factor = _factor([(_ratio(expected, one), one.sizes) for expected, one in pairs])
        if factor == "1":
            return f"the formula is {whose} at every point"
        if factor == "-1":
            return f"the sign is wrong: the formula is minus {whose} at every point"
        if factor:
            return f"the formula is {factor} times {whose} at every point"
    return ""


def _ratio(expected: Numbers, one: Compared) -> float | None:
    """What the formula is times the gradient at a point, NaN where there is no such number; None where both are 0."""
    rounding = ALIKE * one.floor
    if np.all(np.abs(expected) <= rounding):
        return None if np.all(np.abs(one.found) <= rounding) else math.nan
    largest = np.unravel_index(np.argmax(np.abs(expected)), np.shape(expected))
    ratio = float(one.found[largest] / expected[largest])
    gap = np.abs(one.found - ratio * expected)
    return ratio if np.all(gap <= np.maximum(ALIKE * np.abs(one.found), rounding)) else math.nan


def _factor(ratios: Sequence[tuple[float | None, Mapping[str, int]]]) -> str:
    """A number that all ratios are, or that they are times or over sizes; empty where there is none."""
    known = [(ratio, sizes) for ratio, sizes in ratios if ratio is not None]
    if not known or any(ratio == 0 or math.isnan(ratio) for ratio, _ in known):
        return ""
    for names, above in _candidates(sorted(known[0][1])):
        products = [math.prod(sizes[name] for name in names) for _, sizes in known]
        numbers = [ratio / n if above else ratio * n for (ratio, _), n in zip(known, products, strict=True)]
        if all(abs(number - numbers[0]) <= ALIKE * abs(numbers[0]) for number in numbers):
            return _written(numbers[0], names, above)
    return ""


def _candidates(names: Sequence[str]) -> Iterator[tuple[tuple[str, ...], bool]]:
    """No size, then one of them, then two: above the fraction bar or below."""
    yield (), True
    for count in (1, 2):
        for chosen in combinations_with_replacement(names, count):
            yield from ((chosen, True), (chosen, False))


def _written(number: float, names: Sequence[str], above: bool) -> str:
    said = f"{number:.6g}"
    if not names:
        return said
    if not above:
        return f"{said}/{names[0]}" if len(names) == 1 else f"{said}/({'*'.join(names)})"
    return "*".join(names) if said == "1" else f"{said}*{'*'.join(names)}" if said != "-1" else f"-{'*'.join(names)}"
