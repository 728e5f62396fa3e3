"""The command line: what it prints, its exit statuses, and its wording, with and without a terminal."""

from __future__ import annotations

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from command_line import run, told

from symbackprop.cli import main
from symbackprop.cli.breaking import broken
from symbackprop.cli.histories import shown
from symbackprop.cli.terminal import cells
from symbackprop.cli.to_ascii import plain

NOTES = "two-layer-sigmoid"
EXAMPLES = [(name, example) for name, command in main.commands.items() for example in command.examples]
MARKS = {"study": pytest.mark.slow, "xlsx": pytest.mark.needs("xlsxwriter")}
"""Of examples with a word in them."""
LINE = """
[inputs]
x = 1
[targets]
t = 2
[parameters]
w = 0.5
[equations]
y = "w*x"
E = "(y - t)**2"
[loss]
minimize = "E"
"""


pytestmark = pytest.mark.usefixtures("place")


def spawn(*words: str, env: dict[str, str] | None = None, **options: Any) -> subprocess.Popen[bytes]:
    """Start ``python -m symbackprop`` with pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "symbackprop", *words],
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(env or {})},
        **options,
    )


def spec(text: str = LINE, name: str = "line.toml") -> str:
    """Write a spec file into this test's folder."""
    Path(name).write_text(text, encoding="utf-8")
    return name


# Help


def test_help_names_every_command_in_the_order_of_learning() -> None:
    shown_help = run("--help").stdout
    listed = re.findall(r"^  ([a-z][a-z-]*)  +[A-Z]", shown_help, re.MULTILINE)
    assert listed == [
        "examples",
        "new",
        "derive",
        "explain",
        "jacobian",
        "jvp",
        "hessian",
        "hvp",
        "gauss-newton",
        "fisher",
        "newton",
        "report",
        "compile",
        "draw",
        "check",
        "verify",
        "worksheet",
        "train",
        "sweep",
        "predict",
        "study",
        "completion",
    ]
    assert "..." not in shown_help.partition("Commands:")[2].partition("Examples:")[0]


def test_no_command_shows_the_help() -> None:
    assert run().stdout == run("--help").stdout == run("-h").stdout


def test_version() -> None:
    assert re.fullmatch(r"symbackprop \d+\.\d+\.\d+\S*\n", run("--version").stdout)


@pytest.mark.parametrize("name", main.commands)
def test_every_command_explains_itself_with_two_examples(name: str) -> None:
    words = run(name, "--help").stdout
    examples = words.partition("Examples:\n")[2].splitlines()
    assert len(examples) >= 2
    assert examples == [f"  symbackprop {example}" for example in main.commands[name].examples]
    assert max(map(len, words.splitlines())) <= 100
    assert main.commands[name].help


@pytest.mark.parametrize(
    ("name", "example"),
    [pytest.param(*pair, marks=[mark for word, mark in MARKS.items() if word in " ".join(pair)]) for pair in EXAMPLES],
)
def test_the_examples_of_the_help_run(name: str, example: str) -> None:
    assert run(*shlex.split(example)).stderr == ""


def test_help_is_quick() -> None:
    code = "import sys, symbackprop.cli; print(sorted({'rich', 'numpy', 'jinja2'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=_path())
    assert done.stdout == "[]\n"


def _path() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


# examples


def test_examples_lists_networks_with_their_sizes() -> None:
    lines = run("examples").stdout.splitlines()
    assert lines[0].split() == ["example", "what", "it", "is", "inputs", "parameters", "equations"]
    row = next(line for line in lines if line.startswith(NOTES))
    assert row.split()[-3:] == ["2", "8", "11"]
    assert "Next, type: symbackprop derive two-layer-sigmoid" in lines


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_examples_fit_the_terminal_and_keep_their_names_whole(columns: str) -> None:
    lines = run("examples", COLUMNS=columns).stdout.splitlines()
    assert max(map(len, lines)) <= int(columns)
    assert any(line.startswith("softmax-classifier  ") for line in lines)


