"""The command line on matrix networks: what it prints, files of examples, and mistakes in one line each."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, told
from conftest import few, slow_except

from symbackprop.cli.breaking import broken
from symbackprop.cli.to_ascii import plain
from symbackprop.cli.weights import entries_fit, weight_cells
from symbackprop.network.spec import example_names, read_example

EXAMPLES = [name for name in example_names() if read_example(name).network.dialect == "matrix"]
LAYER = """
[shapes]
X = "m × n"
T = "m × k"
W = "n × k"
b = "1 × k"
[inputs]
X = [[1, 2], [3, 4], [5, 7]]
[targets]
T = [[1, 0], [0, 1], [1, 0]]
[parameters]
W = [[0.1, 0.2], [0.3, 0.4]]
b = [[0, 0]]
[equations]
Z = "X @ W + b"
E = "total((Z - T)**2)/(2*m)"
[loss]
minimize = "E"
"""


pytestmark = pytest.mark.usefixtures("place")


def layer(*changes: tuple[str, str]) -> str:
    """Write the network into this test's folder, with changes to its text."""
    text = LAYER
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    Path("layer.toml").write_text(text, encoding="utf-8")
    return "layer.toml"


# -- every command


def test_the_examples_in_matrices_stand_together() -> None:
    above, below = run("examples").stdout.split("\n\n")[:2]
    assert "or-gate " in above
    assert below.startswith("in matrices ")
    assert [line.split()[0] for line in below.splitlines()[2:]] == EXAMPLES
    assert below.splitlines()[2 + EXAMPLES.index("mlp")].split()[-3:] == ["1", "4", "5"]


def test_derive_prints_closed_forms() -> None:
    assert run("derive", "or-gate-vectorised").stdout == (
        "∂Cost/∂W = (1/m)·((A − Y) ∘ A ∘ (1 − A)) Xᵀ\n∂Cost/∂b = mean((A − Y) ∘ A ∘ (1 − A))\n"
    )


def test_derive_prints_shared_forms_in_either_alphabet() -> None:
    assert run("derive", "mlp", "--form", "shared").stdout == (
        "Δ_Z₂ = (1/m)·(A₂ − T) ∘ A₂ ∘ (1 − A₂)\n"
        "Δ_Z₁ = (Δ_Z₂ W₂ᵀ) ∘ (1 − A₁∘²)\n"
        "\n"
        "∂E/∂W₁ = Xᵀ Δ_Z₁\n"
        "∂E/∂b₁ = colsum(Δ_Z₁)\n"
        "∂E/∂W₂ = A₁ᵀ Δ_Z₂\n"
        "∂E/∂b₂ = colsum(Δ_Z₂)\n"
    )
    assert run("derive", "mlp", "--form", "shared", "--wrt", "W1", "--ascii").stdout.endswith(
        "dE/dW1 = X.T @ Delta_Z1\n"
    )


def test_derive_writes_latex() -> None:
    written = run("derive", "softmax-cross-entropy", "--latex", "--wrt", "W").stdout
    assert written == "\\frac{\\partial E}{\\partial W} = \\frac{1}{m}\\,X^{\\mathsf{T}}\\,(P-Y)\n"


def test_derive_lists_shapes() -> None:
    listed = run("derive", "mlp", "--form", "shared", "--shapes", "--ascii").stdout.split("\n\n")[0].splitlines()
    assert [line.split() for line in listed[2:]][:3] == [
        ["X", "input", "m", "x", "n"], ["T", "target", "m", "x", "k"], ["W1", "parameter", "n", "x", "h"],
    ]  # fmt: skip
    assert [line.split() for line in listed[2:]][-3:] == [
        ["E", "loss", "a", "number"],
        ["Delta_Z2", "error", "signal", "m", "x", "k"],
        ["Delta_Z1", "error", "signal", "m", "x", "h"],
    ]
    assert "Delta_Z1" not in run("derive", "mlp", "--shapes", "--ascii").stdout


def test_matrices_are_not_written_out() -> None:
    assert told("derive", "mlp", "--form", "expanded") == (
        "symbackprop: error[usage]: --form expanded is for scalars, and 'multilayer perceptron' has matrices; give "
        "--form closed or --form shared. See 'symbackprop derive --help'"
    )


def test_derive_takes_facts_about_rows() -> None:
    path = layer(("total((Z - T)**2)/(2*m)", "-total(T*log_softmax(Z, axis=1))/m"))
    assert "rowsum(T)" in run("derive", path, "--wrt", "W").stdout
    assert "rowsum" not in run("derive", path, "--wrt", "W", "--facts", "rowsum(T) = 1").stdout


