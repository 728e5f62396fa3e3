"""Gradient descent of matrix networks: the figures of the notes, the history and its files, what does not fit."""

from __future__ import annotations

import csv
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import Eq, MatrixSymbol, symbols

import symbackprop as sb

m, n, k = symbols("m n k", integer=True, positive=True)
E = symbols("E")
X, W, Z, T = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k), MatrixSymbol("T", m, k)
b = MatrixSymbol("b", 1, k)


def network(loss: Any, **options: Any) -> sb.Network:
    """One linear layer, with the examples in rows."""
    layer = {Z: X * W + sb.ones(m, 1) * b, E: loss}
    return sb.Network(layer, inputs=[X], targets=[T], parameters=[W, b], loss=E, **options)


LINE = sb.derive(network(sb.total(sb.power(Z - T, 2)) / (2 * m)))
CLASSES = sb.derive(
    network(-sb.total(sb.hadamard(T, sb.log_softmax(Z, axis=1))) / m, facts=[Eq(sb.rowsum(T), sb.ones(m, 1))])
)
OR = sb.derive(sb.load_example("or-gate-vectorised"))
ONE_BY_ONE = sb.derive(sb.load_example("or-gate"))
MLP = sb.derive(sb.load_example("mlp"))

RNG = np.random.default_rng(5)
DATA = {"X": RNG.normal(size=(6, 3)), "T": RNG.normal(size=(6, 2))}
START = {"W": np.zeros((3, 2)), "b": np.zeros((1, 2))}


# -- the two ways of batch descent


def test_the_vectorised_neuron_makes_the_figures_of_the_notes() -> None:
    history = sb.train(OR, learning_rate=1, epochs=5000)
    assert [f"{history.losses[epoch]:.4f}" for epoch in (0, 1, 5000)] == ["0.0889", "0.0840", "0.0005"]
    np.testing.assert_allclose(history.gradients["W"][1], [[-0.0443, -0.0350]], atol=5e-5)
    np.testing.assert_allclose(history.gradients["b"][1], -0.0313, atol=5e-5)
    assert all(after < before for before, after in pairwise(history.losses))


def test_accumulating_over_the_examples_and_vectorising_agree() -> None:
    vectorised = sb.train(OR, learning_rate=1, epochs=5000)
    accumulated = sb.train(ONE_BY_ONE, learning_rate=1, epochs=5000)
    np.testing.assert_allclose(vectorised.losses, accumulated.losses, rtol=0, atol=1e-12)
    for table in ("parameters", "gradients"):
        whole, single = getattr(vectorised, table), getattr(accumulated, table)
        np.testing.assert_allclose(whole["W"][:, 0, 0], single["w1"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(whole["W"][:, 0, 1], single["w2"], rtol=0, atol=1e-12)
        np.testing.assert_allclose(whole["b"], single["b"], rtol=0, atol=1e-12)
    np.testing.assert_allclose(vectorised.forward["A"][:, 0], accumulated.forward["y_hat"], rtol=0, atol=1e-12)


def test_gradients_summed_by_hand_over_the_examples_are_those_of_the_matrices() -> None:
    """The slow way of the notes, written out: Δ collects each example's gradient, and the average moves the weights."""
    one, whole = sb.lambdify(ONE_BY_ONE), sb.train(OR, learning_rate=1, epochs=50)
    examples = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 1)]
    weights = {"w1": 0.1, "w2": 0.6, "b": 0.0}
    for epoch in range(51):
        summed = dict.fromkeys(weights, 0.0)
        for x1, x2, y in examples:
            _, gradients = one(x1=x1, x2=x2, y=y, **weights)
            summed = {name: summed[name] + gradients[name] for name in weights}
        average = {name: value / len(examples) for name, value in summed.items()}
        found = [*whole.gradients["W"][epoch, 0], whole.gradients["b"][epoch]]
        np.testing.assert_allclose(found, list(average.values()), rtol=0, atol=1e-12)
        weights = {name: weights[name] - average[name] for name in weights}


# -- descent


def test_each_update_goes_down_the_gradient() -> None:
    history = sb.train(MLP, learning_rate=0.5, epochs=20)
    for name, values in history.parameters.items():
        np.testing.assert_array_equal(values[1:], values[:-1] - 0.5 * history.gradients[name][:-1])


