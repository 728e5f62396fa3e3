"""Networks of scalars from the loss back: the order, the numbers below the lines, references, one update."""

from __future__ import annotations

import re

import pytest
import sympy
from sympy import symbols
from sympy.parsing.sympy_parser import rationalize, standard_transformations

import symbackprop as sb
from symbackprop.drawings import network
from symbackprop.drawings.boxes import box_of
from symbackprop.drawings.picture import Edge
from symbackprop.drawings.routing import on
from symbackprop.notation import Direct, Total, latex
from symbackprop.publish import gather
from symbackprop.reporting import Extent, document, markdown
from symbackprop.reporting import latex as written_latex
from symbackprop.reporting.blocks import Formula, Heading, Line, Maths, Paragraph, Raw, Ref, Table
from symbackprop.reporting.evidence import Run
from symbackprop.reporting.letters import heads_of
from symbackprop.reporting.numbers import number, product_of
from symbackprop.reporting.sections.rates import rates_told
from symbackprop.reporting.stages import stages
from symbackprop.reporting.writing import Desk

SCALARS = ["deep-chain", "linear-neuron", "or-gate", "smooth-l1-relu", "softmax-classifier", "two-layer-bias",
           "two-layer-sigmoid", "xor"]  # fmt: skip


APART = 2.5
"""How far a weight stands from the lines of others at least."""


def told(name, **extent):
    d = sb.derive(sb.load_example(name))
    evidence = gather(d)
    return d, evidence, document(d, evidence, extent=Extent.of(**extent))


def section(made, title):
    """The blocks of a section."""
    found, inside = [], False
    for block in made.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text == (title,)
        elif inside:
            found.append(block)
    return found


def lines_of(blocks) -> list[Line]:
    return [line for block in blocks if isinstance(block, Formula) for line in block.lines]


def tables_of(blocks) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def test_the_simple_weight_comes_first_and_right_behind_its_error_signal():
    _, _, made = told("two-layer-bias")
    headings = [block.text[1] for block in section(made, "From the loss back") if isinstance(block, Heading)]
    names = [piece.content.name for piece in headings]
    assert names == ["delta_o1", "w5", "b2", "delta_h1", "w1"]


def test_its_chain_stands_in_one_line_with_the_numbers_of_its_links():
    _, evidence, made = told("two-layer-bias")
    lines = lines_of(section(made, "From the loss back"))
    at = next(k for k, line in enumerate(lines) if isinstance(line.lhs, Total) and line.lhs.by.name == "w5")
    assert latex(lines[at].rhs).count(r"\frac") == 3
    first = evidence.first
    links = [first.adjoints["a_o1"], first.links["a_o1", "o1"], first.links["o1", "w5"]]
    assert lines[at + 1].rhs == Raw(product_of(links, first.adjoints["w5"]))
    assert lines[at + 4].result == number(first.adjoints["w5"])


def test_one_whole_chain_is_written_out_and_no_error_signal_is_opened_again():
    d, _, made = told("two-layer-bias")
    lines = lines_of(section(made, "From the loss back"))
    products = [line for line in lines if not isinstance(line.rhs, Raw) and len(line.rhs.atoms(Total, Direct)) == 3]
    assert len(products) == 1
    at = next(k for k, line in enumerate(lines) if isinstance(line.lhs, Total) and line.lhs.by.name == "w1")
    h1, w1 = d.network.symbol("h1"), d.network.symbol("w1")
    assert set(lines[at].rhs.args) == {Total(d.network.loss, h1), Direct(h1, w1)}
    assert set(lines[at + 1].rhs.args) == {d.signals[h1], d.network.symbol("i1")}


@pytest.mark.parametrize("name", SCALARS)
def test_whoever_computes_with_what_is_printed_finds_what_is_printed(name):
    _, _, made = told(name)
    checked = 0
    for line in lines_of(made.blocks):
        written = line.rhs.latex if isinstance(line.rhs, Raw) and line.result is not None else ""
        if re.fullmatch(r"(?:[-+.\d()]|\\cdot |\\tfrac\{1\}\{2\}|\^2)+", written):
            found = evaluated(written)
            assert {number(found * (1 - 1e-12)), number(found * (1 + 1e-12))} == {line.result}, written
            checked += 1
    assert checked > 3


