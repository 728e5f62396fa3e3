"""First weights: their distributions, seeds and sizes, and what each parameter is found to be."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from networks import network, two_layer
from sympy import MatrixSymbol, exp, symbols

import symbackprop as sb
from symbackprop.training.fans import standings

m, n, h, c = symbols("m n h c")
E = symbols("E")
LAYERS = sb.mlp(["n", "h", "c"], notation="matrix")
LARGE = {"n": 500, "h": 400, "c": 3}


def matrices(rows: bool) -> sb.Network:
    """One linear layer, with the examples in rows or in columns."""
    shape = (m, n) if rows else (n, m)
    X, Z = MatrixSymbol("X", *shape), MatrixSymbol("Z", *((m, h) if rows else (h, m)))
    W = MatrixSymbol("W", n, h) if rows else MatrixSymbol("W", h, n)
    layer = X * W if rows else W * X
    return sb.Network({Z: layer, E: sb.total(Z)}, inputs=[X], targets=[], parameters=[W], loss=E)


# -- how many values feed a weight


def fans(net: sb.Network) -> dict[str, tuple[str, str, str]]:
    return {name: (s.kind, str(s.fan_in), str(s.fan_out)) for name, s in standings(net).items()}


@pytest.mark.parametrize("rows", [True, False])
def test_a_weight_is_fed_from_the_side_of_the_data(rows: bool) -> None:
    assert fans(matrices(rows)) == {"W": ("weight", "n", "h")}


def test_the_data_may_be_some_factors_away() -> None:
    X, S = MatrixSymbol("X", m, n), MatrixSymbol("S", m, m)
    Q, K = MatrixSymbol("Q", n, h), MatrixSymbol("K", n, h)
    net = sb.Network({S: X * Q * K.T * X.T, E: sb.total(S)}, inputs=[X], targets=[], parameters=[Q, K], loss=E)
    assert fans(net) == {"Q": ("weight", "n", "h"), "K": ("weight", "n", "h")}
    V, Z = MatrixSymbol("V", h, c), MatrixSymbol("Z", m, c)
    net = sb.Network({Z: X * Q * V, E: sb.total(Z)}, inputs=[X], targets=[], parameters=[Q, V], loss=E)
    assert fans(net) == {"Q": ("weight", "n", "h"), "V": ("weight", "h", "c")}


def test_what_is_added_is_a_bias_and_what_multiplies_entries_a_scale() -> None:
    assert fans(sb.load_example("layer-norm")) == {
        "W": ("weight", "n", "k"), "gamma": ("scale", "1", "1"), "beta": ("bias", "1", "1"),
    }  # fmt: skip


def test_a_product_entry_by_entry_that_is_summed_is_a_weighted_sum() -> None:
    X, w, z = MatrixSymbol("X", m, n), MatrixSymbol("w", 1, n), MatrixSymbol("z", m, 1)
    product = sb.rowsum(sb.hadamard(X, sb.ones(m, 1) * w))
    net = sb.Network({z: product, E: sb.total(z)}, inputs=[X], targets=[], parameters=[w], loss=E)
    assert fans(net) == {"w": ("weight", "n", "1")}


def test_the_fans_of_operations_of_ones_own() -> None:
    X, W, Z = MatrixSymbol("X", m, n), MatrixSymbol("W", n, h), MatrixSymbol("Z", m, h)
    a, b = MatrixSymbol("a", m, n), MatrixSymbol("b", n, h)
    result, g = MatrixSymbol("R", m, h), MatrixSymbol("G", m, h)
    for how in ({"value": a * b}, {"numpy": "np.matmul"}):
        times = sb.operation("times", [a, b], result, g, **how, adjoints=[g * b.T, a.T * g])
        net = sb.Network({Z: times(X, W), E: sb.total(Z)}, inputs=[X], targets=[], parameters=[W], loss=E)
        assert fans(net) == {"W": ("weight", "n", "h")}


def test_scalars_count_the_weights_of_their_sum() -> None:
    x1, x2, x3, w1, w2, w3, v, b, t, y = symbols("x1 x2 x3 w1 w2 w3 v b t y")
    net = network(
        {"z": w1 * x1 + w2 * x2 + w3 * x3 + b, "a": sb.tanh(symbols("z")), y: v * symbols("a"), E: (t - y) ** 2},
        inputs="x1 x2 x3", parameters="w1 w2 w3 v b",
    )  # fmt: skip
    assert fans(net) == {
        **dict.fromkeys(["w1", "w2", "w3"], ("weight", "3", "1")), "v": ("weight", "1", "1"), "b": ("bias", "1", "1"),
    }  # fmt: skip
    assert fans(two_layer()) == dict.fromkeys([f"w{k}" for k in range(1, 9)], ("weight", "2", "2"))


def test_scalars_in_sums_inside_of_products_and_functions() -> None:
    x1, x2, w1, w2, v, s, t = symbols("x1 x2 w1 w2 v s t")
    net = network(
        {"y": v * (w1 * x1 + w2 * x2) + exp(s), E: (t - symbols("y")) ** 2}, inputs="x1 x2", parameters="w1 w2 v s"
    )
    assert fans(net) == {
        "w1": ("weight", "2", "1"), "w2": ("weight", "2", "1"), "v": ("weight", "1", "1"), "s": ("bias", "1", "1"),
    }  # fmt: skip


# -- distributions


def drawn(rule: str | float) -> Any:
    return sb.initialise(LAYERS, rule, sizes=LARGE, seed=1)["W1"]


@pytest.mark.parametrize(
    ("rule", "deviation"), [("normal", 1.0), ("small", 0.01), ("large", 10.0), ("he", math.sqrt(2 / 500))]
)
def test_normal_weights(rule: str, deviation: float) -> None:
    W = drawn(rule) / deviation
    assert W.shape == (500, 400)
    assert abs(W.mean()) < 4 / math.sqrt(W.size)
    assert abs(W.var() - 1) < 4 * math.sqrt(2 / W.size)
    assert abs((W**4).mean() - 3) < 4 * math.sqrt(96 / W.size)


@pytest.mark.parametrize(("rule", "bound"), [("xavier", 1 / math.sqrt(500)), ("normalised-xavier", math.sqrt(6 / 900))])
def test_uniform_weights(rule: str, bound: float) -> None:
    W = drawn(rule) / bound
    assert abs(W).max() <= 1
    assert abs(W).max() > 0.9999
    assert abs(W.mean()) < 4 / math.sqrt(3 * W.size)
    assert abs(W.var() - 1 / 3) < 4 * math.sqrt(4 / 45 / W.size)


def test_equal_weights() -> None:
    assert not drawn("zeros").any()
    assert (drawn(0.5) == 0.5).all()
    assert (drawn(-2) == -2).all()


def test_biases_are_zero_and_scales_one() -> None:
    for rule in ("normal", "he", 0.5):
        first = sb.initialise(sb.load_example("layer-norm"), rule)
        assert not first["beta"].any()
        assert (first["gamma"] == 1).all()
        assert first["W"].any()


@pytest.mark.parametrize(("rule", "deviation"), [("normal", math.sqrt(500)), ("he", math.sqrt(2))])
def test_the_weighted_sum_of_500_ones(rule: str, deviation: float) -> None:
    """With N(0, 1) its standard deviation is √500 = 22.4, as in the notes."""
    z = np.ones((1, 500)) @ sb.initialise(LAYERS, rule, sizes={"n": 500, "h": 20_000, "c": 1})["W1"]
    assert z.std() == pytest.approx(deviation, rel=0.02)


def test_with_variance_one_over_n_the_weighted_sum_has_deviation_one() -> None:
    sizes = {"n": 500, "h": 20_000, "c": 1}
    z = np.ones((1, 500)) @ sb.initialise(LAYERS, "normal", sizes=sizes)["W1"] / math.sqrt(500)
    assert z.std() == pytest.approx(1, rel=0.02)
    z = np.ones((1, 500)) @ sb.initialise(LAYERS, "xavier", sizes=sizes)["W1"]
    assert z.std() == pytest.approx(math.sqrt(1 / 3), rel=0.02)


@pytest.mark.slow
def test_scalar_networks_are_drawn_by_their_sums() -> None:
    first = sb.initialise(two_layer(), "xavier", seed=3)
    assert list(first) == [f"w{k}" for k in range(1, 9)]
    assert all(isinstance(value, float) and 0 < abs(value) <= 1 / math.sqrt(2) for value in first.values())
    many = [value for seed in range(500) for value in sb.initialise(two_layer(), "he", seed=seed).values()]
    assert np.std(many) == pytest.approx(1.0, rel=0.05)


# -- seeds and sizes


def test_seeds() -> None:
    first, again, other = (sb.initialise(LAYERS, "he", seed=seed, sizes=LARGE) for seed in (5, 5, 6))
    for name in ("W1", "W2"):
        np.testing.assert_array_equal(first[name], again[name])
        assert (first[name] != other[name]).all()
    assert not np.isin(first["W1"][:10], first["W2"]).any()


def test_sizes_come_from_the_values_of_the_network_where_they_are_not_given() -> None:
    net = sb.load_example("mlp")
    shapes = {name: value.shape for name, value in sb.initialise(net, "he").items()}
    assert shapes == {"W1": (2, 3), "b1": (1, 3), "W2": (3, 1), "b2": (1, 1)}
    assert sb.initialise(sb.derive(net), "he", sizes={"h": 7})["W1"].shape == (2, 7)


def test_training_takes_sizes_from_the_data() -> None:
    d = sb.derive(LAYERS)
    data = {"X": np.ones((5, 4)), "Y": np.ones((5, 2))}
    history = sb.train(d, data, initial="xavier", seed=2, sizes={"h": 3}, learning_rate=0.1, epochs=0)
    drawn = sb.initialise(d, "xavier", seed=2, sizes={"n": 4, "h": 3, "c": 2})
    for name, value in drawn.items():
        np.testing.assert_array_equal(history.parameters[name][0], value)
    history = sb.train(sb.derive(two_layer()), initial=0.3, learning_rate=0.1, epochs=0)
    assert set(history.final.values()) == {0.3}


def test_equal_weights_stay_equal() -> None:
    history = sb.train(sb.derive(sb.load_example("mlp")), initial=0.5, learning_rate=1, epochs=50)
    W1 = history.final["W1"]
    assert (W1[:, :1] == W1).all()
    assert (W1 != 0.5).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"initial": "xaver"}, "error[initial]: there is no initialiser 'xaver'; did you mean 'xavier'?"),
        (
            {"initial": float("nan")},
            "error[initial]: initial is nan; name a rule, such as 'xavier', or give a number that all weights are",
        ),
        (
            {"initial": [1, 2]},
            "error[initial]: initial is [1, 2]; name a rule, such as 'xavier', or give a number that all weights are",
        ),
        (
            {"sizes": {"n": 2, "c": 1}},
            "error[sizes]: the size h of W1 (n×h) is not known; give it among the sizes, such as h = 16",
        ),
        ({"sizes": {"n": 2, "hh": 1}}, "error[sizes]: there is a size for hh; did you mean 'h'?"),
        ({"sizes": {"n": 0}}, "error[sizes]: the size n = 0 is not a whole number from 1; give, say, 16"),
        ({"sizes": {"n": 2.5}}, "error[sizes]: the size n = 2.5 is not a whole number from 1; give, say, 16"),
        ({"seed": -1}, "error[seed]: seed = -1 is not a whole number from 0; give, say, 0"),
        ({"seed": "one"}, "error[seed]: seed = 'one' is not a whole number from 0; give, say, 0"),
    ],
)
def test_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.initialise(LAYERS, **{"initial": "he", "sizes": LARGE, **options})
    assert str(error.value) == message
