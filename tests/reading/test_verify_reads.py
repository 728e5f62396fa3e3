"""``verify``: whole lines, files of lines, numbers at given values, and the place of what cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run, told

import symbackprop as sb
from symbackprop.cli.to_ascii import plain
from symbackprop.network.spec import read_example

pytestmark = pytest.mark.usefixtures("place")

NOTES = sb.derive(read_example("two-layer-sigmoid").network)
MLP = sb.derive(read_example("mlp").network)


def test_a_whole_line_says_what_it_is_about() -> None:
    assert sb.verify(NOTES, "w5", "dE/dw5 = delta_o1*a_h1").ok
    assert str(sb.verify(NOTES, "w5", "∂E/∂w₅ = δₒ₁·aₕ₁")) == "proved: dE/dw5 = δₒ₁·aₕ₁\nexact over ℚ"
    assert sb.verify(MLP, "b1", "dE/db1 = Delta_Z1.sum(axis=0, keepdims=True)").ok
    with pytest.raises(sb.DerivationError, match="the line is about w6, and the gradient by w5 is asked for"):
        sb.verify(NOTES, "w5", "dE/dw6 = delta_o1*a_h2")


@pytest.mark.parametrize(
    ("number", "ok"),
    [
        (0.0721570729121, True), (0.072157, True), ("0.072157", True), ("7.2157e-2", True), ("0.07", True),
        (np.float64(0.072157), True), (0.072158, False), ("0.072158", False), (-0.072157, False), ("−0.07", False),
        (0, False), ("0", False), (0.0, False), ("0.", True), ("delta_o1*a_h2", False),
    ],
)  # fmt: skip
def test_a_number_is_right_within_its_digits(number: Any, ok: bool) -> None:
    found = sb.verify(NOTES, "w5", number, values={})
    assert found.ok is ok
    said = f"{number} at these values"
    if ok:
        method = "enclosed; at these values, within the digits that were written"
        assert str(found) == f"proved: dE/dw5 = {said}\n{method}"
    else:
        assert str(found).startswith(f"wrong: dE/dw5 is not {said}")
        assert found.expected == pytest.approx(0.0721570729121)
        assert found.point == NOTES.network.values


def test_a_formula_that_is_proved_is_so_at_all_values() -> None:
    assert str(sb.verify(NOTES, "w5", "delta_o1*a_h1", values={})) == "proved: dE/dw5 = delta_o1*a_h1\nexact over ℚ"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf"), np.float64("nan"), "1e999"])
def test_a_number_is_finite(number: Any) -> None:
    with pytest.raises(sb.DataError, match=r"error\[not-finite\]: what is given for w5 is no finite number"):
        sb.verify(NOTES, "w5", number, values={})


def test_the_values_can_be_others() -> None:
    function = sb.lambdify(NOTES)
    values = {**NOTES.network.values, "w1": 0.7}
    expected = float(function(**values)[1]["w5"])
    assert sb.verify(NOTES, "w5", round(expected, 6), values={"w1": 0.7}).ok
    assert not sb.verify(NOTES, "w5", round(expected, 6), values={}).ok


def test_an_array_of_numbers() -> None:
    gradient = sb.lambdify(MLP)(**{name: np.array(rows) for name, rows in MLP.network.values.items()})[1]["W1"]
    assert sb.verify(MLP, "W1", np.round(gradient, 5), values={}).ok
    assert sb.verify(MLP, "W1", np.round(gradient, 5).tolist(), values={}).ok
    wrong = np.round(gradient, 5)
    wrong[1, 0] += 1e-4
    found = sb.verify(MLP, "W1", wrong, values={})
    assert not found.ok
    assert found.entry == (2, 1)
    with pytest.raises(sb.DerivationError, match="give one number for each of its entries"):
        sb.verify(MLP, "W1", gradient.T[:1], values={})


def test_values_that_do_not_do() -> None:
    with pytest.raises(sb.DataError, match="there is a value for w9"):
        sb.verify(NOTES, "w5", 0.1, values={"w9": 1})
    with pytest.raises(sb.DataError, match="examples; say which one is meant"):
        sb.verify(sb.derive(read_example("or-gate").network), "w1", 0.1, values={})


# -- The command line


def test_a_line_needs_no_gradient() -> None:
    assert run("verify", "two-layer-sigmoid", "∂E/∂w₁ = δₕ₁·i₁").stdout == "proved: ∂E/∂w₁ = δₕ₁·i₁\n  exact over ℚ\n"
    assert run("verify", "mlp", "dW1 = X.T @ dZ1").stdout == (
        "proved: ∂E/∂W₁ = X.T @ dZ1\n  exact in a prime field; a false one passes with a chance below 10⁻⁴⁴\n"
    )
    signal = "δₕ₁ = (δₒ₁ w₅ + δₒ₂ w₇) aₕ₁ (1 − aₕ₁)"
    assert run("verify", "two-layer-sigmoid", signal).stdout.startswith("proved: ∂E/∂h₁ = ")
    assert run("verify", "two-layer-sigmoid", signal.replace("−", "+"), status=1).stdout.startswith("wrong: ")
    assert told("verify", "two-layer-sigmoid", "delta_h1*i1") == (
        "symbackprop: error[line]: the formula does not say which gradient it is; "
        "give --gradient w1, or write the whole line dE/dw1 = …"
    )


def test_a_number_at_the_values_of_the_network() -> None:
    words = ("verify", "two-layer-sigmoid", "--gradient", "w5", "--at-values")
    assert run(*words, "0.072157").stdout == (
        "proved: ∂E/∂w₅ = 0.072157 at these values\n  enclosed; at these values, within the digits that were written\n"
    )
    assert run(*words, "0.072157", "--set", "w1=.15").stdout.startswith("proved: ")
    assert run(*words, "0.072157", "--set", "w1=.7", status=1).stdout.startswith("wrong: ")
    assert "'w1' is not a name and its value" in told(*words, "0.1", "--set", "w1")
    assert "--set is for --at-values" in told("verify", "two-layer-sigmoid", "--gradient", "w5", "w5", "--set", "w1=1")


HOMEWORK = r"""# Backpropagation, sheet 3
dE/dw5 = (a_o1 - t1)*a_o1*(1 - a_o1)*a_h1
∂E/∂w₁ = δₕ₁·i₁   # by the chain rule

