"""Pictures: what is drawn, where it stands, and that both formats take it."""

from __future__ import annotations

import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from command_line import run, told
from conftest import slow_except
from sympy import symbols

import symbackprop as sb
from symbackprop.drawings import Picture, graph, network, svg, tikz
from symbackprop.drawings.boxes import box_of, overlap
from symbackprop.drawings.choosing import DOTS, chosen
from symbackprop.drawings.picture import Edge, Label, Node
from symbackprop.drawings.setting import plain, width_of
from symbackprop.drawings.tikz import document
from symbackprop.notation.numbers import shown

EXAMPLES = sb.example_names()
SVG = "{http://www.w3.org/2000/svg}"


def drawn(name: str) -> dict[str, Picture]:
    """The picture of each kind of a shipped network; of a walk the last."""
    d = sb.derive(sb.load_example(name))
    kinds = ["network", "graph", "walk", *(["routes"] if d.network.kind.has_routes else [])]
    return {kind: sb.drawing(d, kind)[-1] for kind in kinds}


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict[str, Picture]]:
    return {name: drawn(name) for name in EXAMPLES}


def nodes_of(picture: Picture) -> dict[str, Node]:
    return {part.name: part for part in picture.parts if isinstance(part, Node)}


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


# Every shipped network


@pytest.mark.parametrize("name", EXAMPLES)
def test_svg_is_well_formed_and_says_what_is_to_be_seen(shipped, name):
    for picture in shipped[name].values():
        root = parsed(svg(picture))
        assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
        title, words = root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text
        assert sb.load_example(name).name in title
        assert words
        assert words == picture.words


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_two_labels_lie_on_each_other(shipped, name):
    for kind, picture in shipped[name].items():
        boxes = [(label.latex, box_of(label)) for label in picture.labels() if label.latex]
        touching = [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if overlap(one, other) > 1.0]
        assert touching == [], kind


@pytest.mark.parametrize("name", EXAMPLES)
def test_everything_is_on_the_sheet_and_no_node_on_another(shipped, name):
    for kind, picture in shipped[name].items():
        for label in picture.labels():
            if not label.latex:
                continue
            left, top, right, bottom = box_of(label)
            assert left >= 0, (kind, label)
            assert top >= 0, (kind, label)
            assert right <= picture.width, (kind, label)
            assert bottom <= picture.height, (kind, label)
        boxes = [
            (n.x - n.width / 2, n.y - n.height / 2, n.x + n.width / 2, n.y + n.height / 2)
            for n in nodes_of(picture).values()
        ]
        assert not [pair for pair in combinations(boxes, 2) if overlap(*pair) > 0], kind


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_name_is_drawn(shipped, name):
    net = sb.load_example(name)
    wanted = {s.name for s in (*net.inputs, *net.constants, *net.parameters, *net.equations)}
    assert nodes_of(shipped[name]["graph"]).keys() == wanted
    seen = " ".join(label.latex for label in shipped[name]["network"].labels())
    names = sb.notation.NameTable.of(s.name for s in (*net.names, *net.sizes))
    merged = {u.args[0].name for u in net.equations.values() if len(u.args) == 1 and u.args[0] in net.equations}
    assert {s for s in wanted - merged if names.latex(s) not in seen} <= {"t3"}  # of many targets the last are dots


@pytest.mark.parametrize("name", EXAMPLES)
def test_ways_run_between_nodes_that_use_one_another(shipped, name):
    net = sb.load_example(name)
    for edge in shipped[name]["graph"].parts:
        if isinstance(edge, Edge):
            assert edge.source in {s.name for s in net.equations[net.symbol(edge.target)].free_symbols}
            assert len(edge.points) == 2 or len(edge.points) % 3 == 1


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", slow_except(["two-layer-bias", "attention"], EXAMPLES))
def test_latex_takes_every_picture(shipped, name, tmp_path):
    for kind, picture in shipped[name].items():
        (tmp_path / f"{kind}.tex").write_text(document(picture), encoding="utf-8")
        command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", f"{kind}.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert "1 page" in done.stdout
        assert "Overfull" not in done.stdout