# derive


def test_derive_prints_the_closed_forms_of_the_notes() -> None:
    assert run("derive", NOTES).stdout == (
        "∂E/∂w₁ = aₕ₁·(1 − aₕ₁)·i₁·((aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·w₅ + (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·w₇)\n"
        "∂E/∂w₂ = aₕ₁·(1 − aₕ₁)·i₂·((aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·w₅ + (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·w₇)\n"
        "∂E/∂w₃ = aₕ₂·(1 − aₕ₂)·i₁·((aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·w₆ + (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·w₈)\n"
        "∂E/∂w₄ = aₕ₂·(1 − aₕ₂)·i₂·((aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·w₆ + (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·w₈)\n"
        "∂E/∂w₅ = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·aₕ₁\n"
        "∂E/∂w₆ = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·aₕ₂\n"
        "∂E/∂w₇ = (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·aₕ₁\n"
        "∂E/∂w₈ = (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·aₕ₂\n"
    )


def test_derive_shared_writes_the_error_signals_first() -> None:
    assert run("derive", NOTES, "--form", "shared", "--wrt", "w1,w5", "--ascii").stdout == (
        "delta_o1 = (a_o1 - t1)*a_o1*(1 - a_o1)\n"
        "delta_o2 = (a_o2 - t2)*a_o2*(1 - a_o2)\n"
        "delta_h1 = a_h1*(1 - a_h1)*(delta_o1*w5 + delta_o2*w7)\n"
        "\n"
        "dE/dw1 = delta_h1*i1\n"
        "dE/dw5 = delta_o1*a_h1\n"
    )


def test_derive_breaks_long_lines_at_the_width_of_the_terminal() -> None:
    narrow = run("derive", NOTES, "--wrt", "w1", COLUMNS="60").stdout
    assert narrow == (
        "∂E/∂w₁ = aₕ₁·(1 − aₕ₁)·i₁\n         ·((aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·w₅\n           + (aₒ₂ − t₂)·aₒ₂·(1 − aₒ₂)·w₇)\n"
    )


def test_derive_takes_facts() -> None:
    text = LINE.replace("E = ", 'z = "y + x"\nE = ').replace("(y - t)", "(z - t)")
    with_fact = run("derive", spec(text), "--facts", "x + t = 1").stdout
    assert with_fact.startswith("∂E/∂w = ")
    told_off = told("derive", spec(text), "--facts", "x + t")
    assert told_off.startswith("symbackprop: error[fact]: in --facts: 'x + t' has 0 equals signs;")


def test_derive_latex_is_one_line_an_equation() -> None:
    assert run("derive", NOTES, "--wrt", "w5", "--latex").stdout == (
        r"\frac{\partial E}{\partial w_5} = (a_{o_1}-t_1)\,a_{o_1}(1-a_{o_1})\,a_{h_1}" + "\n"
    )


def test_derive_by_inputs_and_intermediate_values() -> None:
    assert run("derive", spec(), "--wrt", "x,y", "--ascii").stdout == "dE/dx = 2*(y - t)*w\ndE/dy = 2*(y - t)\n"


# explain


def test_explain_writes_every_line_with_its_number_and_reason() -> None:
    assert run("explain", NOTES, "w5", COLUMNS="90").stdout.partition("Work\n")[2] == (
        "  ∂E/∂w₅ = ∂E₁/∂w₅ + ∂E₂/∂w₅               (1) sum rule on E; ∂E/∂E₁ = ∂E/∂E₂ = 1\n"
        "         = ∂E₁/∂w₅                         (2) w₅ does not reach E₂\n"
        "         = ∂E₁/∂aₒ₁ · ∂aₒ₁/∂o₁ · ∂o₁/∂w₅   (3) chain rule along w₅ → o₁ → aₒ₁ → E₁ → E\n"
        "         = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)·aₕ₁    (4) local derivatives of o₁, aₒ₁, E₁\n"
        "         = δₒ₁·aₕ₁                         (5) naming δₒ₁\n"
        "\n"
        "Error signals\n"
        "  δₒ₁ = (aₒ₁ − t₁)·aₒ₁·(1 − aₒ₁)\n"
    )


