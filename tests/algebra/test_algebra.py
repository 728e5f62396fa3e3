"""Each rewriting keeps the value, never makes an expression longer, and says the same when asked again."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sympy as sp
from conftest import few
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf
from networks import close, exact
from sympy import Add, Eq, Expr, Integer, Mul, Rational, S, count_ops, exp, log, symbols
from sympy.core.cache import clear_cache

import symbackprop as sb
from symbackprop.algebra import CANCEL, GATHER, SIGNS, TAKE_OUT, Rewrite, fact_rule, stabilised, tidy
from symbackprop.algebra.at_point import AtPoint
from symbackprop.algebra.rewrite import EXPANSION_LIMIT, gather_shared, multiply_out
from symbackprop.functions.softmax import log_softmax_component, log_sum_exp

a, b, p, p1, p2, p3, q, t, t1, t2, t3, w, x, y, z = symbols("a b p p1 p2 p3 q t t1 t2 t3 w x y z")
NAMES = [a, p, t1, t2, x, y]
RULES = [SIGNS, CANCEL, GATHER, TAKE_OUT]


@st.composite
def factors(draw: Any) -> Expr:
    name = draw(st.sampled_from(NAMES))
    other = draw(st.sampled_from(NAMES))
    kinds = [name, name, name**2, 1 - name, name - 1, name - other, 1 / name, name**3, 1 / (1 - name), name + other]
    kinds += [-other / name + (1 - other) / (1 - name), sb.sigmoid(name), name * other + name - 2]
    return draw(st.sampled_from(kinds))


@st.composite
def sums(draw: Any) -> Expr:
    """A sum of products, such as a chain rule leaves."""
    number = st.sampled_from([S.One, S.One, S.NegativeOne, Integer(2), Rational(-3, 2)])
    terms = [
        Mul(draw(number), *draw(st.lists(factors(), min_size=1, max_size=4)))
        for _ in range(draw(st.integers(1, 4)))
    ]  # fmt: skip
    if draw(st.booleans()):
        shared = draw(factors())
        terms = [shared * term for term in terms]
    return Add(*terms)


def point(seed: int = 0) -> dict[str, mpf]:
    rng = random.Random(seed)
    return {s.name: mpf(rng.uniform(0.1, 0.9)) + mpf(k) / 97 for k, s in enumerate([*NAMES, t3, p1, p2, p3, w, z])}


def the_same(one: Expr, other: Expr) -> None:
    for seed in range(3):
        at = point(seed)
        assert close(exact(one, at), exact(other, at), 1e-30, 1e-12), (one, other)


@pytest.mark.parametrize("rule", few(RULES), ids=lambda r: r.name)
@given(expr=sums())
def test_a_rule_keeps_the_value(rule: Rewrite, expr: Expr) -> None:
    the_same(rule.apply(expr), expr)


@pytest.mark.parametrize("rule", few(RULES), ids=lambda r: r.name)
@given(expr=sums())
def test_a_rule_never_makes_an_expression_longer(rule: Rewrite, expr: Expr) -> None:
    assert count_ops(rule.apply(expr)) <= count_ops(expr)


# Gathering takes out one factor after the other, the most shared first: another order may go further.
@pytest.mark.parametrize("rule", [SIGNS, CANCEL, TAKE_OUT], ids=lambda r: r.name)
@given(expr=sums())
def test_a_rule_has_nothing_to_add_to_its_own_result(rule: Rewrite, expr: Expr) -> None:
    once = rule.apply(expr)
    assert rule.apply(once) == once


@pytest.mark.parametrize("rule", few(RULES), ids=lambda r: r.name)
@given(expr=sums())
def test_a_rule_says_the_same_each_time(rule: Rewrite, expr: Expr) -> None:
    first = rule.apply(expr)
    clear_cache()
    assert rule.apply(expr) == first


@given(sums(), st.booleans())
def test_tidying_keeps_the_value_at_every_line(expr: Expr, out: bool) -> None:
    before = expr
    for line in tidy(expr, multiply_out=out):
        assert line.result != before
        the_same(line.result, expr)
        assert count_ops(line.result) <= count_ops(before)
        before = line.result


@pytest.mark.parametrize(
    ("rule", "before", "after"),
    [
        (SIGNS, -x * (t - 1), x * (1 - t)),
        (SIGNS, -2 * x * (t - 1) * y, 2 * x * y * (1 - t)),
        (SIGNS, -x * (t - y), -x * (t - y)),
        (SIGNS, x * (t - 1), x * (t - 1)),
        (SIGNS, -x, -x),
        (TAKE_OUT, x * y + x * z, x * (y + z)),
        (TAKE_OUT, x * y * (1 - a) + z * (1 - a), (1 - a) * (x * y + z)),
        (TAKE_OUT, x**2 * y + x * z, x * (x * y + z)),
        (TAKE_OUT, x**3 + x**2 * y, x**2 * (x + y)),
        (TAKE_OUT, 2 * x * y - 4 * x * z, 2 * x * (y - 2 * z)),
        (TAKE_OUT, x + y, x + y),
        (TAKE_OUT, x * y, x * y),
        (TAKE_OUT, x + 1, x + 1),
        (TAKE_OUT, x / 2 + y / 2, x / 2 + y / 2),
        (CANCEL, a * (1 - a) * (-t / a + (1 - t) / (1 - a)), a - t),
        (CANCEL, x * (1 / x + y), x * y + 1),
        (CANCEL, x * (1 / z + y), x * (1 / z + y)),
        (GATHER, p * t1 + p * t2 - t1, p * (t1 + t2) - t1),
        (GATHER, p1 * t2 - t1 * (1 - p1), p1 * (t1 + t2) - t1),
        (GATHER, p1 * t2 + p1 * t3 - t1 * (1 - p1), p1 * (t1 + t2 + t3) - t1),
        (GATHER, x * (1 + y) - x * y, x),
        (GATHER, x * (y + z), x * (y + z)),
        (GATHER, x + y, x + y),
    ],
    ids=str,
)
def test_what_a_rule_makes(rule: Rewrite, before: Expr, after: Expr) -> None:
    assert rule.apply(before) == after


def test_gathering_takes_no_time_on_what_is_nested() -> None:
    nested = x
    for k in range(60):
        nested = (nested + 1) * symbols(f"u{k}") + nested * y
    assert multiply_out(nested * p + q) == nested * p + q


def test_gathering_leaves_what_would_have_too_many_terms() -> None:
    long = Mul(*(Add(*symbols(f"u{k}_1:6")) for k in range(5)))
    assert EXPANSION_LIMIT < 5**5
    assert multiply_out(long) is long


def test_gathering_goes_on_with_the_rest() -> None:
    assert gather_shared(p * t1 + p * t2 + q * x + q * y + z) == p * (t1 + t2) + q * (x + y) + z


# -- facts


@pytest.mark.parametrize(
    ("fact", "before", "after"),
    [
        (Eq(t1 + t2 + t3, 1), p * (t1 + t2 + t3) - t1, p - t1),
        (Eq(1, t1 + t2 + t3), p * (t1 + t2 + t3) - t1, p - t1),
        (Eq(t1 + t2, 1), 1 - t1 - t2, S.Zero),
        (Eq(t1 + t2, 1), x * (t1 + t2 + y), x * (1 + y)),
        (Eq(t1 - t2, 0), p * (t1 - t2) + q * (t2 - t1), S.Zero),
        (Eq(2 * t1 + t2, 3), y * (2 * t1 + t2), 3 * y),
        (Eq(t1 + t2, 1), p * (t1 + 2 * t2), p * (t1 + 2 * t2)),
        (Eq(t1 + t2 + t3, 1), p * (t1 + t2), p * (t1 + t2)),
    ],
    ids=str,
)
def test_a_fact_is_put_in_where_it_stands(fact: Eq, before: Expr, after: Expr) -> None:
    assert fact_rule(fact).apply(before) == after
    assert fact_rule(fact).apply(after) == after


@given(sums())
def test_a_fact_keeps_the_value_where_it_holds(expr: Expr) -> None:
    rule = fact_rule(Eq(t1 + t2, 1))
    at = point()
    at["t2"] = 1 - at["t1"]
    assert close(exact(rule.apply(expr), at), exact(expr, at), 1e-30, 1e-12)


def test_every_rule_has_a_name_and_a_condition() -> None:
    rules = [*RULES, fact_rule(Eq(t1 + t2, 1))]
    assert len({rule.name for rule in rules}) == len(rules)
    assert fact_rule(Eq(t1 + t2, 1)).condition == "where t1 + t2 = 1"
    assert all(rule.condition.startswith(("always", "where ")) for rule in rules)


# -- logarithms that do not overflow

SCORES = symbols("s1:4")
DEFINED = {a: sb.sigmoid(z), **dict(zip((p1, p2, p3), sb.softmax(SCORES), strict=True)), b: sp.tanh(z)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (log(a), -sb.softplus(-z)),
        (log(1 - a), -sb.softplus(z)),
        (-t * log(a) - (1 - t) * log(1 - a), t * sb.softplus(-z) + (1 - t) * sb.softplus(z)),
        (log(p2), -sb.softplus(log_sum_exp(SCORES[0], SCORES[2]) - SCORES[1])),
        (t1 * log(p2) + log(p3), t1 * log_softmax_component(2, *SCORES) + log_softmax_component(3, *SCORES)),
        (Add(*(-u * log(v) for u, v in zip((t1, t2), (p1, p3), strict=True))),
         -t1 * log_softmax_component(1, *SCORES) - t2 * log_softmax_component(3, *SCORES)),
        (log(x), log(x)),
        (log(b), log(b)),
        (log(1 - p1), log(1 - p1)),
        (log(2 - a), log(2 - a)),
        (log(a * x), log(a * x)),
    ],
    ids=str,
)  # fmt: skip
def test_a_logarithm_is_made_stable(before: Expr, after: Expr) -> None:
    assert stabilised({**DEFINED, w: before})[w] == after
    at = {s.name: mpf(k) / 7 for k, s in enumerate([*SCORES, z, t, t1, t2, x, w], start=1)}
    at |= {name.name: exact(definition, at) for name, definition in DEFINED.items()}
    assert close(exact(before, at), exact(after, at), 1e-40)


# -- sums at a point of a prime field


@pytest.mark.parametrize(
    "zero",
    [
        x * (y + 1) - x * y - x,
        (x + y) ** 2 / (x - y) - (x**2 + 2 * x * y + y**2) / (x - y),
        exp(x) * (1 + exp(-x)) - exp(x) - 1,
        exp(x + y) * exp(-x) - exp(y),
        sp.tanh(x * (y + 1)) - sp.tanh(x * y + x),
        x / 3 + x / 6 - x / 2,
    ],
)
def test_what_is_zero_is_zero_at_a_point(zero: Expr) -> None:
    assert AtPoint({}, {}).value(zero) == 0


@pytest.mark.parametrize("other", [x * y - x, exp(x) * exp(y) - exp(x * y), sp.tanh(x) - sp.tanh(y), x**2 - x])
def test_what_is_not_zero_is_not_zero_at_a_point(other: Expr) -> None:
    assert AtPoint({}, {}).value(other)


def test_roots_and_quotients_have_a_value_where_they_are_defined() -> None:
    root, found = AtPoint({}, {}), set()
    for name in (x, y, z, p, q, t, a, b):
        found.add(root.value(sp.sqrt(name) * (sp.sqrt(name) + 1) - name - sp.sqrt(name)))
    assert found == {0, None}  # of about half of all numbers there is no root
    assert AtPoint({}, {}).value(1 / (x * (y + 1) - x * y - x)) is None
    assert AtPoint({}, {}).value(x**y) is None


def test_names_have_the_values_that_are_known_of_them() -> None:
    p1, p2, delta = symbols("p1 p2 delta")
    at_point = AtPoint({delta: p1 * x}, {p2: 1 - p1})
    assert at_point.value(x * (1 - p2) - delta) == 0
    assert at_point.value(x * p2 - delta) != 0
