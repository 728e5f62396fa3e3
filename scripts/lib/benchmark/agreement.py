"""No contestant is timed before it does the same work: the same losses and the same weights after some updates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from benchmark.entries import Running

UPDATES = 3


class Disagreement(Exception):
    """A contestant computes something else."""


class Case(Protocol):
    """What is trained: the tolerance of its dtype, and what exact training makes of it."""

    tolerance: float

    def expected(self, updates: int) -> tuple[float, Mapping[str, Any]]:
        """The loss before the last update, and the weights after it."""


def check(case: Case, running: Running) -> None:
    """Make the contestant train a little, and compare. Raises Disagreement, which says where and by how much."""
    if running.weights is None:
        running.advance(running.chunk)
        return
    updates = max(running.chunk, UPDATES)
    loss = running.advance(updates)
    expected_loss, expected = case.expected(updates)
    _compare("the loss", loss, expected_loss, case.tolerance)
    found = running.weights()
    if sorted(found) != sorted(expected):
        raise Disagreement(f"it trains {sorted(found)}, not {sorted(expected)}")
    for name, value in expected.items():
        _compare(name, found[name], value, case.tolerance)


def _compare(name: str, found: Any, expected: Any, tolerance: float) -> None:
    """Relative to the largest entry: that of a weight that happens to be near zero has no digits of its own."""
    found, expected = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if found.size != expected.size:
        raise Disagreement(f"{name} has shape {found.shape}, not {expected.shape}")
    gap = float(np.max(np.abs(found.ravel() - expected.ravel()))) / max(float(np.max(np.abs(expected))), 1e-30)
    if not gap <= tolerance:
        raise Disagreement(f"{name} is off by {gap:.1e} of its size after {UPDATES} updates or more")
