"""``hessian``, ``jacobian``, ``hvp`` and their like on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import run, told


def test_hessian_of_scalars() -> None:
    result = run("hessian", "linear-neuron", "--ascii")
    assert "H_w_w = " in result.stdout


def test_hessian_with_its_work_and_proof() -> None:
    result = run("hessian", "or-gate-vectorised", "--wrt", "W", "--steps", "--check")
    assert "W alone moves" in result.stdout
    assert "what stands beside V_W" in result.stdout
    assert "all results are proved" in result.stdout


@pytest.mark.parametrize("command", ["jvp", "hvp", "jacobian", "hessian", "gauss-newton", "fisher"])
def test_commands_write_formulas_and_latex(command: str) -> None:
    assert run(command, "or-gate").stdout.count(" = ") > 1
    assert "_" in run(command, "or-gate", "--latex").stdout


def test_newtons_step() -> None:
    assert "step_w" in run("newton", "linear-neuron", "--wrt", "w").stdout
    assert "name one" in told("newton", "linear-neuron")


def test_values_are_chosen() -> None:
    assert run("jacobian", "or-gate-vectorised", "--of", "Z", "--wrt", "W").stdout == "J = Xᵀ\n"
    assert "no natural parameter" in told("fisher", "or-gate-vectorised", "--of", "Z")


def test_a_hessian_too_large_names_the_product() -> None:
    message = told("hessian", "mlp")
    assert "W1 (n×h) has more than two indices; use hvp, which multiplies it by a direction" in message


def test_code_and_reports_are_written(tmp_path: Path) -> None:
    module, report = tmp_path / "hvp.py", tmp_path / "hvp.md"
    assert run("hvp", "mlp", "-o", str(module)).stdout.strip() == str(module)
    assert "W1_bar_dot" in module.read_text()
    run("hvp", "mlp", "-o", str(report))
    text = report.read_text()
    for heading in ("## What is asked", "## The gradient", "## The work", "## The result", "## Verification"):
        assert heading in text
    assert "give one of .py, .md, .tex, .pdf, .html" in told("hvp", "mlp", "-o", str(tmp_path / "hvp.txt"))
    assert {path.name for path in tmp_path.iterdir()} == {"hvp.py", "hvp.md"}
