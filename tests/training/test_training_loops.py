"""``train`` by loops: its history beside that of the gradients and the optimiser one after the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, told
from conftest import few
from loops import OPTIMISERS, examples, near, point
from networks import EXAMPLES, network, or_gate, two_layer
from sympy import log, sqrt, symbols

import symbackprop as sb
from symbackprop.numeric import compiled, lambdify
from symbackprop.training.descent import Descent
from symbackprop.training.epochs_at_once import FIRST
from symbackprop.training.recipe import Recipe
from symbackprop.training.start import start
from symbackprop.training.updater import GradientUpdater

NOTES = sb.derive(two_layer())
OR = sb.derive(or_gate())
OR_DATA = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
START = {"w1": 0.1, "w2": 0.6, "b": 0.0}
BACKENDS = ["numpy", pytest.param("numba", marks=[pytest.mark.needs("numba"), pytest.mark.slow])]
x, w, v, y, t, E = symbols("x w v y t E")


def one_by_one(d: sb.Derivation, data: Any, initial: Any, rate: float, epochs: int, **how: Any) -> sb.TrainingHistory:
    """Training without loops."""
    recipe = Recipe.of(how)  # type: ignore[arg-type]
    begun = start(d, data, initial, recipe)
    descent = Descent(d.network, GradientUpdater(d, lambdify(d), begun, recipe), begun, recipe, rate, epochs)
    descent.run(lambda epoch, loss, rate: None)
    return descent.history()


def tables(history: sb.TrainingHistory) -> dict[str, Any]:
    """All numbers of a history."""
    parts = {"w": history.parameters, "g": history.gradients, "f": history.forward}
    found = {f"{part} {name}": rows for part, named in parts.items() for name, rows in named.items()}
    return {**found, "loss": history.losses, "rates": history.rates, "validation": history.validation_losses}


def the_same(found: sb.TrainingHistory, expected: sb.TrainingHistory, tolerance: float = 1e-12) -> None:
    """Assert that two histories have the same numbers and ended in the same way."""
    ends = [(h.diverged_at, h.best_epoch, h.stopped, len(h)) for h in (found, expected)]
    assert ends[0] == ends[1]
    numbers = tables(expected)
    for name, values in tables(found).items():
        if values is None:
            assert numbers[name] is None
        else:
            near(values, numbers[name], tolerance)


HOW: list[dict[str, Any]] = [
    {},
    {"schedule": "cosine"},
    {"schedule": "step every=7"},
    {"schedule": "plateau patience=2"},
    {"patience": 3, "optimiser": "momentum mu=0.99"},
    {"batch_size": 3, "optimiser": "adam"},
    {"validation": {"x1": [0.5], "x2": [0.5], "y": [1]}, "patience": 5},
    {"accuracy": "y_hat"},
]


@pytest.mark.parametrize("how", HOW, ids=str)
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("count", few([4, 60]))
def test_the_history_is_the_same(how: dict[str, Any], backend: str, count: int) -> None:
    data = OR_DATA if count == 4 else examples(or_gate(), count)
    rate = 0.01 if how.get("optimiser") == "adam" else 2.0
    expected = one_by_one(OR, data, START, rate, 150, **how)
    the_same(sb.train(OR, data, initial=START, learning_rate=rate, epochs=150, backend=backend, **how), expected)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_every_optimiser_of_one_example(optimiser: str) -> None:
    how = {"optimiser": optimiser, "schedule": "exponential factor=0.99"}
    expected = one_by_one(NOTES, None, None, 0.1, 100, **how)
    the_same(sb.train(NOTES, learning_rate=0.1, epochs=100, **how), expected)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["every-activation", "softmax-mlp", "max-min", "user-functions", "powers"])
@pytest.mark.parametrize("count", few([0, 5, 60]))
def test_every_value_of_every_epoch(name: str, count: int) -> None:
    net = EXAMPLES[name]()
    d = sb.derive(net)
    data, weights = point(net)
    data = examples(net, count) if count else data
    expected = one_by_one(d, data, weights, 0.01, 30)
    the_same(sb.train(d, data, initial=weights, learning_rate=0.01, epochs=30), expected)


@pytest.mark.parametrize("how", [{}, {"optimiser": "adam"}, {"patience": 2, "schedule": "cosine"}], ids=str)
@pytest.mark.parametrize("backend", BACKENDS)
def test_the_bits_are_the_same_however_many_epochs_go_at_once(how: dict[str, Any], backend: str, place: Path) -> None:
    """A progress function is told of each epoch before the next begins; a checkpoint begins a stretch."""
    seen: list[tuple[int, float]] = []
    alone = sb.train(
        NOTES, learning_rate=3, epochs=200, backend=backend, progress=lambda e, loss: seen.append((e, loss)), **how
    )
    at_once = sb.train(NOTES, learning_rate=3, epochs=200, backend=backend, **how)
    kept = sb.train(
        NOTES, learning_rate=3, epochs=200, backend=backend, checkpoint="a.ckpt", checkpoint_every=FIRST + 1, **how
    )
    assert [epoch for epoch, _ in seen] == list(range(len(alone)))
    for other in (at_once, kept):
        for name, values in tables(alone).items():
            np.testing.assert_array_equal(values, tables(other)[name])


def test_the_bits_are_the_same_where_python_gives_up_in_between() -> None:
    """exp(1000) raises in Python; momentum takes the weight out of there and in again."""
    net = network({y: sb.sigmoid(w * x) * v, E: sb.squared_error(y, t) + w**2 / 1000}, parameters="w v")
    d, data, weights = sb.derive(net), {"x": 1.0, "t": 0.5}, {"w": -900.0, "v": 2.0}
    how: Any = {"initial": weights, "learning_rate": 5, "epochs": 300, "optimiser": "momentum mu=0.995"}
    alone = sb.train(d, data, progress=lambda epoch, loss: None, **how)
    assert (alone.parameters["w"] > 0).any()
    at_once = sb.train(d, data, **how)
    for name, values in tables(alone).items():
        np.testing.assert_array_equal(values, tables(at_once)[name])
    # Where the weight comes back the slope is a cliff, and the last bit of it decides where the next hundred steps go.
    until_then = sb.train(d, data, **{**how, "epochs": 45})
    the_same(until_then, one_by_one(d, data, weights, 5, 45, optimiser="momentum mu=0.995"), 1e-10)
    assert tables(until_then)["w w"].tolist() == tables(at_once)["w w"][:46].tolist()


# -- the end


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("data", [{"x": 3.0, "t": 6.0}, {"x": [1.0, 2.0, 3.0], "t": [2.0, 4.0, 6.0]}])
def test_divergence_is_seen_at_the_same_epoch(backend: str, data: Any) -> None:
    d = sb.derive(network({y: w * x, E: sb.squared_error(y, t)}))
    expected = one_by_one(d, data, {"w": 0.0}, 5, 1000)
    with pytest.raises(sb.Diverged) as error:
        sb.train(d, data, initial={"w": 0.0}, learning_rate=5, epochs=1000, backend=backend)
    history: Any = error.value.history
    assert history.diverged_at == expected.diverged_at == len(history) - 1 > FIRST
    near(history.losses, expected.losses, 1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_gradient_that_is_not_finite_ends_training(backend: str) -> None:
    """sqrt is 0 at 0, where its derivative is infinite; the first update takes the weight there."""
    d, data = sb.derive(network({y: sqrt(w) * x, E: y - t})), {"x": 1.0, "t": 0.0}
    with pytest.raises(sb.Diverged) as error:
        sb.train(d, data, initial={"w": 1.0}, learning_rate=2, epochs=50, backend=backend)
    history: Any = error.value.history
    assert history.diverged_at == 1
    assert np.isfinite(history.losses).all()
    assert np.isinf(history.gradients["w"][1])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_batch_that_is_not_finite_ends_its_epoch(backend: str) -> None:
    """One example in eight takes the logarithm of 0 as soon as the weight is negative."""
    d = sb.derive(network({y: log(w * x), E: sb.squared_error(y, t)}))
    data = {"x": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], "t": [-9.0] * 8}
    how: Any = {"batch_size": 2, "seed": 1}
    expected = one_by_one(d, data, {"w": 1.0}, 0.05, 40, **how)
    assert expected.diverged_at is not None
    with pytest.raises(sb.Diverged) as error:
        sb.train(d, data, initial={"w": 1.0}, learning_rate=0.05, epochs=40, backend=backend, **how)
    the_same(error.value.history, expected, 1e-9)  # type: ignore[arg-type]


def test_no_epochs_and_one() -> None:
    for epochs in (0, 1, 2):
        the_same(sb.train(NOTES, learning_rate=1, epochs=epochs), one_by_one(NOTES, None, None, 1, epochs))


# -- choices


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_auto_is_settled_once_and_is_numpy_with_a_checkpoint(place: Path) -> None:
    data = examples(or_gate(), 30)
    how: Any = {"initial": START, "learning_rate": 1, "epochs": 60}
    slow, auto, fast = (sb.train(OR, data, backend=b, **how) for b in ("numpy", "auto", "numba"))
    kept = sb.train(OR, data, backend="auto", checkpoint="a.ckpt", **how)
    for history in (auto, kept):
        np.testing.assert_array_equal(history.losses, slow.losses)
    near(fast.losses, slow.losses)
    again = sb.train(OR, data, backend="numpy", checkpoint="a.ckpt", resume=True, **how)
    np.testing.assert_array_equal(again.losses, slow.losses)
    with pytest.raises(sb.CheckpointError) as error:
        sb.train(OR, data, backend="numba", checkpoint="a.ckpt", resume=True, **how)
    assert "the checkpoint is of another training: backend is numpy there and numba here" in str(error.value)


def test_matrices_are_by_numpy() -> None:
    d = sb.derive(sb.mlp(["n", "c"], notation="matrix", loss="cross_entropy"))
    data = {"X": np.eye(3), "Y": np.eye(3)}
    how: Any = {"initial": "zeros", "learning_rate": 1, "epochs": 2}
    one, other = (sb.train(d, data, backend=backend, **how) for backend in ("numpy", "auto"))
    np.testing.assert_array_equal(one.losses, other.losses)
    if not compiled.has_numba():
        return
    with pytest.raises(sb.DataError) as error:
        sb.train(d, data, backend="numba", **how)
    assert str(error.value) == (
        "error[backend]: train computes networks of matrices by NumPy, and backend is 'numba'; "
        "leave it out, or use trainer, which keeps no history"
    )


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_the_command_line_and_the_file_choose_it(place: Path) -> None:
    usual = run("train", "two-layer-sigmoid", "--epochs", "20")
    assert run("train", "two-layer-sigmoid", "--epochs", "20", "--backend", "numba").stdout == usual.stdout
    source = Path(sb.__file__).parent / "examples" / "two-layer-sigmoid.toml"
    text = source.read_text(encoding="utf-8").replace("[training]", '[training]\nbackend = "numba"')
    Path("net.toml").write_text(text, encoding="utf-8")
    assert run("train", "net.toml", "--epochs", "20", "--checkpoint", "a.ckpt").exit_code == 0
    refused = told("train", "net.toml", "--epochs", "20", "--checkpoint", "a.ckpt", "--resume", "--backend", "numpy")
    assert "backend is numba there and numpy here" in refused


def test_a_backend_that_there_is_not(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told("train", "or-gate", "--backend", "numbra") == (
        "symbackprop: error[usage]: --backend 'numbra' does not do: there is no backend 'numbra'; "
        "did you mean 'numba'? See 'symbackprop train --help'"
    )
    with pytest.raises(sb.DataError) as error:
        sb.train(NOTES, learning_rate=1, epochs=1, backend="cuda")
    assert str(error.value) == "error[backend]: there is no backend 'cuda'; known names: auto, numba, numpy"
    monkeypatch.setattr(compiled, "has_numba", lambda: False)
    with pytest.raises(sb.SymbackpropError) as missing:
        sb.train(NOTES, learning_rate=1, epochs=1, backend="numba")
    assert 'pip install ".[fast]"' in str(missing.value)
