"""Numeric derivatives of the loss, worked out from the forward equations alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from sympy import Expr, Max, Min, Piecewise, Symbol

from symbackprop.functions import primitive_of
from symbackprop.matrices import UserOperation
from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.numeric.elementary import Numbers
from symbackprop.numeric.evaluate import forward
from symbackprop.verification.unsafe_points import nodes_of

COMPLEX_STEP = 1e-30
REAL_STEP = 1e-3
TOGETHER = 256


def is_analytic(expr: Expr) -> bool:
    """Whether a complex step may be taken through ``expr``."""
    for node in nodes_of(expr):
        row = primitive_of(node)
        if isinstance(node, (Max, Min, Piecewise)) or (row is not None and not row.analytic):
            return False
        # A function of NumPy's may not take complex numbers, or take them otherwise than analytically.
        if isinstance(node, UserOperation) and node.value is None:
            return False
    return True


def analytic_names(network: Network) -> frozenset[Symbol]:
    """The names from which the loss is reached through analytic functions alone."""
    rough = (name for name, expr in network.to_loss.items() if not is_analytic(expr))
    return frozenset(network.names) - upstream(network.to_loss, rough)


def complex_steps(network: Network, point: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    """∂loss/∂name for each name as Im loss(x + ih)/h: exact to the last digits, as nothing is subtracted.

    Squire and Trapp (1998), "Using complex variables to estimate derivatives of real functions".
    """
    losses = _losses(network, point, names, lambda here: np.array([complex(here, COMPLEX_STEP)]))
    return {name: float(np.imag(loss[0]) / COMPLEX_STEP) for name, loss in losses}


def central_differences(
    network: Network, point: Mapping[str, float], names: Sequence[str], step: float = REAL_STEP
) -> dict[str, float]:
    """∂loss/∂name for each name by the central difference of fourth order, whose error goes with h⁴."""

    def size(here: float) -> float:
        return step * max(1.0, abs(here))

    steps = np.array([-2.0, -1.0, 1.0, 2.0])
    weights = np.array([1.0, -8.0, 8.0, -1.0]) / 12
    losses = _losses(network, point, names, lambda here: here + steps * size(here))
    return {name: float(loss @ weights / size(_value(network, point, name))) for name, loss in losses}


def _losses(
    network: Network, point: Mapping[str, float], names: Sequence[str], moved: Callable[[float], Numbers]
) -> Iterator[tuple[str, Numbers]]:
    """The losses where one name at a time is moved; many names go through the forward pass together."""
    for group in _groups(network, names):
        places = {name: moved(_value(network, point, name)) for name in group}
        each = len(next(iter(places.values())))
        values: dict[str, Numbers] = dict(point)
        for position, (name, numbers) in enumerate(places.items()):
            column = np.full(len(group) * each, _value(network, point, name), dtype=numbers.dtype)
            column[position * each : (position + 1) * each] = numbers
            values[name] = column
        losses = np.broadcast_to(forward(network, values)[network.loss.name], len(group) * each)
        yield from ((name, losses[k * each : (k + 1) * each]) for k, name in enumerate(group))


def _groups(network: Network, names: Sequence[str]) -> Iterator[Sequence[str]]:
    """Names that can be moved together. An intermediate value goes alone, as giving it cuts off what leads to it."""
    computed = {s.name for s in network.to_loss}
    given = [name for name in names if name not in computed]
    yield from (given[start : start + TOGETHER] for start in range(0, len(given), TOGETHER))
    yield from ([name] for name in names if name in computed)


def complex_step(network: Network, point: Mapping[str, float], name: str) -> float:
    """∂loss/∂name by the complex step, for one name."""
    return complex_steps(network, point, [name])[name]


def central_difference(network: Network, point: Mapping[str, float], name: str) -> float:
    """∂loss/∂name by the central difference of fourth order, for one name."""
    return central_differences(network, point, [name])[name]


def _value(network: Network, point: Mapping[str, float], name: str) -> float:
    return point[name] if name in point else float(forward(network, point)[name])
