"""Layers that several rooms test: networks with outputs in place of a loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from sympy import MatrixSymbol, sqrt, symbols

import symbackprop as sb

m, n, k, d, p = symbols("m n k d p")
x, h, w, u, z, g, y, c, s = symbols("x h w u z g y c s")
X, W, b = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("b", 1, k)
Z, Y = MatrixSymbol("Z", m, k), MatrixSymbol("Y", m, k)


def gate() -> sb.Network:
    """Two scalar outputs, one of which leads to the other; the adjoint of one has a name of its own."""
    equations = {z: w * x + u * h, g: sb.sigmoid(z), y: g * x + (1 - g) * h}
    return sb.Network(equations, inputs=[x, h], parameters=[w, u], outputs={y: None, g: "G"}, name="gate")


def dense() -> sb.Network:
    """A dense layer with one output."""
    equations = {Z: X * W + sb.ones(m, 1) * b, Y: sb.tanh(Z)}
    return sb.Network(equations, inputs=[X], parameters=[W, b], outputs=[Y], name="dense")


def several() -> sb.Network:
    """A matrix, a scalar and a matrix on the way to both, with a constant beside the inputs."""
    equations = {Z: X * W + sb.ones(m, 1) * b, Y: sb.sigmoid(Z), s: c * sb.total(sb.hadamard(Y, Z))}
    return sb.Network(equations, inputs=[X], targets=[c], parameters=[W, b], outputs=[Y, s, Z], name="several")


def attention() -> sb.Network:
    """Queries, keys and values, without parameters."""
    q, keys, v = MatrixSymbol("Q", m, d), MatrixSymbol("K", p, d), MatrixSymbol("V", p, k)
    scores, weights, o = MatrixSymbol("S", m, p), MatrixSymbol("P", m, p), MatrixSymbol("O", m, k)
    equations = {scores: q * keys.T / sqrt(d), weights: sb.softmax(scores, axis=1), o: weights * v}
    return sb.Network(equations, inputs=[q, keys, v], outputs=[o], name="attention")


LAYERS: Mapping[str, Callable[[], sb.Network]] = {
    "gate": gate,
    "dense": dense,
    "several": several,
    "attention": attention,
}
SIZES = {"m": 4, "n": 3, "k": 2, "d": 3, "p": 5}


def values_of(network: sb.Network, seed: int = 0) -> dict[str, Any]:
    """Random values for all that comes from outside, the adjoints of outputs too."""
    rng = np.random.default_rng(seed)
    found = {}
    for name in network.leaves:
        shape = tuple(SIZES.get(str(size), 1) for size in network.shape(name))
        found[name.name] = rng.normal(size=shape) if shape else float(rng.normal())
    return found
