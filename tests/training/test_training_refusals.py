"""What training refuses: each mistake is one line that says what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, told
from networks import or_gate

import symbackprop as sb

GATE = sb.derive(or_gate())
LAYERS = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
FLAT = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
ROWS = {"X": np.eye(4)[:, :2], "Y": sb.one_hot([0, 1, 1, 0], 2)}


def gate(data: dict[str, Any] | None = None, **how: Any) -> sb.TrainingHistory:
    return sb.train(GATE, {**FLAT, **(data or {})}, **{"initial": 0.1, "learning_rate": 1, "epochs": 2, **how})


def layers(data: dict[str, Any] | None = None, **how: Any) -> sb.TrainingHistory:
    usual = {"initial": "xavier", "sizes": {"h": 3}, "learning_rate": 1, "epochs": 2}
    return sb.train(LAYERS, {**ROWS, **(data or {})}, **{**usual, **how})


HUGE = 10**400
MASKED = np.ma.masked_array([0.0, 1.0, 1.0, 0.0], [False, False, True, False])
REFUSED: dict[str, tuple[Callable[..., Any], dict[str, Any], str]] = {
    "a rate beyond floats": (gate, {"learning_rate": HUGE}, "is not a positive number; try 0.1 or 0.5 first"),
    "a rate that is a truth": (gate, {"learning_rate": True}, "learning rate True is not a positive number; "),
    "an entry that is masked": (gate, {"data": {"x1": MASKED}}, "x1 is masked at (3); fill it, or leave the example"),
    "a masked number": (gate, {"data": {"x1": np.ma.masked}}, "x1 is masked; fill it, or leave the example out"),
    "a masked row": (
        layers, {"data": {"X": np.ma.masked_array(ROWS["X"], ROWS["X"] > 0)}}, "X is masked at (1, 1); fill it",
    ),
    "nothing": (gate, {"data": {"x1": None}}, "x1 = None is not a number; give numbers alone"),
    "rows of nothing": (layers, {"data": {"X": [[None, 1]] * 4}}, "X has entries that are not real numbers; "),
    "a number beyond floats": (gate, {"data": {"x1": HUGE}}, "is not a number; give numbers alone"),
    "rows beyond floats": (layers, {"data": {"X": [[HUGE, 1]] * 4}}, "X has entries that are not real numbers; "),
    "no outputs": (layers, {"accuracy": []}, "accuracy is [], of no output; name one, or leave it out"),
    "epochs beyond memory": (
        gate, {"epochs": 10**14}, "the losses of 100000000000000 epochs do not fit into memory; give fewer epochs, or",
    ),
    "epochs beyond arrays": (gate, {"epochs": 10**30}, "epochs do not fit into memory; give fewer epochs, or"),
    "weights beyond memory": (
        layers, {"sizes": {"h": 10**14}}, "W1 is 2×100000000000000, which does not fit into memory; give smaller sizes",
    ),
    "weights beyond arrays": (layers, {"sizes": {"h": 10**30}}, "which does not fit into memory; give smaller sizes"),
    "a printed array": (layers, {"validation": np.eye(9)}, "; give a dictionary, with a value for each name"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_one_line(case: str) -> None:
    train, how, words = REFUSED[case]
    with pytest.raises(sb.DataError) as error:
        train(**how)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_arrays_of_masked_type_without_masks_are_data() -> None:
    plain, masked = gate(), gate({"x1": np.ma.masked_array(FLAT["x1"])})
    np.testing.assert_array_equal(plain.losses, masked.losses)


def test_labels() -> None:
    with pytest.raises(sb.DataError, match=r"the array of labels is masked at \(1\); "):
        sb.one_hot(np.ma.masked_array([0, 1], [True, False]), 2)
    with pytest.raises(sb.DataError, match=r"label 1 is 1e\+300, and 3 classes are numbered 0 to 2; "):
        sb.one_hot([1e300], 3)
    with pytest.raises(sb.DataError, match="labels of 1000000000000000 classes do not fit into memory; "):
        sb.one_hot([0, 1], 10**15)


def test_one_update_is_one() -> None:
    with pytest.raises(sb.Diverged, match="no longer finite after 1 update at rate 1e\\+300; "):
        sb.train(sb.derive(sb.load_example("linear-neuron")), learning_rate=1e300, epochs=9)


def test_updates_beyond_memory() -> None:
    for trainer in (sb.trainer(GATE, FLAT, 0.1), sb.trainer(LAYERS, ROWS, "xavier", sizes={"h": 3})):
        for updates in (10**15, 10**30):
            with pytest.raises(sb.DataError, match="updates do not fit into memory; run fewer at a time"):
                trainer.run(updates)
        assert len(trainer.run(2)) == 2


def test_keywords_that_sweep_does_not_have() -> None:
    how: Any = {"optimisation": "adam"}
    with pytest.raises(TypeError, match=r"sweep\(\) got an unexpected keyword argument 'optimisation'"):
        sb.sweep(GATE, FLAT, initial=0.1, learning_rates=[1], epochs=2, **how)


def test_rates_that_are_none() -> None:
    rates: Any = None
    with pytest.raises(sb.DataError, match="learning rate None is not a number; give a positive number"):
        sb.sweep(GATE, FLAT, initial=0.1, learning_rates=rates, epochs=2)


def test_a_checkpoint_of_another_choice_is_not_one_of_other_code(tmp_path: Path) -> None:
    place = tmp_path / "run.ckpt"
    gate(checkpoint=place)
    for train, words in (
        (lambda: gate(checkpoint=place, resume=True, optimiser="adam"), "optimiser is gradient-descent there and adam"),
        (
            lambda: gate({name: numbers[:1] for name, numbers in FLAT.items()}, checkpoint=place, resume=True),
            "the checkpoint is of other data: x1 is 4 there and 1 here; ",
        ),
    ):
        with pytest.raises(sb.CheckpointError) as error:
            train()
        assert words in str(error.value)


NET = """
name = "line"
[inputs]
x = [1.0, 2.0]
[targets]
t = [2.0, 4.0]
[parameters]
w = 0.0
[equations]
y = "w*x"
E = "squared_error(y, t)"
[loss]
minimize = "E"
[training]
learning_rate = 0.1
epochs = 3
"""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("train n.toml -o n.toml", "--output 'n.toml' is the file of NET, which would be lost; name another file. "),
        ("compile n.toml -o ./n.toml", "--output 'n.toml' is the file of NET, which would be lost; "),
        ("sweep n.toml --lr 1 -o link", "--output 'link' is the file of NET, which would be lost; "),
        ("train n.toml --data d.csv -o d.csv", "--output 'd.csv' is the file of --data, which would be lost; "),
        ("train n.toml --validation d.csv -o d.csv", "--output 'd.csv' is the file of --validation, which would be "),
        ("train n.toml --checkpoint r -o ./r", "--output 'r' is the file of --checkpoint, which would be lost; "),
        ("train n.toml --data d.csv --checkpoint d.csv", "--checkpoint 'd.csv' is the file of --data, which would be "),
        ("train n.toml --initial xavier --sizes h=1,h=2", "--sizes 'h=1,h=2' has h twice; give each size once. "),
    ],
)
def test_files_stay_as_they_are(words: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("n.toml").write_text(NET)
    Path("d.csv").write_text("x,t\n1,2\n")
    Path("link").symlink_to("n.toml")
    assert message in f"{told(*words.split())} "
    assert {file.name for file in Path().iterdir()} == {"n.toml", "d.csv", "link"}
    assert (Path("n.toml").read_text(), Path("d.csv").read_text()) == (NET, "x,t\n1,2\n")


def test_a_folder_may_have_the_name_of_an_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run("report", "linear-neuron", "-o", "linear-neuron", "--format", "md")


def test_a_sweep_tells_stopped_from_diverged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("n.toml").write_text(NET + "patience = 2\n")
    result = run("sweep", "n.toml", "--lr", "0.1,2", "--epochs", "30")
    assert "stopped at 2" in result.stdout
    assert "diverged" not in result.stdout


@pytest.mark.parametrize("how", [{}, {"batch_size": 2}, {"patience": 3}, {"optimiser": "adam"}])
def test_forward_values_of_very_many_examples_are_kept_at_the_ends_alone(
    how: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = gate(epochs=60, **how)
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_OF_EXAMPLES", 100)
    ends = gate(epochs=60, checkpoint=tmp_path / "run.ckpt", checkpoint_every=7, **how)
    resumed = gate(epochs=60, checkpoint=tmp_path / "run.ckpt", resume=True, **how)
    for history in (ends, resumed):
        assert tuple(history.forward_epochs) == (0, 60)
        np.testing.assert_array_equal(history.losses, whole.losses)
        np.testing.assert_array_equal(history.parameters["w1"], whole.parameters["w1"])
        np.testing.assert_array_equal(history.forward["y_hat"], whole.forward["y_hat"][[0, -1]])
        assert not history.whole
        assert history.columns() == ["epoch", "w1", "w2", "b", "mean L", "dL/dw1", "dL/dw2", "dL/db"]
    assert len(gate({"x1": 1, "x2": 0, "y": 1}, epochs=60).forward["y_hat"]) == 61
