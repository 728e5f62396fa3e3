"""Random scalar networks in families, the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp
from sympy import Abs, Add, Expr, Max, Min, Piecewise, Rational, Symbol, symbols

import symbackprop as sb

MISH = sb.function("mish", lambda z: z * sp.tanh(sb.softplus(z)))
SWISH = sb.function("swish", lambda z, beta: z * sb.sigmoid(beta * z))
HARD = sb.function("hard", lambda z: Max(0, Min(1, z / 5 + Rational(1, 2))))
SMOOTH: Sequence[Callable[[Expr], Expr]] = (sb.sigmoid, sp.tanh, sb.softplus, sb.gelu, sb.silu, MISH)
KINKED: Sequence[Callable[[Expr], Expr]] = (
    sb.relu,
    sb.leaky_relu,
    sb.elu,
    Abs,
    HARD,
    lambda z: Max(z, z / 3 - 1),
    lambda z: Min(z, Rational(1, 2)),
    lambda z: Piecewise((z**2, z > 0), (z / 3, True)),
    lambda z: Piecewise((-1, z < -1), (z, z < 1), (1, True)),
)
BY_HAND: Sequence[Callable[[Expr], Expr]] = (
    lambda z: 1 / (1 + sp.exp(-z)),
    lambda z: sp.exp(z) / (1 + sp.exp(z)),
    lambda z: sp.log(1 + sp.exp(z)),
    lambda z: (sp.exp(z) - sp.exp(-z)) / (sp.exp(z) + sp.exp(-z)),
    lambda z: z / (1 + sp.exp(-z)),
    lambda z: 2 / (1 + sp.exp(-2 * z)) - 1,
)
POWERS: Sequence[Callable[[Expr], Expr]] = (
    lambda z: sp.sqrt(1 + z**2),
    lambda z: (2 + z**2) ** Rational(3, 2),
    lambda z: z / sp.sqrt(1 + z**2),
    lambda z: 1 / (2 + z**2),
    lambda z: z**3 - z,
    lambda z: (1 + z**4) ** Rational(1, 3),
    lambda z: sp.log(1 + z**2),
    lambda z: sp.exp(-(z**2) / 2),
)


class Growing:
    """A scalar network that grows."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)
        self.equations: dict[Any, Any] = {}
        self.inputs = list(symbols(f"x1:{self.random.randint(1, 3) + 1}"))
        self.parameters: list[Symbol] = []
        self.targets: list[Symbol] = []
        self.facts: list[Any] = []

    def weight(self) -> Symbol:
        """A new weight."""
        self.parameters.append(Symbol(f"w{len(self.parameters) + 1}"))
        return self.parameters[-1]

    def name(self, name: str, expr: Any) -> Symbol:
        """An equation."""
        self.equations[Symbol(name)] = expr
        return Symbol(name)

    def target(self) -> Symbol:
        """A new target."""
        self.targets.append(Symbol(f"t{len(self.targets) + 1}"))
        return self.targets[-1]

    def score(self, name: str, values: Sequence[Expr]) -> Symbol:
        """A weighted sum, with a bias or without."""
        terms = [self.weight() * value for value in values]
        if self.random.random() < 0.5:
            terms.append(self.weight())
        return self.name(name, Add(*terms))

    def layers(self, kinds: Sequence[Callable[[Expr], Expr]], depth: int, skips: bool = False) -> list[Symbol]:
        """Layers of one to three neurons."""
        values: list[Symbol] = list(self.inputs)
        before: list[Symbol] = []
        for layer in range(1, depth + 1):
            width, kind = self.random.randint(1, 3), self.random.choice(kinds)
            scores = [self.score(f"z{layer}_{k}", values) for k in range(1, width + 1)]
            found = [self.name(f"a{layer}_{k}", kind(z)) for k, z in enumerate(scores, start=1)]
            if skips and before:
                found = [self.name(f"r{layer}_{k}", a + self.random.choice(before)) for k, a in enumerate(found)]
            before, values = values, found
        return values

    def network(self, loss: Expr) -> sb.Network:
        """What has grown, with that loss, and now and then with weights held small."""
        if self.random.random() < 0.2:
            loss += Rational(1, 10) * self.random.choice(self.parameters) ** 2
        self.equations[Symbol("E")] = loss
        return sb.Network(
            self.equations, inputs=self.inputs, targets=self.targets, parameters=self.parameters, loss=Symbol("E"),
            facts=self.facts,
        )  # fmt: skip

    def squares(self, values: Sequence[Expr]) -> sb.Network:
        """The network with squared errors as its loss."""
        return self.network(sb.squared_error(list(values), [self.target() for _ in values]))


def _perceptron(g: Growing) -> sb.Network:
    return g.squares(g.layers(SMOOTH, g.random.randint(1, 3)))


def _kinks(g: Growing) -> sb.Network:
    return g.squares(g.layers(KINKED, g.random.randint(1, 3)))


def _skips(g: Growing) -> sb.Network:
    return g.squares(g.layers((*SMOOTH, *KINKED), g.random.randint(2, 4), skips=True))


def _by_hand(g: Growing) -> sb.Network:
    return g.squares(g.layers(BY_HAND, g.random.randint(1, 3)))


def _powers(g: Growing) -> sb.Network:
    return g.squares(g.layers(POWERS, g.random.randint(1, 2)))


def _robust(g: Growing) -> sb.Network:
    values = g.layers((*SMOOTH, *KINKED), g.random.randint(1, 2))
    return g.network(sb.smooth_l1(values, [g.target() for _ in values]))


