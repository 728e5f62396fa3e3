"""Layers in files and on the command line: what is printed, written and refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from command_line import run, told
from saved_modules import loaded

import symbackprop as sb

GATE = """\
name = "a gate"
[inputs]
x = 0.5
h = 0.2
[parameters]
w = 0.3
u = -0.7
[equations]
z = "w*x + u*h"
g = "sigmoid(z)"
y = "g*x + (1 - g)*h"
"""
SHIPPED = ["attention-layer", "batch-norm-layer", "layer-norm-layer"]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def written(end: str, start: str = GATE) -> str:
        path = tmp_path / "gate.toml"
        path.write_text(start + end, encoding="utf-8")
        return str(path)

    return written


@pytest.mark.parametrize(
    "end", ['[outputs]\ny = "y_bar"\ng = "G"\n', '[outputs]\ny = "y_bar"\ng = "G"\n[adjoints]\ny_bar = 1.5\nG = -0.5\n']
)
def test_outputs_stand_in_a_section(write: Callable[..., str], end: str) -> None:
    net = sb.load(write(end))
    assert {str(output): str(adjoint) for output, adjoint in net.outputs.items()} == {"y": "y_bar", "g": "G"}
    assert ("y_bar" in net.values) is ("adjoints" in end)


def test_outputs_may_be_a_list(write: Callable[..., str]) -> None:
    net = sb.load(write("", 'outputs = ["y"]\n' + GATE))
    assert {str(output): str(adjoint) for output, adjoint in net.outputs.items()} == {"y": "y_bar"}


@pytest.mark.parametrize("name", SHIPPED)
def test_layers_that_ship_are_proved(name: str) -> None:
    assert "all gradients are proved" in run("check", name).stdout


def test_explain_says_first_what_is_given() -> None:
    found = run("explain", "attention-layer", "V", COLUMNS="80").stdout
    assert found.startswith(
        "Given, whatever the loss L that follows\n"
        "  Ō = ∂L/∂O\n"
        "\n"
        "Forward pass\n"
        "  S = (1/√d)·Q Kᵀ\n"
        "  P = softmax_rows(S)\n"
        "  O = P V\n"
        "\n"
        "Work ("
    )
    assert "(1) Ō is given, the adjoint of O" in found
    assert max(map(len, found.splitlines())) <= 80


def test_derive_check_and_verify(write: Callable[..., str]) -> None:
    path = write('[outputs]\ny = "y_bar"\n')
    assert run("derive", path, "--form", "shared").stdout == (
        "δ_z = ȳ·g·(1 − g)·(x − h)\n\n∂L/∂x = ȳ·g + δ_z·w\n∂L/∂h = ȳ·(1 − g) + δ_z·u\n∂L/∂w = δ_z·x\n∂L/∂u = δ_z·h\n"
    )
    assert "proved" in run("verify", path, "dL/dw = y_bar*(x - h)*g*(1 - g)*x").stdout
    assert "wrong" in run("verify", path, "dL/dw = y_bar*(x - h)*g*x", status=1).stdout
    shapes = run("derive", "attention-layer", "--shapes", "--wrt", "V").stdout
    assert "O     output          m × k" in shapes
    assert "Ō     adjoint, given  m × k" in shapes
    assert "loss" not in shapes


def test_compile_writes_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "layer.py"
    run("compile", "batch-norm-layer", "-o", str(path))
    module = loaded(path)
    values = {name: np.array(value) for name, value in sb.load_example("batch-norm-layer").values.items()}
    y_bar = values.pop("Y_bar")
    y = module.forward(**values)
    assert np.allclose(y.mean(axis=0), values["beta"], atol=1e-12)
    gradients = module.backward(**values, Y_bar=y_bar)
    assert list(gradients) == ["X", "gamma", "beta"]
    assert np.allclose(gradients["X"].sum(axis=0), 0)  # a shift of a column changes nothing


@pytest.mark.parametrize(
    "words", [("train", "--lr", "0.1", "--epochs", "1"), ("sweep", "--lr", "1,2", "--epochs", "1")]
)
def test_what_needs_a_loss_refuses_in_one_line(words: tuple[str, ...], tmp_path: Path) -> None:
    command, *others = words
    assert told(command, "attention-layer", *others, "-o", str(tmp_path / "run.csv")) == (
        f"symbackprop: error[layer]: attention layer is a layer, which has no loss, and {command} needs one; write a "
        "network with its equations and a loss of O"
    )
    assert not list(tmp_path.iterdir())


REFUSED = {
    "both": (
        '[outputs]\ny = "y_bar"\n[loss]\nminimize = "y"\n',
        ":12: error[outputs]: the file has a loss and outputs; leave out [loss] or outputs: the adjoints of outputs "
        "are given",
    ),
    "none": ("[outputs]\n", ':12: error[outputs]: there are no outputs; name them, as in outputs = ["Y"]'),
    "unknown": ('[outputs]\nq = "G"\n', ":12: error[outputs]: the output 'q' has no equation; known names: g, y, z"),
    "value": (
        "[outputs]\ny = 1.5\n",
        ":13: error[text]: the adjoint of 'y' is 1.5, not a name; write y = \"y_bar\", and its value under [adjoints]",
    ),
    "adjoint of nothing": (
        '[outputs]\ny = "y_bar"\n[adjoints]\nybar = 1.0\n',
        ":15: error[outputs]: 'ybar' is the adjoint of no output; did you mean 'y_bar'?",
    ),
    "no outputs": (
        '[loss]\nminimize = "y"\n[adjoints]\ny_bar = 1.0\n',
        ":14: error[outputs]: 'y_bar' is an adjoint and there are no outputs; outputs have adjoints: add [outputs], or "
        "remove the section",
    ),
    "taken": (
        '[outputs]\ny = "w"\n',
        ":13: error[outputs]: in y: the adjoint of y is called w, as another value is; give it a name of its own",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str, write: Callable[..., str]) -> None:
    end, words = REFUSED[case]
    path = write(end)
    assert told("derive", path) == path + words


def test_the_list_of_outputs_holds_names(write: Callable[..., str]) -> None:
    path = write("", "outputs = [1]\n" + GATE)
    assert told("derive", path) == f'{path}:1: error[name]: 1 in outputs is not a name; write ["Y"]'
