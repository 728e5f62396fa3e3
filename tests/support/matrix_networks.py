"""Matrix networks that the tests share, each beside the same network in PyTorch, and random ones.

The PyTorch side is written by hand, or built side by side with the SymPy side from what a user would write, so that it
depends on nothing that the package has read. PyTorch is imported where it is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from hypothesis import strategies as st
from sympy import Eq, Lambda, MatrixSymbol, Max, Min, Piecewise, Rational, Symbol, symbols

import symbackprop as sb

# --------------------------------------------------------------------------------------------------------------------
# A network and its witness.


@dataclass
class Run:
    """One forward pass in PyTorch: ``run.X`` is a value, ``run.m`` a size."""

    values: dict[str, Any]
    sizes: Mapping[str, int]
    gaps: list[float] = field(default_factory=list)
    """How far each kink is from the value nearest to it."""
    scores: list[float] = field(default_factory=list)
    """The largest argument of each function that works entry by entry."""

    def __getattr__(self, name: str) -> Any:
        return self.values[name] if name in self.values else self.sizes[name]

    def side(self, size: Any) -> int:
        """The number that a size comes to."""
        return int(sp.sympify(size).xreplace({Symbol(name): sp.Integer(n) for name, n in self.sizes.items()}))


Make = Callable[[np.random.Generator, tuple[int, ...]], Any]


@dataclass
class MatrixCase:
    """A network as a user writes it, and its loss as PyTorch works it out from the same values."""

    equations: dict[Any, Any]
    inputs: Sequence[Any]
    targets: Sequence[Any]
    parameters: list[Any]
    loss: Symbol
    witness: Callable[[Run], Any]
    sizes: Mapping[str, int] = field(default_factory=dict)
    facts: Sequence[Any] = ()
    wrt: Sequence[str] = ()
    """What to derive by; the parameters unless given."""
    make: Mapping[str, Make] = field(default_factory=dict)
    """How to draw the values that cannot be just any numbers."""

    def network(self, **options: Any) -> sb.Network:
        """The network; parameters that do not reach the loss are inputs."""
        parameters, inputs = list(self.parameters), list(self.inputs)
        while True:
            try:
                return sb.Network(
                    self.equations, inputs=inputs, targets=self.targets, parameters=parameters, loss=self.loss,
                    facts=self.facts, **options,
                )  # fmt: skip
            except sb.NetworkError as error:
                if error.code != "unreached":
                    raise
                inputs += [p for p in parameters if p.name == error.where]
                parameters = [p for p in parameters if p.name != error.where]

    def values(self, sizes: Mapping[str, int], seed: int, scale: float = 1.0) -> dict[str, Any]:
        """A value for each name from outside; targets lie between 0 and 1."""
        rng = np.random.default_rng(seed)
        found = {}
        for names, low, high in ((self.inputs, -1, 1), (self.parameters, -1, 1), (self.targets, 0.05, 0.95)):
            for name in names:
                shape = tuple(Run({}, sizes).side(n) for n in getattr(name, "shape", ()))
                make = self.make.get(name.name)
                if make is not None:
                    found[name.name] = make(rng, shape)
                else:
                    found[name.name] = rng.uniform(low, high, shape) * (scale if low < 0 else 1.0)
        return found

    def autograd(self, at: Mapping[str, Any], sizes: Mapping[str, int], wrt: Sequence[str]) -> Witnessed:
        """The loss and its gradients by PyTorch."""
        import torch

        values = {n: torch.tensor(np.asarray(v), dtype=torch.float64, requires_grad=n in wrt) for n, v in at.items()}
        run = Run(dict(values), sizes)
        loss = self.witness(run)
        adjoints = [v for n, v in run.values.items() if n not in values and getattr(v, "requires_grad", False)]
        for value in adjoints:
            value.retain_grad()
        loss.backward()
        gradients = {n: np.zeros(values[n].shape) if values[n].grad is None else values[n].grad.numpy() for n in wrt}
        sizes_of_adjoints = [float(v.grad.abs().max()) for v in adjoints if v.grad is not None]
        largest = max([*sizes_of_adjoints, *(float(np.abs(g).max()) for g in gradients.values())])
        return Witnessed(float(loss.detach()), gradients, largest, run)


@dataclass
class Witnessed:
    """What PyTorch found; ``largest`` is the largest entry of any gradient and of any value's on the way."""

    loss: float
    gradients: dict[str, Any]
    largest: float
    run: Run

    @property
    def is_good(self) -> bool:
        """Whether floats have their digits here: no kink is near, and no score is large."""
        numbers = [float(v.detach().abs().max()) for v in self.run.values.values()]
        finite = np.isfinite([self.loss, self.largest, *numbers, *(g.sum() for g in self.gradients.values())]).all()
        # Beyond a score of 6 autograd's own a(1 - a) and 1 - a² have lost more digits than the tolerance allows.
        small = max([*numbers, *self.run.scores], default=0) < 60 and max(self.run.scores, default=0) < 6
        return bool(finite) and small and min(self.run.gaps, default=1.0) > 1e-5


def derived(net: sb.Network, wrt: Sequence[str]) -> tuple[sb.Derivation, list[str]]:
    """The derivation, and the names by which it says that the loss does not change."""
    zero: list[str] = []
    while True:
        try:
            return sb.derive(net, wrt=[name for name in wrt if name not in zero]), zero
        except sb.DerivationError as error:
            if error.code != "unreached":
                raise
            zero.append(error.where)


