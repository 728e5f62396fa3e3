"""Numbers made to be what is stated of a name: orthogonal, one-hot, among a few, between bounds.

What makes them is a row of ``network/facts/assumptions.py``, for numbers of any kind. Where there is a choice, as of
the place of a one, elements of a field take that of the real point beside which they are tried.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from sympy import Expr, S
from sympy.core.relational import GreaterThan, Relational, StrictGreaterThan

from symbackprop.judge.entries import Entries
from symbackprop.judge.numbers import Moving, Number, Unlucky
from symbackprop.matrices.operations.cholesky import Cholesky
from symbackprop.matrices.operations.diagonal import Diagonal
from symbackprop.network.facts import Means, bound_of, chosen, making, room_of, values_of, ways

EVERY = 16
"""So many choices of numbers are gone through one after the other; of more of them, some are drawn."""

LARGER = (StrictGreaterThan, GreaterThan)

Values = dict[str, Entries]
Pick = Callable[[int], int]


def made_as_stated(
    facts: Sequence[Relational], values: Values, numbers: Moving, pick_for: Callable[[str], Pick]
) -> Values:
    """The values, with those of names that have such a row made anew of their own numbers.

    Raises Unlucky where no matrix of that shape is what is stated of it.
    """
    result = dict(values)
    for name, make in making(tuple(facts)).items():
        if name.name not in values:
            continue
        value = values[name.name]
        rows = list(value.rows) if value.shape else [value.flat]
        found = make(rows, Means(numbers.number, numbers.pivot, pick_for(name.name)))
        if found is None:
            raise Unlucky("sizes at which nothing is as it is stated")
        result[name.name] = Entries(value.shape, tuple(x for row in found for x in row))
    return result


def choices(facts: Sequence[Relational], values: Mapping[str, Entries]) -> int:
    """Among how many choices of numbers those names have theirs that may be one of a few; no more than is counted."""
    count = 1
    for name, stated in chosen(facts).items():
        few = min(len(found[1]) for fact in stated if (found := values_of(fact)) is not None)
        count *= few ** len(values[name].flat) if name in values and len(values[name].flat) <= EVERY else EVERY + 1
    for name in ways(facts):
        count *= values[name].shape[0] + 1 if name in values else 1
    return min(count, EVERY + 1)


def choice_at(facts: Sequence[Relational], values: Mapping[str, Entries]) -> tuple[object, ...]:
    """Which choice of numbers a point has."""
    few = tuple(values[name].flat for name in sorted(chosen(facts)) if name in values)
    return (*few, *(way(list(values[name].rows)) for name, way in sorted(ways(facts).items()) if name in values))


class Choosing:
    """Picks for points that are drawn: every choice in turn where they are few, and else at random."""

    def __init__(self, rng: random.Random, few: bool, turn: int) -> None:
        self.random, self.few, self.rest = rng, few, turn

    def __call__(self, count: int) -> int:
        if not self.few:
            return self.random.randrange(count)
        self.rest, place = divmod(self.rest, count)
        return place


def as_at(point: Mapping[str, Entries], facts: Sequence[Relational]) -> Callable[[str], Pick]:
    """Picks for elements of a field that are to be on the side on which a real point is.

    An orthogonal matrix turns or reflects as that of the point does; a row of one number has its sign.
    """
    told = ways(facts)

    def pick_for(name: str) -> Pick:
        value = point[name]
        if name in told:
            place = told[name](list(value.rows))
            return lambda count: place
        if len(value.shape) == 2 and value.shape[0] == value.shape[1] and value.shape[0] > 1:
            turned = _determinant([list(row) for row in value.rows]) < 0
            return lambda count: int(turned)
        signs: Iterator[bool] = (x > 0 for x in value.flat)
        return lambda count: int(next(signs))

    return pick_for


def chosen_at(facts: Sequence[Relational], leaves: Values, point: Mapping[str, Entries], numbers: Moving) -> Values:
    """The leaves, where names that may be one of a few numbers have those of the point."""
    fixed = {name: point[name].each(lambda x: numbers.number(Fraction(x))) for name in chosen(facts) if name in leaves}
    return {**leaves, **fixed}


def inside(relations: Sequence[Relational], values: Values, fixed: frozenset[str]) -> Values:
    """Fractions that have numbers for bounds, moved between them, and those that have an order put into it.

    Those that are ``fixed`` stay as they are.
    """
    lowest: dict[str, Fraction] = {}
    highest: dict[str, Fraction] = {}
    ordered: list[tuple[str, str]] = []
    for fact in relations:
        room = room_of(fact)
        larger, smaller = (fact.lhs, fact.rhs) if isinstance(fact, LARGER) else (fact.rhs, fact.lhs)
        if larger.is_Symbol and smaller.is_Symbol:
            ordered.append((smaller.name, larger.name))
        if len(room.free_symbols) != 1:
            continue
        bound = bound_of(fact, room)
        if (
            not (bound.of.is_Symbol and bound.number.is_Rational)
            or bound.of.name in fixed
            or bound.of.name not in values
        ):
            continue
        name, number = bound.of.name, Fraction(int(bound.number.p), int(bound.number.q))
        if bound.is_lower:
            lowest[name] = max(number, lowest.get(name, number))
        else:
            highest[name] = min(number, highest.get(name, number))
    moved = dict(values)
    for name in sorted({*lowest, *highest}):
        low, high = lowest.get(name), highest.get(name)
        moved[name] = values[name].each(partial(_between, low=low, high=high))
    return _in_order(ordered, moved, fixed)


def _between(x: Fraction, low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is not None and high is not None:
        share = abs(x) / (1 + abs(x))
        return low + (high - low) * share
    if low is not None:
        return low + abs(x)
    assert high is not None
    return high - abs(x)


def _in_order(ordered: Sequence[tuple[str, str]], values: Values, fixed: frozenset[str]) -> Values:
    """Values whose numbers change places until each of the pairs is in order, entry by entry."""
    found = dict(values)
    for _ in ordered:
        for small, large in ordered:
            if {small, large} & fixed or found[small].shape != found[large].shape:
                continue
            pairs = [sorted(pair) for pair in zip(found[small].flat, found[large].flat, strict=True)]
            found[small] = Entries(found[small].shape, tuple(low for low, _ in pairs))
            found[large] = Entries(found[large].shape, tuple(high for _, high in pairs))
    return found


def definite_of(fact: Relational) -> Expr | None:
    """What a fact says is positive definite: A where the diagonal of its Cholesky factor is positive."""
    inner = fact.lhs.args[0] if isinstance(fact.lhs, Diagonal) else S.Zero
    stated = isinstance(inner, Cholesky) and isinstance(fact, StrictGreaterThan) and fact.rhs == 0
    return inner.args[0] if stated else None


def is_definite(value: Entries) -> bool:
    """Whether a symmetric matrix of fractions is positive definite: whether the determinants of its corners are."""
    rows = [list(row) for row in value.rows]
    corners = (_determinant([row[:k] for row in rows[:k]]) for k in range(1, len(rows) + 1))
    return all(corner > 0 for corner in corners)


def _determinant(rows: list[list[Number]]) -> Number:
    """By elimination, of fractions."""
    found = Fraction(1)
    for k in range(len(rows)):
        chosen_row = next((i for i in range(k, len(rows)) if rows[i][k] != 0), None)
        if chosen_row is None:
            return Fraction(0)
        if chosen_row != k:
            rows[k], rows[chosen_row], found = rows[chosen_row], rows[k], -found
        found *= rows[k][k]
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return found
