"""Trials over the rational numbers: of small claims about networks of scalars."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Basic, Eq, GreaterThan, Poly, StrictGreaterThan, StrictLessThan
from sympy.core.relational import Relational

from symbackprop.judge.claims import Claim
from symbackprop.judge.facts import obeying
from symbackprop.judge.forks import Forks
from symbackprop.judge.outcome import Outcome
from symbackprop.judge.point import Point
from symbackprop.judge.rational import Rationals
from symbackprop.judge.sums import Budget
from symbackprop.judge.world import World
from symbackprop.matrices import Array

NODES = 1_500
"""How many different expressions a claim may be made of."""
LEAVES = 60
"""How many names may have values from outside."""


def is_small(claim: Claim) -> bool:
    """Whether it is worth while to try a claim over the rational numbers."""
    leaves = claim.network.leaves
    if claim.network.sizes or len(leaves) > LEAVES or any(isinstance(leaf, Array) for leaf in leaves):
        return False
    if not all(_is_linear(fact) for fact in claim.facts if isinstance(fact, Eq)):
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


def _is_linear(fact: Eq) -> bool:
    """Whether a fact says what one name is by all others: numbers that obey it are then as general as the fact."""
    gap = fact.lhs - fact.rhs
    names = sorted(gap.free_symbols, key=str)
    return bool(names) and bool(gap.is_polynomial(*names)) and Poly(gap, *names).total_degree() == 1


def _positive(fact: Relational) -> Basic | None:
    """The name that a fact such as delta > 0 calls positive."""
    small, large = (fact.rhs, fact.lhs) if isinstance(fact, (StrictGreaterThan, GreaterThan)) else (fact.lhs, fact.rhs)
    strict = isinstance(fact, (StrictGreaterThan, StrictLessThan))
    if isinstance(fact, Eq) or not large.is_Symbol or not small.is_number:
        return None
    return large if (small >= 0 if strict else small > 0) else None


def in_rationals(claim: Claim, point: Point, budget: Budget, forced: Mapping[Basic, int] | None = None) -> Outcome:
    """Try a claim with functions over the rational numbers, on the side of each kink on which the point is.

    Raises Unlucky where the point will not do, Undecidable where none will, and TooLarge.
    """
    numbers = Rationals(budget)
    forks = Forks(forced or {})
    leaves = {name: value.each(lambda x: numbers.free(float(x))) for name, value in point.values.items()}
    for fact in claim.facts:
        name = _positive(fact)
        if name is not None and str(name) in leaves:
            numbers.know_positive(leaves[str(name)].only)
    equalities = [fact for fact in claim.facts if isinstance(fact, Eq)]
    if equalities:
        leaves = obeying(equalities, leaves, point.sizes, numbers, None)
    world = World(
        claim.network,
        claim.signals,
        numbers,
        leaves,
        point.sizes,
        forks,
        claim.seeds(numbers, leaves, 0),
        claim.equations,
    )
    sides = claim.sides(world, 0)
    holds = all(numbers.is_zero(a - b) for a, b in sides)
    vacuous = holds and all(numbers.is_zero(a) for a, _ in sides)
    return Outcome(holds, vacuous, frozenset(forks.taken), 0.0)
