"""Gradient descent: the updates, the history and its files, what diverges, and data that do not fit."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import NOTES_VALUES, network, or_gate, softmax_classifier, two_layer
from sympy import Eq, log, sqrt, symbols

import symbackprop as sb

x, w, b, t, y, E = symbols("x w b t y E")
LINE = sb.derive(network({y: w * x + b, "E": sb.squared_error(y, t)}, parameters="w b"))
DATA = {"x": [1.0, 2.0, 3.0, 4.0], "t": [3.0, 5.0, 7.0, 9.0]}
START = {"w": 0.0, "b": 0.0}
NOTES = sb.derive(two_layer())
OR = sb.derive(or_gate())
OR_DATA = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}


# -- descent


def test_each_update_goes_down_the_gradient() -> None:
    history = sb.train(NOTES, learning_rate=0.5, epochs=20)
    for name in history.parameters:
        for k in range(20):
            step = history.parameters[name][k] - 0.5 * history.gradients[name][k]
            assert history.parameters[name][k + 1] == step


def test_every_row_is_what_its_weights_give() -> None:
    history = sb.train(OR, OR_DATA, initial={"w1": 0.1, "w2": 0.6, "b": 0}, learning_rate=1, epochs=5)
    f = sb.lambdify(OR)
    for k in range(6):
        weights = {name: values[k] for name, values in history.parameters.items()}
        loss, gradients = f(**OR_DATA, **weights)
        assert history.losses[k] == pytest.approx(loss, rel=1e-14)
        assert {name: values[k] for name, values in history.gradients.items()} == pytest.approx(gradients, rel=1e-13)
        forward, _ = f.forward_backward(**OR_DATA, **weights)
        np.testing.assert_allclose(history.forward["y_hat"][k], forward["y_hat"], rtol=1e-15)


def test_a_straight_line_is_found() -> None:
    history = sb.train(LINE, DATA, initial=START, learning_rate=0.1, epochs=2000)
    assert history.final == pytest.approx({"w": 2.0, "b": 1.0}, abs=1e-6)
    assert history.losses[-1] < 1e-12
    assert all(after < before for before, after in pairwise(history.losses[:200]))


def test_a_batch_is_trained_on_its_mean_loss() -> None:
    once = sb.train(LINE, DATA, initial=START, learning_rate=0.1, epochs=3)
    twice = sb.train(LINE, {k: v * 2 for k, v in DATA.items()}, initial=START, learning_rate=0.1, epochs=3)
    np.testing.assert_allclose(once.losses, twice.losses, rtol=1e-14)


def test_only_what_is_derived_is_trained() -> None:
    d = sb.derive(two_layer(), wrt=["w5", "i1"])
    history = sb.train(d, learning_rate=0.5, epochs=3)
    assert list(history.gradients) == ["w5"]
    assert history.parameters["w5"][0] != history.parameters["w5"][3]
    assert set(history.parameters["w1"]) == {0.15}


def test_no_epochs_is_a_look_at_the_start() -> None:
    history = sb.train(NOTES, learning_rate=0.5, epochs=0)
    assert (history.epochs, len(history)) == (0, 1)
    assert history.final == {k: v for k, v in NOTES_VALUES.items() if k.startswith("w")}


def test_values_of_the_network_stand_in_for_what_is_missing() -> None:
    all_given = sb.train(
        NOTES,
        {k: v for k, v in NOTES_VALUES.items() if k[0] in "it"},
        initial={k: v for k, v in NOTES_VALUES.items() if k[0] == "w"},
        learning_rate=0.5,
        epochs=2,
    )
    np.testing.assert_array_equal(all_given.losses, sb.train(NOTES, learning_rate=0.5, epochs=2).losses)
    other = sb.train(NOTES, {"t1": 0.5}, initial={"w1": 0.0}, learning_rate=0.5, epochs=2)
    assert other.data["t1"] == 0.5
    assert other.parameters["w1"][0] == 0.0
    assert other.parameters["w2"][0] == 0.2


def test_names_may_be_symbols() -> None:
    history = sb.train(LINE, {x: 1, t: 2}, initial={w: 1, b: 0}, learning_rate=0.1, epochs=1)
    assert history.losses[0] == 0.5


def test_progress_is_told_after_each_epoch() -> None:
    told: list[tuple[int, float]] = []
    history = sb.train(NOTES, learning_rate=0.5, epochs=3, progress=lambda k, loss: told.append((k, loss)))
    assert told == [(k, float(loss)) for k, loss in enumerate(history.losses)]


def test_progress_that_is_no_function() -> None:
    with pytest.raises(sb.DataError, match=r"progress is 1; give True for a bar, or a function of two numbers"):
        sb.train(NOTES, learning_rate=0.5, epochs=3, progress=1)


# -- history


def test_the_history_of_one_example() -> None:
    history = sb.train(NOTES, learning_rate=0.5, epochs=2)
    assert history.columns() == [
        "epoch", "i1", "i2", "t1", "t2", *(f"w{k}" for k in range(1, 9)),
        "h1", "h2", "a_h1", "a_h2", "o1", "o2", "a_o1", "a_o2", "E", *(f"dE/dw{k}" for k in range(1, 9)),
    ]  # fmt: skip
    rows = list(history.rows())
    assert [row[0] for row in rows] == [0, 1, 2]
    first = dict(zip(history.columns(), rows[0], strict=True))
    assert first["E"] == history.losses[0]
    assert first["dE/dw5"] == history.gradients["w5"][0]
    assert (first["t2"], first["w8"]) == (0.99, 0.55)
    assert repr(history) == "<TrainingHistory of 'two-layer sigmoid': 2 epochs at rate 0.5, E 0.24252 → 0.22862>"


def test_the_history_of_a_batch() -> None:
    history = sb.train(OR, OR_DATA, initial={"w1": 0.1, "w2": 0.6, "b": 0}, learning_rate=1, epochs=1)
    assert history.columns() == [
        "epoch", *(f"{n}[{k}]" for n in ("x1", "x2", "y") for k in range(1, 5)), "w1", "w2", "b",
        *(f"{n}[{k}]" for n in ("z", "y_hat", "L") for k in range(1, 5)), "mean L", "dL/dw1", "dL/dw2", "dL/db",
    ]  # fmt: skip
    assert all(len(row) == len(history.columns()) for row in history.rows())
    row = dict(zip(history.columns(), next(iter(history.rows())), strict=True))
    assert row["mean L"] == pytest.approx(np.mean([row[f"L[{k}]"] for k in range(1, 5)]))


def test_the_file_holds_every_number_in_full(tmp_path: Path) -> None:
    history = sb.train(NOTES, learning_rate=0.5, epochs=4)
    history.to_csv(tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = list(csv.reader(stream))
    assert head == history.columns()
    assert [[float(cell) for cell in row] for row in rows] == list(history.rows())
    assert rows[2][0] == "2"
    assert b"\r" not in (tmp_path / "run.csv").read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["run.csv"]


# -- divergence


def explosive() -> tuple[sb.Derivation, dict[str, Any]]:
    d = sb.derive(network({y: w**3 * x, "E": sb.squared_error(y, t)}))
    return d, {"data": {"x": 1.0, "t": 0.0}, "initial": {"w": 2.0}, "learning_rate": 1.0, "epochs": 50}


def test_divergence_keeps_the_history() -> None:
    d, arguments = explosive()
    with pytest.raises(sb.Diverged) as error:
        sb.train(d, **arguments)
    history = error.value.history
    assert isinstance(history, sb.TrainingHistory)
    assert history.diverged_at == len(history.losses) - 1
    assert 1 <= history.diverged_at < 10
    assert np.isfinite(history.losses[:-1]).all()
    assert str(error.value) == (
        f"error[diverged]: E is no longer finite after {history.diverged_at} updates at rate 1; "
        "try a smaller learning rate, such as 0.1"
    )
    assert repr(history).endswith(f", diverged at {history.diverged_at}>")
    assert len(list(history.rows())) == len(history.losses)


@pytest.mark.filterwarnings("error")
def test_divergence_warns_of_nothing_else() -> None:
    d, arguments = explosive()
    with pytest.raises(sb.Diverged):
        sb.train(d, **arguments)


def test_a_loss_that_is_infinite_from_the_start() -> None:
    d = sb.derive(network({y: w * x, "E": -t * symbols("p"), "p": log(y)}))
    with pytest.raises(sb.Diverged) as error:
        sb.train(d, {"x": 0.0, "t": 1.0}, initial={"w": 1.0}, learning_rate=0.1, epochs=3)
    assert str(error.value) == (
        "error[diverged]: E is not finite at the first values, before any update: p is the first value that is not; "
        "look at p = log(y), and at what goes into it"
    )
    assert error.value.history.diverged_at == 0


def test_a_loss_that_is_not_finite_itself_is_told_as_such() -> None:
    d = sb.derive(network({y: w * x, "E": log(y)}))
    with pytest.raises(sb.Diverged, match=r"before any update; look at E = log\(y\), and at what goes into it$"):
        sb.train(d, {"x": 0.0, "t": 1.0}, initial={"w": 1.0}, learning_rate=0.1, epochs=3)


def test_a_gradient_that_is_not_finite_at_the_start_is_told() -> None:
    d = sb.derive(network({y: w * x, "E": sqrt(y) + t}))
    with pytest.raises(sb.Diverged) as error:
        sb.train(d, {"x": 0.0, "t": 1.0}, initial={"w": 1.0}, learning_rate=0.1, epochs=3)
    assert str(error.value) == (
        "error[diverged]: the gradient of E by w is not finite at the first values, before any update; "
        "give other first values: the loss may have no derivative there"
    )


# -- sweep


def test_a_sweep_is_the_trainings_one_by_one() -> None:
    result = sb.sweep(NOTES, learning_rates=[0.1, 2.0], epochs=10)
    assert len(result) == 2
    assert [history.learning_rate for history in result] == [0.1, 2.0]
    for rate in (0.1, 2.0):
        np.testing.assert_array_equal(result[rate].losses, sb.train(NOTES, learning_rate=rate, epochs=10).losses)
    assert result.best is result[2.0]
    with pytest.raises(sb.DataError, match=r"the sweep has no rate 3.0; it has 0.1, 2"):
        result[3.0]


def test_a_sweep_keeps_what_diverged() -> None:
    d, arguments = explosive()
    arguments.pop("learning_rate")
    result = sb.sweep(d, **arguments, learning_rates=[1e-3, 1.0])
    assert result[1e-3].diverged_at is None
    assert result[1.0].diverged_at is not None
    assert result.best is result[1e-3]
    with pytest.raises(sb.DataError, match=r"error\[diverged\]: every learning rate diverged; try smaller ones"):
        _ = sb.sweep(d, **arguments, learning_rates=[1.0, 2.0]).best


def test_a_sweep_wants_a_rate() -> None:
    with pytest.raises(sb.DataError, match="there are no learning rates"):
        sb.sweep(NOTES, learning_rates=[], epochs=1)


# -- what does not fit

RAGGED = "give every input and target one entry an example"
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"data": {"x": 1}}, "error[missing-value]: there is no value for t; give a number, or one entry an example"),
    ({"data": None}, "error[missing-value]: there is no value for x, t; give a number, or one entry an example"),
    ({"initial": {"w": 1}}, "error[missing-value]: there is no value for b; give a number, or one entry an example"),
    ({"data": {"x": 1, "t": 1, "q": 2}}, "error[unknown-name]: there is a value for q; known names: b, t, w, x"),
    ({"data": {"x": 1, "t": 1, "y": 2}}, "error[unknown-name]: there is a value for y; known names: b, t, w, x"),
    ({"data": {"x": [1, 2, 3], "t": [1, 2]}}, f"error[ragged]: x has 3 examples and t has 2; {RAGGED}"),
    ({"data": {"x": [[1, 2], [3]], "t": 1}}, "error[number]: x = [[1, 2], [3]] is not a number; give numbers alone"),
    ({"data": {"x": [1, np.nan], "t": 1}}, "error[not-finite]: x[1] is NaN or infinite; give finite numbers"),
    ({"data": {"x": np.inf, "t": 1}}, "error[not-finite]: x is NaN or infinite; give finite numbers"),
    (
        {"data": {"x": np.ones((3, 1)), "t": np.ones(3)}},
        "error[shape]: x has shape (3, 1); give a flat array with one entry an example: shape (n,), not (n, 1)",
    ),
    ({"data": {"x": [], "t": 1}}, "error[empty]: x has no entries; give one example at least"),
    ({"data": {"x": "one", "t": 1}}, "error[number]: x = 'one' is not a number; give numbers alone"),
    ({"data": {"x": None, "t": 1}}, "error[number]: x = None is not a number; give numbers alone"),
    ({"initial": {"w": [1, 2], "b": 0}}, "error[shape]: parameter w has 2 values; a parameter has one value"),
    ({"initial": {"w": np.nan, "b": 0}}, "error[not-finite]: w is NaN or infinite; give finite numbers"),
    ({"learning_rate": 0}, "error[learning-rate]: learning rate 0 is not a positive number; try 0.1 or 0.5 first"),
    (
        {"learning_rate": -1.0},
        "error[learning-rate]: learning rate -1.0 is not a positive number; try 0.1 or 0.5 first",
    ),
    (
        {"learning_rate": float("nan")},
        "error[learning-rate]: learning rate nan is not a positive number; try 0.1 or 0.5 first",
    ),
    (
        {"learning_rate": float("inf")},
        "error[learning-rate]: learning rate inf is not a positive number; try 0.1 or 0.5 first",
    ),
    ({"learning_rate": "fast"}, "error[learning-rate]: learning rate 'fast' is not a number; give a positive number"),
    ({"learning_rate": None}, "error[learning-rate]: learning rate None is not a number; give a positive number"),
    ({"epochs": -1}, "error[epochs]: epochs = -1 is not a whole number from 0; give, say, 45"),
    ({"epochs": 1.5}, "error[epochs]: epochs = 1.5 is not a whole number from 0; give, say, 45"),
    ({"epochs": True}, "error[epochs]: epochs = True is not a whole number from 0; give, say, 45"),
    ({"epochs": "many"}, "error[epochs]: epochs = 'many' is not a whole number from 0; give, say, 45"),
]


@pytest.mark.parametrize(
    ("changes", "message"), REFUSED, ids=[f"{k}-{next(iter(c))}" for k, (c, _) in enumerate(REFUSED)]
)
def test_refused(changes: dict[str, Any], message: str) -> None:
    arguments = {"data": {"x": 1, "t": 1}, "initial": START, "learning_rate": 0.1, "epochs": 2} | changes
    with pytest.raises(sb.DataError) as error:
        sb.train(LINE, arguments.pop("data"), **arguments)
    assert str(error.value) == message


@pytest.mark.parametrize("where", ["network", "derive"])
def test_data_that_break_a_fact_are_refused(where: str) -> None:
    fact = Eq(symbols("t1") + symbols("t2") + symbols("t3"), 1)
    d = (
        sb.derive(softmax_classifier(facts=True))
        if where == "network"
        else sb.derive(softmax_classifier(), facts=[fact])
    )
    data = {"i1": 1, "i2": 2, "t1": [1, 0], "t2": [0, 0.5], "t3": 0}
    weights = dict.fromkeys((s.name for s in d.network.parameters), 0.1)
    with pytest.raises(sb.DataError) as error:
        sb.train(d, data, initial=weights, learning_rate=0.1, epochs=1)
    assert str(error.value) == (
        "error[fact]: t1 + t2 + t3 = 1 is stated, and in example 2 t1 + t2 + t3 is 0.5; "
        "correct the data, leave the fact out, or give check_facts=False"
    )
    assert sb.train(d, data | {"t3": [0, 0.5]}, initial=weights, learning_rate=0.1, epochs=5).losses[-1] < 1.1