def agree(found: Mapping[str, Any], witnessed: Witnessed, tolerance: float = 1e-10) -> None:
    """Every gradient to a relative error of 1e-10, but no closer than the rounding of what cancels in it."""
    rounding = 4e-15 * witnessed.largest * max(1.0, *map(_largest, witnessed.run.values.values()))
    for name, expected in witnessed.gradients.items():
        value = np.asarray(found[name], dtype=float)
        assert value.shape == expected.shape, (name, value.shape, expected.shape)
        error = np.abs(value - expected)
        allowed = np.maximum(tolerance * np.maximum(np.abs(value), np.abs(expected)), rounding)
        assert (error <= allowed).all(), (name, value, expected, error / np.maximum(np.abs(expected), 1e-300))


def _largest(value: Any) -> float:
    return float(value.detach().abs().max())


# --------------------------------------------------------------------------------------------------------------------
# The networks that everybody derives, as people write them.

m, n, h, k, d = symbols("m n h k d")
E = Symbol("E")
X, Y = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, k)


def _probabilities(axis: int) -> Make:
    """Numbers that sum to one along an axis."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        weights = rng.uniform(0.1, 1, shape)
        return weights / weights.sum(axis=axis, keepdims=True)

    return draw


def _dominant(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """A matrix that is far from singular."""
    return 3 * np.eye(*shape) + rng.uniform(-0.5, 0.5, shape)


def _symmetric(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    half = _dominant(rng, shape)
    return (half + half.T) / 2


def _mask(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return rng.integers(0, 2, shape).astype(float)


def linear_regression() -> MatrixCase:
    """The mean squared error of X w."""
    w, y, e = MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1), MatrixSymbol("e", m, 1)
    return MatrixCase(
        {e: X * w - y, E: sb.total(sb.power(e, 2)) / m}, [X], [y], [w], E,
        lambda r: ((r.X @ r.w - r.y) ** 2).sum() / r.m,
    )  # fmt: skip


def ridge() -> MatrixCase:
    """Linear regression whose weights are held small."""
    w, y, c = MatrixSymbol("w", n, 1), MatrixSymbol("y", m, 1), Symbol("c")
    return MatrixCase(
        {E: sb.total(sb.power(X * w - y, 2)) / m + c * sb.total(sb.power(w, 2))}, [X, c], [y], [w], E,
        lambda r: ((r.X @ r.w - r.y) ** 2).mean() + r.c * r.w.norm() ** 2,
    )  # fmt: skip


def logistic_regression() -> MatrixCase:
    """One sigmoid, examples in columns."""
    x, w, b = MatrixSymbol("X", n, m), MatrixSymbol("W", k, n), MatrixSymbol("b", k, 1)
    y, z, a = MatrixSymbol("Y", k, m), MatrixSymbol("Z", k, m), MatrixSymbol("A", k, m)
    ones = sb.ones(k, m)
    loss = -sb.total(sb.hadamard(y, sb.log(a)) + sb.hadamard(ones - y, sb.log(ones - a))) / m
    return MatrixCase(
        {z: w * x + b * sb.ones(1, m), a: sb.sigmoid(z), E: loss}, [x], [y], [w, b], E,
        lambda r: -(r.Y * (p := (r.W @ r.X + r.b).sigmoid()).log() + (1 - r.Y) * (1 - p).log()).sum() / r.m,
    )  # fmt: skip


def single_neuron() -> MatrixCase:
    """The neuron of the notes: examples in columns, a bias that is one number, half the mean squared error."""
    x, w, b = MatrixSymbol("X", n, m), MatrixSymbol("W", 1, n), Symbol("b")
    y, z, a = (MatrixSymbol(name, 1, m) for name in ("Y", "Z", "Y_hat"))
    cost = Symbol("Cost")
    return MatrixCase(
        {z: w * x + b * sb.ones(1, m), a: sb.sigmoid(z), cost: sb.total(sb.power(y - a, 2)) / (2 * m)},
        [x], [y], [w, b], cost,
        lambda r: ((r.Y - (r.W @ r.X + r.b).sigmoid()) ** 2).mean() / 2,
    )  # fmt: skip


def rows_mlp() -> MatrixCase:
    """Two layers, examples in rows."""
    w1, b1, w2, b2 = (MatrixSymbol(*a) for a in (("W1", n, h), ("b1", 1, h), ("W2", h, k), ("b2", 1, k)))
    z1, a1, z2, a2 = (MatrixSymbol(*a) for a in (("Z1", m, h), ("A1", m, h), ("Z2", m, k), ("A2", m, k)))
    return MatrixCase(
        {
            z1: X * w1 + sb.ones(m, 1) * b1,
            a1: sb.sigmoid(z1),
            z2: a1 * w2 + sb.ones(m, 1) * b2,
            a2: sb.sigmoid(z2),
            E: sb.total(sb.power(a2 - Y, 2)) / (2 * m),
        },
        [X], [Y], [w1, b1, w2, b2], E,
        lambda r: (((r.X @ r.W1 + r.b1).sigmoid() @ r.W2 + r.b2).sigmoid() - r.Y).pow(2).sum() / (2 * r.m),
    )  # fmt: skip


def columns_mlp() -> MatrixCase:
    """Three layers, examples in columns."""
    x, y = MatrixSymbol("X", n, m), MatrixSymbol("Y", k, m)
    w = [MatrixSymbol("W1", h, n), MatrixSymbol("W2", d, h), MatrixSymbol("W3", k, d)]
    b = [MatrixSymbol("b1", h, 1), MatrixSymbol("b2", d, 1), MatrixSymbol("b3", k, 1)]
    z = [MatrixSymbol(f"Z{i}", size, m) for i, size in enumerate((h, d, k), start=1)]
    a = [MatrixSymbol(f"A{i}", size, m) for i, size in enumerate((h, d), start=1)]
    equations = {
        z[0]: w[0] * x + sb.broadcast(b[0], h, m), a[0]: sb.tanh(z[0]),
        z[1]: w[1] * a[0] + sb.broadcast(b[1], d, m), a[1]: sb.relu(z[1]),
        z[2]: w[2] * a[1] + sb.broadcast(b[2], k, m), E: sb.total(sb.power(z[2] - y, 2)) / (2 * m),
    }  # fmt: skip

    def witness(r: Run) -> Any:
        hidden = (r.W2 @ (r.W1 @ r.X + r.b1).tanh() + r.b2).relu()
        return (r.W3 @ hidden + r.b3 - r.Y).pow(2).sum() / (2 * r.m)

    return MatrixCase(equations, [x], [y], [*w, *b], E, witness)


def softmax_rows(facts: bool = True) -> MatrixCase:
    """Softmax and cross-entropy, examples in rows; each row of Y sums to one."""
    w, b = MatrixSymbol("W", n, k), MatrixSymbol("b", 1, k)
    z, p = MatrixSymbol("Z", m, k), MatrixSymbol("P", m, k)
    return MatrixCase(
        {
            z: X * w + sb.ones(m, 1) * b,
            p: sb.softmax(z, axis=1),
            E: -sb.total(sb.hadamard(Y, sb.log(p))) / m,
        },
        [X], [Y], [w, b], E,
        lambda r: -(r.Y * (r.X @ r.W + r.b).log_softmax(1)).sum() / r.m,
        facts=[Eq(sb.rowsum(Y), sb.ones(m, 1))] if facts else [],
        make={"Y": _probabilities(1)},
    )  # fmt: skip


def log_softmax_columns() -> MatrixCase:
    """The same by log_softmax, examples in columns, with nothing known of the targets."""
    x, y, w = MatrixSymbol("X", n, m), MatrixSymbol("Y", k, m), MatrixSymbol("W", k, n)
    z, p = MatrixSymbol("Z", k, m), MatrixSymbol("L", k, m)
    return MatrixCase(
        {z: w * x, p: sb.log_softmax(z, axis=0), E: -sb.inner(y, p) / m}, [x], [y], [w], E,
        lambda r: -(r.Y * (r.W @ r.X).log_softmax(0)).sum() / r.m,
    )  # fmt: skip


def bce_with_logits() -> MatrixCase:
    """Binary cross-entropy of scores."""
    w, z = MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k)
    return MatrixCase(
        {z: X * w, E: sb.total(sb.softplus(z) - sb.hadamard(Y, z)) / m}, [X], [Y], [w], E,
        lambda r: (_functional().softplus(r.X @ r.W, threshold=1e3) - r.Y * (r.X @ r.W)).sum() / r.m,
    )  # fmt: skip


def batch_norm() -> MatrixCase:
    """Batch normalisation, by its input, too."""
    gamma, beta, y = MatrixSymbol("gamma", 1, n), MatrixSymbol("beta", 1, n), MatrixSymbol("T", m, n)
    mu, var, sigma = (MatrixSymbol(name, 1, n) for name in ("mu", "v", "sigma"))
    centred, hat, out = (MatrixSymbol(name, m, n) for name in ("C", "X_hat", "Y"))
    eps, ones = Rational(1, 1000), sb.ones(m, 1)
    return MatrixCase(
        {
            mu: sb.colmean(X),
            centred: X - ones * mu,
            var: sb.colmean(sb.power(centred, 2)),
            sigma: sb.sqrt(var + eps * sb.ones(1, n)),
            hat: sb.divide(centred, ones * sigma),
            out: sb.hadamard(ones * gamma, hat) + ones * beta,
            E: sb.total(sb.power(out - y, 2)) / 2,
        },
        [X], [y], [gamma, beta], E,
        lambda r: (_functional().batch_norm(
            r.X, None, None, r.gamma[0], r.beta[0], training=True, eps=0.001) - r.T).pow(2).sum() / 2,
        wrt=("X", "gamma", "beta"),
    )  # fmt: skip


def deviation() -> MatrixCase:
    """Squares of what is left of each column without its mean, by the data: the mean itself passes nothing back."""
    mu, c = MatrixSymbol("mu", 1, n), MatrixSymbol("C", m, n)
    return MatrixCase(
        {mu: sb.colmean(X), c: X - sb.ones(m, 1) * mu, E: sb.total(sb.power(c, 2)) / 2}, [], [], [X], E,
        lambda r: ((r.X - r.X.mean(0)) ** 2).sum() / 2,
    )  # fmt: skip


def shifted() -> MatrixCase:
    """Columns without their means, and a row added to them: its gradient needs no sum of the columns."""
    b, mu, c = MatrixSymbol("b", 1, n), MatrixSymbol("mu", 1, n), MatrixSymbol("C", m, n)
    return MatrixCase(
        {
            mu: sb.colmean(X),
            c: X - sb.ones(m, 1) * mu,
            E: sb.total(sb.power(c + sb.ones(m, 1) * b, 2)) / 2,
        },
        [X], [], [b], E,
        lambda r: ((r.X - r.X.mean(0) + r.b) ** 2).sum() / 2,
    )  # fmt: skip


def layer_norm() -> MatrixCase:
    """Layer normalisation, by its input, too."""
    gamma, beta, y = MatrixSymbol("gamma", 1, n), MatrixSymbol("beta", 1, n), MatrixSymbol("T", m, n)
    mu, sigma = (MatrixSymbol(name, m, 1) for name in ("mu", "sigma"))
    centred, hat, out = (MatrixSymbol(name, m, n) for name in ("C", "X_hat", "Y"))
    var = sb.rowmean(sb.power(centred, 2))
    return MatrixCase(
        {
            mu: sb.rowmean(X),
            centred: X - sb.broadcast(mu, m, n),
            sigma: sb.sqrt(var + sb.ones(m, 1) / 1000),
            hat: sb.divide(centred, sb.broadcast(sigma, m, n)),
            out: sb.hadamard(sb.broadcast(gamma, m, n), hat) + sb.broadcast(beta, m, n),
            E: sb.total(sb.power(out - y, 2)) / 2,
        },
        [X], [y], [gamma, beta], E,
        lambda r: (_functional().layer_norm(r.X, (r.n,), r.gamma[0], r.beta[0], eps=0.001) - r.T).pow(2).sum() / 2,
        wrt=("X", "gamma", "beta"),
    )  # fmt: skip


def attention() -> MatrixCase:
    """One head of attention: softmax(Q Kᵀ/√d) V."""
    weights = [MatrixSymbol(f"W_{name}", n, d) for name in "QKV"]
    q, keys, v, o, y = (MatrixSymbol(name, m, d) for name in ("Q", "K", "V", "O", "Y"))
    s, p = MatrixSymbol("S", m, m), MatrixSymbol("P", m, m)
    return MatrixCase(
        {
            q: X * weights[0], keys: X * weights[1], v: X * weights[2],
            s: q * keys.T / sp.sqrt(d),
            p: sb.softmax(s, axis=1),
            o: p * v,
            E: sb.total(sb.power(o - y, 2)) / 2,
        },
        [X], [y], weights, E,
        lambda r: (_functional().scaled_dot_product_attention(
            *((r.X @ w)[None] for w in (r.W_Q, r.W_K, r.W_V)))[0] - r.Y).pow(2).sum() / 2,
    )  # fmt: skip


def recurrent() -> MatrixCase:
    """A recurrent cell, three steps with the same weights."""
    w, u, b = MatrixSymbol("W", n, h), MatrixSymbol("U", h, h), MatrixSymbol("b", 1, h)
    v, y, before = MatrixSymbol("V", h, k), Y, MatrixSymbol("H0", m, h)
    inputs: list[Any] = [before]
    equations: dict[Any, Any] = {}
    for t in (1, 2, 3):
        x, state = MatrixSymbol(f"X{t}", m, n), MatrixSymbol(f"H{t}", m, h)
        equations[state] = sb.tanh(x * w + before * u + sb.ones(m, 1) * b)
        inputs.append(x)
        before = state
    out = MatrixSymbol("O", m, k)
    equations |= {out: before * v, E: sb.total(sb.power(out - y, 2)) / (2 * m)}

    def witness(r: Run) -> Any:
        state = r.H0
        for x in (r.X1, r.X2, r.X3):
            state = (x @ r.W + state @ r.U + r.b).tanh()
        return (state @ r.V - r.Y).pow(2).sum() / (2 * r.m)

    return MatrixCase(equations, inputs, [y], [w, u, b, v], E, witness)


def dropout() -> MatrixCase:
    """A hidden layer with a mask that is given."""
    w1, w2, mask, keep = MatrixSymbol("W1", n, h), MatrixSymbol("W2", h, k), MatrixSymbol("D", m, h), Symbol("keep")
    a, dropped = MatrixSymbol("A", m, h), MatrixSymbol("A_D", m, h)
    return MatrixCase(
        {
            a: sb.tanh(X * w1),
            dropped: sb.hadamard(a, mask) / keep,
            E: sb.total(sb.power(dropped * w2 - Y, 2)) / (2 * m),
        },
        [X, mask, keep], [Y], [w1, w2], E,
        lambda r: ((r.X @ r.W1).tanh() * r.D / r.keep @ r.W2 - r.Y).pow(2).sum() / (2 * r.m),
        make={"D": _mask, "keep": lambda rng, shape: 0.8},
    )  # fmt: skip


def bilinear_form() -> MatrixCase:
    """xᵀAy by all three."""
    x, a, y = MatrixSymbol("x", n, 1), MatrixSymbol("A", n, k), MatrixSymbol("y", k, 1)
    return MatrixCase({E: sb.quadratic(x, a, y)}, [], [], [x, a, y], E, lambda r: (r.x.T @ r.A @ r.y).sum())


def quadratic_form() -> MatrixCase:
    """½xᵀAx - bᵀx."""
    x, a, b = MatrixSymbol("x", n, 1), MatrixSymbol("A", n, n), MatrixSymbol("b", n, 1)
    return MatrixCase(
        {E: sb.quadratic(x, a) / 2 - sb.inner(b, x)}, [b], [], [x, a], E,
        lambda r: (r.x.T @ r.A @ r.x).sum() / 2 - (r.b * r.x).sum(),
    )  # fmt: skip


def symmetric_form() -> MatrixCase:
    """The same where A is known to be symmetric, so that the gradient is Ax - b."""
    x, a, b = MatrixSymbol("x", n, 1), MatrixSymbol("A", n, n), MatrixSymbol("b", n, 1)
    return MatrixCase(
        {E: sb.quadratic(x, a) / 2 - sb.inner(b, x)}, [b, a], [], [x], E,
        lambda r: (r.x.T @ r.A @ r.x).sum() / 2 - (r.b * r.x).sum(),
        facts=[Eq(a, a.T)], make={"A": _symmetric},
    )  # fmt: skip


def log_determinant() -> MatrixCase:
    """The likelihood of a precision matrix: tr(S K) - log det K."""
    s, precision = MatrixSymbol("S", n, n), MatrixSymbol("K", n, n)
    return MatrixCase(
        {E: sb.trace(s * precision) - sb.logdet(precision)}, [s], [], [precision], E,
        lambda r: (r.S @ r.K).trace() - r.K.slogdet()[1],
        make={"K": _dominant},
    )  # fmt: skip


def second_names() -> MatrixCase:
    """Values that are other names of what is there already, or its transpose."""
    w, v, u, c = MatrixSymbol("W", n, k), MatrixSymbol("V", n, k), MatrixSymbol("U", k, n), Symbol("c")
    scale, z, out = Symbol("s"), MatrixSymbol("Z", m, k), MatrixSymbol("Y_hat", m, k)
    return MatrixCase(
        {v: w, u: v.T, scale: c, z: X * u.T * scale, out: z, E: sb.total(sb.power(out - Y, 2)) / m},
        [X], [Y], [w, c], E,
        lambda r: ((r.X @ r.W * r.c - r.Y) ** 2).sum() / r.m,
    )  # fmt: skip


def determinant() -> MatrixCase:
    """A determinant in a formula."""
    a = MatrixSymbol("A", n, n)
    return MatrixCase(
        {E: sb.det(a) ** 2 / 2 + sb.det(a)}, [], [], [a], E, lambda r: r.A.det() ** 2 / 2 + r.A.det(),
        make={"A": _dominant},
    )  # fmt: skip


def inverse() -> MatrixCase:
    """The solution of A z = b, by A and b."""
    a, b, y = MatrixSymbol("A", n, n), MatrixSymbol("b", n, k), MatrixSymbol("Y", n, k)
    return MatrixCase(
        {E: sb.total(sb.power(a.I * b - y, 2)) / 2}, [], [y], [a, b], E,
        lambda r: (r.A.inverse() @ r.b - r.Y).pow(2).sum() / 2,
        make={"A": _dominant},
    )  # fmt: skip


def norms_and_diagonals() -> MatrixCase:
    """A norm, a diagonal put in and taken out, and a number beside matrices."""
    w, s, c = MatrixSymbol("W", n, n), MatrixSymbol("s", n, 1), Symbol("c")
    z = MatrixSymbol("Z", m, n)
    return MatrixCase(
        {z: X * sb.diag(s) * w, E: sb.norm(z) + c * sb.total(sb.power(sb.diagonal(w), 2)) + sb.mean(z) ** 2},
        [X], [], [w, s, c], E,
        lambda r: (z := r.X @ r.s[:, 0].diag() @ r.W).norm() + r.c * r.W.diagonal().pow(2).sum() + z.mean() ** 2,
    )  # fmt: skip


MATRIX_EXAMPLES: dict[str, Callable[[], MatrixCase]] = {
    "linear-regression": linear_regression,
    "ridge": ridge,
    "logistic-regression": logistic_regression,
    "single-neuron": single_neuron,
    "mlp-rows": rows_mlp,
    "mlp-columns": columns_mlp,
    "softmax-rows": softmax_rows,
    "softmax-rows-no-facts": lambda: softmax_rows(facts=False),
    "log-softmax-columns": log_softmax_columns,
    "bce-with-logits": bce_with_logits,
    "batch-norm": batch_norm,
    "deviation": deviation,
    "shifted": shifted,
    "layer-norm": layer_norm,
    "attention": attention,
    "rnn": recurrent,
    "dropout": dropout,
    "bilinear-form": bilinear_form,
    "quadratic-form": quadratic_form,
    "symmetric-form": symmetric_form,
    "log-determinant": log_determinant,
    "determinant": determinant,
    "inverse": inverse,
    "norms-and-diagonals": norms_and_diagonals,
    "second-names": second_names,
}
"""Every example of these tests by name; each call makes it anew."""

SIZES: tuple[dict[str, int], ...] = (
    {"m": 2, "n": 3, "h": 2, "k": 2, "d": 2},
    {"m": 5, "n": 4, "h": 3, "k": 3, "d": 6},
    {"m": 17, "n": 8, "h": 9, "k": 5, "d": 4},
)
"""Sizes to try each at; a network takes those that it has."""


def sizes_for(net: sb.Network, sizes: Mapping[str, int]) -> dict[str, int]:
    """Those of the sizes that a network has."""
    return {size.name: sizes[size.name] for size in net.sizes}


def _functional() -> Any:
    from torch.nn import functional

    return functional


def _torch() -> Any:
    import torch

    return torch


# --------------------------------------------------------------------------------------------------------------------
# Random networks: the SymPy side and the PyTorch side grow together.


@dataclass(frozen=True)
class Twin:
    """One value, as a user writes it in SymPy and as PyTorch works it out."""

    sympy: Any
    torch: Callable[[Run], Any]


Shape = tuple[Any, Any]
_x = Symbol("x")
MISH = sb.function("mish", lambda z: z * sp.tanh(sb.softplus(z)))


def _torch_mish(z: Any) -> Any:
    return z * _functional().softplus(z, threshold=1e3).tanh()


SMOOTH: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "sigmoid": (sb.sigmoid, lambda z: z.sigmoid()),
    "tanh": (sb.tanh, lambda z: z.tanh()),
    "softplus": (sb.softplus, lambda z: _functional().softplus(z, threshold=1e3)),
    "gelu": (sb.gelu, lambda z: _functional().gelu(z)),
    "silu": (sb.silu, lambda z: _functional().silu(z)),
    "mish": (MISH, _torch_mish),
    "exp": (lambda z: sb.exp(sb.tanh(z)), lambda z: z.tanh().exp()),
    "log": (lambda z: sb.log(sb.ones(*z.shape) + sb.power(z, 2)), lambda z: (1 + z**2).log()),
    "sqrt": (lambda z: sb.sqrt(2 * sb.ones(*z.shape) + sb.power(z, 2)), lambda z: (2 + z**2).sqrt()),
    "square": (lambda z: sb.power(z, 2), lambda z: z**2),
    "cube": (lambda z: sb.hadamard(z, z, z), lambda z: z**3),
    "half-power": (
        lambda z: sb.power(sb.ones(*z.shape) + sb.hadamard(z, z), Rational(3, 2)), lambda z: (1 + z * z) ** 1.5
    ),
    "reciprocal": (
        lambda z: sb.divide(sb.ones(*z.shape), sb.exp(sb.sigmoid(z))), lambda z: 1 / z.sigmoid().exp()
    ),
    "applied": (lambda z: z.applyfunc(Lambda(_x, _x * sb.sigmoid(_x) + sp.exp(-(_x**2)))),
                lambda z: z * z.sigmoid() + (-(z**2)).exp()),
    "minus": (lambda z: -z, lambda z: -z),
}  # fmt: skip
"""Functions that work entry by entry: of SymPy's matrix, and of PyTorch's."""
KINKED: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any], float]] = {
    "relu": (sb.relu, lambda z: z.relu(), 0.0),
    "leaky_relu": (sb.leaky_relu, lambda z: _torch().where(z > 0, z, z / 100), 0.0),
    "elu": (sb.elu, lambda z: _functional().elu(z), 0.0),
    "abs": (sb.absolute, lambda z: z.abs(), 0.0),
    "smooth_l1": (
        lambda z: sb.smooth_l1(z, sb.ones(*z.shape) / 3),
        lambda z: _functional().smooth_l1_loss(z, _torch().full_like(z, 1 / 3), reduction="none"),
        1 / 3,
    ),
    "max": (sb.function("floored", lambda z: Max(z, Rational(1, 4))), lambda z: z.clamp(min=0.25), 0.25),
    "min": (sb.function("capped", lambda z: Min(z, Rational(1, 2))), lambda z: z.clamp(max=0.5), 0.5),
    "piecewise": (
        sb.function("bent", lambda z: Piecewise((z**2, z > 0), (z / 3, True))),
        lambda z: _torch().where(z > 0, z**2, z / 3),
        0.0,
    ),
}  # fmt: skip
"""The same with the place of a kink."""
Draw = Callable[[Any], Any]


class _Growing:
    """A network that grows: names with their shapes, and equations in both languages."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.sides = [*symbols("m n h")[: draw(st.integers(1, 3))], sp.Integer(1), sp.Integer(2)]
        self.sizes = {side.name: draw(st.integers(1, 4)) for side in self.sides if side.is_Symbol}
        self.equations: dict[Any, Any] = {}
        self.lines: list[tuple[str, Callable[[Run], Any]]] = []
        self.inputs: list[Any] = []
        self.parameters: list[Any] = []
        self.values: list[Any] = []
        self.unused: list[Any] = []

    def chance(self, probability: float) -> bool:
        return self.draw(st.floats(0, 1, exclude_max=True)) < probability

    def pick(self, things: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(list(things)))

    def side(self) -> Any:
        return self.pick(self.sides)

    # Names

    def twin(self, name: Any) -> Twin:
        self.unused = [other for other in self.unused if other != name]
        return Twin(name, lambda run: run.values[name.name])

    def leaf(self, shape: Shape | tuple[()], weight: bool = False) -> Any:
        """A new input or parameter."""
        weight = weight or not self.inputs or self.chance(0.7)
        group = self.parameters if weight else self.inputs
        name = f"{'W' if weight else 'X'}{len(group) + 1}" if shape else f"{'c' if weight else 's'}{len(group) + 1}"
        group.append(MatrixSymbol(name, *shape) if shape else Symbol(name))
        return group[-1]

    def named(self, twin: Twin, shape: Shape | tuple[()]) -> Twin:
        """The value under a name of its own, so that it can be used again; a name stays as it is."""
        if twin.sympy.is_symbol or isinstance(twin.sympy, MatrixSymbol):
            return twin
        name = f"V{len(self.values) + 1}" if shape else f"v{len(self.values) + 1}"
        symbol = MatrixSymbol(name, *shape) if shape else Symbol(name)
        self.equations[symbol] = twin.sympy
        self.lines.append((name, twin.torch))
        self.values.append(symbol)
        self.unused.append(symbol)
        return Twin(symbol, lambda run: run.values[name])

    def known(self, shape: Shape | tuple[()]) -> list[Any]:
        return [x for x in (*self.values, *self.parameters, *self.inputs) if getattr(x, "shape", ()) == shape]

    # Matrices

    def matrix(self, shape: Shape, depth: int) -> Twin:
        """An expression of that shape."""
        return self.atom(shape) if depth <= 0 or self.chance(0.12) else self.compound(shape, depth)

    def compound(self, shape: Shape, depth: int) -> Twin:
        """An expression of that shape that is not just a name."""
        rows, columns = shape
        kinds = ["product", "product", "product", "sum", "hadamard", "divide", "smooth", "smooth", "kinked", "scaled"]
        kinds += ["row", "column", "softmax", "transpose", "filled"]
        if columns == 1:
            kinds += ["over_rows", "over_rows", "diagonal"]
        if rows == 1:
            kinds += ["over_columns", "over_columns"]
        if rows == columns:
            kinds += ["diag", "inverse", "gram"]
        made: Twin = getattr(self, f"_{self.pick(kinds)}")(rows, columns, depth - 1)
        return self.named(made, shape) if self.chance(0.3) else made

    def atom(self, shape: Shape) -> Twin:
        known, turned = self.known(shape), self.known(shape[::-1])
        if turned and self.chance(0.25):
            name = self.pick(turned)
            twin = self.twin(name)
            return Twin(name.T, lambda run: twin.torch(run).T)
        if known and self.chance(0.75):
            return self.twin(self.pick(known))
        return self.twin(self.leaf(shape))

    def _product(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.side()
        a, b = self.matrix((rows, inner), depth), self.matrix((inner, columns), depth)
        return Twin(a.sympy * b.sympy, lambda run: a.torch(run) @ b.torch(run))

    def _sum(self, rows: Any, columns: Any, depth: int) -> Twin:
        a, b = self.matrix((rows, columns), depth), self.matrix((rows, columns), depth)
        if self.chance(0.5):
            return Twin(a.sympy - b.sympy, lambda run: a.torch(run) - b.torch(run))
        return Twin(a.sympy + b.sympy, lambda run: a.torch(run) + b.torch(run))

    def _hadamard(self, rows: Any, columns: Any, depth: int) -> Twin:
        a, b = self.matrix((rows, columns), depth), self.matrix((rows, columns), depth)
        write = self.pick([sb.hadamard, sp.HadamardProduct])
        return Twin(write(a.sympy, b.sympy), lambda run: a.torch(run) * b.torch(run))

    def _divide(self, rows: Any, columns: Any, depth: int) -> Twin:
        a, b = self.matrix((rows, columns), depth), self.matrix((rows, columns), depth)
        below = sb.ones(rows, columns) + sb.power(b.sympy, 2)
        return Twin(sb.divide(a.sympy, below), lambda run: a.torch(run) / (1 + b.torch(run) ** 2))

    def _smooth(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.matrix((rows, columns), depth)
        ours, theirs = SMOOTH[self.pick(SMOOTH)]
        return Twin(ours(inner.sympy), lambda run: theirs(_scored(run, inner.torch(run))))

    def _kinked(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.matrix((rows, columns), depth)
        ours, theirs, kink = KINKED[self.pick(KINKED)]
        return Twin(ours(inner.sympy), lambda run: theirs(_kept_off(run, inner.torch(run), kink)))

    def _scaled(self, rows: Any, columns: Any, depth: int) -> Twin:
        a, c = self.matrix((rows, columns), depth), self.scalar(depth)
        return Twin(c.sympy * a.sympy, lambda run: c.torch(run) * a.torch(run))

    def _row(self, rows: Any, columns: Any, depth: int) -> Twin:
        part = self.matrix((sp.Integer(1), columns), depth)
        if self.chance(0.5):
            return Twin(sb.ones(rows, 1) * part.sympy, lambda run: part.torch(run).expand(run.side(rows), -1))
        return Twin(sb.broadcast(part.sympy, rows, columns), lambda run: part.torch(run).expand(run.side(rows), -1))

    def _column(self, rows: Any, columns: Any, depth: int) -> Twin:
        part = self.matrix((rows, sp.Integer(1)), depth)
        if self.chance(0.5):
            return Twin(part.sympy * sb.ones(1, columns), lambda run: part.torch(run).expand(-1, run.side(columns)))
        return Twin(sb.broadcast(part.sympy, rows, columns), lambda run: part.torch(run).expand(-1, run.side(columns)))

    def _filled(self, rows: Any, columns: Any, depth: int) -> Twin:
        part = self.scalar(depth)
        ours = part.sympy * sb.ones(rows, columns) if self.chance(0.5) else sb.broadcast(part.sympy, rows, columns)
        return Twin(ours, lambda run: part.torch(run).expand(run.side(rows), run.side(columns)))

    def _softmax(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner, axis = self.matrix((rows, columns), depth), self.pick([0, 1])
        if self.chance(0.5):
            return Twin(sb.softmax(inner.sympy, axis=axis), lambda run: _scored(run, inner.torch(run)).softmax(axis))
        return Twin(
            sb.log_softmax(inner.sympy, axis=axis), lambda run: _scored(run, inner.torch(run)).log_softmax(axis)
        )

    def _transpose(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.matrix((columns, rows), depth)
        return Twin(inner.sympy.T, lambda run: inner.torch(run).T)

    def _over_rows(self, rows: Any, columns: Any, depth: int) -> Twin:
        return self._over(self.matrix((rows, self.side()), depth), (sb.rowsum, sb.rowmean), 1)

    def _over_columns(self, rows: Any, columns: Any, depth: int) -> Twin:
        return self._over(self.matrix((self.side(), columns), depth), (sb.colsum, sb.colmean), 0)

    def _over(self, inner: Twin, written: Sequence[Callable[[Any], Any]], axis: int) -> Twin:
        kind = self.pick(["sum", "mean", "logsumexp"])
        if kind == "sum":
            return Twin(written[0](inner.sympy), lambda run: inner.torch(run).sum(axis, keepdim=True))
        if kind == "mean":
            return Twin(written[1](inner.sympy), lambda run: inner.torch(run).mean(axis, keepdim=True))
        return Twin(
            sb.logsumexp(inner.sympy, axis=axis),
            lambda run: _scored(run, inner.torch(run)).logsumexp(axis, keepdim=True),
        )

    def _diagonal(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.matrix((rows, rows), depth)
        return Twin(sb.diagonal(inner.sympy), lambda run: inner.torch(run).diagonal()[:, None])

    def _diag(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.matrix((rows, sp.Integer(1)), depth)
        return Twin(sb.diag(inner.sympy), lambda run: inner.torch(run)[:, 0].diag())

    def _inverse(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.dominant(rows, depth)
        return Twin(inner.sympy.I, lambda run: inner.torch(run).inverse())

    def _gram(self, rows: Any, columns: Any, depth: int) -> Twin:
        inner = self.matrix((self.side(), rows), depth)
        return Twin(inner.sympy.T * inner.sympy, lambda run: inner.torch(run).T @ inner.torch(run))

    def dominant(self, size: Any, depth: int) -> Twin:
        """A matrix that is far from singular: with at most four rows its diagonal outweighs the rest."""
        inner = self.matrix((size, size), depth)
        return Twin(
            5 * sb.eye(size) + sb.tanh(inner.sympy),
            lambda run: (
                5 * _torch().eye(run.side(size), dtype=_torch().float64) + _scored(run, inner.torch(run)).tanh()
            ),
        )

    # Scalars

    def scalar(self, depth: int) -> Twin:
        """An expression that is a number."""
        if depth <= 0 or self.chance(0.2):
            known = self.known(())
            if known and self.chance(0.6):
                return self.twin(self.pick(known))
            if self.chance(0.4):
                number = Rational(self.draw(st.integers(1, 7)), 4)
                return Twin(number, lambda run: _torch().tensor(float(number), dtype=_torch().float64))
            return self.twin(self.leaf(()))
        kind = self.pick(["reduced", "reduced", "reduced", "sum", "product", "tanh", "quotient"])
        if kind == "reduced":
            made = self.reduced(depth - 1)
        else:
            a, b = self.scalar(depth - 1), self.scalar(depth - 1)
            made = {
                "sum": Twin(a.sympy - b.sympy, lambda run: a.torch(run) - b.torch(run)),
                "product": Twin(a.sympy * b.sympy, lambda run: a.torch(run) * b.torch(run)),
                "tanh": Twin(sp.tanh(a.sympy) + b.sympy, lambda run: _scored(run, a.torch(run)).tanh() + b.torch(run)),
                "quotient": Twin(
                    a.sympy / (1 + b.sympy**2), lambda run: a.torch(run) / (1 + b.torch(run) ** 2)
                ),
            }[kind]  # fmt: skip
        return self.named(made, ()) if self.chance(0.3) else made

    def reduced(self, depth: int, of: Any = None) -> Twin:
        """A matrix brought to one number; ``of`` is a matrix that must be in it."""
        shape = (self.side(), self.side()) if of is None else of.shape
        kinds = ["total", "mean", "norm", "inner", "squares"]
        kinds += ["trace", "det", "logdet"] if shape[0] == shape[1] else []
        kinds += ["quadratic"] if shape[1] == 1 else []
        kind = self.pick(kinds)
        rows = shape[0]
        if kind in ("det", "logdet") and of is None:
            inner = self.dominant(rows, depth)
        else:
            inner = self.matrix(shape, depth) if of is None else self.twin(of)
        if kind == "inner":
            other = self.matrix(shape, depth)
            return Twin(sb.inner(inner.sympy, other.sympy), lambda run: (inner.torch(run) * other.torch(run)).sum())
        if kind == "quadratic":
            form = self.matrix((rows, rows), depth)
            return Twin(
                sb.quadratic(inner.sympy, form.sympy),
                lambda run: (inner.torch(run).T @ form.torch(run) @ inner.torch(run)).sum(),
            )
        if kind in ("det", "logdet") and of is not None:
            kind = "trace"
        ours, theirs = {
            "total": (sb.total, lambda z: z.sum()),
            "mean": (sb.mean, lambda z: z.mean()),
            "norm": (lambda z: sb.norm(z + 3 * sb.ones(*shape)), lambda z: (z + 3).norm()),
            "squares": (lambda z: sb.total(sb.power(z, 2)) / (2 * rows), lambda z: (z**2).sum() / (2 * z.shape[0])),
            "trace": (sb.trace, lambda z: z.trace()),
            "det": (lambda z: sb.det(z) / 100, lambda z: z.det() / 100),
            "logdet": (sb.logdet, lambda z: z.slogdet()[1]),
        }[kind]  # fmt: skip
        return Twin(ours(inner.sympy), lambda run: theirs(inner.torch(run)))

    # The whole

    def is_told(self, size: str) -> bool:
        """Whether the data tell a size: one that stands in ones alone is in no value from outside."""
        shapes = [getattr(name, "shape", ()) for name in (*self.inputs, *self.parameters)]
        return any(Symbol(size) in shape for shape in shapes)

    def decay(self) -> Twin:
        """The square of a weight, so that not all of them can cancel."""
        weight = self.parameters[0] if self.parameters else self.leaf((), weight=True)
        square = sb.total(sb.power(weight, 2)) if hasattr(weight, "shape") else weight**2
        return Twin(square / 10, lambda run: (run.values[weight.name] ** 2).sum() / 10)

    def finished(self) -> MatrixCase:
        """A loss in which every value is that nothing else uses."""
        terms = [self.decay(), self.reduced(1)]
        while self.unused:
            name = self.unused[0]
            shape = getattr(name, "shape", ())
            terms.append(self.reduced(1, of=name) if shape else self.twin(name))
        loss = Symbol("E")
        self.inputs += [
            MatrixSymbol(f"T_{size}", Symbol(size), 1) for size in sorted(self.sizes) if not self.is_told(size)
        ]
        equations = {**self.equations, loss: sum(term.sympy for term in terms)}

        def witness(run: Run) -> Any:
            for name, line in self.lines:
                run.values[name] = line(run)
            return sum(term.torch(run) for term in terms)

        return MatrixCase(equations, self.inputs, [], self.parameters, loss, witness, self.sizes)


def _scored(run: Run, z: Any) -> Any:
    """The argument of a function, on record for how large it is."""
    run.scores.append(float(z.detach().abs().max()))
    return z


def _kept_off(run: Run, z: Any, kink: float) -> Any:
    """The argument of a function with a kink, on record for how near it comes."""
    run.gaps.append(float((z.detach() - kink).abs().min()))
    return _scored(run, z)


@st.composite
def random_matrix_networks(draw: Draw, layers: int = 4, depth: int = 2) -> MatrixCase:
    """A network of random structure: values that are expressions of values before them, and a loss of them all."""
    growing = _Growing(draw)
    for _ in range(draw(st.integers(1, layers))):
        shape = (growing.side(), growing.side())
        growing.named(growing.compound(shape, depth), shape)
    return growing.finished()