def test_every_row_is_what_its_weights_give() -> None:
    history = sb.train(LINE, DATA, initial=START, learning_rate=0.1, epochs=3)
    f = sb.lambdify(LINE)
    for epoch in range(4):
        weights = {name: values[epoch] for name, values in history.parameters.items()}
        loss, gradients = f(**DATA, **weights)
        assert history.losses[epoch] == loss
        for name, gradient in gradients.items():
            np.testing.assert_array_equal(history.gradients[name][epoch], gradient)
        np.testing.assert_array_equal(history.forward["Z"][epoch], DATA["X"] @ weights["W"] + weights["b"])


def test_linear_regression_finds_least_squares() -> None:
    history = sb.train(LINE, DATA, initial=START, learning_rate=0.3, epochs=4000)
    best, *_ = np.linalg.lstsq(np.hstack([DATA["X"], np.ones((6, 1))]), DATA["T"], rcond=None)
    np.testing.assert_allclose(np.vstack([history.final["W"], history.final["b"]]), best, atol=1e-6)


def test_the_shapes_of_the_history() -> None:
    history = sb.train(MLP, learning_rate=2, epochs=7)
    assert {name: values.shape for name, values in history.parameters.items()} == {
        "W1": (8, 2, 3), "b1": (8, 1, 3), "W2": (8, 3, 1), "b2": (8, 1, 1),
    }  # fmt: skip
    assert {name: values.shape for name, values in history.gradients.items()} == {
        name: values.shape for name, values in history.parameters.items()
    }
    assert {name: values.shape for name, values in history.forward.items()} == {
        "Z1": (8, 4, 3), "A1": (8, 4, 3), "Z2": (8, 4, 1), "A2": (8, 4, 1),
    }  # fmt: skip
    assert list(history.weight_epochs) == list(history.forward_epochs) == list(range(8))
    assert history.whole


def test_what_the_caller_gives_is_neither_changed_nor_kept() -> None:
    data = {name: values.copy() for name, values in DATA.items()}
    start = {name: values.copy() for name, values in START.items()}
    history = sb.train(LINE, data, initial=start, learning_rate=0.1, epochs=5)
    for name in start:
        np.testing.assert_array_equal(start[name], START[name])
        start[name] += 1
        np.testing.assert_array_equal(history.parameters[name][0], START[name])
    data["X"] += 1
    np.testing.assert_array_equal(history.data["X"], DATA["X"])
    history.final["W"][:] = 7
    assert not (history.final["W"] == 7).any()


def test_only_what_is_derived_is_trained() -> None:
    history = sb.train(sb.derive(LINE.network, wrt=["b", "X"]), DATA, initial=START, learning_rate=0.1, epochs=2)
    assert list(history.gradients) == ["b"]
    assert not history.parameters["W"].any()
    assert history.parameters["b"][2].all()


def test_nested_lists_integers_and_symbols_do_as_well() -> None:
    data = {X: [[1, 0], [0, 1]], T: [[1], [2]]}
    history = sb.train(LINE, data, initial={W: [[0], [0]], "b": [[0]]}, learning_rate=1, epochs=1)
    assert history.final["W"].tolist() == [[0.5], [1.0]]
    assert history.final["b"].tolist() == [[1.5]]


def test_scalars_among_the_matrices_stay_numbers() -> None:
    assert isinstance(sb.train(OR, learning_rate=1, epochs=1).final["b"], float)
    normalised = sb.derive(sb.load_example("batch-norm"))
    history = sb.train(normalised, learning_rate=0.5, epochs=50)
    assert history.data["epsilon"] == 0.01
    assert history.losses[50] < history.losses[0] / 2


@pytest.mark.parametrize("name", ["attention", "layer-norm", "mlp", "rnn", "softmax-cross-entropy"])
def test_the_examples_learn_as_their_files_say(name: str) -> None:
    from symbackprop.network.spec import read_example

    spec = read_example(name)
    assert spec.training.learning_rate is not None
    assert spec.training.epochs is not None
    derivation = sb.derive(spec.network)
    history = sb.train(derivation, learning_rate=spec.training.learning_rate, epochs=spec.training.epochs)
    assert history.losses[-1] < 0.8 * history.losses[0]


# -- sweeps


def test_a_sweep_is_the_trainings_one_by_one() -> None:
    swept = sb.sweep(MLP, learning_rates=[0.2, 2], epochs=30)
    for history in swept:
        alone = sb.train(MLP, learning_rate=history.learning_rate, epochs=30)
        np.testing.assert_array_equal(history.losses, alone.losses)
    assert swept.best is swept[2]


