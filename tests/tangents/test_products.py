"""Products with Jacobians and Hessians: proved, held against PyTorch, and as cheap as two gradients."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from conftest import slow_except
from layers import LAYERS
from matrix_networks import MATRIX_EXAMPLES
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.judge import Line, judge
from symbackprop.numeric.program.lines import lines_of
from symbackprop.tangents import MoveBy

EXAMPLES = sb.example_names()
QUICK = ["or-gate", "two-layer-sigmoid", "or-gate-vectorised", "mlp", "batch-norm-layer", "attention"]
ACTIVATIONS = {"tanh": sb.tanh, "sigmoid": sb.sigmoid, "softplus": sb.softplus, "silu": sb.silu}


def mlp(*activations: str) -> sb.Network:
    """Layers of matrices with biases, and a squared error."""
    m, *sizes = symbols(f"m n0:{len(activations) + 1}")
    before, equations, parameters = MatrixSymbol("X", m, sizes[0]), {}, []
    data = before
    for k, name in enumerate(activations, start=1):
        weights, bias = MatrixSymbol(f"W{k}", sizes[k - 1], sizes[k]), MatrixSymbol(f"b{k}", 1, sizes[k])
        score, active = MatrixSymbol(f"Z{k}", m, sizes[k]), MatrixSymbol(f"A{k}", m, sizes[k])
        equations[score] = before * weights + sb.broadcast(bias, m, sizes[k])
        equations[active] = ACTIVATIONS[name](score)
        parameters += [weights, bias]
        before = active
    target, loss = MatrixSymbol("T", m, sizes[-1]), Symbol("E")
    equations[loss] = sb.total(sb.square(before - target)) / (2 * m)
    return sb.Network(equations, inputs=[data], targets=[target], parameters=parameters, loss=loss)


NETWORKS = [
    mlp("tanh"),
    mlp("tanh", "sigmoid"),
    mlp("softplus", "tanh", "silu"),
    mlp("silu", "sigmoid", "tanh", "tanh"),
]


@pytest.mark.parametrize("name", slow_except(QUICK, EXAMPLES))
@pytest.mark.parametrize("product", [sb.jvp, sb.hvp])
def test_examples_are_proved(name: str, product: Any) -> None:
    found = product(sb.load_example(name))
    assert sb.check(found, points=2).proved, str(sb.check(found, points=2))


@pytest.mark.parametrize("name", slow_except(["batch_norm", "ridge", "inverse"], MATRIX_EXAMPLES))
def test_matrix_networks_are_right(name: str) -> None:
    case = MATRIX_EXAMPLES[name]()
    report = sb.check(sb.hvp(case.network(), case.wrt or None), points=1)
    assert report.ok, str(report)


@pytest.mark.parametrize("name", slow_except(["attention"], LAYERS))
def test_layers_are_right(name: str) -> None:
    assert sb.check(sb.jvp(LAYERS[name]()), points=1).ok


@pytest.mark.parametrize("net", NETWORKS, ids=str)
def test_networks_of_layers_are_proved(net: sb.Network) -> None:
    assert sb.check(sb.hvp(net), points=1).proved


@pytest.mark.parametrize("name", ["or-gate", "xor", "or-gate-vectorised", "mlp", "softmax-classifier"])
def test_every_line_holds(name: str) -> None:
    """The lines of the work, with the directions as they are: each is an equation between values."""
    found = sb.hvp(sb.load_example(name))
    [moves] = (truth for truth in found.whole if isinstance(truth, MoveBy))
    defined = moves.network.equations
    lines = [step for step in found.steps if step.lhs in defined]
    assert len(lines) > len(found.results)
    for step in lines:
        assert judge(Line(moves.network, step.lhs, step.rhs)).proved, str(step)


def values_at(net: sb.Network, found: sb.Differentiated, seed: int) -> dict[str, Any]:
    """Values and directions, each with sizes of its own."""
    rng = np.random.default_rng(seed)
    sizes = dict(zip(net.sizes, rng.permutation(np.arange(2, 2 + len(net.sizes))), strict=True))
    return {
        name.name: rng.normal(size=tuple(int(size.xreplace(sizes)) for size in net.shape(of)))
        for of, name in [*((s, s) for s in net.leaves), *found.directions.items()]
    }


@pytest.mark.needs("torch")
@pytest.mark.parametrize("net", NETWORKS, ids=str)
def test_torch_agrees(net: sb.Network) -> None:
    """PyTorch's own second backward pass through the loss, in float64."""
    import torch

    found = sb.hvp(net)
    at = values_at(net, found, seed=3)
    ours = sb.lambdify(found)(**at)
    tensors = {name: torch.tensor(value, dtype=torch.float64) for name, value in at.items()}
    weights = [tensors[w.name].requires_grad_() for w in net.parameters]
    active = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": torch.nn.functional.softplus,
              "silu": torch.nn.functional.silu}  # fmt: skip
    before = tensors["X"]
    for k in range(1, len(weights) // 2 + 1):
        expr = net.equations[net.symbol(f"A{k}")]
        before = active[type(expr).__name__](before @ tensors[f"W{k}"] + tensors[f"b{k}"])
    loss = ((before - tensors["T"]) ** 2).sum() / (2 * len(before))
    gradients = torch.autograd.grad(loss, weights, create_graph=True)
    along = sum((g * tensors[found.directions[w].name]).sum() for w, g in zip(net.parameters, gradients, strict=True))
    for name, theirs in zip(found.results, torch.autograd.grad(along, weights), strict=True):
        np.testing.assert_allclose(ours[name.name], theirs.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.needs("torch")
def test_code_for_torch() -> None:
    import torch

    net = NETWORKS[1]
    found = sb.hvp(net)
    at = values_at(net, found, seed=4)
    there = sb.lambdify(found, backend="torch")(**{name: torch.tensor(value) for name, value in at.items()})
    for name, value in sb.lambdify(found)(**at).items():
        np.testing.assert_allclose(there[name].numpy(), value, rtol=1e-12)


def operations(lines: sb.Derivation) -> int:
    """How many operations on arrays the lines of code are: nodes that are neither names nor numbers."""
    program = lines_of(lines)
    nodes = [node for line in program.lines for node in _nodes(line.value)]
    return sum(bool(node.args) for node in nodes)


def _nodes(expr: Any) -> list[Any]:
    return [expr, *(node for arg in expr.args for node in _nodes(arg))]


@pytest.mark.parametrize("net", NETWORKS, ids=str)
def test_a_product_costs_about_two_gradients(net: sb.Network) -> None:
    products = [sum(node.func.__name__ == "Product" for line in lines_of(lines).lines for node in _nodes(line.value))
                for lines in (sb.derive(net), sb.hvp(net).lines)]  # fmt: skip
    assert products[1] <= 2.5 * products[0]
    assert operations(sb.hvp(net).lines) <= 2.75 * operations(sb.derive(net))


@pytest.mark.parametrize("make", [sb.gauss_newton, sb.fisher])
@pytest.mark.parametrize("name", ["or-gate-vectorised", "xor", "two-layer-sigmoid"])
def test_products_of_curvature_are_the_matrices_times_directions(name: str, make: Any) -> None:
    net = sb.load_example(name)
    matrix, product = make(net), make(net, product=True)
    assert sb.check(product, points=2).proved
    at = values_at(net, product, seed=5)
    found = sb.lambdify(matrix)(**{leaf.name: at[leaf.name] for leaf in net.leaves})
    blocks: dict[tuple[Symbol, Symbol], Any] = {}
    for result, entry in matrix.results.items():
        blocks[entry.of, entry.by] = np.atleast_2d(found[result.name])
        blocks[entry.by, entry.of] = blocks[entry.of, entry.by].T
    moved = sb.lambdify(product)(**at)
    for result, entry in product.results.items():
        total = sum(blocks[entry.of, by] @ np.reshape(at[v.name], (-1, 1)) for by, v in product.directions.items())
        np.testing.assert_allclose(np.ravel(moved[result.name]), np.ravel(total), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["mlp", "batch-norm", "rnn", "softmax-cross-entropy"])
def test_fisher_of_networks_of_matrices(name: str) -> None:
    """The Hessian less the Gauss-Newton part has no definite sign; this part is never negative."""
    net = sb.load_example(name)
    product = sb.fisher(net, product=True)
    assert sb.check(product, points=1).proved
    at = values_at(net, product, seed=6)
    found = sb.lambdify(product)(**at)
    along = sum(np.sum(found[result.name] * at[product.directions[entry.of].name])
                for result, entry in product.results.items())  # fmt: skip
    assert along >= 0


def test_directions_are_named() -> None:
    net = sb.load_example("or-gate-vectorised")
    assert {str(w): str(v) for w, v in sb.hvp(net).directions.items()} == {"W": "V_W", "b": "v_b"}
    assert [str(name) for name in sb.jvp(net, of=["A", "Z"]).results] == ["A_dot", "Z_dot"]
    w, v, loss = symbols("w v_w E")
    taken = sb.hvp(sb.Network({loss: v * w**3}, inputs=[v], parameters=[w], loss=loss))
    assert [str(vector) for vector in taken.directions.values()] == ["v_w_2"]
    assert sb.check(taken).proved


def test_results_are_pickled() -> None:
    found = sb.hvp(sb.load_example("mlp"))
    again = pickle.loads(pickle.dumps(found))
    assert str(again) == str(found)
    assert copy.deepcopy(found) is found
    assert [str(step) for step in again.steps] == [str(step) for step in found.steps]


def test_what_is_shown() -> None:
    found = sb.hvp(sb.load_example("or-gate-vectorised"))
    assert r"\dot{\Delta}_Z" in found._repr_latex_()
    assert found._repr_markdown_().startswith("Hessian times directions: OR gate, vectorised:")
    assert repr(found).startswith("<Hessian times directions: OR gate, vectorised: W_bar_dot, b_bar_dot")
    assert found.latex("b_bar_dot") == r"\mathrm{sum}(\dot{\Delta}_Z)"


def test_a_wrong_formula_is_found() -> None:
    """The check of a result whose formula has been spoilt says so."""
    from dataclasses import replace

    found = sb.hvp(sb.load_example("or-gate-vectorised"))
    first, moves = found.whole
    assert isinstance(moves, MoveBy)
    spoilt = replace(moves, formulas={name: 2 * formula for name, formula in moves.formulas.items()})
    wrong = replace(found, whole=(first, spoilt), truths=dict.fromkeys(found.results, (first, spoilt)))
    report = sb.check(wrong)
    assert not report.ok
    assert "WRONG" in str(report)