def _classes(g: Growing) -> sb.Network:
    values = g.layers(SMOOTH, g.random.randint(0, 1)) or g.inputs
    count = g.random.randint(2, 4)
    scores = [g.score(f"s{k}", values) for k in range(1, count + 1)]
    targets, shares = [g.target() for _ in scores], symbols(f"p1:{count + 1}")
    if g.random.random() < 0.5:
        g.facts.append(sp.Eq(Add(*targets), 1))
    if g.random.random() < 0.5:
        g.equations[shares] = sb.log_softmax(scores)
        return g.network(Add(*(-t * p for t, p in zip(targets, shares, strict=True))))
    g.equations[shares] = sb.softmax(scores)
    return g.network(sb.cross_entropy(shares, targets))


def _shares(g: Growing) -> sb.Network:
    """A softmax on the way, by name or by hand."""
    values = g.layers(SMOOTH, 1)
    scores = [g.score(f"s{k}", values) for k in range(1, g.random.randint(2, 3) + 1)]
    shares = symbols(f"p1:{len(scores) + 1}")
    if g.random.random() < 0.5:
        g.equations[shares] = sb.softmax(scores)
    else:
        powers = [g.name(f"e{k}", sp.exp(s)) for k, s in enumerate(scores, start=1)]
        for share, power in zip(shares, powers, strict=True):
            g.equations[share] = power / Add(*powers)
    return g.squares([g.score("y", list(shares))])


def _coins(g: Growing) -> sb.Network:
    values = g.layers((*SMOOTH, *KINKED), g.random.randint(1, 2))
    scores = [g.score(f"s{k}", values) for k in range(1, g.random.randint(1, 2) + 1)]
    shares = [g.name(f"p{k}", sb.sigmoid(s)) for k, s in enumerate(scores, start=1)]
    return g.network(sb.binary_cross_entropy(shares, [g.target() for _ in shares]))


def _recurrent(g: Growing) -> sb.Network:
    """The same weights at each step."""
    w, u, b, kind = g.weight(), g.weight(), g.weight(), g.random.choice(SMOOTH)
    g.inputs = list(symbols(f"x1:{g.random.randint(2, 5) + 1}"))
    state: Expr = sp.Integer(0)
    for step, x in enumerate(g.inputs, start=1):
        state = g.name(f"h{step}", kind(g.name(f"z{step}", w * x + u * state + b)))
    return g.squares([g.score("y", [state])])


def _gates(g: Growing) -> sb.Network:
    """A cell with gates, one or two steps."""
    weights = {gate: (g.weight(), g.weight(), g.weight()) for gate in "ifog"}
    g.inputs = list(symbols(f"x1:{g.random.randint(1, 2) + 1}"))
    cell: Expr = sp.Integer(0)
    out: Expr = sp.Symbol("h0")
    g.inputs.append(out)
    for step, x in enumerate(list(g.inputs[:-1]), start=1):
        held = {}
        for gate, (w, u, b) in weights.items():
            z = g.name(f"z_{gate}{step}", w * x + u * out + b)
            held[gate] = g.name(f"{gate}{step}", sp.tanh(z) if gate == "g" else sb.sigmoid(z))
        kept = held["f"] * (cell or Symbol("c0"))
        if not cell:
            g.inputs.append(Symbol("c0"))
        cell = g.name(f"c{step}", kept + held["i"] * held["g"])
        out = g.name(f"h{step}", held["o"] * sp.tanh(cell))
    return g.squares([out])


def _likelihoods(g: Growing) -> sb.Network:
    """Losses that people write themselves."""
    values = g.layers(SMOOTH, 1)
    s, r = g.score("s", values), g.score("r", values)
    t = g.target()
    p = g.name("p", sb.sigmoid(s))
    delta = Symbol("delta")
    kind = g.random.randrange(6)
    if kind == 5:
        g.inputs.append(delta)
        g.facts.append(delta > 0)
    losses: Sequence[Callable[[], Expr]] = (
        lambda: sp.exp(r) * (t - s) ** 2 / 2 - r / 2,
        lambda: sp.exp(s) - t * s + r**2,
        lambda: -t * (1 - p) ** 2 * sp.log(p) - (1 - t) * p**2 * sp.log(1 - p) + r**2,
        lambda: p * sp.log(p) + (1 - p) * sp.log(1 - p) + (r - t) ** 2,
        lambda: sp.log(sp.cosh(s - t).rewrite(sp.exp)) + r**4,
        lambda: Piecewise(((s - t) ** 2 / 2, Abs(s - t) < delta), (delta * (Abs(s - t) - delta / 2), True)) + r**2,
    )
    return g.network(losses[kind]())


def _functions(g: Growing) -> sb.Network:
    """Functions of one's own, with a parameter in one."""
    values = g.layers((MISH, HARD), g.random.randint(1, 2))
    beta = g.weight()
    return g.squares([g.name(f"u{k}", SWISH(a, beta)) for k, a in enumerate(values, start=1)])


FAMILIES: Mapping[str, Callable[[Growing], sb.Network]] = {
    "perceptron": _perceptron,
    "kinks": _kinks,
    "skips": _skips,
    "by hand": _by_hand,
    "powers": _powers,
    "robust": _robust,
    "classes": _classes,
    "shares": _shares,
    "coins": _coins,
    "recurrent": _recurrent,
    "gates": _gates,
    "likelihoods": _likelihoods,
    "functions": _functions,
}


def scalar_network(family: str, seed: int) -> sb.Network:
    """One network of a family."""
    return FAMILIES[family](Growing(f"{family} {seed}"))
