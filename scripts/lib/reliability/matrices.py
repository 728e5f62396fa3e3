"""Random matrix networks in families, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy import Eq, MatrixSymbol, Max, Piecewise, Rational, Symbol, symbols

import symbackprop as sb

m, n, h, k, d = symbols("m n h k d")
E = Symbol("E")
ACTIVATIONS: Sequence[Callable[[Any], Any]] = (
    sb.sigmoid,
    sb.tanh,
    sb.relu,
    sb.softplus,
    sb.gelu,
    sb.silu,
    sb.elu,
    sb.leaky_relu,
    sb.function("mish", lambda z: z * sp.tanh(sb.softplus(z))),
    sb.function("bent", lambda z: Piecewise((z**2, z > 0), (z / 3, True))),
    sb.function("floored", lambda z: Max(z, Rational(1, 4))),
    lambda z: sb.sqrt(sb.ones(*z.shape) + sb.power(z, 2)),
    lambda z: sb.power(sb.ones(*z.shape) + sb.hadamard(z, z), Rational(3, 2)),
)
SMOOTH = ACTIVATIONS[:2] + ACTIVATIONS[3:6]
Equations = dict[Any, Any]


class Growing:
    """A matrix network that grows."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.equations: Equations = {}
        self.inputs: list[Any] = []
        self.parameters: list[Any] = []
        self.targets: list[Any] = []
        self.facts: list[Any] = []

    def data(self, name: str, *shape: Any) -> Any:
        """A new input."""
        self.inputs.append(MatrixSymbol(name, *shape))
        return self.inputs[-1]

    def target(self, *shape: Any) -> Any:
        """A new target."""
        self.targets.append(MatrixSymbol("Y", *shape))
        return self.targets[-1]

    def weight(self, name: str, *shape: Any) -> Any:
        """A new weight."""
        self.parameters.append(MatrixSymbol(name, *shape))
        return self.parameters[-1]

    def name(self, name: str, expr: Any) -> Any:
        """An equation."""
        symbol = MatrixSymbol(name, *expr.shape)
        self.equations[symbol] = expr
        return symbol

    def activation(self) -> Callable[[Any], Any]:
        """One of all."""
        return self.random.choice(ACTIVATIONS)

    def rows(self, value: Any, name: str, before: Any, after: Any, examples: Any = m) -> Any:
        """A layer of examples in rows."""
        z = value * self.weight(f"W{name}", before, after)
        if self.random.random() < 0.6:
            z = z + sb.ones(examples, 1) * self.weight(f"b{name}", 1, after)
        return self.name(f"Z{name}", z)

    def network(self, loss: Any) -> sb.Network:
        """What has grown, with that loss, and now and then with weights held small."""
        if self.random.random() < 0.2:
            loss += sb.total(sb.power(self.random.choice(self.parameters), 2)) / 20
        self.equations[E] = loss
        return sb.Network(
            self.equations, inputs=self.inputs, targets=self.targets, parameters=self.parameters, loss=E,
            facts=self.facts,
        )  # fmt: skip

    def squares(self, value: Any) -> sb.Network:
        """The network with a squared error as its loss, or a smooth one."""
        y = self.target(*value.shape)
        if self.random.random() < 0.2:
            return self.network(sb.total(sb.smooth_l1(value, y)))
        return self.network(
            sb.total(sb.power(value - y, 2)) / self.random.choice((2, value.shape[0], 2 * value.shape[0]))
        )


def _rows(g: Growing) -> sb.Network:
    value, sides = g.data("X", m, n), [n, h, d, k]
    for layer in range(1, g.random.randint(1, 3) + 1):
        value = g.name(f"A{layer}", g.activation()(g.rows(value, str(layer), sides[layer - 1], sides[layer])))
    return g.squares(value)


def _columns(g: Growing) -> sb.Network:
    value, sides = g.data("X", n, m), [n, h, d, k]
    for layer in range(1, g.random.randint(1, 3) + 1):
        w, b = g.weight(f"W{layer}", sides[layer], sides[layer - 1]), g.weight(f"b{layer}", sides[layer], 1)
        z = g.name(f"Z{layer}", w * value + sb.broadcast(b, sides[layer], m))
        value = g.name(f"A{layer}", g.activation()(z))
    return g.squares(value)


def _classes(g: Growing) -> sb.Network:
    a = g.name("A", g.activation()(g.rows(g.data("X", m, n), "1", n, h)))
    if g.random.random() < 0.3:
        w, y = g.weight("W", k, h), g.target(k, m)
        return g.network(-sb.inner(y, g.name("L", sb.log_softmax(g.name("Z", w * a.T), axis=0))) / m)
    z, y = g.rows(a, "2", h, k), g.target(m, k)
    if g.random.random() < 0.5:
        g.facts.append(Eq(sb.rowsum(y), sb.ones(m, 1)))
    if g.random.random() < 0.3:
        return g.network((sb.total(sb.logsumexp(z, axis=1)) - sb.inner(y, z)) / m)
    return g.network(-sb.inner(y, sb.log(g.name("P", sb.softmax(z, axis=1)))) / m)


