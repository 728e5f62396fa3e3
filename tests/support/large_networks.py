"""Networks of many layers, as people build them: recurrent cells, transformers, residual blocks."""

from __future__ import annotations

from typing import Any

from sympy import MatrixSymbol, Rational, Symbol, symbols

import symbackprop as sb

m, n, h, k = symbols("m n h k")


def lstm(steps: int) -> sb.Network:
    """A long short-term memory cell over so many steps, with one set of weights, and a squared error at the end."""
    equations: dict[Any, Any] = {}
    inputs = [MatrixSymbol(f"X{t}", m, n) for t in range(1, steps + 1)]
    weights = {gate: (MatrixSymbol(f"W{gate}", n, h), MatrixSymbol(f"U{gate}", h, h), MatrixSymbol(f"b{gate}", 1, h))
               for gate in "ifog"}  # fmt: skip
    H, C = MatrixSymbol("H0", m, h), MatrixSymbol("C0", m, h)
    start = [H, C]
    for t, X in enumerate(inputs, start=1):
        gates = {}
        for gate, (W, U, b) in weights.items():
            Z = MatrixSymbol(f"Z{gate}{t}", m, h)
            gates[gate] = MatrixSymbol(f"{gate.upper()}{t}", m, h)
            equations[Z] = X * W + H * U + sb.ones(m, 1) * b
            equations[gates[gate]] = (sb.tanh if gate == "g" else sb.sigmoid)(Z)
        new = MatrixSymbol(f"C{t}", m, h)
        equations[new] = sb.hadamard(gates["f"], C) + sb.hadamard(gates["i"], gates["g"])
        squashed = MatrixSymbol(f"T{t}", m, h)
        equations[squashed] = sb.tanh(new)
        H, C = MatrixSymbol(f"H{t}", m, h), new
        equations[H] = sb.hadamard(gates["o"], squashed)
    Y, E = MatrixSymbol("Y", m, h), Symbol("E")
    equations[E] = sb.total(sb.squared_error(H, Y)) / m
    return sb.Network(
        equations, inputs=[*inputs, *start], targets=[Y], loss=E, name=f"lstm-{steps}",
        parameters=[part for parts in weights.values() for part in parts],
    )  # fmt: skip


def transformer(layers: int) -> sb.Network:
    """Self-attention with one head and a relu layer, both with skip connections and layer norm, so many times."""
    equations: dict[Any, Any] = {}
    parameters: list[Any] = []
    eps = Rational(1, 100_000)
    X = MatrixSymbol("X", m, n)
    value = X

    def name(word: str, layer: int, rows: Any = m, columns: Any = n) -> Any:
        return MatrixSymbol(f"{word}{layer}", rows, columns)

    def weight(word: str, layer: int, rows: Any, columns: Any) -> Any:
        parameters.append(name(word, layer, rows, columns))
        return parameters[-1]

    def normed(given: Any, word: str, layer: int) -> Any:
        D, s, N = name(f"D{word}", layer), name(f"s{word}", layer, m, 1), name(f"N{word}", layer)
        equations[D] = given - sb.broadcast(sb.rowmean(given), m, n)
        equations[s] = sb.sqrt(sb.rowmean(sb.hadamard(D, D)) + eps * sb.ones(m, 1))
        equations[N] = sb.divide(D, sb.broadcast(s, m, n))
        return N

    for layer in range(1, layers + 1):
        Q, K, V = (name(word, layer, m, k) for word in "QKV")
        for target, word in ((Q, "Wq"), (K, "Wk"), (V, "Wv")):
            equations[target] = value * weight(word, layer, n, k)
        S, P, A, R = name("S", layer, m, m), name("P", layer, m, m), name("A", layer, m, k), name("R", layer)
        equations[S] = Q * K.T / sb.sqrt(k)
        equations[P] = sb.softmax(S, axis=1)
        equations[A] = P * V
        equations[R] = value + A * weight("Wo", layer, k, n)
        N = normed(R, "a", layer)
        Z, F, B = name("Z", layer, m, h), name("F", layer, m, h), name("B", layer)
        equations[Z] = N * weight("W", layer, n, h) + sb.ones(m, 1) * weight("b", layer, 1, h)
        equations[F] = sb.relu(Z)
        equations[B] = N + F * weight("U", layer, h, n)
        value = normed(B, "f", layer)
    Y, E = MatrixSymbol("Y", m, n), Symbol("E")
    equations[E] = sb.total(sb.squared_error(value, Y)) / m
    return sb.Network(
        equations, inputs=[X], targets=[Y], parameters=parameters, loss=E, name=f"transformer-{layers}"
    )  # fmt: skip


def residual(layers: int) -> sb.Network:
    """So many blocks that add a relu layer of their input to it."""
    equations: dict[Any, Any] = {}
    parameters: list[Any] = []
    X = MatrixSymbol("X", m, n)
    value = X
    for layer in range(1, layers + 1):
        W, b, U = (MatrixSymbol(f"W{layer}", n, h), MatrixSymbol(f"b{layer}", 1, h), MatrixSymbol(f"U{layer}", h, n))
        Z, A, H = (MatrixSymbol(f"Z{layer}", m, h), MatrixSymbol(f"A{layer}", m, h), MatrixSymbol(f"H{layer}", m, n))
        equations[Z] = value * W + sb.ones(m, 1) * b
        equations[A] = sb.relu(Z)
        equations[H] = value + A * U
        parameters += [W, b, U]
        value = H
    Y, E = MatrixSymbol("Y", m, n), Symbol("E")
    equations[E] = sb.total(sb.squared_error(value, Y)) / m
    return sb.Network(equations, inputs=[X], targets=[Y], parameters=parameters, loss=E, name=f"residual-{layers}")