def test_explain_begins_with_the_forward_pass() -> None:
    lines = run("explain", NOTES, "w5").stdout.splitlines()
    assert lines[:3] == ["Forward pass", "   h₁ = w₁·i₁ + w₂·i₂", "   h₂ = w₃·i₁ + w₄·i₂"]
    assert lines[11] == "    E = E₁ + E₂"


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_explain_fits_the_terminal_with_reasons_beneath(columns: int) -> None:
    lines = run("explain", NOTES, "w1", COLUMNS=str(columns)).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    assert "           (4) taking out the common" in "\n".join(lines)
    assert lines[-1] == "  δₕ₁ = aₕ₁·(1 − aₕ₁)·(δₒ₁·w₅ + δₒ₂·w₇)"


def test_explain_of_an_unknown_name() -> None:
    assert told("explain", NOTES, "a_h3").startswith("symbackprop: error[unknown-name]: ")
    assert told("explain", spec(), "ww").startswith("line.toml: error[unknown-name]: ")


def test_explain_of_a_large_network_shows_the_equations_cited() -> None:
    chain = "\n".join(f'h{k + 1} = "tanh(h{k})"' for k in range(60))
    net = spec(LINE.replace('y = "w*x"', f'h0 = "w*x"\n{chain}').replace("(y - t)", "(h60 - t)"))
    assert "equations cited, of 62\n" in run("explain", net, "w").stdout


# report


def test_report_writes_documents_and_prints_where() -> None:
    printed = run("report", NOTES, "-o", "out").stdout
    assert printed == "out/two-layer-sigmoid.md\nout/two-layer-sigmoid.tex\n"
    assert all(Path(line).stat().st_size > 1000 for line in printed.splitlines())


def test_report_of_one_format_and_of_a_file() -> None:
    assert run("report", spec(), "-o", "out", "--format", "md").stdout == "out/line.md\n"
    found = sorted(path.name for path in Path("out").iterdir())
    assert found == ["line-graph.svg", "line-network.svg", "line-routes-w.svg", "line.md"]


def test_report_refuses_before_it_writes() -> None:
    net = spec()
    assert told("report", net, "-o", "out", "--format", "md,doc") == (
        "symbackprop: error[usage]: --format 'doc' is not a format; choose from md, tex, pdf, html, xlsx. "
        "See 'symbackprop report --help'"
    )
    assert told("report", net, "-o", "out", "--lr", "0.1").startswith(
        "symbackprop: error[usage]: --epochs is missing, and 'line' has no [training] that says it; give --epochs 45."
    )
    assert told("report", net, "-o", "out", "--epochs", "3").startswith("symbackprop: error[usage]: --lr is missing,")
    assert told("report", net, "-o", net) == (
        f"symbackprop: error[usage]: --output {net!r} is a file; name a folder. See 'symbackprop report --help'"
    )
    assert not Path("out").exists()


def test_report_of_training_that_diverges_is_written_and_told() -> None:
    result = run("report", spec(), "-o", "out", "--lr", "10", "--epochs", "900", status=1)
    assert result.stdout == "out/line.md\nout/line.tex\n"
    assert result.stderr.startswith("line.toml: error[diverged]: ")


# compile


def test_compile_prints_the_module_or_writes_it() -> None:
    printed = run("compile", NOTES).stdout
    assert printed == run("compile", NOTES, "-o", "-").stdout
    assert run("compile", NOTES, "-o", "deep/gradients.py").stdout == "deep/gradients.py\n"
    assert Path("deep/gradients.py").read_text(encoding="utf-8") == printed
    module: dict[str, Any] = {"__name__": "gradients"}
    exec(compile(printed, "gradients.py", "exec"), module)
    assert "symbackprop" not in [line.split()[1] for line in printed.splitlines() if line.startswith("import")]


