"""The script of a page: the numbers that it works out, and how it reads what people type, beside Python."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from conftest import few
from pages import EXAMPLES, derived, in_node, parts_of, script_files
from sympy import Eq, symbols

import symbackprop as sb
from symbackprop.numeric import lambdify
from symbackprop.numeric.javascript import number_source
from symbackprop.reporting.numbers import plain

pytestmark = pytest.mark.needs("node")


def at_point(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """Every number of an example, by the network in its page."""
    live = parts_of(name).live
    source = f"const p = {live.source}; console.log(JSON.stringify(p.numbers({json.dumps(values)})))"
    return in_node(source)


def arrays(name: str, numbers: dict[str, float], kind: str) -> dict[str, np.ndarray]:
    return {
        one.name: np.array([[numbers[entry] for entry in row] for row in one.entries])
        for one in parts_of(name).live.quantities
        if one.kind == kind
    }


@pytest.mark.parametrize("name", few(EXAMPLES, 4))
def test_the_numbers_are_those_of_numpy(name: str) -> None:
    live, d = parts_of(name).live, derived(name)
    function = lambdify(d)
    for point in live.points:
        numbers = at_point(name, point)
        leaves = {k: v for kind in ("input", "target", "parameter") for k, v in arrays(name, numbers, kind).items()}
        shaped = {s.name: leaves[s.name] if d.network.shape(s) else leaves[s.name].item() for s in d.network.leaves}
        forward, gradients = function.forward_backward(**shaped)
        for kind, expected in (("value", forward), ("gradient", gradients)):
            for key, found in arrays(name, numbers, kind).items():
                if key in expected:
                    np.testing.assert_allclose(
                        found.ravel(), np.ravel(expected[key]), rtol=1e-11, atol=1e-12, err_msg=key
                    )


def test_three_steps_lose_as_in_numpy() -> None:
    for name in ("two-layer-bias", "or-gate", "mlp", "linear-neuron"):
        live, d = parts_of(name).live, derived(name)
        quantities = [{"name": q.name, "kind": q.kind, "entries": q.entries} for q in live.quantities]
        losses = in_node(
            f"const network = {live.source};\n{script_files('network')}\n"
            f"const quantities = {json.dumps(quantities)};\n"
            f"let values = startingValues(quantities, {json.dumps(dict(live.given))});\nconst losses = [];\n"
            "for (let k = 0; k < 4; k += 1) {\n"
            f"  losses.push(means(network, values, ['{live.loss}'])['{live.loss}']);\n"
            "  values = descended(network, values, movesOf(quantities), 0.1);\n}\n"
            "console.log(JSON.stringify(losses))"
        )
        data = {s.name: d.network.values[s.name] for s in (*d.network.inputs, *d.network.targets)}
        start = {s.name: d.network.values[s.name] for s in d.network.parameters}
        history = sb.train(d, data=data, initial=start, learning_rate=0.1, epochs=3)
        np.testing.assert_allclose(losses, history.losses, rtol=1e-12)


def test_local_derivatives_multiply_along_routes_to_the_gradient() -> None:
    d, live = derived("two-layer-bias"), parts_of("two-layer-bias").live
    point = live.points[0]
    found = in_node(
        f"const network = {live.source};\n{script_files('routes')}\n"
        f"const found = network.numbers({json.dumps(point)});\nconst links = network.localDerivatives(found);\n"
        "const routes = routesFrom('w1', links, 'E');\n"
        "console.log(JSON.stringify([routes.map(r => r.names), routes.reduce((s, r) => s + r.product, 0),"
        " found.w1_bar, routeCount('b1', links, 'E'), adjoints(links, 'E').get('h1'), found.delta_h1]))"
    )
    names, total, gradient, count, adjoint, delta = found
    assert names == [[s.name for s in path.names] for path in d.paths("w1")]
    assert total == pytest.approx(gradient, rel=1e-12)
    assert count == d.path_count("b1") == 4
    assert adjoint == pytest.approx(delta, rel=1e-12)


FORMULAS = [
    ("1 + 2*3", 7), ("-2^2", -4), ("2^-1", 0.5), ("2**3**2", 512), ("1e-3*4", 0.004), ("(1 - x)*x", -2.0),
    ("x/y/2", 0.2), ("x - y - 1", -4.0), ("−x·y", -10.0), ("exp(x - 2)", 1.0), ("max(x, y)", 5.0), ("x*-y", -10.0),
    (".5*x", 1.0), ("δₒ₁*aₕ₁", 0.75), ("delta_o1 * a_h1", 0.75), ("+x", 2.0),
]  # fmt: skip
WRONG = [
    ("", "there is no formula yet", 0),
    ("x +", "something is missing at the end", 3),
    ("2 x", "something like * is missing before x", 2),
    ("(x", "a ) is missing", 2),
    ("x)", "there is one ) too many", 1),
    ("delta_01", "there is no delta_01 in this network; did you mean delta_o1?", 0),
    ("sgmoid(x)", "there is no function sgmoid; did you mean sigmoid?", 0),
    ("x; y", "there is no meaning for ; here", 1),
    ("alert(1)", "there is no function alert", 0),
    ("x.constructor", "there is no meaning for . here", 1),
    ("constructor(1)", "there is no function constructor", 0),
    ("* x", "something is missing before *", 0),
]


def reading(text: str) -> str:
    names = '[["x","x"],["y","y"],["delta_o1","d"],["δₒ₁","d"],["a_h1","a"],["aₕ₁","a"],["A","A"]]'
    return (
        f"{script_files('elements', 'formula', 'arrays')}\nconst names = new Map({names});\n"
        "const functions = { exp: Math.exp, max: Math.max, sigmoid: z => 1/(1 + Math.exp(-z)) };\n"
        "const words = new Set([...Object.keys(functions), ...Object.keys(OF_MATRICES)]);\n"
        "const A = { rows: 2, columns: 3, entries: [1, 2, 3, 4, 5, 6] };\n"
        "const known = { x: scalar(2), y: scalar(5), d: scalar(1.5), a: scalar(0.5), A };\n"
        f"const results = {text}.map(text => {{\n"
        "  try { return valueOf(readFormula(text, names, words), n => known[n], functions); }\n"
        "  catch (error) {\n"
        "    if (!(error instanceof FormulaError)) { throw error; }\n"
        "    return [error.message, error.at ?? null];\n  }\n});\n"
        "console.log(JSON.stringify(results))"
    )


def test_formulas_are_read_as_people_write_them() -> None:
    found = in_node(reading(json.dumps([text for text, _ in FORMULAS])))
    for (text, expected), result in zip(FORMULAS, found, strict=True):
        assert result == {"rows": 1, "columns": 1, "entries": [pytest.approx(expected)]}, text


def test_what_cannot_be_read_is_told_with_its_place() -> None:
    found = in_node(reading(json.dumps([text for text, _, _ in WRONG])))
    for (text, message, at), result in zip(WRONG, found, strict=True):
        assert result == [message, at], text


def test_matrices_are_multiplied_as_in_numpy() -> None:
    a = np.arange(1.0, 7).reshape(2, 3)
    cases = {
        "A @ A.T": a @ a.T, "A' @ A": a.T @ a, "Aᵀ": a.T, "colsum(A)": a.sum(0, keepdims=True),
        "A*A - 2*A": a * a - 2 * a,
        "A - rowmean(A)": a - a.mean(1, keepdims=True), "sum(A)/6": np.array([[a.mean()]]), "exp(-A)": np.exp(-a),
    }  # fmt: skip
    found = in_node(reading(json.dumps(list(cases), ensure_ascii=False)))
    for (text, expected), result in zip(cases.items(), found, strict=True):
        assert (result["rows"], result["columns"]) == expected.shape, text
        np.testing.assert_allclose(result["entries"], expected.ravel(), rtol=1e-15)
    (refused,) = in_node(reading('["A @ A"]'))
    assert refused == ["2×3 @ 2×3 does not fit: 3 is not 2", None]


def test_numbers_are_written_as_in_reports() -> None:
    values = [0.0, 1.0, -4.5, 0.0721571, 123456.0, 0.142357123, 1e-4, 99999.95]
    found = in_node(f"{script_files('elements')}\nconsole.log(JSON.stringify({json.dumps(values)}.map(v => shown(v))))")
    assert [text.replace("−", "-") for text in found] == [plain(value) for value in values]
    small, large = in_node(
        f"{script_files('elements')}\nconsole.log(JSON.stringify([1.25e-9, -3e7].map(v => shown(v))))"
    )
    assert (small, large) == ("1.25×10⁻⁹", "−3×10⁷")


def test_facts_that_break_are_told() -> None:
    x, t, w, loss = symbols("x t w loss")
    net = sb.Network({loss: w * x - t}, inputs=[x], targets=[t], parameters=[w], loss=loss, facts=[Eq(x + t, 1)])
    source = number_source(sb.derive(net), {}).source
    broken, kept = in_node(
        f"const p = {source}; console.log(JSON.stringify([p.brokenFacts({{x: 1, t: 1, w: 1}}),"
        " p.brokenFacts({x: 0.25, t: 0.75, w: 1})]))"
    )
    assert len(broken) == 1
    assert "= 1" in broken[0]
    assert kept == []
