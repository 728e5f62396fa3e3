"""The tutorial as a notebook: its cells run one behind the other, and give the outputs that are kept in it."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))

import notebook  # noqa: E402

TUTORIAL = ROOT / "docs" / "tutorial.ipynb"
SOURCE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    return json.loads(TUTORIAL.read_text(encoding="utf-8"))["cells"]


@pytest.mark.slow
def test_it_is_what_the_document_gives() -> None:
    assert notebook.notebook(SOURCE) == TUTORIAL.read_text(encoding="utf-8"), "scripts/make_docs writes it"


def test_cells_run_in_order_and_give_their_outputs(cells: list[dict[str, Any]]) -> None:
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert [said for said in ran("".join(cell["source"]), names) if said] == kept(cell), cell["id"]


def ran(code: str, names: dict[str, Any]) -> list[str]:
    """What a cell prints, and what its last line is in plain text and in LaTeX, as an interactive Python has it."""
    tree, output, value = ast.parse(code), io.StringIO(), None
    with contextlib.redirect_stdout(output):
        for statement in tree.body:
            if isinstance(statement, ast.Expr) and statement is tree.body[-1]:
                value = eval(compile(ast.Expression(statement.value), "cell", "eval"), names)
            else:
                exec(compile(ast.Module([statement], []), "cell", "exec"), names)
    return [output.getvalue()] if value is None else [output.getvalue(), repr(value), value._repr_latex_()]


def kept(cell: dict[str, Any]) -> list[str]:
    said = []
    for output in cell["outputs"]:
        if output["output_type"] == "stream":
            said.append("".join(output["text"]))
        else:
            said += ["".join(output["data"][kind]) for kind in ("text/plain", "text/latex")]
    return said


def test_it_has_the_form_of_a_notebook(cells: list[dict[str, Any]]) -> None:
    whole = json.loads(TUTORIAL.read_text(encoding="utf-8"))
    assert (whole["nbformat"], whole["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert {cell["cell_type"] for cell in cells} == {"code", "markdown"}
    for cell in cells:
        assert cell["metadata"] == {}
        assert all(line.endswith("\n") for line in cell["source"][:-1])
        assert (cell["cell_type"] == "code") == ("outputs" in cell) == ("execution_count" in cell)
        for output in cell.get("outputs", ()):
            assert output["output_type"] in ("stream", "display_data")
            assert "text/html" not in output.get("data", {})


def test_words_and_mathematics_are_those_of_the_document(cells: list[dict[str, Any]]) -> None:
    words = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert [line for line in words.splitlines() if line.startswith("#")] == [
        line for line in SOURCE.splitlines() if line.startswith("#")
    ]
    assert r"error\nsignal of $z$".replace(r"\n", "\n") in words
    assert "`$" not in words
    assert words.count("$") % 2 == 0
    assert "```" not in words


def test_it_goes_the_way_of_hand_written_notes(cells: list[dict[str, Any]]) -> None:
    """The numbers that one finds on paper: of one example without and with a bias, of the batch before and after."""
    said = "".join(text for cell in cells if cell["cell_type"] == "code" for text in kept(cell))
    on_paper = ["y_hat = 0.500", "L = 0.125\ndL/dw1 = 0.000", "dL/db = 0.125", "b = -0.125\ny_hat = 0.469"]
    on_paper += ["cost 0.089", "cost 0.084; dC/dw1 = -0.044, dC/dw2 = -0.035, dC/db = -0.031", "0.0005 after 5000"]
    on_paper += ["dC/dW = [[-0.048 -0.039]]"]
    places = [said.index(found) for found in on_paper]
    assert places == sorted(places)


def test_other_blocks_stay_in_the_words() -> None:
    whole = json.loads(notebook.notebook("# A\n\n```toml\nx = 1\n```\n\n```python\n1 + 1\n```\n\nend\n"))
    first, code, last = whole["cells"]
    assert "".join(first["source"]) == "# A\n\n```toml\nx = 1\n```"
    assert code["outputs"][0]["data"] == {"text/plain": ["2"]}
    assert last["source"] == ["end"]


def test_what_a_block_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        notebook.notebook("```python\n1/0\n```\n")
