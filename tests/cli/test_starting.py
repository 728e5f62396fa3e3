"""``new`` and ``completion``, LaTeX of the work, and eighty columns."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from command_line import run, told
from conftest import few

import symbackprop as sb

pytestmark = pytest.mark.usefixtures("place")


def on_a_terminal(*words: str, columns: int = 80) -> list[str]:
    """The lines that a terminal of so many columns gets, from standard output and error."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {
        **{name: value for name, value in os.environ.items() if name != "COLUMNS"},
        "PYTHONPATH": os.pathsep.join(sys.path), "NO_COLOR": "1", "TERM": "dumb", "PYTHONIOENCODING": "utf-8",
    }  # fmt: skip
    command = [sys.executable, "-m", "symbackprop", *words]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # of Linux, where the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    process.wait()
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode()).replace("\r\n", "\n")
    return [line.rpartition("\r")[2] for line in text.split("\n")][:-1]  # a wheel that turns writes over its line


@pytest.mark.parametrize("words", few([(), ("--layers", "2,16,3"), ("--layers", "3,8,1"), ("--layers", "40,5,25")], 2))
def test_what_is_begun_derives_checks_and_trains(words: tuple[str, ...]) -> None:
    shown = run("new", "mine.toml", *words).stdout
    assert shown == "mine.toml\n\nNext, type: symbackprop derive mine.toml\n"
    text = Path("mine.toml").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 120
    assert text.count("\n# ") > 6
    run("derive", "mine.toml")
    run("check", "mine.toml")
    trained = run("train", "mine.toml").stdout
    losses = [float(number) for number in re.findall(r"^ *\d+ +(\S+)", trained, re.MULTILINE)]
    assert losses[-1] < losses[0] / 4
    assert "diverged" not in trained
    assert sb.load("mine.toml").name == "mine"


def test_layers_are_as_many_as_were_asked_for() -> None:
    run("new", "deep.toml", "--layers", "2,16,8,3")
    net = sb.load("deep.toml")
    assert [str(w) for w in net.parameters] == ["W1", "b1", "W2", "b2", "W3", "b3"]
    assert net.shape("W2") == (16, 8)
    assert net.shape("P")[1] == 3
    assert len(net.facts) == 1


def test_a_file_that_is_there_is_left_alone() -> None:
    Path("mine.toml").write_text("mine")
    os.symlink("nowhere", "link.toml")
    for name in ("mine.toml", "link.toml"):
        assert f"FILE '{name}' is there already; name another file, or remove it" in told("new", name)
    assert Path("mine.toml").read_text() == "mine"
    assert not Path("nowhere").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "FILE is missing; name the file to write, such as mine.toml"),
        (("or-gate",), "FILE 'or-gate' is no TOML file; name one such as or-gate.toml"),
        (
            ("a.toml", "--layers", "2"),
            "--layers '2' is no list of sizes; give those of inputs, layers, outputs: 2,16,3",
        ),
        (("a.toml", "--layers", "2,0"), "--layers '2,0' is no list of sizes"),
        (("a.toml", "--layers", "2,x"), "--layers '2,x' is no list of sizes"),
        (
            ("a.toml", "--layers", "2,5000,1"),
            "is too large for a file to start from; give at most 30 sizes",
        ),
    ],
)
def test_what_cannot_be_begun(words: tuple[str, ...], said: str) -> None:
    assert said in told("new", *words)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(("shell", "word"), [("bash", "complete -o"), ("zsh", "#compdef"), ("fish", "complete ")])
def test_completion_for_each_shell(shell: str, word: str) -> None:
    written = run("completion", shell).stdout
    assert word in written
    assert f"_SYMBACKPROP_COMPLETE={shell}_complete" in written


def test_a_shell_is_offered_commands_examples_and_names() -> None:
    def offered(words: str, at: int) -> list[str]:
        environment = {"_SYMBACKPROP_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(at)}
        return run(**environment).stdout.splitlines()

    assert "plain,derive" in offered("symbackprop de", 1)
    assert "plain,softmax-classifier" in offered("symbackprop derive soft", 2)
    assert "plain,--latex" in offered("symbackprop explain --la", 2)
    assert "plain,w1" in offered("symbackprop explain or-gate w", 3)
    assert offered("symbackprop explain no-such-network w", 3) == [""]


def test_the_work_in_latex() -> None:
    lines = run("explain", "or-gate", "w1", "--latex").stdout.splitlines()
    assert lines[0] == "% Forward pass"
    assert lines[1] == r"\begin{align*}"
    assert lines[2] == r"  z &= w_1\,x_1+w_2\,x_2+b \\"
    work = lines[lines.index("% Work") :]
    assert work[2].startswith(r"  \frac{\partial L}{\partial w_1} &= \frac{\partial L}{\partial \hat{y}}\,")
    assert work[2].endswith(r"&& \text{(1) chain rule along $w_1$ $\to$ $z$ $\to$ $\hat{y}$ $\to$ $L$} \\")
    assert work[4] == r"  &= \delta_z\,x_1 && \text{(3) naming $\delta_z$}"
    assert lines.count(r"\begin{align*}") == lines.count(r"\end{align*}") == 3
    matrices = run("explain", "attention", "W_q", "--latex").stdout
    assert r"\frac{\partial E}{\partial W_q} &= X^{\mathsf{T}}\,\Delta_Q" in matrices


LONG = [
    ("explain", "attention", "W_q"),
    ("explain", "two-layer-sigmoid", "w1"),
    ("verify", "two-layer-sigmoid", "--gradient", "w1", "--", "-delta_o1*a_h1"),
    ("train", "attention", "--epochs", "3", "--lr", "0.1"),
]


@pytest.mark.parametrize("words", few(LONG), ids=" ".join)
def test_what_is_read_in_a_pipe_is_eighty_columns_wide(words: tuple[str, ...]) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "symbackprop", *words], capture_output=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert max(map(len, process.stdout.splitlines())) <= 80
    assert "\x1b" not in process.stdout


STUDIES = [
    ("study", "chain-products"),
    ("study", "initialisation", "--depths", "1,10,50"),
    ("study", "learning-rates", "two-layer-sigmoid", "--lr", "0.1,0.5,2", "--epochs", "45"),
    ("derive", "softmax-classifier", "--passes"),
]


@pytest.mark.parametrize("words", few([*LONG, *STUDIES], 4), ids=" ".join)
def test_a_terminal_of_eighty_columns(words: tuple[str, ...]) -> None:
    lines = on_a_terminal(*words)
    assert lines
    assert "Traceback" not in "\n".join(lines)
    assert max(map(len, lines)) <= 80


def test_errors_wrap_at_words_on_a_terminal_and_are_a_line_elsewhere() -> None:
    words = ("verify", "two-layer-sigmoid", "--gradient", "weight_number_one", "w1")
    whole = told(*words)
    lines = on_a_terminal(*words)
    assert len(lines) > 1
    assert max(map(len, lines)) <= 80
    assert " ".join(line.strip() for line in lines) == whole
