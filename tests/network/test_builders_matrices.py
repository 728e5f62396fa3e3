"""mlp in matrices: its equations in both layouts, every choice, what is refused, and agreement with the scalar one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from conftest import few, slow_except
from matrix_networks import MISH
from sympy import Symbol, tanh

import symbackprop as sb
from symbackprop.network.builders.choices import ACTIVATIONS, LOSSES
from symbackprop.numeric.evaluate import forward


def written(net: sb.Network) -> dict[str, str]:
    return {name.name: str(expr) for name, expr in net.equations.items()}


def shapes(net: sb.Network) -> dict[str, str]:
    return {name.name: "×".join(map(str, net.shape(name))) for name in net.leaves}


# -- what is written


def test_examples_in_rows() -> None:
    net = sb.mlp(["n", "h", "k"], notation="matrix")
    assert written(net) == {
        "Z1": "b1 + X @ W1",
        "A1": "sigmoid(Z1)",
        "Z2": "b2 + A1 @ W2",
        "A2": "sigmoid(Z2)",
        "E": "total((A2 - Y)**2)/(2*m)",
    }
    assert shapes(net) == {"X": "m×n", "Y": "m×k", "W1": "n×h", "W2": "h×k", "b1": "1×h", "b2": "1×k"}
    assert net.name == "n-h-k perceptron"
    assert net.dialect == "matrix"


def test_examples_in_columns() -> None:
    net = sb.mlp(["n", "h", "k"], notation="matrix", examples="columns", activation="tanh", output="identity")
    assert written(net) == {
        "Z1": "b1 + W1 @ X", "A1": "tanh(Z1)", "Z2": "b2 + W2 @ A1", "E": "total((-Y + Z2)**2)/(2*m)"
    }  # fmt: skip
    assert shapes(net) == {"X": "n×m", "Y": "k×m", "W1": "h×n", "W2": "k×h", "b1": "h×1", "b2": "k×1"}


@pytest.mark.parametrize(
    ("examples", "axis", "fact"), [("rows", 1, "Eq(rowsum(Y), 1)"), ("columns", 0, "Eq(colsum(Y), 1)")]
)
def test_cross_entropy_is_behind_a_softmax_over_the_classes(examples: str, axis: int, fact: str) -> None:
    net = sb.mlp(["n", "k"], notation="matrix", loss="cross_entropy", examples=examples, bias=False)
    assert written(net)["P"] == f"softmax(Z1, {axis})"
    assert written(net)["E"] == "-total(Y*log(P))/m"
    assert [str(stated) for stated in net.facts] == [fact]
    assert str(sb.derive(net).backward).count("P - Y") == 1


def test_the_other_losses_are_means_over_the_batch() -> None:
    binary = sb.mlp(["n", "k"], notation="matrix", loss="binary_cross_entropy", activation="relu")
    assert written(binary)["A1"] == "sigmoid(Z1)"
    assert written(binary)["E"] == "total(-Y*log(A1) - (1 - Y)*log(1 - A1))/m"
    smooth = sb.mlp(["n", "k"], notation="matrix", loss="smooth_l1", output="identity")
    assert written(smooth)["E"] == "total(huber(-Y + Z1))/m"


def test_biases() -> None:
    assert [p.name for p in sb.mlp([2, 3], notation="matrix", bias=False).parameters] == ["W1"]
    layer = sb.mlp(["n", "h", "k"], notation="matrix", bias="layer")
    assert shapes(layer)["b1"] == ""
    assert written(layer)["Z1"] == "b1 + X @ W1"


def test_sizes_are_numbers_symbols_or_names() -> None:
    n = Symbol("n")
    net = sb.mlp([n, 3, "k"], notation="matrix", batch=16)
    assert shapes(net)["X"] == "16×n"
    assert shapes(net)["W2"] == "3×k"
    assert {size.name for size in net.sizes} == {"n", "k"}
    assert written(net)["E"] == "total((A2 - Y)**2)/32"
    assert shapes(sb.mlp(["m", 2], notation="matrix", batch="N"))["X"] == "N×m"


def test_any_depth() -> None:
    net = sb.mlp(["n", *["h"] * 30, "k"], notation="matrix", activation="relu")
    assert len(net.parameters) == 62
    assert set(sb.derive(net).gradients) == set(net.parameters)


# -- the same network as in scalars


@pytest.mark.parametrize("examples", slow_except(["rows"], ["rows", "columns"]))
@pytest.mark.parametrize("loss", few(LOSSES))
@pytest.mark.parametrize(
    "activation",
    slow_except(["tanh", "relu", MISH], [*ACTIVATIONS, MISH, None, lambda z: tanh(z) * z]),
    ids=lambda a: a if isinstance(a, str) else None,
)
def test_it_is_the_mean_of_the_scalar_one(activation: Any, loss: str, examples: str) -> None:
    output = "identity" if loss in ("cross_entropy", "smooth_l1") else None if loss == "squared_error" else "sigmoid"
    options = {"activation": activation, "loss": loss, "output": output}
    whole = sb.mlp(["n", "h", "k"], notation="matrix", examples=examples, **options)
    single = sb.mlp([3, 2, 2], **options)
    rng = np.random.default_rng(1)
    w1, b1, w2, b2 = (rng.uniform(-1, 1, shape) for shape in ((2, 3), (2, 1), (2, 2), (2, 1)))
    x, y = rng.uniform(-1, 1, (3, 4)), rng.uniform(0.1, 0.9, (2, 4))
    y /= y.sum(axis=0)
    weights = {f"w{i}": w for i, w in enumerate([*w1.flat, *w2.flat], start=1)}
    biases = {f"b{i}": b for i, b in enumerate([*b1.flat, *b2.flat], start=1)}
    data = {"i1": x[0], "i2": x[1], "i3": x[2], "t1": y[0], "t2": y[1]}
    matrices = {"X": x, "Y": y, "W1": w1, "b1": b1, "W2": w2, "b2": b2}
    if examples == "rows":
        matrices = {name: value.T for name, value in matrices.items()}
    losses = forward(single, {**data, **weights, **biases})["E"]
    value, gradients = sb.lambdify(sb.derive(whole))(**matrices)
    assert float(value) == pytest.approx(float(np.mean(losses)), rel=1e-12)
    _, expected = sb.lambdify(sb.derive(single, facts=[]))(**data, **weights, **biases)
    for name, prefix, first in (("W1", "w", 1), ("W2", "w", 7), ("b1", "b", 1), ("b2", "b", 3)):
        entries = (gradients[name].T if examples == "rows" else gradients[name]).ravel()
        for k, entry in enumerate(entries, start=first):
            assert entry == pytest.approx(float(expected[f"{prefix}{k}"]), rel=1e-10, abs=1e-13), f"{name}: {prefix}{k}"


# -- what is refused

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown notation": (
        {"notation": "tensor"}, "error[notation]: notation='tensor' is not known; use \"scalar\" or \"matrix\""
    ),
    "unknown examples": (
        {"examples": "diagonals"}, "error[examples]: examples='diagonals' is not known; use \"rows\" or \"columns\""
    ),
    "columns of scalars": (
        {"notation": "scalar", "sizes": [2, 2], "examples": "columns"},
        'error[notation]: examples and batch are for matrices; write notation="matrix", or leave them out',
    ),
    "one size": (
        {"sizes": ["n"]}, 'error[sizes]: [\'n\'] are not the sizes of layers; give two or more, as in ["n", "h", "k"]'
    ),
    "a size of nothing": (
        {"sizes": ["n", 0]},
        "error[sizes]: 0 is not a size; give a whole number from 1 up, a symbol, or the name of a size",
    ),
    "a size that is a formula": (
        {"sizes": ["n+1", 2]},
        "error[sizes]: 'n+1' is not a size; give a whole number from 1 up, a symbol, or the name of a size",
    ),
    "a size that is a truth": (
        {"sizes": ["n", True]},
        "error[sizes]: True is not a size; give a whole number from 1 up, a symbol, or the name of a size",
    ),
    "as many examples as neurons": (
        {"sizes": ["n", "m"]},
        "error[sizes]: m is the number of examples and the size of a layer; "
        "call one of them something else, as in batch='N'",
    ),
    "a size with the name of a value": (
        {"sizes": ["X", "k"]},
        "error[duplicate]: in X: X is a size of X and in inputs; give sizes names of their own",
    ),
    "one class": (
        {"sizes": ["n", 1], "loss": "cross_entropy"},
        "error[sizes]: cross-entropy needs two classes or more; use binary_cross_entropy for one output",
    ),
    "an unknown loss": (
        {"loss": "squared"}, "error[loss]: there is no loss called 'squared'; did you mean 'squared_error'?"
    ),
    "an unknown bias": (
        {"bias": "row"}, "error[bias]: bias='row' is not known; use True, False or \"layer\""
    ),
    "an unknown activation": (
        {"activation": "sigmod"},
        "error[activation]: there is no activation called 'sigmod'; did you mean 'sigmoid'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_choice_is_refused(case: str) -> None:
    arguments, message = REFUSED[case]
    with pytest.raises(sb.NetworkError) as error:
        sb.mlp(**({"sizes": ["n", "k"], "notation": "matrix"} | arguments))
    assert str(error.value) == message


def test_two_symbols_of_one_name_are_refused() -> None:
    with pytest.raises(sb.NetworkError, match="in X: two different symbols are called n: their assumptions differ"):
        sb.mlp([Symbol("n"), Symbol("n", positive=True), 2], notation="matrix")
