"""``symbackprop predict``, and weights on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import run, told

import symbackprop as sb

TRAIN = ("train", "mlp", "--lr", "0.1", "--epochs", "20")
NEW = "X_1,X_2\n1,2\n-1,0.5\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new.csv").write_text(NEW)
    return tmp_path


def trained() -> None:
    assert run(*TRAIN, "--save", "w.npz").stdout.endswith("\n\nw.npz\n")


def test_new_rows_are_predicted_with_trained_weights(place: Path) -> None:
    trained()
    printed = run("predict", "mlp", "--weights", "w.npz", "--data", "new.csv").stdout
    assert run("predict", "mlp", "--weights", "w.npz", "--data", "new.csv", "-o", "out.csv").stdout == "out.csv\n"
    assert (place / "out.csv").read_text() == printed
    head, *rows = printed.splitlines()
    weights = sb.read_weights("w.npz").values
    expected = sb.predictor(sb.load_example("mlp"))(X=[[1, 2], [-1, 0.5]], **weights)
    assert head == "A2_1"
    assert [float(row) for row in rows] == expected[:, 0].tolist()


def test_training_goes_on_from_saved_weights() -> None:
    trained()
    first = run(*TRAIN).stdout.split("weight")[0].split()[-1]
    assert run(*TRAIN, "--initial", "w.npz").stdout.split()[4] == first


def test_targets_may_stand_beside_the_inputs_and_are_not_read(place: Path) -> None:
    (place / "held-out.csv").write_text("T_1,X_1,X_2\ncat,1,2\n,-1,0.5\n")
    expected = run("predict", "mlp", "--data", "new.csv").stdout
    assert run("predict", "mlp", "--data", "held-out.csv").stdout == expected
    np.savez(place / "held-out.npz", X=[[1, 2], [-1, 0.5]], T=["cat", "dog"])
    assert run("predict", "mlp", "--data", "held-out.npz").stdout == expected


def test_scalars_have_a_column_each(place: Path) -> None:
    (place / "two.csv").write_text("i2,i1,t1\n.1,.05,0\n.2,.3,1\n")
    head, *rows = run("predict", "two-layer-sigmoid", "--data", "two.csv").stdout.splitlines()
    net = sb.load_example("two-layer-sigmoid")
    weights = {s.name: net.values[s.name] for s in net.parameters}
    expected = sb.predictor(net)(i1=[0.05, 0.3], i2=[0.1, 0.2], **weights)
    assert head == "a_o1,a_o2"
    assert [[float(cell) for cell in row.split(",")] for row in rows] == np.stack(list(expected.values()), 1).tolist()


def test_examples_in_columns_become_rows() -> None:
    """X is 2×m in the OR gate of matrices."""
    assert run("predict", "or-gate-vectorised").stdout.splitlines()[0] == "A_1"
    assert len(run("predict", "or-gate-vectorised").stdout.splitlines()) == 5


def test_names_choose_what_is_computed() -> None:
    assert run("predict", "mlp", "--names", "Z1,A2").stdout.splitlines()[0] == "Z1_1,Z1_2,Z1_3,A2_1"
    assert len(run("predict", "or-gate", "--names", "L").stdout.splitlines()) == 5


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "predict xor --weights w.npz",
            "w.npz: error[weights]: the weights are of another network: they have no w1; give the weights of this "
            "network",
        ),
        ("predict mlp --weights nix.npz", "nix.npz: error[file]: there is no such file; check its name"),
        ("predict mlp --data nix.csv", "nix.csv: error[file]: there is no such file; check its name"),
        ("predict mlp --names A1,E", "symbackprop: error[names]: A1 has 4 rows and E has 1 row; ask for one of them"),
        ("predict mlp --names Q", "symbackprop: error[unknown-name]: the network has no Q; known names: "),
        ("predict mlp --data bad.csv", "bad.csv:1: error[columns]: column 2 is called 'X_3', which is no input or"),
        ("predict mlp --data wide.csv", "wide.csv:1: error[columns]: column 3 is called 'X_3', which is no input or"),
        ("predict mlp --data text.csv", "text.csv:2: error[number]: X_2 is 'a', not a number; put a number such as"),
        ("predict xor --data new.csv", "new.csv:1: error[columns]: column 1 is called 'X_1', which is no input or"),
        (
            "predict mlp --weights w.npz --data new.csv -o w.npz",
            "symbackprop: error[usage]: --output 'w.npz' is the file of --weights, which would be lost; name another",
        ),
        (
            "train mlp --lr 1 --epochs 1 --initial w.npz --save w.npz",
            "symbackprop: error[usage]: --save 'w.npz' is the file of --initial, which would be lost; name another",
        ),
        (
            "train mlp --lr 1 --epochs 1 --save w.txt",
            "symbackprop: error[usage]: --save 'w.txt' does not do: 'w.txt' is no name of a file of weights; let it",
        ),
        (
            "train xor --lr 1 --epochs 1 --initial w.npz",
            "w.npz: error[weights]: the weights are of another network: they have no w1; give",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(words: str, expected: str, place: Path) -> None:
    trained()
    (place / "bad.csv").write_text("X_1,X_3\n1,2\n")
    (place / "wide.csv").write_text("X_1,X_2,X_3\n1,2,3\n")
    (place / "text.csv").write_text("X_1,X_2\n1,a\n")
    before = {file: file.read_bytes() for file in place.iterdir()}
    assert told(*words.split()).startswith(expected)
    assert {file: file.read_bytes() for file in place.iterdir()} == before


def test_training_that_diverges_saves_no_weights(place: Path) -> None:
    (place / "line.toml").write_text(
        '[inputs]\nx = 10\n[targets]\nt = 1\n[parameters]\nw = 1\n[equations]\ny = "w*x"\nE = "(y - t)**2"\n'
        '[loss]\nminimize = "E"\n'
    )
    run("train", "line.toml", "--lr", "1e200", "--epochs", "30", "--save", "w.npz", status=1)
    assert not (place / "w.npz").exists()


def test_the_help_fits_eighty_columns() -> None:
    for command in ("predict", "train"):
        described = run(command, "--help", COLUMNS="80").stdout.partition("Examples:")[0]
        assert max(map(len, described.splitlines())) <= 80
