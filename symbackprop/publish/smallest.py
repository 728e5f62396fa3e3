"""The numbers of the smallest case: the first rows and columns of the data, as many as the case has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from sympy import Integer, Symbol

from symbackprop.calculus import Derivation
from symbackprop.errors import DataError
from symbackprop.matrices import Array
from symbackprop.numeric.elementary import Numbers as Arrays
from symbackprop.numeric.evaluate import evaluate, forward, with_signals
from symbackprop.numeric.facts import check_facts
from symbackprop.numeric.sizes import fit
from symbackprop.reporting.smallest import Numbers, Smallest, smallest_cases

ROUNDING = 1e-14


def smallest_case(derivation: Derivation, given: Mapping[str, Any]) -> Smallest | None:
    """The case that a report tells, with numbers where there are values; None where even the smallest is too long.

    Of the examples the first is taken at which no derivative that is worked is zero, nor a term of one, which would
    show nothing; or else the first at which no derivative is, or the first of all.
    """
    point, found = fit(derivation.network, given) if given else ({}, {})
    known = {size: found[size.name] for size in derivation.network.sizes if size.name in found}
    for case in smallest_cases(derivation, known):
        cases = [replace(case, numbers=numbers) for numbers in _at_windows(case, point, known)]
        telling = [one for one in cases if _shows_all(one)]
        return next((one for one in telling if _shows_terms(one)), next(iter([*telling, *cases]), case))
    return None


def _worked(case: Smallest) -> list[Symbol]:
    return [group.worked for group in case.alike if group.worked not in case.derivation.zero]


def _shows_all(case: Smallest) -> bool:
    """Whether no derivative that is worked is zero."""
    assert case.numbers is not None
    return all(case.numbers.adjoints[name.name] for name in _worked(case))


def _shows_terms(case: Smallest) -> bool:
    """Whether none of the factors is zero by which one name moves another."""
    numbers, users = case.numbers, case.derivation.graph.users
    assert numbers is not None
    return all(numbers.links[user.name, name.name] for name in _worked(case) for user in users.get(name, ()))


def _at_windows(case: Smallest, point: Mapping[str, Arrays], known: Mapping[Symbol, int]) -> Iterator[Numbers]:
    """The numbers with the first of the examples, then with the second, as long as there are enough of them."""
    if not point:
        return
    learned = {
        s for w in case.whole.network.parameters if isinstance(w, Array) for n in w.shape for s in n.free_symbols
    }
    of_data = [size for size in known if size not in learned and case.sizes[size] < known[size]]
    size = of_data[0] if of_data else None
    for first in range(known[size] - case.sizes[size] + 1 if size is not None else 1):
        numbers = _numbers(case, _cut(case, point, size, first))
        if numbers is not None:
            yield numbers if size is None else replace(numbers, first=first + 1)


def _cut(case: Smallest, point: Mapping[str, Arrays], size: Symbol | None, first: int) -> dict[str, float]:
    """What is given, entry by entry, of the case's own sizes."""
    lengths = {s: Integer(length) for s, length in case.sizes.items()}
    cut: dict[str, float] = {}
    for name in case.whole.network.leaves:
        value = np.asarray(point[name.name], dtype=float)
        if name not in case.grids:
            cut[name.name] = float(value)
            continue
        for axis, length in enumerate(name.shape):
            start = first if length == size else 0
            value = np.take(value, range(start, start + int(length.xreplace(lengths))), axis)
        for entries, row in zip(case.grids[name], value, strict=True):
            cut.update((entry.name, float(number)) for entry, number in zip(entries, row, strict=True))
    return cut


def _numbers(case: Smallest, given: Mapping[str, float]) -> Numbers | None:
    """Every number of the case; None where a fact about the data does not hold of so few, or something overflows."""
    derivation = case.derivation
    try:
        check_facts(derivation, given)
    except DataError:
        return None
    with np.errstate(all="ignore"):
        values = forward(derivation.network, given)
        known = with_signals(derivation, values)
        adjoints = {name.name: evaluate(derivation.adjoint(name), known) for name in case.blocks}
        links = {(u.name, v.name): evaluate(local, values) for (u, v), local in derivation.local.items()}
    every = [*known.values(), *adjoints.values(), *links.values()]
    if not all(np.isfinite(number) for number in every):
        return None
    return Numbers(
        values={name: _plain(number) for name, number in values.items()},
        signals={delta.name: _plain(known[delta.name]) for delta in derivation.backward},
        links={edge: _plain(number) for edge, number in links.items()},
        adjoints={name: _plain(number) for name, number in adjoints.items()},
    )


def _plain(number: Arrays) -> float:
    """A number without what rounding leaves of a zero."""
    return 0.0 if abs(number) < ROUNDING else float(number)
