"""Exercise sheets: what is asked at each level, values for each seed, keys that are proved, the same bytes, LaTeX."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import few, slow_except
from layers import LAYERS
from networks import EXAMPLES as SCALAR_NETWORKS
from networks import chain, network
from reporting.test_reporting import check_log, check_markdown, compile_latex, odd_network
from sympy import MatrixSymbol, Symbol, log, symbols

import symbackprop as sb
from symbackprop.calculus import Derivation
from symbackprop.numeric.evaluate import forward, with_signals
from symbackprop.numeric.facts import check_facts
from symbackprop.publish.practice.sheets import Worksheet
from symbackprop.reporting import latex, markdown
from symbackprop.reporting.blocks import Blank, Formula
from symbackprop.verification.unsafe_points import nearest_kink

EXAMPLES = sb.example_names()
LEVELS = (1, 2, 3)
CASES = [pytest.param(name, level, id=f"{name}-{level}") for name in EXAMPLES for level in LEVELS]


def derivation(name: str) -> Derivation:
    return sb.derive(sb.load_example(name))


def labels(sheet: Worksheet) -> list[str]:
    return [one.label for one in sheet.exercises]


def expected(sheet: Worksheet) -> dict[str, Any]:
    """Every number of the first step by the name that a sheet gives it: of the code, and of the second evaluator."""
    d, point = sheet.derivation, dict(sheet.values.point)
    _, gradients = sb.lambdify(d)(**point)
    known = dict(with_signals(d, forward(d.network, point)))
    loss = d.network.loss
    known |= {f"d{loss}/d{name}": value for name, value in gradients.items()}
    known |= {f"{name}_new": point[name] - sheet.learning_rate * gradients[name] for name in gradients}
    if d.network.kind.has_routes:
        edges = {f"d{of}/d{by}": expr for (of, by), expr in d.local.items() if f"d{of}/d{by}" not in known}
        known |= {said: expr.xreplace({s: known[s.name] for s in expr.free_symbols}) for said, expr in edges.items()}
    return known


def number_of(known: dict[str, Any], plain: str) -> float:
    name, _, entry = plain.partition("[")
    if not entry:
        return float(np.asarray(known[name], dtype=float).reshape(-1)[0])
    row, column = map(int, entry.rstrip("]").split(","))
    return float(np.asarray(known[name])[row - 1, column - 1])


# -- keys


@pytest.mark.parametrize(("name", "level"), few(CASES, of=2))
@pytest.mark.parametrize("seed", [None, 5])
def test_every_formula_of_a_key_is_proved_and_every_number_is_that_of_the_code(
    name: str, level: int, seed: int | None
) -> None:
    sheet = sb.worksheet(derivation(name), level, seed)
    formulas = [one.label for one in sheet.exercises if one.kind == "formula"]
    assert {label: verdict.proved for label, verdict in sheet.verdicts.items()} == dict.fromkeys(formulas, True)
    proof = "**Proof.** The formulas are proved from the equations of the network alone"
    assert (proof in markdown(sheet.key)) is bool(formulas)
    known = expected(sheet)
    numbers = [one for one in sheet.exercises if one.kind == "number"]
    assert numbers
    for one in numbers:
        assert float(one.answer) == pytest.approx(number_of(known, one.plain.replace("+", "")), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", few(SCALAR_NETWORKS, of=8))
def test_other_networks_have_keys_too(name: str) -> None:
    for level in LEVELS:
        sheet = sb.worksheet(sb.derive(SCALAR_NETWORKS[name]()), level)
        assert all(verdict.proved for verdict in sheet.verdicts.values())
        assert "________" not in markdown(sheet.key)


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_asked_without_an_update(name: str) -> None:
    sheet = sb.worksheet(sb.derive(LAYERS[name]()), 3)
    assert all(verdict.proved for verdict in sheet.verdicts.values())
    text = markdown(sheet.key)
    assert "## The layer" in text
    assert "Gradient descent" not in text


def test_a_key_says_what_is_not_proved() -> None:
    a, out, up = (MatrixSymbol(name, *symbols("p q")) for name in ("A0", "Y0", "G0"))
    softened = sb.operation("softened", [a], out, up, adjoints=[sb.hadamard(up, sb.sigmoid(a))], numpy="np.sinh")
    m, n, loss = symbols("m n E")
    x, w, y = MatrixSymbol("X", m, n), MatrixSymbol("W", n, n), MatrixSymbol("Y", m, n)
    net = sb.Network({y: softened(x * w), loss: sb.total(y)}, inputs=[x], parameters=[w], loss=loss)
    text = markdown(sb.worksheet(sb.derive(net), 2).key)
    assert "**Proof.** Formula 1" in text
    assert "is not proved: " in text


def test_a_key_that_is_wrong_is_not_written(tmp_path: Path) -> None:
    sheet = sb.worksheet(derivation("or-gate"), 2)
    part, *others = sheet.parts
    slip = replace(part, exercises=tuple(replace(one, answer=2 * one.answer) for one in part.exercises))
    with pytest.raises(sb.DerivationError, match="the answer to 1 is not what the equations say"):
        replace(sheet, parts=(slip, *others)).save(tmp_path / "gate")
    assert list(tmp_path.iterdir()) == []


# -- what is asked


def test_levels_ask_more_and_give_less() -> None:
    d = derivation("two-layer-bias")
    first, second, third = (sb.worksheet(d, level) for level in LEVELS)
    plain = [[one.plain for one in sheet.exercises] for sheet in (first, second, third)]
    chain = ["dE1/da_o1", "da_o1/do1", "do1/dw5"]
    assert plain[0] == ["h1", "a_h1", "o1", "a_o1", "E1", "E", *chain, *chain, "dE/dw5"]
    assert plain[1] == ["delta_o1", "delta_h1", "dE/dw5", "dE/db2"] * 2
    assert {"dE/dw1", "dE/db1", "w1_new", "b1_new", "h1", "delta_h1"} <= set(plain[2])
    assert labels(second) == ["1a", "1b", "2a", "2b", "3a", "3b", "3c", "3d"]
    given = "Of the forward pass is given"
    assert [given in markdown(sheet.sheet) for sheet in (first, second, third)] == [True, True, False]
    assert "$`h_2 = 0.3925`$" in markdown(first.sheet)
    assert "$`h_1 = " not in markdown(first.sheet), "it is asked"


def test_the_sheet_and_the_key_are_one_document_but_for_the_answers() -> None:
    sheet = sb.worksheet(derivation("mlp"), 3)
    blanks = [line for block in sheet.sheet.blocks if isinstance(block, Formula) for line in block.lines]
    answered = [line for block in sheet.key.blocks if isinstance(block, Formula) for line in block.lines]
    for blank, answer in zip(blanks, answered, strict=True):
        assert (blank.lhs, blank.why, blank.number) == (answer.lhs, answer.why, answer.number)
        assert isinstance(blank.rhs, Blank) is (blank.number is not None)
        assert blank.number is not None or blank == answer
    assert list(sheet.sheet.numbers()) == labels(sheet)
    assert markdown(sheet.sheet).count("________") == len(sheet.exercises)


def test_no_sentence_is_about_what_is_not_there() -> None:
    neuron = markdown(sb.worksheet(derivation("linear-neuron"), 1).sheet)
    assert "error signal" not in neuron
    assert "entry" not in neuron
    assert "It is known" not in neuron
    assert "It is known of the data that" in markdown(sb.worksheet(derivation("softmax-classifier"), 2).sheet)
    assert "At a kink" in markdown(sb.worksheet(derivation("smooth-l1-relu"), 2).sheet)


def test_entries_that_are_asked_are_left_open() -> None:
    sheet = sb.worksheet(derivation("softmax-cross-entropy"), 1)
    asked = [one for one in sheet.exercises if one.plain.startswith(("Z[", "P["))]
    assert [one.entry for one in asked] == [asked[0].entry] * 2, "the same entry of both"
    text = markdown(sheet.sheet)
    assert text.count("?") == 2
    assert f"{asked[0].answer:.6g}" not in text.partition("Exercises")[0].partition("Of the forward pass")[2]


def test_large_networks_have_short_sheets() -> None:
    wide = sb.worksheet(sb.derive(sb.mlp([20, 20, 5])), 3)
    assert wide.figures is None
    assert "too many values to be written out" in markdown(wide.sheet)
    assert 5 <= len(wide.exercises) <= 20
    assert {one.kind for one in wide.exercises} == {"formula"}
    deep = sb.worksheet(sb.derive(chain(15)), 2)
    assert "Of 15 shapes 6 are asked, next to the loss and far from it." in markdown(deep.sheet)
    assert [one.plain for one in deep.exercises[:6]] == [f"delta_z{k}" for k in (15, 14, 13, 12, 2, 1)]


def test_one_of_many_examples_is_taken() -> None:
    sheet = sb.worksheet(derivation("or-gate"), 3)
    assert sheet.values.example == (4, 4), "the one with the fewest zeros"
    assert "Those that come with the network, of example 4 of 4:" in markdown(sheet.sheet)


# -- values


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_seeds_draw_other_short_decimals(name: str) -> None:
    d = derivation(name)
    points = [sb.worksheet(d, 2, seed).values.point for seed in range(4)]
    said = {repr([(key, np.asarray(value).tolist()) for key, value in point.items()]) for point in points}
    assert len(said) == 4
    for point in points:
        check_facts(d, point)
        assert nearest_kink(d.network, point) > 0.01
        for value in point.values():
            assert np.allclose(value, np.round(value, 3), atol=0)


def test_values_obey_facts_and_domains() -> None:
    x, w, y, t, E = symbols("x w y t E")
    net = network({y: log(w * x) + w, E: (y - t) ** 2}, facts=["x > 2", "w > 0"])
    for seed in range(3):
        point = sb.worksheet(sb.derive(net), 2, seed).values.point
        assert point["x"] > 2
        assert point["w"] > 0
        assert point["x"] == round(point["x"], 3)
    m, n, loss = symbols("m n L")
    a, b = MatrixSymbol("A", m, n), MatrixSymbol("B", n, n)
    inverse = sb.Network({loss: sb.total(a * b**-1)}, inputs=[a], parameters=[b], loss=loss)
    for seed in range(3):
        assert np.linalg.cond(sb.worksheet(sb.derive(inverse), 3, seed).values.point["B"]) < 200


def test_classes_stay_classes() -> None:
    for seed in range(3):
        target = sb.worksheet(derivation("softmax-cross-entropy"), 2, seed).values.point["Y"]
        assert set(np.ravel(target)) == {0.0, 1.0}
        assert (target.sum(axis=1) == 1).all()
        point = sb.worksheet(derivation("softmax-classifier"), 2, seed).values.point
        assert sorted(point[name] for name in ("t1", "t2", "t3")) == [0, 0, 1]


def test_without_a_seed_the_values_are_the_networks_own_or_those_of_seed_0() -> None:
    own = sb.worksheet(derivation("two-layer-bias"), 2)
    assert own.seed is None
    assert own.values.point["w5"] == 0.4
    bare = sb.derive(sb.mlp([2, 2, 1]))
    assert sb.worksheet(bare, 2).seed == 0
    assert markdown(sb.worksheet(bare, 2).sheet) == markdown(sb.worksheet(bare, 2, 0).sheet)


# -- files


def test_files(tmp_path: Path) -> None:
    sheet = sb.worksheet(derivation("or-gate"), 1)
    written = sheet.save(tmp_path / "gate.v2", ["md"])
    assert [path.name for path in written] == ["gate.v2-worksheet.md", "gate.v2-key.md", "gate.v2-answers.txt"]
    assert written[0].read_text(encoding="utf-8") == markdown(sheet.sheet)
    assert written[2].read_text(encoding="utf-8") == sheet.answers
    every = sheet.save(tmp_path / "all")
    assert {path.suffix for path in every} >= {".md", ".tex", ".txt"}


SCRIPT = """
import hashlib, symbackprop as sb
from symbackprop.reporting import latex, markdown
for name in ("softmax-classifier", "mlp"):
    for level in (2, 3):
        sheet = sb.worksheet(sb.derive(sb.load_example(name)), level, 3)
        said = markdown(sheet.sheet) + markdown(sheet.key) + latex(sheet.sheet) + latex(sheet.key) + sheet.answers
        print(hashlib.sha256(said.encode()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_bytes_in_every_run() -> None:
    runs = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=True
        )
        runs.add(done.stdout)
    assert len(runs) == 1
    assert len(set(runs.pop().split())) == 4


def test_awkward_names_are_text() -> None:
    sheet = sb.worksheet(sb.derive(odd_network()), 3)
    for document in (sheet.sheet, sheet.key):
        check_markdown(markdown(document))
        assert r"\textbackslash{}input\{x\}" in latex(document)
    assert "\n# To have them marked" in sheet.answers


@pytest.mark.needs("pdflatex")
@pytest.mark.parametrize(("name", "level"), [pytest.param("two-layer-bias", 2), *slow_except([], CASES)])
def test_latex_compiles_without_wide_boxes(name: str, level: int, tmp_path: Path) -> None:
    sheet = sb.worksheet(derivation(name), level)
    for document in (sheet.sheet, sheet.key):
        check_log(compile_latex(latex(document), tmp_path))


@pytest.mark.slow
@pytest.mark.needs("pdflatex")
def test_latex_of_awkward_names_compiles(tmp_path: Path) -> None:
    sheet = sb.worksheet(sb.derive(odd_network()), 3)
    for document in (sheet.sheet, sheet.key):
        check_log(compile_latex(latex(document), tmp_path))


# -- what is refused


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"level": 4}, "error[level]: level = 4 is no level; choose 1, 2 or 3"),
        ({"level": True}, "error[level]: level = True is no level; choose 1, 2 or 3"),
        ({"level": "2"}, "error[level]: level = '2' is no level; choose 1, 2 or 3"),
        ({"seed": -1}, "error[seed]: seed = -1 is not a whole number from 0; give, say, 3"),
        ({"seed": 1.5}, "error[seed]: seed = 1.5 is not a whole number from 0; give, say, 3"),
        ({"seed": 2**32}, "error[seed]: seed = 4294967296 is not a whole number from 0; give, say, 3"),
        ({"learning_rate": 0}, "error[learning-rate]: learning rate 0"),
    ],
)
def test_bad_choices_are_told(given: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as caught:
        sb.worksheet(derivation("or-gate"), **given)
    assert str(caught.value).startswith(message)


def test_a_network_is_no_derivation() -> None:
    with pytest.raises(sb.DerivationError, match=re.escape("write worksheet(sb.derive(net))")):
        sb.worksheet(sb.load_example("xor"))  # type: ignore[arg-type]


def test_values_that_do_not_do_are_told(tmp_path: Path) -> None:
    x, w, y, t, E = symbols("x w y t E")
    equations = {y: log(w * x), E: (y - t) ** 2}
    values = {"x": -1.0, "w": 0.5, "t": 0.25}
    with pytest.raises(sb.DataError) as caught:
        sb.worksheet(sb.derive(network(equations, values=values)), 2)
    assert str(caught.value) == "error[values]: y is not finite at these values; give others, or draw some with a seed"
    nowhere = network({y: log(-(w**2) - x**2), E: (y - t) ** 2})
    with pytest.raises(sb.DataError, match=re.escape("error[no-point]: no random point was found")):
        sb.worksheet(sb.derive(nowhere), 2)


def test_a_network_of_one_equation_may_have_nothing_to_ask() -> None:
    w = Symbol("w")
    net = network({"E": w * 2}, inputs="", targets="")
    assert [one.plain for one in sb.worksheet(sb.derive(net), 2).exercises] == ["dE/dw", "dE/dw"]


def test_sheets_are_told_apart() -> None:
    d = derivation("xor")
    made = [sb.worksheet(d, level, seed) for level in LEVELS for seed in (0, 1)]
    assert len({re.findall("sheet=([0-9a-f]{16})", sheet.answers)[0] for sheet in made}) == 6