def test_divergence_keeps_the_history() -> None:
    with pytest.raises(
        sb.Diverged, match=r"^error\[diverged\]: E is no longer finite after \d+ updates at rate 50; "
    ) as e:
        sb.train(LINE, DATA, initial=START, learning_rate=50, epochs=500)
    history: Any = e.value.history
    assert history.diverged_at == history.epochs < 500
    assert np.isfinite(history.losses[:-1]).all()
    assert history.parameters["W"].shape == (history.epochs + 1, 3, 2)
    swept = sb.sweep(LINE, DATA, initial=START, learning_rates=[0.1, 50], epochs=500)
    assert [one.diverged_at is None for one in swept] == [True, False]


def test_values_that_are_not_finite_at_the_start_are_no_fault_of_the_rate() -> None:
    net = network(-sb.total(sb.hadamard(T, sb.log(Z))) / m)
    with pytest.raises(sb.Diverged) as error:
        sb.train(sb.derive(net), DATA, initial=START, learning_rate=0.1, epochs=3)
    assert str(error.value) == (
        "error[diverged]: E is not finite at the first values, before any update; "
        "look at E = -total(T*log(Z))/m, and at what goes into it"
    )


# -- what is kept, and files


def limited(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let no more numbers be kept than this."""
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", most)


def test_large_weights_are_kept_at_the_ends_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = sb.train(MLP, learning_rate=2, epochs=9)
    numbers = 10 * 2 * (6 + 3 + 3 + 1)
    limited(monkeypatch, numbers)
    assert sb.train(MLP, learning_rate=2, epochs=9).weight_epochs == range(10)
    limited(monkeypatch, numbers - 1)
    ends = sb.train(MLP, learning_rate=2, epochs=9)
    assert tuple(ends.weight_epochs) == (0, 9)
    assert not ends.whole
    np.testing.assert_array_equal(ends.losses, everything.losses)
    for name, values in everything.parameters.items():
        np.testing.assert_array_equal(ends.parameters[name], values[[0, 9]])
        np.testing.assert_array_equal(ends.gradients[name], everything.gradients[name][[0, 9]])
        np.testing.assert_array_equal(ends.final[name], everything.final[name])


def test_forward_values_are_counted_apart_from_the_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 300)
    history = sb.train(MLP, learning_rate=2, epochs=9)
    assert (history.weight_epochs, history.forward_epochs) == (range(10), (0, 9))
    assert history.forward["A2"].shape == (2, 4, 1)


@pytest.mark.parametrize("epochs", [0, 1])
def test_the_ends_of_short_training(monkeypatch: pytest.MonkeyPatch, epochs: int) -> None:
    limited(monkeypatch, 0)
    history = sb.train(MLP, learning_rate=2, epochs=epochs)
    assert tuple(history.weight_epochs) == tuple(range(epochs + 1))
    assert history.parameters["W1"].shape == (epochs + 1, 2, 3)


def test_training_that_diverges_keeps_its_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, 0)
    [history] = sb.sweep(LINE, DATA, initial=START, learning_rates=[50], epochs=500)
    assert tuple(history.weight_epochs) == (0, history.diverged_at)
    assert not history.parameters["W"][0].any()
    assert (history.parameters["W"][1] != 0).all()


def test_the_file_has_a_column_for_each_entry(tmp_path: Path) -> None:
    history = sb.train(LINE, {"X": [[1, 2], [3, 4]], "T": [[1, 0], [0, 1]]}, initial={"W": [[0, 0], [0, 0]],
                       "b": [[0, 0]]}, learning_rate=0.01, epochs=3)  # fmt: skip
    assert history.columns() == [
        "epoch", "W_1_1", "W_1_2", "W_2_1", "W_2_2", "b_1", "b_2", "Z_1_1", "Z_1_2", "Z_2_1", "Z_2_2", "E",
        "dE/dW_1_1", "dE/dW_1_2", "dE/dW_2_1", "dE/dW_2_2", "dE/db_1", "dE/db_2",
    ]  # fmt: skip
    history.to_csv(tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    assert head == history.columns()
    assert [row[0] for row in rows] == ["0", "1", "2", "3"]
    last = dict(zip(head, rows[3], strict=True))
    assert float(last["W_2_1"]) == history.final["W"][1, 0]
    assert float(last["Z_1_2"]) == history.forward["Z"][3, 0, 1]
    assert float(last["dE/db_2"]) == history.gradients["b"][3, 0, 1]
    assert float(last["E"]) == history.losses[3]


def test_the_entries_are_named_as_in_the_network_of_entries() -> None:
    history = sb.train(MLP, learning_rate=2, epochs=1)
    entries = MLP.network.expand({"m": 4, "n": 2, "h": 3, "k": 1})
    assert [name for name in history.columns() if name in {s.name for s in entries.parameters}] == [
        s.name for s in entries.parameters
    ]


def test_the_file_leaves_out_what_was_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limited(monkeypatch, 0)
    history = sb.train(MLP, learning_rate=2, epochs=3)
    assert history.columns() == ["epoch", "E"]
    history.to_csv(tmp_path / "run.csv")
    assert (tmp_path / "run.csv").read_text().splitlines()[:2] == ["epoch,E", f"0,{float(history.losses[0])!r}"]


# -- what does not fit

SIX = {"X": np.ones((6, 3)), "T": np.ones((6, 2))}
BROKEN = np.array([[1.0, 2.0, 3.0], [4.0, np.nan, 6.0]])


@pytest.mark.parametrize(
    ("data", "initial", "message"),
    [
        ({}, START, r"\[missing-value\]: there is no value for X \(m×n\), T \(m×k\); give X its rows, \[\[…\], …\]$"),
        (SIX, {"W": START["W"]}, r"\[missing-value\]: there is no value for b \(1×k\); give b its rows"),
        (SIX, {**START, "U": 1}, r"\[unknown-name\]: there is a value for U; "),
        ({**SIX, "X": np.ones((5, 3))}, START, r"\[shape\]: .*\b5\b.*\b6\b|\[shape\]: .*\b6\b.*\b5\b"),
        ({**SIX, "X": np.ones((3, 6))}, START, r"\[shape\]: X is 3×6 and should be m×n.* transposed.*X\.T$"),
        ({**SIX, "X": np.ones(6)}, START, r"\[shape\]: X has shape \(6,\)"),
        (SIX, {**START, "b": np.zeros(2)}, r"\[shape\]: b has shape \(2,\)"),
        (SIX, {**START, "b": 0.0}, r"\[shape\]: b is a (single )?number"),
        (SIX, {**START, "W": [[1, 2], [3]]}, r"\[ragged\]: .*row 2 of W has 1 entry and row 1 has 2 entries"),
        ({**SIX, "X": BROKEN}, START, r"\[not-finite\]: X is NaN or infinite at \(2, 2\); give finite numbers$"),
        ({**SIX, "X": [["a"] * 3] * 6}, START, r"\[number\]: X has entries that are not real numbers; give numbers "),
        ({**SIX, "X": np.ones((6, 3)) * 1j}, START, r"\[number\]: X has entries that are not real numbers; "),
    ],
)  # fmt: skip
def test_refused(data: dict[str, Any], initial: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError, match=message):
        sb.train(LINE, data, initial=initial, learning_rate=0.1, epochs=1)


def test_a_fact_is_checked_before_the_first_step() -> None:
    labels = np.eye(2)[[0, 1, 1, 0, 1, 0]]
    assert sb.train(CLASSES, {**DATA, "T": labels}, initial=START, learning_rate=1, epochs=20).losses[-1] < 0.69
    told: list[int] = []
    broken = labels.copy()
    broken[1] = 0.55
    with pytest.raises(
        sb.DataError, match=r"\[fact\]: .*rowsum\(T\) = 1 is stated, and row 2 of rowsum\(T\) is 1\.1; "
    ):
        sb.train(CLASSES, {**DATA, "T": broken}, initial=START, learning_rate=1, epochs=1,
                 progress=lambda epoch, _: told.append(epoch))  # fmt: skip
    assert told == []


def test_shapes_and_facts_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []
    started = sys.modules["symbackprop.training.start"]
    monkeypatch.setattr(started, "check_facts", lambda *given: calls.append(given))
    monkeypatch.setattr(sb.GradientFunction, "hold", lambda *given: calls.append(given) or ())
    labels = np.eye(2)[[0, 1, 1, 0, 1, 0]]
    sb.train(CLASSES, {**DATA, "T": labels}, initial=START, learning_rate=1, epochs=20)
    assert len(calls) == 1
