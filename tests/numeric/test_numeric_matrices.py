"""Matrix networks as NumPy: what the code says and costs, its numbers, its checks of data, and the second evaluator."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import few
from matrix_networks import MATRIX_EXAMPLES
from sympy import And, Eq, MatrixSymbol, Or, Piecewise, Rational, Symbol, sqrt, symbols

import symbackprop as sb
from symbackprop.matrices import Array, Sum, SumAll, Transposed
from symbackprop.network.fitting import unified
from symbackprop.network.formulas import parse_expression
from symbackprop.numeric.evaluate import evaluate, forward, gradient_forms, with_signals
from symbackprop.numeric.facts import check_facts
from symbackprop.numeric.sizes import bind, fit

m, n, h, h2, k, d, q = symbols("m n h h2 k d q")
E, lam = symbols("E lam")
HALF = Rational(1, 2)
Values = dict[str, Any]


def matrix(name: str, rows: Any, columns: Any) -> Any:
    return MatrixSymbol(name, rows, columns)


X, Y, T = matrix("X", m, n), matrix("Y", m, k), matrix("T", m, n)
W1, b1, W2, b2 = matrix("W1", n, h), matrix("b1", 1, h), matrix("W2", h, k), matrix("b2", 1, k)
Z1, A1, Z2, P = matrix("Z1", m, h), matrix("A1", m, h), matrix("Z2", m, k), matrix("P", m, k)
w, y, z, a = matrix("w", n, 1), matrix("y", m, 1), matrix("z", m, 1), matrix("a", m, 1)
ONES = sb.ones(m, 1)
ROWS = (Eq(Sum(Array("Y", (m, k)), 1), 1),)


def mlp() -> sb.Network:
    return sb.Network(
        {
            Z1: X * W1 + ONES * b1,
            A1: sb.sigmoid(Z1),
            Z2: A1 * W2 + ONES * b2,
            P: sb.softmax(Z2, axis=1),
            E: -sb.total(sb.hadamard(Y, sb.log(P))) / m,
        },
        inputs=[X], targets=[Y], parameters=[W1, b1, W2, b2], loss=E,
    )  # fmt: skip


def deep() -> sb.Network:
    """relu, tanh and a linear layer, with half the squared error for each example."""
    v2, c2, v3, c3 = matrix("W2", h, h2), matrix("b2", 1, h2), matrix("W3", h2, k), matrix("b3", 1, k)
    y2, a2, y3 = matrix("Z2", m, h2), matrix("A2", m, h2), matrix("Z3", m, k)
    return sb.Network(
        {
            Z1: X * W1 + ONES * b1, A1: sb.relu(Z1), y2: A1 * v2 + ONES * c2, a2: sb.tanh(y2),
            y3: a2 * v3 + ONES * c3, E: sb.total(sb.power(y3 - Y, 2)) / (2 * m),
        },
        inputs=[X], targets=[Y], parameters=[W1, b1, v2, c2, v3, c3], loss=E,
    )  # fmt: skip


def linear() -> sb.Network:
    return sb.Network({E: sb.total(sb.power(y - X * w, 2)) / m}, inputs=[X], targets=[y], parameters=[w], loss=E)


def ridge() -> sb.Network:
    loss = sb.total(sb.power(X * w - y, 2)) / m + lam * sb.total(sb.power(w, 2)) / 2
    return sb.Network({E: loss}, inputs=[X, lam], targets=[y], parameters=[w], loss=E)


def logistic() -> sb.Network:
    likelihood = sb.hadamard(y, sb.log(a)) + sb.hadamard(ONES - y, sb.log(ONES - a))
    return sb.Network(
        {z: X * w, a: sb.sigmoid(z), E: -sb.total(likelihood) / m},
        inputs=[X], targets=[y], parameters=[w], loss=E,
    )  # fmt: skip


def batch_norm() -> sb.Network:
    mu, var, s, gamma, beta = (matrix(name, 1, n) for name in "mu var s gamma beta".split())
    xc, xhat, out = (matrix(name, m, n) for name in "Xc Xhat O".split())
    return sb.Network(
        {
            mu: sb.colmean(X), xc: X - ONES * mu, var: sb.colmean(sb.power(xc, 2)),
            s: sb.power(var + sb.ones(1, n) * Rational(1, 10**5), HALF), xhat: sb.divide(xc, ONES * s),
            out: sb.hadamard(ONES * gamma, xhat) + ONES * beta, E: sb.total(sb.power(out - T, 2)) / 2,
        },
        inputs=[], targets=[T], parameters=[X, gamma, beta], loss=E,
    )  # fmt: skip


def attention() -> sb.Network:
    query, key, value, goal = matrix("Q", m, d), matrix("K", m, d), matrix("V", m, q), matrix("T", m, q)
    s, p, o = matrix("S", m, m), matrix("P", m, m), matrix("O", m, q)
    return sb.Network(
        {s: query * key.T / sqrt(d), p: sb.softmax(s, axis=1), o: p * value, E: sb.total(sb.power(o - goal, 2)) / 2},
        inputs=[], targets=[goal], parameters=[query, key, value], loss=E,
    )  # fmt: skip


def one_layer(activation: Any) -> sb.Network:
    return sb.Network(
        {Z1: X * W1 + ONES * b1, A1: activation(Z1), E: sb.total(sb.power(A1, 2)) / 2},
        inputs=[X], targets=[], parameters=[W1, b1], loss=E,
    )  # fmt: skip


def square() -> sb.Network:
    """Inverse, determinant, trace, diagonals and a quadratic form at once, with a scalar parameter."""
    b, x = matrix("A", n, n), matrix("x", n, 1)
    s = Symbol("s")
    return sb.Network(
        {E: sb.logdet(b) + s * sb.trace(b.I * b.T) + sb.quadratic(x, b) + sb.total(sb.diag(x) * b) * s**2
            + sb.det(b) + sb.total(sb.diagonal(b)) + sb.norm(x)},
        inputs=[], targets=[], parameters=[b, x, s], loss=E,
    )  # fmt: skip


def log_sum() -> sb.Network:
    """Scores whose logarithm of a softmax and level are both named."""
    logarithm, level = matrix("L", m, k), matrix("S", m, 1)
    return sb.Network(
        {Z1: X * W1, Z2: Z1 * W2, logarithm: sb.log_softmax(Z2, axis=1), level: sb.logsumexp(Z1, axis=1),
         E: -sb.total(sb.hadamard(Y, logarithm)) / m + sb.mean(level)},
        inputs=[X], targets=[Y], parameters=[W1, W2], loss=E,
    )  # fmt: skip


SWISH = sb.function("swish", lambda x: x * sb.sigmoid(x))
NETWORKS: dict[str, Callable[[], sb.Network]] = {
    "mlp": mlp, "deep": deep, "linear": linear, "ridge": ridge, "logistic": logistic, "batch norm": batch_norm,
    "attention": attention, "square": square, "log sum": log_sum,
    **{f.__name__: lambda f=f: one_layer(f) for f in (sb.gelu, sb.silu, sb.softplus, sb.leaky_relu, sb.elu)},
    "swish": lambda: one_layer(SWISH),
}  # fmt: skip


def sizes_for(net: sb.Network, seed: int) -> dict[str, int]:
    rng = np.random.default_rng(seed)
    return {size.name: int(rng.integers(1, 7)) for size in net.sizes}


def draw(net: sb.Network, sizes: Mapping[str, int], seed: int = 0, dtype: Any = float) -> Values:
    """Values of those sizes; rows of Y have one 1, y is 0 or 1, and A is far from singular."""
    rng = np.random.default_rng(seed)
    values: Values = {}
    for name in net.leaves:
        shape = tuple(int(size.subs(dict(sizes))) for size in net.shape(name))
        numbers = rng.normal(size=shape)
        if name.name == "Y":
            numbers = np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
        elif name.name == "y":
            numbers = rng.integers(2, size=shape).astype(float)
        elif name.name == "A":
            numbers = numbers / 4 + 2 * np.eye(shape[0])
        values[name.name] = numbers.astype(dtype) if shape else dtype(numbers)
    return values


def compiled(net: sb.Network, facts: Any = ()) -> sb.GradientFunction:
    return sb.lambdify(sb.derive(net, facts=facts))


def body(f: sb.GradientFunction) -> str:
    """The function that computes, as source."""
    tree = ast.parse(f.source)
    return next(ast.unparse(node) for node in tree.body if getattr(node, "name", "") == "forward_backward")


# -- numbers


def torch_losses() -> dict[str, Callable[..., Any]]:
    """Each network's loss in PyTorch, written by hand."""
    import torch
    from torch.nn import functional as nn

    def mlp(X: Any, Y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        return -(Y * nn.log_softmax(torch.sigmoid(X @ W1 + b1) @ W2 + b2, dim=1)).sum() / len(X)

    def deep(X: Any, Y: Any, W1: Any, b1: Any, W2: Any, b2: Any, W3: Any, b3: Any) -> Any:
        return ((torch.tanh(torch.relu(X @ W1 + b1) @ W2 + b2) @ W3 + b3 - Y) ** 2).sum() / (2 * len(X))

    def batch_norm(T: Any, X: Any, gamma: Any, beta: Any) -> Any:
        return ((nn.batch_norm(X, None, None, gamma[0], beta[0], training=True) - T) ** 2).sum() / 2

    def attention(T: Any, Q: Any, K: Any, V: Any) -> Any:
        return ((nn.scaled_dot_product_attention(Q, K, V) - T) ** 2).sum() / 2

    def square(A: Any, x: Any, s: Any) -> Any:
        inverse = torch.linalg.inv(A)
        total = torch.logdet(A).real + s * torch.trace(inverse @ A.T) + (x.T @ A @ x).sum()
        return total + (torch.diag(x[:, 0]) @ A).sum() * s**2 + torch.det(A) + torch.diagonal(A).sum() + x.norm()

    def log_sum(X: Any, Y: Any, W1: Any, W2: Any) -> Any:
        loss = -(Y * nn.log_softmax(X @ W1 @ W2, dim=1)).sum() / len(X)
        return loss + torch.logsumexp(X @ W1, dim=1).mean()

    def layer(activation: Any) -> Any:
        return lambda X, W1, b1: (activation(X @ W1 + b1) ** 2).sum() / 2

    return {
        "mlp": mlp, "deep": deep, "batch norm": batch_norm, "attention": attention, "square": square,
        "log sum": log_sum,
        "linear": lambda X, y, w: ((X @ w - y) ** 2).mean(),
        "ridge": lambda X, lam, y, w: ((X @ w - y) ** 2).mean() + lam * (w**2).sum() / 2,
        "logistic": lambda X, y, w: nn.binary_cross_entropy_with_logits(X @ w, y),
        "gelu": layer(nn.gelu), "silu": layer(nn.silu), "softplus": layer(nn.softplus), "elu": layer(nn.elu),
        "leaky_relu": layer(nn.leaky_relu), "swish": layer(nn.silu),
    }  # fmt: skip


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", NETWORKS)
def test_the_code_agrees_with_torch_at_several_sizes(name: str) -> None:
    import torch

    net = NETWORKS[name]()
    f = compiled(net)
    for seed in range(4):
        values = draw(net, {**sizes_for(net, seed), **({"m": 4} if name == "batch norm" else {})}, seed)
        tensors = {key: torch.tensor(value, dtype=torch.float64, requires_grad=True) for key, value in values.items()}
        expected = torch_losses()[name](**tensors)
        expected.backward()
        loss, gradients = f(**values)
        assert float(loss) == pytest.approx(expected.item(), rel=1e-10)
        for key in f.wrt:
            wanted = tensors[key].grad.numpy()
            assert np.shape(gradients[key]) == np.shape(values[key])
            scale = max(float(np.max(np.abs(t.grad.numpy()))) for t in tensors.values() if t.grad is not None)
            np.testing.assert_allclose(gradients[key], wanted, rtol=1e-10, atol=1e-12 * scale)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_second_evaluator_agrees_with_the_code(name: str) -> None:
    derivation = sb.derive(NETWORKS[name]())
    net = derivation.network
    values = draw(net, {**sizes_for(net, 3), "m": 4}, 3)
    computed, gradients = sb.lambdify(derivation).forward_backward(**values)
    everything = with_signals(derivation, forward(net, values))
    for key, value in computed.items():
        np.testing.assert_allclose(everything[key], value, rtol=1e-10, atol=1e-12)
    for symbol in derivation.wrt:
        for form in (derivation.shared, derivation.gradients):
            found = np.broadcast_to(evaluate(form[symbol], everything), np.shape(values[symbol.name]))
            np.testing.assert_allclose(found, gradients[symbol.name], rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in ("deep", "gelu", "leaky_relu", "elu")])