def _coins(g: Growing) -> sb.Network:
    z = g.rows(g.name("A", g.activation()(g.rows(g.data("X", m, n), "1", n, h))), "2", h, k)
    y = g.target(m, k)
    if g.random.random() < 0.5:
        return g.network(sb.total(sb.softplus(z) - sb.hadamard(y, z)) / m)
    a, ones = g.name("P", sb.sigmoid(z)), sb.ones(m, k)
    return g.network(-sb.total(sb.hadamard(y, sb.log(a)) + sb.hadamard(ones - y, sb.log(ones - a))) / m)


def _normed(g: Growing, over: str) -> sb.Network:
    a = g.rows(g.data("X", m, n), "1", n, h)
    mean, repeat = (sb.colmean, (1, h)) if over == "columns" else (sb.rowmean, (m, 1))
    mu = g.name("mu", mean(a))
    c = g.name("C", a - sb.broadcast(mu, m, h))
    sigma = g.name("sigma", sb.sqrt(mean(sb.power(c, 2)) + sb.ones(*repeat) / 1000))
    hat = g.name("H", sb.divide(c, sb.broadcast(sigma, m, h)))
    gamma, beta = g.weight("gamma", 1, h), g.weight("beta", 1, h)
    out = g.name("O", sb.hadamard(sb.ones(m, 1) * gamma, hat) + sb.ones(m, 1) * beta)
    return g.squares(g.name("A", g.activation()(out)))


def _attention(g: Growing) -> sb.Network:
    x = g.data("X", m, n)
    q, keys, v = (g.name(name, x * g.weight(f"W_{name}", n, d)) for name in "QKV")
    p = g.name("P", sb.softmax(g.name("S", q * keys.T / sp.sqrt(d)), axis=1))
    out = g.name("O", p * v)
    if g.random.random() < 0.5:
        out = g.name("R", out * g.weight("W_O", d, n) + x)
    return g.squares(out)


def _recurrent(g: Growing) -> sb.Network:
    w, u, state, kind = g.weight("W", n, h), g.weight("U", h, h), g.data("H0", m, h), g.random.choice(SMOOTH)
    b = g.weight("b", 1, h)
    for step in range(1, g.random.randint(1, 4) + 1):
        state = g.name(f"H{step}", kind(g.data(f"X{step}", m, n) * w + state * u + sb.ones(m, 1) * b))
    return g.squares(g.rows(state, "2", h, k))


def _forms(g: Growing) -> sb.Network:
    x, a = g.weight("x", n, 1), g.data("A", n, n) if g.random.random() < 0.5 else g.weight("A", n, n)
    b = g.data("b", n, 1)
    if a in g.inputs and g.random.random() < 0.7:
        g.facts.append(Eq(a, a.T))
    form = sb.quadratic(x, a) / 2 - sb.inner(b, x)
    return g.network(g.random.choice((form, form**2, sb.log(1 + form**2), form + sb.norm(x))))


def _inverses(g: Growing) -> sb.Network:
    a, s = g.weight("A", n, n), g.data("S", n, n)
    kind = g.random.randrange(4)
    if kind == 0:
        return g.network(sb.trace(s * a) - sb.logdet(a))
    if kind == 1:
        return g.network(sb.det(a) ** 2 / 2 + sb.trace(s * a))
    b = g.weight("B", n, k)
    z = g.name("Z", a.I * b if kind == 2 else (a + s * s.T).I * b)
    return g.squares(z)


def _residual(g: Growing) -> sb.Network:
    value = g.data("X", m, n)
    for layer in range(1, g.random.randint(1, 3) + 1):
        z = g.name(f"Z{layer}", value * g.weight(f"W{layer}", n, n))
        value = g.name(f"R{layer}", value + g.activation()(z))
    return g.squares(value)


def _diagonals(g: Growing) -> sb.Network:
    x, w, s = g.data("X", m, n), g.weight("W", n, n), g.weight("s", n, 1)
    z = g.name("Z", x * sb.diag(s) * w)
    ends = (sb.norm(z), sb.mean(z) ** 2, sb.total(sb.absolute(z)), sb.trace(w * w.T), sb.trace(w * w))
    return g.network(g.random.choice(ends) + sb.total(sb.power(sb.diagonal(w), 2)) + sb.inner(s, s))


FAMILIES: Mapping[str, Callable[[Growing], sb.Network]] = {
    "rows": _rows,
    "columns": _columns,
    "softmax": _classes,
    "logits": _coins,
    "batch norm": lambda g: _normed(g, "columns"),
    "layer norm": lambda g: _normed(g, "rows"),
    "attention": _attention,
    "recurrent layers": _recurrent,
    "forms": _forms,
    "inverses": _inverses,
    "residual": _residual,
    "diagonals": _diagonals,
}


def matrix_network(family: str, seed: int) -> sb.Network:
    """One network of a family."""
    return FAMILIES[family](Growing(f"{family} {seed}"))