# check and verify


def test_check_agrees() -> None:
    lines = run("check", NOTES, "--points", "3", "--seed", "1").stdout.splitlines()
    assert lines[0].split() == ["gradient", "shared", "closed", "expanded", "code"]
    rows = [line.split() for line in lines if line.startswith("∂E/∂w")]
    assert [(row[1:4], row[-1]) for row in rows] == [(["proved"] * 3, "ok")] * 8
    assert lines[-2].endswith(": all gradients are proved, and the code agrees at 3 points")
    assert lines[-1] == "proved: exact over ℚ"


def test_a_table_keeps_its_numbers_whole_on_a_narrow_terminal() -> None:
    narrow = run("check", NOTES, COLUMNS="30").stdout.splitlines()
    assert re.fullmatch(r"∂E/∂w₁ +proved +proved +proved +\d\.\de[+-]\d\d  ok", narrow[2])


def test_check_exits_with_1_on_a_mismatch(monkeypatch: pytest.MonkeyPatch) -> None:
    from symbackprop import verification

    def wrong(derivation: Any, points: int, seed: int) -> Any:
        report = real(derivation, points, seed)
        return replace(report, rows=(replace(report.rows[0], error=0.5), *report.rows[1:]))

    real = verification.check
    monkeypatch.setattr(verification, "check", wrong)
    lines = run("check", NOTES, status=1).stdout.splitlines()
    assert lines[2].endswith("WRONG")
    assert lines[-2].endswith(": 1 of 8 gradients are WRONG")
    run("report", NOTES, "-o", "out", status=1)
    assert not Path("out").exists()


def test_verify_right_and_wrong() -> None:
    right = run("verify", NOTES, "--gradient", "w5", "delta_o1*a_h1")
    assert right.stdout == "proved: ∂E/∂w₅ = delta_o1*a_h1\n  exact over ℚ\n"
    wrong = run("verify", NOTES, "--gradient", "w5", "-delta_o1*a_h1", status=1, COLUMNS="70")
    lines = wrong.stdout.splitlines()
    assert lines[0] == "wrong: ∂E/∂w₅ is not -delta_o1*a_h1"
    assert lines[1].startswith("  at i₁ = ")
    assert lines[-3].startswith("  the gradient is    ")
    assert lines[-2].startswith("  the formula gives  ")
    assert lines[-1] == "  the sign is wrong: the formula is minus the gradient"
    assert max(map(len, lines)) <= 70


@pytest.mark.parametrize("alphabet", [[], ["--ascii"]])
@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("sign", ["", "-"])
def test_verify_breaks_a_long_formula(sign: str, columns: int, alphabet: list[str]) -> None:
    formula = sign + "((a_o1 - t1)*a_o1*(1 - a_o1)*w5 + (a_o2 - t2)*a_o2*(1 - a_o2)*w7)*a_h1*(1 - a_h1)*i1"
    lines = run(
        "verify", NOTES, "--gradient", "w1", formula, *alphabet, COLUMNS=str(columns), status=1 if sign else 0
    ).stdout.splitlines()
    assert lines[0].startswith("wrong: " if sign else "proved: ")
    assert max(map(len, lines)) <= columns
    assert formula.replace(" ", "") in "".join("".join(lines).split())


def test_a_formula_may_begin_with_a_minus_sign_anywhere() -> None:
    for words in (["-w", "--gradient", "w"], ["--gradient", "w", "-w"], ["--gradient=w", "--", "-w"]):
        assert run("verify", spec(), *words, status=1).stdout.startswith("wrong: ∂E/∂w is not -w\n")
    assert told("verify", spec(), "--gradient", "w", "--gradent").startswith(
        "symbackprop: error[usage]: there is no option"
    )


def test_verify_takes_what_sympy_writes_with_complex_numbers_in_mind() -> None:
    wrong = run("verify", spec(), "--gradient", "w", "abs(exp(x))", status=1)
    assert wrong.stdout.startswith("wrong: ")