def test_explain_ends_at_the_gradient_and_its_error_signals() -> None:
    words = run("explain", "or-gate-vectorised", "W").stdout
    assert words.startswith("Forward pass\n     Z = W X + b\n     A = σ(Z)\n")
    assert "∂Cost/∂W = Δ_Z Xᵀ" in words
    assert words.endswith("Error signals\n  Δ_Z = (1/m)·(A − Y) ∘ A ∘ (1 − A)\n")


@pytest.mark.parametrize("name", few(EXAMPLES, 7))
@pytest.mark.parametrize("columns", slow_except([80], [80, 120]))
def test_nothing_is_wider_than_the_terminal(name: str, columns: int) -> None:
    net = read_example(name).network
    trained = [] if net.outputs else [["train", name, "--epochs", "3"], ["sweep", name, "--epochs", "3"]]
    for words in (["derive", name], ["derive", name, "--form", "shared", "--shapes"],
                  ["explain", name, net.sources[-1].name], ["explain", name, net.sources[0].name],
                  ["check", name, "--points", "1"], *trained):  # fmt: skip
        for alphabet in ([], ["--ascii"]):
            written = run(*words, *alphabet, COLUMNS=str(columns)).stdout
            assert max(map(len, written.splitlines())) <= columns
            assert not alphabet or (written.isascii() and "?" not in written)


def test_check_has_no_column_for_what_matrices_do_not_have() -> None:
    lines = run("check", "mlp", "--ascii").stdout.splitlines()
    assert lines[0].split() == ["gradient", "shared", "closed", "code"]
    assert [line.split()[0] for line in lines[2:6]] == ["dE/dW1", "dE/db1", "dE/dW2", "dE/db2"]
    assert lines[-3] == "multilayer perceptron: all gradients are proved, and the code agrees at 5 points"
    assert re.fullmatch(
        r"proved: exact in a prime field; a false one passes with a chance below 10\^-[1-9]\d", lines[-2]
    )
    assert re.fullmatch(r"sizes tried: (m=\d n=\d k=\d h=\d(; )?){5}", lines[-1])


def test_verify_reads_products_of_matrices() -> None:
    assert run("verify", "mlp", "--gradient", "W1", "X.T @ Delta_Z1").stdout == (
        "proved: ∂E/∂W₁ = X.T @ Delta_Z1\n  exact in a prime field; a false one passes with a chance below 10⁻⁴⁴\n"
    )
    wrong = run("verify", "mlp", "--gradient", "W1", "-X.T @ Delta_Z1", status=1).stdout
    assert wrong.startswith("wrong: ∂E/∂W₁ is not -X.T @ Delta_Z1\n")
    assert "the sign is wrong" in wrong


def test_compile_writes_a_module_that_runs() -> None:
    assert run("compile", layer(), "-o", "layer_gradients.py").stdout == "layer_gradients.py\n"
    namespace: dict[str, Any] = {"__name__": "layer_gradients"}
    exec(Path("layer_gradients.py").read_text(encoding="utf-8"), namespace)
    x, t = np.array([[1, 2], [3, 4], [5, 7]]), np.array([[1, 0], [0, 1], [1, 0]])
    w, b = np.array([[0.1, 0.2], [0.3, 0.4]]), np.zeros((1, 2))
    _, gradients = namespace["loss_and_gradients"](X=x, T=t, W=w, b=b)
    np.testing.assert_allclose(gradients["W"], x.T @ (x @ w + b - t) / 3, rtol=1e-14)


def test_report_writes_training_and_its_data() -> None:
    Path("or.csv").write_text("X_1,X_2,Y_1\n0,0,0\n0,1,1\n1,0,1\n1,1,1\n", encoding="utf-8")
    run("report", "or-gate-vectorised", "-o", "out", "--format", "md", "--epochs", "10", "--data", "or.csv")
    written = Path("out/or-gate-vectorised.md").read_text(encoding="utf-8")
    assert "0.0889" in written
    assert "0.0840" in written


# -- training


def test_train_reaches_what_the_notes_say() -> None:
    assert run("train", "or-gate-vectorised").stdout.splitlines()[:5] == [
        "epoch        Cost", "─────────────────", "    0  0.08891295", "    1  0.08400960", "  500  0.00686551",
    ]  # fmt: skip


