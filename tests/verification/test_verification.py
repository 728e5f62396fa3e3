"""Checks that pass where the derivation is right, and fail where it is not; formulas of the user's judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from conftest import few, slow_except
from hypothesis import assume, given, settings
from networks import (
    EXAMPLES,
    Described,
    chain,
    derivative,
    described,
    exact_forward,
    network,
    softmax_classifier,
    two_layer,
)
from sympy import Abs, Eq, Expr, Max, Piecewise, Symbol, exp, log, sqrt, symbols, tanh

import symbackprop as sb
from symbackprop.judge import Level
from symbackprop.numeric.evaluate import evaluate_all, forward
from symbackprop.verification.check import CODE, FORMS
from symbackprop.verification.differences import analytic_names, central_differences, complex_steps, is_analytic
from symbackprop.verification.points import KINK_MARGIN, kinks_of, obey, random_points
from symbackprop.verification.sampled import relative_error, sampled

x, w, v, b, t, y, z, a, E = symbols("x w v b t y z a E")
SMOOTH = ["two-layer", "softmax-3", "bce", "powers", "residual"]


@cache
def derived(name: str) -> sb.Derivation:
    return sb.derive(EXAMPLES[name]())


# -- numeric derivatives


@pytest.mark.parametrize("name", SMOOTH)
def test_a_complex_step_is_exact(name: str) -> None:
    net = EXAMPLES[name]()
    point = random_points(sb.derive(net), 1, 3)[0]
    words = [w.name for w in net.parameters]
    loss = net.loss.name
    for word, found in complex_steps(net, point, words).items():
        expected = derivative(lambda m, n=word: exact_forward(net, {**point, n: m})[loss], point[word])
        assert float(found) == pytest.approx(float(expected), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_central_difference_is_near(name: str) -> None:
    net = EXAMPLES[name]()
    point = random_points(sb.derive(net), 1, 3)[0]
    words = [w.name for w in net.parameters]
    loss = net.loss.name
    for word, found in central_differences(net, point, words).items():
        expected = derivative(lambda m, n=word: exact_forward(net, {**point, n: m})[loss], point[word])
        assert float(found) == pytest.approx(float(expected), rel=1e-6, abs=1e-7)


@pytest.mark.parametrize(
    ("expr", "analytic"),
    [
        (sb.sigmoid(z) * tanh(z) + exp(z) / log(z), True),
        (sqrt(z) ** 3, True),
        (sb.softmax(z, w)[0], True),
        (sb.relu(z), False),
        (w * Abs(z), False),
        (Max(z, w) + 1, False),
        (Piecewise((z, z > 0), (0, True)), False),
        (sb.gelu(z), False),
        (sb.smooth_l1(z, w), False),
        (sb.function("f", lambda u: sb.relu(u))(z), False),
        (sb.function("f", lambda u: sb.silu(u))(z), True),
    ],
    ids=str,
)
def test_what_is_analytic(expr: Expr, analytic: bool) -> None:
    assert is_analytic(expr) is analytic


def test_the_method_is_chosen_by_what_lies_on_the_way() -> None:
    net = network({z: sb.relu(w * x), y: v * z + b, "E": sb.squared_error(y, t)}, parameters="w v b")
    assert {s.name for s in analytic_names(net)} >= {"v", "b", "y"}
    d = sb.derive(net)
    samples = sampled(d, sb.lambdify(d), random_points(d, 2, 0), 0)
    methods = {name: sample.method for name, sample in samples.items()}
    assert methods == {"w": "central difference", "v": "complex step", "b": "complex step"}
    assert all(sample.ok for sample in samples.values())


# -- points


@pytest.mark.parametrize("name", EXAMPLES)
def test_points_stay_away_from_kinks(name: str) -> None:
    net = EXAMPLES[name]()
    kinks = [kink for expr in net.equations.values() for kink in kinks_of(expr)]
    for point in random_points(sb.derive(net), 5, 0):
        values = forward(net, point)
        assert all(np.isfinite(values[n.name]) for n in net.equations)
        assert all(abs(gap) > KINK_MARGIN / 4 for gap in evaluate_all(kinks, values))


def test_points_are_inside_the_domain() -> None:
    net = network({z: log(w) + sqrt(x), y: w ** (v + x), "E": sb.squared_error(y * z, t)}, parameters="w v")
    points = random_points(sb.derive(net), 5, 0)
    assert len(points) == 5
    assert all(point["w"] > 0 and point["x"] > 0 for point in points)
    assert sb.check(sb.derive(net)).ok


def test_where_there_is_no_point_it_says_so() -> None:
    net = network({z: log(-1 - w**2), "E": z**2}, "", "")
    with pytest.raises(sb.DataError, match=r"error\[no-point\]: no random point was found where E is finite"):
        sb.check(sb.derive(net))


def test_points_are_the_same_for_a_seed() -> None:
    d = sb.derive(two_layer())
    assert random_points(d, 3, 7) == random_points(d, 3, 7)
    assert random_points(d, 3, 7) != random_points(d, 3, 8)


@pytest.mark.parametrize("real", [None, True])
def test_points_obey_the_facts(real: bool | None) -> None:
    t1, t2, t3 = symbols("t1:4", real=real)
    point = {"t1": 0.2, "t2": 0.3, "t3": 9.0, "x": 1.0}
    assert obey(point, [Eq(t1 + t2 + t3, 1)])["t3"] == pytest.approx(0.5)
    assert obey(point, [Eq(2 * t1 - t2, 0)])["t2"] == pytest.approx(0.4)


# -- check


@pytest.mark.parametrize("name", few(EXAMPLES))
@pytest.mark.parametrize("seed", slow_except([0], [0, 1]))
def test_right_gradients_pass(name: str, seed: int) -> None:
    report = sb.check(derived(name), seed=seed)
    assert report.proved, str(report)
    assert report.points == 5
    assert all(row.method == CODE and row.error <= row.tolerance for row in report.rows)
    assert all(verdict.proved for row in report.rows for verdict in row.verdicts.values())


def check_random(d: Described) -> None:
    """Nothing that is right is called wrong; and it is undecided only where a side of a kink was not reached."""
    try:
        report = sb.check(sb.derive(d.network()), points=2)
    except sb.DataError as error:
        assume(error.code != "no-point")
        raise
    assert report.ok, str(report)
    assert all("not reached" in reason for reason in report.reasons), str(report)


@pytest.mark.slow
@settings(max_examples=6)
@given(described(max_depth=2, max_width=2))
def test_right_gradients_of_random_networks_pass(d: Described) -> None:
    check_random(d)


@pytest.mark.slow
@settings(max_examples=40)
@given(described(max_depth=3, max_width=3))
def test_right_gradients_of_many_random_networks_pass(d: Described) -> None:
    check_random(d)


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "tanh", "softplus", "gelu", "silu", "elu"])
def test_wide_layers_pass(activation: str) -> None:
    for seed in (0, 1):
        report = sb.check(sb.derive(sb.mlp([40, 6, 2], activation=activation)), points=2, seed=seed)
        assert report.proved, str(report.worst)


@pytest.mark.slow
def test_a_deep_chain_passes() -> None:
    assert sb.check(sb.derive(chain(40, tanh), wrt=["w1", "w20", "w40"]), points=2).proved


def test_values_that_vanish_are_worked_out_with_digits_enough() -> None:
    """In a chain of 200 values of 1e-55 come out: exp(z) - exp(-z) has none of fifty digits left there."""
    assert sb.check(sb.derive(chain(200, tanh)), points=1, forms=["shared"]).proved


def test_a_dead_layer_passes() -> None:
    net = network({a: sb.relu(-(w**2) - 1 + 0 * x), y: a + 0 * v, "E": sb.squared_error(y, t)})
    assert sb.check(sb.derive(net)).ok


Sabotage = Callable[[sb.Derivation], sb.Derivation]


def wrong_adjoint(d: sb.Derivation) -> sb.Derivation:
    """One shared gradient changes its sign."""
    w5 = symbols("w5")
    return replace(d, swept=replace(d.swept, adjoint={**d.swept.adjoint, w5: -d.swept.adjoint[w5]}))


def wrong_signal(d: sb.Derivation) -> sb.Derivation:
    """A δ loses the second route: a mistake that hand-written notes make."""
    delta, w5 = symbols("delta_h1 w5")
    o1, a_h1 = symbols("delta_o1 a_h1")
    backward = {**d.swept.backward, delta: a_h1 * (1 - a_h1) * o1 * w5}
    return replace(d, swept=replace(d.swept, backward=backward))


def wrong_local(d: sb.Derivation) -> sb.Derivation:
    """A local derivative is wrong, which only the closed and expanded forms use again."""
    edge = symbols("o1"), symbols("w5")
    return replace(d, graph=replace(d.graph, local={**d.graph.local, edge: 2 * d.graph.local[edge]}))


def wrong_by_a_little(d: sb.Derivation) -> sb.Derivation:
    w5 = symbols("w5")
    changed = d.swept.adjoint[w5] * (1 + Symbol("w1") / 10**8)
    return replace(d, swept=replace(d.swept, adjoint={**d.swept.adjoint, w5: changed}))


@pytest.mark.parametrize(
    ("sabotage", "wrong"),
    [
        (wrong_adjoint, {"w5"}),
        (wrong_signal, {"w1", "w2"}),
        (wrong_local, {"w5"}),
        (wrong_by_a_little, {"w5"}),
    ],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_a_sabotaged_derivation_fails_and_says_which(sabotage: Sabotage, wrong: set[str]) -> None:
    report = sb.check(sabotage(sb.derive(two_layer())))
    assert not report.ok
    assert {row.name for row in report.rows if not row.ok} == wrong
    assert report.worst.name in wrong or sabotage is wrong_local
    lines = str(report).splitlines()
    table = report.table().splitlines()
    assert {line.split()[0] for line in table if line.endswith("WRONG")} == {f"dE/d{name}" for name in wrong}
    assert f"two-layer sigmoid: {len(wrong)} of 8 gradients are WRONG" in lines
    assert report.summary == f"{len(wrong)} of 8 gradients are WRONG"


def test_a_wrong_local_derivative_shows_in_the_forms_that_use_it() -> None:
    row = next(r for r in sb.check(wrong_local(sb.derive(two_layer()))).rows if r.name == "w5")
    rulings = {form: str(verdict.ruling) for form, verdict in row.verdicts.items()}
    assert rulings == {"shared": "proved", "closed": "wrong", "expanded": "wrong"}
    for form in ("closed", "expanded"):
        witness = row.verdicts[form].witness
        assert witness is not None
        assert witness.found == pytest.approx(2 * witness.expected, rel=1e-12)
    assert row.error < 1e-12
    assert row.code_ok
    assert row.ruling == "WRONG"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["smooth-l1-relu", "max-min", "piecewise", "every-activation"])
def test_sabotage_shows_with_central_differences_too(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    w = d.wrt[0]
    bad = replace(d, swept=replace(d.swept, adjoint={**d.swept.adjoint, w: d.swept.adjoint[w] * 1.001}))
    samples = sampled(bad, sb.lambdify(bad), random_points(bad, 5, 0), 0)
    assert {name for name, sample in samples.items() if not sample.ok} == {w.name}
    report = sb.check(bad)
    assert {row.name for row in report.rows if not row.ok} == {w.name}


def test_a_wrong_fact_shows() -> None:
    d = sb.derive(softmax_classifier(3), facts=[Eq(symbols("t1") + symbols("t2") + symbols("t3"), 1)])
    lied = replace(d, facts=())
    assert sb.check(d).proved
    assert not sb.check(lied).ok


def test_the_table_of_a_check() -> None:
    report = sb.check(sb.derive(two_layer()))
    lines = report.table().splitlines()
    assert lines[0].split() == ["gradient", *FORMS, "code"]
    assert len(lines) == 9
    assert all(line.split()[1:4] == ["proved"] * 3 and line.endswith("ok") for line in lines[1:])
    said = str(report).splitlines()
    assert said[9] == "two-layer sigmoid: all gradients are proved, and the code agrees at 5 points"
    assert said[10] == "proved: exact over ℚ"
    assert len(said) == 11


@pytest.mark.parametrize(
    ("found", "expected", "floor", "error"),
    [
        (1.0, 1.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0),
        (2.0, 1.0, 0.0, 0.5),
        (-1.0, 1.0, 0.0, 2.0),
        (1e-9, 0.0, 1.0, 1e-9),
        (float("nan"), 1.0, 0.0, 1.0),
        (float("inf"), 1.0, 0.0, 1.0),
    ],
)
def test_relative_error(found: float, expected: float, floor: float, error: float) -> None:
    assert relative_error(found, expected, floor) == error


# -- verify

NOTES = sb.derive(two_layer())
RIGHT = {
    "w5": [
        "(a_o1 - t1)*a_o1*(1 - a_o1)*a_h1",
        "-(t1 - a_o1)*a_o1*(1 - a_o1)*a_h1",
        "delta_o1*a_h1",
        "a_h1*a_o1**2 - a_h1*a_o1**3 - t1*a_h1*a_o1 + t1*a_h1*a_o1**2",
    ],
    "w1": [
        "a_h1*(1 - a_h1)*i1*((a_o1 - t1)*a_o1*(1 - a_o1)*w5 + (a_o2 - t2)*a_o2*(1 - a_o2)*w7)",
        "delta_h1*i1",
        "(delta_o1*w5 + delta_o2*w7)*a_h1*(1 - a_h1)*i1",
    ],
}


@pytest.mark.parametrize(("name", "formula"), [(n, f) for n, formulas in RIGHT.items() for f in formulas])
def test_a_right_formula(name: str, formula: str) -> None:
    found = sb.verify(NOTES, name, formula)
    assert found.ok
    assert not found.hint
    assert str(found) == f"proved: dE/d{name} = {formula}\n{found.verdict.method}"
    assert found.verdict.level in (Level.FIELD, Level.RATIONAL)


WRONG = {
    "the sign": ("w5", "(t1 - a_o1)*a_o1*(1 - a_o1)*a_h1", "the sign is wrong: the formula is minus the gradient"),
    "the half": ("w5", "2*delta_o1*a_h1", "the formula is 2 times the gradient"),
    "a third": ("w1", "delta_h1*i1/3", "the formula is 1/3 times the gradient"),
    "a route that is easily forgotten": (
        "w1",
        "(a_o1 - t1)*a_o1*(1 - a_o1)*w5*a_h1*(1 - a_h1)*i1",
        "the formula leaves out the route w1 → h1 → a_h1 → o2 → a_o2 → E",
    ),
    "the other route": (
        "w1",
        "delta_o2*w7*a_h1*(1 - a_h1)*i1",
        "the formula leaves out the route w1 → h1 → a_h1 → o1 → a_o1 → E",
    ),
    "another weight": ("w5", "delta_o1*a_h2", "right if a_h2 is a_h1"),
    "a forgotten derivative": ("w5", "(a_o1 - t1)*a_h1", "the factor a_o1*(1 - a_o1) = ∂a_o1/∂o1 is missing"),
    "zero": ("w5", "0", ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_formula(case: str) -> None:
    name, formula, hint = WRONG[case]
    found = sb.verify(NOTES, name, formula)
    assert not found.ok
    assert found.verdict.wrong
    assert found.hint.startswith(hint)
    assert bool(found.hint) is bool(hint)
    assert found.point is not None
    assert found.expected is not None
    assert relative_error(found.found or 0.0, found.expected) > 1e-9
    loss = two_layer()
    at = found.point
    numeric = derivative(lambda m: exact_forward(loss, {**at, name: m})["E"], at[name])
    assert found.expected == pytest.approx(float(numeric), rel=1e-10)
    words = str(found)
    assert words.startswith(f"wrong: dE/d{name} is not {formula}\nat i1 = ")
    assert "the gradient is " in words
    assert "and the formula gives " in words


def test_a_formula_as_an_expression() -> None:
    delta, a_h1 = symbols("delta_o1 a_h1")
    assert sb.verify(NOTES, symbols("w5"), delta * a_h1).ok
    assert not sb.verify(NOTES, "w5", delta * a_h1 + 1).ok
    assert sb.verify(NOTES, "w5", NOTES.expanded("w5")).ok


@pytest.mark.parametrize("name", slow_except(["two-layer", "piecewise"], EXAMPLES))
def test_every_form_verifies(name: str) -> None:
    d = derived(name)
    for w in d.wrt:
        for form in (d.gradients[w], d.shared[w], d.expanded(w)):
            assert sb.verify(d, w, form).ok
        assert sb.verify(d, w, d.gradients[w] + 1).verdict.wrong


def test_a_network_that_is_used_up_to_a_fact() -> None:
    d = sb.derive(EXAMPLES["softmax-3-facts"]())
    assert sb.verify(d, "w1", "(p1 - t1)*i1").ok
    plain = sb.derive(softmax_classifier(3))
    assert sb.verify(plain, "w1", "(p1 - t1)*i1").verdict.wrong


@pytest.mark.parametrize(
    ("name", "formula", "message"),
    [
        ("w9", "a_h1", "error[unknown-name]: there is no gradient of w9; "),
        ("h1", "a_h1", "error[unknown-name]: there is no gradient of h1; "),
        ("w5", symbols("q"), "error[unknown-name]: q in the formula is no name of the network; "),
    ],
)
def test_what_cannot_be_verified(name: str, formula: Any, message: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        sb.verify(NOTES, name, formula)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize("formula", ["a_h1*", "q + 1", "__import__('os').system('true')", "a_h1.real", "lambda: 1", ""])
def test_text_that_is_no_formula(formula: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        sb.verify(NOTES, "w5", formula)
    assert "\n" not in str(error.value)


def test_a_route_hint_names_several_routes() -> None:
    net = network({a: w * x, z: a**2 + tanh(a) + v * a, "E": sb.squared_error(z, t) + a}, parameters="w v")
    d = sb.derive(net)
    paths = list(d.paths("w"))
    assert len(paths) == 3
    assert sb.verify(d, "w", paths[0].product).hint.count("the route") == 2
