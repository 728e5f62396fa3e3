"""Figures that hand-written notes give, recomputed: the 2-2-2 network of sigmoids, and the OR gate."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from networks import network, or_gate, two_layer
from sympy import symbols

import symbackprop as sb

NOTES = sb.derive(two_layer())
OR = sb.derive(or_gate())
OR_DATA = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
OR_START = {"w1": 0.1, "w2": 0.6, "b": 0.0}

# -- the 2-2-2 network

LOSSES = {
    0.1: (0.2425, 0.2411, 0.1853),
    0.2: (0.2425, 0.2397, 0.1414),
    0.5: (0.2425, 0.2355, 0.0704),
    0.8: (0.2425, 0.2313, 0.0425),
    1.0: (0.2425, 0.2285, 0.0327),
    2.0: (0.2425, 0.2149, 0.0139),
}
SWEEP = sb.sweep(NOTES, learning_rates=list(LOSSES), epochs=45)


@pytest.mark.parametrize("rate", LOSSES)
def test_the_losses_of_the_two_layer_network(rate: float) -> None:
    losses = SWEEP[rate].losses
    assert tuple(round(float(losses[k]), 4) for k in (0, 1, 45)) == LOSSES[rate]
    assert all(after < before for before, after in pairwise(losses))


def test_the_loss_at_rate_one_half_in_full() -> None:
    assert float(SWEEP[0.5].losses[45]) == pytest.approx(0.070431, abs=5e-7)


def test_the_values_at_epoch_0() -> None:
    history = SWEEP[0.5]
    _, gradients = sb.lambdify(NOTES)(**NOTES.network.values)
    assert float(history.forward["a_h1"][0]) == pytest.approx(0.506875, abs=5e-7)
    assert float(gradients["w5"]) == pytest.approx(0.072157, abs=5e-7)
    assert float(gradients["w1"]) == pytest.approx(0.000188256, abs=5e-10)
    by_signal = sb.lambdify(sb.derive(two_layer(), wrt=["o1"]))(**NOTES.network.values)[1]
    assert float(by_signal["o1"]) == pytest.approx(0.142357, abs=5e-7)
    assert float(history.gradients["w5"][0]) == pytest.approx(float(gradients["w5"]), rel=1e-14)


def test_weights_alike_stay_alike() -> None:
    """Where all weights are equal, the hidden neurons learn the same and stay equal."""
    same = {f"w{k}": 0.3 for k in range(1, 9)}
    history = sb.train(NOTES, initial=same, learning_rate=0.5, epochs=30)
    for one, other in (("w1", "w3"), ("w2", "w4"), ("w5", "w6"), ("w7", "w8")):
        np.testing.assert_array_equal(history.parameters[one], history.parameters[other])
    assert history.parameters["w1"][30] != history.parameters["w2"][30]


# -- the OR gate


def test_the_or_gate_on_one_example() -> None:
    history = sb.train(OR, {"x1": 0, "x2": 0, "y": 0}, initial=OR_START, learning_rate=1, epochs=1)
    assert float(history.forward["y_hat"][0]) == 0.5
    assert float(history.losses[0]) == 0.125
    assert [float(history.gradients[n][0]) for n in ("w1", "w2", "b")] == [0, 0, 0.125]
    assert [float(history.parameters[n][1]) for n in ("w1", "w2", "b")] == [0.1, 0.6, -0.125]
    assert round(float(history.forward["y_hat"][1]), 4) == 0.4688
    assert round(float(history.losses[1]), 4) == 0.1099


def test_the_or_gate_on_its_four_examples() -> None:
    history = sb.train(OR, OR_DATA, initial=OR_START, learning_rate=1, epochs=5000)
    assert [round(float(history.losses[k]), 4) for k in (0, 1, 5000)] == [0.0889, 0.084, 0.0005]
    second = [round(float(history.gradients[n][1]), 4) for n in ("w1", "w2", "b")]
    assert second == [-0.0443, -0.0350, -0.0313]
    answers = history.forward["y_hat"][5000]
    np.testing.assert_array_equal(np.round(answers), [0, 1, 1, 1])


def one_example(target: float, start: float, rate: float, epochs: int) -> sb.TrainingHistory:
    """The loss of one example as a function of the bias alone."""
    d = sb.derive(or_gate(), wrt=["b"])
    data = {"x1": 0, "x2": 0, "y": target}
    return sb.train(d, data, initial=OR_START | {"b": start}, learning_rate=rate, epochs=epochs)


def test_a_small_rate_is_slow_and_a_larger_one_fast() -> None:
    slow, fast = (one_example(0, 0, rate, 20) for rate in (0.5, 5))
    for history in (slow, fast):
        assert all(after < before for before, after in pairwise(history.losses))
    assert slow.losses[20] > 0.025
    assert fast.losses[20] < 0.004
    first = int(np.argmax(fast.losses < slow.losses[20]))
    assert first <= 3


def test_too_large_a_rate_diverges_or_gets_stuck() -> None:
    good, large = (one_example(0.4, 1.0, rate, 200) for rate in (5, 50))
    assert good.losses[-1] < 1e-12
    # It leaps over the minimum for ever …
    assert large.losses[-20:].max() > 1e-3
    assert (np.diff(large.losses[-20:]) > 0).any()
    # … or lands where the sigmoid is flat, and no step leads back.
    stuck = one_example(0.4, 0.0, 5000, 200)
    assert abs(stuck.parameters["b"][-1]) > 20
    assert stuck.losses[-1] > 0.07
    assert abs(stuck.gradients["b"][-1]) < 1e-6


def test_a_tiny_rate_does_not_move() -> None:
    history = one_example(0, 0, 5e-10, 1000)
    assert abs(history.parameters["b"][-1]) < 1e-7
    assert history.losses[-1] == pytest.approx(0.125, abs=1e-8)


# -- losses


@pytest.mark.parametrize(
    ("difference", "loss", "slope"), [(0.4, 0.08, 0.4), (-0.4, 0.08, -0.4), (3, 2.5, 1), (-3, 2.5, -1)]
)
def test_smooth_l1(difference: float, loss: float, slope: float) -> None:
    w, t = symbols("w t")
    f = sb.lambdify(sb.derive(network({"E": sb.smooth_l1(w, t)}, "")))
    found, gradients = f(w=difference, t=0.0)
    assert (float(found), float(gradients["w"])) == (pytest.approx(loss), slope)


# -- initialisers


def test_the_spread_of_a_sum_of_many_weights() -> None:
    """With N(0, 1) and 500 inputs of 1, z spreads by √500 = 22.4 and most sigmoids are flat; with variance 1/n by 1."""
    n = 500
    rng = np.random.default_rng(0)
    zs = rng.normal(size=(2000, n)).sum(axis=1)
    assert zs.std() == pytest.approx(22.4, rel=0.05)
    assert (zs / np.sqrt(n)).std() == pytest.approx(1.0, rel=0.05)
    w, x, z, a, t = symbols("w x z a t")
    f = sb.lambdify(sb.derive(network({z: w * x, a: sb.sigmoid(z), "E": sb.squared_error(a, t)}), wrt=["z"]))
    wide = np.abs(f(w=zs, x=1.0, t=0.5, reduction="none")[1]["z"])
    narrow = np.abs(f(w=zs / np.sqrt(n), x=1.0, t=0.5, reduction="none")[1]["z"])
    assert np.median(wide) < 1e-4 < np.median(narrow)


def test_training_from_random_weights_comes_down() -> None:
    rng = random.Random(0)
    net = sb.mlp([2, 2, 1], activation="sigmoid")
    start = {s.name: rng.uniform(-1, 1) / 2**0.5 for s in net.parameters}
    data = {"i1": [0, 0, 1, 1], "i2": [0, 1, 0, 1], "t1": [0, 1, 1, 1]}
    history = sb.train(sb.derive(net), data, initial=start, learning_rate=2, epochs=2000)
    assert history.losses[-1] < 0.01 < history.losses[0]