def test_verify_runs_no_code() -> None:
    result = run("verify", NOTES, "--gradient", "w1", "__import__('os').system('touch pwned')", status=2)
    line, *place = result.stderr.splitlines()
    assert line.startswith("symbackprop: error[")
    assert place == ["  __import__('os').system('touch pwned')", "  ^"]
    assert not Path("pwned").exists()


# train and sweep


def test_train_reaches_what_the_notes_say() -> None:
    result = run("train", NOTES, "--lr", "0.5", "--epochs", "45", "-o", "run.csv")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["epoch", "E"]
    assert lines[2].split() == ["0", "0.242520"]
    assert "45  0.070431" in result.stdout
    assert lines[-1] == "run.csv"
    with open("run.csv", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 47
    assert rows[0][0] == "epoch"


def test_train_takes_its_settings_from_the_file() -> None:
    net = spec(LINE + "[training]\nlearning_rate = 0.1\nepochs = 3\n")
    assert run("train", net).stdout == run("train", spec(), "--lr", "0.1", "--epochs", "3").stdout
    assert told("train", spec()) == (
        "symbackprop: error[usage]: --lr is missing, and 'line' has no [training] that says it; give --lr 0.5. "
        "See 'symbackprop train --help'"
    )


def test_train_on_data_of_a_file() -> None:
    Path("points.csv").write_text("x,t\n1,2\n2,4\n", encoding="utf-8")
    lines = run("train", spec(), "--lr", "0.1", "--epochs", "60", "--data", "points.csv").stdout.splitlines()
    assert lines[0].split() == ["epoch", "mean", "E"]
    assert lines[-1].split() == ["w", "0.500000", "2.000000"]


def test_train_that_diverges_keeps_its_history() -> None:
    result = run("train", spec(), "--lr", "10", "--epochs", "900", "-o", "run.csv", status=1)
    assert result.stderr.startswith("line.toml: error[diverged]: ")
    assert result.stderr.count("\n") == 1
    assert "run.csv" in result.stdout
    assert len(Path("run.csv").read_text(encoding="utf-8").splitlines()) > 100


def test_sweep_reproduces_the_table_of_the_notes() -> None:
    result = run("sweep", NOTES, "--lr", "0.1,0.2,0.5,0.8,1,2", "--epochs", "45", "-o", "sweep.csv")
    rows = [line.split() for line in result.stdout.splitlines()[2:8]]
    assert [[row[0], *(f"{float(cell):.4f}" for cell in row[1:])] for row in rows] == [
        ["0.1", "0.2425", "0.2411", "0.1853"],
        ["0.2", "0.2425", "0.2397", "0.1414"],
        ["0.5", "0.2425", "0.2355", "0.0704"],
        ["0.8", "0.2425", "0.2313", "0.0425"],
        ["1", "0.2425", "0.2285", "0.0327"],
        ["2", "0.2425", "0.2149", "0.0139"],
    ]
    assert "Smallest at the end: learning rate 2." in result.stdout
    written = Path("sweep.csv").read_text(encoding="utf-8").splitlines()
    assert written[0] == "learning_rate,epoch,E"
    assert len(written) == 1 + 6 * 46


def test_sweep_marks_what_diverged() -> None:
    lines = run("sweep", spec(), "--lr", "0.1,10", "--epochs", "900").stdout.splitlines()
    assert lines[0] == "learning rate    E at 0   E after 1  E after 900"
    assert lines[3].split()[0] == "10"
    assert lines[3].endswith("diverged")
    both = run("sweep", spec(), "--lr", "10,20", "--epochs", "900").stdout
    assert both.endswith("Every learning rate diverged; try smaller ones.\n")


def test_the_epochs_shown_are_round_ones() -> None:
    assert shown(0) == [0]
    assert shown(3) == [0, 1, 2, 3]
    assert shown(45) == [0, 1, 5, 10, 15, 20, 25, 30, 35, 40, 45]
    assert shown(5000)[:4] == [0, 1, 500, 1000]
    assert len(shown(999_983)) <= 13


def test_a_column_of_numbers_has_one_look() -> None:
    assert cells([0.25, 12.0, 0.0]) == ["0.250000", "12.000000", "0.000000"]
    assert cells([0.25, 0.00025]) == ["0.25000000", "0.00025000"]
    assert cells([0.25, 1e-9]) == ["2.50000e-01", "1.00000e-09"]
    assert cells([0.25, 1e-9], smallest_too=False) == ["0.250000", "0.000000"]
    assert cells([1.0, float("inf")]) == ["1.000000", "inf"]


# Mistakes


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            "derive two-layer",
            "error[network]: there is no file and no example called 'two-layer'; did you mean 'two-layer-bias' or "
            "'two-layer-sigmoid'?",
        ),
        (
            "derive two-layer-sigmod",
            "error[network]: there is no file and no example called 'two-layer-sigmod'; did you mean "
            "'two-layer-sigmoid'?",
        ),
        ("derive line", "error[network]: there is no file and no example called 'line'; did you mean 'line.toml'?"),
        ("derive lines", "error[network]: there is no file and no example called 'lines'; did you mean 'line.toml'?"),
        ("derive lin.toml", "error[network]: there is no file 'lin.toml'; did you mean 'line.toml'?"),
        (
            "derive away/line.toml",
            "error[network]: there is no file 'away/line.toml'; "
            "'symbackprop examples' lists networks that ship with it",
        ),
        ("derive .", "error[network]: '.' is a folder; name a TOML file in it, or an example"),
        (
            "train line.toml --lrr 1",
            "error[usage]: there is no option '--lrr'; did you mean '--lr'? See 'symbackprop train --help'",
        ),
        ("trian", "error[usage]: there is no command 'trian'; did you mean 'train'? See 'symbackprop --help'"),
        (
            "fly",
            "error[usage]: there is no command 'fly'; there are examples, new, derive, explain, jacobian, jvp, "
            "hessian, hvp, gauss-newton, fisher, newton, report, compile, draw, check, verify, worksheet, train, "
            "sweep, predict, study, completion. See 'symbackprop --help'",
        ),
        (
            "derive",
            "error[usage]: NET is missing; name a TOML file or an example ('symbackprop examples' lists them). "
            "See 'symbackprop derive --help'",
        ),
        (
            "explain line.toml",
            "error[usage]: NAME is missing; give the name of a parameter, such as w1. See 'symbackprop explain --help'",
        ),
        (
            "report line.toml",
            "error[usage]: --output is missing; name the folder to write to, such as -o out. "
            "See 'symbackprop report --help'",
        ),
        (
            "derive line.toml more",
            "error[usage]: there is a word too many: more; put formulas and facts in quotes. "
            "See 'symbackprop derive --help'",
        ),
        (
            "train line.toml --lr",
            "error[usage]: --lr has nothing behind it; give it a value. See 'symbackprop --help'",
        ),
        (
            "train line.toml --lr nan",
            "error[usage]: --lr 'nan' is not a positive number; give one such as 0.5. See 'symbackprop train --help'",
        ),
        (
            "train line.toml --lr 0",
            "error[usage]: --lr '0' is not a positive number; give one such as 0.5. See 'symbackprop train --help'",
        ),
        (
            "train line.toml --lr -0.1",
            "error[usage]: --lr '-0.1' is not a positive number; give one such as 0.5. See 'symbackprop train --help'",
        ),
        (
            "train line.toml --lr fast",
            "error[usage]: --lr 'fast' is not a number; give a positive number such as 0.5. "
            "See 'symbackprop train --help'",
        ),
        (
            "train line.toml --epochs 4.5",
            "error[usage]: --epochs '4.5' is not a whole number from 0; give one such as 45. "
            "See 'symbackprop train --help'",
        ),
        (
            "train line.toml --epochs 99999999999",
            "error[usage]: --epochs '99999999999' is too large; give at most 10000000. See 'symbackprop train --help'",
        ),
        (
            "sweep line.toml --lr 0.1,fast,2",
            "error[usage]: --lr 'fast' in '0.1,fast,2' is not a number; give a positive number such as 0.5. "
            "See 'symbackprop sweep --help'",
        ),
        (
            "sweep line.toml --lr 0.1,,2",
            "error[usage]: --lr '0.1,,2' has an empty place; write numbers with commas between them: 0.1,0.5,2. "
            "See 'symbackprop sweep --help'",
        ),
        (
            "derive line.toml --wrt w,",
            "error[usage]: --wrt 'w,' has an empty name; write names with commas between them, such as w1,w5. "
            "See 'symbackprop derive --help'",
        ),
        (
            "check line.toml --points 0",
            "error[usage]: --points '0' is not a whole number from 1; give one such as 5. "
            "See 'symbackprop check --help'",
        ),
        (
            "train line.toml -o .",
            "error[usage]: --output '.' is a folder; name a file in it. See 'symbackprop train --help'",
        ),
        (
            "derive line.toml --facts q=1",
            "error[unbound]: in --facts: unknown name 'q'; known names: E, t, w, x, y",
        ),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(words: str, line: str) -> None:
    spec()
    assert told(*words.split()) == f"symbackprop: {line}"


