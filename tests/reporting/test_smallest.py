"""The smallest case of matrix reports: what is chosen, that it is the same network, and what is said of it."""

from __future__ import annotations

import itertools
import re

import matrix_networks
import numpy as np
import pytest
from sympy import Expr

import symbackprop as sb
from symbackprop.numeric.evaluate import evaluate, forward, with_signals
from symbackprop.publish import gather
from symbackprop.publish.smallest import smallest_case
from symbackprop.reporting import document, markdown
from symbackprop.reporting.blocks import Formula, Heading
from symbackprop.reporting.document import chosen_sections
from symbackprop.reporting.extent import Extent
from symbackprop.reporting.smallest import mixings, smallest_cases

MATRICES = [name for name in sb.example_names() if sb.load_example(name).dialect == "matrix"]
ALONE = Extent(sections=("smallest", "results"))


@pytest.fixture(scope="module")
def cases():
    derived = {name: sb.derive(sb.load_example(name)) for name in MATRICES}
    return {name: smallest_case(d, d.network.values) for name, d in derived.items()}


def told(name):
    d = sb.derive(sb.load_example(name))
    return markdown(document(d, gather(d), extent=ALONE)).partition("\n## What came out")[0]


def test_sizes_are_as_small_as_says_something(cases):
    sizes = {name: {size.name: length for size, length in case.sizes.items()} for name, case in cases.items()}
    assert sizes["softmax-cross-entropy"] == {"m": 1, "n": 2, "k": 3}
    assert sizes["batch-norm"] == {"m": 3, "n": 2, "k": 1}
    assert sizes["layer-norm"] == {"m": 1, "n": 2, "k": 3}
    assert sizes["mlp"] == {"m": 2, "n": 2, "h": 2, "k": 1}  # a bias gets a sum over examples
    assert sizes["rnn"]["m"] == 1  # where a weight would get a sum of six terms


@pytest.mark.parametrize("name", MATRICES)
def test_its_derivatives_are_entries_of_those_of_the_matrices(cases, name):
    case = cases[name]
    whole = case.whole
    given = {}
    for leaf in whole.network.leaves:
        grid = case.grids.get(leaf)
        values = case.numbers.values
        given[leaf.name] = (
            values[leaf.name] if grid is None else np.array([[values[entry.name] for entry in row] for row in grid])
        )
    known = with_signals(whole, forward(whole.network, given))
    for w in whole.wrt:
        gradient = np.atleast_2d(evaluate(whole.shared[w], known))
        for i, row in enumerate(case.grids.get(w, ((w,),))):
            for j, entry in enumerate(row):
                if entry.name in case.numbers.adjoints:
                    assert np.isclose(np.broadcast_to(gradient, (len(case.grids.get(w, ((w,),))), len(row)))[i, j],
                                      case.numbers.adjoints[entry.name], rtol=1e-9, atol=1e-12)  # fmt: skip


@pytest.mark.parametrize("name", MATRICES)
def test_every_name_is_written_in_its_own_way(cases, name):
    forms = list(cases[name].written.values())
    assert len(set(forms)) == len(forms)


def test_the_example_is_the_first_that_shows_something(cases):
    assert cases["mlp"].numbers.first == 3  # at (0, 0) and (0, 1) the gradient by the first weight is zero
    assert cases["softmax-cross-entropy"].numbers.first == 2  # of class 1
    assert cases["batch-norm"].numbers.first == 1


@pytest.mark.parametrize("name", ["batch-norm", "layer-norm", "softmax-cross-entropy", "attention"])
def test_entries_that_mix_have_the_derivatives_of_their_routes(cases, name):
    case = cases[name]
    found = list(mixings(case))
    assert found
    for mixing in found:
        values = case.numbers.values
        for j, moved in enumerate(mixing.of):
            step = 1e-6
            after = {}
            for sign in (1, -1):
                kept = {moved.name: values[moved.name] + sign * step}
                given = {s.name: values[s.name] for s in case.derivation.network.leaves}
                others = {other.name: values[other.name] for other in mixing.of if other != moved}
                after[sign] = forward(case.derivation.network, {**given, **others, **kept})
            for i, to in enumerate(mixing.to):
                slope = (after[1][to.name] - after[-1][to.name]) / (2 * step)
                product = sum(
                    np.prod([case.numbers.links[u.name, v.name] for v, u in itertools.pairwise(route)])
                    for route in mixing.routes[i][j]
                )
                assert np.isclose(slope, product, rtol=1e-5, atol=1e-8)


