"""Scalar networks as JavaScript, run by node: the same numbers as NumPy, to the last digits."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import slow_except
from hypothesis import HealthCheck, given, settings
from networks import EXAMPLES, Described, described, network
from sympy import Eq, Symbol, exp, symbols

import symbackprop as sb
from symbackprop.errors import SymbackpropError
from symbackprop.functions import VOCABULARY
from symbackprop.functions.base import Primitive
from symbackprop.network.spec import example_names, read_example
from symbackprop.numeric import source_of

needs_node = pytest.mark.needs("node")
w, a, t, E = symbols("w a t E")
LACKED = {"erf", "erfinv", "lgamma", "digamma", "trigamma"}


def run(folder: Path, d: sb.Derivation, calls: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[Any]:
    """What the module of a derivation gives for each call, or the words of its error."""
    (folder / "net.mjs").write_text(source_of(d, "javascript"), encoding="utf-8")
    (folder / "run.mjs").write_text(
        "import { lossAndGradients } from './net.mjs';\n"
        f"const calls = {json.dumps(calls)};\n"
        "const told = x => typeof x === 'number' && !Number.isFinite(x) ? String(x) : x;\n"
        "console.log(JSON.stringify(calls.map(([values, options]) => {\n"
        "  try { return lossAndGradients(values, options); } catch (error) { return error.message; }\n"
        "}), (_, x) => told(x)));\n",
        encoding="utf-8",
    )
    done = subprocess.run(["node", "run.mjs"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def agrees(folder: Path, d: sb.Derivation, many: int = 3) -> None:
    """One example, and several with each reduction, are as NumPy has them."""
    rng = random.Random(7)
    names = [s.name for s in d.network.leaves]
    one = {name: rng.uniform(0.1, 1.5) for name in names}
    several = {
        name: [rng.uniform(0.1, 1.5) for _ in range(many)] if k % 2 else one[name] for k, name in enumerate(names)
    }
    function = sb.lambdify(d, check_facts=False)
    calls = [(one, {}), *((several, {"reduction": how}) for how in ("mean", "sum", "none"))]
    found = run(folder, d, [(values, {**options, "checkFacts": False}) for values, options in calls])
    for (values, options), (loss, gradients) in zip(calls, found, strict=True):
        expected, others = function(**{k: np.asarray(v) for k, v in values.items()}, **options)
        for mine, theirs in ((loss, expected), *((gradients[name], others[name]) for name in others)):
            scale = np.max(np.abs(theirs)) if np.size(theirs) else 1.0
            assert np.allclose(np.asarray(mine, float), theirs, rtol=1e-12, atol=1e-14 * max(1.0, float(scale)))


@needs_node
@pytest.mark.parametrize("name", [n for n in example_names() if read_example(n).network.dialect == "scalar"])
def test_shipped_networks_have_the_numbers_of_numpy(name: str, tmp_path: Path) -> None:
    agrees(tmp_path, sb.derive(read_example(name).network))


@needs_node
@pytest.mark.parametrize(
    "name", slow_except(["log-softmax", "every-activation", "piecewise", "awkward-names"], EXAMPLES)
)
def test_networks_have_the_numbers_of_numpy(name: str, tmp_path: Path) -> None:
    agrees(tmp_path, sb.derive(EXAMPLES[name]()))


@needs_node
@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(described())
def test_random_networks_have_the_numbers_of_numpy(tmp_path: Path, made: Described) -> None:
    agrees(tmp_path, sb.derive(made.network()))


@needs_node
@pytest.mark.parametrize("row", [row for row in VOCABULARY if not row.numbers], ids=lambda row: row.name)
def test_functions_have_the_numbers_of_numpy_or_are_told(row: Primitive, tmp_path: Path) -> None:
    args = symbols("w v u")[: row.count]
    words = " ".join(s.name for s in args)
    d = sb.derive(network({a: row.cls(*args) / 4, E: (a - t) ** 2}, "", "t", words, "E"))
    if row.name in LACKED:
        with pytest.raises(
            SymbackpropError, match=r"there is no \w+ for JavaScript; give it one in symbackprop/functions"
        ):
            source_of(d, "javascript")
        return
    rng = random.Random(row.name)
    domain = row.domain(*args) if row.domain else ()
    drawn = ({s.name: rng.uniform(-3, 3) for s in args} for _ in range(100))
    points = [{**values, "t": 0.25} for values in drawn if all(part.subs(values) > 0 for part in domain)][:6]
    function = sb.lambdify(d)
    for values, (loss, gradients) in zip(points, run(tmp_path, d, [(point, {}) for point in points]), strict=True):
        expected, others = function(**values)
        assert np.isclose(loss, expected, rtol=1e-12)
        assert all(np.isclose(gradients[name], others[name], rtol=1e-11, atol=1e-15) for name in others), values


@needs_node
def test_bad_values_are_refused_in_words(tmp_path: Path) -> None:
    p, q = symbols("p q")
    d = sb.derive(network({E: w * p - q}, "p q", "", "w", "E"), facts=[Eq(p + q, 1)])
    missing, uneven, text, how, broken, kept = run(
        tmp_path, d,
        [
            ({"p": 0.5, "q": 0.5}, {}), ({"p": [0.5, 0.5], "q": [0.5], "w": 1}, {}),
            ({"p": "x", "q": {}, "w": 1}, {}), ({"p": 0.5, "q": 0.5, "w": 1}, {"reduction": "max"}),
            ({"p": 0.5, "q": 0.75, "w": 1}, {}), ({"p": 0.25, "q": 0.75, "w": 1}, {}),
        ],
    )  # fmt: skip
    assert missing == "there is no value for w; give a number for every name"
    assert uneven == "p has 2 examples and q has 1"
    assert text == "q is neither a number nor an array of numbers"
    assert how == 'reduction is "max"; use "mean", "sum" or "none"'
    assert broken.startswith("p + q = 1 is stated, and the left side is 1.25 where the right one is 1; ")
    assert kept == [-0.5, {"w": 0.25}]


def test_no_text_of_a_user_becomes_code() -> None:
    net = network({E: exp(w) * Symbol("new") + Symbol("Math")}, "new Math", "", "w", "E")
    evil = sb.Network(
        net.equations, inputs=net.inputs, targets=[], parameters=net.parameters, loss=E, name="x\n*/ y\u2028z"
    )
    source = source_of(sb.derive(evil), "javascript")
    assert "y\\u2028z" in source
    assert "\u2028" not in source
    assert all(line.startswith("//") for line in source.splitlines()[:6] if line)
    assert "new_" in source
    assert "Math_" in source


def test_matrices_are_refused() -> None:
    with pytest.raises(
        sb.DerivationError, match="JavaScript is written for networks of scalars; write them out with exp"
    ):
        source_of(sb.derive(read_example("mlp").network), "javascript")
    with pytest.raises(
        sb.DerivationError, match="javascript is not run from Python; write it with symbackprop compile"
    ):
        sb.lambdify(sb.derive(sb.mlp([1, 1])), backend="javascript")