def test_train_shows_small_matrices_row_by_row() -> None:
    assert run("train", layer(), "--lr", "0.01", "--epochs", "1").stdout.partition("\n\n")[2] == (
        "weight                 first                 after 1\n"
        "────────────────────────────────────────────────────\n"
        "W       [0.100000  0.200000]  [ 0.059333   0.121333]\n"
        "        [0.300000  0.400000]  [ 0.244667   0.288667]\n"
        "b       [0.000000  0.000000]  [-0.009333  -0.020000]\n"
    )


def test_train_tells_large_matrices_by_their_norms() -> None:
    rows = ", ".join(str([0.1] * 12) for _ in range(2))
    targets = ", ".join(str([1] * 12) for _ in range(3))
    path = layer(
        ("W = [[0.1, 0.2], [0.3, 0.4]]", f"W = [{rows}]"),
        ("b = [[0, 0]]", f"b = [{[0] * 12}]"),
        ("T = [[1, 0], [0, 1], [1, 0]]", f"T = [{targets}]"),
    )
    shown = run("train", path, "--lr", "0.001", "--epochs", "2", "--ascii").stdout.splitlines()
    assert shown[-2].split()[:4] == ["W", "2x12", "norm", f"{np.sqrt(24 * 0.01):.6f}"]
    assert shown[-1].split()[:4] == ["b", "1x12", "norm", "0.000000"]


def test_weights_are_shown_entry_by_entry_where_there_is_room() -> None:
    assert entries_fit((), 0)
    assert entries_fit((8, 3), 66)
    assert not entries_fit((2, 3), 65)
    assert not entries_fit((9, 1), 1000)
    assert not entries_fit((1, 9), 1000)
    weights = {"W": np.array([[3.0, 4.0]]), "c": np.float64(-1.5)}
    assert weight_cells(weights, {"W", "c"}) == {"W": "[ 3.000000   4.000000]", "c": "-1.500000"}
    assert weight_cells(weights, {"c"}) == {"W": "norm 5.000000", "c": "-1.500000"}


