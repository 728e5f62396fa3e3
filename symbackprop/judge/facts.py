"""Numbers that obey what is stated of the data, exactly, in a field as among fractions.

A fact that is linear in the entries of the data is met by one step of Newton's method, whose slopes come from the same
walk that gives the values. Others, such as y² = 1, are met where numbers out of {1, -1} or {0, 1} do.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sympy import Eq, Expr
from sympy.core.relational import Relational

from symbackprop.judge.entries import Entries
from symbackprop.judge.numbers import Moving, Number, Undecidable, Unlucky
from symbackprop.judge.real import Fractions
from symbackprop.judge.stated import Pick, definite_of, is_definite, made_as_stated
from symbackprop.judge.walk import RELATIONS, Walk

ENTRIES = 400
"""How many entries facts may speak of."""
FEW = ((1, -1), (0, 1), (0, 1, -1))
"""Numbers of which entries are made where a fact is not linear."""

Values = dict[str, Entries]


def obeying(
    stated: Sequence[Relational],
    values: Values,
    sizes: Mapping[str, int],
    numbers: Moving,
    rng: random.Random | None,
    pick_for: Callable[[str], Pick] | None = None,
) -> Values:
    """The values, changed so that all equations among the facts hold.

    ``values`` are numbers of the kind without derivatives, out of which matrices are made that are as it is stated,
    where somebody picks what there is to be chosen. Raises Undecidable where no way is known to obey the facts, Unlucky
    where it is not possible from these numbers.
    """
    lifted = {name: value.each(lambda x: _lift(numbers, x)) for name, value in values.items()}
    if pick_for is not None:
        lifted = made_as_stated(stated, lifted, numbers, pick_for)
        values = {name: value.each(_lower) for name, value in lifted.items()}
    facts = [fact for fact in stated if isinstance(fact, Eq)]
    gaps = [fact.lhs - fact.rhs for fact in facts]
    if not _residual(gaps, lifted, sizes, numbers):
        return values
    places = [(s, k) for s in _spoken_of(facts, values) for k in range(len(values[s].flat))]
    if len(places) > ENTRIES:
        raise Undecidable(f"the facts speak of more than {ENTRIES} entries")
    try:
        solved = _newton(gaps, lifted, sizes, numbers, places)
    except Unlucky:
        solved = {}
    if not solved or _residual(gaps, solved, sizes, numbers):
        solved = _few(gaps, lifted, sizes, numbers, rng)
    return {name: value.each(lambda x: _lower(x)) for name, value in solved.items()}


def relations_hold(facts: Sequence[Relational], values: Mapping[str, Entries], sizes: Mapping[str, int]) -> bool:
    """Whether every inequality holds for these fractions, entry by entry."""
    walk = Walk(Fractions(), values, sizes)
    for fact in facts:
        definite = definite_of(fact)
        if definite is not None:
            if not is_definite(walk.value(definite)):
                return False
            continue
        test = RELATIONS[type(fact)]
        if not all(test((x > 0) - (x < 0)) for x in walk.value(fact.lhs - fact.rhs).flat):
            return False
    return True


def _lift(numbers: Moving, x: Any) -> Number:
    return numbers.number(x) if isinstance(x, Fraction) else x


def _lower(x: Any) -> Any:
    """A fraction again where it was one."""
    return x.x if isinstance(getattr(x, "x", None), Fraction) else x


def _spoken_of(facts: Sequence[Eq], values: Mapping[str, Entries]) -> list[str]:
    return sorted({s.name for fact in facts for s in fact.free_symbols if s.name in values})


def _residual(gaps: Sequence[Expr], values: Values, sizes: Mapping[str, int], numbers: Moving) -> bool:
    """Whether any gap is left."""
    walk = Walk(numbers, values, sizes)
    return any(not numbers.is_zero(x) for gap in gaps for x in walk.value(gap).flat)


def _newton(
    gaps: Sequence[Expr], values: Values, sizes: Mapping[str, int], numbers: Moving, places: Sequence[tuple[str, int]]
) -> Values:
    walk = Walk(numbers, values, sizes)
    missing = [x for gap in gaps for x in walk.value(gap).flat]
    one = numbers.number(Fraction(1))
    columns = []
    for name, place in places:
        flat = list(values[name].flat)
        flat[place] = numbers.moved(flat[place], one)
        moved = Walk(numbers, {**values, name: Entries(values[name].shape, tuple(flat))}, sizes)
        columns.append([numbers.slope(x) for gap in gaps for x in moved.value(gap).flat])
    step = _solved([[column[i] for column in columns] + [-missing[i]] for i in range(len(missing))], numbers)
    changed = {name: list(value.flat) for name, value in values.items()}
    for (name, place), change in zip(places, step, strict=True):
        if change is not None:
            changed[name][place] = changed[name][place] + change
    return {name: Entries(values[name].shape, tuple(flat)) for name, flat in changed.items()}


def _solved(rows: list[list[Number]], numbers: Moving) -> list[Number | None]:
    """A solution of linear equations, with None for what may stay. The last entry of a row is its right side."""
    count = len(rows[0]) - 1
    leading: list[int] = []
    done = 0
    for column in reversed(range(count)):
        chosen = next((i for i in range(done, len(rows)) if not numbers.is_zero(rows[i][column])), None)
        if chosen is None:
            continue
        rows[done], rows[chosen] = rows[chosen], rows[done]
        pivot = rows[done][column]
        rows[done] = [x / pivot for x in rows[done]]
        for i in range(len(rows)):
            if i != done and not numbers.is_zero(rows[i][column]):
                factor = rows[i][column]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[done], strict=True)]
        leading.append(column)
        done += 1
    if any(not numbers.is_zero(row[-1]) for row in rows[done:]):
        raise Unlucky("facts that contradict each other here")
    step: list[Number | None] = [None] * count
    for row, column in zip(rows, leading, strict=False):
        step[column] = row[-1]
    return step


def _few(
    gaps: Sequence[Expr], values: Values, sizes: Mapping[str, int], numbers: Moving, rng: random.Random | None
) -> Values:
    names = sorted({s.name for gap in gaps for s in gap.free_symbols if s.name in values})
    if rng is not None:
        for choices in FEW:
            for _ in range(20):
                drawn = {
                    name: Entries(
                        values[name].shape,
                        tuple(numbers.number(Fraction(rng.choice(choices))) for _ in values[name].flat),
                    )
                    for name in names
                }
                if not _residual(gaps, {**values, **drawn}, sizes, numbers):
                    return {**values, **drawn}
    raise Undecidable("no numbers are known that obey the facts exactly")