def evaluated(written):
    """What a formula of numbers comes to on a pocket calculator."""
    text = written.replace(r"\cdot ", "*").replace(r"\tfrac{1}{2}", "0.5*").replace("^2", "**2")
    exact = (*standard_transformations, rationalize)
    return float(sympy.parse_expr(re.sub(r"(?<=[\d)])\(", "*(", text), transformations=exact))


@pytest.mark.parametrize("name", SCALARS)
def test_each_local_derivative_is_told_once_and_before_it_is_put_in(name):
    d, _, made = told(name)
    lines = [line.lhs for line in lines_of(section(made, "From the loss back")) if isinstance(line.lhs, Direct)]
    assert len(lines) == len(set(lines))
    table = [
        row[1][0].content for block in tables_of(section(made, "The other local derivatives")) for row in block.rows
    ]
    assert not set(table) & set(lines)
    known = {(link.of, link.by) for link in (*lines, *table)}
    assert known <= set(d.local)


def test_a_function_is_defined_where_it_is_used_and_its_derivative_proved_where_it_is_needed():
    for extent in ({}, {"handout": True}):
        text = markdown(told("or-gate", **extent)[2])
        places = [
            text.index(piece) for piece in (r"\sigma(z)", "## From the loss back", r"\sigma'(z)", r"by [(4)](#eq-4)")
        ]
        assert places == sorted(places)
        assert text.count(r"\sigma'(z)") == 1


def test_both_cases_of_a_softmax_are_cited_by_their_own_numbers():
    text = markdown(told("softmax-classifier")[2])
    own = re.search(r"\*\*\((\d+)\)\*\* \|  \| \$`= p_\{j\}\\,\(1-p_\{j\}\)", text)[1]
    other = re.search(r"\*\*\((\d+)\)\*\* \|  \| \$`= -p_\{j\}\\,p_\{i\}", text)[1]
    rows = [line for line in text.splitlines() if r"\frac{\partial p_" in line and "in [" in line]
    assert len(rows) > 3
    assert all(f"by [({own if 'p_1(1-p_1)' in row or 'p_2(1-p_2)' in row or 'p_3(1-p_3)' in row else other})]" in row
               for row in rows)  # fmt: skip


def test_indices_have_letters_that_the_network_does_not_have():
    d, _, made = told("two-layer-bias")
    heads = heads_of(Desk(d, gather(d), made.names))
    assert "i" in heads
    lines = lines_of(section(made, "The same for any number of layers"))
    indices = {letter for line in lines for found in re.findall(r"_\{?([a-z]+)", line.rhs.latex) for letter in found}
    assert indices
    assert not indices & heads


def test_what_a_table_of_rates_shows_is_told_by_its_numbers():
    def run(rate, *losses, diverged=None):
        return Run(rate, len(losses) - 1, {}, {}, {}, losses, diverged)

    def said(*runs):
        return "".join(
            piece if isinstance(piece, str) else piece.content.latex for piece in rates_told(runs, ("cost",))
        )

    assert said(run(0.1, 1.0, 0.9, 0.5), run(1.0, 1.0, 0.5, 0.25)) == (
        "The smallest cost in the end, 0.25000, comes from rate 1, the largest."
    )
    middle = said(run(0.1, 1.0, 0.9, 0.5), run(1.0, 1.0, 0.5, 0.25), run(5.0, 1.0, 2.0, 0.75))
    assert "rate 1: with smaller and with larger ones it ends higher." in middle
    assert "At 5 the first update raises the cost, as its step is too long, and later ones bring it down." in middle
    assert "the largest that does not diverge" in said(
        run(0.1, 1.0, 0.9), run(1.0, 1.0, 0.5), run(9.0, 1.0, diverged=1)
    )
    assert "At 9 it diverges" in said(run(0.1, 1.0, 0.9), run(9.0, 1.0, diverged=1))
    assert said(run(1e-9, 1.0, 1.0 - 1e-9), run(1e-10, 1.0, 1.0)) == (
        "At 1e-10 and 1e-09 the cost ends where it began, in all digits that are printed."
    )