def test_train_writes_every_entry_of_every_epoch() -> None:
    run("train", layer(), "--lr", "0.01", "--epochs", "2", "-o", "run.csv")
    with Path("run.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["epoch"] for row in rows] == ["0", "1", "2"]
    assert (rows[0]["W_2_1"], rows[0]["b_2"]) == ("0.3", "0.0")
    assert list(rows[0])[-6:] == ["dE/dW_1_1", "dE/dW_1_2", "dE/dW_2_1", "dE/dW_2_2", "dE/db_1", "dE/db_2"]


def test_train_says_what_a_file_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "It leaves out weights or forward values: those of all epochs are too many numbers."
    assert words not in run("train", layer(), "--lr", "0.01", "--epochs", "2", "-o", "run.csv").stdout
    monkeypatch.setattr(sys.modules["symbackprop.training.descent"], "MOST_NUMBERS", 0)
    told = run("train", layer(), "--lr", "0.01", "--epochs", "2", "-o", "run.csv").stdout
    assert " ".join(told.split()).endswith(words)
    assert Path("run.csv").read_text(encoding="utf-8").startswith("epoch,E\n")


def test_train_that_diverges_keeps_its_history() -> None:
    result = run("train", layer(), "--lr", "100", "--epochs", "500", "-o", "run.csv", status=1)
    assert result.stderr.startswith("layer.toml: error[diverged]: E is no longer finite after ")
    assert Path("run.csv").is_file()


def test_sweep_compares_rates() -> None:
    shown = run("sweep", layer(), "--lr", "0.01,0.02,100", "--epochs", "400").stdout
    assert shown.splitlines()[0].split() == "learning rate E at 0 E after 1 E after 400".split()
    assert "diverged" in shown
    assert "Smallest at the end: learning rate 0.02." in shown


# -- examples from CSV files


def batch(text: str) -> str:
    """Write a CSV file into this test's folder."""
    Path("data.csv").write_text(text, encoding="utf-8")
    return "data.csv"


def test_examples_in_rows_and_in_columns_come_from_the_same_kind_of_file() -> None:
    in_rows = run("train", layer(), "--lr", "0.01", "--epochs", "2").stdout
    data = batch("T_1,X_1,X_2,T_2\n1,1,2,0\n0,3,4,1\n1,5,7,0\n")
    path = layer(("X = [[1, 2], [3, 4], [5, 7]]", "X = [[0, 0]]"), ("[[1, 0], [0, 1], [1, 0]]", "[[0, 0]]"))
    assert run("train", path, "--lr", "0.01", "--epochs", "2", "--data", data).stdout == in_rows
    data = batch("X_1,X_2,Y_1\n0,0,0\n0,1,1\n1,0,1\n1,1,1\n")
    with_data = run("train", "or-gate-vectorised", "--epochs", "3", "--data", data).stdout
    assert with_data == run("train", "or-gate-vectorised", "--epochs", "3").stdout


def test_a_single_number_among_the_inputs_keeps_its_value() -> None:
    data = batch("X_1,X_2,T_1,T_2\n0.5,-1.0,0.2,-0.5\n1.5,0.3,1.0,0.4\n-0.8,0.9,-0.7,0.8\n-0.2,-0.6,-0.4,-0.9\n")
    assert run("train", "batch-norm", "--data", data).stdout == run("train", "batch-norm").stdout


def test_the_columns_are_counted_where_nothing_else_says_how_many_there_are() -> None:
    path = layer(
        ("[inputs]\nX = [[1, 2], [3, 4], [5, 7]]\n[targets]\nT = [[1, 0], [0, 1], [1, 0]]\n", ""),
        ("[parameters]\nW = [[0.1, 0.2], [0.3, 0.4]]\nb = [[0, 0]]\n", ""),
        ("\n[shapes]", 'inputs = ["X"]\ntargets = ["T"]\nparameters = ["W", "b"]\n[shapes]'),
    )
    data = batch("X_1,X_2,X_3,T_1\n0,0,0,0\n")
    assert told("train", path, "--lr", "1", "--epochs", "1", "--data", data) == (
        "layer.toml:3: error[missing-value]: there is no value for W (n×k), b (1×k); give W its rows, [[…], …]"
    )
    assert told("train", path, "--lr", "1", "--epochs", "1", "--data", batch("X_1,X_3,T_1\n0,0,0\n")) == (
        "data.csv:1: error[columns]: column 2 is called 'X_3', which is no input or target; did you mean 'X_2'?"
    )


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ("X_1,T_1,T_2\n0,0,0\n", "data.csv:1: error[columns]: the column X_2 of the network is missing; give every "
         "input and target a column: X_1,X_2,T_1,T_2"),
        ("X,T_1,T_2\n0,0,0\n", "data.csv:1: error[columns]: column 1 is called 'X', which is no input or target; "
         "known names: X_1, X_2"),
        ("X_1,X_2,T_1,T_2\n0,0,x,0\n", "data.csv:2: error[number]: T_1 is 'x', not a number; put a number such as "
         "0.05 there"),
        ("", "data.csv:1: error[empty]: the file is empty; begin it with a row of names: X_1,X_2,T_1,T_2"),
    ],
)  # fmt: skip
def test_a_mistake_in_data_is_told_with_its_line(data: str, line: str) -> None:
    assert told("train", layer(), "--lr", "1", "--epochs", "1", "--data", batch(data)) == line


def test_a_network_without_a_batch_takes_no_file() -> None:
    path = layer(("T = \"m × k\"", 'T = "n × k"'), ('Z = "X @ W + b"', 'Z = "X.T @ X @ W + b"'),
                 ("T = [[1, 0], [0, 1], [1, 0]]", "T = [[1, 0], [0, 1]]"), ("(2*m)", "2"))  # fmt: skip
    assert told("train", path, "--lr", "1", "--epochs", "1", "--data", batch("X_1\n0\n")) == (
        "data.csv: error[batch]: the rows of a CSV file are examples, and no one size counts these in X m×n, T n×k; "
        "write the values into the network's own file, or train in Python"
    )


