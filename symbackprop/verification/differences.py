"""Numeric derivatives of the loss, worked out from the forward equations alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Basic, Expr, Max, Min, Piecewise, Symbol

from symbackprop.calculus.graph import reaches
from symbackprop.functions import UserFunction, primitive_of
from symbackprop.network.network import Network
from symbackprop.numeric.evaluate import forward

COMPLEX_STEP = 1e-30
REAL_STEP = 1e-3


def is_analytic(expr: Expr) -> bool:
    """Whether a complex step may be taken through ``expr``."""
    stack: list[Basic] = [expr]
    while stack:
        node = stack.pop()
        row = primitive_of(node)
        if isinstance(node, (Max, Min, Piecewise)) or (row is not None and not row.analytic):
            return False
        if isinstance(node, UserFunction):
            stack.append(node.definition())
        stack.extend(node.args)
    return True


def analytic_names(network: Network) -> frozenset[Symbol]:
    """The names from which the loss is reached through analytic functions alone."""
    rough = {name for name, expr in network.equations.items() if not is_analytic(expr)}
    return frozenset(name for name in network.names if rough.isdisjoint(reaches(network, name)))


def complex_step(network: Network, point: Mapping[str, float], name: str) -> float:
    """∂loss/∂name as Im loss(x + ih)/h: exact to the last digits, as nothing is subtracted.

    Squire and Trapp (1998), "Using complex variables to estimate derivatives of real functions".
    """
    moved = {**point, name: complex(_value(network, point, name), COMPLEX_STEP)}
    return float(np.imag(forward(network, moved)[network.loss.name]) / COMPLEX_STEP)


def central_difference(network: Network, point: Mapping[str, float], name: str) -> float:
    """∂loss/∂name by the central difference of fourth order, whose error is h⁴/30 times the fifth derivative."""
    here = _value(network, point, name)
    h = REAL_STEP * max(1.0, abs(here))
    offsets = np.array([-2.0, -1.0, 1.0, 2.0]) * h
    losses = forward(network, {**point, name: here + offsets})[network.loss.name]
    far_left, left, right, far_right = np.broadcast_to(losses, 4)
    return float((far_left - 8 * left + 8 * right - far_right) / (12 * h))


def _value(network: Network, point: Mapping[str, float], name: str) -> float:
    return point[name] if name in point else float(forward(network, point)[name])
