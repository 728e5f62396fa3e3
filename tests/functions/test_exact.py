"""What is proved without chance: over the rational numbers, and over boxes by balls of Arb."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sympy as sp
from conftest import few
from networks import network, two_layer
from sympy import Abs, Expr, Max, Rational, Symbol, erf, exp, log, pi, sqrt, tanh

import symbackprop as sb
from symbackprop.judge import Equal, Gradients, Level, Ruling, balls, court, exactly, judge
from symbackprop.judge.balls import has_flint
from symbackprop.judge.claims import Claim
from symbackprop.judge.sums import Budget
from symbackprop.judge.verdict import Verdict

x, y, w, t, z, a, E = sp.symbols("x y w t z a E")
SIGMOID = sb.sigmoid


def _in_the_field(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> Verdict:
    """The ruling of the prime field alone."""
    with monkeypatch.context() as patched:
        patched.setattr(court, "is_small", lambda claim: False)
        return judge(claim)


def _neuron(expr: Expr = w * x) -> sb.Network:
    return network({"z": expr, "a": SIGMOID(z), "E": (t - a) ** 2 / 2})


EQUAL = {
    "sum of exponents": (exp(x + y), exp(x) * exp(y)),
    "fraction of an exponent": (exp(x / 3) ** 2 * exp(x / 3), exp(x)),
    "exponents that depend": (exp(x) * exp(y - x / 2), exp(x / 2 + y)),
    "a number in an exponent": (sp.E * exp(x), exp(x + 1)),
    "sigmoid": (SIGMOID(x) * (1 - SIGMOID(x)), SIGMOID(-x) * SIGMOID(x)),
    "tanh": (tanh(x), 2 * SIGMOID(2 * x) - 1),
    "an exponent that is to be tidied": (exp(w * SIGMOID(x)), exp(w) / exp(w * SIGMOID(-x))),
    "an exponent that cancels": (exp((w**2 - x**2) / (w - x)), exp(w + x)),
    "softplus": (log(1 + exp(x)), x + log(1 + exp(-x))),
    "log of a sigmoid": (log(SIGMOID(x)), -log(1 + exp(-x))),
    "log of a number": (log(6 * x), log(2) + log(3) + log(x)),
    "exp of a log": (exp(3 * log(x) + y), x**3 * exp(y)),
    "a power": (x**y, exp(y * log(x))),
    "root times itself": (sqrt(x * x + 1) ** 3 / (x * x + 1), sqrt(x * x + 1)),
    "roots of numbers": (1 / sqrt(2 * pi), sqrt(2) / 2 / sqrt(pi)),
    "root of what is negative": (sqrt(1 - x) * sqrt(1 - x), 1 - x),
    "log of a root": (log(sqrt(x)), log(x) / 2),
    "error function": (erf(x - y), -erf(y - x)),
    "a quotient": ((x**3 - y**3) / (x - y), x * x + x * y + y * y),
    "a kink": (Max(x, y), (x + y) / 2 + Abs(x - y) / 2),
}


@pytest.mark.parametrize("kind", few(EQUAL))
def test_laws_hold_over_the_rational_numbers(kind: str) -> None:
    net = network({"E": w * x * y}, inputs="x y", targets="")
    left, right = EQUAL[kind]
    verdict = judge(Equal(net, left, right))
    assert (verdict.ruling, verdict.level, verdict.chance) == (Ruling.PROVED, Level.RATIONAL, 0.0)
    assert verdict.method.startswith("exact over ℚ")
    assert "chance" not in verdict.method
    assert judge(Equal(net, left, right + Rational(1, 10**10))).wrong
    assert not judge(Equal(net, left, right * (1 + Rational(1, 10**30)))).proved


SIGNS = {
    "root of a square": (sqrt(x**2), x),
    "log of a square": (log(x**4), 4 * log(2 * x)),
    "power of a square": ((x**2) ** Rational(3, 2), x**3),
    "root of a product": (sqrt(x**2 * y), x * sqrt(y)),
}


@pytest.mark.parametrize("kind", SIGNS)
def test_what_holds_for_positive_numbers_alone_is_not_proved(kind: str) -> None:
    net = network({"E": w * x * y}, inputs="x y", targets="")
    assert judge(Equal(net, *SIGNS[kind])).wrong


@pytest.mark.parametrize("k", few(range(1, 9)))
def test_a_root_of_a_square_that_is_multiplied_out_is_not_its_base(k: int) -> None:
    net = network({"E": w * x * y}, inputs="x y", targets="")
    whole = sqrt(x**2 + 2 * k * x * y + k**2 * y**2)
    assert judge(Equal(net, whole, x + k * y)).wrong
    assert not judge(Equal(net, whole * sqrt(1 + w**2), (x + k * y) * sqrt(1 + w**2))).proved
    far = 37 * k
    assert not judge(Equal(net, sqrt(far**2 * x + far**2 * y), -far * sqrt(x + y))).proved
    assert judge(Equal(net, sqrt(x + k) * sqrt(y + k), sqrt(x * y + k * (x + y) + k**2))).proved


def test_a_fact_makes_a_name_positive() -> None:
    net = network({"E": w * x}, targets="")
    left, right = sqrt(1 + x**2 / w**2) * w, sqrt(w**2 + x**2)
    assert judge(Equal(net, left, right)).wrong
    assert judge(Equal(net, left, right, facts=[w > 0])).level is Level.RATIONAL


def test_facts_are_obeyed_where_they_are_linear() -> None:
    net = network({"E": w * x * y}, inputs="x y", targets="")
    assert judge(Equal(net, exp(x), sp.E * exp(-y), facts=[sp.Eq(x + y, 1)])).level is Level.RATIONAL
    assert judge(Equal(net, x**3, x, facts=[sp.Eq(x**2, 1)])).level is Level.FIELD  # one number of two is no proof
    assert not judge(Equal(net, x, y, facts=[sp.Eq(x**2, y**2)])).proved


def test_gradients_of_the_notes_are_proved_without_chance() -> None:
    d = sb.derive(two_layer())
    assert {sb.verify(d, name, d.gradients[name]).verdict.level for name in d.wrt} == {Level.RATIONAL}
    shown = str(sb.verify(d, "w5", "delta_o1*a_h1"))
    assert shown == "proved: dE/dw5 = delta_o1*a_h1\nexact over ℚ"
    assert str(sb.check(d, points=1)).endswith("proved: exact over ℚ")


def test_what_is_too_large_is_left_to_the_field(monkeypatch: pytest.MonkeyPatch) -> None:
    d = sb.derive(two_layer())
    claim = Gradients(d.network, {d.symbol("w1"): d.gradients[d.symbol("w1")]})
    with monkeypatch.context() as patched:
        patched.setattr(exactly, "NODES", 20)
        assert judge(claim).level is Level.FIELD
    with monkeypatch.context() as patched:
        patched.setattr(court, "Budget", lambda: Budget(100))
        assert judge(claim).level is Level.FIELD
    power = judge(Equal(_neuron(), (1 + exp(x)) ** 900, exp(900 * log(1 + exp(x)))))
    assert (power.ruling, power.level) == (Ruling.PROVED, Level.FIELD)


def _random_network(rng: random.Random) -> sb.Network:
    """Up to three neurons of any kind, one after the other or beside each other."""
    kinds = (SIGMOID, tanh, sb.relu, sb.softplus, sb.silu, lambda v: sqrt(v * v + 1), lambda v: exp(-v * v), sb.gelu)
    equations: dict[str, Expr] = {}
    known: list[Symbol] = [x]
    for k in range(rng.choice((1, 1, 2, 3))):
        equations[f"z{k}"] = Symbol(f"w{k}") * rng.choice(known) + (Symbol("b") if k == 0 else rng.choice(known))
        equations[f"a{k}"] = rng.choice(kinds)(Symbol(f"z{k}"))
        known.append(Symbol(f"a{k}"))
    out = sum(known[1:], sp.Integer(0))
    equations["E"] = rng.choice(((t - out) ** 2 / 2, log(1 + exp(-t * out))))
    parameters = " ".join(["b", *(f"w{k}" for k in range((len(equations) - 1) // 2))])
    return network(equations, parameters=parameters)


def _faults(formula: Expr, rng: random.Random) -> Iterator[Expr]:
    """The formula, and slips."""
    yield formula
    yield formula * (1 + Rational(1, 10**10))
    yield formula + Rational(1, 10**20) * x
    names = sorted(formula.free_symbols, key=str)
    if len(names) > 1:
        one, other = rng.sample(names, 2)
        yield formula.xreplace({one: other})


@pytest.mark.parametrize("seed", range(2))
def test_both_exact_levels_rule_alike(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _rule_alike(seed, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 40))
def test_both_exact_levels_rule_alike_on_more(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    _rule_alike(seed, monkeypatch)


def _rule_alike(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    d = sb.derive(_random_network(rng))
    name = rng.choice(d.wrt)
    for formula in _faults(d.gradients[name], rng):
        claim = Gradients(d.network, {name: formula})
        exact, field = judge(claim), _in_the_field(claim, monkeypatch)
        assert exact.ruling is field.ruling, f"{d.network.equations}: {name}: {formula}: {exact} | {field}"
        assert exact.chance <= field.chance


# --------------------------------------------------------------------------------------------------------------------
# Boxes

needs_flint = pytest.mark.skipif(not has_flint(), reason="python-flint, the extra 'proof', is not installed")
BOX = {"x": (-2, 2), "t": 0, "w": 1}
PADE = "x*(27 + x^2)/(27 + 9*x^2)"


def test_enclose_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(balls, "has_flint", lambda: False)
    with pytest.raises(sb.SymbackpropError) as refused:
        sb.enclose(sb.derive(_neuron()), "tanh(x)", PADE, BOX)
    assert "enclose needs python-flint, and there is no module flint here; install it" in str(refused.value)


@needs_flint
def test_an_approximation_is_bounded() -> None:
    d = sb.derive(_neuron())
    found = sb.enclose(d, "tanh(x)", PADE, BOX, pieces=300)
    assert found.ok
    worst = max(abs(math.tanh(v) - v * (27 + v * v) / (27 + 9 * v * v)) for v in (k / 500 for k in range(-1000, 1001)))
    assert worst <= found.most <= 1.02 * worst
    assert found.least <= worst
    assert sb.enclose(d, "tanh(x)", PADE, BOX, within=0.03).ruling is Ruling.PROVED
    wrong = sb.enclose(d, "tanh(x)", PADE, BOX, within=0.02)
    assert wrong.ruling is Ruling.WRONG
    assert abs(math.tanh(wrong.point["x"]) - wrong.values[0]) < 1e-12
    assert abs(wrong.values[0] - wrong.values[1]) > 0.02


@needs_flint
def test_a_gradient_is_bounded_from_the_equations() -> None:
    d = sb.derive(_neuron())
    formula = "(a - t)*a*(1 - a)*x"
    box = {"x": (8, 10), "t": 0.5, "w": 1}
    assert sb.enclose(d, "dE/dw", formula, box, within=1e-3).ok
    flipped = sb.enclose(d, "dE/dw", f"where(z > 9.3, -1, 1)*{formula}", box, within=1e-4)
    assert flipped.ruling is Ruling.WRONG
    assert flipped.point["x"] > 9.3
    undecided = sb.enclose(d, "dE/dw", formula, box, within=1e-12, pieces=9)
    assert undecided.ruling is Ruling.UNDECIDED
    assert "in 9 pieces it is at most" in str(undecided)


@needs_flint
@pytest.mark.parametrize(
    ("left", "right", "gap"),
    [("max(x, 0)", "(x + abs(x))/2", 0), ("abs(x)", "sqrt(x^2 + 1/100)", 0.1), ("relu(x)", "softplus(8*x)/8", 0.0867),
     (erf(x), tanh(6 * x / 5), 0.0195), ("gelu(x)", "x*sigmoid(1.702*x)", 0.0204)],
)  # fmt: skip
def test_kinks_and_the_error_function_are_enclosed(left: Expr | str, right: Expr | str, gap: float) -> None:
    d = sb.derive(_neuron())
    found = sb.enclose(d, left, right, {**BOX, "x": (-3, 4)}, within=1.1 * gap, pieces=400)
    assert found.ok, str(found)
    assert not gap or sb.enclose(d, left, right, {**BOX, "x": (-3, 4)}, within=0.9 * gap).ruling is Ruling.WRONG


@needs_flint
def test_an_edge_of_the_domain_has_no_bound() -> None:
    found = sb.enclose(sb.derive(_neuron()), "log(x)", "x", {**BOX, "x": (0, 1)}, pieces=40)
    assert found.ruling is Ruling.UNDECIDED
    assert "it has no bound" in str(found)


@needs_flint
@pytest.mark.parametrize(
    ("box", "said"),
    [({"x": (1, 0), "t": 0, "w": 1}, "x goes from 1 to 0"), ({"x": (0, 1), "t": 0}, "there is no value for w"),
     ({"x": (0, 1, 2), "t": 0, "w": 1}, "x is given (0, 1, 2)")],
)  # fmt: skip
def test_boxes_that_do_not_fit(box: dict[str, object], said: str) -> None:
    with pytest.raises(sb.DataError, match="error") as refused:
        sb.enclose(sb.derive(_neuron()), "x", "x", box)
    assert said in str(refused.value)


TOLD = """
import symbackprop as sb
d = sb.derive(sb.load_example("two-layer-bias"))
print(d.gradients, d.expanded("w1"), *sb.work(d, "w1"), sb.lambdify(d).source, sb.check(d))
print(sb.verify(d, "w5", "1.0000000001*delta_o1*a_h1"))
"""


@needs_flint
def test_results_are_the_same_bytes_with_numbers_of_flint() -> None:
    told = [
        subprocess.run(
            [sys.executable, "-c", TOLD],
            env={**os.environ, "SYMPY_GROUND_TYPES": kind},
            capture_output=True,
            check=True,
        ).stdout
        for kind in ("python", "flint")
    ]
    assert told[0] == told[1]