def test_what_is_said_of_softmax_and_cross_entropy():
    text = told("softmax-cross-entropy")
    assert r"p_1(1-p_1) & -p_1\,p_2 & -p_1\,p_3" in text
    assert r"since $`y_1+y_2+y_3 = 1`$" in text
    assert r"= p_1-y_1 = 0.3313-1 = \mathbf{-0.6687}" in text
    assert "at which none of the derivatives that are worked out, one of each kind, is zero" in text


def test_what_is_said_of_batch_normalisation():
    text = told("batch-norm")
    assert text.index("through $`\\mu`$. How much") < text.index("through $`v`$ and $`s`$. How much")
    assert r"1+(-1)\cdot \tfrac{1}{3} = \tfrac{2}{3}" in text
    assert "By the first column of" in text


def test_what_is_said_of_a_multilayer_perceptron():
    text = told("mlp")
    assert r"\delta_{z_{2;1}}\,w_{2;1}" in text
    assert r"= \delta_{z_{2;1}}+\delta_{z_{2;2}}" in text
    assert r"= \tfrac{1}{2}(a_{2;1}-t_1)\cdot a_{2;1}(1-a_{2;1})" in text
    assert "The numbers are those of examples 3 and 4, with which none of" in text  # x is 0 in the first two
    assert not re.search(r"\\cdot 0[+`]", text)
    assert "is entry" in text
    assert "The gradients:" in text


@pytest.mark.parametrize("name", MATRICES)
def test_numbered_lines_and_references_hold_in_a_report_of_this_alone(name):
    d = sb.derive(sb.load_example(name))
    made = document(d, gather(d), extent=ALONE)
    numbers = list(made.numbers())
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(made.references()) <= set(numbers)


def test_without_values_it_is_told_without_numbers():
    d = sb.derive(sb.mlp(["n", "h", "k"], notation="matrix"))
    made = document(d, gather(d), extent=ALONE)
    assert any(block == Heading(1, ("The smallest case, entry by entry",)) for block in made.blocks)
    assert all(line.result is None for b in made.blocks if isinstance(b, Formula) for line in b.lines)


def test_what_is_too_long_is_left_out():
    d = sb.derive(sb.mlp([20, 30, 10], notation="matrix"))
    assert next(smallest_cases(d, {}), None) is None
    made = document(d, gather(d), extent=ALONE)
    assert not any(block == Heading(1, ("The smallest case, entry by entry",)) for block in made.blocks)
    d = sb.derive(matrix_networks.inverse().network())
    assert all(case.is_short for case in smallest_cases(d, {}))


def test_scalars_have_none():
    d = sb.derive(sb.load_example("xor"))
    assert gather(d).smallest is None
    assert "smallest" in chosen_sections(Extent())


def test_the_moves_of_a_softmax_are_equal_at_the_first_step():
    d = sb.derive(sb.load_example("softmax-cross-entropy"))
    made = document(d, gather(d))
    lines = [line for b in made.blocks if isinstance(b, Formula) for line in b.lines]
    start = next(k for k, line in enumerate(lines) if r"-\mathrm{rowsum}" in getattr(line.rhs, "latex", ""))
    known = with_signals(d, forward(d.network, {s.name: np.array(d.network.values[s.name], float)
                                                for s in d.network.leaves}))  # fmt: skip
    put_in, result = lines[start + 1].rhs, lines[start + 2].rhs
    assert isinstance(put_in, Expr)
    assert np.allclose(evaluate(put_in, known), evaluate(result, known))
    weighted, summed, fact = (lines[start - k].rhs for k in (3, 2, 1))
    rows = np.sum(evaluate(weighted, known), axis=1, keepdims=True)
    assert np.allclose(rows, evaluate(summed, known))
    assert np.allclose(rows, evaluate(fact, known))
