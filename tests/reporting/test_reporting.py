"""Documents: the tree, its numbers and references, Markdown for GitHub, LaTeX for pdflatex, and the gallery."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import slow_except
from sympy import Abs, Max, Piecewise, symbols

import symbackprop as sb
from symbackprop.cli import main
from symbackprop.publish import DOCUMENTS, gather
from symbackprop.reporting import document, latex, markdown
from symbackprop.reporting.alike import groups_of
from symbackprop.reporting.blocks import Figure, Formula, Heading, Line, Paragraph, Raw
from symbackprop.reporting.latex import escaped as latex_escaped
from symbackprop.reporting.latex import kept_together
from symbackprop.reporting.markdown import escaped as markdown_escaped
from symbackprop.reporting.numbers import column_number, plain, put_in, shown
from symbackprop.reporting.sections.training import chosen

ROOT = Path(__file__).parents[2]
EXAMPLES = sb.example_names()
MATHS = re.compile(r"\$`(.*?)`\$")
VERSIONS = re.compile(r"(symbackprop|SymPy|NumPy) \d[\w.+]*")


def derivation(name):
    return sb.derive(sb.load_example(name))


def tree(name, **training):
    d = derivation(name)
    return document(d, gather(d, **training))


@pytest.fixture(scope="module")
def trees():
    return {name: tree(name) for name in EXAMPLES}


def odd_network():
    """Names and functions that are awkward to print, a skip connection, a value used twice, a weight in two places."""
    x, t, loss, beta, chat, h, a, y, s = symbols("x t loss beta chat h a y s")
    w, v, alpha = symbols("w v alpha")
    return sb.Network(
        {
            h: w * x + chat,
            a: sb.leaky_relu(h, alpha),
            s: Max(a, v * x) + Abs(h),
            y: a * s + beta * w,
            loss: Piecewise(((y - t) ** 2 / 2, y < t + 1), (y - t - sb.sigmoid(0) + sb.sigmoid(0), True)) + v**2 / 100,
        },
        inputs=[x],
        targets=[t],
        parameters=[w, v, alpha, beta, chat],
        loss=loss,
        name=r"odd 50% & \input{x} <b>_|`$#",
        values={"x": 0.5, "t": 0.2, "w": 0.3, "v": -0.4, "alpha": 0.1, "beta": 0.7, "chat": 0.2},
    )


def odd_tree():
    with pytest.warns(UserWarning, match="jumps"):
        d = sb.derive(odd_network())
    history = sb.train(d, learning_rate=0.1, epochs=20)
    return document(d, gather(d, None, history))


# The tree


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_reference_resolves_and_numbers_run_from_one(trees, name):
    numbers = list(trees[name].numbers())
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(trees[name].references()) <= set(numbers)
    assert list(trees[name].references())


def test_sections_come_in_order(trees):
    titles = [b.text[0] for b in trees["two-layer-sigmoid"].blocks if isinstance(b, Heading) and b.level == 1]
    assert titles == [
        "What is asked", "Symbols", "Forward pass", "From the loss back",
        "The same for any number of layers", "What came out", "The other local derivatives",
        "A second view: along the routes",
        "The first step in numbers", "Update rule and training", "The chain product, link by link", "Verification",
        "The generated NumPy code", "Appendix",
    ]  # fmt: skip


def test_the_place_of_the_drawing_is_kept(trees):
    assert any(isinstance(b, Figure) and b.key == "graph" for b in trees["two-layer-sigmoid"].blocks)


def test_weights_of_one_shape_form_a_group():
    groups = groups_of(derivation("two-layer-sigmoid"))
    assert [[s.name for s in g.names] for g in groups] == [["w5", "w6", "w7", "w8"], ["w1", "w2", "w3", "w4"]]


@pytest.mark.slow
def test_many_weights_never_make_as_many_derivations():
    d = sb.derive(sb.mlp([16, 16, 12]))
    groups = groups_of(d)
    assert len(d.wrt) == 476
    assert len(groups) == 4
    blocks = document(d, gather(d)).blocks
    assert sum(isinstance(b, Heading) and b.text[0] == "The gradient of " for b in blocks) <= 4
    assert sum(len(b.lines) for b in blocks if isinstance(b, Formula)) < 250


def test_weights_with_another_activation_or_input_are_another_shape():
    x, t, w, v, h, g, a, b, E = symbols("x t w v h g a b E")
    net = sb.Network(
        {h: w * x, g: v * x, a: sb.sigmoid(h), b: sb.relu(g), E: (t - a - b) ** 2 / 2},
        inputs=[x], targets=[t], parameters=[w, v], loss=E,
    )  # fmt: skip
    assert len(groups_of(sb.derive(net))) == 2


def test_without_values_there_are_no_numbers_and_no_gaps():
    d = sb.derive(sb.mlp([2, 2], bias=False))
    made = document(d, gather(d))
    assert not any(isinstance(b, Paragraph) and "numbers" in str(b.text) for b in made.blocks)
    assert "initially" not in markdown(made)


# What it says


def test_figures_of_the_two_layer_network_stand_in_its_report():
    text = (ROOT / "reports" / "two-layer-sigmoid.md").read_text(encoding="utf-8")
    for figure in ["0.506875", "0.142357", "0.0721571", "0.000188256", "0.070431"]:
        assert figure in text
    rates = text[text.index("### Learning rates") :]
    for rate, losses in {
        "0.1": ("0.24252", "0.24111", "0.18527"),
        "0.2": ("0.24252", "0.23970", "0.14139"),
        "0.5": ("0.24252", "0.23550", "0.070431"),
        "0.8": ("0.24252", "0.23132", "0.042524"),
        "1": ("0.24252", "0.22855", "0.032745"),
        "2": ("0.24252", "0.21490", "0.013922"),
    }.items():
        cells = " | ".join(f"$`{loss}`$" for loss in losses)
        assert f"| {rate} | {cells} |" in rates


def test_figures_of_the_or_gate_stand_in_its_report():
    text = (ROOT / "reports" / "or-gate.md").read_text(encoding="utf-8")
    epochs, alone = text.split("### The first example alone")
    for figure in ["0.088913", "0.084010", "-0.044", "-0.035", "-0.031", "0.00052757"]:
        assert figure in epochs[epochs.index("### Epochs") :]
    for figure in ["0.12500", "-0.12500", "0.46879", "0.10988"]:
        assert figure in alone
    assert "| 5e-10 |" in alone
    assert "| 50 |" in alone


def test_the_closed_form_of_a_hidden_weight_stands_in_the_report():
    rows = (ROOT / "reports" / "two-layer-sigmoid.md").read_text(encoding="utf-8").splitlines()
    pairs = [f"{here} {following}" for here, following in itertools.pairwise(rows)]
    for first, second, a, i in [(5, 7, 1, 1)]:
        outside = rf"$`= a_{{h_{a}}}(1-a_{{h_{a}}})\,i_{i}`$"
        inside = "+".join(
            rf"(a_{{o_{k}}}-t_{k})\,a_{{o_{k}}}(1-a_{{o_{k}}})\,w_{w}" for k, w in ((1, first), (2, second))
        )
        assert any(outside in pair and rf"\quad {{}}\cdot \bigl[{inside}\bigr]`$" in pair for pair in pairs)


def test_conventions_at_kinks_are_printed():
    assert "relu'(0) = 0" in (ROOT / "reports" / "smooth-l1-relu.md").read_text(encoding="utf-8")


def test_training_that_diverged_is_told():
    x, t, w, E = symbols("x t w E")
    net = sb.Network({E: (t - w * x) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    d = sb.derive(net)
    values = {"x": 2.0, "t": 1.0, "w": 0.7}
    swept = sb.sweep(d, {"x": 2.0, "t": 1.0}, initial={"w": 0.7}, learning_rates=[0.01, 1e200], epochs=5)
    text = markdown(document(d, gather(d, values, None, tuple(swept))))
    assert "| 1e+200 |" in text
    assert "diverged" in text


# Markdown


def check_markdown(text):
    spans = MATHS.findall(text)
    assert spans
    for span in spans:
        assert len(span) <= 1000
        assert span.count("{") == span.count("}")
        assert span.count(r"\left") == span.count(r"\right")
        assert "|" not in span
        for banned in [r"\operatorname", r"\newcommand", r"\mbox", r"\phantom", r"\label", r"\tag", "$"]:
            assert banned not in span
        assert span.count(r"\color") <= 50
    outside = MATHS.sub("", re.sub(r"```python.*?```", "", text, flags=re.DOTALL))
    assert not re.search(r"(?<!\\)\$", outside)
    anchors = re.findall(r'<a id="([^"]+)"></a>', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= set(anchors)
    columns = None
    for line in text.splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", MATHS.sub("", line)))
            assert columns in (None, cells), line
            columns = cells
        else:
            columns = None


@pytest.mark.parametrize("name", EXAMPLES)
def test_markdown_obeys_the_rules_of_github(trees, name):
    check_markdown(markdown(trees[name]))


def test_markdown_of_awkward_names_obeys_them_too():
    text = markdown(odd_tree())
    check_markdown(text)
    assert text.startswith(r"# Back-propagation by hand: odd 50% & \\input{x} \<b\>\_\|\`\$\#")


def test_both_formats_have_the_same_numbers(trees):
    for made in trees.values():
        in_markdown = re.findall(r"\*\*\((\d+)\)\*\*", markdown(made))
        in_latex = re.findall(r"^\\step\{.*\{(\d+)\}$", latex(made), re.MULTILINE)
        assert in_markdown == in_latex
        assert set(re.findall(r"\\lineref\{(\d+)\}", latex(made))) <= set(in_latex)


# LaTeX


def compile_latex(source, folder):
    (folder / "report.tex").write_text(source, encoding="utf-8")
    environment = {**os.environ, "openin_any": "p", "openout_any": "p", "max_print_line": "1000"}
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
    for _ in range(3):
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]
    return (folder / "report.log").read_text(encoding="utf-8", errors="replace")


def check_log(log):
    assert "undefined" not in log
    assert "does not exist" not in log
    assert "multiply" not in log
    assert "Rerun to get" not in log
    wide = [float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", log)]
    assert max(wide, default=0) <= 5, wide


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", slow_except(["two-layer-sigmoid"], EXAMPLES))
def test_latex_compiles_without_warnings_or_wide_boxes(name, tmp_path):
    check_log(compile_latex((ROOT / "reports" / f"{name}.tex").read_text(encoding="utf-8"), tmp_path))


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
def test_latex_of_awkward_names_compiles(tmp_path):
    (tmp_path / "x.tex").write_text("SECRET", encoding="utf-8")
    log = compile_latex(latex(odd_tree()), tmp_path)
    check_log(log)
    assert "x.tex" not in log


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
def test_latex_of_a_larger_network_compiles(tmp_path):
    d = sb.derive(sb.mlp([4, 8, 8, 3], activation="gelu", loss="cross_entropy"))
    values = {s.name: 0.1 * (k % 7) - 0.3 for k, s in enumerate((*d.network.inputs, *d.wrt))}
    values |= {"t1": 0.0, "t2": 1.0, "t3": 0.0}
    check_log(compile_latex(latex(document(d, gather(d, values))), tmp_path))


# Escaping, numbers, rows


@pytest.mark.parametrize("text", ["a_b", "x*y", "[l](u)", "`c`", "a|b", "<b>", r"\n", "#1", "$x$", "~~"])
def test_markdown_escapes_what_means_something(text):
    escaped = markdown_escaped(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)[`*_\[\]<>|#~$]", re.sub(r"\\\\", "", escaped))


def test_latex_escapes_what_means_something():
    assert latex_escaped(r"\input{x} 50% a_b & $1 #2 ~ ^") == (
        r"\textbackslash{}input\{x\} 50\% a\_b \& \$1 \#2 \textasciitilde{} \textasciicircum{}"
    )
    assert latex_escaped("α→\u200b漢") == r"$\alpha$$\to$??"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.25, "0.25"), (-4.5, "-4.5"), (0.0, "0"), (-0.0, "0"), (1.2e-9, r"1.2\times 10^{-9}"), (1e-9, "10^{-9}"),
        (0.0721570729, "0.0721571"), (123456789.0, r"1.23457\times 10^{8}"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_mathematics(value, text):
    assert shown(value) == text


def test_numbers_in_columns_keep_their_zeros():
    assert column_number(0.15).latex == "0.15000"
    assert column_number(0.0).latex == "0"
    assert plain(-0.0) == "0"


def test_numbers_are_put_in_with_brackets_where_they_are_negative():
    w1, w2, i1, i2 = symbols("w1 w2 i1 i2")
    values = {"w1": -0.15, "w2": 0.2, "i1": 0.05, "i2": -1e-9}
    order = sb.derive(sb.mlp([2, 1], bias=False)).order
    assert put_in(w1 * i1 + w2 * i2, values, order) == r"(-0.15)\cdot 0.05+0.2\cdot (-10^{-9})"


@pytest.mark.parametrize("count", [1, 2, 14, 15, 46, 101, 201, 5001, 123457])
def test_rows_of_a_long_table(count):
    rows = chosen(count)
    assert rows == sorted(set(rows))
    assert rows[0] == 0
    assert rows[-1] == count - 1
    assert len(rows) <= 18


def test_rows_of_45_epochs_are_round():
    assert chosen(46) == [0, 1, 2, 5, 10, 20, 45]


# Files


def test_report_writes_both_formats_beside_one_another(tmp_path):
    d = derivation("deep-chain")
    paths = sb.report(d, tmp_path / "sub" / "chain")
    assert [p.name for p in paths] == ["chain.md", "chain.tex"]
    assert all(p.exists() for p in paths)
    pictures = pictures_of(paths[0])
    assert set(pictures) == {p.name for p in paths[0].parent.iterdir() if p.suffix == ".svg"}
    assert pictures[0] == "chain-network.svg"
    assert paths[1].read_text(encoding="utf-8").count(r"\begin{tikzpicture}") == len(pictures)


def test_unknown_format_writes_nothing(tmp_path):
    with pytest.raises(sb.SymbackpropError, match=r"there is no format 'doc'; known names: html, md, pdf, tex, xlsx"):
        sb.report(derivation("deep-chain"), tmp_path / "chain", formats=("md", "doc"))
    assert not list(tmp_path.iterdir())


def test_values_that_do_not_fit_write_nothing(tmp_path):
    with pytest.raises(sb.DataError, match="there is a value for w9"):
        sb.report(derivation("deep-chain"), tmp_path / "chain", values={"w9": 1.0})
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(sb.SymbackpropError, match=r"error\[output\]: cannot write .*name a place"):
        sb.report(derivation("deep-chain"), tmp_path / "file" / "chain")


@pytest.mark.parametrize("name", slow_except(["two-layer-sigmoid", "mlp"], EXAMPLES))
def test_the_gallery_is_what_comes_out(name, tmp_path):
    result = CliRunner().invoke(main, ["report", name, "-o", str(tmp_path)])
    assert result.exit_code == 0, result.output
    for suffix in DOCUMENTS:
        fresh = (tmp_path / f"{name}.{suffix}").read_text(encoding="utf-8")
        kept = (ROOT / "reports" / f"{name}.{suffix}").read_text(encoding="utf-8")
        assert VERSIONS.sub("", fresh) == VERSIONS.sub("", kept), "scripts/make_reports writes what comes out"
    for picture in tmp_path.glob("*.svg"):
        kept = (ROOT / "reports" / picture.name).read_text(encoding="utf-8")
        assert picture.read_text(encoding="utf-8") == kept, "scripts/make_reports writes what comes out"


def test_the_gallery_holds_nothing_else():
    files = {p.name for p in (ROOT / "reports").iterdir() if p.is_file()} - {"README.md"}  # lists them
    pictures = {picture for name in EXAMPLES for picture in pictures_of(ROOT / "reports" / f"{name}.md")}
    assert files == {f"{name}.{suffix}" for name in EXAMPLES for suffix in DOCUMENTS} | pictures


def pictures_of(report):
    return re.findall(r"!\[.+\]\((.*?)\)", report.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_same_bytes_under_every_hash_seed(tmp_path):
    digests = set()
    for seed in range(5):
        out = tmp_path / str(seed)
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command = [sys.executable, "-m", "symbackprop", "report", "softmax-classifier", "-o", str(out)]
        subprocess.run(command, env=environment, check=True, capture_output=True)
        digests.add(tuple(hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.iterdir())))
    assert len(digests) == 1


# Pictures


def test_pictures_stand_where_they_belong(trees):
    blocks = trees["or-gate"].blocks
    places = {}
    section = ""
    for block in blocks:
        if isinstance(block, Heading):
            section = block.text[0]
        elif isinstance(block, Figure):
            places[block.key] = section
    assert places == {"network": "Symbols", "routes-w1": "The gradient of ", "graph": "The first step in numbers"}


def test_training_is_drawn_with_its_numbers():
    d = derivation("or-gate")
    history = sb.train(d, learning_rate=1.0, epochs=60)
    swept = sb.sweep(d, initial={"w1": 0.1, "w2": 0.6, "b": 0.0}, learning_rates=[0.5, 5.0], epochs=20)
    made = document(d, gather(d, None, history, tuple(swept)))
    keys = [figure.key for figure in made.figures()]
    assert keys == ["network", "routes-w1", "graph", "loss", "boundary", "surface", "rates"]
    words = {key: made.pictures[key].words for key in keys}
    assert f"goes from {history.losses[0]:.4g} to {history.losses[-1]:.4g}" in words["loss"]
    assert "3 of 4 examples have a target above one half" in words["boundary"]
    assert f"the loss is {history.losses[-1]:.4g}" in words["surface"]
    assert "at 0.5 it goes from 0.08891" in words["rates"]
    for line in markdown(made.beside("a report")).splitlines():
        if line.startswith("!["):
            assert "](a%20report-" in line


def test_a_picture_of_what_diverged_is_drawn():
    x, t, w, E = symbols("x t w E")
    net = sb.Network({E: (t - w * x) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    d = sb.derive(net)
    with pytest.raises(sb.Diverged) as caught:
        sb.train(d, {"x": 2.0, "t": 1.0}, initial={"w": 0.7}, learning_rate=1e200, epochs=5)
    history = caught.value.history
    made = document(d, gather(d, {"x": 2.0, "t": 1.0, "w": 0.7}, history))
    assert "is no number any more" in made.pictures["loss"].words or "has no finite" in made.pictures["loss"].words
    assert "surface" not in made.pictures


def test_lines_about_one_left_side_stay_on_a_page_where_they_are_few():
    def line(left):
        return Line(Raw("1"), Raw(left) if left else None)

    assert kept_together([line("a"), line(""), line("b"), line("c"), line("")]) == [False, True, False, False, True]
    assert kept_together([line("a"), *[line("")] * 8]) == [False] * 9
