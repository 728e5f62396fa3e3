"""Random data made to obey the facts that a derivation was made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sympy import Eq, Expr
from sympy.core.relational import GreaterThan, StrictGreaterThan

from symbackprop.matrices import Array, Sum, SumAll, Transposed
from symbackprop.network.facts import Fact, Means, bound_of, equations_in, inequalities_in, is_strict, making, room_of
from symbackprop.numeric.elementary import Numbers
from symbackprop.numeric.evaluate import evaluate, evaluate_all

ROUNDS = 20
ROUNDS_INSIDE = 10
"""The same with inequalities, which are within reach at once or hardly at all."""
OBEYED = 1e-12
"""How far, relatively, the sides of a fact may be apart."""
ENTRIES = 400
"""How many numbers may be corrected at once."""
STEP = 1e-30
INSIDE = 0.05
"""How far at least a value is moved inside its one bound."""
ROOM = 0.15
"""What an inequality of several values is given where it is broken."""

Values = dict[str, Any]


def obeying(facts: Sequence[Fact], values: Values, sizes: Mapping[str, int]) -> Values | None:
    """The values, changed as little as it takes to obey all facts; None where that is not possible.

    What is said of a sum is obeyed by positive numbers where it can be: rows of probabilities stay so. A value that
    has bounds is moved between them.
    """
    equations, inequalities = equations_in(facts), inequalities_in(facts)
    values = within_bounds(inequalities, values)
    made = made_as_stated(facts, values)
    if made is None:
        return None
    for fact in equations:
        if not {s.name for s in fact.free_symbols} & made.keys():
            values = {**values, **_directly(fact, {**sizes, **values})}
    return corrected(facts, {**values, **made}, sizes)


def made_as_stated(facts: Sequence[Fact], values: Values) -> Values | None:
    """The values of names that are among a few numbers, orthogonal and so on; None where no shape of theirs is so.

    What there is to be picked follows from the values, so that the same values give the same point.
    """
    made: Values = {}
    for name, make in making(tuple(facts)).items():
        if name.name in values:
            rows = np.atleast_2d(values[name.name]).astype(float)
            picking = np.random.default_rng(np.frombuffer(rows.tobytes(), dtype=np.uint32))
            found = make(rows.tolist(), Means(float, _largest, picking.integers))
            if found is None:
                return None
            made[name.name] = np.array(found) if np.ndim(values[name.name]) else float(found[0][0])
    return made


def _largest(column: Sequence[float]) -> int:
    return int(np.argmax(np.abs(column)))


def corrected(facts: Sequence[Fact], values: Values, sizes: Mapping[str, int]) -> Values | None:
    """The values, moved by Newton's method until all facts hold; None where it does not get there.

    An inequality that is found broken is made an equation: its room becomes a number from then on.
    """
    gaps = [fact.lhs - fact.rhs for fact in equations_in(facts)]
    rooms: list[Expr] = []
    for _ in range(ROUNDS_INSIDE if inequalities_in(facts) else ROUNDS):
        known = {**sizes, **values}
        broken = [fact for fact in facts if not _holds(fact, known)]
        if not broken:
            return values
        rooms += [room for fact in inequalities_in(broken) if (room := room_of(fact)) not in rooms]
        names = sorted({s.name for fact in facts for s in fact.free_symbols if s.name in values})
        if sum(np.size(values[name]) for name in names) > ENTRIES:
            return None
        try:
            values = {**values, **_moved(gaps, rooms, known, names)}
        except np.linalg.LinAlgError:
            return None
    return None


def within_bounds(inequalities: Sequence[Fact], values: Values) -> Values:
    """Values that have numbers for bounds of their own, moved between them; the others as they are."""
    lowest: dict[str, float] = {}
    highest: dict[str, float] = {}
    for fact in inequalities:
        if not fact.rhs.is_number and not fact.lhs.is_number and len(fact.free_symbols) > 1:
            continue
        bound = bound_of(fact, room_of(fact))
        if not (bound.of.is_Symbol and bound.number.is_number):
            continue
        name, number = bound.of.name, float(bound.number)
        if bound.is_lower:
            lowest[name] = max(number, lowest.get(name, number))
        else:
            highest[name] = min(number, highest.get(name, number))
    moved = {
        name: _between(lowest.get(name), highest.get(name), values[name])
        for name in sorted({*lowest, *highest})
        if name in values
    }
    return {**values, **moved}


def _between(lowest: float | None, highest: float | None, value: Numbers) -> Numbers:
    """A normal number, or an array of them, moved between bounds, and not quite up to them."""
    if lowest is not None and highest is not None:
        share = 1 / (1 + np.exp(-np.asarray(value)))  # where values are normal, all of the way between is in reach
        found = lowest + (highest - lowest) * np.clip(share, 0.05, 0.95)
    elif lowest is not None:
        found = lowest + np.abs(value) + INSIDE
    else:
        assert highest is not None
        found = highest - np.abs(value) - INSIDE
    return found if np.ndim(value) else float(found)


def _holds(fact: Fact, values: Mapping[str, Numbers]) -> bool:
    left, right = evaluate_all([fact.lhs, fact.rhs], values)
    rounding = OBEYED * np.maximum(1, np.maximum(np.abs(left), np.abs(right)))
    if isinstance(fact, Eq):
        return bool(np.all(np.abs(left - right) <= rounding))
    room = left - right if isinstance(fact, (StrictGreaterThan, GreaterThan)) else right - left
    return bool(np.all(room > rounding if is_strict(fact) else room >= -rounding))


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


def _moved(gaps: Sequence[Expr], rooms: Sequence[Expr], values: Mapping[str, Numbers], names: Sequence[str]) -> Values:
    """One step of Newton's method, the shortest that there is: towards no gaps, and rooms where there are none."""
    exprs = [*gaps, *rooms]
    found = evaluate_all(exprs, values)
    missing = [gap if k < len(gaps) else np.minimum(gap - ROOM, 0) for k, gap in enumerate(found)]
    slopes = np.concatenate([_slopes(exprs, values, name) for name in names])
    step = -np.concatenate([np.ravel(gap) for gap in missing]) @ np.linalg.pinv(slopes)
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