def test_complex_steps_through_stacks_of_matrices(name: str) -> None:
    """Every entry of a parameter is moved at once, in a stack of matrices, and the losses come out as a stack."""
    net = NETWORKS[name]()
    values = draw(net, {**sizes_for(net, 5), "m": 3}, 5)
    _, gradients = compiled(net)(**values)
    for parameter in net.parameters:
        here = np.asarray(values[parameter.name])
        moved = here + 1e-30j * np.eye(here.size).reshape(here.size, *here.shape)
        losses = forward(net, {**values, parameter.name: moved})[net.loss.name]
        assert losses.shape == (here.size,)
        expected = np.asarray(gradients[parameter.name]).ravel()
        np.testing.assert_allclose(losses.imag / 1e-30, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", NETWORKS)
def test_float32_stays_float32(name: str) -> None:
    net = NETWORKS[name]()
    f = compiled(net)
    values = draw(net, {**sizes_for(net, 1), "m": 4}, 1, np.float32)
    loss, gradients = f(**values)
    assert loss.dtype == np.float32
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float32)}
    raw, raw_gradients = f.module["forward_backward"](*(values[name] for name in f.names))
    assert {np.asarray(x).dtype for x in (*raw, *raw_gradients)} == {np.dtype(np.float32)}
    _, exact = f(**{key: np.float64(value) for key, value in values.items()})
    for key, gradient in gradients.items():
        np.testing.assert_allclose(gradient, exact[key], rtol=2e-3, atol=2e-3)


