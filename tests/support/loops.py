"""Training loops beside what they must agree with: the compiled gradients, then the optimiser, update by update."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
from networks import random_values

import symbackprop as sb
from symbackprop.numeric import lambdify
from symbackprop.numeric.loops.source import loop_source
from symbackprop.numeric.loops.variant import Form, LoopSource
from symbackprop.training.optimisers import as_optimiser

OPTIMISERS = ["gradient-descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]


def step_by_step(
    d: sb.Derivation, data: Mapping[str, Any], weights: Mapping[str, Any], optimiser: str, rates: list[float]
) -> tuple[list[float], dict[str, float]]:
    """The losses before each update, and the weights after the last one."""
    f, rule = lambdify(d), as_optimiser(optimiser)
    moved: dict[str, Any] = dict(weights)
    state, losses = rule.start(moved), []
    with np.errstate(all="ignore"):
        for rate in rates:
            forward, gradients = f.again({**data, **moved})
            losses.append(float(np.mean(forward[f.loss])))
            if not np.isfinite(losses[-1]):
                break
            moved, state = rule.step(moved, gradients, state, rate)
    return losses, {name: float(value) for name, value in moved.items()}


def point(net: sb.Network, seed: int = 1) -> tuple[dict[str, float], dict[str, float]]:
    """Data of one example, and weights."""
    values = random_values(net, random.Random(seed))
    weights = {s.name: values.pop(s.name) for s in net.parameters}
    return values, weights


def examples(net: sb.Network, count: int) -> dict[str, Any]:
    """Data of so many examples; targets of which something is known add up to one."""
    rng = np.random.default_rng(count)
    data: dict[str, Any] = {s.name: rng.uniform(-1, 1, count) for s in net.inputs}
    data |= {s.name: rng.uniform(0.05, 0.95, count) for s in net.targets}
    if net.facts:
        total = sum(data[s.name] for s in net.targets)
        data |= {s.name: data[s.name] / total for s in net.targets}
    return data


def text_of(net: sb.Network, optimiser: str = "gradient-descent", **form: Any) -> LoopSource:
    """The source of a loop."""
    return loop_source(sb.derive(net), as_optimiser(optimiser).loop_rule(), Form(**form))


def near(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    """Assert that numbers agree, relative to their size or to 0.001 where they are smaller."""
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * 1e-3)


__all__ = ["OPTIMISERS", "examples", "near", "point", "step_by_step", "text_of"]
