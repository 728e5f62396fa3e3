"""A CSV file with columns of any names, at the command line: from the table to a model that predicts."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from command_line import run, told
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

import symbackprop as sb

TRAIN = ("train", "mlp", "--hidden", "16", "--target", "kind")


def write(name, bunch, texts=True):
    """One of scikit-learn's data sets as CSV."""
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*bunch.feature_names, "kind"])
        for row, k in zip(bunch.data.tolist(), bunch.target.tolist(), strict=True):
            writer.writerow([*row, bunch.target_names[k] if texts else k])


@pytest.fixture
def iris(place):
    write("iris.csv", load_iris())
    return "iris.csv"


SETS = [
    pytest.param(load_iris, True, 0.93, id="iris"),
    pytest.param(load_wine, False, 0.93, id="wine"),
    pytest.param(load_breast_cancer, True, 0.93, id="breast cancer", marks=pytest.mark.slow),
    pytest.param(load_digits, False, 0.93, id="digits", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("load", "texts", "least"), SETS)
def test_from_a_csv_to_a_model_that_predicts_in_one_command(place, load, texts, least):
    bunch = load()
    write("data.csv", bunch, texts)
    classes = () if texts else ("--classes",)
    how = ("--standardise", "--split", "0.2", "--save", "model.npz")
    shown = run(*TRAIN, "--data", "data.csv", *classes, *how, COLUMNS="80").stdout
    right, count, share = said(shown)
    assert share == f"{right / count:.1%}"
    assert right / count >= least
    assert all(len(line) <= 80 for line in shown.splitlines())
    run("predict", "model.npz", "--data", "data.csv", "-o", "out.csv")
    rows = list(csv.reader(Path("out.csv").read_text(encoding="utf-8").splitlines()))
    labels = [bunch.target_names[k] if texts else str(k) for k in bunch.target]
    names = sorted(bunch.target_names) if texts else range(len(rows[0]) - 1)
    assert rows[0] == ["kind", *(f"P({name})" for name in names)]
    assert np.mean([row[0] == label for row, label in zip(rows[1:], labels, strict=True)]) >= least
    model = sb.read_model("model.npz")
    assert model.outputs("data.csv").tolist() == [[float(cell) for cell in row[1:]] for row in rows[1:]]


def said(shown):
    """How many held-out rows are right, of how many, and the share as it is printed."""
    words = next(line for line in shown.splitlines() if "held-out rows are right" in line).split()
    return int(words[0]), int(words[2]), words[-1]


def test_the_matrix_counts_the_rows_that_are_held_out(iris):
    shown = run(*TRAIN, "--data", iris, "--standardise", "--split", "0.2", "--epochs", "20", COLUMNS="80").stdout
    lines = shown[shown.index("kind, found as") :].splitlines()
    assert lines[0].split() == ["kind,", "found", "as", "setosa", "versicolor", "virginica"]
    assert sum(int(word) for line in lines[2:5] for word in line.split()[1:]) == 30


def test_numbers_are_predicted_in_their_own_unit(place):
    x = np.linspace(0, 1, 60)
    rows = "\n".join(f"{a:.4f},{300 * a + 20:.4f}" for a in x)
    Path("prices.csv").write_text(f"size,price\n{rows}\n", encoding="utf-8")
    words = ("train", "mlp", "--hidden", "8", "--target", "price", "--data", "prices.csv", "--standardise")
    shown = run(*words, "--split", "0.2", "--save", "p.npz").stdout
    assert "of 12 held out  root mean square error  explained" in shown
    Path("new.csv").write_text("size\n0.5\n", encoding="utf-8")
    head, number = run("predict", "p.npz", "--data", "new.csv").stdout.split()
    assert head == "price"
    assert float(number) == pytest.approx(170, abs=5)


def test_a_network_of_ones_own_takes_a_table_too(iris):
    Path("net.toml").write_text(NET, encoding="utf-8")
    words = (
        "--data",
        iris,
        "--target",
        "kind",
        "--standardise",
        "--initial",
        "xavier",
        "--sizes",
        "h=6",
        "--lr",
        "0.05",
    )
    shown = run(
        "train", "net.toml", *words, "--epochs", "60", "--optimiser", "adam", "--split", "0.2", "--save", "w.npz"
    )
    assert "held-out rows are right" in shown.stdout
    found = run("predict", "net.toml", "--weights", "w.npz", "--data", iris).stdout.splitlines()
    assert found[0] == "kind,P(setosa),P(versicolor),P(virginica)"
    assert found[1].startswith("setosa,")
    hidden = run("predict", "net.toml", "--weights", "w.npz", "--data", iris, "--names", "A").stdout.splitlines()
    assert hidden[0] == "A_1,A_2,A_3,A_4,A_5,A_6"
    assert "give the network, too" in told("predict", "w.npz", "--data", iris)


NET = """
inputs = ["X"]
targets = ["Y"]
parameters = ["W", "V"]
[shapes]
X = "m × n"
Y = "m × k"
W = "n × h"
V = "h × k"
[equations]
A = "tanh(X @ W)"
P = "softmax(A @ V, axis=1)"
E = "-total(Y*log(P))/m"
[loss]
minimize = "E"
"""


def test_another_file_is_held_out(iris):
    lines = Path(iris).read_text(encoding="utf-8").splitlines()
    Path("other.csv").write_text("\n".join([lines[0], *lines[1::10]]) + "\n", encoding="utf-8")
    shown = run(*TRAIN, "--data", iris, "--validation", "other.csv", "--epochs", "20").stdout
    assert "of 15 held-out rows are right" in shown
    Path("bad.csv").write_text(f"{lines[0]}\n{lines[1]}\n{lines[2].replace('setosa', 'tulip')}\n", encoding="utf-8")
    assert told(*TRAIN, "--data", iris, "--validation", "bad.csv", "--save", "w.npz") == (
        "bad.csv:3: error[classes]: kind is 'tulip', a class that was not seen in training; known classes: setosa, "
        "versicolor, virginica"
    )
    assert not Path("w.npz").exists()


def test_rows_with_gaps_and_different_scales_are_told(iris):
    text = Path(iris).read_text(encoding="utf-8").splitlines()
    rows = [f"{row},{1000 * k}" if k else f"{row},height" for k, row in enumerate(text)]
    rows[7] = rows[7].replace("4.6", "", 1)
    Path("gaps.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    told_of = run(*TRAIN, "--data", "gaps.csv", "--missing", "drop", "--epochs", "2").stderr.splitlines()
    assert told_of[0] == "1 row has a value missing and is left out"
    assert told_of[1].startswith("hint: height spreads over 4.31e+04 and sepal width (cm) over 0.4")
    assert told_of[1].endswith("which trains slowly; standardise=True (--standardise) puts all columns on one scale")
    assert len(told_of) == 2
    run(*TRAIN, "--data", "gaps.csv", "--missing", "mean", "--standardise", "--epochs", "2", "--save", "w.npz")
    assert len(run("predict", "w.npz", "--data", "gaps.csv").stdout.splitlines()) == 151


REFUSED = [
    (
        (*TRAIN[:4], "--data", "iris.csv"),
        "symbackprop: error[usage]: --hidden is about a table, and no column is the target; give --target NAME. See "
        "'symbackprop train --help'",
    ),
    (TRAIN, "symbackprop: error[usage]: --target is a column of --data, and there is none; give --data FILE.csv. See "
            "'symbackprop train --help'"),
    (
        ("train", "xor", *TRAIN[2:], "--data", "iris.csv"),
        "symbackprop: error[usage]: --hidden is about a perceptron, and NET is xor; write mlp for NET. See "
        "'symbackprop train --help'",
    ),
    (
        ("train", "xor", "--target", "kind", "--activation", "tanh", "--data", "iris.csv"),
        "symbackprop: error[usage]: --activation is about a perceptron that --hidden makes; give --hidden 16. See "
        "'symbackprop train --help'",
    ),
    (
        (*TRAIN, "--data", "iris.csv", "--split", "0.2", "--validation", "iris.csv"),
        "symbackprop: error[usage]: --split and --validation both say what is held out; give one of them. See "
        "'symbackprop train --help'",
    ),
    (
        (*TRAIN, "--data", "iris.csv", "--split", "20%"),
        "symbackprop: error[usage]: --split '20%' is not a number between 0 and 1; give one such "
        "as 0.2. See 'symbackprop train --help'",
    ),
    (
        ("train", "mlp", "--target", "kind", "--hidden", "0", "--data", "iris.csv"),
        "symbackprop: error[usage]: --hidden '0' is not a list of widths; write them such as 16 "
        "or 32,16. See 'symbackprop train --help'",
    ),
    (
        ("train", "mlp", "--target", "kid", "--hidden", "4", "--data", "iris.csv"),
        "iris.csv: error[columns]: there is no column 'kid'; did you mean 'kind'?",
    ),
    (
        ("train", "mlp", "--target", "kind", "--data", "iris.csv"),
        "iris.csv: error[columns]: X of multilayer perceptron takes 2 columns, and there are 4: sepal length (cm), "
        "sepal width (cm), petal length (cm), petal width (cm); "
        "give --hidden 16 for a perceptron that is made for the data",
    ),
    (
        (*TRAIN, "--data", "iris.csv", "--activation", "rellu"),
        "symbackprop: error[activation]: there is no activation called 'rellu'; did you mean 'relu'?",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("words", "line"), REFUSED)
def test_what_does_not_do_is_one_line_and_nothing_is_written(iris, words, line):
    assert told(*words, "--save", "w.npz", "-o", "h.csv") == line
    assert sorted(path.name for path in Path().iterdir()) == ["iris.csv"]


def test_new_data_that_do_not_fit(iris):
    run(*TRAIN, "--data", iris, "--epochs", "2", "--save", "w.npz")
    Path("new.csv").write_text("sepal length (cm),petal length (cm)\n1,2\n", encoding="utf-8")
    assert told("predict", "w.npz", "--data", "new.csv", "-o", "out.csv") == (
        "new.csv: error[columns]: there is no column 'sepal width (cm)'; did you mean 'sepal length (cm)'?"
    )
    assert not Path("out.csv").exists()
