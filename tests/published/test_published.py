"""Every published form is proved to be the gradient that comes out here, and ours takes no more operations."""

from __future__ import annotations

from collections import Counter

import pytest
from published.forms import Form
from published.report import report
from published.table import FORMS

BY_NAME = {form.name: form for form in FORMS}


@pytest.mark.parametrize("name", BY_NAME)
def test_the_published_form_is_the_gradient(name: str) -> None:
    verdict = BY_NAME[name].verdict()
    assert verdict.proved, verdict


@pytest.mark.parametrize("name", BY_NAME)
def test_ours_takes_no_more_operations(name: str) -> None:
    form = BY_NAME[name]
    assert form.ours <= form.theirs, report(form)[1]


def test_the_table_is_large_and_each_form_has_a_name_of_its_own_and_a_source() -> None:
    assert len(FORMS) >= 110
    assert [name for name, count in Counter(form.name for form in FORMS).items() if count > 1] == []
    assert [form.name for form in FORMS if not form.source] == []


def test_a_published_form_that_is_wrong_is_not_proved() -> None:
    form = Form(
        "slip", "made up", shapes="X: m × n, y: m × 1, w: n × 1", inputs="X", targets="y", parameters="w",
        equations="r = X @ w - y\nE = total(r**2)/2", published="d = 2*r\nw: X.T @ d",
    )  # fmt: skip
    assert form.verdict().wrong
    assert (form.ours, form.theirs) == (1, 2)
