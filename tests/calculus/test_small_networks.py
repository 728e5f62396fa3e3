"""Random small networks of matrices, sizes of 1 among them: code and forms against central differences.

Names of quotients, centring, what is repeated and what cancels: where an expression shrinks, a sum over it must not.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np
import pytest
import sympy as sp
from conftest import few
from sympy import Integer, MatrixSymbol, Rational, S, symbols

import symbackprop as sb
from symbackprop.numeric.evaluate import forward, gradient_forms

m, n, k = symbols("m n k")
t, c, E = symbols("t c E")
SIDES = (m, n, k, S.One)
SIZES = ({m: 3, n: 2, k: 4}, {m: 1, n: 1, k: 1}, {m: 1, n: 3, k: 2}, {m: 2, n: 1, k: 1})
Sides = tuple[Any, Any]


class _Grown:
    """The equations of a random network, as a user would write them."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = count()
        self.inputs = [self._new("X") for _ in range(2)]
        self.parameters = [self._new("W") for _ in range(3)]
        self.square = MatrixSymbol("Q", n, n)
        self.names = [*self.inputs, *self.parameters]
        self.equations: dict[Any, Any] = {}

    def pick(self, things: Any) -> Any:
        return self.random.choice(list(things))

    def _new(self, letter: str) -> MatrixSymbol:
        return MatrixSymbol(f"{letter}{next(self.numbers)}", self.pick(SIDES), self.pick(SIDES))

    def network(self) -> sb.Network:
        for _ in range(self.random.randint(1, 4)):
            self._equation()
        values = list(self.equations)[-2:]
        # Every size stands in the shape of an input.
        anchors = [MatrixSymbol("A0", m, n), MatrixSymbol("B0", n, k)]
        self.equations[E] = sum(map(self._loss, values), sb.total(anchors[0] * anchors[1])) + self.scalar(2) + c * t
        inputs, parameters = [*self.inputs, *anchors, c], [*self.parameters, self.square, t]
        while True:
            try:
                return sb.Network(self.equations, inputs=inputs, parameters=parameters, targets=[], loss=E)
            except sb.NetworkError as error:
                if error.code != "unreached" or len(parameters) == 1:
                    raise
                inputs += [p for p in parameters if p.name == error.where]
                parameters = [p for p in parameters if p.name != error.where]

    def _equation(self) -> None:
        if self.pick([True, False, False]):  # a quotient by a scalar or by a matrix, for others to be folded into
            whole = self.pick(self.names)
            shape = tuple(whole.shape)
            made = self.pick([whole / t, whole / c, sb.divide(whole, self._positive(shape))])
        else:
            shape = (self.pick(SIDES), self.pick(SIDES))
            made = self.grown(shape, self.random.randint(1, 2))
        name = MatrixSymbol(f"Z{len(self.equations)}", *shape)
        self.equations[name] = made
        self.names += [name, name]

    def _loss(self, value: Any) -> Any:
        shape = tuple(value.shape)
        return self.pick(
            [
                sb.total(sb.power(value, 2)),
                sb.inner(value, self.grown(shape, 2)),
                sb.total(sb.log(self._positive(shape))),
                sb.total(value) * self.scalar(1),
            ]
        )

    def _positive(self, shape: Sides) -> Any:
        return sb.power(self.atom(shape), 2) + sb.ones(*shape)

    def scalar(self, depth: int) -> Any:
        plain = [t, 1 / t, c, m, Integer(2), S.NegativeOne, Rational(1, 3)]
        if depth <= 0 or self.pick([True, False]):
            return self.pick(plain)
        a, b = self.pick(SIDES), self.pick(SIDES)
        grown = self.grown((a, b), depth - 1)
        return self.pick(
            [
                sb.total(grown),
                sb.mean(grown),
                sb.inner(grown, self.atom((a, b))),
                sb.quadratic(self.atom((a, S.One)), grown, self.atom((b, S.One))),
                sb.trace(self.grown((a, a), depth - 1)),
            ]
        )

    def atom(self, shape: Sides) -> Any:
        found = [a for a in self.names if tuple(a.shape) == shape]
        found += [a.T for a in self.names if tuple(a.shape)[::-1] == shape]
        parts = [(shape[0], S.One), (S.One, shape[1]), (S.One, S.One)]
        found += [sb.broadcast(a, *shape) for a in self.names if tuple(a.shape) in parts]
        if shape == (n, n):
            found += [self.square, self.square.T, self.square.I, self.square.I * self.square.I]
        found += [sb.eye(shape[0])] if shape[0] == shape[1] else []
        return self.pick([*found, sb.broadcast(t, *shape), sb.ones(*shape)])

    def grown(self, shape: Sides, depth: int) -> Any:
        if depth <= 0:
            return self.atom(shape)
        rows, columns = shape
        side = self.pick(SIDES)
        inner = self.grown(shape, depth - 1)
        makers = [
            lambda: self.grown((rows, side), depth - 1) * self.grown((side, columns), depth - 1),
            lambda: inner + self.pick([1, -1, 2]) * self.grown(shape, depth - 1),
            lambda: sb.hadamard(inner, self.grown(shape, depth - 1)),
            lambda: sb.divide(inner, self._positive(shape)),
            lambda: inner / t,
            lambda: self.scalar(depth - 1) * inner,
            lambda: self.grown((columns, rows), depth - 1).T,
            lambda: sb.broadcast(self.pick([self.atom((S.One, columns)), self.atom((rows, S.One)), t]), *shape),
            lambda: self.pick([sb.sigmoid, sb.tanh, sb.softplus])(inner),
            lambda: self.pick([sb.softmax, sb.log_softmax])(inner, axis=self.pick([0, 1])),
            lambda: inner - sb.ones(rows, 1) * sb.colmean(inner),
            lambda: inner - sb.rowmean(inner) * sb.ones(1, columns),
            lambda: sb.ones(*shape) - inner,
        ]
        if columns == 1:
            makers += [lambda: sb.rowsum(self.grown((rows, side), depth - 1))] * 2
            makers += [lambda: sb.logsumexp(self.grown((rows, side), depth - 1), axis=1)]
        if rows == 1:
            makers += [lambda: sb.colsum(self.grown((side, columns), depth - 1))] * 2
        if rows == columns:
            makers += [lambda: sb.diag(self.grown((rows, S.One), depth - 1))]
        return self.pick(makers)()


