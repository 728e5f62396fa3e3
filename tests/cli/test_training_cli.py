"""The choices of training on the command line, in spec files, and in reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run
from networks import or_gate, two_layer

import symbackprop as sb
from symbackprop.network.spec import load_text, read_text
from symbackprop.training.optimisers import Optimiser

XOR = """
name = "two classes"
[shapes]
X = "m × n"
Y = "m × c"
W1 = "n × h"
b1 = "1 × h"
W2 = "h × c"
b2 = "1 × c"
[inputs]
X = [[0, 0], [0, 1], [1, 0], [1, 1]]
[targets]
Y = [[1, 0], [0, 1], [0, 1], [1, 0]]
[parameters]
W1 = [[0.1], [0.2]]
b1 = [[0.1]]
W2 = [[0.3, 0.1]]
b2 = [[0.1, 0.1]]
[equations]
A1 = "tanh(X @ W1 + b1)"
P = "softmax(A1 @ W2 + b2, axis=1)"
E = "-total(Y*log(P))/m"
[loss]
minimize = "E"
"""
LINE = """
[inputs]
x = [1, 2, 3]
[targets]
t = [2, 4, 6]
[parameters]
w = 0.0
[equations]
y = "w*x"
E = "(y - t)**2/2"
[loss]
minimize = "E"
"""
TRAINING = """
[training]
learning_rate = 0.1
epochs = 60
initial = "xavier"
optimiser = "adam beta1=0.8"
schedule = "cosine least=0.1"
sizes = { h = 8 }
seed = 3
batch_size = 2
patience = 50
accuracy = "P"
"""
CHOICES = {
    "initial": "xavier", "optimiser": "adam beta1=0.8", "schedule": "cosine least=0.1", "sizes": {"h": 8}, "seed": 3,
    "batch_size": 2, "patience": 50, "accuracy": "P",
}  # fmt: skip
WORDS = (
    "--lr 0.1 --epochs 60 --initial xavier --sizes h=8 --seed 3 --batch-size 2 --patience 50 --accuracy P "
    "--optimiser|adam beta1=0.8|--schedule|cosine least=0.1"
)


@pytest.fixture(autouse=True)
def files(place: Path) -> None:
    Path("xor.toml").write_text(XOR, encoding="utf-8")
    Path("told.toml").write_text(XOR + TRAINING, encoding="utf-8")


# -- spec files


def test_a_spec_file_says_how_to_train() -> None:
    spec = read_text(XOR + TRAINING)
    assert spec.training.how == CHOICES
    assert read_text(XOR).training.how == {}
    assert read_text(XOR + "[training]\ninitial = 0.5\naccuracy = ['p', 'q']\n").training.how == {
        "initial": 0.5, "accuracy": ["p", "q"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("optimiser = 3", "error[text]: 'optimiser' is 3, not text; write the name of one: optimiser = \"adam\""),
        ("schedule = true", "error[text]: 'schedule' is true, not text; write the name of one: schedule = \"cosine\""),
        ("batch_size = 0", "error[number]: 'batch_size' is 0; write a whole number from 1"),
        ("seed = -1", "error[number]: 'seed' is -1; write a whole number from 0"),
        ("patience = 1.5", "error[number]: 'patience' is 1.5; write a whole number from 1"),
        ("sizes = 8", "error[sizes]: 'sizes' is 8; write sizes = { h = 16 }"),
        ("sizes = { h = 0 }", "error[number]: 'sizes' is 0; write a whole number from 1"),
        ("accuracy = 1", "error[text]: 'accuracy' is 1, not text; write the name of an output: accuracy = \"P\""),
        ("dtype = 32", "error[text]: 'dtype' is 32, not text; write dtype = \"float32\""),
        ("initial = nan", "error[number]: 'initial' is nan, not a finite number; write a finite one"),
        ("optimser = 'adam'", "error[unknown-key]: unknown key 'optimser' in [training]; did you mean 'optimiser'?"),
    ],
)
def test_spec_files_that_say_it_wrong(line: str, message: str) -> None:
    with pytest.raises(sb.SpecError) as error:
        load_text(f"{XOR}[training]\n{line}\n")
    assert str(error.value) == f"network.toml:{len(XOR.splitlines()) + 2}: {message}"


# -- train


def test_options_and_the_file_and_python_agree() -> None:
    options = [part for words in WORDS.split(" --optimiser") for part in words.split("|") if part]
    first, *others = options
    from_options = run("train", "xor.toml", *first.split(), "--optimiser", *others, "-o", "options.csv").stdout
    from_file = run("train", "told.toml", "-o", "file.csv").stdout
    assert from_options.replace("options.csv", "") == from_file.replace("file.csv", "")
    assert Path("options.csv").read_bytes() == Path("file.csv").read_bytes()
    d = sb.derive(load_text(XOR))
    sb.train(d, learning_rate=0.1, epochs=60, **CHOICES).to_csv("python.csv")
    assert Path("python.csv").read_bytes() == Path("file.csv").read_bytes()
    lines = from_file.splitlines()
    assert lines[0].split() == ["epoch", "E", "accuracy", "learning", "rate"]
    assert any(line.split() == ["60", "0.078673", "1.000000", "0.010000"] for line in lines)


def test_options_come_before_the_file() -> None:
    last = run("train", "told.toml", "--schedule", "constant", "--epochs", "3").stdout
    assert "learning rate" not in last
    assert "after 3" in last


def test_validation_and_patience() -> None:
    np.savez("held.npz", X=np.array([[0.0, 1.0], [1.0, 1.0]]), Y=np.array([[1.0, 0.0], [0.0, 1.0]]))
    words = ["train", "told.toml", "--validation", "held.npz", "--patience", "4"]
    lines = run(*words).stdout.splitlines()
    assert lines[0].split() == [
        "epoch",
        "E",
        "validation",
        "E",
        "accuracy",
        "validation",
        "accuracy",
        "learning",
        "rate",
    ]
    [stopped] = [line for line in lines if line.startswith("Stopped")]
    best = stopped.split()[-1].rstrip(".")
    assert stopped == f"Stopped: no smaller loss in 4 epochs since epoch {best}."
    assert any(line.split()[:1] == [best] for line in lines)
    assert any(line.endswith(f"after {best}") for line in lines)


def test_data_from_npz() -> None:
    np.savez("data.npz", X=np.eye(2), Y=np.eye(2))
    out = run("train", "told.toml", "--data", "data.npz").stdout
    assert out != run("train", "told.toml").stdout
    assert out.splitlines()[2].split()[0] == "0"


def test_sweeps_and_reports_take_the_choices_of_the_file() -> None:
    swept = run("sweep", "told.toml", "--lr", "0.01,0.1").stdout
    d = sb.derive(load_text(XOR))
    last = sb.train(d, learning_rate=0.1, epochs=60, **CHOICES).losses[-1]
    assert f"{last:.6f}" in swept


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ["--optimiser", "adan"],
            "--optimiser 'adan' does not do: there is no optimiser 'adan'; did you mean 'adam'?",
        ),
        (
            ["--schedule", "step every=0"],
            "--schedule 'step every=0' does not do: every = 0 of step is not a whole number from 1; give, say, 10.",
        ),
        (
            ["--initial", "heee"],
            "--initial 'heee' does not do: there is no initialiser 'heee'; did you mean 'he'?",
        ),
        (
            ["--initial", "nan"],
            "--initial 'nan' does not do: initial is nan; name a rule, such as 'xavier', or give a number that all "
            "weights are.",
        ),
        (["--sizes", "h"], "--sizes 'h' is not a list of sizes; write them such as h=16,k=3."),
        (["--batch-size", "0"], "--batch-size '0' is not a whole number from 1; give one such as 32."),
        (["--seed", "-1"], "--seed '-1' is not a whole number from 0; give one such as 0."),
        (["--patience", "x"], "--patience 'x' is not a whole number from 1; give one such as 10."),
    ],
)  # fmt: skip
def test_options_that_do_not_do(words: list[str], message: str) -> None:
    told = run("train", "told.toml", *words, status=2).stderr
    assert told == f"symbackprop: error[usage]: {message} See 'symbackprop train --help'\n"


def test_choices_that_do_not_fit_the_network() -> None:
    assert run("train", "told.toml", "--sizes", "hh=3", status=2).stderr == (
        "told.toml: error[sizes]: there is a size for hh; did you mean 'h'?\n"
    )
    assert run("train", "told.toml", "--accuracy", "Q", status=2).stderr == (
        "told.toml: error[accuracy]: accuracy is of 'Q', which is no output; known names: A1, E, P, Z_A1, Z_P\n"
    )
    assert run("train", "told.toml", "--validation", "no.npz", status=2).stderr == (
        "no.npz: error[file]: there is no such file; check its name\n"
    )


# -- checkpoints


def test_the_same_command_begins_and_goes_on_and_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["train", "told.toml", "--checkpoint", "run.ckpt", "--checkpoint-every", "4", "--resume", "-o", "run.csv"]
    step, updates = Optimiser.step, []

    def interrupted(*given: Any) -> Any:
        updates.append(given)
        if len(updates) == 21:  # two updates an epoch
            raise KeyboardInterrupt
        return step(*given)

    with monkeypatch.context() as interrupting:
        interrupting.setattr(Optimiser, "step", interrupted)
        told = run(*words, status=130)
    assert told.stdout == ""
    assert told.stderr.splitlines() == [
        "run.ckpt is not there yet: training starts from the beginning",
        "symbackprop: training was interrupted; run.ckpt has epoch 10 of 60: give the same again with resume=True "
        "(--resume)",
    ]
    assert not Path("run.csv").exists()
    told = run(*words)
    assert told.stderr == "run.ckpt has epoch 10 of 60: training goes on from there\n"
    assert told.stdout == run("train", "told.toml", "-o", "run.csv").stdout
    assert run(*words).stderr == "run.ckpt has epoch 60 of 60: training is done\n"
    resumed = Path("run.csv").read_bytes()
    run("train", "told.toml", "-o", "whole.csv")
    assert resumed == Path("whole.csv").read_bytes()


def test_without_checkpoints_an_interrupt_says_that_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*given: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(Optimiser, "step", interrupted)
    assert run("train", "told.toml", status=130).stderr == "symbackprop: interrupted\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--resume"], "--resume is about a checkpoint, and none is named; give --checkpoint run.ckpt."),
        (
            ["--checkpoint-every", "3"],
            "--checkpoint-every is about a checkpoint, and none is named; give --checkpoint run.ckpt.",
        ),
        (
            ["--checkpoint", "run.ckpt", "--checkpoint-every", "0"],
            "--checkpoint-every '0' does not do: checkpoint_every = 0 is neither a number of epochs nor of seconds; "
            "give, say, 100, or '30s'.",
        ),
        (["--checkpoint", "."], "--checkpoint '.' is a folder; name a file in it."),
        (["--dtype", "float16"], "--dtype 'float16' does not do: dtype is float16; give float64 or float32."),
    ],
)
def test_options_for_checkpoints_that_do_not_do(words: list[str], message: str) -> None:
    told = run("train", "told.toml", *words, status=2).stderr
    assert told == f"symbackprop: error[usage]: {message} See 'symbackprop train --help'\n"


def test_checkpoints_that_do_not_fit() -> None:
    words = ["train", "told.toml", "--checkpoint", "run.ckpt"]
    run(*words)
    before = Path("run.ckpt").read_bytes()
    for more, message in (
        (
            [],
            "there is a checkpoint already; go on from it with resume=True (--resume), or name another file",
        ),
        (
            ["--resume", "--lr", "0.2"],
            "the checkpoint is of another training: learning rate is 0.1 there and 0.2 here; "
            "resume the same training, or name another file",
        ),
    ):
        assert run(*words, *more, status=2).stderr == f"run.ckpt: error[checkpoint]: {message}\n"
        assert Path("run.ckpt").read_bytes() == before
    assert not run("train", "told.toml", "--checkpoint", "no/run.ckpt", status=2).stdout


def test_training_that_diverges_leaves_its_history_and_a_checkpoint() -> None:
    Path("line.toml").write_text(LINE, encoding="utf-8")
    words = ["train", "line.toml", "--lr", "5", "--epochs", "1000", "--checkpoint", "run.ckpt", "--resume"]
    told = run(*words, "--checkpoint-every", "1", "-o", "run.csv", status=1).stderr.splitlines()
    assert told[1:] == [
        "line.toml: error[diverged]: E is no longer finite after 114 updates at rate 5; "
        "try a smaller learning rate, such as 0.5"
    ]
    rows = Path("run.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 115
    again = run(*words, "-o", "again.csv", status=1).stderr.splitlines()
    assert again == ["run.ckpt has epoch 113 of 1000: training goes on from there", *told[1:]]
    assert Path("again.csv").read_text(encoding="utf-8").splitlines() == rows


def test_training_in_float32() -> None:
    from_option = run("train", "xor.toml", "--lr", "0.1", "--epochs", "20", "--dtype", "float32").stdout
    Path("single.toml").write_text(XOR + "[training]\ndtype = 'float32'\n", encoding="utf-8")
    assert run("train", "single.toml", "--lr", "0.1", "--epochs", "20").stdout == from_option


# -- reports


def section(name: str, history: sb.TrainingHistory, d: sb.Derivation, **options: Any) -> str:
    sb.report(d, name, history=history, formats=["md"], **options)
    text = Path(f"{name}.md").read_text(encoding="utf-8")
    return text[text.index("## Update rule") : text.index("## Verification")]


@pytest.mark.parametrize("dialect", ["scalar", "matrix"])
def test_the_report_prints_the_equations_of_the_optimiser(dialect: str) -> None:
    net = two_layer() if dialect == "scalar" else sb.load_example("mlp")
    d = sb.derive(net)
    text = section("adam", sb.train(d, learning_rate=0.1, epochs=3, optimiser="adam"), d, values={})
    assert "Adam moves each entry $`w`$ of the parameters, whose gradient is $`g`$, by the learning rate" in text
    for line in (
        r"| $`m_{\mathrm{new}}`$ | $`= \beta_1\,m+(1-\beta_1)\,g`$ |",
        r"| $`v_{\mathrm{new}}`$ | $`= \beta_2\,v+(1-\beta_2)\,g^2`$ |",
        r"| $`\hat{m}`$ | $`\displaystyle = \frac{m_{\mathrm{new}}}{1-\beta_1^t}`$ |",
        r"| $`w_{\mathrm{new}}`$ | $`\displaystyle = w-\frac{\eta\,\hat{m}}{\sqrt{\hat{v}}+\epsilon}`$ |",
    ):
        assert line in text
    assert "Gradient descent moves" not in text
    assert "One update at learning rate" not in Path("adam.md").read_text(encoding="utf-8")


def test_the_report_tells_the_schedule_and_the_batches() -> None:
    d = sb.derive(or_gate())
    data = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}
    start = {"w1": 0.1, "w2": 0.6, "b": 0.0}
    history = sb.train(
        d, data, initial=start, learning_rate=1, epochs=4, schedule="step every=2", batch_size=1, optimiser="momentum"
    )
    text = section("or", history, d, values={**data, **start})
    assert "Gradient descent with momentum moves each entry" in text
    assert r"Here $`\mu = 0.9`$." in text
    assert "changes from epoch to epoch by the schedule `step every=2 factor=0.5`." in text
    assert "An update is made from one example, and an epoch takes each example once, in an order of its own." in text
    assert "At learning rate 1, 4 epochs. A row holds the parameters before its epoch" in text
