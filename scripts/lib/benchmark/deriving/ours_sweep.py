"""The reverse sweep over named equations."""

from __future__ import annotations

from typing import Any

from sympy import Expr, count_ops, exp

import symbackprop as sb


def forward(net: sb.Network) -> sb.Network:
    """The network as it is."""
    return net


def derive(net: sb.Network) -> sb.Derivation:
    """All gradients, and every step recorded."""
    return sb.derive(net)


def operations(net: sb.Network, d: sb.Derivation) -> int:
    """Of the forward pass, the error signals, and the gradients in terms of them; a sigmoid is 1/(1 + exp(-z))."""
    return int(sum(count_ops(_plain(e)) for part in (net.equations, d.backward, d.shared) for e in part.values()))


def _plain(formula: Expr) -> Expr:
    return formula.replace(sb.sigmoid, lambda z: 1 / (1 + exp(-z)))


def gradients(net: sb.Network, d: sb.Derivation, at: dict[str, float]) -> dict[str, Any]:
    """Numbers, by the generated code."""
    return dict(sb.lambdify(d)(**at)[1])
