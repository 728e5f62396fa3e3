"""Networks whose reports are hard to set on a page: gates, wide names, many columns, long titles, tall matrices."""

from __future__ import annotations

from collections.abc import Callable

import numpy_networks
from large_networks import lstm, residual, transformer
from networks import EXAMPLES
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.publish import gather
from symbackprop.reporting import Document, document


def gated_scalars() -> Document:
    """A gated recurrent unit of scalars, trained, with a column for each of its weights."""
    x, h, t, E, out = symbols("x h t E h_new")
    z, r, c = symbols("z r c")
    wz, uz, bz, wr, ur, br, wh, uh, bh = weights = symbols("w_z u_z b_z w_r u_r b_r w_h u_h b_h")
    net = sb.Network(
        {
            z: sb.sigmoid(wz * x + uz * h + bz), r: sb.sigmoid(wr * x + ur * h + br),
            c: sb.tanh(wh * x + uh * (r * h) + bh), out: (1 - z) * h + z * c, E: (out - t) ** 2 / 2,
        },
        inputs=[x, h], targets=[t], parameters=weights, loss=E, name="gated recurrent unit",
        values={s.name: 0.1 * k - 0.45 for k, s in enumerate((*weights, x, h, t))},
    )  # fmt: skip
    return trained(net)


def memory_cell() -> Document:
    """A long short-term memory cell of scalars over two steps."""
    steps, h, c = 2, Symbol("h0"), Symbol("c0")
    weights = {gate: symbols(f"w_{gate} u_{gate} b_{gate}") for gate in "ifog"}
    inputs, equations = [h, c], {}
    for k in range(1, steps + 1):
        x = Symbol(f"x{k}")
        inputs.append(x)
        gates = {}
        for gate, (w, u, b) in weights.items():
            gates[gate] = Symbol(f"{gate}{k}")
            equations[gates[gate]] = (sb.tanh if gate == "g" else sb.sigmoid)(w * x + u * h + b)
        c, h = Symbol(f"c{k}"), Symbol(f"h{k}")
        equations[c] = gates["f"] * (Symbol(f"c{k - 1}")) + gates["i"] * gates["g"]
        equations[h] = gates["o"] * sb.tanh(c)
    t, E = symbols("t E")
    equations[E] = (h - t) ** 2 / 2
    parameters = [w for row in weights.values() for w in row]
    values = {s.name: 0.07 * k - 0.45 for k, s in enumerate((*parameters, *inputs, t))}
    return trained(sb.Network(equations, inputs=inputs, targets=[t], parameters=parameters, loss=E,
                              name="memory cell", values=values))  # fmt: skip


def wide_columns() -> Document:
    """Names, numbers and gradients that are wide, so that eight columns are wider than a page."""
    names = [f"coefficient_of_{word}" for word in ("temperature", "pressure", "humidity", "insolation")]
    w = symbols(names)
    x = symbols("x1:5")
    y, t, E = symbols("predicted_temperature measured_temperature squared_error_of_prediction")
    net = sb.Network(
        {y: sum(a * b for a, b in zip(w, x, strict=True)), E: (y - t) ** 2 / 2}, inputs=x, targets=[t], parameters=w,
        loss=E, name="a forecast by hand",
        values={**{s.name: -1.23456e-7 * (k + 1) for k, s in enumerate(w)},
                **{s.name: 0.1 * k + 0.1 for k, s in enumerate(x)}, t.name: -2e-9},
    )  # fmt: skip
    return trained(net, epochs=60)


