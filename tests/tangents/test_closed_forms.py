"""Jacobians and Hessians in the closed forms that books print, each judged exactly and tried at random sizes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.notation import text

m, n = symbols("m n")
X, A, C = MatrixSymbol("X", m, n), MatrixSymbol("A", n, n), MatrixSymbol("C", n, n)
w, x, z, q = (MatrixSymbol(word, n, 1) for word in "wxzq")
y, Z, p = (MatrixSymbol(word, m, 1) for word in "yZp")
row, share = MatrixSymbol("r", 1, n), MatrixSymbol("s", 1, n)
b, c, E = symbols("b c E")
LEAST_SQUARES = {E: sb.total(sb.square(X * w - y)) / (2 * m)}
LOGISTIC = {Z: X * w, p: sb.sigmoid(Z), E: sb.mean(sb.binary_cross_entropy(p, y))}
WITH_BIAS = {Z: X * w + b * sb.ones(m, 1), p: sb.sigmoid(Z), E: sb.mean(sb.binary_cross_entropy(p, y))}


def loss(equations, *parameters, **roles) -> sb.Network:
    return sb.Network(equations, parameters=parameters, loss=E, **roles)


def layer(equations, *inputs, **roles) -> sb.Network:
    return sb.Network(equations, inputs=inputs, outputs=[next(iter(equations))], **roles)


DATA = {"inputs": [X], "targets": [y]}
FORMS: dict[str, tuple[Callable[[], sb.Differentiated], list[str]]] = {
    "softmax": (lambda: sb.jacobian(layer({q: sb.softmax(z, axis=0)}, z)), ["diag(q) − q qᵀ"]),
    "softmax of a row": (lambda: sb.jacobian(layer({share: sb.softmax(row, axis=1)}, row)), ["diag(sᵀ) − sᵀ s"]),
    "sigmoid": (lambda: sb.jacobian(layer({q: sb.sigmoid(z)}, z)), ["diag(q ∘ (1 − q))"]),
    "linear map": (lambda: sb.jacobian(layer({p: X * z}, z, parameters=[X]), wrt=["z"]), ["X"]),
    "layer": (
        lambda: sb.jacobian(layer({p: sb.tanh(X * z)}, z, parameters=[X]), wrt=["z"]), ["diag(1 − p∘²) X"],
    ),
    "log-sum-exp": (lambda: sb.hessian(loss({E: sb.total(sb.logsumexp(z, axis=0))}, z)), ["diag(z̄) − z̄ z̄ᵀ"]),
    "least squares": (lambda: sb.hessian(loss(LEAST_SQUARES, w, **DATA)), ["(1/m)·Xᵀ X"]),
    "ridge": (
        lambda: sb.hessian(loss({E: LEAST_SQUARES[E] + c * sb.total(sb.square(w)) / 2}, w, inputs=[X, c], targets=[y])),
        ["(1/m)·Xᵀ X + c·Iₙ"],
    ),
    "logistic regression": (lambda: sb.hessian(loss(LOGISTIC, w, **DATA)), ["(1/m)·Xᵀ diag(p ∘ (1 − p)) X"]),
    "logistic regression with a bias": (
        lambda: sb.hessian(loss(WITH_BIAS, w, b, **DATA)),
        ["(1/m)·Xᵀ diag(p ∘ (1 − p)) X", "(1/m)·Xᵀ (p ∘ (1 − p))", "mean(p ∘ (1 − p))"],
    ),
    "Poisson regression": (
        lambda: sb.hessian(loss({p: sb.exp(X * w), E: sb.mean(p) - sb.mean(sb.hadamard(y, X * w))}, w, **DATA)),
        ["(1/m)·Xᵀ diag(p) X"],
    ),
    "quadratic form": (lambda: sb.hessian(loss({E: sb.quadratic(x, A)}, x, inputs=[A])), ["A + Aᵀ"]),
    "symmetric quadratic form": (
        lambda: sb.hessian(loss({E: sb.quadratic(x, A)}, x, inputs=[A], facts=["A.T = A"])), ["2A"],
    ),
    "quadratic form in a product": (
        lambda: sb.hessian(loss({E: sb.quadratic(A * x, C)}, x, inputs=[A, C])), ["Aᵀ (C + Cᵀ) A"],
    ),
    "bilinear form": (
        lambda: sb.hessian(loss({E: sb.quadratic(x, A, w)}, x, w, inputs=[A])), ["0", "A", "0"],
    ),
    "sum of softplus": (
        lambda: sb.hessian(loss({p: sb.sigmoid(X * w), E: sb.total(sb.softplus(X * w))}, w, inputs=[X])),
        ["Xᵀ diag(p ∘ (1 − p)) X"],
    ),
    "norm": (lambda: sb.hessian(loss({E: sb.norm(w)}, w)), ["(1/E)·(Iₙ − w̄ w̄ᵀ)"]),
    "fourth power of the norm": (
        lambda: sb.hessian(loss({E: sb.square(sb.total(sb.square(w)))}, w)), ["8w wᵀ + 4‖w‖²·Iₙ"],
    ),
    "sum of exponentials": (lambda: sb.hessian(loss({E: sb.total(sb.exp(w))}, w)), ["diag(w̄)"]),
    "Gaussian likelihood in its mean": (
        lambda: sb.hessian(loss({E: sb.quadratic(w - x, sb.eye(n) * c) / 2}, w, inputs=[c], targets=[x])), ["c·Iₙ"],
    ),
    "Gauss-Newton of least squares": (
        lambda: sb.gauss_newton(loss({p: X * w, E: sb.mean(sb.square(p - y)) / 2}, w, **DATA)), ["(1/m)·Xᵀ X"],
    ),
    "Gauss-Newton through tanh": (
        lambda: sb.gauss_newton(loss({p: sb.tanh(X * w), E: sb.mean(sb.square(p - y)) / 2}, w, **DATA)),
        ["(1/m)·Xᵀ diag((1 − p∘²)∘²) X"],
    ),
    "Fisher of logistic regression": (
        lambda: sb.fisher(loss(LOGISTIC, w, **DATA)), ["(1/m)·Xᵀ diag(p ∘ (1 − p)) X"],
    ),
    "Newton's step of least squares": (lambda: sb.newton_step(loss(LEAST_SQUARES, w, **DATA)), ["−X_H"]),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_closed_forms(name: str) -> None:
    make, forms = FORMS[name]
    found = make()
    assert [text(formula, order=found.network.order) for formula in found.formulas.values()] == forms
    assert sb.check(found).proved


def test_newtons_step_is_least_squares() -> None:
    rng = np.random.default_rng(0)
    values = {"X": rng.normal(size=(9, 4)), "y": rng.normal(size=(9, 1)), "w": rng.normal(size=(4, 1))}
    step = sb.lambdify(sb.newton_step(loss(LEAST_SQUARES, w, **DATA)))(**values)
    best = np.linalg.lstsq(values["X"], values["y"], rcond=None)[0]
    np.testing.assert_allclose(values["w"] + step, best, rtol=1e-10)


@pytest.mark.parametrize("sizes", [(1, 1), (1, 4), (5, 1), (3, 2)])
def test_code_at_sizes(sizes: tuple[int, int]) -> None:
    """Xᵀ D X/m as NumPy has it, also where a side is 1."""
    rng = np.random.default_rng(1)
    data, weights = rng.normal(size=sizes), rng.normal(size=(sizes[1], 1))
    found = sb.lambdify(sb.hessian(loss(LOGISTIC, w, **DATA)))(X=data, w=weights)
    s = 1 / (1 + np.exp(-data @ weights))
    np.testing.assert_allclose(found, data.T @ (s * (1 - s) * data) / sizes[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["xor", "two-layer-sigmoid"])
def test_tables_of_scalars_are_symmetric(name: str) -> None:
    net = sb.load_example(name)
    found = sb.hessian(net)
    table = found.table
    assert table.shape == (len(net.parameters), len(net.parameters))
    assert table == table.T
    assert sb.check(found, points=2).proved
    assert found.block("w1", "w2") == found.block("w2", "w1")


def test_fisher_says_under_which_condition() -> None:
    [condition] = sb.fisher(loss(LOGISTIC, w, **DATA)).conditions
    assert "with Z for its natural parameter" in condition
    assert "Martens" in condition


def refused(what: Callable[[], object]) -> str:
    with pytest.raises(sb.SymbackpropError) as caught:
        what()
    return str(caught.value)


def test_errors_say_what_to_use() -> None:
    mlp = sb.load_example("mlp")
    assert "W1 (n×h) has more than two indices; use hvp" in refused(lambda: sb.hessian(mlp))
    assert "A2 (m×k) has more than two indices; use jvp" in refused(lambda: sb.jacobian(mlp))
    assert "use product=True" in refused(lambda: sb.gauss_newton(mlp))
    decayed = {**LOGISTIC, E: LOGISTIC[E] + sb.total(sb.square(w))}
    assert "depends on w otherwise than through" in refused(lambda: sb.gauss_newton(loss(decayed, w, **DATA)))
    assert "no natural parameter" in refused(lambda: sb.fisher(loss(LOGISTIC, w, **DATA), of="p"))
    assert "has no equation for what it compares" in refused(lambda: sb.fisher(loss(LEAST_SQUARES, w, **DATA)))
    assert "is a layer" in refused(lambda: sb.fisher(layer({q: sb.sigmoid(z)}, z)))
    assert "name one" in refused(lambda: sb.newton_step(loss(WITH_BIAS, w, b, **DATA)))
    assert "the Hessian of E by b is zero" in refused(lambda: sb.newton_step(loss({E: b * c}, b, inputs=[c])))
    assert "Z is asked for and moves" in refused(lambda: sb.jvp(loss(LOGISTIC, w, **DATA), of="Z", wrt=["Z"]))
    assert "y does not reach Z" in refused(lambda: sb.jvp(loss(LOGISTIC, w, **DATA), of="Z", wrt=["y"]))
    assert "w has no equation" in refused(lambda: sb.jvp(loss(LOGISTIC, w, **DATA), of="w"))
    assert "hessian was given a dict" in refused(lambda: sb.hessian({E: w}))


def test_forms_without_a_rule_name_the_product() -> None:
    net = loss({E: sb.total(sb.square(sb.kron(w, w)))}, w)
    assert "no matrix is read beside V_w" in refused(lambda: sb.hessian(net))
    assert sb.check(sb.hvp(net)).proved


CUMULATED = {
    "sums of a column": (lambda v: sb.cumsum(sb.square(v), axis=0), (4, 1)),
    "sums of a column from its end": (lambda v: sb.reverse_cumsum(sb.square(v), axis=0), (4, 1)),
    "sums of a row": (lambda v: sb.cumsum(sb.square(v), axis=1), (1, 4)),
    "sums of a row from its end": (lambda v: sb.reverse_cumsum(sb.square(v), axis=1), (1, 4)),
}


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", CUMULATED)
def test_cumulative_sums_have_jacobians_and_hessians(name: str) -> None:
    import torch

    sums, shape = CUMULATED[name]
    v = MatrixSymbol("v", *(n if size > 1 else 1 for size in shape))
    loss_of = loss({E: sb.total(sb.power(sums(v), 3))}, v)
    found = sb.hessian(loss_of)
    assert sb.check(found).proved
    at = np.random.default_rng(3).normal(size=shape)

    def value(x):
        axis, back = int(shape[0] == 1), "end" in name
        x = torch.flip(x**2, (axis,)) if back else x**2
        return (torch.cumsum(x, axis) ** 3).sum()

    theirs = torch.autograd.functional.hessian(value, torch.tensor(at)).reshape(4, 4).numpy()
    np.testing.assert_allclose(sb.lambdify(found)(v=at), theirs, rtol=1e-10, atol=1e-12)
    out = MatrixSymbol("O", *v.shape)
    assert sb.check(sb.jacobian(layer({out: sums(v)}, v))).proved


def test_unknown_names() -> None:
    found = sb.hessian(loss(WITH_BIAS, w, b, **DATA))
    assert "there are 3 results" in refused(found.formula)
    assert "did you mean 'H_w_w'" in refused(lambda: found.formula("H_w_c"))
    assert "there is nothing for w and c" in refused(lambda: found.block("w", "c"))
    assert "not a table of scalars" in refused(lambda: found.table)
    assert Symbol("E") == found.source.loss