def values_of(net: sb.Network, sizes: Mapping[Any, int], seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    found = {}
    for name in (*net.inputs, *net.parameters):
        shape = tuple(int(sp.sympify(size).xreplace(sizes)) for size in net.shape(name))
        found[name.name] = rng.uniform(0.3, 1.3, shape) if shape else float(rng.uniform(0.5, 1.5))
        if name.name == "Q":
            found["Q"] += 3 * np.eye(*shape)
    return found


def central_difference(net: sb.Network, at: Mapping[str, Any], name: str, step: float = 1e-6) -> Any:
    here = np.asarray(at[name])
    found = np.zeros(here.shape)
    for place in np.ndindex(*here.shape):
        move = np.zeros(here.shape)
        move[place] = step
        ends = [forward(net, {**at, name: here + sign * move})[net.loss.name] for sign in (1, -1)]
        found[place] = float(ends[0] - ends[1]) / (2 * step)
    return found


def check_by_differences(seed: int) -> None:
    net = _Grown(seed).network()
    derivation = sb.derive(net)
    function = sb.lambdify(derivation)
    for sizes in SIZES:
        at = values_of(net, sizes, seed)
        loss, gradients = function(**at)
        values = forward(net, at)
        if not all(np.isfinite(np.asarray(value, dtype=float)).all() for value in values.values()):
            continue
        scale = max(1e-3, 1e-2 * abs(float(loss)), *(float(np.max(np.abs(g))) for g in gradients.values()))
        for w in derivation.wrt:
            expected = central_difference(net, at, w.name)
            forms = {form: found[w.name] for form, found in gradient_forms(derivation, at).items()}
            for said, value in {"code": gradients[w.name], **forms}.items():
                assert np.shape(value) == np.shape(expected), (seed, sizes, w, said)
                assert np.max(np.abs(value - expected)) <= 1e-5 * scale, (seed, sizes, w, said, value, expected)


@pytest.mark.parametrize("seed", few(range(24)))
def test_code_and_forms_are_the_differences(seed: int) -> None:
    check_by_differences(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(24, 424))
def test_code_and_forms_are_the_differences_of_many(seed: int) -> None:
    check_by_differences(seed)


X, Q, V, Y, W = (MatrixSymbol(name, m, n) for name in "XQVYW")
ROW, COLUMN, ONE = MatrixSymbol("r", 1, n), MatrixSymbol("v", m, 1), MatrixSymbol("o", 1, 1)
SHRINKING = {
    "a row under a logarithm": ({Q: X / t, E: sb.total(sb.hadamard(sb.broadcast(ROW, m, n), sb.log(Q)))}, "t"),
    "a column under a logarithm": ({Q: X / t, E: sb.total(sb.hadamard(sb.broadcast(COLUMN, m, n), sb.log(Q)))}, "t"),
    "one entry under a logarithm": ({Q: X / t, E: sb.total(sb.hadamard(sb.broadcast(ONE, m, n), sb.log(Q)))}, "t"),
    "a logarithm alone": ({Q: X / t, E: sb.total(sb.log(Q))}, "t"),
    "a logarithm by columns": ({Q: X / t, E: sb.total(sb.power(sb.colsum(sb.log(Q)), 2))}, "t"),
    "a quotient by a row": ({Q: sb.divide(X, sb.broadcast(ROW, m, n)), E: sb.total(sb.log(Q))}, "r"),
    "a quotient by a column": ({Q: sb.divide(X, sb.broadcast(COLUMN, m, n)), E: sb.total(sb.log(Q))}, "v"),
    "a quotient and its product": ({Q: X / t, V: Q * t, E: sb.total(sb.divide(V, X) + Q)}, "t"),
    "the logarithm of a softmax": ({Q: sb.softmax(X + W, axis=1), E: sb.total(sb.log(Q))}, "W"),
    "a value that is shared away": (
        {Q: sb.hadamard(X, W), E: sb.total(sb.hadamard(X, W) - Q) + sb.total(sb.divide(Q, X))}, "W",
    ),
    "a total in a transpose": (
        {E: sb.inner((X.T * sb.trace(X.T * W)).T, W)}, "W",
    ),
}  # fmt: skip


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("name", SHRINKING)
def test_what_shrinks_is_summed_at_its_size(name: str, sizes: Mapping[Any, int]) -> None:
    equations, by = SHRINKING[name]
    known = {q for expr in equations.values() for q in expr.free_symbols if not q.name.startswith("_")}
    known = {q for q in known if q not in equations and q not in (m, n)}
    inputs = sorted((q for q in known if q.name != by), key=str)
    net = sb.Network(equations, inputs=inputs, targets=[], parameters=[q for q in known if q.name == by], loss=E)
    derivation = sb.derive(net)
    at = values_of(net, sizes, 3)
    _, gradients = sb.lambdify(derivation)(**at)
    expected = central_difference(net, at, by)
    for found in (gradients[by], *(form[by] for form in gradient_forms(derivation, at).values())):
        assert np.shape(found) == np.shape(expected)
        assert np.allclose(found, expected, rtol=1e-6, atol=1e-7)
