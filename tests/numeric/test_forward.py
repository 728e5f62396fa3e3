"""The forward pass alone, and where training is content with it."""

from __future__ import annotations

import ast
import sys
from typing import Any

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.numeric.emitters import WRITING, library_of
from symbackprop.numeric.gradient_function import forward_only
from symbackprop.numeric.module import module_source

PASS = "forward_backward"
"""What the function is called in generated modules."""
LAYERS = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
RNG = np.random.default_rng(3)
POINTS = RNG.uniform(-1, 1, (30, 2))
DATA = {"X": POINTS, "Y": sb.one_hot(POINTS[:, 0] > 0, 2)}
HOW = {"initial": "xavier", "sizes": {"h": 5}, "learning_rate": 0.1, "batch_size": 8}


@pytest.mark.parametrize("name", sb.example_names())
def test_forward_values_have_the_same_bits(name: str) -> None:
    d = sb.derive(sb.load_example(name))
    whole = sb.lambdify(d)
    forward = forward_only(whole)
    values = {leaf: np.asarray(value, dtype=float) for leaf, value in d.network.values.items()}
    expected, gradients = whole.forward_backward(**values)
    found, none = forward.forward_backward(**values)
    assert gradients
    assert none == {}
    assert {n: np.asarray(x).tobytes() for n, x in found.items()} == {
        n: np.asarray(x).tobytes() for n, x in expected.items()
    }


@pytest.mark.parametrize("backend", ["torch", "jax", "array-api"])
@pytest.mark.parametrize("name", ["two-layer-sigmoid", "mlp"])
def test_the_forward_pass_of_a_library_is_a_part_of_its_module(name: str, backend: str) -> None:
    """What it runs has no line that the module has not, and none for gradients."""
    derivation = sb.derive(sb.load_example(name))
    library, kind = library_of(backend), derivation.network.kind
    whole = module_source(derivation, kind[WRITING], library, True)
    lines = ast.parse(whole.forward()).body[0]
    [function] = [node for node in ast.parse(whole.text).body if getattr(node, "name", "") == PASS]
    assert isinstance(lines, ast.FunctionDef)
    assert isinstance(function, ast.FunctionDef)
    body = [ast.unparse(line) for line in function.body]
    found = [ast.unparse(line) for line in lines.body[1:-1]]
    assert [line for line in body if line in found] == found
    assert not [line for line in found if line.startswith(("delta", "Delta", "dE"))]


def test_lines_for_gradients_are_left_out() -> None:
    names = forward_only(sb.lambdify(LAYERS)).module[PASS].__code__.co_varnames
    assert {"X", "Z1", "P"} <= set(names)
    assert not [name for name in names if name.startswith(("Delta", "dE"))]


def passes(monkeypatch: pytest.MonkeyPatch, **how: Any) -> tuple[int, int, sb.TrainingHistory]:
    """How often training looks, how often it glances, and what comes out."""
    module = sys.modules["symbackprop.training.updater"]
    seen = {"look": 0, "glance": 0}

    def counting(name: str) -> Any:
        method = getattr(module.GradientUpdater, name)

        def counted(*given: Any) -> Any:
            seen[name] += 1
            return method(*given)

        return counted

    for name in seen:
        monkeypatch.setattr(module.GradientUpdater, name, counting(name))
    history = sb.train(LAYERS, DATA, epochs=3, **{**HOW, **how})
    return seen["look"], seen["glance"], history


def test_rows_without_gradients_are_glances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", 0)
    looks, glances, history = passes(monkeypatch)
    assert (looks, glances) == (3 * 4 + 2, 3)
    for row, epoch in enumerate((0, 3)):
        loss, gradients = sb.lambdify(LAYERS)(**DATA, **{n: v[row] for n, v in history.parameters.items()})
        assert history.losses[epoch] == loss
        for name, gradient in gradients.items():
            np.testing.assert_array_equal(history.gradients[name][row], gradient)


def test_rows_with_gradients_are_looks_and_validation_a_glance(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, glances, _ = passes(monkeypatch, validation=DATA)
    assert (looks, glances) == (3 * 4 + 4, 4)


def test_both_ways_give_the_same_losses(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sb.train(LAYERS, DATA, epochs=9, patience=3, **HOW)
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", 0)
    ends = sb.train(LAYERS, DATA, epochs=9, patience=3, **HOW)
    np.testing.assert_array_equal(whole.losses, ends.losses)
    for name in whole.gradients:
        np.testing.assert_array_equal(whole.gradients[name][-1], ends.gradients[name][-1])


def test_a_loss_that_is_not_finite_leaves_the_gradients_of_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", 0)
    m, n, c = symbols("m n c")
    X, Y, W, Z = (MatrixSymbol(*parts) for parts in (("X", m, n), ("Y", m, c), ("W", n, c), ("Z", m, c)))
    E = Symbol("E")
    net = sb.Network({Z: X * W, E: sb.inner(Z - Y, Z - Y) / m}, inputs=[X], targets=[Y], parameters=[W], loss=E)
    with pytest.raises(sb.Diverged) as error:
        sb.train(sb.derive(net), DATA, initial="xavier", learning_rate=1e9, epochs=50, batch_size=8)
    history: Any = error.value.history
    assert list(history.weight_epochs) == [0, history.diverged_at]
    with np.errstate(all="ignore"):
        _, gradients = sb.lambdify(sb.derive(net))(**DATA, W=history.parameters["W"][-1])
    np.testing.assert_array_equal(history.gradients["W"][-1], gradients["W"])
