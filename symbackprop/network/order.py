"""The order of equations, and how deep each name stands."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from sympy import Expr, Symbol

from symbackprop.errors import NetworkError


def in_order(equations: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """Sort equations so that each comes after those that it uses, staying near the order given.

    Raises NetworkError where they go round in a circle.
    """
    position = {name: k for k, name in enumerate(equations)}
    waits_for = {name: {s for s in expr.free_symbols if s in position} for name, expr in equations.items()}
    used_by: dict[Symbol, list[Symbol]] = {name: [] for name in equations}
    for name, needs in waits_for.items():
        for need in needs:
            used_by[need].append(name)
    ready = [position[name] for name, needs in waits_for.items() if not needs]
    heapq.heapify(ready)
    names = list(equations)
    ordered: dict[Symbol, Expr] = {}
    while ready:
        name = names[heapq.heappop(ready)]
        ordered[name] = equations[name]
        for user in used_by[name]:
            waits_for[user].discard(name)
            if not waits_for[user]:
                heapq.heappush(ready, position[user])
    if len(ordered) < len(equations):
        _refuse_cycle([name for name in equations if name not in ordered], waits_for, position)
    return ordered


def _refuse_cycle(stuck: list[Symbol], waits_for: Mapping[Symbol, set[Symbol]], position: Mapping[Symbol, int]) -> None:
    walk = [stuck[0]]
    while True:
        following = min(waits_for[walk[-1]], key=position.__getitem__)
        if following in walk:
            circle = [*walk[walk.index(following) :], following]
            break
        walk.append(following)
    raise NetworkError(
        "cycle",
        " needs ".join(s.name for s in circle),
        "give each step of a recurrence a name of its own, such as h_1, h_2, h_3",
        where=circle[0].name,
    )


def upstream(equations: Mapping[Symbol, Expr], ends: Iterable[Symbol]) -> set[Symbol]:
    """The names in ``ends`` and every name that one of them depends on; the equations stand in order."""
    found = set(ends)
    for name in reversed(equations):
        if name in found:
            found |= equations[name].free_symbols
    return found


def levels_of(
    equations: Mapping[Symbol, Expr], parameters: Iterable[Symbol], givens: Iterable[Symbol]
) -> dict[str, float]:
    """Level 0 for inputs and targets, one more than the deepest argument for an equation.

    A parameter stands half a level below the first equation that uses it, so that it is written before the values
    that it multiplies.
    """
    level: dict[str, float] = {symbol.name: 0.0 for symbol in givens}
    below: dict[str, float] = {}
    waiting = {symbol.name for symbol in parameters}
    for name, expr in equations.items():
        symbols = sorted(s.name for s in expr.free_symbols)
        level[name.name] = 1.0 + max((level[s] for s in symbols if s in level), default=0.0)
        for parameter in waiting.intersection(symbols):
            below[parameter] = level[name.name] - 0.5
        waiting -= below.keys()
    return {**level, **below}
