"""The search for a shorter form: from the form there is, by the rules, and only what is strictly shorter is taken."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sympy import Basic, Expr, preorder_traversal

from symbackprop.algebra.forms.known import Known, Move
from symbackprop.algebra.forms.moves import MOVES
from symbackprop.algebra.matrices.broadcasts import collapse
from symbackprop.algebra.matrices.every_node import Everywhere
from symbackprop.algebra.rewrite import Ground
from symbackprop.errors import SymbackpropError
from symbackprop.matrices import Operation, Shape, as_whole, shape_of, substituted

LOOKED_AT = 24
"""How many forms of one line are looked at from all sides."""
DETOUR = 2
"""How many operations longer a form may be on the way."""
JUDGED = 6
"""How many of the shortest forms are put before the court, where a network has kinks."""

Measure = Callable[[Expr], int]


def parts_of(expr: Expr) -> int:
    """How many names and operations are written, each as often as it stands there."""
    return sum(1 for node in preorder_traversal(expr) if not node.is_Number)


@dataclass(frozen=True)
class Found:
    """One step of the way: the rule, and the form that it leads to."""

    rule: Ground
    result: Expr


def shortened(start: Expr, shape: Shape, known: Known, measure: Measure) -> tuple[Found, ...]:
    """The way from a form to a shorter one, by rules that are right; nothing where none is found."""
    first, worlds = measure(start), known.classes.worlds
    best = (first, parts_of(start), 0)
    ways: list[tuple[Found, ...]] = []
    count = 0
    waiting: list[tuple[int, int, int, Expr, tuple[Found, ...]]] = [(first, 0, 0, start, ())]
    seen = {start}
    looked = 0
    while waiting and looked < LOOKED_AT:
        cost, depth, _, expr, steps = heapq.heappop(waiting)
        if cost > best[0] + DETOUR:
            break
        looked += 1
        for move, result in neighbours(expr, shape, known):
            if result in seen:
                continue
            seen.add(result)
            length = measure(result)
            if length > best[0] + DETOUR:
                continue
            count += 1
            path = (*steps, Found(Ground(move.name, move.condition), result))
            heapq.heappush(waiting, (length, depth + 1, count, result, path))
            found = (length, parts_of(result), depth + 1)
            if found[:2] < best[:2] and worlds.look_same(start, result):
                best = found
                ways.append(path)
    judged = (path for path in reversed(ways[-JUDGED:]) if worlds.are_same(start, path[-1].result))
    return next(judged, ())


def neighbours(expr: Expr, shape: Shape, known: Known) -> Iterator[tuple[Move, Expr]]:
    """Every form that one rule makes of one node."""
    for node in _nodes(expr):
        if node not in known.others:
            known.others[node] = tuple(_others(node, known))
        for move, other in known.others[node]:
            try:
                result = _placed(expr, node, other, shape)
            except SymbackpropError:
                continue
            if result != expr:
                yield move, result


def _others(node: Expr, known: Known) -> Iterator[tuple[Move, Expr]]:
    seen = {node}
    for move in MOVES:
        try:
            for other in move.at(node, known):
                if other not in seen:
                    seen.add(other)
                    yield move, other
        except SymbackpropError:
            continue  # shapes that do not fit: the rule is not for this node


def _nodes(expr: Expr) -> Sequence[Expr]:
    found: dict[Basic, None] = {}
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        if node not in found and isinstance(node, Expr) and node.args:
            found[node] = None
            stack.extend(node.operands if isinstance(node, Operation) else node.args)
    return list(found)


def _placed(expr: Expr, node: Expr, other: Expr, shape: Shape) -> Expr:
    if not shape and not expr.has(Operation):
        return expr.xreplace({node: other})
    placed = as_whole(substituted(expr, {node: as_whole(other, shape_of(node)) if shape_of(node) else other}), shape)
    return as_whole(_collapsed(placed), shape)


_collapsed = Everywhere(collapse)