def long_title() -> Document:
    """A title of many words and one of many letters."""
    name = (
        "a network whose name tells at length what it does, for whom, and why " + "x" * 70 + " in one word " + "_" * 40
    )
    y, w, x, t, E = symbols("y w x t E")
    return trained(sb.Network({y: w * x, E: (y - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E, name=name,
                              values={"x": 1.0, "w": 0.5, "t": 0.1}))  # fmt: skip


def many_parameters() -> Document:
    """A layered network with more parameters than a page has columns."""
    net = sb.mlp([3, 4, 4, 2], activation="tanh")
    names = (*net.inputs, *net.targets, *net.parameters)
    return trained(net, values={s.name: 0.3 - 0.05 * (k % 13) for k, s in enumerate(names)})


def wide_matrix_names() -> Document:
    """Matrices with names of many letters, in an update and in products."""
    m, n, k = symbols("examples features classes")
    X, Y = MatrixSymbol("Design_matrix", m, n), MatrixSymbol("Observed_responses", m, k)
    W, b = MatrixSymbol("Weight_matrix", n, k), MatrixSymbol("Bias_vector", 1, k)
    P, E = MatrixSymbol("Predicted_responses", m, k), Symbol("Mean_squared_error")
    return untrained(sb.Network({P: X * W + sb.ones(m, 1) * b, E: sb.total(sb.squared_error(P, Y)) / m}, inputs=[X],
                                targets=[Y], parameters=[W, b], loss=E))  # fmt: skip


def deep_scalars() -> Document:
    """A chain whose gradients have many factors."""
    names = symbols("w1:13")
    value, equations = Symbol("x"), {}
    for k, w in enumerate(names, start=1):
        equations[Symbol(f"a{k}")] = sb.sigmoid(w * value)
        value = Symbol(f"a{k}")
    t, E = symbols("t E")
    equations[E] = sb.squared_error(value, t)
    return trained(sb.Network(equations, inputs=[Symbol("x")], targets=[t], parameters=names, loss=E,
                              values={"x": 0.5, "t": 0.1, **{w.name: 1.0 for w in names}}))  # fmt: skip


def from_function(name: str) -> Callable[[], Document]:
    """A network of a function in NumPy."""
    return lambda: untrained(sb.Network.from_function(getattr(numpy_networks, name)))


def of_matrices(make: Callable[[], sb.Network]) -> Callable[[], Document]:
    """A network of matrices without numbers."""
    return lambda: untrained(make())


def of_scalars(name: str) -> Callable[[], Document]:
    """One of the networks that have each something which can go wrong."""
    return lambda: untrained(EXAMPLES[name]())


def with_shapes() -> Document:
    """Shapes beneath the matrices of a gated cell."""
    return untrained(sb.Network.from_function(numpy_networks.gru_step), shapes=True)


def trained(net: sb.Network, epochs: int = 30, values: dict[str, float] | None = None) -> Document:
    """The report with training, and with rates side by side."""
    d = sb.derive(net)
    given = values or net.values
    data = {s.name: given[s.name] for s in (*net.inputs, *net.targets)}
    initial = {s.name: given[s.name] for s in net.parameters}
    runs = [sb.train(d, data, initial=initial, learning_rate=rate, epochs=epochs) for rate in (0.1, 0.5, 0.02)]
    return document(d, gather(d, values, runs[0], runs))


def untrained(net: sb.Network, shapes: bool = False) -> Document:
    """The report of what holds for all values."""
    d = sb.derive(net)
    return document(d, gather(d), shapes)


PAGE_BREAKERS: dict[str, Callable[[], Document]] = {
    "gated-scalars": gated_scalars,
    "memory-cell": memory_cell,
    "wide-columns": wide_columns,
    "long-title": long_title,
    "many-parameters": many_parameters,
    "wide-matrix-names": wide_matrix_names,
    "deep-scalars": deep_scalars,
    "gru": from_function("gru_step"),
    "gru-with-shapes": with_shapes,
    "lstm-step": from_function("lstm_step"),
    "lstm-unrolled": from_function("lstm_unrolled"),
    "lstm": of_matrices(lambda: lstm(2)),
    "transformer": of_matrices(lambda: transformer(1)),
    "residual": of_matrices(lambda: residual(3)),
    "every-activation": of_scalars("every-activation"),
    "softmax-mlp": of_scalars("softmax-mlp"),
    "user-functions": of_scalars("user-functions"),
    "piecewise": of_scalars("piecewise"),
    "max-min": of_scalars("max-min"),
    "bce": of_scalars("bce"),
}
