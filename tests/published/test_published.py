"""Every published form is proved to be the gradient that comes out here, and ours takes no more operations."""

from __future__ import annotations

from collections import Counter

import pytest
from published.forms import Form
from published.report import report
from published.table import FORMS, LONGER

import symbackprop as sb
from symbackprop.judge import Gradients, Line, judge

BY_NAME = {form.name: form for form in FORMS}


@pytest.mark.parametrize("name", BY_NAME)
def test_the_published_form_is_the_gradient(name: str) -> None:
    verdict = BY_NAME[name].verdict()
    assert verdict.proved, verdict


@pytest.mark.parametrize("name", BY_NAME)
def test_ours_takes_no_more_operations(name: str) -> None:
    form = BY_NAME[name]
    over = form.ours - form.theirs
    assert over == LONGER[name] if name in LONGER else over <= 0, report(form)[1]


@pytest.mark.parametrize("name", BY_NAME)
def test_our_names_are_known_and_used(name: str) -> None:
    derivation = BY_NAME[name].derivation
    lines = [*derivation.backward.values(), *(derivation.shared[w] for w in derivation.wrt)]
    known = {*derivation.network.names, *derivation.network.sizes, *derivation.backward}
    used = set().union(*(line.free_symbols for line in lines))
    assert used <= known
    assert derivation.backward.keys() <= used


@pytest.mark.parametrize(
    "name", [name if k % 8 == 0 else pytest.param(name, marks=pytest.mark.slow) for k, name in enumerate(BY_NAME)]
)
def test_ours_is_the_gradient_and_every_line_of_its_work_holds(name: str) -> None:
    derivation = BY_NAME[name].derivation
    shared = {w: derivation.shared[w] for w in derivation.wrt}
    claim = Gradients(derivation.network, shared, signals=dict(derivation.backward), facts=derivation.facts)
    assert judge(claim).proved
    lines = [step for step in derivation.steps if step.rule is not sb.Rule.AGAIN]  # a name is what it is called
    false = [str(step) for step in lines if not judge(Line.of(derivation, step.lhs, step.rhs)).proved]
    assert false == []


def test_of_most_forms_ours_is_as_short_as_published() -> None:
    assert len(LONGER) <= len(FORMS) - 249


def test_the_table_is_large_and_each_form_has_a_name_of_its_own_and_a_source() -> None:
    assert len(FORMS) >= 250
    assert [name for name, count in Counter(form.name for form in FORMS).items() if count > 1] == []
    assert [form.name for form in FORMS if not form.source] == []


def test_a_published_form_that_is_wrong_is_not_proved() -> None:
    form = Form(
        "slip", "made up", shapes="X: m × n, y: m × 1, w: n × 1", inputs="X", targets="y", parameters="w",
        equations="r = X @ w - y\nE = total(r**2)/2", published="d = 2*r\nw: X.T @ d",
    )  # fmt: skip
    assert form.verdict().wrong
    assert (form.ours, form.theirs) == (1, 2)
