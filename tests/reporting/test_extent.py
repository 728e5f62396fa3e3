"""How much of a report is written: hand-outs, sections, fragments, what stands above; each result told once."""

from __future__ import annotations

import itertools
import re
import shlex
import subprocess

import pytest
import sympy
from click.testing import CliRunner
from conftest import slow_except
from reporting.test_reporting import check_log, compile_latex

import symbackprop as sb
from symbackprop.cli import main
from symbackprop.cli.commands.documents import _again
from symbackprop.errors import SymbackpropError
from symbackprop.notation import Total
from symbackprop.publish import gather
from symbackprop.reporting import Extent, document, latex, markdown
from symbackprop.reporting.blocks import Formula, Heading

EXAMPLES = sb.example_names()
HOSTILE = r"""<script>alert('1')</script> \input{/etc/passwd} 50% $x$ "q" {{ 7*7 }} =cmd|' /C calc'!A0 #1 & ~ ^"""


@pytest.fixture(scope="module")
def neuron():
    x, t, w, b, y, E = sympy.symbols("x t w b y E")
    network = sb.Network(
        {y: sb.sigmoid(w * x + b), E: (y - t) ** 2 / 2}, inputs=[x], targets=[t], parameters=[w, b], loss=E,
        description="One neuron", meanings={"x": "height in metres", "y": "the prediction"},
        values={"x": 1.0, "t": 0.0, "w": 0.5, "b": 0.1},
    )  # fmt: skip
    derivation = sb.derive(network)
    return derivation, gather(derivation)


def titles(made):
    return [str(block.text[0]) for block in made.blocks if isinstance(block, Heading) and block.level == 1]


def test_description_and_meanings_are_printed(neuron):
    text = markdown(document(*neuron))
    assert "\nOne neuron.\n" in text
    assert "| $`x`$ | input: height in metres |" in text
    assert "| $`y`$ | the prediction |" in text


def test_a_handout_has_the_derivation_and_the_results_with_numbers(neuron):
    made = document(*neuron, extent=Extent.of(handout=True))
    assert titles(made) == ["What is asked", "Forward pass", "From the loss back", "What came out"]
    results = made.blocks[-1]
    assert isinstance(results, Formula)
    assert all(line.result is not None for line in results.lines)
    assert set(made.references()) <= set(made.numbers())


@pytest.mark.parametrize("name", ["mlp", "two-layer-bias", "attention-layer"])
def test_each_of_the_sections_can_stand_alone(name):
    derivation = sb.derive(sb.load_example(name))
    evidence = gather(derivation)
    whole = document(derivation, evidence)
    for section in ("question", "forward", "derivation", "results", "numbers", "checks"):
        made = document(derivation, evidence, extent=Extent.of(sections=[section]))
        assert len(titles(made)) == 1
        assert set(titles(made)) <= set(titles(whole))
        assert set(made.references()) <= set(made.numbers())


def test_a_fragment_has_no_head_and_its_own_labels(neuron):
    made = document(*neuron, extent=Extent.of(fragment="ann", sections=["forward", "results"]))
    written = latex(made)
    assert r"\documentclass" not in written
    assert r"\def\linelabel{ann}" in written
    assert markdown(made).startswith("\n## Forward pass") or markdown(made).startswith("## Forward pass")
    assert '<a id="ann-1"></a>' in markdown(made)


@pytest.mark.parametrize(
    "words",
    [
        ["--handout", "--title", 'It\'s "mine"; $(rm -r x)', "--author", "A & B"],
        ["--sections", "forward,derivation", "--fragment", "ann", "--shapes"],
        ["--lr", "0.5", "--epochs", "2", "--sweep", "0.1,0.5", "--form", "published"],
    ],
)
def test_the_command_on_a_page_makes_it_again(words):
    with main.commands["report"].make_context("report", ["or-gate", "-o", "DIR", *words]) as context:
        again = shlex.split(_again("or-gate", context.params))
    assert again[:3] == ["symbackprop", "report", "or-gate"]
    assert sorted(again) == sorted(["symbackprop", "report", "or-gate", "-o", "DIR", "--format", "html", *words])


@pytest.mark.needs("pdflatex")
def test_two_fragments_go_into_one_paper(neuron, tmp_path):
    sb.report(neuron[0], tmp_path / "part", formats=["tex"], fragment="ann", sections=["forward", "derivation"])
    sb.report(neuron[0], tmp_path / "other", formats=["tex"], fragment="bob", sections=["drawing", "forward"])
    (tmp_path / "paper.tex").write_text(
        r"""\documentclass{article}
\usepackage{amsmath,amssymb,mathtools,longtable,booktabs,fancyvrb,graphicx,xcolor,hyperref,tikz}
\begin{document}\input{part}By \eqref{ann:1} and \eqref{bob:2}: \input{other}\end{document}
"""
    )
    for _ in range(2):
        run = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
    assert run.returncode == 0
    assert b"undefined" not in run.stdout
    assert b"multiply defined" not in run.stdout


