"""Every formula of our Markdown, as the programs that set it read it: KaTeX and MathJax refuse none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from layers import LAYERS
from networks import EXAMPLES as SCALAR_NETWORKS
from reporting.test_reporting import MATHS, check_markdown, odd_tree
from reporting.test_reporting_matrices import CASES, case_tree
from typesetters import TOOLS, Formula, formulas_in, refused
from vocabulary_networks import of_matrices, of_scalars

import symbackprop as sb
from symbackprop.cli import main
from symbackprop.publish import gather
from symbackprop.reporting import Extent, document, markdown

ROOT = Path(__file__).parents[2]
EXAMPLES = sb.example_names()
COMMITTED = ("*.md", "docs/*.md", "reports/*.md", "reports/studies/*.md")
PARTS = {"hand-out": Extent.of(handout=True), "fragment": Extent.of(fragment="ann")}
DRAWN = range(12)

pytestmark = pytest.mark.needs(*TOOLS)


def texts_of(name: str, folder: Path) -> dict[str, str]:
    """Every text in Markdown that there can be of an example: its report with training, parts, exercises."""
    done = CliRunner().invoke(main, ["report", name, "--format", "md", "-o", str(folder)])
    assert done.exit_code == 0, done.output
    made = {"report": (folder / f"{name}.md").read_text(encoding="utf-8")}
    d = sb.derive(sb.load_example(name))
    evidence = gather(d)
    made |= {part: markdown(document(d, evidence, extent=extent)) for part, extent in PARTS.items()}
    made["with shapes"] = markdown(document(d, evidence, shapes=True))
    for level in (1, 2, 3):
        sheet = sb.worksheet(d, level)
        made |= {f"sheet {level}": markdown(sheet.sheet), f"key {level}": markdown(sheet.key)}
    return {f"{name}, {part}": text for part, text in made.items()}


def shown_of(net: sb.Network) -> str:
    """What a notebook shows of a network and of its derivation."""
    return f"{net._repr_markdown_()}\n\n{sb.derive(net)._repr_markdown_()}"


def written_in(texts: dict[str, str]) -> dict[str, list[Formula]]:
    found = {place: list(formulas_in(text)) for place, text in texts.items()}
    assert all(found.values()), [place for place, formulas in found.items() if not formulas]
    return found


def test_both_programs_refuse_what_is_wrong() -> None:
    wrong = [r"\foo x", r"\frac{1}{2", "a_b_c", r"\left(x", r"\begin{bmatrix}1", "x & y", r"\mathbb{R"]
    found = refused({"here": [Formula(text) for text in wrong]})
    assert [line.split("\n")[0] for line in found] == [f"here: {text}" for text in wrong for _ in range(2)]
    assert [line.split("\n  ")[1].split(":")[0] for line in found] == ["KaTeX", "MathJax"] * len(wrong)
    assert len(refused({"here": [Formula("é")]})) == 1  # KaTeX alone
    assert refused({"here": [Formula(r"\frac{1}{2}\,x"), Formula(r"\begin{aligned}x &= y\end{aligned}", True)]}) == []


def test_all_ways_of_writing_mathematics_are_found() -> None:
    text = "a $`x_1`$ and $y$, `$z$`\n\n```math\nu\n```\n\n```console\n$ ls $HOME\n```\n\n$$\nv_1\n$$\n\\$5 or \\$6"
    found = [("u", True), ("x_1", False), ("y", False), ("v_1", True)]
    assert [(formula.text, formula.display) for formula in formulas_in(text)] == found


def test_every_formula_that_is_committed_is_set() -> None:
    paths = [path for pattern in COMMITTED for path in ROOT.glob(pattern)]
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}
    found = {place: list(formulas_in(text)) for place, text in texts.items()}
    for name in EXAMPLES:
        place = f"reports/{name}.md"
        assert [formula.text for formula in found[place]] == [text.strip() for text in MATHS.findall(texts[place])]
    assert len({formula for formulas in found.values() for formula in formulas}) > 3000
    assert refused(found) == []


def test_every_formula_of_the_notebook_is_set() -> None:
    cells = json.loads((ROOT / "docs" / "tutorial.ipynb").read_text(encoding="utf-8"))["cells"]
    shown = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    texts = ["".join(data[kind]) for data in shown for kind in ("text/latex", "text/markdown") if kind in data]
    texts += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert refused({"docs/tutorial.ipynb": [formula for text in texts for formula in formulas_in(text)]}) == []


def test_every_formula_of_an_example_is_set(tmp_path: Path) -> None:
    texts = texts_of("two-layer-bias", tmp_path)
    for text in texts.values():
        check_markdown(text)
    assert refused(written_in(texts)) == []


@pytest.mark.slow
def test_every_formula_of_all_examples_is_set(tmp_path: Path) -> None:
    texts = {place: text for name in EXAMPLES for place, text in texts_of(name, tmp_path).items()}
    for text in texts.values():
        check_markdown(text)
    assert refused(written_in(texts)) == []


@pytest.mark.slow
def test_every_formula_of_other_networks_is_set() -> None:
    """Awkward names, one network for each thing that can go wrong, and functions and operations drawn by lot."""
    nets = {name: make() for name, make in {**SCALAR_NETWORKS, **LAYERS}.items()}
    nets |= {f"{draw.__name__} {seed}": draw(seed).network for draw in (of_scalars, of_matrices) for seed in DRAWN}
    texts = {"awkward names": markdown(odd_tree())}
    texts |= {name: markdown(case_tree(name, shapes=True)) for name in CASES}
    for name, net in nets.items():
        d = sb.derive(net)
        texts[name] = markdown(document(d, gather(d), shapes=True))
    for text in texts.values():
        check_markdown(text)
    shown = {f"{name} in a notebook": shown_of(net) for name, net in nets.items()}
    assert refused(written_in(texts | shown)) == []
