"""Trials over the rational numbers: of small claims about networks of scalars."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Eq

from symbackprop.judge.claims import Claim
from symbackprop.judge.forks import Forks
from symbackprop.judge.outcome import Outcome
from symbackprop.judge.point import Point
from symbackprop.judge.rational import Rationals
from symbackprop.judge.sums import Budget
from symbackprop.judge.world import World
from symbackprop.matrices import Array

NODES = 600
"""How many different expressions a claim may be made of."""
LEAVES = 60
"""How many names may have values from outside."""


def is_small(claim: Claim) -> bool:
    """Whether it is worth while to try a claim over the rational numbers."""
    leaves = claim.network.leaves
    if claim.network.sizes or len(leaves) > LEAVES or any(isinstance(leaf, Array) for leaf in leaves):
        return False
    if any(isinstance(fact, Eq) for fact in claim.facts):
        return False
    seen: set[Basic] = set()
    stack = list(claim.everything)
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend(node.args)
            if len(seen) > NODES:
                return False
    return True


def in_rationals(claim: Claim, point: Point, budget: Budget, forced: Mapping[Basic, int] | None = None) -> Outcome:
    """Try a claim with functions over the rational numbers, on the side of each kink on which the point is.

    Raises Unlucky where the point will not do, Undecidable where none will, and TooLarge.
    """
    numbers = Rationals(budget)
    forks = Forks(forced or {})
    leaves = {name: value.each(lambda x: numbers.free(float(x))) for name, value in point.values.items()}
    world = World(claim.network, claim.signals, numbers, leaves, point.sizes, forks, claim.seeds(numbers, leaves, 0))
    sides = claim.sides(world, 0)
    holds = all(numbers.is_zero(a - b) for a, b in sides)
    vacuous = all(numbers.is_zero(a) and numbers.is_zero(b) for a, b in sides)
    return Outcome(holds, vacuous, frozenset(forks.taken), 0.0)
