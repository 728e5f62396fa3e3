"""Descriptions and meanings: text of the user's, held to the names of the network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sympy

import symbackprop as sb
from symbackprop.errors import NetworkError

x, t, w, y, E = sympy.symbols("x t w y E")
NEURON = {"inputs": [x], "targets": [t], "parameters": [w], "loss": E}
EQUATIONS = {y: w * x, E: (y - t) ** 2}
FILE = """
description = "One weight, one
 input"
[inputs]
x = 1.0
[targets]
t = 1.0
[parameters]
w = 1.0
[meanings]
w = "the weight"
y = "prediction"
[equations]
y = "w*x"
E = "(y - t)**2"
[loss]
minimize = "E"
""".replace('"One weight, one\n input"', '"""One weight, one\n input"""')


def test_a_network_keeps_what_is_said_of_it() -> None:
    network = sb.Network(
        EQUATIONS, **NEURON, description=" A line \n through 0 ", meanings={w: "slope", "E": " error "}
    )
    assert network.description == "A line through 0"
    assert dict(network.meanings) == {"w": "slope", "E": "error"}


def test_sizes_have_meanings_too() -> None:
    network = sb.mlp([2, 3, 1], notation="matrix")
    size = next(iter(network.sizes))
    again = sb.Network(
        dict(network.equations), inputs=network.inputs, targets=network.targets, parameters=network.parameters,
        loss=network.loss, meanings={size: "examples"},
    )  # fmt: skip
    assert dict(again.meanings) == {size.name: "examples"}


def test_a_function_is_described_as_well() -> None:
    @sb.Network.from_function(x="scalar", t="scalar", w="scalar", description="One weight", meanings={"w": "slope"})
    def line(x, t, w):  # type: ignore[no-untyped-def]
        return (w * x - t) ** 2

    assert (line.description, dict(line.meanings)) == ("One weight", {"w": "slope"})


def test_a_file_has_both(tmp_path: Path) -> None:
    path = tmp_path / "line.toml"
    path.write_text(FILE, encoding="utf-8")
    network = sb.load(path)
    assert network.description == "One weight, one input"
    assert dict(network.meanings) == {"w": "the weight", "y": "prediction"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"meanings": {"v": "slope"}}, "error[meanings]: there is a meaning of 'v', which the network does not have; "),
        ({"meanings": {"w": 3}}, "error[meanings]: the meaning of w is 3, not text; say in a few words"),
        (
            {"meanings": {"w": "a\u202eb"}},
            "error[meanings]: the meaning of w is 'a\\u202eb'; write one line of 1 to 100",
        ),
        ({"meanings": ["w"]}, "error[meanings]: meanings is ['w'], not a mapping; write meanings={"),
        ({"description": 3}, 'error[text]: the description is 3, not text; write description="…"'),
        ({"description": "a\x07b"}, "error[text]: the description is 'a\\x07b'; write at most 1,000 characters"),
    ],
)
def test_what_is_no_text_or_of_no_name_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(NetworkError, match=re.escape(words)):
        sb.Network(EQUATIONS, **NEURON, **given)


def test_a_file_is_told_the_line(tmp_path: Path) -> None:
    path = tmp_path / "line.toml"
    path.write_text(FILE.replace('y = "prediction"', 'q = "prediction"'), encoding="utf-8")
    with pytest.raises(NetworkError, match=re.escape("line.toml:12: error[meanings]: there is a meaning of 'q'")):
        sb.load(path)