# -- mistakes


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("X @ W + b", "W @ X + b", "15: error[shape]: in Z: W (n×k) @ X (m×n): inner sizes k and m differ; "
         "did you mean X @ W?"),
        ("X @ W + b", "X @ W.T + b", "15: error[shape]: in Z: X (m×n) @ W.T (k×n): inner sizes n and k differ; "
         "did you mean W?"),
        ("total((Z - T)**2)", "(Z - T)**2", "18: error[loss]: in E: the loss E is a m×k matrix, not a scalar; "
         "sum it with total(…), or average it with mean(…)"),
        ("X @ W + b", "softmax(X @ W, axis=2)", "15: error[axis]: in Z: softmax(X @ W, 2): X @ W (m×k) has no axis 2; "
         "use axis 0 for each column or axis 1 for each row"),
        ("X @ W + b", "softmax(X @ W)", "15: error[axis]: in Z: 'softmax(X @ W)' of a matrix has no axis; "
         "write softmax(Z, axis=1) for each row or softmax(Z, axis=0) for each column"),
        ("X @ W + b", "X @ inv(W) + b", "15: error[square]: in Z: W (n×k) is not square, and inv needs a square "
         "matrix; sizes n and k must be one size"),
        ("b = [[0, 0]]", "b = [[0], [0]]", "13: error[shape]: b is 2×1 and should be 1×k: it looks transposed; "
         "give b.T"),
        ("b = [[0, 0]]", "b = [0, 0]", "13: error[rows]: the matrix 'b' is a flat list; write [[0, 0, …]] for one row, "
         "or [[0], [0], …] for one column"),
        ("b = [[0, 0]]", "b = [[0, 0, 0]]", "13: error[shape]: b is 1×3 and should be 1×k: k is 3 in b and 2 in T "
         "(3×2, m×k); let b have 2 columns, or give another T"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_is_one_line_with_its_place(old: str, new: str, line: str) -> None:
    assert told("derive", layer((old, new))) == f"layer.toml:{line}"


def test_data_that_break_a_fact_are_told_with_the_line_of_the_data() -> None:
    path = layer(("\n[shapes]", 'facts = ["rowsum(T) = 1"]\n[shapes]'), ("[0, 1], [1, 0]]", "[0.1, 1], [1, 0]]"))
    assert told("train", path, "--lr", "1", "--epochs", "1") == (
        "layer.toml:10: error[fact]: rowsum(T) = 1 is stated, and row 2 of rowsum(T) is 1.1; "
        "correct the data, leave the fact out, or give check_facts=False"
    )


def test_a_name_that_the_network_does_not_have() -> None:
    assert told("explain", layer(), "W2").startswith("layer.toml: error[unknown-name]: the network has no W2; ")
    assert run("verify", layer(), "--gradient", "W", "X @ Delta_Z", status=2).stderr == (
        "symbackprop: error[shape]: X (m×n) @ Delta_Z (m×k): inner sizes n and m differ; did you mean X.T?\n"
        "  X @ Delta_Z\n"
        "  ^^^^^^^^^^^\n"
    )


# -- breaking lines


def test_products_of_matrices_break_before_their_factors() -> None:
    assert broken("Aaaa ((Bbbb − Cccc) ∘ Dddd) Eeee", 28) == ["Aaaa ((Bbbb − Cccc) ∘ Dddd)", "Eeee"]
    assert broken("Aaaa.T @ (Bbbb - Cccc) @ Dddd", 24) == ["Aaaa.T @ (Bbbb - Cccc)", "@ Dddd"]


def test_a_short_first_factor_stays_where_it_is() -> None:
    assert broken("(1/m)·Xᵀ ((Aaaa − Bbbb) ∘ Cccc ∘ Dddd)", 30) == ["(1/m)·Xᵀ ((Aaaa − Bbbb) ∘ Cccc", "  ∘ Dddd)"]
    assert broken("(1/m)·(Xx Yy + Zz Ww)", 14) == ["(1/m)·(Xx Yy", "  + Zz Ww)"]


def test_short_denominators_stay_whole() -> None:
    assert broken("(Aaaa @ Bbbb @ Cccc)/(m*sqrt(d))", 28) == ["(Aaaa @ Bbbb", "  @ Cccc)/(m*sqrt(d))"]


def test_words_between_values_are_no_products() -> None:
    formula = "{z·aaaa if z > 0; b·cccc otherwise}"
    assert broken(formula, 20) == ["{z·aaaa if z > 0;", "  b·cccc otherwise}"]


@pytest.mark.parametrize("width", few([12, 24, 40, 79], 4))
@pytest.mark.parametrize("alphabet", [[], ["--ascii"]])
def test_nothing_is_lost_in_breaking(width: int, alphabet: list[str]) -> None:
    for name in EXAMPLES:
        for formula in run("derive", name, *alphabet).stdout.splitlines():
            assert re.sub(r"\s", "", "".join(broken(formula, width))) == formula.replace(" ", "")


def test_signs_of_matrices_in_ascii() -> None:
    assert plain("in ⟨G, A dB⟩ = tr(Gᵀ A dB)") == "in <G, A dB> = tr(G.T A dB)"
    assert plain("dA⁻¹ = −A⁻¹ dA A⁻¹, P∘(G − Ḡ)⊘s, ‖A‖²") == "dA^-1 = -A^-1 dA A^-1, P*(G - G)/s, ||A||**2"


def test_powers_of_several_digits_in_ascii() -> None:
    assert plain("x² + y³ + z¹⁰, below 10⁻⁴⁵") == "x**2 + y**3 + z**10, below 10^-45"
