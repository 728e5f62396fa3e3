"""Networks whose parts are made while a program runs, and what other processes tell of them."""

from __future__ import annotations

import pickle
from typing import Any

from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb


def of_functions() -> sb.Network:
    """A network with functions of the user's own, one in the other, and a product that SymPy would multiply out."""
    x, t, w, v, y, z, E = symbols("x t w v y z E")
    slow = sb.function("slow", lambda z: 2 * z * (sb.sigmoid(z) + z))
    both = sb.function("both", lambda a: slow(a) ** 2 + slow(-a))
    return sb.Network(
        {z: w * x + 2 * (w + x), y: both(z) * v, E: (y - t) ** 2 / 2},
        inputs=[x], targets=[t], parameters=[w, v], loss=E, values={"x": 0.3, "t": 0.2, "w": 0.4, "v": 0.7},
    )  # fmt: skip


def halved() -> Any:
    """An operation of the user's own."""
    m, n = symbols("m n")
    A, R, G = MatrixSymbol("A", m, n), MatrixSymbol("R", m, n), MatrixSymbol("G", m, n)
    return sb.operation("halved", [A], R, G, value=A / 2, adjoints=[G / 2])


def of_operations() -> sb.Network:
    """A network of matrices with an operation of the user's own."""
    m, n, k = symbols("m n k")
    X, W, T, Y = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("T", m, k), MatrixSymbol("Y", m, k)
    loss = Symbol("E")
    equations = {Y: halved()(X * W), loss: sb.total(sb.hadamard(Y - T, Y - T))}
    return sb.Network(equations, inputs=[X], targets=[T], parameters=[W], loss=loss)


def told_of(data: bytes) -> list[str]:
    """What is told of a pickled derivation: its code, its work, its formulas."""
    derivation = pickle.loads(data)
    return [
        sb.lambdify(derivation).source,
        "\n".join(map(str, derivation.steps)),
        repr(derivation.shared),
        repr(derivation.gradients),
        repr(derivation.network),
        "\n".join(f"{ran.name}: {ran.changes}" for ran in derivation.passes),
    ]
