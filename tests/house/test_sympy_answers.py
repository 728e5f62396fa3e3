"""SymPy's answers beside ours: ours are right by numeric differences, and SymPy's are as they are written down."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import symbackprop as sb
from symbackprop.numeric.evaluate import evaluate, forward

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

import sympy_answers as answers  # noqa: E402

SIZES = {"m": 4, "n": 3, "k": 2, "h": 2}
STEP = 1e-5
CASES = {case.title: case for case in answers.CASES}
RECORDED = pytest.mark.skipif(
    not sympy.__version__.startswith(f"{answers.RECORDED}."), reason=f"written down with SymPy {answers.RECORDED}"
)


def values_of(net: sb.Network) -> dict[str, Any]:
    """Numbers for every name from outside; square matrices are far from singular."""
    rng = np.random.default_rng(5)
    found: dict[str, Any] = {}
    for name in net.leaves:
        shape = tuple(SIZES.get(str(size)) or int(size) for size in net.shape(name))
        found[name.name] = rng.uniform(0.1, 0.9, shape) + (2 * np.eye(*shape) if len(set(shape)) == 1 else 0)
    return found


def differences(case: answers.Case, values: Mapping[str, Any]) -> Any:
    """The gradient by central differences of the loss as NumPy has it."""
    name = case.by.name
    gradient = np.empty(np.shape(values[name]))
    for place in np.ndindex(gradient.shape):
        moved = np.zeros(gradient.shape)
        moved[place] = STEP
        ahead, behind = (case.number({**values, name: values[name] + sign * moved}) for sign in (1, -1))
        gradient[place] = (ahead - behind) / (2 * STEP)
    return gradient


@pytest.mark.parametrize("title", CASES)
def test_ours_is_right(title: str) -> None:
    case = CASES[title]
    net = case.network()
    values = values_of(net)
    truth = differences(case, values)
    assert np.abs(truth).max() > 1e-3, "zero would be no answer"
    known = forward(net, {**values, **SIZES})
    assert float(known["E"]) == pytest.approx(float(case.number(values)), rel=1e-12)
    closed = evaluate(sb.derive(net).gradients[case.by.name], known)
    np.testing.assert_allclose(np.broadcast_to(closed, truth.shape), truth, rtol=1e-7, atol=1e-8)
    _, gradients = sb.lambdify(sb.derive(net))(**values)
    np.testing.assert_allclose(gradients[case.by.name], truth, rtol=1e-7, atol=1e-8)


@RECORDED
@pytest.mark.parametrize("title", CASES)
def test_sympys_is_as_written_down(title: str) -> None:
    case = CASES[title]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SymPy uses what it has itself deprecated
        answer = case.theirs()
    assert answers.said(answer) == case.answer
    assert case.fault == answers.fault_of(answer, case.by) != ""


def test_a_right_answer_has_no_fault() -> None:
    right = sympy.Trace(answers.A.T * answers.A).diff(answers.A)
    assert answers.fault_of(right, answers.A) == ""


def test_the_page_is_what_comes_out() -> None:
    page = (ROOT / "docs" / "sympy-answers.md").read_text(encoding="utf-8")
    assert page == answers.document(), "scripts/make_docs writes it"
