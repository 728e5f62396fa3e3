"""``symbackprop study``: what stands in the terminal, what is written, and bad input."""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

import pytest
from command_line import run, told

import symbackprop as sb
from symbackprop.network.spec import load_text
from symbackprop.version import install_advice

HERE = "-o", "out"
MISSING = (
    "symbackprop: error[missing-extra]: figures need matplotlib, and there is no module matplotlib here; "
    'install it, in a clone of symbackprop: pip install ".[plots]"'
)
UNTOLD = """
name = "untold"
[inputs]
x = 1.0
u = 2.0
[targets]
t = 0.5
[parameters]
w = 0.1
v = 0.3
[equations]
y = "w*x + v*u"
E = "squared_error(y, t)"
[loss]
minimize = "E"
"""
"""A network whose file does not say how to train."""
EMPTY = UNTOLD.replace("[inputs]\nx = 1.0\nu = 2.0\n[targets]\nt = 0.5", 'inputs = ["x", "u"]\ntargets = ["t"]')


@pytest.fixture(autouse=True)
def files(place: Path) -> None:
    Path("untold.toml").write_text(UNTOLD, encoding="utf-8")
    Path("empty.toml").write_text(EMPTY, encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


# -- what stands in the terminal


def test_the_group_teaches_its_commands() -> None:
    shown = run("study").stdout
    assert shown == run("study", "--help").stdout
    for name in ("learning-rates", "initialisation", "chain-products", "loss-curve", "boundary"):
        assert f"  {name}" in shown
        assert f"symbackprop study {name}" in run("study", name, "--help").stdout


def test_learning_rates_as_in_the_notes() -> None:
    lines = rows(run("study", "learning-rates", "two-layer-sigmoid").stdout)
    assert lines[2] == ["0.1", "0.24252", "0.241109", "0.185273", "falls", "at", "every", "update"]
    assert lines[4][3] == "0.0704311"
    assert lines[7][3] == "0.0139222"
    assert lines[-1] == "Smallest at the end: learning rate 2.".split()


def test_learning_rates_that_diverge_are_told() -> None:
    text = run("study", "learning-rates", "linear-neuron", "--lr", "0.1,50", "--epochs", "80").stdout
    assert "diverges: no longer finite after 67 updates" in text
    assert "Smallest at the end: learning rate 0.1." in text
    text = run("study", "learning-rates", "linear-neuron", "--lr", "50", "--epochs", "80").stdout
    assert "Every learning rate diverged; try smaller ones." in text


def test_learning_rates_of_another_optimiser() -> None:
    text = run("study", "learning-rates", "xor", "--lr", "0.01,0.1", "--epochs", "20", "--optimiser", "adam").stdout
    assert len(text.splitlines()) == 6


@pytest.mark.slow
def test_initialisation() -> None:
    words = ("--depths", "2,20", "--rules", "zeros,0.01,normal,he", "--width", "30")
    text = run("study", "initialisation", *words).stdout
    lines = rows(text)
    assert lines[0] == "20 layers of 30 tanh neurons: standard deviation of z".split()
    assert lines[2] == ["rule", *(word for k in (1, 2, 5, 10, 20) for word in ("layer", str(k)))]
    assert lines[4] == ["zeros", *"00000"]
    assert lines[5] == ["all", "0.01", *"00000"]
    assert "stay equal to the last digit in 200 epochs" in text
    assert text == run("study", "initialisation", *words, "--seed", "0").stdout


def test_chain_products() -> None:
    words = ("--activations", "sigmoid,identity", "--weights", "1,1.5", "--depth", "20")
    text = run("study", "chain-products", *words).stdout
    lines = rows(text)
    assert lines[0] == "activation w 1 layer 5 layers 10 layers 20 layers at most the product".split()
    assert lines[2][:3] == ["sigmoid", "1", "0.225"]
    assert lines[2][-2:] == ["9.09e-13", "vanishes"]
    assert lines[5] == "identity 1.5 1.5 7.59 57.7 3.33e+03 3.33e+03 explodes".split()


def test_a_loss_curve() -> None:
    bias = ("study", "loss-curve", "or-gate", "--parameter", "b")
    text = run(*bias, "--example", "1", "--lr", "50", "--epochs", "1").stdout
    assert "There is no minimum in this interval." in text
    assert rows(text)[-1] == ["50", "-6.25", "-6.25", "1.85615e-06", "falls", "at", "every", "update"]
    text = run(*bias, "--interval", "0,1").stdout
    assert "Minimum at b = 0.616696, where L = 0.078296." in text
    assert rows(text)[2] == ["0", "0.0889129", "-0.0370235"]
    assert "overshoots: rises at 25 of 50 updates" in text


def test_a_loss_curve_without_learning_rates() -> None:
    text = run("study", "loss-curve", "untold.toml", "--parameter", "w").stdout
    assert "learning rate" not in text
    assert "Minimum at w = -0.1, where E = " in text


def test_boundaries() -> None:
    text = run("study", "boundary", "or-gate").stdout
    assert "4 of 4 examples are right." in text
    assert "Boundary: 6.43419*x1 +6.43424*x2 -2.97304 = 0" in text
    Path("xor.csv").write_text("x1,x2,y\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", encoding="utf-8")
    text = run("study", "boundary", "or-gate", "--data", "xor.csv", "--epochs", "3000").stdout
    assert "0 of 4 examples are right." in text
    assert "No straight line separates the classes: (0.5, 0.5) lies between points of both." in text
    text = run("study", "boundary", "xor").stdout
    assert "4 of 4 examples are right." in text
    assert "Boundary" not in text


@pytest.mark.slow
def test_a_table_of_many_examples_is_cut() -> None:
    rows = "".join(f"{k % 2},{k // 2 % 2},{int(k % 4 > 0)}\n" for k in range(48))
    Path("many.csv").write_text("x1,x2,y\n" + rows, encoding="utf-8")
    lines = run("study", "boundary", "or-gate", "--data", "many.csv").stdout.splitlines()
    assert "… and 28 examples more" in lines
    assert sum(line.endswith("right") for line in lines) == 20
    assert "48 of 48 examples are right." in lines


def test_plain_ascii_where_asked() -> None:
    for words in (("learning-rates", "or-gate", "--epochs", "2"), ("chain-products", "--depth", "2")):
        assert run("study", *words, "--ascii").stdout.isascii()


# -- what is written


@pytest.mark.slow
def test_a_report_has_its_figures_and_its_numbers() -> None:
    text = run("study", "loss-curve", "or-gate", "--parameter", "b", "--example", "2", *HERE).stdout
    stem = "out/loss-curve-or-gate-b-example-2"
    files = [f"{stem}.md", f"{stem}.tex", *(f"{stem}-{k}.{s}" for k in ("curve", "steps") for s in ("svg", "pdf"))]
    assert text.splitlines()[-7:] == [*files, f"{stem}.csv"]
    assert sorted(map(str, Path("out").iterdir())) == sorted([*files, f"{stem}.csv"])
    with Path(f"{stem}.csv").open(encoding="utf-8") as stream:
        (first, *_) = csv.DictReader(stream)
    assert list(first) == ["learning rate", "epoch", "b", "L", "dL/db"]
    assert "(loss-curve-or-gate-b-example-2-curve.svg)" in Path(f"{stem}.md").read_text(encoding="utf-8")


@pytest.mark.needs("pdflatex")
def test_a_pdf_has_its_figures_in_it() -> None:
    run("study", "chain-products", "--depth", "3", "--activations", "tanh", "--format", "pdf", *HERE)
    assert {path.suffix for path in Path("out").iterdir()} == {".pdf", ".csv"}
    (made,) = Path("out").glob("*.pdf")
    assert b"/Subtype/Form" in made.read_bytes().replace(b" ", b""), "a picture that is PDF is a form in a PDF"


@pytest.mark.slow
def test_one_format_has_its_own_figures_alone() -> None:
    run("study", "chain-products", "--depth", "3", "--activations", "tanh", "--format", "md", *HERE)
    assert sorted(p.suffix for p in Path("out").iterdir()) == [".csv", ".md", ".svg"]
    run("study", "chain-products", "--depth", "3", "--activations", "tanh", "--format", "tex", "-o", "other")
    assert sorted(p.suffix for p in Path("other").iterdir()) == [".csv", ".pdf", ".tex"]


def test_without_matplotlib_the_numbers_stand_there_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "falls at every update" in run("study", "learning-rates", "two-layer-sigmoid").stdout


def test_without_matplotlib_a_report_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for words in (("learning-rates", "no-such-net"), ("initialisation",), ("chain-products",),
                  ("loss-curve", "or-gate", "--parameter", "b"), ("boundary", "xor")):  # fmt: skip
        assert told("study", *words, *HERE) == MISSING
    with pytest.raises(sb.SymbackpropError, match=re.escape(install_advice("plots"))):
        sb.studies.chain_products("tanh", weights=[1], depth=2).report("out")
    assert not Path("out").exists()


# -- bad input


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "learning-rates or-gate --lr 0.1,0",
            "error[usage]: --lr '0' in '0.1,0' is not a positive number; give one such as 0.5. "
            "See 'symbackprop study learning-rates --help'",
        ),
        (
            "learning-rates or-gate --lr nan",
            "error[usage]: --lr 'nan' is not a positive number; give one such as 0.5. "
            "See 'symbackprop study learning-rates --help'",
        ),
        (
            "learning-rates or-gate --lr=-1",
            "error[usage]: --lr '-1' is not a positive number; give one such as 0.5. "
            "See 'symbackprop study learning-rates --help'",
        ),
        (
            "learning-rates untold.toml",
            "error[usage]: --lr is missing, and 'untold' has no [training] that says it; give --lr 0.1,0.5,2. "
            "See 'symbackprop study learning-rates --help'",
        ),
        (
            "boundary untold.toml",
            "error[usage]: --lr is missing, and 'untold' has no [training] that says it; give --lr 0.5. "
            "See 'symbackprop study boundary --help'",
        ),
        (
            "initialisation --depths 0,10",
            "error[usage]: --depths '0,10' is not whole numbers from 1 with commas between them; give some such as "
            "1,10,50. See 'symbackprop study initialisation --help'",
        ),
        (
            "initialisation --depths 101",
            "error[depth]: depth = 101 is too large; give at most 100",
        ),
        (
            "initialisation --rules he,xaver",
            "error[initial]: there is no initialiser 'xaver'; did you mean 'xavier'?",
        ),
        (
            "initialisation --rules nan",
            "error[initial]: initial is nan; name a rule, such as 'xavier', or give a number that all weights are",
        ),
        (
            "initialisation --activation tan",
            "error[activation]: there is no activation called 'tan'; did you mean 'tanh'?",
        ),
        (
            "initialisation --width 0",
            "error[usage]: --width '0' is not a whole number from 1; give one such as 100. "
            "See 'symbackprop study initialisation --help'",
        ),
        (
            "chain-products --depth 0",
            "error[usage]: --depth '0' is not a whole number from 1; give one such as 50. "
            "See 'symbackprop study chain-products --help'",
        ),
        (
            "chain-products --weights 1,inf",
            "error[usage]: --weights '1,inf' is not numbers with commas between them; give some such as 0.5,1,1.5. "
            "See 'symbackprop study chain-products --help'",
        ),
        (
            "chain-products --activations sigmoid,sine",
            "error[activation]: there is no activation called 'sine'; known names: celu, elu, gelu, gelu_tanh, "
            "hard_sigmoid, hardswish, identity, leaky_relu, log_sigmoid, mish, relu, relu6, …",
        ),
        (
            "loss-curve or-gate",
            "error[usage]: --parameter is missing; give the name of a parameter, such as --parameter b. "
            "See 'symbackprop study loss-curve --help'",
        ),
        (
            "loss-curve or-gate --parameter x1",
            "error[parameter]: x1 is not a parameter; there are w1, w2, b",
        ),
        (
            "loss-curve or-gate --parameter w3",
            "error[unknown-name]: the network has no w3; known names: w1, w2, L, b, x1, x2, y, y_hat, z",
        ),
        (
            "loss-curve or-gate --parameter b --example 5",
            "error[example]: there is no example 5; there are 4 examples, counted from 1",
        ),
        (
            "loss-curve or-gate --parameter b --example 0",
            "error[usage]: --example '0' is not a whole number from 1; give one such as 1. "
            "See 'symbackprop study loss-curve --help'",
        ),
        (
            "loss-curve or-gate --parameter b --interval 4,-4",
            "error[interval]: the interval from 4 to -4 is empty; give the smaller number first",
        ),
        (
            "loss-curve or-gate --parameter b --interval 4",
            "error[interval]: interval = (4.0,) is not two numbers; give, say, (-4, 4)",
        ),
        (
            "loss-curve mlp --parameter W1",
            "error[dialect]: 'multilayer perceptron' has matrices, and a curve is along one number; "
            "derive net.expand(sizes)",
        ),
        (
            "boundary two-layer-sigmoid",
            "error[targets]: 'two-layer sigmoid' has 2 targets (t1, t2); "
            "a boundary is drawn for two inputs and one target",
        ),
        (
            "boundary linear-neuron",
            "error[inputs]: 'linear neuron' has 1 inputs (x); a boundary is drawn for two inputs and one target",
        ),
        (
            "boundary mlp",
            "error[dialect]: 'multilayer perceptron' has matrices, and a boundary is over two numbers; "
            "write it with scalars, or take net.expand(sizes)",
        ),
        (
            "boundary or-gate --compare x1",
            "error[output]: x1 is not an output; known names: L, y_hat, z",
        ),
        (
            "boundary or-gate --format doc -o out",
            "error[format]: there is no format 'doc'; known names: md, pdf, tex",
        ),
        (
            "boundry or-gate",
            "error[usage]: there is no command 'boundry'; did you mean 'boundary'? See 'symbackprop study --help'",
        ),
    ],
)
def test_bad_input_is_one_line_that_says_what_to_do(words: str, message: str) -> None:
    assert told("study", *words.split()) == f"symbackprop: {message}"
    assert not Path("out").exists()


