"""Weights in files of their own, and histories that predict."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb

D = sb.derive(sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy"))
DEEPER = sb.derive(sb.mlp(["n", "h", "h2", "c"], notation="matrix", loss="cross_entropy"))
SIZED = sb.derive(sb.mlp([2, 7, 2], notation="matrix", loss="cross_entropy"))
POINTS = np.random.default_rng(3).uniform(-1, 1, (30, 2))
DATA = {"X": POINTS, "Y": sb.one_hot(POINTS[:, 0] > 0, 2)}
HOW: dict[str, Any] = {"learning_rate": 0.1, "epochs": 5}
SIGMOID = sb.derive(sb.load_example("two-layer-sigmoid"))


def trained(**how: Any) -> sb.TrainingHistory:
    return sb.train(D, DATA, **{"initial": "xavier", "sizes": {"h": 5}, **HOW, **how})


def said(make: Any) -> str:
    with pytest.raises(sb.SymbackpropError) as found:
        make()
    return str(found.value)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_training_goes_on_from_a_file(place: Path) -> None:
    history = trained()
    history.save("w.npz")
    assert dict(np.load("w.npz")).keys() == {"W1", "b1", "W2", "b2"}
    for initial in ("w.npz", place / "w.npz", sb.read_weights("w.npz"), history.final):
        assert sb.train(D, DATA, initial=initial, **HOW).losses[0] == history.losses[-1]
    assert sb.trainer(D, DATA, initial="w.npz").step() == pytest.approx(history.losses[-1], rel=1e-12)
    assert sb.sweep(D, DATA, initial="w.npz", learning_rates=[0.1], epochs=1)[0.1].losses[0] == history.losses[-1]


def test_files_of_others_are_read(place: Path) -> None:
    """What numpy.savez wrote has no metadata."""
    weights = trained().final
    np.savez_compressed("w.npz", **weights)
    found = sb.read_weights("w.npz", D)
    assert found.metadata == {}
    assert all(np.array_equal(found.values[name], value) for name, value in weights.items())


@pytest.mark.parametrize("name", ["w.npz", pytest.param("w.safetensors", marks=pytest.mark.needs("safetensors"))])
def test_all_comes_back(name: str, place: Path) -> None:
    metadata = {"classes": ["Äpfel", "pears"], "mean": [0.5, 1e-3], "inputs": {"X": "age"}}
    history = trained(dtype="float32")
    history.save(name, metadata)
    found = sb.read_weights(name, D)
    assert found.metadata == metadata
    for key, value in history.final.items():
        assert found.values[key].dtype == np.float32
        assert np.array_equal(found.values[key], value)
    whole = Path(name).read_bytes()
    sb.write_weights(name, found)
    history.save("again" + name, metadata)
    assert Path("again" + name).read_bytes() == whole


def test_networks_of_scalars_have_numbers(place: Path) -> None:
    history = sb.train(SIGMOID, **HOW)
    history.save("w.npz")
    assert {value.shape for value in sb.read_weights("w.npz", SIGMOID).values.values()} == {()}
    assert sb.train(SIGMOID, initial="w.npz", **HOW).losses[0] == history.losses[-1]


def test_the_best_weights_are_kept_where_there_was_patience(place: Path) -> None:
    history = trained(patience=1, learning_rate=30.0, epochs=40, validation=DATA)
    history.save("w.npz")
    assert np.array_equal(sb.read_weights("w.npz").values["W1"], history.final["W1"])


def test_trainers_save_what_they_have(place: Path) -> None:
    trainer = sb.trainer(D, DATA, initial="xavier", sizes={"h": 5})
    trainer.run(3)
    trainer.save("w.npz", {"updates": 3})
    assert np.array_equal(sb.read_weights("w.npz", D).values["W2"], trainer.weights["W2"])


OTHER = "w.npz: error[weights]: the weights are of another network: "


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (
            lambda: sb.train(DEEPER, DATA, initial="w.npz", **HOW),
            OTHER + "they have no W3 (h2×c); give the weights of this network",
        ),
        (
            lambda: sb.trainer(SIZED, DATA, initial="w.npz"),
            OTHER + "W1 is 2×5 and should be 2×7; give the weights of this network",
        ),
        (
            lambda: sb.sweep(SIGMOID, initial="w.npz", learning_rates=[1.0], epochs=1),
            OTHER + "they have no w1; give the weights of this network",
        ),
        (
            lambda: sb.read_weights("more.npz", D),
            "more" + OTHER[1:] + "they have V (1×1), which is no parameter of n-h-c perceptron; "
            "give the weights of this network",
        ),
        (
            lambda: sb.read_weights("nan.npz", D),
            "nan.npz: error[not-finite]: W1 has entries that are NaN or infinite; give finite weights",
        ),
    ],
)
def test_weights_of_another_network_are_refused(use: Any, expected: str, place: Path) -> None:
    history = trained()
    history.save("w.npz")
    sb.write_weights("more.npz", {**history.final, "V": np.ones((1, 1))})
    sb.write_weights("nan.npz", {**history.final, "W1": np.full((2, 5), np.nan)})
    assert said(use) == expected


NO_WEIGHTS = "error[file]: the file is no .npz of plain numbers, or is cut off; write it with history.save or "


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda whole: b"", NO_WEIGHTS),
        (lambda whole: b"hello", NO_WEIGHTS),
        (lambda whole: whole[:-100], NO_WEIGHTS),
        (lambda whole: whole.replace(b"NUMPY", b"numpy"), NO_WEIGHTS),
        (lambda whole: whole.replace(b'"inputs"', b'"inputs '), NO_WEIGHTS),
    ],
)
def test_damaged_files_are_refused(write: Any, expected: str, place: Path) -> None:
    trained().save("w.npz", {"inputs": 1})
    Path("w.npz").write_bytes(write(Path("w.npz").read_bytes()))
    assert said(lambda: sb.read_weights("w.npz")).startswith(f"w.npz: {expected}")


def test_metadata_that_are_no_dictionary_are_refused(place: Path) -> None:
    with zipfile.ZipFile("w.npz", "w") as archive:
        archive.writestr("metadata.json", "[1]")
    assert NO_WEIGHTS in said(lambda: sb.read_weights("w.npz"))


def test_nothing_is_unpickled(place: Path) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(place / "bang"),)

    np.savez("w.npz", W1=np.array([Bomb()], dtype=object))
    assert NO_WEIGHTS in said(lambda: sb.read_weights("w.npz"))
    assert not (place / "bang").exists()


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (lambda: sb.read_weights("nix.npz"), "nix.npz: error[file]: there is no such file; check its name"),
        (lambda: sb.read_weights("d.npz"), "d.npz: error[file]: this is a directory; name an .npz file in it"),
        (lambda: sb.read_weights("text.npz"), "text.npz: error[weights]: W1 is array(['a'], dtype='<U1'), which is "),
        (
            lambda: sb.read_weights("w.txt"),
            "error[weights]: 'w.txt' is no name of a file of weights; let it end in .npz or .safetensors",
        ),
        (lambda: sb.read_weights(3), "error[weights]: 3 is no name of a file; name one, such as w.npz"),  # type: ignore[arg-type]
        (lambda: sb.write_weights("new.npz", 3), "error[weights]: weights is 3; give a dictionary, with a value "),  # type: ignore[arg-type]
        (lambda: sb.write_weights("new.npz", {"a": [[1], [1, 2]]}), "error[weights]: a is [[1], [1, 2]], which is no "),
        (lambda: sb.write_weights("new.npz", {"a": None}), "error[weights]: a is None, which is no array of real num"),
        (lambda: sb.write_weights("new.npz", {"a": 1j}), "error[weights]: a is 1j, which is no array of real numbers"),
        (lambda: sb.write_weights("new.npz", sb.Weights({"a": 1}, {"b": {1}})), "error[metadata]: metadata are no "),
        (lambda: sb.write_weights("new.npz", sb.Weights({"a": 1}, {"b": np.inf})), "error[metadata]: metadata are no "),
    ],
)  # fmt: skip
def test_what_is_no_file_of_weights_is_told(use: Any, expected: str, place: Path) -> None:
    os.mkdir("d.npz")
    np.savez("text.npz", W1=np.array(["a"]))
    assert said(use).startswith(expected)
    assert not (place / "new.npz").exists()


def test_a_missing_package_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from symbackprop.training import weight_files

    monkeypatch.setattr(weight_files.importlib.util, "find_spec", lambda name: None)
    expected = (
        "error[missing-extra]: a .safetensors file needs safetensors, and there is no module safetensors here; "
        'install it, in a clone of symbackprop: pip install ".[safetensors]"'
    )
    assert said(lambda: trained().save("w.safetensors")) == expected
    assert said(lambda: sb.read_weights("w.safetensors")) == expected
    assert list(place.iterdir()) == []


@pytest.mark.needs("safetensors")
def test_damaged_safetensors_are_refused(place: Path) -> None:
    trained().save("w.safetensors")
    whole = Path("w.safetensors").read_bytes()
    for content in (b"", whole[:20], whole[:-3], b"123456789012345"):
        Path("w.safetensors").write_bytes(content)
        assert said(lambda: sb.read_weights("w.safetensors")).startswith(
            "w.safetensors: error[file]: the file is no .safetensors of plain numbers, or is cut off; "
        )


def test_a_history_predicts_with_the_weights_at_its_end() -> None:
    history = trained()
    found = history.predict(X=POINTS)
    assert np.array_equal(found, history.forward["P"][-1])
    assert np.array_equal(history.predict({"X": POINTS[:4]}), found[:4])
    assert list(history.predict({"X": POINTS}, names=["Z1", "P"])) == ["Z1", "P"]
    assert np.array_equal(history.predict(X=POINTS, names="P"), found)


def test_a_history_of_scalars_predicts() -> None:
    history = sb.train(sb.derive(sb.load_example("or-gate")), learning_rate=1.0, epochs=20)
    found = history.predict(x1=[0, 1], x2=[0, 1])
    assert found.shape == (2,)
    assert np.array_equal(found, history.forward["y_hat"][-1][[0, 3]])
    assert set(sb.train(SIGMOID, **HOW).predict(i1=0.1, i2=0.2)) == {"a_o1", "a_o2"}


def test_constants_are_those_of_the_training() -> None:
    m, n, k = symbols("m n k")
    X, Y, W, Z = (MatrixSymbol(*one) for one in (("X", m, n), ("Y", m, k), ("W", n, k), ("Z", m, k)))
    scale, E = symbols("s E")
    net = sb.Network(
        {Z: scale * X * W, E: sb.total(sb.power(Z - Y, 2)) / m},
        inputs=[X, scale], targets=[Y], parameters=[W], loss=E,
    )  # fmt: skip
    data = {"X": POINTS, "Y": POINTS, "s": 2.0}
    history = sb.train(sb.derive(net), data, initial={"W": np.eye(2)}, learning_rate=0.01, epochs=0)
    assert np.allclose(history.predict(X=[[1.0, 2.0]]), [[2, 4]])
    assert np.allclose(history.predict(X=[[1.0, 2.0]], s=3.0), [[3, 6]])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "error[missing-value]: there is no value for X; give a value for every name"),
        ({"Q": 1}, "error[unknown-name]: there is a value for Q; known names: W1, W2, X, Y, b1, b2"),
        ({"X": [1, 2]}, "error[shape]: X has shape (2,) and should be m×n; write np.reshape(X, (1, 2)) for one row"),
        ({"X": [[1, 2]], "names": "Q"}, "error[unknown-name]: the network has no Q; known names: "),
    ],
)
def test_what_cannot_be_predicted_is_told(values: dict[str, Any], expected: str) -> None:
    assert said(lambda: trained().predict(**values)).startswith(expected)


def test_a_history_that_diverged_predicts_too() -> None:
    w, x, t, y, E = (Symbol(name) for name in "w x t y E".split())
    net = sb.Network({y: w * x, E: (y - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    with pytest.raises(sb.Diverged) as error:
        sb.train(sb.derive(net), {"x": 10.0, "t": 1.0}, initial={"w": 1.0}, learning_rate=1e200, epochs=30)
    history: Any = error.value.history
    assert not np.isfinite(history.predict(x=1.0)) or abs(history.predict(x=1.0)) > 1e100
