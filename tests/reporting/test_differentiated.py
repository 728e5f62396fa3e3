"""Reports of Jacobians, Hessians and products with them."""

from __future__ import annotations

from pathlib import Path

import pytest

import symbackprop as sb
from symbackprop.reporting.differentiated import MEANINGS
from symbackprop.tangents.differentiated import TITLES


def test_every_kind_is_described() -> None:
    assert MEANINGS.keys() == TITLES.keys()


@pytest.mark.parametrize("make", [sb.hessian, sb.hvp, sb.jvp, sb.jacobian, sb.fisher, sb.gauss_newton])
def test_documents_are_written(make, tmp_path: Path) -> None:
    found = make(sb.load_example("or-gate-vectorised"))
    paths = sb.report(found, tmp_path / "found", formats=("md", "tex", "html"), author="A. Nonymous")
    assert [path.suffix for path in paths] == [".md", ".tex", ".html"]
    markdown, tex, page = (path.read_text() for path in paths)
    for heading in ("What is asked", "The equations", "The work", "The result", "Verification", "NumPy code"):
        assert all(heading in document for document in (markdown, tex, page))
    assert "All results are proved" in markdown
    assert r"\dot{Z}" in markdown
    assert "A. Nonymous" in tex


def test_lines_are_cited_by_their_numbers(tmp_path: Path) -> None:
    net = sb.load_example("or-gate-vectorised")
    (path,) = sb.report(sb.hvp(net), tmp_path / "hvp", formats=["md"])
    lines = [line for line in path.read_text().splitlines() if "**(" in line]
    assert len(lines) > len(net.equations)
    assert "by [(1)](#eq-1)" in path.read_text()


def test_the_condition_of_fisher_is_told(tmp_path: Path) -> None:
    (path,) = sb.report(sb.fisher(sb.load_example("or-gate-vectorised")), tmp_path / "fisher", formats=["md"])
    assert "natural parameter" in path.read_text()


def test_what_there_is_not_is_refused(tmp_path: Path) -> None:
    found = sb.hvp(sb.load_example("or-gate"))
    with pytest.raises(sb.SymbackpropError, match="has no handout"):
        sb.report(found, tmp_path / "hvp", handout=True)
    with pytest.raises(sb.SymbackpropError, match="there is no format 'xlsx'"):
        sb.report(found, tmp_path / "hvp", formats=["xlsx"])
    assert not list(tmp_path.iterdir())


@pytest.mark.needs("typst")
def test_pdf(tmp_path: Path) -> None:
    (path,) = sb.report(sb.hessian(sb.load_example("linear-neuron")), tmp_path / "hessian", formats=["pdf"])
    assert path.read_bytes().startswith(b"%PDF")