def test_dtypes_of_the_values_become_one() -> None:
    f = compiled(ridge())
    values = draw(ridge(), {"m": 3, "n": 2}, 0, np.float32)
    assert f(**{**values, "lam": 0.5})[1]["w"].dtype == np.float32  # a plain number takes the dtype of the others
    assert f(**{**values, "lam": np.float64(0.5)})[1]["w"].dtype == np.float64
    whole = {"X": [[1, 2], [3, 4]], "y": [[1], [0]], "w": [[1], [1]], "lam": 1}
    assert f(**whole)[1]["w"].dtype == np.float64
    with pytest.raises(sb.DataError, match=r"X is complex64, not real numbers"):
        f(**{**values, "X": values["X"] + 0j})


@pytest.mark.parametrize("name", ["mlp", "logistic", "log sum", "softplus", "silu", "attention"])
def test_large_scores_do_not_overflow(name: str) -> None:
    net = NETWORKS[name]()
    values = {
        key: value * 1e4 if key in ("X", "Q") else value
        for key, value in draw(net, dict.fromkeys(map(str, net.sizes), 3)).items()
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, gradients = compiled(net)(**values)
    assert np.isfinite(loss)
    assert all(np.isfinite(g).all() for g in gradients.values())


def test_the_logistic_loss_is_exact_far_from_zero() -> None:
    """-log σ(40) is 4.2e-18, and -log(1 - σ(40)) is 40."""
    f = compiled(logistic())
    right, _ = f(X=[[40.0], [-40.0]], y=[[1.0], [0.0]], w=[[1.0]])
    wrong, _ = f(X=[[40.0], [-40.0]], y=[[0.0], [1.0]], w=[[1.0]])
    assert float(right) == pytest.approx(np.exp(-40.0), rel=1e-12)
    assert float(wrong) == pytest.approx(40, rel=1e-15)


# -- what the code says


def test_the_code_of_an_mlp_is_what_one_writes_by_hand() -> None:
    source = compiled(mlp(), ROWS).source
    start, stop = source.index("    m = X"), source.index("    return (")
    assert (
        source[start:stop].rstrip()
        == """\
    m = X.shape[0]

    # forward pass
    Z1 = X @ W1 + b1
    A1, slope_A1 = sigmoid_and_slope(Z1)
    Z2 = A1 @ W2 + b2
    P, log_P = softmax_and_log(Z2, axis=1)
    E = -(log_P*Y).sum()/m

    # backward pass: Delta_Z2 is the derivative of E by Z2, and so on
    Delta_Z2 = (P - Y)/m
    Delta_Z1 = (Delta_Z2 @ W2.T)*slope_A1

    # gradients
    dE_dW1 = X.T @ Delta_Z1
    dE_db1 = Delta_Z1.sum(axis=0, keepdims=True)
    dE_dW2 = A1.T @ Delta_Z2
    dE_db2 = Delta_Z2.sum(axis=0, keepdims=True)"""
    )


def test_the_module_tells_names_shapes_loss_and_facts() -> None:
    words = ast.get_docstring(ast.parse(compiled(mlp(), ROWS).source))
    assert words is not None
    assert "Inputs      X: m×n\nTargets     Y: m×k\nParameters  W1: n×h, b1: 1×h, W2: h×k, b2: 1×k" in words
    assert "Loss        E = -total(" in words
    assert "Given that  rowsum(Y) = 1" in words


def test_attributes_tell_names_and_shapes() -> None:
    f = compiled(mlp())
    assert f.names == ("X", "Y", "W1", "b1", "W2", "b2")
    assert (f.loss, f.wrt) == ("E", ("W1", "b1", "W2", "b2"))
    assert (f.shapes["X"], f.shapes["b1"], f.shapes["P"], f.shapes["E"]) == ((m, n), (1, h), (m, k), ())


@pytest.mark.parametrize("name", NETWORKS)
def test_no_ones_and_nothing_idle(name: str) -> None:
    source = body(compiled(NETWORKS[name]()))
    assert "np.ones" not in source
    assert "np.zeros" not in source
    tree = ast.parse(source)
    assigned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert assigned <= used


COSTLY = (ast.BinOp, ast.Call)
ALL = {**NETWORKS, **{f"example {name}": lambda make=make: make().network() for name, make in MATRIX_EXAMPLES.items()}}


@pytest.mark.parametrize("name", few(ALL))
def test_nothing_is_worked_out_twice(name: str) -> None:
    """No two places of the code say the same matrix product, sum, function or difference."""
    seen: dict[str, int] = {}
    for node in ast.walk(ast.parse(body(compiled(ALL[name]())))):
        if isinstance(node, COSTLY) and array_operations(node, {}) > 0:
            seen[ast.unparse(node)] = seen.get(ast.unparse(node), 0) + 1
    assert [text for text, count in seen.items() if count > 1] == []


def test_equal_work_with_another_sign_or_number_is_shared() -> None:
    source = body(compiled(linear()))
    assert "t1 = X @ w - y" in source
    assert "c1 = 2 / m" in source
    assert "dE_dw = c1 * (X.T @ t1)" in source


def test_an_identity_is_made_once_and_sizes_are_not_shared() -> None:
    b = matrix("A", n, n)
    f = compiled(
        sb.Network(
            {E: sb.trace((b + sb.eye(n)) * (b - sb.eye(n)) * b) / n**2 + sb.total(b) / n**2},
            inputs=[], targets=[], parameters=[b], loss=E,
        )
    )  # fmt: skip
    assert body(f).count("np.eye(n, dtype=A.dtype)") == 1
    assert "= n ** 2" not in body(f)


def test_a_product_within_a_product_is_shared() -> None:
    v = matrix("V", n, 2 * n)
    f = compiled(sb.Network({E: sb.total(sb.power(X * v, 2))}, inputs=[X], targets=[], parameters=[v], loss=E))
    assert "t1 = X @ V" in body(f)
    assert "X.T @ t1" in body(f)


def test_products_that_end_in_a_column_keep_to_columns() -> None:
    x, b = matrix("x", n, 1), matrix("A", n, n)
    f = compiled(sb.Network({E: sb.quadratic(x, b)}, inputs=[], targets=[], parameters=[x, b], loss=E))
    assert "(x.T @ (A @ x)).sum()" in body(f)


def test_costly_parts_of_activations_are_worked_out_once() -> None:
    assert body(compiled(one_layer(sb.gelu))).count("normal_cdf(") == 1
    assert body(compiled(one_layer(SWISH))).count("sigmoid(") == 1
    assert "sigmoid_and_tail(Z1)" in body(compiled(one_layer(sb.softplus)))
    both = body(compiled(log_sum()))
    assert "t1, L = softmax_and_log(Z2, axis=1)" in both
    assert "t2, S = softmax_and_logsumexp(Z1, axis=1)" in both


def test_gradients_have_exactly_the_shape_of_their_parameter() -> None:
    c, g = matrix("c", 1, h), matrix("G", n, h)
    net = sb.Network(
        {E: sb.total(sb.hadamard(g, W1)) + sb.total(W2) * sb.total(c)},
        inputs=[g], targets=[], parameters=[W1, W2, c], loss=E,
    )  # fmt: skip
    f = compiled(net)
    values = draw(net, {"n": 2, "h": 3, "k": 4})
    _, gradients = f(**values)
    assert {key: value.shape for key, value in gradients.items()} == {"W1": (2, 3), "W2": (3, 4), "c": (1, 3)}
    gradients["W2"] += 1  # each is an array of its own
    gradients["W1"] += 1
    assert f(**values)[1]["W1"].tolist() == values["G"].tolist()
    assert body(f).count("broadcast_to") == 2


def test_an_operation_of_the_users_is_called_by_its_numpy_name_or_written_out() -> None:
    s, r, up = matrix("S", n, n), matrix("R", n, n), matrix("U", n, n)
    turned = sb.operation("turned", [s], r, up, adjoints=[up.T], numpy="np.transpose")
    doubled = sb.operation("doubled", [s], r, up, adjoints=[2 * up], value=2 * s)
    b = matrix("A", n, n)
    net = sb.Network(
        {E: sb.total(sb.power(turned(b) * doubled(b), 2))}, inputs=[], targets=[], parameters=[b], loss=E
    )  # fmt: skip
    f = compiled(net)
    assert "np.transpose(A)" in body(f)
    assert "doubled" not in body(f).replace("doubled_A", "")
    here = draw(net, {"n": 3})["A"]
    loss, gradients = f(A=here)
    assert float(loss) == pytest.approx(((here.T @ (2 * here)) ** 2).sum())
    assert float(forward(net, {"A": here})["E"]) == pytest.approx(float(loss))
    np.testing.assert_allclose(gradients["A"], 16 * here @ here.T @ here, rtol=1e-12)


def test_what_numpy_gives_must_have_the_shape_that_an_operation_declares() -> None:
    s, r, up = matrix("S", m, n), matrix("R", m, n), matrix("U", m, n)
    turned = sb.operation("turned", [s], r, up, adjoints=[up], numpy="np.transpose")
    b, c = matrix("A", k, 2 * d), matrix("c", d, 1)
    net = sb.Network({E: sb.total(turned(b)) * sb.total(c)}, inputs=[], targets=[], parameters=[b, c], loss=E)
    f = compiled(net)
    assert 'declared("turned", np.transpose(A), k, 2*d)' in f.source
    square = {"A": np.arange(4.0).reshape(2, 2), "c": np.ones((1, 1))}
    assert float(f(**square)[0]) == 6
    told = (
        r"turned is declared to give shape \(3, 2\), and its NumPy function gave \(2, 3\); "
        "correct the sizes of its result, or the name of the function"
    )
    values = {"A": np.ones((3, 2)), "c": np.ones((1, 1))}
    with pytest.raises(ValueError, match=told):
        f(**values)
    with pytest.raises(sb.DataError, match=told):
        forward(net, values)
    with pytest.raises(sb.DataError, match=told):
        forward(net, {name: np.stack([value, value]) for name, value in values.items()})


def test_sizes_are_read_off_formulas_of_known_ones() -> None:
    p, r, t = matrix("A", h * k, m), matrix("B", 2 * k + 1, 1), matrix("C", m + d - 1, 1)
    loss = sb.total(p) / h + k * sb.total(r) + d * sb.total(t)
    net = sb.Network({E: loss}, inputs=[], targets=[], parameters=[p, r, t], loss=E)
    f = compiled(net)
    for line in ("k = (B.shape[0] - 1)//2", "h = A.shape[0]//k", "d = C.shape[0] - (m - 1)"):
        assert f"    {line}\n" in f.source
    values = {"A": np.ones((6, 4)), "B": np.ones((7, 1)), "C": np.ones((8, 1))}
    assert bind(net, values) == {"m": 4, "k": 3, "h": 2, "d": 5}
    found, gradients = f(**values)
    assert float(found) == 12 + 21 + 40
    assert gradients["A"].tolist() == np.full((6, 4), 0.5).tolist()
    assert float(forward(net, values)["E"]) == 73
    squares, plain = matrix("A", n**2, 1), matrix("B", n, 1)
    both = sb.Network(
        {E: sb.total(squares) / n + sb.total(plain)}, inputs=[], targets=[], parameters=[squares, plain], loss=E
    )
    assert float(compiled(both)(A=np.ones((9, 1)), B=np.ones((3, 1)))[0]) == 6


# -- what the code costs


def array_operations(tree: ast.AST, functions: Mapping[str, ast.FunctionDef]) -> int:
    """How many operations on arrays a piece of code makes; what it calls of its own module counts with its body.

    Counted are @, arithmetic, comparisons, reductions and calls of NumPy; transposes, shapes and what is done with
    sizes alone are free.
    """
    free = {"shape", "copy", "dtype", "float"}
    count = 0
    rare = {
        part
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If)
        for line in branch.body
        for part in ast.walk(line)
    }
    for node in ast.walk(tree):
        if node in rare:  # what is done again for values far from zero, where there are any
            continue
        if isinstance(node, (ast.BinOp, ast.Compare)) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
        ):
            names = {x.id for x in ast.walk(node) if isinstance(x, ast.Name)}
            count += bool(names - {"m", "n", "h", "k", "d", "c1", "np"})
        elif isinstance(node, ast.Call):
            word = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if isinstance(node.func, ast.Name) and word in functions:
                count += array_operations(functions[word], functions)
            elif word not in free:
                count += 1
    return count


