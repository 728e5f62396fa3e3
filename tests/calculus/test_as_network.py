"""Derivations as networks: gradients in losses, second derivatives, and the names that they have."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import slow_except
from layers import LAYERS, values_of
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.notation import NameTable

EXAMPLES = sb.example_names()
QUICK = ["or-gate", "or-gate-vectorised", "linear-neuron", "batch-norm-layer"]


@pytest.mark.parametrize("name", slow_except(QUICK, EXAMPLES))
def test_second_derivatives_of_examples_are_proved(name: str) -> None:
    g = sb.derive(sb.load_example(name)).as_network()
    assert sb.check(sb.derive(g, g.sources[:2])).proved


def test_lines_become_equations() -> None:
    d = sb.derive(sb.load_example("or-gate-vectorised"))
    g = d.as_network()
    assert [str(name) for name in g.equations] == ["Z", "A", "Cost", "Delta_Z", "W_bar", "b_bar"]
    assert {str(gradient): str(vector) for gradient, vector in g.outputs.items()} == {"W_bar": "V_W", "b_bar": "v_b"}
    assert g.name == "gradients of OR gate, vectorised"
    assert dict(zip(map(str, d.wrt), map(str, g.outputs), strict=True)) == {"W": "W_bar", "b": "b_bar"}


def test_values_are_those_of_the_derivation() -> None:
    d = sb.derive(sb.load_example("mlp"))
    _, gradients = sb.lambdify(d)(**d.network.values)
    g = sb.lambdify(sb.derive(d.as_network()))
    found = g.outputs_of(**d.network.values)
    for name, value in zip(d.wrt, found, strict=True):
        np.testing.assert_allclose(value, gradients[name.name], rtol=1e-12)


def test_signals_of_signals_have_another_letter() -> None:
    d = sb.derive(sb.derive(sb.load_example("two-layer-sigmoid")).as_network(), wrt=["w1"])
    assert [str(delta) for delta in d.backward] == [
        "lambda_delta_h1", "lambda_delta_h2", "lambda_delta_o1", "lambda_delta_o2", "lambda_o1", "lambda_o2",
        "lambda_h1",
    ]  # fmt: skip
    third = sb.derive(d.as_network(), wrt=["w1"])
    assert {str(delta).split("_")[0] for delta in third.backward} == {"xi"}


def test_signals_of_signals_are_readable() -> None:
    names = NameTable.of(["lambda_delta_h1", "Lambda_Delta_Z1", "lambda_h1"])
    assert names.unicode("lambda_delta_h1") == "λ_δₕ₁"
    assert names.latex("Lambda_Delta_Z1") == r"\Lambda_{\Delta_{Z_1}}"


def test_names_that_are_taken_are_left() -> None:
    w, x, y, bar, loss = symbols("w x y w_bar E")
    net = sb.Network({y: w * x + bar, loss: y**3}, inputs=[x], parameters=[w, bar], loss=loss)
    g = sb.derive(net).as_network()
    assert [str(name) for name in g.outputs] == ["dL_dw", "w_bar_bar"]
    assert sb.check(sb.derive(g)).proved


def test_parameters_that_no_gradient_depends_on_are_inputs() -> None:
    w, v, x, y = symbols("w v x E")
    g = sb.derive(sb.Network({y: w * x**2 + v**2}, inputs=[x], parameters=[w, v], loss=y)).as_network()
    assert [str(name) for name in g.parameters] == ["v"]
    assert [str(name) for name in g.inputs] == ["x", "w"]


def test_adjoints_of_a_layer_are_inputs_of_its_second_derivative() -> None:
    g = sb.derive(LAYERS["attention"]()).as_network()
    assert [str(name) for name in g.inputs] == ["Q", "K", "V", "O_bar"]
    d = sb.derive(g)
    assert [str(w) for w in d.wrt] == ["Q", "K", "V", "O_bar"]
    assert sb.check(d).proved


def penalised() -> sb.Network:
    """The cost of a layer, and a tenth of the squared norm of its gradient by the inputs, as a loss."""
    m, n, k = symbols("m n k")
    x, t, w = MatrixSymbol("X", m, n), MatrixSymbol("T", m, k), MatrixSymbol("W", n, k)
    y, loss, total = MatrixSymbol("Y", m, k), Symbol("E"), Symbol("F")
    net = sb.Network(
        {y: sb.tanh(x * w), loss: sb.total(sb.power(y - t, 2)) / m},
        inputs=[x], targets=[t], parameters=[w], loss=loss,
    )  # fmt: skip
    g = sb.derive(net, wrt=[x]).as_network()
    gradient = g.written("X_bar")
    return sb.Network(
        {**g.equations, total: loss + sb.total(sb.power(gradient, 2)) / 10},
        inputs=[x], targets=[t], parameters=[w], loss=total,
    )  # fmt: skip


def test_a_penalty_on_a_gradient_is_proved_and_trains() -> None:
    net = penalised()
    d = sb.derive(net)
    assert sb.check(d).proved
    rng = np.random.default_rng(0)
    data = {"X": rng.normal(size=(6, 3)), "T": rng.normal(size=(6, 2))}
    history = sb.train(d, data, initial={"W": 0.1 * rng.normal(size=(3, 2))}, learning_rate=0.05, epochs=30)
    assert history.losses[-1] < history.losses[0]


@pytest.mark.needs("torch")
def test_a_penalty_on_a_gradient_is_that_of_double_backward() -> None:
    import torch

    rng = np.random.default_rng(1)
    values = {"X": rng.normal(size=(4, 3)), "T": rng.normal(size=(4, 2)), "W": rng.normal(size=(3, 2))}
    loss, gradients = sb.lambdify(sb.derive(penalised()))(**values)
    x, t, w = (torch.tensor(values[name], requires_grad=name != "T") for name in ("X", "T", "W"))
    cost = ((torch.tanh(x @ w) - t) ** 2).sum() / 4
    (by_x,) = torch.autograd.grad(cost, x, create_graph=True)
    total = cost + (by_x**2).sum() / 10
    total.backward()  # type: ignore[no-untyped-call]
    np.testing.assert_allclose(loss, total.item(), rtol=1e-12)
    assert w.grad is not None
    np.testing.assert_allclose(gradients["W"], w.grad.numpy(), rtol=1e-10)


@pytest.mark.needs("torch")
def test_a_penalty_of_scalars_is_that_of_double_backward() -> None:
    import torch

    net = sb.load_example("two-layer-sigmoid")
    d = sb.derive(net)
    g, total = d.as_network(), Symbol("F")
    loss = net.loss + sum(gradient**2 for gradient in g.outputs)
    whole = sb.Network(
        {**g.equations, total: loss}, inputs=net.inputs, targets=net.targets, parameters=net.parameters, loss=total
    )
    values = {name: float(np.ravel(value)[0]) for name, value in net.values.items()}
    found, gradients = sb.lambdify(sb.derive(whole))(**values)
    v: dict[str, Any] = {
        name: torch.tensor(value, dtype=torch.float64, requires_grad=name[0] == "w") for name, value in values.items()
    }
    a1, a2 = (torch.sigmoid(v[p] * v["i1"] + v[q] * v["i2"]) for p, q in (("w1", "w2"), ("w3", "w4")))
    o1, o2 = (torch.sigmoid(v[p] * a1 + v[q] * a2) for p, q in (("w5", "w6"), ("w7", "w8")))
    cost = (v["t1"] - o1) ** 2 / 2 + (v["t2"] - o2) ** 2 / 2
    weights = [v[f"w{j}"] for j in range(1, 9)]
    first = torch.autograd.grad(cost, weights, create_graph=True)
    (cost + sum((one**2).sum() for one in first)).backward()
    assert found == pytest.approx((cost + sum((one**2).sum() for one in first)).item(), rel=1e-12)
    for j, weight in enumerate(weights, start=1):
        assert gradients[f"w{j}"] == pytest.approx(weight.grad.item(), rel=1e-9)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", ["dense", "attention"])
def test_the_second_derivative_of_a_layer_is_that_of_double_backward(name: str) -> None:
    import torch

    d = sb.derive(LAYERS[name]())
    g = sb.derive(d.as_network())
    values = values_of(g.network)
    _, second = sb.lambdify(g)(**values)
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in values.items()}
    run = sb.lambdify(d, backend="torch").module["forward"]
    (output,) = d.network.outputs
    wrt = [tensors[w.name] for w in d.wrt]
    y = run(**{key: tensors[key] for key in values if key in map(str, d.network.leaves) and key != f"{output}_bar"})
    first = torch.autograd.grad(y, wrt, tensors[f"{output}_bar"], create_graph=True)
    product = sum((one * tensors[f"V_{w}"]).sum() for one, w in zip(first, d.wrt, strict=True))
    found = torch.autograd.grad(product, [tensors[w.name] for w in g.wrt])
    for w, one in zip(g.wrt, found, strict=True):
        np.testing.assert_allclose(second[w.name], one.numpy(), rtol=1e-9, atol=1e-11)
