"""What ``check`` and ``verify`` leave the shell with: 0 proved, 1 wrong, 3 undecided, 2 bad input."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run

NOTES = "two-layer-sigmoid"
FAR = "where(tanh(w1)*(1 - tanh(w1)) > 1/2, 0, 1)*delta_o1*a_h1"
"""Right at every point: a tangent is never above 2, and no exact judge knows that."""


@pytest.mark.parametrize(
    ("formula", "status", "said"),
    [
        ("delta_o1*a_h1", 0, "proved: ∂E/∂w₅ = "),
        ("dE/dw5 = (a_o1 - t1)*a_o1*(1 - a_o1)*a_h1", 0, "proved: ∂E/∂w₅ = "),
        ("delta_o1*a_h2", 1, "wrong: ∂E/∂w₅ is not "),
        ("1.0000000001*delta_o1*a_h1", 1, "wrong: ∂E/∂w₅ is not "),
        ("where(o1 > 12, -1, 1)*delta_o1*a_h1", 1, "wrong: ∂E/∂w₅ is not "),
        (FAR, 3, "undecided: "),
        ("delta_o1*", 2, ""),
        ("delta_o9*a_h1", 2, ""),
    ],
)
def test_one_formula(formula: str, status: int, said: str) -> None:
    result = run("verify", NOTES, "--gradient", "w5", formula, status=status)
    assert result.stdout.startswith(said)
    assert bool(result.stdout) is (status != 2)
    assert bool(result.stderr) is (status == 2)


def test_an_undecided_formula_says_why() -> None:
    words = " ".join(run("verify", NOTES, "--gradient", "w5", FAR, status=3).stdout.split())
    assert "agree at " in words
    assert "not reached: " in words


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["dE/dw5 = delta_o1*a_h1", "dE/dw6 = delta_o1*a_h2"], 0),
        (["dE/dw5 = delta_o1*a_h1", f"dE/dw5 = {FAR}"], 3),
        ([f"dE/dw5 = {FAR}", "dE/dw6 = delta_o1*a_h1", "dE/dw5 = delta_o1*a_h1"], 1),
        ([f"dE/dw5 = {FAR}", "dE/dw6 = delta_o1*", "dE/dw6 = delta_o1*a_h2"], 2),
        (["dE/dw6 = delta_o1*", "dE/dw6 = delta_o1*a_h1"], 1),
    ],
)
def test_of_a_file_it_is_that_of_its_worst_line(tmp_path: Path, lines: list[str], status: int) -> None:
    (tmp_path / "homework.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("verify", NOTES, "--file", str(tmp_path / "homework.txt"), status=status)


@pytest.mark.parametrize(("number", "status"), [("0.0721570729", 0), ("0.072158", 1), ("nonsense", 2)])
def test_a_number(number: str, status: int) -> None:
    run("verify", NOTES, "--gradient", "w5", "--at-values", number, status=status)


KINK = """
name = "behind a kink"
[inputs]
x = 1.0
[parameters]
w = 0.5
[equations]
E = "where(tanh(x)*(1 - tanh(x)) > 1/2, x, w)*w"
[loss]
minimize = "E"
"""


@pytest.mark.filterwarnings("ignore:.* jumps where")
def test_check(tmp_path: Path) -> None:
    (tmp_path / "kink.toml").write_text(KINK)
    assert "proved" in run("check", NOTES, "--points", "1").stdout
    undecided = run("check", str(tmp_path / "kink.toml"), "--points", "1", status=3).stdout
    assert "undecided: " in undecided
    assert "not reached: " in " ".join(undecided.split())
    run("check", str(tmp_path / "missing.toml"), status=2)


@pytest.mark.parametrize("command", ["check", "verify"])
def test_help_prints_them(command: str) -> None:
    words = " ".join(run(command, "--help").stdout.split())
    assert "The exit status is 0 where " in words
    for part in ("proved", "1 where ", "3 where ", "undecided, and 2 for bad input"):
        assert part in words
