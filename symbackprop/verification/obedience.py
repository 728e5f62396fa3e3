"""Random data made to obey the facts that a derivation was made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Eq, Expr

from symbackprop.matrices import Array, Sum, SumAll, Transposed
from symbackprop.numeric.evaluate import Numbers, evaluate, evaluate_all

ROUNDS = 20
OBEYED = 1e-12
"""How far, relatively, the sides of a fact may be apart."""
ENTRIES = 400
"""How many numbers may be corrected at once."""
STEP = 1e-30

Values = dict[str, Any]


def obeying(facts: Sequence[Eq], values: Values, sizes: Mapping[str, int]) -> Values | None:
    """The values, changed as little as it takes to obey all facts; None where that is not possible.

    What is said of a sum is obeyed by positive numbers where it can be: rows of probabilities stay so.
    """
    for fact in facts:
        values = {**values, **_directly(fact, {**sizes, **values})}
    for _ in range(ROUNDS):
        known = {**sizes, **values}
        if all(_holds(fact, known) for fact in facts):
            return values
        names = sorted({s.name for fact in facts for s in fact.free_symbols if s.name in values})
        if sum(np.size(values[name]) for name in names) > ENTRIES:
            return None
        try:
            values = {**values, **_corrected(facts, known, names)}
        except np.linalg.LinAlgError:
            return None
    return None


def _holds(fact: Eq, values: Mapping[str, Numbers]) -> bool:
    left, right = evaluate_all([fact.lhs, fact.rhs], values)
    return bool(np.all(np.abs(left - right) <= OBEYED * np.maximum(1, np.maximum(np.abs(left), np.abs(right)))))


def _directly(fact: Eq, values: Mapping[str, Numbers]) -> Values:
    """The one matrix that a fact speaks of, where it is told by a formula: a sum, or a symmetry."""
    operation = fact.lhs
    if not (isinstance(operation, (Sum, SumAll, Transposed)) and isinstance(operation.operands[0], Array)):
        return {}
    name = operation.operands[0].name
    matrix = values[name]
    if isinstance(operation, Transposed):
        return {name: (matrix + matrix.T) / 2} if fact.rhs == operation.operands[0] else {}
    goal, positive = evaluate(fact.rhs, values), np.abs(matrix) + 0.1
    if not np.all(goal > 0):
        missing = goal - evaluate(operation, values)
        return {name: matrix + missing * (np.size(missing) / np.size(matrix))}
    return {name: positive * (goal / evaluate(operation, {**values, name: positive}))}


def _corrected(facts: Sequence[Eq], values: Mapping[str, Numbers], names: Sequence[str]) -> Values:
    """One step of Newton's method towards all facts at once, the shortest that there is."""
    gaps = [fact.lhs - fact.rhs for fact in facts]
    missing = np.concatenate([np.ravel(gap) for gap in evaluate_all(gaps, values)])
    slopes = np.concatenate([_slopes(gaps, values, name) for name in names])
    step = -missing @ np.linalg.pinv(slopes)
    changed: Values = {}
    for name in names:
        here, step = step[: np.size(values[name])], step[np.size(values[name]) :]
        changed[name] = values[name] + here.reshape(np.shape(values[name]))
    return {name: value if np.ndim(value) else float(value) for name, value in changed.items()}


def _slopes(gaps: Sequence[Expr], values: Mapping[str, Numbers], name: str) -> Numbers:
    """The derivatives of all gaps by each entry of a value, one row an entry, by complex steps."""
    shape, count = np.shape(values[name]), np.size(values[name])
    moved = values[name] + 1j * STEP * np.eye(count).reshape(count, *shape)
    found = evaluate_all(gaps, {**values, name: moved})
    before = evaluate_all(gaps, values)
    rows = [
        np.broadcast_to(np.imag(gap) / STEP, (count, *np.shape(here))).reshape(count, -1)
        for gap, here in zip(found, before, strict=True)
    ]
    return np.concatenate(rows, axis=1)
