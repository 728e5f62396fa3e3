"""What is right is proved, what is wrong is shown to be, and in every run alike: a part of scripts/reliability."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import few
from sympy import Piecewise, Rational, symbols

import symbackprop as sb

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

from reliability.__main__ import report  # noqa: E402
from reliability.faults import KINDS  # noqa: E402
from reliability.measured import FAMILIES, Measured, derivation, faults, judged, networks  # noqa: E402

FAST = [family for family in FAMILIES if family not in ("recurrent", "gates")]  # long to derive
X, T, W, V, Z, A, B, E = symbols("x t w v z a b E")


def verdicts_on_networks(count: int, seed: int) -> list[str]:
    return [str(judged(derivation(*one))) for one in networks(count, seed)]


def verdicts_on_faults(count: int, seed: int) -> list[tuple[str, str]]:
    return [(one.kind, str(judged(one.derivation, one).ruling)) for one in faults(count, seed)]


@pytest.mark.parametrize("family", few(FAST))
def test_a_network_that_is_right_is_proved(family):
    verdict = judged(derivation(family, 7))
    assert verdict.proved, verdict


@pytest.mark.slow
def test_faults_are_wrong():
    found = verdicts_on_faults(2 * len(KINDS), seed=0)
    assert [ruling for _, ruling in found] == ["wrong"] * len(found), found


@pytest.mark.slow
def test_500_networks_that_are_right_are_proved():
    found = verdicts_on_networks(500, seed=0)
    assert not [verdict for verdict in found if verdict.startswith("wrong")]
    assert sum(verdict.startswith("proved") for verdict in found) >= 495


@pytest.mark.slow
def test_600_faults_are_found():
    found = [ruling for _, ruling in verdicts_on_faults(600, seed=0)]
    assert "proved" not in found
    assert found.count("wrong") >= 588


VERDICTS = """
import sys
from collections import Counter
sys.path.insert(0, "scripts/lib")
from reliability.measured import derivation, faults, judged
for one in (("kinks", 3), ("robust", 2), ("diagonals", 4)):
    print(judged(derivation(*one)))
for fault in faults(3, 1):
    verdict = judged(fault.derivation, fault)
    print(fault.formula, verdict, verdict.witness)
"""


@pytest.mark.slow
def test_verdicts_are_the_same_bytes_in_every_run():
    def told(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", VERDICTS]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    assert told("1") == told("2")


def neuron(loss, *equations, parameters="w"):
    given = dict(zip(equations[::2], equations[1::2], strict=True))
    return sb.derive(
        sb.Network({**given, E: loss}, inputs=[X], targets=[T], parameters=list(symbols(parameters + ",")), loss=E)
    )


@pytest.mark.parametrize("bound", [8, 40, 300, 5000])
@pytest.mark.parametrize("side", [1, -1])
def test_a_far_branch_is_found(bound, side):
    d = neuron((Z - T) ** 2 / 2, Z, W * X)
    wrong = Piecewise((-1, side * Z > bound), (1, True)) * d.shared[W]
    assert sb.verify(d, W, wrong).verdict.wrong


@pytest.mark.parametrize("width", [Rational(1, 2), Rational(1, 20), Rational(1, 100)])
def test_a_narrow_branch_is_found(width):
    d = neuron((Z - T) ** 2 / 2, Z, W * X)
    wrong = Piecewise((1, Z < 1), (2, width > Z - 1), (1, True)) * d.shared[W]
    assert sb.verify(d, W, wrong).verdict.wrong


def test_a_side_on_which_nothing_happens_at_the_points_is_not_proved():
    """Forcing it where another kink stops everything compares zero with zero, and says nothing."""
    d = neuron((A - T) ** 2 / 2, Z, W * X, B, sb.leaky_relu(Z), A, -sb.relu(1 - V * B), parameters="w v")
    wrong = Piecewise((-1, A < -8), (1, True)) * d.shared[W]
    assert not sb.verify(d, W, wrong).verdict.proved
    assert sb.verify(d, W, wrong).verdict.wrong


def test_a_gradient_that_is_zero_on_both_sides_is_proved():
    d = neuron((A - T) ** 2 / 2 + 0 * W, Z, W * X, A, sb.step(Z) + V, parameters="w v")
    assert sb.check(d, forms=["shared"]).proved


@pytest.mark.parametrize(
    ("formula", "decimal"),
    [
        ("1.3333*x*(w*x - t)**3*sqrt(2)", "1.3333"),
        ("1.8856*x*(w*x - t)**3", "1.8856"),
        ("1.8857*x*(w*x - t)**3", ""),
        ("1.334*x*(w*x - t)**3*sqrt(2)", ""),
    ],
)
def test_a_rounded_constant_is_called_that(formula, decimal):
    d = neuron((W * X - T) ** 4 / 3 * 2 ** Rational(1, 2))
    found = sb.verify(d, "w", formula)
    assert found.verdict.wrong
    said = f"the formula agrees but for the rounded constant {decimal}" if decimal else ""
    assert found.verdict.reason == said
    assert said in found.hint


@pytest.mark.parametrize("formula", ["x*(z - t)/(z - w*x)", "x*(z - t) + log(z - w*x)", "x*(z - t)*(z - x*w)**-2"])
def test_a_formula_that_is_defined_nowhere_is_wrong(formula):
    d = neuron((Z - T) ** 2 / 2, Z, W * X)
    found = sb.verify(d, "w", formula)
    assert found.verdict.wrong
    assert "and the formula is not defined" in str(found)


def test_branches_are_counted():
    d = neuron((A - T) ** 2 / 2, Z, W * X, A, sb.relu(Z))
    assert sb.verify(d, W, d.shared[W]).verdict.covered == "away from kinks; 2 of 2 branches"


def test_the_table_says_what_is_left_out(monkeypatch):
    monkeypatch.setattr("reliability.rivals.installed", dict)
    monkeypatch.setattr("reliability.__main__.installed", dict)
    found = Measured()
    found.faults["a sign"] = Counter({"all": 2, "wrong": 2})
    text = report(found, 0, 2, 0)
    assert "| a sign | 2 | 2 | 0 | 0 |" in text
    assert "Left out, as not installed: torch.autograd.gradcheck, jax.test_util.check_grads." in text
