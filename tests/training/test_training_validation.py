"""Validation data, patience, accuracy, and the records of the history."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import or_gate, softmax_classifier
from rich.console import Console

import symbackprop as sb
from symbackprop.training import progress
from symbackprop.training.accuracy import accuracy_of

LAYERS = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
RNG = np.random.default_rng(7)
POINTS = RNG.normal(size=(120, 2))
LABELS = (POINTS[:, 0] > 0).astype(int) + (POINTS[:, 1] > 0)
TRAIN = {"X": POINTS[:80], "Y": sb.one_hot(LABELS[:80], 3)}
HELD_OUT = {"X": POINTS[80:], "Y": sb.one_hot(LABELS[80:], 3)}
GATE = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
GATE_START = {"w1": 0.1, "w2": 0.6, "b": 0.0}
ONE_NEURON = sb.derive(or_gate())


def trained(**options: Any) -> sb.TrainingHistory:
    arguments = {"initial": "xavier", "sizes": {"h": 12}, "learning_rate": 0.02, "epochs": 40, "optimiser": "adam"}
    return sb.train(LAYERS, TRAIN, **{**arguments, "batch_size": 16, "seed": 1, **options})


# -- validation


def test_the_validation_loss_is_that_of_the_weights_of_each_epoch() -> None:
    history = trained(epochs=5, validation=HELD_OUT)
    f = sb.lambdify(LAYERS)
    assert history.validation_losses is not None
    for epoch in range(6):
        loss, _ = f(**HELD_OUT, **{name: values[epoch] for name, values in history.parameters.items()})
        assert history.validation_losses[epoch] == pytest.approx(loss, rel=1e-14)


def test_looking_at_validation_data_changes_nothing() -> None:
    plain, watched = trained(epochs=5), trained(epochs=5, validation=HELD_OUT, accuracy="P")
    np.testing.assert_array_equal(plain.losses, watched.losses)
    assert plain.validation_losses is None
    assert plain.accuracies is None


def test_constants_of_the_data_hold_for_the_validation_data() -> None:
    d = sb.derive(sb.load_example("layer-norm"))
    values = {s.name: np.array(d.network.values[s.name]) for s in (*d.network.inputs, *d.network.targets)}
    held_out = {"X": values["X"][:2], "T": values["T"][:2]}
    history = sb.train(d, {"epsilon": 0.5}, learning_rate=0.1, epochs=1, validation=held_out)
    weights = {s.name: d.network.values[s.name] for s in d.network.parameters}
    loss, _ = sb.lambdify(d)(**held_out, epsilon=0.5, **weights)
    assert history.validation_losses is not None
    assert history.validation_losses[0] == pytest.approx(loss, rel=1e-14)


@pytest.mark.parametrize(
    ("held_out", "message"),
    [
        (
            {"X": POINTS[80:]},
            "error[missing-value]: in validation: there is no value for Y; give the examples of every input and target",
        ),
        (
            {"X": POINTS[80:90], "Y": HELD_OUT["Y"]},
            "error[shape]: in validation: Y is 40×3 and should be m×c: m is 40 in Y and 10 in X (10×2, m×n); "
            "let Y have 10 rows, or give another X",
        ),
        (
            {**HELD_OUT, "X": np.full((40, 2), np.nan)},
            "error[not-finite]: in validation: X is NaN or infinite at (1, 1); give finite numbers",
        ),
        (
            {"X": np.ones((0, 2)), "Y": np.ones((0, 3))},
            "error[shape]: in validation: X is 0×2: it has no entries; give one at least",
        ),
    ],
)
def test_validation_data_that_do_not_fit(held_out: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        trained(validation=held_out)
    assert str(error.value) == message


# -- patience


def test_training_stops_when_patience_is_over_and_ends_with_the_best_weights() -> None:
    history = trained(epochs=400, learning_rate=0.1, validation=HELD_OUT, patience=8)
    losses = history.validation_losses
    assert losses is not None
    assert history.stopped
    assert history.best_epoch == int(np.argmin(losses)) == history.epochs - 8
    for name, value in history.final.items():
        np.testing.assert_array_equal(value, history.parameters[name][history.best_epoch])
    assert repr(history).endswith(f", best at {history.best_epoch}>")
    longer = trained(epochs=400, learning_rate=0.1, validation=HELD_OUT)
    np.testing.assert_array_equal(longer.losses[: len(history)], history.losses)


def test_patience_looks_at_the_loss_where_there_are_no_validation_data() -> None:
    history = sb.train(ONE_NEURON, GATE, initial=GATE_START, learning_rate=1, epochs=30, patience=3)
    assert not history.stopped
    assert history.best_epoch == history.epochs == 30
    assert history.final == {name: values[-1] for name, values in history.parameters.items()}


def test_without_patience_the_last_weights_count() -> None:
    history = trained(epochs=60, learning_rate=0.1, validation=HELD_OUT)
    assert history.best_epoch is None
    np.testing.assert_array_equal(history.final["W1"], history.parameters["W1"][-1])


@pytest.mark.parametrize("patience", [0, -3, 1.5, "long"])
def test_patience_is_a_whole_number(patience: Any) -> None:
    with pytest.raises(sb.DataError) as error:
        trained(patience=patience)
    assert str(error.value) == (
        f"error[patience]: patience = {patience!r} is not a whole number from 1; give, say, 10, or leave it out"
    )


# -- accuracy


def test_accuracy_counts_the_examples_whose_class_is_right() -> None:
    history = trained(epochs=60, learning_rate=0.05, validation=HELD_OUT, accuracy="P")
    assert history.accuracies is not None
    assert history.validation_accuracies is not None
    for epoch in (0, 60):
        right = history.forward["P"][epoch].argmax(axis=1) == LABELS[:80]
        assert history.accuracies[epoch] == right.mean()
    assert history.accuracies[-1] > 0.9
    assert history.validation_accuracies[-1] > 0.8


def test_accuracy_with_examples_in_columns() -> None:
    net = sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy", examples="columns")
    arguments: dict[str, Any] = {"initial": "xavier", "sizes": {"h": 12}, "learning_rate": 0.5, "epochs": 10}
    rows = sb.train(LAYERS, TRAIN, **arguments, accuracy="P")
    first = {name: values[0].T for name, values in rows.parameters.items()}
    data = {name: values.T for name, values in TRAIN.items()}
    columns = sb.train(sb.derive(net), data, **{**arguments, "initial": first}, accuracy="P")
    np.testing.assert_allclose(columns.losses, rows.losses, rtol=1e-12)
    np.testing.assert_array_equal(columns.accuracies, rows.accuracies)


def test_one_output_has_a_threshold_of_one_half() -> None:
    scalar = sb.train(ONE_NEURON, GATE, initial=GATE_START, learning_rate=1, epochs=50, accuracy="y_hat")
    matrix = sb.train(sb.derive(sb.load_example("or-gate-vectorised")), learning_rate=1, epochs=50, accuracy="A")
    np.testing.assert_array_equal(scalar.accuracies, matrix.accuracies)
    assert scalar.accuracies is not None
    assert set(scalar.accuracies) == {0.75, 1.0}
    right = (scalar.forward["y_hat"] > 0.5) == np.array(GATE["y"])
    np.testing.assert_array_equal(scalar.accuracies, right.mean(axis=1))


def test_several_scalar_outputs_stand_for_the_targets_in_order() -> None:
    net = softmax_classifier()
    found = accuracy_of(net, ["p1", "p2", "p3"])
    values = {"p1": [0.6, 0.2], "p2": [0.3, 0.3], "p3": [0.1, 0.5], "t1": [1, 1], "t2": 0.0, "t3": [0, 0]}
    assert found.of(values) == 0.5


@pytest.mark.parametrize(
    ("d", "output", "message"),
    [
        (LAYERS, "Q", "accuracy is of 'Q', which is no output; known names: A1, E, P, Z1, Z2"),
        (
            LAYERS,
            "A1",
            "accuracy compares one output with one target of its shape, and there are A1 m×h, Y m×c; "
            "name an output of the shape of a target",
        ),
        (
            sb.derive(softmax_classifier()),
            "p1",
            "accuracy compares p1 with t1, t2, t3; name one output for each target, in the order of the targets",
        ),
    ],
)
def test_outputs_that_have_no_target(d: sb.Derivation, output: str, message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        accuracy_of(d.network, output)
    assert str(error.value) == f"error[accuracy]: {message}"


# -- records


def test_records_are_the_columns_of_the_file(tmp_path: Path) -> None:
    history = trained(epochs=3, validation=HELD_OUT, accuracy="P", schedule="exponential factor=0.5")
    records = history.records()
    assert [record["epoch"] for record in records] == [0, 1, 2, 3]
    assert list(records[0]) == history.columns()
    at = history.columns().index("E")
    assert history.columns()[at : at + 5] == ["E", "validation E", "accuracy", "validation accuracy", "learning rate"]
    assert records[2]["learning rate"] == 0.005
    assert records[2]["validation accuracy"] == history.validation_accuracies[2]  # type: ignore[index]
    history.to_csv(tmp_path / "run.csv")
    with (tmp_path / "run.csv").open(encoding="utf-8", newline="") as stream:
        read = [{head: float(cell) for head, cell in row.items()} for row in csv.DictReader(stream)]
    assert read == records


def test_the_plain_file_has_no_further_columns() -> None:
    history = sb.train(ONE_NEURON, GATE, initial=GATE_START, learning_rate=1, epochs=1)
    assert [head for head in history.columns() if " " in head] == ["mean L"]


# -- the bar


def drawn(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(progress, "IMPATIENT", 0.0)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    console = Console(file=io.StringIO(), force_terminal=terminal, width=120)
    with progress.bar(2, console) as told:
        for epoch in range(3):
            told(epoch, 0.5 / (epoch + 1), 0.125)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_bar_tells_the_loss_and_the_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    text = drawn(True, monkeypatch)
    assert "training" in text
    assert "2/2" in text
    assert "loss 0.166667" in text
    assert "rate 0.125" in text


def test_nothing_is_drawn_elsewhere(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert drawn(False, monkeypatch) == ""
    sb.train(ONE_NEURON, GATE, initial=GATE_START, learning_rate=1, epochs=3, progress=True)
    assert capfd.readouterr() == ("", "")