\frac{\partial E}{\partial w_6} &= \delta_{o_1}\,a_{h_1} \tag{3}
dE/dw2 = delta_h1*i3
dE/dw2 = -delta_h1*i2
"""


def test_a_file_of_lines() -> None:
    Path("homework.txt").write_text(HOMEWORK, encoding="utf-8")
    result = run("verify", "two-layer-sigmoid", "--file", "homework.txt", status=1)
    assert result.stdout.splitlines() == [
        "2: proved: ∂E/∂w₅ = (a_o1 - t1)*a_o1*(1 - a_o1)*a_h1",
        "3: proved: ∂E/∂w₁ = δₕ₁·i₁",
        r"5: wrong: ∂E/∂w₆ is not \delta_{o_1}\,a_{h_1}; right if a_h1 is a_h2",
        "7: wrong: ∂E/∂w₂ is not -delta_h1*i2",
        "   the sign is wrong: the formula is minus the gradient",
    ]
    lines = result.stderr.splitlines()
    assert lines[0].startswith("homework.txt:6: error[unbound]: unknown name 'i3'; ")
    assert lines[1:] == ["  dE/dw2 = delta_h1*i3", "                    ^^"]


def test_lines_of_a_file_are_no_wider_than_the_terminal() -> None:
    Path("homework.txt").write_text(f"dE/dw2 = -delta_h1*i2\ndE/dw5 = {' + '.join(['delta_o1*a_h2/9'] * 9)}\n")
    told = run("verify", "two-layer-sigmoid", "--file", "homework.txt", status=1, COLUMNS="50").stdout.splitlines()
    assert max(map(len, told)) <= 50
    assert told[0] == "1: wrong: ∂E/∂w₂ is not -delta_h1*i2"
    assert told[1:3] == ["   the sign is wrong: the formula is minus the", "   gradient"]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("dE/dw5 = delta_o1*a_h1", 0),
        ("dE/dw5 = delta_o1*a_h2\nq", 1),
        ("dE/dw5 = delta_o1*a_h1\nq", 2),
        ("# nothing", 2),
    ],
)
def test_the_status_is_that_of_the_worst_line(lines: str, status: int) -> None:
    Path("homework.txt").write_text(lines, encoding="utf-8")
    run("verify", "two-layer-sigmoid", "--file", "homework.txt", status=status)


def test_files_that_are_none() -> None:
    assert "cannot use 'none.txt'" in told("verify", "two-layer-sigmoid", "--file", "none.txt")
    Path("bytes.txt").write_bytes(b"\xff\xfe\x00")
    assert "is no text in UTF-8" in told("verify", "two-layer-sigmoid", "--file", "bytes.txt")
    assert "there are both a formula and a file" in told("verify", "two-layer-sigmoid", "w5", "--file", "bytes.txt")
    assert "the formula is missing" in told("verify", "two-layer-sigmoid", "--gradient", "w5")


def test_the_place_of_what_cannot_be_read() -> None:
    result = run("verify", "two-layer-sigmoid", "--gradient", "w5", "δₒ₁ +* 3", status=2)
    assert result.stderr.splitlines()[1:] == ["  δₒ₁ +* 3", "       ^"]
    with pytest.raises(sb.SpecError) as error:
        sb.verify(NOTES, "w5", "½ a_h1 + ∂E/∂q")
    assert error.value.excerpt is not None
    assert error.value.excerpt.lines(plain) == ("1/2 a_h1 + dE/dq", "               ^")