def paper(part):
    """A document that reads part.tex, and has what the first lines of that say that it needs, and no more."""
    first, *needed = itertools.takewhile(lambda line: line.startswith("%"), part.splitlines())
    assert first == r"% To be read by \input. What reads it needs these lines in its preamble, without %:"
    preamble = "\n".join(line.removeprefix("% ") for line in needed)
    return (
        f"\\documentclass[11pt,a4paper]{{article}}\n\\usepackage[margin=22mm]{{geometry}}\n{preamble}\n"
        "\\begin{document}\n\\input{part}\n\\end{document}\n"
    )


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", slow_except(["mlp"], EXAMPLES))
def test_a_fragment_goes_into_a_paper(name, tmp_path):
    (part,) = sb.report(sb.derive(sb.load_example(name)), tmp_path / "part", formats=["tex"], fragment="ann")
    check_log(compile_latex(paper(part.read_text(encoding="utf-8")), tmp_path))


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", slow_except(["two-layer-bias"], EXAMPLES))
def test_a_handout_has_two_to_four_pages(name, tmp_path):
    (path,) = sb.report(sb.derive(sb.load_example(name)), tmp_path / name, formats=["tex"], handout=True)
    log = compile_latex(path.read_text(encoding="utf-8"), tmp_path)
    check_log(log)
    assert 2 <= int(re.search(r"Output written on report\.pdf \((\d+) page", log)[1]) <= 4


def test_title_and_author_stand_as_they_are_written(neuron):
    made = document(*neuron, extent=Extent.of(title=HOSTILE, author=HOSTILE))
    plain, set_ = markdown(made), latex(made)
    assert "<script>" not in plain.splitlines()[0].replace(r"\<script\>", "")
    assert r"\input{" not in set_
    assert r"\textbackslash{}input\{" in set_
    assert r"{{ 7\*7 }}" in plain
    assert "49" not in plain.splitlines()[0]


@pytest.mark.parametrize("name", slow_except(["mlp", "two-layer-bias", "rnn"], EXAMPLES))
def test_every_result_is_told_once_beside_its_work(name):
    """Each δ and each gradient has one line among the results; in the derivation only what is worked has it, too."""
    derivation = sb.derive(sb.load_example(name))
    made = document(derivation, gather(derivation))
    formulas = [line for block in made.blocks if isinstance(block, Formula) for line in block.lines]
    for w in derivation.wrt:
        assert sum(line.lhs == Total(derivation.network.loss, w) and line.number is not None for line in formulas) <= 3
    for delta in derivation.backward:
        assert sum(line.lhs == delta and line.number is not None for line in formulas) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sections": ["forwrd"]}, "error[sections]: there is no section 'forwrd'; did you mean 'forward'?"),
        ({"sections": []}, "error[sections]: no section is named; name some of question, symbols,"),
        ({"handout": True, "sections": ["forward"]}, "error[sections]: both a hand-out and sections are asked for;"),
        ({"fragment": r"a}\input"}, r"error[fragment]: the labels of the fragment would begin with"),
        ({"title": "a\x00b"}, r"error[title]: the title is 'a\x00b'; write at most 200 characters"),
        ({"author": 3}, 'error[author]: the author is 3, not text; write author="…"'),
    ],
)
def test_what_there_is_not_is_refused_and_nothing_written(neuron, tmp_path, given, words):
    with pytest.raises(SymbackpropError, match=re.escape(words)):
        sb.report(neuron[0], tmp_path / "out", **given)
    assert list(tmp_path.iterdir()) == []


def test_the_command_takes_all_of_it(tmp_path):
    command = [
        "report",
        "linear-neuron",
        "-o",
        str(tmp_path),
        "--format",
        "md",
        "--title",
        "A line",
        "--author",
        "N. N.",
    ]
    assert CliRunner().invoke(main, [*command, "--handout"]).exit_code == 0
    text = (tmp_path / "linear-neuron.md").read_text(encoding="utf-8")
    assert text.startswith("# A line\n\nN. N.\n")
    refused = CliRunner().invoke(main, [*command, "--sections", "nothing"])
    assert refused.exit_code == 2
    assert "there is no section 'nothing'" in refused.output