def test_the_route_of_the_chain_product_is_told_as_what_it_is():
    assert "Along one of the 2 routes, which all have 6 links, from" in markdown(told("two-layer-bias")[2])
    assert "Along the only route, from" in markdown(told("deep-chain")[2])
    assert "chain product" not in markdown(told("or-gate")[2])


def test_an_epoch_is_told_by_the_number_of_examples():
    one = sb.derive(sb.load_example("two-layer-bias"))
    text = markdown(document(one, gather(one, None, sb.train(one, learning_rate=0.5, epochs=3))))
    assert "here there is one, so an epoch is one update." in text
    four = sb.derive(sb.load_example("or-gate"))
    text = markdown(document(four, gather(four, None, sb.train(four, learning_rate=0.5, epochs=3))))
    assert "An epoch uses each of the 4 examples once, and makes one update by their mean gradient." in text
    assert text.index("the cost is the mean of their losses") < text.index("new value")


@pytest.mark.parametrize("name", SCALARS)
def test_every_reference_of_the_way_back_leads_backwards(name):
    _, _, made = told(name)
    for line in lines_of(section(made, "From the loss back")):
        cited = [piece.number for piece in line.why if isinstance(piece, Ref)]
        assert line.number is not None or not cited
        assert all(place < line.number for place in cited)
        assert " below" not in line.why


@pytest.mark.parametrize("name", SCALARS)
def test_every_error_signal_and_gradient_has_its_number_on_the_way_back(name):
    d, evidence, made = told(name)
    lines = lines_of(section(made, "From the loss back"))
    shown: dict[str, list[Raw]] = {}
    about = ""
    for line in lines:
        if line.lhs is not None:
            about = line.lhs.by.name if isinstance(line.lhs, Total) else ""
        if line.result is not None:
            shown.setdefault(about, []).append(line.result)
    for s in (*d.signals, *d.wrt):
        assert shown[s.name] == [number(evidence.first.adjoints[s.name])]


def test_numbers_that_were_printed_are_not_printed_again():
    _, evidence, made = told("two-layer-bias")
    later = lines_of(section(made, "The first step in numbers"))
    assert not later
    bold = re.findall(r"\\mathbf\{([-.\d]+)\}", markdown(made))
    assert bold.count(number(evidence.first.values["h1"]).latex) == 1
    assert bold.count(number(evidence.first.adjoints["h1"]).latex) == 1


def test_numbers_by_themselves_have_the_way_forward_and_back():
    d, evidence, made = told("two-layer-bias", sections=["numbers"])
    results = [line.result for line in lines_of(made.blocks)]
    first = evidence.first
    assert results == [
        number(x)
        for x in (
            *(first.values[name.name] for name in d.network.equations),
            *(first.signals[delta.name] for delta in d.backward),
            *(first.adjoints[w.name] for w in d.wrt),
        )
    ]


def test_all_that_one_update_changes_stands_in_a_table():
    d = sb.derive(sb.load_example("two-layer-bias"))
    history = sb.train(d, learning_rate=0.5, epochs=3)
    evidence = gather(d, None, history)
    made = document(d, evidence)
    (table,) = tables_of(section(made, "The first step in numbers"))
    assert [row[0][0].content for row in table.rows] == list(d.wrt)
    for row, w in zip(table.rows, d.wrt, strict=True):
        old = float(history.parameters[w.name][0])
        slope = evidence.first.gradients[w.name]
        assert [row[1][0].content, row[3][0].content] == [number(old), number(old - 0.5 * slope)]
        printed = float(row[2][0].content.latex)
        assert printed == pytest.approx(slope, rel=1e-5)
        assert number(old - 0.5 * printed) == number(old - 0.5 * slope)
    text = markdown(made)
    assert "The gradient of $`b_2`$ is the largest in size" in text
    assert "and is now $`0.285751`$, 4.2% less." in text


