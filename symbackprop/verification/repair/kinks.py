"""Kinks taken for numbers of their own: what is compared, chosen or cut off has a free value in such a world.

Where a relu lets nothing through everything is zero, and any edit seems to fit; where it lets all through, it is not to
be told from its argument. Whether an edit is right in general is seen where each kink has a value that nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy

from sympy import Abs, Basic, Expr, Max, Min, Piecewise, Symbol, preorder_traversal, sign

from symbackprop.functions import primitive_of
from symbackprop.judge.entries import Entries, common_shape
from symbackprop.judge.field import Field
from symbackprop.judge.walk import Walk
from symbackprop.judge.world import World


def has_kink(node: Basic) -> bool:
    """Whether a function itself jumps or has a kink, whatever its arguments are."""
    if isinstance(node, (Abs, Max, Min, Piecewise, sign)):
        return True
    row = primitive_of(node) if node.is_Function else None
    return row is not None and row.kinks is not None


def kinks_of(exprs: Iterable[Basic]) -> set[Basic]:
    """Everything with a kink in some expressions."""
    return {node for expr in exprs for node in preorder_traversal(expr) if has_kink(node)}


def _free_at_kinks(walk: Walk, node: Basic) -> Entries:
    """What a node is worth where a value is drawn for each kink."""
    if not has_kink(node):
        return walk.by_definition(node)
    numbers = walk.numbers
    assert isinstance(numbers, Field)
    shape = common_shape([walk.known[part] for part in walk.parts(node)])
    count = shape[0] * shape[1] if shape else 1
    return Entries(shape, tuple(numbers.free(1.0) for _ in range(count)))


def with_free_kinks(world: World, signals: Mapping[Symbol, Expr]) -> World:
    """The same leaves in a world where each kink has a value of its own."""
    made = copy(world)
    made.values = {leaf.name: world.values[leaf.name] for leaf in world.network.leaves}
    made.walk = Walk(world.numbers, made.values, world.sizes, world.forks, _free_at_kinks)
    for group in (world.network.to_loss, signals):
        for name, expr in group.items():
            made.values[name.name] = made.walk.value(expr)
    return made
