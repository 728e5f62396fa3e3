"""The rules that facts about entries and sides give: proved where the fact holds, and false where it does not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from sympy import Abs, Eq, Expr, Integer, MatrixSymbol, Max, Min, Piecewise, Rational, Symbol, sign, sqrt, symbols

import symbackprop as sb
from symbackprop.algebra.entry_facts import entry_rule
from symbackprop.algebra.rewrite import everywhere
from symbackprop.algebra.stated_signs import sign_rule
from symbackprop.judge import Equal, Ruling, judge
from symbackprop.network.facts import spoken, values_of

x, y, a, b, E = symbols("x y a b E")
n = Symbol("n")
QUICK, ALL = range(20), range(20, 200)
SEEDS = [*QUICK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in ALL)]
SETS = ("{-1, 1}", "{0, 1}", "{-1, 0, 1}", "{1, 2}", "{-2, 1/2, 3}")


def under(*facts: str) -> sb.Network:
    """A network of four names of which this is stated."""
    return sb.Network({E: x * y * a * b}, inputs=[x, y], targets=[a], parameters=[b], loss=E, facts=facts)


def proved(net: sb.Network, left: Expr, right: Expr, facts: Sequence[Any]) -> bool:
    return judge(Equal(net, left=left, right=right, facts=facts)).ruling is Ruling.PROVED


def wrong(net: sb.Network, left: Expr, right: Expr) -> bool:
    return judge(Equal(net, left=left, right=right)).ruling is Ruling.WRONG


def _polynomial(rng: random.Random, numbers: str) -> Expr:
    """A product of powers of what is made of y, times something of x: its own degree is never small."""
    made: Expr = Integer(1)
    for _ in range(rng.randint(2, 3)):
        inner = rng.choice([y, y, 1 - y, 1 + y, y**2 + 1, 2 * y - 1])
        made *= inner ** rng.randint(1, 3)
    made *= rng.choice([Integer(1), Abs(y), sb.relu(y), Max(y, Rational(1, 2))]) if "2" not in numbers else Integer(1)
    return made * rng.choice([x, x**2 + 1, a * x]) + rng.choice([Integer(0), y**3 * b, b])


@pytest.mark.parametrize("seed", SEEDS)
def test_functions_of_few_numbers_are_what_they_are_there(seed: int) -> None:
    rng = random.Random(seed)
    numbers = SETS[seed % len(SETS)]
    net = under(f"y in {numbers}")
    (fact,) = net.facts
    rule = entry_rule(fact)
    assert rule is not None
    before = _polynomial(rng, numbers)
    after = everywhere(rule)(before)
    assert after == everywhere(rule)(after)
    assert proved(net, before, after, net.facts)


@pytest.mark.parametrize(
    ("numbers", "before", "after"),
    [
        ("{-1, 1}", y**2, 1),
        ("{-1, 1}", y**6 * x, x),
        ("{-1, 1}", y**3, y),
        ("{-1, 1}", x / y, x * y),
        ("{-1, 1}", Abs(y), 1),
        ("{-1, 1}", sign(y), y),
        ("{-1, 1}", (y - 1) * (y + 1) * x, 0),
        ("{0, 1}", y**5, y),
        ("{0, 1}", (1 - y) * y * x, 0),
        ("{0, 1}", (1 - y) ** 2 * x, (1 - y) * x),
        ("{0, 1}", sb.relu(y), y),
        ("{0, 1}", Max(y, 0) + Min(y, 1), 2 * y),
        ("{-1, 0, 1}", y**3, y),
        ("{-1, 0, 1}", y**7 * x, y * x),
        ("{1, 2}", Abs(y) * x, y * x),
    ],
)
def test_each_rule_needs_its_fact(numbers: str, before: Expr, after: Any) -> None:
    net = under(f"y in {numbers}")
    rule = entry_rule(net.facts[0])
    assert rule is not None
    assert everywhere(rule)(before) == after
    assert proved(net, before, Integer(after) if isinstance(after, int) else after, net.facts)
    assert wrong(net, before, Integer(after) if isinstance(after, int) else after)


@pytest.mark.parametrize("fact", [Eq(x + y, 1), Eq(y**2, x), Eq(y**2, 2), Eq(y**2, -1), Eq(y**2, 0), Eq(y, 1), y > 0])
def test_other_facts_give_no_such_rule(fact: Any) -> None:
    assert values_of(fact) is None


# -- sides of zero

NEEDED: list[tuple[list[str], Expr, Any]] = [
    (["x > 0"], Abs(x), x),
    (["x < 0"], Abs(x), -x),
    (["x > 0"], sign(x) * y, y),
    (["x < 0"], sign(x), -1),
    (["x > 0"], sqrt(x**2), x),
    (["x > 0"], sqrt(x**2 * (1 + y**2)), x * sqrt(1 + y**2)),
    (["x >= 0"], sb.relu(x), x),
    (["x <= 0"], sb.relu(x), 0),
    (["x > 0"], sb.step(x), 1),
    (["x <= 0"], sb.step(x), 0),
    (["x > 0"], sb.leaky_relu(x), x),
    (["x > 1/2"], Abs(2 * x - 1), 2 * x - 1),
    (["0 < x", "x < 1"], Abs(1 - x) * Abs(x), (1 - x) * x),
    (["a < b"], Max(a, b), b),
    (["a < b"], Min(a, b), a),
    (["a < b"], sign(a - b), -1),
    (["a < b", "b < x"], Max(a, x), x),
    (["a > 0", "x > a"], Abs(x), x),
    (["a > 0", "b > 0"], Abs(a * b + a), a * b + a),
    (["x > 1", "a < 1"], Piecewise((y, x > a), (b, True)), y),
    (["x > 1", "a < 1"], Piecewise((y, x < a), (b, True)), b),
    (["y in {1, 2}"], Abs(y * x**2), y * x**2),
]


@pytest.mark.parametrize(("facts", "before", "after"), NEEDED)
def test_each_side_needs_its_fact(facts: list[str], before: Expr, after: Any) -> None:
    net = under(*facts)
    rule = sign_rule(net.facts, {}, before)
    assert rule is not None
    found = rule.apply(before)
    assert found == after
    assert rule.uses
    assert rule.reason == "since " + " and ".join(map(spoken, rule.uses))
    assert proved(net, before, found, net.facts)
    assert wrong(net, before, found)
    assert sign_rule((), {}, before) is None


@pytest.mark.parametrize(
    ("facts", "before"),
    [
        (["x >= 0"], sign(x)),
        (["x >= 0"], sb.step(x)),
        (["x > -1"], Abs(x)),
        (["a > 0"], Max(a, b)),
        (["a < b"], Abs(b)),
        (["a > 0", "b > 0"], Abs(a - b)),
        (["x > 0"], Piecewise((y, x > 1), (b, True))),
    ],
)
def test_what_is_not_known_stays(facts: list[str], before: Expr) -> None:
    assert sign_rule(under(*facts).facts, {}, before) is None


def _sided(rng: random.Random) -> Expr:
    """Something of which some parts have a known side."""
    parts = [x, a, x * a, b - a, x + a, x**2 * a, 1 + x, y, y - x, -x, a - b, sb.sigmoid(y), sb.sigmoid(y) * x]
    outer = [Abs, sign, sb.relu, sb.step, lambda z: Max(z, -a), lambda z: Min(z, b, a)]
    made = [rng.choice(outer)(rng.choice(parts)) for _ in range(3)]
    return made[0] * made[1] + rng.choice([y, b, made[2]])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_decided_is_proved(seed: int) -> None:
    net = under("x > 0", "a > 0", "a < b")
    before = _sided(random.Random(seed))
    rule = sign_rule(net.facts, net.equations, before)
    after = before if rule is None else rule.apply(before)
    assert proved(net, before, after, net.facts)


# -- matrices

M, V = MatrixSymbol("M", n, n), MatrixSymbol("V", n, n)
FORMS: list[tuple[str, Expr, str]] = [
    ("mask", sb.total(sb.hadamard(M, M, M, V)), "M"),
    ("sign", sb.total(sb.hadamard(M, M, V)), "broadcast(1, n, n)"),
    ("one-hot rows", sb.total(sb.hadamard(M, M, sb.log_softmax(V, axis=1))), "M - exp(log_p_V)"),
    ("orthogonal", sb.total(sb.power(M * V, 2)), "2*V"),
    ("orthogonal", sb.total(sb.power(V * M, 2)), "2*V"),
    ("orthogonal", sb.trace(M**-1 * V), "M"),
    ("symmetric", sb.total(sb.hadamard(M * V, V)), "2*(M @ V)"),
    ("positive definite", sb.total(sb.hadamard(M * V, V)), "2*(M @ V)"),
    ("diagonal", sb.total(sb.hadamard(M * V, V)), "2*(M @ V)"),
    ("antisymmetric", sb.total(sb.hadamard(M * V, V)), "0"),
    ("unit rows", sb.total(sb.hadamard(sb.broadcast(sb.rowsum(sb.power(M, 2)), n, n), V)), "broadcast(1, n, n)"),
    ("positive", sb.total(sb.hadamard(sb.absolute(M), V)), "M"),
]


@pytest.mark.parametrize(("words", "loss", "form"), FORMS)
def test_forms_of_matrices_need_what_is_stated(words: str, loss: Expr, form: str) -> None:
    net = sb.Network({E: loss}, inputs=[M], targets=[], parameters=[V], loss=E, facts=[f"M {words}"])
    d = sb.derive(net)
    assert str(d.gradients[V]) == form
    assert sb.check(d).ok
    assert sb.verify(d, "V", d.gradients[V]).ok
    (said,) = d.stated
    assert not set(said.facts) <= set(d.unused_facts)
    plain = sb.derive(sb.Network({E: loss}, inputs=[M], targets=[], parameters=[V], loss=E))
    assert not sb.verify(plain, "V", d.gradients[V]).ok


def test_names_of_activations_are_followed() -> None:
    z = Symbol("z")
    net = sb.Network({z: a * b + 1, E: sb.relu(z) * x}, inputs=[x], targets=[a], parameters=[b], loss=E)
    assert str(sb.derive(net).gradients[b]) == "a*x*step(z)"
    assert str(sb.derive(net, facts=["a positive", "b positive"]).gradients[b]) == "a*x"
