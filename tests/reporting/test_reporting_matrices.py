"""Reports of matrix networks: the sweep line by line, what goes alike, numbers, batch descent in two ways."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import subprocess
import sys

import matrix_networks
import numpy as np
import pytest
from click.testing import CliRunner
from conftest import slow_except
from reporting.test_reporting import check_log, check_markdown, compile_latex
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.calculus.dialects import DIALECT
from symbackprop.cli import main
from symbackprop.matrices.adjoints import ADJOINTS
from symbackprop.network.kinds import KINDS
from symbackprop.notation import Differential, Total
from symbackprop.notation import latex as mathematics
from symbackprop.publish import GATHERER, gather
from symbackprop.reporting import document, latex, markdown
from symbackprop.reporting.blocks import Formula, Heading, Maths, Paragraph, Raw, Ref, Strong, Table
from symbackprop.reporting.document import SECTIONS
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.numbers import number, value
from symbackprop.reporting.sweep_parts import likenesses, parts_of

SHIPPED = {name: sb.load_example(name) for name in sb.example_names()}
MATRIX_EXAMPLES = [name for name, net in SHIPPED.items() if net.dialect == "matrix" and not net.outputs]
LAYERS, LAYERED = "The same for any number of layers", {"mlp"}
IN_BATCHES = {"or-gate-vectorised", "mlp", "softmax-cross-entropy", "layer-norm", "rnn"}
MIXED = ["attention", "batch-norm"]
"""Their examples look at one another, so that none can be worked out alone."""


@pytest.fixture(scope="module")
def derivations():
    return {name: sb.derive(sb.load_example(name)) for name in MATRIX_EXAMPLES}


@pytest.fixture(scope="module")
def gathered(derivations):
    return {name: gather(d, None, sb.train(d, learning_rate=0.5, epochs=3)) for name, d in derivations.items()}


@pytest.fixture(scope="module")
def trees(derivations, gathered):
    return {name: document(d, gathered[name]) for name, d in derivations.items()}


def headings(made, level=1):
    return [block.text for block in made.blocks if isinstance(block, Heading) and block.level == level]


def section(made, title):
    """The blocks of one section."""
    inside, found = False, []
    for block in made.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text == (title,)
        elif inside:
            found.append(block)
    return found


def lines_of(blocks):
    return [line for block in blocks if isinstance(block, Formula) for line in block.lines]


def case_tree(name, shapes=False):
    case = getattr(matrix_networks, name)()
    net = case.network()
    d = sb.derive(net, wrt=case.wrt or None)
    sizes = {**{s.name: 2 + k for k, s in enumerate(net.sizes)}, **case.sizes}
    return document(d, gather(d, case.values(sizes, 0)), shapes)


# The tree


def test_the_examples_in_batches_are_among_those_that_ship():
    assert set(MATRIX_EXAMPLES) == IN_BATCHES | set(MIXED)


def test_every_dialect_has_sections_and_a_way_to_gather():
    assert all(question in kind.answers for kind in KINDS for question in (SECTIONS, GATHERER, DIALECT))


@pytest.mark.parametrize("name", slow_except(["mlp"], MATRIX_EXAMPLES))
def test_sections_come_in_order(trees, name):
    batch = ["Batch descent in two ways"] if name in IN_BATCHES else []
    assert headings(trees[name]) == [
        (title,)
        for title in [
            "What is asked", "Symbols", "Forward pass", "The smallest case, entry by entry",
            "The rules that are used", "From the loss back",
            *([LAYERS] if name in LAYERED else []), "What came out", "The first step in numbers", *batch,
            "Update rule and training", "Verification",
            "The generated NumPy code", "Appendix",
        ]
    ]  # fmt: skip


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_references_resolve_and_numbers_run_from_one(trees, name):
    numbers = list(trees[name].numbers())
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(trees[name].references()) <= set(numbers)
    assert list(trees[name].references())


# Parts of the sweep


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_the_parts_are_the_whole_sweep(derivations, name):
    d = derivations[name]
    parts = parts_of(d)
    assert sorted(step.number for part in parts for step in part.steps) == [step.number for step in d.steps]
    assert [part.signal for part in parts if part.signal is not None] == list(d.backward)
    assert {part.name for part in parts if part.signal is None} == set(d.wrt)


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_a_gradient_comes_as_soon_as_its_error_signals_are_known(derivations, name):
    d = derivations[name]
    told, order = set(), list(parts_of(d))
    for k, part in enumerate(order):
        if part.signal is not None:
            told.add(part.signal)
            later = [other for other in order[k + 1 :] if other.signal is not None]
            between = order[k + 1 : order.index(later[0])] if later else order[k + 1 :]
            ready = [w for w in d.wrt if d.shared[w].free_symbols & {part.signal}
                     and d.shared[w].free_symbols & set(d.backward) <= told]  # fmt: skip
            assert set(ready) <= {one.name for one in between}


def test_a_part_that_is_asked_for_and_named_is_one_part():
    d = sb.derive(sb.load_example("mlp"), wrt=["Z1", "W1"])
    assert [part.name.name for part in parts_of(d)] == ["Z2", "Z1", "W1"]


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_lines_are_those_of_the_derivation(derivations, trees, name):
    d = derivations[name]
    lines = lines_of(section(trees[name], "From the loss back"))
    values = {*d.backward.values(), *(d.shared[w] for w in d.wrt)}
    known = {step.rhs for step in d.steps} | values
    moves = [line for line in lines if line.rhs not in known and line.result is None]
    softmax = name == "softmax-cross-entropy"  # whose loss passes back -Y/P, which gets no name
    quotients = [line for line in moves if isinstance(line.lhs, Differential)]
    assert len(moves) - len(quotients) == (5 if softmax else 0)
    assert all(line.why == ("the quotient rule, for each entry",) for line in quotients)
    assert values - {d.shared[w] for group in likenesses(d) for part in group.similar for w in (part.name,)
                     if part.signal is None} <= {line.rhs for line in lines} | {
        d.backward[part.signal] for group in likenesses(d) for part in group.similar if part.signal is not None
    }  # fmt: skip
    results = {line.rhs for line in lines_of(section(trees[name], "What came out"))}
    assert values <= results


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_every_line_has_a_reason_and_a_number(trees, name):
    lines = lines_of(section(trees[name], "From the loss back"))
    assert all(line.why and (line.number is not None or line.result is not None) for line in lines)


def test_no_line_looks_like_the_one_before_it(trees):
    for made in trees.values():
        for block in section(made, "From the loss back"):
            if isinstance(block, Formula):
                written = [
                    line.rhs.latex + str(line.result) if isinstance(line.rhs, Raw)
                    else mathematics(line.rhs, made.names, made.order)
                    for line in block.lines
                ]  # fmt: skip
                lhs = [line.lhs for line in block.lines]
                assert not any(
                    after is None and a == b for a, b, after in zip(written, written[1:], lhs[1:], strict=False)
                )


def test_layers_of_one_shape_are_worked_once():
    groups = likenesses(sb.derive(sb.mlp(["n", "h", "h", "h", "k"], notation="matrix")))
    assert [[(part.signal or part.name).name for part in group.parts] for group in groups] == [
        ["Delta_Z4"], ["W4", "W3", "W2", "W1"], ["b4", "b3", "b2", "b1"], ["Delta_Z3", "Delta_Z2", "Delta_Z1"],
    ]  # fmt: skip


def test_layers_with_other_activations_are_worked_apart():
    d = sb.derive(matrix_networks.columns_mlp().network())
    assert [len(group.parts) for group in likenesses(d) if group.worked.signal is not None] == [1, 1, 1]


@pytest.mark.slow
def test_deep_networks_have_derivations_of_the_same_length():
    made = {}
    for layers in (3, 8, 60):
        d = sb.derive(sb.mlp(["n", *["h"] * (layers - 1), "k"], notation="matrix"))
        made[layers] = document(d, gather(d))
    assert headings(made[3], 2) != headings(made[8], 2)
    assert len(headings(made[3], 2)) == len(headings(made[8], 2)) == len(headings(made[60], 2))
    steps = {layers: len(lines_of(section(tree, "From the loss back"))) for layers, tree in made.items()}
    assert steps[3] == steps[8] == steps[60]
    assert set(made[60].references()) <= set(made[60].numbers())


@pytest.mark.slow
def test_a_weight_that_is_used_very_often_is_told_in_short():
    n, m = symbols("n m")
    net = {}
    W, h = MatrixSymbol("W", n, n), MatrixSymbol("H0", m, n)
    first = h
    for k in range(1, 61):
        after = MatrixSymbol(f"H{k}", m, n)
        net[after] = h * W
        h = after
    E = Symbol("E")
    net[E] = sb.total(h)
    d = sb.derive(sb.Network(net, inputs=[first], targets=[], parameters=[W], loss=E))
    blocks = section(document(d, gather(d)), "From the loss back")
    assert any(isinstance(b, Paragraph) and "lines alike, until" in str(b.text) for b in blocks)
    assert all(len(b.lines) <= 48 for b in blocks if isinstance(b, Formula))


# What it says


def test_reasons_of_the_table_and_of_the_rules_stand_in_the_report(trees):
    text = markdown(trees["or-gate-vectorised"])
    assert "an elementwise function passes back its derivative" in text
    assert "a broadcast passes back a sum" in text
    cyclic = r"$`\langle G, M\,\mathrm{d}B\rangle = \mathrm{tr}(G^{\mathsf{T}}\,M\,\mathrm{d}B)`$ the cyclic rule"
    assert cyclic in text  # A is a name of the network
    assert re.search(r": the derivative for each entry, \[\(\d+\)\]", markdown(trees["mlp"]))


def test_a_name_that_is_put_in_is_told(trees):
    text = markdown(trees["batch-norm"])
    assert text.count(r"| putting in $`\hat{Z}`$ of [(6)](#eq-6) |") == 2
    assert "putting in a name" not in text


def test_only_the_rules_that_are_used_stand_in_the_table(trees):
    stated = {
        name: [block.text for block in section(trees[name], "The rules that are used")
               if isinstance(block, Paragraph) and block.text[0] == Strong("Rule.")]
        for name in MATRIX_EXAMPLES
    }  # fmt: skip

    def has(name, what):
        return any(what in str(rule) for rule in stated[name])

    assert has("attention", r"M = \\mathrm{softmax}(A)")  # P is a name of the network
    assert not has("mlp", "softmax")
    assert has("mlp", "in every row")
    assert not has("or-gate-vectorised", "in every row")
    assert has("or-gate-vectorised", "in every entry")


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_every_rule_that_is_stated_is_cited_and_every_reason_has_a_proof(trees, name):
    proofs = [
        block.lines[-1].number
        for before, block in itertools.pairwise(section(trees[name], "The rules that are used"))
        if isinstance(block, Formula) and isinstance(before, Paragraph) and before.text[0] == Strong("Rule.")
    ]
    cited = {piece.number for line in lines_of(section(trees[name], "From the loss back")) for piece in line.why
             if isinstance(piece, Ref)}  # fmt: skip
    assert proofs
    assert set(proofs) <= cited


def test_conditions_stand_beside_the_operations_that_have_one(trees):
    assert re.search(r"\*\*Rule.\*\* \$`. = (.)\^{-1}`\$, \$`\1`\$ invertible: ", markdown(case_tree("inverse")))
    assert re.search(
        r"\*\*Rule.\*\* \$`. = \\det \((.)\)`\$, \$`\1`\$ invertible: ", markdown(case_tree("determinant"))
    )
    assert r"**Rule.** $`Y = M\,B`$: " in markdown(trees["mlp"])  # of two factors, as no product has more
    of_all = {row.operation.__name__: row.condition for row in ADJOINTS if row.condition != "always"}
    assert of_all == {
        "Broadcast": "a row, a column or a scalar", "Trace": "A square", "Inverse": "A invertible",
        "Determinant": "A invertible", "LogDeterminant": "A invertible", "Diagonal": "A square",
        "DiagonalMatrix": "of a column", "OthersInLine": "no entry of A zero", "Others": "no entry of A zero",
        "Solve": "A invertible", "SymmetricPart": "A square", "Cholesky": "A symmetric, positive definite",
        "PseudoInverse": "A of full column rank", "MatrixRoot": "A symmetric, positive definite",
        "Lyapunov": "A symmetric, positive definite", "MatrixPower": "A square", "BetweenPowers": "A square",
    }  # fmt: skip


def test_rows_and_columns_in_one_product_are_both_told():
    m, n, k, E = *symbols("m n k"), Symbol("E")
    X, Y, W = MatrixSymbol("X", m, n), MatrixSymbol("Y", k, m), MatrixSymbol("W", k, n)
    Z = MatrixSymbol("Z", k, m)
    values = {"X": [[1, 2], [3, 4], [0, 1]], "Y": [[1, 0, 1]], "W": [[0.1, 0.2]]}
    net = sb.Network({Z: W * X.T, E: sb.total(sb.power(Z - Y, 2)) / m}, inputs=[X], targets=[Y], parameters=[W],
                     loss=E, values=values)  # fmt: skip
    d = sb.derive(net)
    written = markdown(document(d, gather(d)))
    assert "The $`i`$-th row or column, with the subscript $`i,:`$ or $`:,i`$, is what belongs to example" in written


def test_formulas_among_words_become_mathematics():
    for row in ADJOINTS:
        for words in (row.forward, row.backward, row.reason):
            pieces = with_mathematics(words)
            assert all(piece.isascii() for piece in pieces if isinstance(piece, str)), words
            assert not any("⟨" in p.content.latex or "ᵀ" in p.content.latex for p in pieces if isinstance(p, Maths))
    assert with_mathematics("a broadcast passes back a sum") == ("a broadcast passes back a sum",)
    assert with_mathematics("A gets Gᵀ, repeated") == (
        Maths(Raw("A")), " gets ", Maths(Raw(r"G^{\mathsf{T}}")), ", repeated",
    )  # fmt: skip


def test_symbols_have_shapes_and_sizes_have_meanings(trees):
    text = markdown(trees["mlp"])
    assert r"| $`W_2`$ | parameters, to be learned | $`h\times k`$ |" in text
    assert "- $`m`$: examples; rows of $`X`$, $`T`$; here $`m = 4`$" in text
    assert "- $`m`$: rows of $`X`$, $`Y`$ (the examples); here" not in text
    assert "(the examples)" not in markdown(trees["attention"])
    assert "| $`A_2`$ | prediction | $`m\\times k`$ |" in text
    assert "the matrix product" in text
    assert "the inverse" not in text


def test_sizes_that_were_drawn_are_told():
    d = sb.derive(sb.load_example("mlp"))
    checked = sb.check(d, points=2, seed=3)
    text = markdown(document(d, gather(d, checked=checked)))
    drawn = ", ".join(f"$`{name} = {size}`$" for name, size in checked.sizes[0].items())
    assert text.count(drawn) == 1


def test_the_source_is_shown_as_far_as_a_reader_needs_it(trees):
    text = markdown(trees["mlp"])
    listing = text.partition("```python\n")[2].partition("```")[0]
    head = listing.partition("\n\n\n")[0]
    assert head.startswith("from typing import Any\nimport numpy as np\n\nArray = Any")
    assert listing.removeprefix(head).startswith("\n\n\ndef sigmoid_and_slope(")
    assert listing.rstrip().endswith(")")
    assert "loss_and_gradients" not in listing
    assert re.search(r"Around it the module has \d+ lines more, which check", text)
    assert "def forward_backward(\n    X: Array, T: Array, W1: Array, b1: Array, W2: Array, b2: Array,\n) -> " in text


def test_facts_are_told_and_used(trees):
    text = markdown(trees["softmax-cross-entropy"])
    assert r"It is known of the data that $`\mathrm{rowsum}(Y) = 1`$." in text
    assert r"since $`\mathrm{rowsum}(Y) = 1`$" in text
    assert r"| $`\displaystyle = \frac{1}{m}X^{\mathsf{T}}\,(P-Y)`$ |" in text.replace(r"\frac{1}{m}\,", r"\frac{1}{m}")


def test_names_of_an_operation_of_the_users_stand_in_the_rules():
    n, m = symbols("n m")
    X, W = MatrixSymbol("X", m, n), MatrixSymbol("W", m, n)
    A, Y, G = (MatrixSymbol(name, m, n) for name in ("A", "Y", "G"))
    double = sb.operation("double", [A], Y, G, value=2 * A, adjoints=[2 * G])
    E = Symbol("E")
    d = sb.derive(sb.Network({E: sb.total(sb.hadamard(X, double(W)))}, inputs=[X], targets=[], parameters=[W], loss=E))
    assert "the adjoint that double was given" in markdown(document(d, gather(d)))


# Numbers


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_numbers_are_those_of_the_compiled_code(derivations, gathered, name):
    d, step = derivations[name], gathered[name].step
    f = sb.lambdify(d)
    forward, gradients = f.forward_backward(**d.network.values)
    for w in d.wrt:
        assert np.allclose(step.gradients[w.name], gradients[w.name], rtol=1e-13, atol=1e-13)
        assert 0 <= step.from_closed[w.name] < 1e-11
        assert 0 <= step.from_numeric[w.name] < 1e-8
    for symbol in d.network.equations:
        assert np.allclose(step.values[symbol.name], forward[symbol.name], rtol=1e-13, atol=1e-13)
    assert step.loss == float(forward[d.network.loss.name])
    moved = {w.name: np.asarray(d.network.values[w.name]) - 0.5 * gradients[w.name] for w in d.wrt}
    for w in d.wrt:
        assert np.allclose(step.update.parameters[w.name], moved[w.name], rtol=1e-13, atol=1e-13)
    assert step.update.loss == pytest.approx(float(f(**{**d.network.values, **moved})[0]), rel=1e-12)


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_numbers_of_the_gradients_are_written_out(derivations, gathered, trees, name):
    lines = lines_of(section(trees[name], "The first step in numbers"))
    for w in derivations[name].wrt:
        results = [line.result for line in lines if line.lhs == Total(derivations[name].network.loss, w)]
        assert results == [value(gathered[name].step.gradients[w.name])]


def test_signals_have_the_shapes_of_their_names():
    m, n = symbols("m n")
    X, W, Z, A = (MatrixSymbol(name, *shape) for name, shape in
                  {"X": (m, n), "W": (n, n), "Z": (m, n), "A": (m, n)}.items())  # fmt: skip
    y, E = MatrixSymbol("y", 1, n), Symbol("E")
    equations = {Z: X * W, A: sb.tanh(Z) * W, y: sb.colsum(A), E: sb.total(sb.power(y, 2))}
    d = sb.derive(sb.Network(equations, inputs=[X], targets=[], parameters=[W], loss=E))
    step = gather(d, {"X": np.ones((3, 2)), "W": np.ones((2, 2))}).step
    assert step.signals
    for delta in d.backward:
        assert np.shape(step.signals[delta.name]) == tuple({m: 3, n: 2}.get(size, 1) for size in delta.shape)


def test_matrices_that_are_too_large_are_told_by_their_norm():
    assert value(((1.0,) * 9,)) is None
    assert value(((1.0,),) * 7) is None
    assert value(((1.0, -0.5),)) == Raw(r"\begin{bmatrix} 1 & -0.5 \end{bmatrix}")
    assert value(0.25) == number(0.25)
    d = sb.derive(sb.mlp([9, 12, 2], notation="matrix"))
    rng = np.random.default_rng(0)
    shapes = {"X": (4, 9), "Y": (4, 2), "W1": (9, 12), "b1": (1, 12), "W2": (12, 2), "b2": (1, 2)}
    values = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    text = markdown(document(d, gather(d, values)))
    assert r"$`9\times 12`$, too large to be shown" in text
    assert f"{np.linalg.norm(values['W1']):.6g}" in text


def test_without_values_there_are_no_numbers():
    d = sb.derive(sb.mlp(["n", "h", "k"], notation="matrix"))
    made = document(d, gather(d))
    assert not section(made, "The first step in numbers")
    assert not section(made, "Batch descent in two ways")
    assert "here $`m" not in markdown(made)


# Batch descent in two ways


def test_figures_of_the_note_stand_in_the_report(trees):
    d = sb.derive(sb.load_example("or-gate-vectorised"))
    text = markdown(document(d, gather(d, None, sb.train(d, learning_rate=1.0, epochs=5000))))
    first = text[text.index("## The first step in numbers") : text.index("## Batch descent in two ways")]
    for figure in ["-0.04801 & -0.03866", "-0.0370235", "0.0889129", "0.0840096"]:
        assert figure in first
    batch = text[text.index("## Batch descent in two ways") : text.index("## Update rule")]
    for figure in ["0.125", "0.0889129", "-0.04801 & -0.03866", "-0.0370235"]:
        assert figure in batch
    epochs = text[text.index("### Epochs") :]
    for figure in ["0.088913", "0.084010", "-0.044287", "-0.035004", "-0.031313", "0.00052757"]:
        assert figure in epochs


@pytest.mark.parametrize("name", sorted(IN_BATCHES))
def test_examples_alone_have_the_gradient_of_the_batch_as_their_mean(derivations, gathered, name):
    d, batch, step = derivations[name], gathered[name].batch, gathered[name].step
    assert batch.size == "m"
    assert len(batch.examples) == step.sizes["m"]
    f = sb.lambdify(d)
    for k, example in enumerate(batch.examples):
        alone = {key: np.take(np.asarray(v), [k], batch.axis[key]) if key in batch.axis else v
                 for key, v in d.network.values.items()}  # fmt: skip
        loss, gradients = f(**alone)
        assert example.loss == pytest.approx(float(loss), rel=1e-13)
        for w in d.wrt:
            assert np.allclose(example.gradients[w.name], gradients[w.name], rtol=1e-12, atol=1e-13)
    for w in d.wrt:
        mean = np.mean([example.gradients[w.name] for example in batch.examples], axis=0)
        assert np.allclose(mean, step.gradients[w.name], rtol=1e-9)
    assert np.mean([example.loss for example in batch.examples]) == pytest.approx(step.loss)


@pytest.mark.parametrize("name", MIXED)
def test_examples_that_look_at_one_another_are_not_taken_alone(gathered, name):
    assert gathered[name].batch is None


def test_examples_that_happen_to_be_alike_do_not_deceive():
    m, n = symbols("m n")
    X, w = MatrixSymbol("X", m, n), MatrixSymbol("w", n, 1)
    y, E = MatrixSymbol("y", m, 1), Symbol("E")
    net = sb.Network({y: X * w, E: sb.mean(y) ** 2}, inputs=[X], targets=[], parameters=[w], loss=E)
    assert gather(sb.derive(net), {"X": np.ones((3, 2)), "w": [[0.5], [0.2]]}).batch is None


def test_a_report_may_be_by_anything_but_parameters(tmp_path):
    net = sb.load_example("mlp")
    d = sb.derive(net, wrt=["X"])
    made = document(d, gather(d, None, sb.train(d, learning_rate=0.1, epochs=1)))
    assert all(block.lines for block in made.blocks if isinstance(block, Formula))
    d = sb.derive(net, wrt=["X", "Z1", "A1", "W1"])
    made = document(d, gather(d, None, sb.train(d, learning_rate=0.1, epochs=1)))
    assert set(made.references()) <= set(made.numbers())


def test_scalars_among_matrices_are_products_and_no_frobenius_products():
    m, n, c, s, q, E = symbols("m n c s q E")
    X, W = MatrixSymbol("X", m, n), MatrixSymbol("W", n, n)
    net = sb.Network({s: sb.mean(X * W), q: sb.tanh(c * s), E: q**2 + s * q}, inputs=[X], targets=[],
                     parameters=[W, c], loss=E)  # fmt: skip
    d = sb.derive(net)
    text = markdown(document(d, gather(d)))
    assert r"\langle \delta" not in text
    assert r"$`\delta_{z_q}\,\mathrm{d}z_q`$" in text


def test_a_sum_over_examples_is_no_mean():
    m = Symbol("m")
    X, T, w = MatrixSymbol("X", m, 2), MatrixSymbol("T", m, 1), MatrixSymbol("w", 2, 1)
    y, E = MatrixSymbol("y", m, 1), Symbol("E")
    values = {"X": [[1, 2], [3, 4]], "T": [[1], [0]], "w": [[0.1], [0.2]]}
    for scale, is_batch in ((1, False), (1 / m, True)):
        net = sb.Network({y: X * w, E: sb.total(sb.power(y - T, 2)) * scale}, inputs=[X], targets=[T], parameters=[w],
                         loss=E, values=values)  # fmt: skip
        assert (gather(sb.derive(net)).batch is not None) == is_batch


def test_the_product_is_shown_as_a_sum_over_the_examples(trees):
    assert r"\sum_{i=1}^{m}(\Delta_Z)_{:,i}\,X_{:,i}^{\mathsf{T}}" in markdown(trees["or-gate-vectorised"])
    assert r"\sum_{i=1}^{m}X_{i,:}^{\mathsf{T}}\,(\Delta_{Z_1})_{i,:}" in markdown(trees["mlp"])


def test_rows_and_columns_are_told_apart_where_names_differ():
    m, n, k, E = *symbols("m n k"), Symbol("E")
    X, Y, W = MatrixSymbol("X", m, n), MatrixSymbol("Y", k, m), MatrixSymbol("W", n, k)
    Z = MatrixSymbol("Z", m, k)
    values = {"X": [[1, 2], [3, 4], [0, 1]], "Y": [[1, 0, 1]], "W": [[0.1], [0.2]]}
    net = sb.Network({Z: X * W, E: sb.total(sb.power(Z - Y.T, 2)) / m}, inputs=[X], targets=[Y], parameters=[W],
                     loss=E, values=values)  # fmt: skip
    d = sb.derive(net)
    written = markdown(document(d, gather(d)))
    assert "With the examples as the rows of $`X`$ and the columns of $`Y`$ there is no loop." in written
    assert "The $`i`$-th row, with the subscript $`i,:`$, is what belongs to example $`i`$:" in written


def test_the_terms_of_the_sum_are_the_products_of_what_stands_beside_them(trees, gathered):
    step = gathered["or-gate-vectorised"].step
    table = [b for b in section(trees["or-gate-vectorised"], "Batch descent in two ways") if isinstance(b, Table)][-1]
    delta, X = np.array(step.signals["Delta_Z"]), np.array(step.values["X"])
    for k, row in enumerate(table.rows[:-1]):
        term = delta[:, [k]] @ X[:, [k]].T
        assert row[3] == (Maths(value(tuple(map(tuple, np.where(term == 0, 0.0, term).tolist())))),)
    assert table.rows[-1][3] == (Maths(value(step.gradients["W"])),)


# Training


def test_parameters_stand_in_the_table_of_epochs_where_they_are_few(trees):
    text = markdown(trees["or-gate-vectorised"])
    assert r"$`W_{1,2}`$" in text
    assert r"$`\left(\frac{\partial \mathrm{Cost}}{\partial W}\right)_{1,2}`$" in text
    assert "The parameters are left out." in markdown(trees["mlp"])


# Formats


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_markdown_obeys_the_rules_of_github(trees, name):
    check_markdown(markdown(trees[name]))


CASES = [
    "columns_mlp", "recurrent", "log_softmax_columns", "norms_and_diagonals", "log_determinant", "inverse",
    "symmetric_form", "dropout", "second_names",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_markdown_of_all_kinds_of_networks_obeys_them_too(name):
    made = case_tree(name)
    check_markdown(markdown(made))
    assert set(made.references()) <= set(made.numbers())


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", CASES)
def test_latex_of_all_kinds_of_networks_compiles(name, tmp_path):
    check_log(compile_latex(latex(case_tree(name)), tmp_path))


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize("name", ["or-gate-vectorised", "attention"])
def test_latex_with_shapes_compiles(derivations, gathered, name, tmp_path):
    check_log(compile_latex(latex(document(derivations[name], gathered[name], shapes=True)), tmp_path))


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
def test_latex_of_a_deep_network_compiles(tmp_path):
    d = sb.derive(sb.mlp(["n", *["h"] * 19, "k"], notation="matrix", activation="gelu"))
    check_log(compile_latex(latex(document(d, gather(d))), tmp_path))


@pytest.mark.slow
def test_shapes_stand_below_on_request(tmp_path):
    runner = CliRunner()
    for extra in ((), ("--shapes",)):
        result = runner.invoke(main, ["report", "or-gate-vectorised", "-o", str(tmp_path / str(len(extra))), *extra])
        assert result.exit_code == 0, result.output
    below = r"{\underbrace{X^{\mathsf{T}}}_{m\times 2}}"
    assert below not in (tmp_path / "0" / "or-gate-vectorised.md").read_text(encoding="utf-8")
    assert below in (tmp_path / "1" / "or-gate-vectorised.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_same_bytes_under_every_hash_seed(tmp_path):
    digests = set()
    for seed in range(3):
        out = tmp_path / str(seed)
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        for name in ("batch-norm", "rnn"):
            command = [sys.executable, "-m", "symbackprop", "report", name, "-o", str(out)]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        digests.add(tuple(hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.iterdir())))
    assert len(digests) == 1


def test_values_that_do_not_fit_are_refused(tmp_path):
    d = sb.derive(sb.load_example("mlp"))
    with pytest.raises(sb.DataError, match=re.escape("X")):
        sb.report(d, tmp_path / "mlp", values={"X": [[1.0], [2.0]]})
    assert not list(tmp_path.iterdir())