def test_a_network_without_data_names_its_file_and_what_is_missing() -> None:
    for words in (("learning-rates", "--lr", "0.1", "--epochs", "1"), ("boundary", "--lr", "0.1", "--epochs", "1"),
                  ("loss-curve", "--parameter", "w")):  # fmt: skip
        command, *options = words
        assert told("study", command, "empty.toml", *options) == (
            "empty.toml:3: error[missing-value]: there is no value for x, u, t; give a number, or one entry an example"
        )


# -- in Python


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda d: sb.studies.learning_rates(d, rates=[], epochs=1), "error[learning-rate]: there are no learning"),
        (lambda d: sb.studies.learning_rates(d, rates=[-1], epochs=1), "error[learning-rate]: learning rate -1 is not"),
        (lambda d: sb.studies.learning_rates(d.network, rates=[1], epochs=1), "error[type]: learning_rates was given"),
        (lambda d: sb.studies.loss_curve(d, "b", example=True), "error[example]: there is no example True; there"),
        (lambda d: sb.studies.loss_curve(d, "b", points=2), "error[points]: points = 2 is not a whole number from 3"),
        (lambda d: sb.studies.loss_curve(d, "b", interval=(0, float("nan"))), "error[interval]: interval = nan is not"),
        (lambda d: sb.studies.loss_curve(d, "b", rates=[0]), "error[learning-rate]: learning rate 0 is not a positive"),
        (lambda d: sb.studies.loss_curve(d, "b", interval=(-1e308, 1e308)), "error[interval]: the interval from -1e"),
        (lambda d: sb.studies.boundary(d, learning_rate=1, epochs=1, grid=1), "error[grid]: grid = 1 is not a whole"),
        (lambda d: sb.studies.boundary(d, learning_rate=1, epochs=-1), "error[epochs]: epochs = -1 is not a whole"),
        (lambda d: sb.studies.chain_products([]), "error[chain]: there are no activations or no weights"),
        (lambda d: sb.studies.chain_products(x=float("inf")), "error[x]: x = inf is not a finite number"),
        (lambda d: sb.studies.chain_products(depth=0), "error[depth]: depth = 0 is not a whole number"),
        (lambda d: sb.studies.initialisation([]), "error[depth]: there is no depth; give one at least"),
        (lambda d: sb.studies.initialisation([1], seed=-1), "error[seed]: seed = -1 is not a whole number from 0"),
        (lambda d: sb.studies.initialisation([1], width=2000), "error[width]: width = 2000 is too large; give at most"),
    ],
)  # fmt: skip
def test_bad_input_in_python(call, message) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        call(sb.derive(sb.load_example("or-gate")))
    assert str(error.value).startswith(message)


def test_two_outputs_have_to_be_told_apart() -> None:
    text = UNTOLD.replace('E = "squared_error(y, t)"', 'z = "v*x"\nE = "squared_error(y, t) + z**2"')
    with pytest.raises(sb.DataError) as error:
        sb.studies.boundary(sb.derive(load_text(text)), learning_rate=0.1, epochs=1)
    assert str(error.value) == (
        "error[output]: the loss compares y, z with the target; "
        'name the output: output="y" in Python, --compare y in a terminal'
    )


def test_an_output_is_computed() -> None:
    text = UNTOLD.replace('E = "squared_error(y, t)"', 'E = "squared_error(y, t) + x**2"')
    study = sb.studies.boundary(sb.derive(load_text(text)), learning_rate=0.1, epochs=1)
    assert study.output == "y"
