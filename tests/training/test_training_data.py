"""Data from files, and classes as targets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from networks import or_gate

import symbackprop as sb
from symbackprop.network.spec import load_text

GATE = or_gate()
MLP = sb.mlp(["n", "h", "c"], notation="matrix", loss="cross_entropy")
XOR = sb.load_example("mlp")


def test_csv_of_scalars(tmp_path: Path) -> None:
    (tmp_path / "or.csv").write_text("x1,x2,y\n0,0,0\n1,0,1\n")
    assert sb.load_data(tmp_path / "or.csv", GATE) == {"x1": (0, 1), "x2": (0, 0), "y": (0, 1)}


def test_csv_of_matrices(tmp_path: Path) -> None:
    (tmp_path / "xor.csv").write_text("X_1,X_2,T_1\n0,1,1\n1,1,0\n")
    assert sb.load_data(tmp_path / "xor.csv", sb.derive(XOR)) == {"X": ((0, 1), (1, 1)), "T": ((1,), (0,))}
    (tmp_path / "bad.csv").write_text("X_1,X_2,T_1\n0,one,1\n")
    with pytest.raises(sb.DataError, match=r"bad.csv:2: error\[number\]: X_2 is 'one', not a number; "):
        sb.load_data(tmp_path / "bad.csv", XOR)


def test_npz(tmp_path: Path) -> None:
    X, Y = np.ones((5, 3), dtype=np.float32), sb.one_hot([0, 1, 1, 0, 1], 2)
    np.savez(tmp_path / "data.npz", X=X, Y=Y)
    data = sb.load_data(tmp_path / "data.npz", MLP)
    assert data.keys() == {"X", "Y"}
    np.testing.assert_array_equal(data["Y"], Y)
    assert data["X"].dtype == np.float32
    history = sb.train(sb.derive(MLP), data, initial="he", sizes={"h": 4}, learning_rate=0.1, epochs=2)
    assert history.losses[2] < history.losses[0]


def test_npz_may_leave_out_what_the_network_has(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", X=np.eye(2))
    assert list(sb.load_data(tmp_path / "data.npz", XOR)) == ["X"]


class Shouting:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("shouted",)


def test_nothing_in_an_npz_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.savez("data.npz", X=np.array([Shouting()], dtype=object), Y=np.ones((1, 2)))
    with pytest.raises(sb.DataError) as error:
        sb.load_data("data.npz", MLP)
    assert str(error.value) == (
        "data.npz: error[file]: the file is no .npz of plain numbers, or is cut off; write it with numpy.savez"
    )
    assert not Path("shouted").exists()


def refused(path: Path, net: Any = MLP) -> str:
    with pytest.raises(sb.DataError) as error:
        sb.load_data(path, net)
    return str(error.value).removeprefix(f"{path}: ")


def test_files_that_are_no_npz(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    no_npz = "error[file]: the file is no .npz of plain numbers, or is cut off; write it with numpy.savez"
    assert refused(path) == "error[file]: there is no such file; check its name"
    path.write_bytes(b"")
    assert refused(path) == no_npz
    path.write_text("X,Y\n1,2\n")
    assert refused(path) == no_npz
    np.savez(path, X=np.ones((500, 3)), Y=np.ones((500, 2)))
    whole = path.read_bytes()
    for length in (100, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert refused(path) == no_npz
    changed = bytearray(whole)
    changed[3000] ^= 255
    path.write_bytes(changed)
    assert refused(path) == no_npz
    np.savez_compressed(path, X=np.arange(1500).reshape(500, 3), Y=np.ones((500, 2)))
    whole = path.read_bytes()
    for k in range(100, 400, 3):
        path.write_bytes(whole[:k] + bytes([whole[k] ^ 255]) + whole[k + 1 :])
        assert refused(path) == no_npz
    with path.open("wb") as file:
        np.save(file, np.ones(3))
    assert refused(path) == no_npz
    path.unlink()
    path.mkdir()
    assert refused(path) == "error[file]: this is a directory; name an .npz file in it"


def test_names_in_an_npz(tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, X=np.ones((5, 3)))
    assert refused(path) == ("error[missing-value]: there is no array Y in the file; write it with numpy.savez(…, Y=…)")
    np.savez(path, X=np.ones((5, 3)), Z=np.ones((5, 2)))
    assert refused(path) == "error[unknown-name]: the file has 'Z', which is no input or target; known names: X, Y"


# -- classes


def test_classes_as_rows_and_as_columns() -> None:
    expected = [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert sb.one_hot([0, 2, 1], 3).tolist() == expected
    assert sb.one_hot(np.array([0.0, 2.0, 1.0]), 3).tolist() == expected
    assert sb.one_hot(np.array([0, 2], dtype=np.uint8), 3, columns=True).tolist() == [[1, 0], [0, 0], [0, 1]]
    assert sb.one_hot([True, False], 2).tolist() == [[0, 1], [1, 0]]
    assert sb.one_hot([1], 4).dtype == np.float64


NOT_WHOLE = "is not a whole number; number the classes 0, 1, 2 …"
FLAT = "give a flat array, one label an example"
OUTSIDE = "and 10 classes are numbered 0 to 9; give more outputs, or other labels"


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 1.5], 3, "error[labels]: label 2, 1.5, is not a whole number; number the classes 0, 1, 2 …"),
        ([0, np.nan], 3, "error[labels]: label 2, nan, is not a whole number; number the classes 0, 1, 2 …"),
        (["cat", "dog"], 2, "error[labels]: label 1, 'cat', is not a whole number; number the classes 0, 1, 2 …"),
        ([1j, 0], 2, "error[labels]: label 1, 1j, is not a whole number; number the classes 0, 1, 2 …"),
        ([0, 9, 10], 10, f"error[labels]: label 3 is 10, {OUTSIDE}"),
        ([-1], 10, f"error[labels]: label 1 is -1, {OUTSIDE}"),
        ([0, 10**30], 10, f"error[labels]: a label of so many digits {NOT_WHOLE}"),
        ([[0], [1, 2]], 3, f"error[labels]: the labels are lists of several lengths; {FLAT}"),
        ([], 10, "error[empty]: there are no labels; give one example at least"),
        ([[0], [1]], 2, "error[labels]: the labels have shape (2, 1); give a flat array, one label an example"),
        ([0], 0, "error[labels]: classes = 0 is not a whole number from 1; give, say, 10"),
    ],
)  # fmt: skip
def test_labels_that_are_none(labels: Any, classes: int, message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.one_hot(labels, classes)
    assert str(error.value) == message


def test_labels_are_no_targets_yet() -> None:
    d = sb.derive(MLP)
    with pytest.raises(sb.DataError) as error:
        sb.train(d, {"X": np.ones((4, 2)), "Y": [0, 1, 2, 3]}, initial="he", sizes={"h": 3}, learning_rate=1, epochs=1)
    assert str(error.value) == (
        "error[shape]: Y has shape (4,) and should be m×c; make targets of classes with one_hot(labels, classes)"
    )


class Columns:
    """A table that has keys and is no dictionary, like a DataFrame."""

    def keys(self) -> list[str]:
        return ["x1", "x2", "y"]

    def __getitem__(self, name: str) -> list[int]:
        return [0, 1, 1] if name == "x1" else [1, 0, 1]


def test_any_table_with_keys_holds_data() -> None:
    history = sb.train(sb.derive(GATE), Columns(), initial=0.1, learning_rate=1, epochs=2, validation=Columns())
    np.testing.assert_array_equal(history.losses, history.validation_losses)


@pytest.mark.parametrize("what", ["data", "validation", "sizes"])
def test_what_is_no_dictionary(what: str) -> None:
    arguments: dict[str, Any] = {"data": None, what: 5}
    with pytest.raises(sb.DataError) as error:
        sb.train(sb.derive(XOR), **arguments, learning_rate=1, epochs=1)
    assert str(error.value) == f"error[{what}]: {what} is 5; give a dictionary, with a value for each name"


def test_what_is_no_network() -> None:
    for call in (lambda: sb.initialise(5, "he"), lambda: sb.load_data("x.npz", 5)):  # type: ignore[arg-type]
        with pytest.raises(sb.DataError, match=r"takes a network, not 5; give a network or its derivation"):
            call()


def test_sizes_of_drawn_weights_that_the_data_contradict() -> None:
    with pytest.raises(sb.DataError, match=r"error\[shape\]: W1 is 7×3 and should be n×h: n is 7 in W1 and 4 in X "):
        sb.train(
            sb.derive(MLP), {"X": np.ones((5, 4)), "Y": np.ones((5, 2))}, initial="he", sizes={"h": 3, "n": 7},
            learning_rate=1, epochs=1,
        )  # fmt: skip


def test_more_classes_than_outputs() -> None:
    d = sb.derive(MLP)
    start = sb.initialise(d, "he", sizes={"n": 2, "h": 3, "c": 3})
    with pytest.raises(sb.DataError) as error:
        sb.train(d, {"X": np.ones((4, 2)), "Y": sb.one_hot([0, 1, 2, 3], 4)}, initial=start, learning_rate=1, epochs=1)
    assert str(error.value) == (
        "error[shape]: Y is 4×4 and should be m×c: c is 4 in Y and 3 in W2 (3×3, h×c); "
        "let Y have 3 columns, or give another W2"
    )


# -- classes in files


CLASSES = """
[shapes]
X = "SHAPE_X"
Y = "SHAPE_Y"
W = "3 × 2"
[inputs]
X = VALUE_X
[targets]
Y = VALUE_Y
[parameters]
W = [[0, 0], [0, 0], [0, 0]]
[equations]
Z = "FORMULA"
E = "total((Z - Y)**2)/m"
[loss]
minimize = "E"
"""
IN_COLUMNS = {
    "SHAPE_X": "2 × m", "SHAPE_Y": "3 × m", "VALUE_X": "[[0], [0]]", "VALUE_Y": "[[1], [0], [0]]", "FORMULA": "W @ X",
}  # fmt: skip
IN_ROWS = {
    "SHAPE_X": "m × 2", "SHAPE_Y": "m × 3", "VALUE_X": "[[0, 0]]", "VALUE_Y": "[[1, 0, 0]]", "FORMULA": "X @ W.T",
}  # fmt: skip


def three_classes(words: dict[str, str]) -> sb.Network:
    text = CLASSES
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    return load_text(text)


@pytest.mark.parametrize("words", [IN_ROWS, IN_COLUMNS], ids=["in rows", "in columns"])
def test_files_may_have_the_class_of_each_example(words: dict[str, str], tmp_path: Path) -> None:
    net, turned = three_classes(words), words is IN_COLUMNS
    wanted = sb.one_hot([2, 0, 1, 2], 3, columns=turned)
    X = np.arange(8.0).reshape(4, 2)
    np.savez(tmp_path / "data.npz", X=X.T if turned else X, Y=np.array([2, 0, 1, 2]))
    (tmp_path / "data.csv").write_text("X_1,Y,X_2\n0,2,1\n2,0,3\n4,1,5\n6,2,7\n")
    for name in ("data.npz", "data.csv"):
        data = sb.load_data(tmp_path / name, net)
        np.testing.assert_array_equal(data["Y"], wanted)
        np.testing.assert_array_equal(data["X"], X.T if turned else X)
        assert len(sb.train(sb.derive(net), data, learning_rate=0.1, epochs=1)) == 2


def test_a_target_of_one_entry_has_no_classes(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", X=np.ones((2, 2)), T=np.array([0, 1]))
    assert sb.load_data(tmp_path / "data.npz", XOR)["T"].shape == (2,)


def test_without_values_nothing_tells_how_many_classes_there_are(tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", X=np.ones((2, 2)), Y=np.array([0, 1]))
    assert sb.load_data(tmp_path / "data.npz", MLP)["Y"].shape == (2,)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 3], "labels]: label 3 is 3, and 3 classes are numbered 0 to 2; give more outputs, or other labels"),
        ([0, 1, -1], "labels]: label 3 is -1, and 3 classes are numbered 0 to 2; give more outputs, or other labels"),
        ([0, 0.5, 1], "labels]: label 2, 0.5, is not a whole number; number the classes 0, 1, 2 …"),
        (["a", "b", "c"], "labels]: label 1, 'a', is not a whole number; number the classes 0, 1, 2 …"),
        ([], "empty]: there are no labels; give one example at least"),
    ],
)
def test_classes_in_a_file_that_do_not_do(labels: list[Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "data.npz"
    np.savez(path, X=np.ones((3, 2)), Y=np.array(labels))
    with pytest.raises(sb.DataError) as error:
        sb.load_data(path, three_classes(IN_ROWS))
    assert str(error.value) == f"{path}: error[{message}"