def test_an_update_that_goes_too_far_is_told():
    x, t, w, E = symbols("x t w E")
    net = sb.Network({E: (t - w * x) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    d = sb.derive(net)
    history = sb.train(d, {"x": 2.0, "t": 1.0}, initial={"w": 0.7}, learning_rate=0.4, epochs=2)
    text = markdown(document(d, gather(d, {"x": 2.0, "t": 1.0, "w": 0.7}, history)))
    assert "more than before: the learning rate is too large for this step." in text
    assert "power rule" in text or "chain rule: " in text


def test_without_values_the_way_back_has_no_numbers():
    d = sb.derive(sb.mlp([2, 2, 2]))
    lines = lines_of(section(document(d, gather(d)), "From the loss back"))
    assert lines
    assert all(line.result is None for line in lines)
    assert all(line.number is not None for line in lines if not isinstance(line.rhs, Raw))


def test_the_products_of_all_routes_add_up_to_the_gradient():
    _, evidence, made = told("two-layer-bias")
    (table,) = tables_of(section(made, "A second view: along the routes"))
    products = [float(row[2][0].content.latex) for row in table.rows]
    assert len(products) == 2
    assert sum(products) == pytest.approx(evidence.first.adjoints["w1"], rel=1e-5)


def test_the_routes_in_the_graph_are_those_that_are_worked_and_multiplied():
    _, evidence, made = told("two-layer-bias")
    assert "routes from w1" in evidence.pictures["graph"].words
    assert "routes-w1" in made.pictures
    chain = section(made, "The chain product, link by link")
    assert any(isinstance(block, Paragraph) and Maths(symbols("w1")) in block.text for block in chain)


def test_each_local_derivative_has_its_rule():
    _, _, made = told("two-layer-bias")
    (table,) = tables_of(section(made, "The other local derivatives"))
    assert all(row[2] for row in table.rows)
    (whole,) = tables_of(told("two-layer-bias", sections=["forward", "rules"])[2].blocks)
    assert len(whole.rows) == 24 > len(table.rows)
    assert all(row[2] for row in whole.rows)
    text = markdown(made)
    assert r"chain rule: $`2\cdot \tfrac{1}{2}\,(t_1-a_{o_1})\cdot (-1)`$" in text


def test_the_last_layer_is_not_called_as_the_loss():
    _, _, made = told("deep-chain")
    (words, *_rest) = section(made, "The same for any number of layers")
    assert isinstance(words, Paragraph)
    assert Maths(Raw("N")) in words.text


def test_equations_for_any_layer_are_proved_line_by_line():
    _, _, made = told("two-layer-bias")
    lines = lines_of(section(made, "The same for any number of layers"))
    signal = [line for line in lines if r"\sum_k" in line.rhs.latex]
    assert len(signal) == 4
    assert all(line.why and line.number for line in lines)


def test_stages_tell_nothing_before_what_it_needs():
    for network_ in (sb.mlp([3, 3, 3, 2]), sb.load_example("softmax-classifier"), sb.load_example("deep-chain")):
        d = sb.derive(network_)
        plan = [part for stage in stages(d) for part in stage.parts]
        assert {part.signal for part in plan} - {None} == set(d.backward)
        assert {part.name for part in plan if part.signal is None} >= set(d.wrt) - set(d.signals)
        known = set()
        for part in plan:
            known |= {step.number for step in part.steps}
            assert all(use in known for step in part.steps for use in step.uses if isinstance(use, int))


def test_shared_weights_skips_and_layers_are_told():
    x, t, w, v, h, r, y, E = symbols("x t w v h r y E")
    skipped = {h: sb.tanh(w * x), r: sb.tanh(w * h + v * x), y: r * h + v, E: (y - t) ** 2 / 2}
    layer = {h: w * x, y: sb.tanh(h), r: y * v}
    for net in (
        sb.Network(skipped, inputs=[x], targets=[t], parameters=[w, v], loss=E),
        sb.Network(layer, inputs=[x], parameters=[w, v], outputs=[y, r]),
    ):
        d = sb.derive(net)
        made = document(d, gather(d))
        assert set(made.references()) <= set(made.numbers())
        assert r"\begin{document}" in written_latex(made)


def test_weights_stand_apart_from_lines_that_are_not_theirs():
    picture = network(sb.derive(sb.load_example("two-layer-bias")))
    edges = [part for part in picture.parts if isinstance(part, Edge)]
    weights = [label for edge in edges for label in edge.labels]
    assert len(weights) == 8
    for label in weights:
        left, top, right, bottom = box_of(label)
        others = [on(edge.points, k / 40) for edge in edges if label not in edge.labels for k in range(41)]
        assert not [p for p in others if left - APART < p[0] < right + APART and top - APART < p[1] < bottom + APART]
