"""Random points at which to compare: inside the domain, away from kinks, and true to the facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Add, Expr

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.network.facts import Fact, equations_in, inequalities_in, solved, spoken
from symbackprop.network.network import Network
from symbackprop.numeric.evaluate import evaluate_all, forward
from symbackprop.verification.points_under_facts import corrected, made_as_stated, within_bounds
from symbackprop.verification.unsafe_points import kinks_of

KINK_MARGIN = 0.05
"""How far from a kink a point must stay, so that no finite difference steps over it."""
ATTEMPTS = 400
GIVE_UP = 40
"""After how many attempts inequalities are taken for impossible, where none of them has been obeyed."""

Point = dict[str, float]


def random_points(derivation: Derivation, count: int, seed: int) -> list[Point]:
    """Values for inputs, targets and parameters, drawn until the loss is finite and no kink is near.

    Raises DataError where no such point is found.
    """
    network = derivation.network
    rng = np.random.default_rng(seed)
    kinks = [kink for expr in network.to_loss.values() for kink in kinks_of(expr)]
    sizes = _sizes(network)
    points: list[Point] = []
    obeyed = False
    for attempt in range(ATTEMPTS):
        point = _draw(sizes, rng, positive=attempt % 2 == 1 and attempt > 10)
        inside = obey(point, derivation.facts)
        if inside is None:
            if not obeyed and attempt >= GIVE_UP:
                break
            continue
        obeyed, point = True, inside
        values = forward(network, point)
        if _is_good(values, network, kinks, KINK_MARGIN / 2 ** (attempt // 25)):
            points.append(point)
            if len(points) == count:
                return points
    if points:
        return points
    raise no_point(
        network,
        () if obeyed else derivation.facts,
        "the network may take the logarithm or the root of a negative number",
    )


def no_point(network: Network, broken: Sequence[Fact], fix: str) -> DataError:
    """What is said where no point was found, or none that obeys the facts."""
    if broken:
        what = f"no random point was found that obeys {', '.join(map(spoken, broken))}"
        return DataError("no-point", what, "state facts that data can obey together")
    return DataError("no-point", f"no random point was found where {network.loss} is finite and no kink is near", fix)


def _sizes(network: Network) -> dict[str, float]:
    """How large each value is drawn: a weight in a sum of n terms near 1/√n, so that wide layers do not saturate."""
    sizes = {s.name: 1.0 for s in network.leaves}
    weights = frozenset(network.parameters)
    for expr in network.to_loss.values():
        if isinstance(expr, Add) and len(expr.args) > 2:
            for symbol in expr.free_symbols & weights:
                sizes[symbol.name] = min(sizes[symbol.name], 1 / math.sqrt(len(expr.args)))
    return sizes


def _draw(sizes: Mapping[str, float], rng: np.random.Generator, positive: bool) -> Point:
    numbers = rng.normal(size=len(sizes))
    if positive:
        numbers = np.abs(numbers) + 0.1
    return {name: float(number) * size for (name, size), number in zip(sizes.items(), numbers, strict=True)}


def obey(point: Point, facts: Sequence[Fact]) -> Point | None:
    """Change values so that all facts hold: one for each equation, and those out of bounds; None where they cannot."""
    inequalities = inequalities_in(facts)
    point = within_bounds(inequalities, point)
    point = {**point, **(made_as_stated(facts, point) or {})}
    known = solved(equations_in(facts))
    numbers = evaluate_all(known.values(), point)
    point = {**point, **{symbol.name: float(number) for symbol, number in zip(known, numbers, strict=True)}}
    return corrected(facts, point, {}) if inequalities else point


def _is_good(values: dict[str, Any], network: Network, kinks: Sequence[Expr], margin: float) -> bool:
    if not all(np.isfinite(values[name.name]) for name in network.to_loss):
        return False
    return all(abs(distance) > margin for distance in evaluate_all(kinks, values))