def test_mistakes_in_a_file_begin_with_the_file() -> None:
    broken_spec = spec(LINE.replace("w*x", "w*q"), "bad.toml")
    assert told("derive", broken_spec).startswith("bad.toml:9: error[")
    assert told("derive", spec(), "--wrt", "v").startswith("line.toml: error[unknown-name]: ")
    no_values = spec('inputs = ["x"]\n' + LINE.replace("[inputs]\nx = 1\n", ""), "none.toml")
    assert told("train", no_values, "--lr", "1", "--epochs", "1").startswith("none.toml:1: error[missing-value]: ")


def test_mistakes_in_data_begin_with_the_file_and_line() -> None:
    Path("points.csv").write_text("x,t\n1,2\n2\n", encoding="utf-8")
    words = ["train", spec(), "--lr", "1", "--epochs", "1", "-o", "run.csv", "--data"]
    assert told(*words, "points.csv").startswith("points.csv:3: error[")
    assert told(*words, "nowhere.csv").startswith("nowhere.csv: error[")
    assert not Path("run.csv").exists()


def test_an_output_that_cannot_be_written_is_told() -> None:
    Path("taken").write_text("", encoding="utf-8")
    for words in (["compile", NOTES], ["train", NOTES], ["sweep", NOTES]):
        assert told(*words, "-o", "taken/out").startswith("symbackprop: error[output]: cannot write taken/out: ")
    assert Path("taken").read_text(encoding="utf-8") == ""


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    from symbackprop import training

    def interrupt(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "train", interrupt)
    result = run("train", NOTES, "-o", "run.csv", status=130)
    assert result.stderr == "symbackprop: interrupted\n"
    assert not Path("run.csv").exists()


