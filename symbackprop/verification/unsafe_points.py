"""Where a network must not be looked at: kinks, roots of nothing, and matrices that hardly have an inverse."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Basic, Expr, Integer, Max, Min, Piecewise, Pow

from symbackprop.calculus import Derivation
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.matrices import Operation, UserOperation
from symbackprop.network.network import Network
from symbackprop.numeric.evaluate import evaluate_all, forward

CONDITION = 100.0
"""How large the condition number of a matrix may be that is inverted."""
NEAR_ZERO = 1e-6
"""What may not stand under a root or below a fraction bar: at size 1 a variance is no more than its rounding."""
CROWD = 20
"""So many entries keep the whole margin from a kink; more of them come nearer, as some of many must."""


def nodes_of(expr: Expr) -> Iterator[Basic]:
    """Every part of an expression, with the formulas of users' functions and operations, each once."""
    stack: list[Basic] = [expr]
    seen: set[Basic] = set()
    while stack:
        node = stack.pop()
        if node in seen:
            continue  # functions of functions hold the same parts over and over again
        seen.add(node)
        yield node
        if isinstance(node, UserFunction) or (isinstance(node, UserOperation) and node.value is not None):
            stack.append(node.definition())
        stack.extend(node.args)


def kinks_of(expr: Expr) -> Iterator[Expr]:
    """The expressions at whose zeros ``expr`` has a kink or a jump."""
    for node in nodes_of(expr):
        row = primitive_of(node)
        if row is not None and row.kinks is not None:
            yield from row.kinks(*node.args)
        elif isinstance(node, (Max, Min)):
            yield from (a - b for k, a in enumerate(node.args) for b in node.args[:k])
        elif isinstance(node, Piecewise):
            yield from (part.lhs - part.rhs for branch in node.args for part in _relations(branch.cond))


def nearest_kink(network: Network, point: Mapping[str, Any]) -> float:
    """How far the nearest kink is at a point; infinite where the network has none."""
    kinks = [kink for expr in network.to_loss.values() for kink in kinks_of(expr)]
    distances = evaluate_all(kinks, forward(network, dict(point)))
    return min((float(np.min(np.abs(distance))) for distance in distances), default=math.inf)


def _relations(condition: Basic) -> Iterator[Any]:
    if getattr(condition, "is_Relational", False):
        yield condition
    for arg in condition.args:
        yield from _relations(arg)


@dataclass(frozen=True)
class Hazards:
    """The expressions of a matrix network that decide whether its gradients can be tried at a point."""

    kinks: tuple[Expr, ...]
    bases: tuple[Expr, ...]
    """What is raised to a fraction or to a negative power."""
    inverted: tuple[Expr, ...]
    """Matrices of which there is an inverse, or a determinant, whose derivative has the inverse in it."""

    @classmethod
    def of(cls, derivation: Derivation) -> Hazards:
        """The hazards of every equation on a way from the names that move; a kink that never moves is none."""
        moving = {*derivation.wrt, *derivation.graph.active}
        exprs = list(derivation.network.to_loss.values())
        nodes = [node for expr in exprs for node in nodes_of(expr)]
        kinks = (kink for expr in exprs for kink in kinks_of(expr) if moving & kink.free_symbols)
        bases = (node.base for node in nodes if isinstance(node, Pow) and _is_singular(node))
        inverted = (node.operands[0] for node in nodes if isinstance(node, Operation) and node.inverting)
        return cls(*(tuple(dict.fromkeys(found)) for found in (kinks, bases, inverted)))

    def are_far(self, values: Mapping[str, Any], margin: float, slack: float) -> bool:
        """Whether no entry is within the margin of a kink, and all that is inverted is well conditioned.

        The margin is narrower where there are many entries; ``slack`` is how much worse than at first a condition may
        be.
        """
        if any(np.min(np.abs(base)) < NEAR_ZERO for base in evaluate_all(self.bases, values)):
            return False
        if any(not np.linalg.cond(matrix) < CONDITION * slack for matrix in evaluate_all(self.inverted, values)):
            return False
        kinks = evaluate_all(self.kinks, values)
        crowd = max(1.0, sum(np.size(kink) for kink in kinks) / CROWD)
        return all(np.min(np.abs(kink)) > margin / crowd for kink in kinks)


def _is_singular(power: Pow) -> bool:
    return not power.base.is_number and not (isinstance(power.exp, Integer) and power.exp > 0)