@pytest.mark.needs("pdflatex")
def test_boxes_are_as_wide_as_their_labels_in_latex(shipped, tmp_path):
    boxes = [
        (node, label)
        for name in EXAMPLES
        for node in nodes_of(shipped[name]["network"]).values()
        for label in node.labels
        if label.role in ("name", "operation", "shape")
    ]
    measured = "\n".join(
        rf"\settowidth{{\dimen0}}{{\fontsize{{{label.size}}}{{9}}\selectfont${label.latex}$}}\typeout{{=\the\dimen0}}"
        for _, label in boxes
    )
    head = "\\documentclass[11pt]{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{amsmath,mathtools}\n"
    (tmp_path / "widths.tex").write_text(head + rf"\begin{{document}}{measured}x\end{{document}}", encoding="utf-8")
    command = ["pdflatex", "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "widths.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    widths = [float(line[1:-2]) for line in done.stdout.splitlines() if line.startswith("=")]
    assert len(widths) == len(boxes) > 100
    too_narrow = [(label.latex, width, node.width) for (node, label), width in zip(boxes, widths, strict=True)
                  if width > node.width - 4]  # fmt: skip
    assert not too_narrow


@pytest.mark.slow
def test_the_same_network_gives_the_same_bytes_under_any_hash_seed():
    code = (
        "import hashlib, symbackprop as sb; d = sb.derive(sb.load_example('{}'));"
        "print([hashlib.sha256((x.svg() + x.tikz()).encode()).hexdigest()"
        " for x in (sb.drawing(d, kind) for kind in ('network', 'graph', 'walk'))])"
    )
    for name in ("rnn", "smooth-l1-relu"):
        seen = set()
        for seed in ("0", "1", "77"):
            command = [sys.executable, "-c", code.format(name)]
            done = subprocess.run(command, env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                                  capture_output=True, text=True, check=True)  # fmt: skip
            seen.add(done.stdout)
        assert len(seen) == 1


# Numbers


@pytest.mark.parametrize("name", ["two-layer-bias", "or-gate", "smooth-l1-relu", "deep-chain"])
def test_the_graph_has_the_numbers_of_the_gradient_function(name):
    d = sb.derive(sb.load_example(name))
    point = {key: float(np.ravel(value)[0]) for key, value in d.network.values.items()}
    forward, gradients = sb.lambdify(d).forward_backward(**point)
    labels = list(sb.drawing(d, "graph")[0].labels())
    values = {label.of[0]: label.latex for label in labels if label.role == "value"}
    found = {label.of[0]: label.latex for label in labels if label.role == "gradient"}
    assert values == {key: shown(float(value), 4) for key, value in {**point, **forward}.items()}
    assert {w: found[w] for w in gradients} == {w: shown(float(g), 4) for w, g in gradients.items()}


def test_local_derivatives_stand_on_the_edges():
    d = sb.derive(sb.load_example("or-gate"))
    letters = {label.of: label.latex for label in graph(d).labels() if label.role == "local"}
    assert letters["w1", "z"] == "x_1"
    assert letters["b", "z"] == "1"
    numbers = {label.of: label.latex for label in sb.drawing(d, "graph")[0].labels() if label.role == "local"}
    assert numbers["z", "y_hat"] == "0.25"


@pytest.mark.parametrize("name", ["two-layer-bias", "softmax-classifier", "mlp", "batch-norm-layer"])
def test_frames_of_a_walk_show_more_and_more_and_the_right_numbers(name):
    d = sb.derive(sb.load_example(name))
    frames = sb.drawing(d, "walk")
    whole = {(label.role, label.of): label.latex for label in sb.drawing(d, "graph")[0].labels() if label.of}
    before: set[object] = set()
    for frame in frames:
        seen = {(label.role, label.of): label.latex for label in frame.labels() if label.of and label.latex}
        assert seen.items() <= whole.items()
        assert before <= seen.keys()
        before = set(seen)
    assert {key for key, latex in whole.items() if latex} == before
    assert len(frames) == 1 + len(d.network.equations) + len({*d.graph.active, *d.wrt} - {d.network.loss} | set(
        [] if d.network.outputs else [d.network.loss]
    ))  # fmt: skip


def test_steps_of_a_walk_say_what_is_done():
    frames = sb.drawing(sb.load_example("or-gate"), "walk")
    says = [next(plain(label.latex) for label in frame.labels() if label.role == "step") for frame in frames]
    assert says[1] == "1 of 9, forward: z = w_1 x_1 + w_2 x_2 + b = 0"
    assert says[3] == "3 of 9, forward: L = ½ (ŷ − y)^2 = 0.125"
    assert says[4] == "4 of 9, back: ∂L/∂L = 1"
    assert says[5] == "5 of 9, back: ∂L/∂ŷ = ŷ − y = 0.5"
    assert says[6] == "6 of 9, back: ∂L/∂z = ∂L/∂ŷ · ∂ŷ/∂z = 0.5 · 0.25 = 0.125"
    assert len(says) == 10


def test_norms_of_matrices_are_those_of_the_gradients():
    d = sb.derive(sb.load_example("mlp"))
    _, gradients = sb.lambdify(d)(**d.network.values)
    found = {label.of[0]: label.latex for label in sb.drawing(d, "graph")[0].labels() if label.role == "gradient"}
    assert {w: found[w] for w in gradients} == {w: shown(float(np.linalg.norm(g)), 4) for w, g in gradients.items()}


# Routes


def test_routes_of_a_name_stand_out_by_more_than_a_colour():
    picture = sb.drawing(sb.load_example("two-layer-bias"), "graph", name="w1")[0]
    out = {(e.source, e.target) for e in picture.parts if isinstance(e, Edge) and e.stands_out}
    names = ["h1", "a_h1"], ["o1", "o2"], ["a_o1", "a_o2"], ["E1", "E2"]
    assert ("w1", "h1") in out
    assert {n for edge in out for n in edge} == {"w1", "E", *(n for pair in names for n in pair)}
    assert "2 routes from w1 to the loss E are drawn double" in picture.words
    root = parsed(svg(picture))
    double = [g for g in root.iter(f"{SVG}g") if g.get("class") == "edge" and len(g.findall(f"{SVG}path")) == 2]
    assert {(g.get("data-from"), g.get("data-to")) for g in double} == out


def test_routes_alone_have_the_names_on_them():
    picture = sb.drawing(sb.load_example("two-layer-bias"), "routes", name="w5")[0]
    assert list(nodes_of(picture)) == ["w5", "o1", "a_o1", "E1", "E"]
    assert picture.words.startswith("One route leads from w5 to E")


# Scripts find what they fill in


def test_scripts_find_nodes_and_edges_by_name():
    root = parsed(sb.drawing(sb.load_example("or-gate"), "graph").svg())
    nodes = {g.get("data-name"): g for g in root.iter(f"{SVG}g") if g.get("class") == "node"}
    assert set(nodes) == {"x1", "x2", "y", "w1", "w2", "b", "z", "y_hat", "L"}
    texts = {(t.get("class").split()[0], t.get("data-of")) for t in nodes["z"].iter(f"{SVG}text")}
    assert {("value", "z"), ("gradient", "z"), ("name", "z")} <= texts
    edges = {(g.get("data-from"), g.get("data-to")): g for g in root.iter(f"{SVG}g") if g.get("class") == "edge"}
    [local] = list(edges["w1", "z"].iter(f"{SVG}text"))
    assert local.get("class").startswith("local ")
    assert (local.get("data-from"), local.get("data-to")) == ("w1", "z")
    assert not list(edges["x1", "z"].iter(f"{SVG}text"))  # nothing goes back to an input


# Large networks


@pytest.mark.parametrize(
    "net",
    [sb.mlp([16, 16, 12]), sb.mlp([2] * 60), sb.mlp([1] * 101), sb.mlp([30] + [4] * 20, notation="matrix")],
    ids=["448 weights", "60 layers", "100-layer chain", "20 matrices"],
)
def test_large_networks_are_drawn_in_part(net):
    d = sb.derive(net)
    for picture in (network(d), graph(d)):
        assert len(nodes_of(picture)) <= 72
        assert picture.width < 1000
        assert picture.height < 800
        assert "left out" in picture.words
        boxes = [(label.latex, box_of(label)) for label in picture.labels() if label.latex]
        assert [p for p in combinations(boxes, 2) if overlap(p[0][1], p[1][1]) > 1.0] == []


def test_what_is_drawn_of_a_large_graph_is_joined():
    columns = [[f"a{k}" for k in range(40)], [f"b{k}" for k in range(30)], ["c"]]
    links = [(f"a{k}", f"b{k % 30}") for k in range(40)] + [(f"b{k}", "c") for k in range(30)]
    plan = chosen(columns, links)
    assert not plan.whole
    assert sum(plan.left_out.values()) + sum(
        not n.startswith(DOTS) for column in plan.columns for n in column
    ) == 71  # fmt: skip
    sources = {source for source, _ in plan.links}
    for column in plan.columns[:-1]:
        assert all(n in sources for n in column if not n.startswith(DOTS))


# What users write


def test_names_and_titles_of_users_are_text():
    x, t, w, E = symbols("x t w E")
    hostile = '</title><script>alert(1)</script> \\input{x} "&\u202e\x07'
    net = sb.Network({E: (w * x - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E, name=hostile)
    for picture in (sb.drawing(net), sb.drawing(net, "graph", {"x": 1, "t": 2, "w": 3})):
        root = parsed(picture.svg())
        assert "<script>alert(1)</script>" in root.find(f"{SVG}title").text
        assert not list(root.iter(f"{SVG}script"))
        assert "input{x}" not in picture.tikz()


def test_functions_of_users_are_drawn():
    bent = sb.function("bent", lambda z: z**3)
    x, t, w, a, E = symbols("x t w a E")
    net = sb.Network({a: bent(w * x), E: (a - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    seen = [plain(label.latex) for label in sb.drawing(net, "graph")[0].labels()]
    assert "bent" in seen


# The interface


def test_a_notebook_shows_it():
    picture = sb.drawing(sb.load_example("xor"))
    assert picture._repr_svg_() == picture.svg() == svg(picture[0])
    assert picture.tikz() == tikz(picture[0])
    assert len(picture) == 1


def test_it_is_saved_by_its_suffix(tmp_path):
    walk = sb.drawing(sb.load_example("linear-neuron"), "walk")
    paths = walk.save(tmp_path / "steps.svg")
    assert [p.name for p in paths] == [f"steps-{k:02}.svg" for k in range(1, len(walk) + 1)]
    [tex] = sb.drawing(sb.load_example("xor")).save(tmp_path / "xor.tex")
    assert tex.read_text().startswith("\\documentclass")
    with pytest.raises(sb.SymbackpropError, match=r"is neither \.svg nor \.tex"):
        walk.save(tmp_path / "steps.png")
    assert not (tmp_path / "steps.png").exists()


def test_what_cannot_be_drawn_is_told():
    net = sb.load_example("mlp")
    with pytest.raises(sb.DerivationError, match=r"there is no drawing 'grap'; did you mean 'graph'"):
        sb.drawing(net, "grap")
    with pytest.raises(sb.DerivationError, match="has no routes"):
        sb.drawing(net, "routes")
    with pytest.raises(sb.DerivationError, match="neither a network nor a derivation"):
        sb.drawing(np.ones(3))
    bare = sb.mlp([2, 1])
    with pytest.raises(sb.DataError, match="a walk with numbers needs a value of i1"):
        sb.drawing(bare, "walk")
    with pytest.raises(sb.DataError, match="there is a value for q"):
        sb.drawing(bare, "graph", {"q": 1.0})
    assert "a_{o_1}(1-a_{o_1})" in [label.latex for label in sb.drawing(bare, "graph")[0].labels()]


# Setting


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"a_{h_1}(1-a_{h_1})", "a_h_1(1 − a_h_1)"),
        (r"\frac{1}{2m}\lVert O-T\rVert_F^2", "1/(2m) ‖O − T‖_F^2"),
        (r"1.2\times 10^{-9}", "1.2 × 10^−9"),
        (r"\sqrt{v+\epsilon}", "√(v + ϵ)"),
        (r"\hat{Z}\circ \gamma", "Ẑ ∘ γ"),
        (r"\text{of }X", "of X"),
    ],
)
def test_formulas_are_set_in_one_row(latex, text):
    assert plain(latex) == text


def test_widths_grow_with_what_is_written():
    assert width_of("w", 9) < width_of("w_1", 9) < width_of("w_{10}", 9) < width_of("w_{10}x", 9)
    assert width_of("x", 18) == pytest.approx(2 * width_of("x", 9))


def test_a_line_of_text_stands_where_its_scripts_let_it():
    label = Label(10, 20, r"a_{h_1}+b^2")
    root = parsed(svg(Picture(60, 30, (label,), "t", "w")))
    [text] = root.iter(f"{SVG}text")
    moved = [float(t.get("dy", 0)) for t in text.iter(f"{SVG}tspan")]
    assert sum(moved) == pytest.approx(-0.38 * 9, abs=0.02)  # it ends in the exponent
    assert "baseline-shift" not in svg(Picture(60, 30, (label,)))


# The command


def test_the_command_writes_files(place):
    assert run("draw", "xor", "-o", "xor.svg").stdout == "xor.svg\n"
    assert Path("xor.svg").read_text().startswith("<svg")
    assert run("draw", "linear-neuron", "--kind", "walk", "-o", "w.tex").stdout.startswith("w-01.tex\nw-02.tex\n")
    assert "neither .svg nor .tex" in told("draw", "xor", "-o", "xor.png")
    assert "did you mean 'graph'?" in told("draw", "xor", "--kind", "grap", "-o", "x.svg")
