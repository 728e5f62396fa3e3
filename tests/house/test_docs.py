"""Every code block of the README and of docs/ runs, and prints what stands under it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

SLOW = {"estimators.md", "speed.md", "studies.md", "training.md", "backends.md", "sympy-answers.md", "tutorial.md"}


def runner():
    spec = importlib.util.spec_from_file_location("docs", ROOT / "scripts" / "lib" / "docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def documents():
    for path in DOCUMENTS:
        tools = runner().needed(path.read_text(encoding="utf-8"))
        marks = [pytest.mark.needs(*tools)] if tools else []
        yield pytest.param(path, id=path.name, marks=[*marks, pytest.mark.slow] if path.name in SLOW else marks)


@pytest.mark.parametrize("path", list(documents()))
def test_blocks_run_and_print_what_stands_there(path):
    text = path.read_text(encoding="utf-8")
    assert runner().rewritten(text) == text, "scripts/make_docs writes what comes out"


def test_a_document_says_which_modules_it_needs():
    assert runner().needed("<!-- needs: torch, jax -->\n# Title\n") == ["torch", "jax"]
    assert runner().needed("# Title\n") == []


def test_what_the_last_line_is_stands_in_a_block_of_mathematics():
    code = "```python\nimport symbackprop as sb\nsb.load_example('linear-neuron')\n```\n\n"
    found = runner().rewritten(f"{code}```math\n```\n\nWords\n\n```math\nx\n```\n")
    assert found.startswith(code + "```math\n\\begin{aligned}\n")
    assert found.endswith("\\end{aligned}\n```\n\nWords\n\n```math\nx\n```\n")


def test_a_wrong_result_is_found():
    document = "```python\nprint(1 + 1)\n```\n\n```text\n3\n```\n"
    assert runner().rewritten(document) == document.replace("3", "2")


def test_links_lead_somewhere():
    import re

    for path in DOCUMENTS:
        shown = re.compile(r"^(`{3,}).*?^\1$", re.M | re.S)
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", shown.sub("", path.read_text(encoding="utf-8"))):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"