def operations_of(source: str, function: str) -> int:
    functions = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    return array_operations(functions[function], functions)


def by_hand_mlp(X: Any, Y: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
    m = X.shape[0]
    Z1 = X @ W1 + b1
    e = np.exp(-np.abs(Z1))
    A1 = np.where(Z1 >= 0, 1, e) / (1 + e)
    Z2 = A1 @ W2 + b2
    shifted = Z2 - Z2.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    total = powers.sum(axis=1, keepdims=True)
    P = powers / total
    E = -(Y * (shifted - np.log(total))).sum() / m
    D2 = (P - Y) / m
    D1 = (D2 @ W2.T) * A1 * (1 - A1)
    return E, (X.T @ D1, D1.sum(axis=0, keepdims=True), A1.T @ D2, D2.sum(axis=0, keepdims=True))


def by_hand_deep(X: Any, Y: Any, W1: Any, b1: Any, W2: Any, b2: Any, W3: Any, b3: Any) -> Any:
    m = X.shape[0]
    Z1 = X @ W1 + b1
    A1 = np.maximum(Z1, 0)
    Z2 = A1 @ W2 + b2
    A2 = np.tanh(Z2)
    e = np.exp(-2 * np.abs(Z2))  # 1 - A2**2 has no digits left where A2 is near 1
    R = A2 @ W3 + b3 - Y
    E = (R**2).sum() / (2 * m)
    D3 = R / m
    D2 = (D3 @ W3.T) * (4 * e / (1 + e) ** 2)
    D1 = (D2 @ W2.T) * (Z1 > 0)
    return E, (
        X.T @ D1, D1.sum(axis=0, keepdims=True), A1.T @ D2, D2.sum(axis=0, keepdims=True),
        A2.T @ D3, D3.sum(axis=0, keepdims=True),
    )  # fmt: skip


def by_hand_linear(X: Any, y: Any, w: Any) -> Any:
    m = X.shape[0]
    R = X @ w - y
    c1 = 2 / m
    return (R**2).sum() / m, (c1 * (X.T @ R),)


def by_hand_logistic(X: Any, y: Any, w: Any) -> Any:
    m = X.shape[0]
    z = X @ w
    e = np.exp(-np.abs(z))
    a = np.where(z >= 0, 1, e) / (1 + e)
    E = (np.maximum(z, 0) - y * z + np.log1p(e)).sum() / m
    return E, (X.T @ ((a - y) / m),)


@pytest.mark.parametrize(
    ("name", "by_hand", "facts"),
    [
        ("mlp", by_hand_mlp, ROWS),
        ("deep", by_hand_deep, ()),
        ("linear", by_hand_linear, ()),
        ("logistic", by_hand_logistic, ()),
    ],
)
def test_a_step_makes_no_more_array_operations_than_one_written_by_hand(name: str, by_hand: Any, facts: Any) -> None:
    net = NETWORKS[name]()
    f = compiled(net, facts)
    values = draw(net, dict.fromkeys(map(str, net.sizes), 4))
    loss, gradients = f(**values)
    expected, wanted = by_hand(**values)
    assert float(loss) == pytest.approx(float(expected), rel=1e-12)
    for found, hand in zip(gradients.values(), wanted, strict=True):
        np.testing.assert_allclose(found, hand, rtol=1e-10, atol=1e-14)
    ours = operations_of(f.source, "forward_backward")
    assert ours <= operations_of(inspect.getsource(by_hand), by_hand.__name__)


# -- shapes and sizes of data


GOOD = draw(mlp(), {"m": 4, "n": 3, "h": 5, "k": 2})
WRONG: list[tuple[Values, str]] = [
    ({"X": GOOD["X"].T}, "X is 3×4 and should be m×n: it looks transposed; give X.T"),
    ({"W1": GOOD["W1"].T}, "W1 is 5×3 and should be n×h: it looks transposed; give W1.T"),
    ({"b1": GOOD["b1"].T}, "b1 is 5×1 and should be 1×h: it looks transposed; give b1.T"),
    ({"b1": np.ones(5)}, "b1 has shape (5,) and should be 1×h; write np.reshape(b1, (1, 5))"),
    ({"b1": np.ones((2, 5))}, "b1 is 2×5 and should be 1×h; give b1 1 row"),
    (
        {"Y": GOOD["Y"][:3]},
        "Y is 3×2 and should be m×k: m is 3 in Y and 4 in X (4×3, m×n); let Y have 4 rows, or give another X",
    ),
    (
        {"W1": np.ones((3, 6))},
        "W1 is 3×6 and should be n×h: h is 6 in W1 and 5 in b1 (1×5, 1×h); let W1 have 5 columns, or give another b1",
    ),
    (
        {"X": 2.0},
        "X is a single number and should be m×n; give m rows of n numbers each, [[…], […]]",
    ),
    (
        {"X": np.ones(3)},
        "X has shape (3,) and should be m×n; "
        "write np.reshape(X, (1, 3)) for one row, or np.reshape(X, (3, 1)) for one column",
    ),
    (
        {"X": np.ones((2, 2, 3))},
        "X has shape (2, 2, 3) and should be m×n; give it rows of numbers, two axes in all",
    ),
    ({"X": np.ones((0, 3))}, "X is 0×3: it has no entries; give one at least"),
    ({"W1": [[1, 2], [3]]}, "W1 has rows of different lengths; give every row as many numbers"),
    ({"X": np.array([["a"]])}, "X is <U1, not real numbers; give it numbers"),
    ({"X": np.array([[None]])}, "X is object, not real numbers; give it numbers"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message[:40] for _, message in WRONG])
def test_data_that_do_not_fit_are_told_with_a_fix(change: Values, message: str) -> None:
    f = MLP
    values = {**GOOD, **change}
    for call in (lambda: f(**values), lambda: f.forward_backward(**values), lambda: bind(mlp(), values)):
        with pytest.raises(sb.DataError) as caught:
            call()
        assert str(caught.value) == f"error[shape]: {message}"
    with pytest.raises(sb.DataError, match=re.escape(message)):
        f.module["loss_and_gradients"](**values)


MLP = compiled(mlp())


def test_scalars_must_be_scalars() -> None:
    values = draw(ridge(), {"m": 3, "n": 2})
    for wrong in ([0.5], [[0.5]], np.ones(3)):
        with pytest.raises(sb.DataError, match=r"lam has shape \(.*\) and should be a single number; give one number"):
            compiled(ridge())(**{**values, "lam": wrong})


def test_sizes_are_read_off_the_data() -> None:
    assert bind(mlp(), GOOD) == {"m": 4, "n": 3, "h": 5, "k": 2}
    arrays, _ = fit(mlp(), {"X": [[1, 2]], "W1": np.ones((2, 3), np.float32)})
    assert {key: array.dtype.name for key, array in arrays.items()} == {"X": "float32", "W1": "float32"}


def test_sizes_that_are_formulas() -> None:
    twice, sum_of = matrix("A", m, 2 * h), matrix("B", 2 * h, m + h)
    net = sb.Network({E: sb.total(twice * sum_of) / h}, inputs=[twice], targets=[], parameters=[sum_of], loss=E)
    assert bind(net, {"A": np.ones((3, 4)), "B": np.ones((4, 5))}) == {"m": 3, "h": 2}
    loss, gradients = compiled(net)(A=np.ones((3, 4)), B=np.ones((4, 5)))
    assert (float(loss), gradients["B"].shape) == (30.0, (4, 5))
    wrong = {"A": np.ones((3, 4)), "B": np.ones((4, 6))}
    with pytest.raises(sb.DataError) as caught:
        bind(net, wrong)
    expected = "B is 4×6 and should be 2*h×(h+m): h is 2, m is 3; give B 5 columns"
    assert caught.value.what + "; " + caught.value.fix == expected
    with pytest.raises(sb.DataError, match=r"A is 3×5 and should be m×2\*h: h is 2; give A 4 columns"):
        bind(net, {"A": np.ones((3, 5)), "B": np.ones((5, 5))})


def test_formulas_with_several_unknown_sizes_stand_for_themselves() -> None:
    size = ("m + n", ((1, ("m",)), (1, ("n",))))
    assert unified(["A", "B"], [(4, 1), (4, 1)], [(size, 1), (size, 1)]) == ({}, "")
    assert unified(["A", "B"], [(4, 1), (5, 1)], [(size, 1), (size, 1)])[1].startswith("B is 5×1 and should be (m+n)×1")


def test_missing_and_unknown_names() -> None:
    with pytest.raises(sb.DataError, match="there is no value for b2"):
        MLP(**{key: value for key, value in GOOD.items() if key != "b2"})
    with pytest.raises(sb.DataError, match="there is a value for W3; known names: W1, W2, X, Y, b1, b2"):
        MLP(**GOOD, W3=1)


@pytest.mark.parametrize("reduction", ["sum", "none", "median"])
def test_a_reduction_is_refused(reduction: Any) -> None:
    with pytest.raises(sb.DataError, match=r"error\[reduction\]: .* its batch inside; leave it out"):
        MLP(**GOOD, reduction=reduction)
    assert MLP(**GOOD, reduction="mean")[0] == MLP(**GOOD)[0]


def test_a_singular_matrix_is_told() -> None:
    b = matrix("A", n, n)
    f = compiled(sb.Network({E: sb.trace(b.I)}, inputs=[], targets=[], parameters=[b], loss=E))
    with pytest.raises(sb.DataError) as caught:
        f(A=np.zeros((2, 2)))
    assert str(caught.value) == (
        "error[matrix]: Singular matrix: inv(A) in inv_A has no value; "
        "give values at which all that is asked of a matrix exists"
    )


def test_an_inverse_that_only_the_gradient_needs_is_told() -> None:
    a = matrix("A", n, n)
    f = compiled(sb.Network({E: sb.det(a)}, inputs=[], targets=[], parameters=[a], loss=E))
    with pytest.raises(sb.DataError, match=r"Singular matrix: inv\(A\) in dE/dA has no value; "):
        f(A=np.zeros((2, 2)))


def test_an_operation_of_the_users_that_fails_is_told() -> None:
    a, g = matrix("A", n, n), matrix("G", n, n)
    root = sb.operation("root", [a], matrix("R", n, n), g, numpy="np.linalg.cholesky", adjoints=[g])
    b, c = matrix("B", n, n), matrix("C", n, n)
    f = compiled(sb.Network({c: root(b), E: sb.total(c)}, inputs=[], targets=[], parameters=[b], loss=E))
    with pytest.raises(sb.DataError, match=r"Matrix is not positive definite: root\(B\) in C has no value; "):
        f(B=-np.eye(2))


# -- conditions

BRANCHES = {
    "a sum": "where(X @ W1 + b1 > 0, X @ W1 + b1, 0)",
    "two sums": "where(2*(X @ W1) + b1 > -(X @ W1), X @ W1 + b1, b1)",
    "rows": "where(rowsum(X @ W1 + b1) > 0, X @ W1 + b1, 2*(X @ W1) + b1)",
    "one number": "where(total(X @ W1) > 0, X @ W1 + b1, X @ W1)",
    "and": "where(X @ W1 + b1 > 0 and X @ W1 < 1, X @ W1 + b1, 0)",
    "or": "where(X @ W1 + b1 > 1 or b1 > 0, X @ W1 + b1, 0)",
    "a function": "where(tanh(X @ W1 + b1) < 0.1, tanh(X @ W1 + b1), 3*(X @ W1 + b1))",
}


def differences(net: sb.Network, values: Values, name: str, step: float = 1e-6) -> Any:
    """Central differences of the loss, entry by entry."""
    result = np.zeros_like(values[name])
    for at in np.ndindex(result.shape):
        losses = []
        for sign in (1, -1):
            moved = values[name].copy()
            moved[at] += sign * step
            losses.append(forward(net, {**values, name: moved})["E"])
        result[at] = (losses[0] - losses[1]) / (2 * step)
    return result


def agrees_with_differences(net: sb.Network, by_hand: Callable[..., Any]) -> None:
    for seed in range(3):
        values = draw(net, {"m": 4, "n": 3, "h": 2}, seed)
        found, gradients = compiled(net).forward_backward(**values)
        np.testing.assert_allclose(found["Z1"], by_hand(**values), rtol=1e-12)
        for name, gradient in gradients.items():
            np.testing.assert_allclose(gradient, differences(net, values, name), rtol=1e-5, atol=1e-7)
    assert sb.check(sb.derive(net)).ok


@pytest.mark.filterwarnings("ignore:.*jumps where")
@pytest.mark.parametrize("kind", BRANCHES)
def test_a_condition_may_be_on_anything(kind: str) -> None:
    names = {"X": Array("X", (m, n)), "W1": Array("W1", (n, h)), "b1": Array("b1", (1, h))}
    Z = Array("Z1", (m, h))
    branch = parse_expression(BRANCHES[kind], names)
    net = sb.Network({Z: branch, E: SumAll(Z**2 + Z)}, inputs=[names["X"]], targets=[],
                     parameters=[names["W1"], names["b1"]], loss=E)  # fmt: skip
    words = {"where": np.where, "tanh": np.tanh, "total": np.sum, "rowsum": lambda a: a.sum(axis=1, keepdims=True)}
    code = re.sub(r"(?<=\().* (and|or) [^,]*(?=,)", _bitwise, BRANCHES[kind])
    agrees_with_differences(net, lambda **values: eval(code, {**words, **values}))


def _bitwise(found: re.Match[str]) -> str:
    word = found.group(1)
    left, right = found.group(0).split(f" {word} ")
    return f"({left}) {'&' if word == 'and' else '|'} ({right})"


def test_a_condition_in_a_function_applied_to_a_product() -> None:
    def branch(z: Any) -> Any:
        return Piecewise((z**2, And(z > 0, z < 1)), (2 * z, Or(z < -1, z > 2)), (0, True))

    net = sb.Network({Z1: (X * W1).applyfunc(branch), E: sb.total(sb.power(Z1, 2))}, inputs=[X], targets=[],
                     parameters=[W1], loss=E)  # fmt: skip

    def by_hand(X: Any, W1: Any) -> Any:
        z = X @ W1
        return np.select([(z > 0) & (z < 1), (z < -1) | (z > 2)], [z**2, 2 * z])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        agrees_with_differences(net, by_hand)


# -- gradients are the caller's own

VIEWS = {
    "a diagonal": (sb.trace(sb.diag(matrix("v", n, 1)) * matrix("A", n, n)), "v", [[1.0], [2.0], [3.0]]),
    "a transpose": (sb.trace(matrix("V", n, n) * matrix("A", n, n)), "V", [[1.0, 0, 9], [0, 2, 0], [0, 0, 3]]),
    "a name": (sb.inner(matrix("V", n, n), matrix("A", n, n)), "V", [[1.0, 0, 0], [0, 2, 0], [9, 0, 3]]),
    "repeated": (sb.total(matrix("V", n, n)) + sb.trace(matrix("A", n, n)), "V", np.ones((3, 3))),
}


@pytest.mark.parametrize("kind", VIEWS)
def test_a_gradient_is_no_view_of_what_was_given(kind: str) -> None:
    loss, name, expected = VIEWS[kind]
    parameter = next(s for s in loss.free_symbols if str(s) == name)
    f = compiled(sb.Network({E: loss}, inputs=[matrix("A", n, n)], targets=[], parameters=[parameter], loss=E))
    given = np.array([[1.0, 0, 0], [0, 2, 0], [9, 0, 3]])
    _, gradients = f(**{"A": given, name: np.ones((3, 1 if name == "v" else 3))})
    given[:] = 99
    np.testing.assert_array_equal(gradients[name], expected)
    gradients[name][0, 0] = 5  # it can be written to


# -- facts


def test_data_that_break_a_fact_are_refused() -> None:
    f = compiled(mlp(), ROWS)
    f(**GOOD)
    broken = GOOD["Y"].copy()
    broken[2] = [0.5, 0.7]
    broken[1] = [0.5, 0.6]
    with pytest.raises(sb.DataError) as caught:
        f(**{**GOOD, "Y": broken})
    assert str(caught.value) == (
        "error[fact]: rowsum(Y) = 1 is stated, and row 3 of rowsum(Y) is 1.2; "
        "correct the data, leave the fact out, or give check_facts=False"
    )
    MLP(**{**GOOD, "Y": broken})  # nothing was stated there


def test_facts_hold_up_to_rounding() -> None:
    f = compiled(mlp(), ROWS)
    soft = np.full((4, 2), 0.5) + 1e-8
    f(**{**GOOD, "Y": soft})
    single = {key: value.astype(np.float32) for key, value in GOOD.items()}
    f(**{**single, "Y": np.full((4, 2), 0.5, np.float32) + np.float32([[4e-6, 0]])})
    with pytest.raises(sb.DataError, match=r"error\[fact\]"):
        f(**{**GOOD, "Y": np.full((4, 2), np.nan)})


def test_a_symmetric_matrix_is_checked_entry_by_entry() -> None:
    b, x = matrix("A", n, n), matrix("x", n, 1)
    net = sb.Network({E: sb.quadratic(x, b)}, inputs=[b], targets=[], parameters=[x], loss=E)
    array = Array("A", (n, n))
    derivation = sb.derive(net, facts=[Eq(Transposed(array), array)])
    check_facts(derivation, {"A": np.eye(3), "x": np.ones((3, 1))})
    with pytest.raises(sb.DataError) as caught:
        check_facts(derivation, {"A": np.array([[1.0, 3.0], [4.0, 1.0]]), "x": np.ones((2, 1))})
    assert str(caught.value) == (
        "error[fact]: A.T = A is stated, and entry (1, 2) of A.T is 4 where A is 3; "
        "correct the data, leave the fact out, or give check_facts=False"
    )


# -- the saved module


def test_a_saved_module_needs_numpy_alone(tmp_path: Path) -> None:
    f = compiled(mlp())
    f.save(tmp_path / "gradients.py")
    np.savez(tmp_path / "values.npz", **GOOD)
    script = (
        "import numpy as np, sys, gradients\n"
        "loss, g = gradients.loss_and_gradients(**np.load('values.npz'))\n"
        "assert not any(name.startswith(('sympy', 'symbackprop')) for name in sys.modules)\n"
        "print(repr(float(loss)), g['W1'].shape)\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout.strip() == f"{float(f(**GOOD)[0])!r} (3, 5)"


def test_names_of_a_network_do_not_hide_what_the_module_needs() -> None:
    shapes, np_, sizes = matrix("fitted", m, n), matrix("np_", n, 1), matrix("sizes", m, 1)
    net = sb.Network(
        {Symbol("t1"): sb.total(shapes * np_), E: sb.total(sb.power(shapes * np_ - sizes, 2)) * Symbol("t1")},
        inputs=[shapes], targets=[sizes], parameters=[np_], loss=E,
    )  # fmt: skip
    values = draw(net, {"m": 3, "n": 2})
    loss, _ = compiled(net)(**values)
    product = values["fitted"] @ values["np_"]
    assert float(loss) == pytest.approx(float(((product - values["sizes"]) ** 2).sum() * product.sum()))


# -- stacks in the evaluator


def test_scalars_of_a_stack_have_its_axes_alone() -> None:
    net = ridge()
    values = draw(net, {"m": 3, "n": 2})
    lams = np.array([0.0, 0.5, 2.0])
    losses = forward(net, {**values, "lam": lams})["E"]
    assert losses.shape == (3,)
    for lam_here, loss in zip(lams, losses, strict=True):
        assert float(forward(net, {**values, "lam": lam_here})["E"]) == pytest.approx(float(loss), rel=1e-14)


def test_scalar_networks_are_evaluated_as_before() -> None:
    x, v = symbols("x v")
    net = sb.Network({E: (x * v) ** 2}, inputs=[x], targets=[], parameters=[v], loss=E)
    values = {"x": np.ones((2, 3)), "v": np.array([1.0, 2.0, 3.0])}
    assert forward(net, values)["E"].shape == (2, 3)
    assert set(gradient_forms(sb.derive(net), {"x": 1.0, "v": 2.0})) == {"shared", "closed", "expanded"}