def test_a_bug_shows_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    from symbackprop import calculus

    def fail(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(calculus, "work", fail)
    result = CliRunner().invoke(main, ["explain", NOTES, "w1"])
    assert isinstance(result.exception, ZeroDivisionError)


# Terminals and pipes


@pytest.mark.slow
def test_ascii_where_the_output_takes_nothing_else() -> None:
    for words in (["explain", NOTES, "w1"], ["train", NOTES]):
        process = spawn(*words, env={"PYTHONIOENCODING": "ascii"})
        out, err = process.communicate(timeout=600)
        assert process.returncode == 0
        assert out.isascii()
        assert err == b""
    assert b"dE" not in run("derive", NOTES).stdout_bytes
    assert run("derive", NOTES, "--ascii").stdout.isascii()


def test_greek_names_are_spelled_out_in_ascii() -> None:
    net = spec(LINE.replace("w = 0.5", '"α" = 0.5').replace("w*x", "α*x"))
    assert run("derive", net, "--ascii").stdout == "dE/dalpha = 2*(y - t)*x\n"
    assert plain("a → b … σ", "latin-1") == "a -> b ... sigma"
    assert plain("naïve ß", "latin-1") == "naïve ß"


def test_errors_in_ascii_stay_one_line() -> None:
    process = spawn("derive", "größer…\nzwei", env={"PYTHONIOENCODING": "ascii"})
    _, err = process.communicate(timeout=600)
    assert process.returncode == 2
    assert err.isascii()
    assert err.count(b"\n") == 1


@pytest.mark.slow
def test_nobody_reads_on() -> None:
    for words in (["check", NOTES], ["compile", NOTES]):
        process = spawn(*words)
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(timeout=600) == 141


def _on_a_terminal(*words: str, **env: str) -> str:
    """What a command writes on a pseudo-terminal of 80 columns."""
    pty = pytest.importorskip("pty")
    keeper, terminal = pty.openpty()
    process = spawn(*words, env={"COLUMNS": "80", "TERM": "xterm", **env}, stdout=terminal, stdin=terminal)
    os.close(terminal)
    written = b"".join(_read_all(keeper))
    assert process.wait(timeout=600) == 0
    return written.decode()


def _read_all(keeper: int) -> Iterator[bytes]:
    while True:
        try:
            chunk = os.read(keeper, 4096)
        except OSError:
            break
        if not chunk:
            break
        yield chunk
    os.close(keeper)


@pytest.mark.slow
def test_colour_on_a_terminal_alone() -> None:
    assert "\x1b[31m∂E/∂w₅\x1b[0m" in _on_a_terminal("derive", NOTES, "--wrt", "w5")
    assert "\x1b[31m" not in _on_a_terminal("derive", NOTES, "--wrt", "w5", NO_COLOR="1")
    assert "\x1b" not in run("check", NOTES).stdout


# Breaking lines


def test_a_formula_that_fits_is_left_alone() -> None:
    assert broken("a + b·(c − d)", 20) == ["a + b·(c − d)"]


def test_a_formula_breaks_at_its_outermost_signs_first() -> None:
    assert broken("a·(b + c) + d·(e − f)", 14) == ["a·(b + c)", "+ d·(e − f)"]
    assert broken("a·(b + c)·d·(e − f)", 14) == ["a·(b + c)·d", "·(e − f)"]


def test_a_part_that_is_too_wide_breaks_inside_with_an_indent() -> None:
    assert broken("x·(aaaa·bbbb + cccc·dddd)", 14) == ["x", "·(aaaa·bbbb", "  + cccc·dddd)"]


def test_arguments_break_behind_their_commas() -> None:
    assert broken("max(aaaa + bbbb, cccc + dddd)", 18) == ["max(aaaa + bbbb,", "  cccc + dddd)"]


@pytest.mark.parametrize("width", [8, 24, 40, 79])
def test_nothing_is_lost_in_breaking(width: int) -> None:
    formulas = run("derive", NOTES, "--form", "expanded", "--ascii").stdout.splitlines()
    for formula in formulas:
        assert re.sub(r"\s", "", "".join(broken(formula, width))) == formula.replace(" ", "")
        assert width < 24 or max(map(len, broken(formula, width))) <= width + 16


def test_what_cannot_be_broken_is_left_long() -> None:
    assert broken("a_very_long_name_indeed", 8) == ["a_very_long_name_indeed"]
    assert broken("x**2*exp(-z)**3", 6) == ["x**2", "*exp(-z)**3"]


def test_a_missing_value_is_told_with_the_line_of_its_name() -> None:
    path = spec(LINE.replace("[inputs]\nx = 1\n", 'inputs = ["x"]\n'))
    assert told("train", path, "--lr", "1", "--epochs", "2") == (
        "line.toml:2: error[missing-value]: there is no value for x; give a number, or one entry an example"
    )
