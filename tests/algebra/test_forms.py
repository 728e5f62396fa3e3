"""The search for short forms: each rule by itself, on random forms; what it is asked for, and what it may not do."""

from __future__ import annotations

from typing import Any

import pytest
from algebra.test_judge_rules import network_of, the_same
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_networks import random_matrix_networks
from networks import described
from sympy import Eq, Expr, Integer, Rational, Symbol, exp, sign, symbols

import symbackprop as sb
from symbackprop.algebra.forms import Shortening
from symbackprop.algebra.forms.known import Move
from symbackprop.algebra.forms.moves import MOVES
from symbackprop.algebra.forms.settled import Settled, slopes_in, veiled
from symbackprop.judge import Gradients, judge
from symbackprop.matrices import Array, Inverse, Sum, SumAll, Transposed, as_whole, product, shape_of

m, n = symbols("m n")
A, B, D = (Array(word, (m, n)) for word in "ABD")
S, W = Array("S", (n, n)), Array("W", (n, n))
r, c, s = Array("r", (m, Integer(1))), Array("c", (Integer(1), n)), Symbol("s")
C, K, P = Array("C", (m, n)), Array("K", (n, n)), Array("P", (m, n))
mu, q = Array("mu", (Integer(1), n)), Symbol("q")
EQUATIONS: dict[Symbol, Expr] = {
    mu: Sum(A, Integer(0)) / m, C: A - mu, K: product(Transposed(A), A), P: A * r, q: s**2 + 1,
}  # fmt: skip
GIVEN = [A, B, D, S, W, r, c, s]
SMALL = (2, Rational(1, 2), -1, 3)


@st.composite
def forms(draw: st.DrawFn, depth: int = 3) -> Expr:
    """A form of shape m × n, of names, sums, products entry by entry and of matrices, reductions and quotients."""
    if depth == 0:
        return draw(st.sampled_from([A, B, D, C, P]))
    one, other = draw(forms(depth - 1)), draw(forms(depth - 1))
    scalar, row, column = draw(st.sampled_from(SMALL)), draw(st.sampled_from([c, mu])), r
    square = draw(st.sampled_from([S, W, K, S + Transposed(S)]))
    made = draw(
        st.sampled_from(
            [
                one + other,
                one - other,
                one * other,
                one * row,
                one * column,
                one / q,
                scalar * one,
                product(one, square),
                one - Sum(one, Integer(0)) / m,
                other * Sum(one * other, Integer(1)) / n,
                one * SumAll(other),
                (one + other) * row / q,
                product(one * row, square),
                one * s + other * s,
                as_whole(Sum(one, Integer(0)) * row, (m, n)),
                (one - other) * (other - one),
                one / s - other / s**2,
                as_whole(Sum(one, Integer(1)) + Transposed(Sum(Transposed(other), Integer(0))), (m, n)),
                product(one, S, Inverse(product(W, S))),
                one * sb.step(other) - one * sb.step(-other),
            ]
        )
    )
    return as_whole(made, (m, n))


def _search() -> Shortening:
    search = Shortening(network_of(GIVEN, EQUATIONS), ())
    search._prepare()
    return search


SEARCH = _search()


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """One search serves all tests; how much it looks at in one derivation is bounded, and counted anew for each."""
    SEARCH.measured = SEARCH.known.classes.worlds.judged = 0


def nodes_of(form: Expr) -> list[Expr]:
    """The parts of a form that rules look at."""
    found: list[Expr] = []
    stack: list[Any] = [form]
    while stack:
        node = stack.pop()
        if isinstance(node, Expr) and node.args:
            found.append(node)
            stack.extend(getattr(node, "operands", node.args))
    return found


def each_is_right(move: Move, form: Expr) -> None:
    for node in nodes_of(form):
        for other in move.at(node, SEARCH.known):
            if other == node:
                continue
            shape = shape_of(node)
            the_same(SEARCH.network, node, as_whole(other, shape) if shape else other)


@pytest.mark.parametrize("move", MOVES, ids=[move.name for move in MOVES])
@given(form=forms(depth=2))
@settings(max_examples=10, deadline=None)
def test_a_rule_is_right(move: Move, form: Expr) -> None:
    each_is_right(move, form)


@pytest.mark.slow
@pytest.mark.parametrize("move", MOVES, ids=[move.name for move in MOVES])
@given(form=forms())
@settings(max_examples=200, deadline=None)
def test_a_rule_is_right_many_times(move: Move, form: Expr) -> None:
    each_is_right(move, form)


@given(form=forms())
@settings(max_examples=12, deadline=None)
def test_what_the_search_finds_is_the_same_and_shorter(form: Expr) -> None:
    way = SEARCH.way(form, (m, n))
    if way:
        the_same(SEARCH.network, form, way[-1].result)
        assert SEARCH.measure(way[-1].result) <= SEARCH.measure(form)


@pytest.mark.parametrize(
    ("form", "short"),
    [
        (A - Sum(A, Integer(0)) / m, C),
        (product(B, Transposed(A), A), product(B, K)),
        (Transposed(product(Transposed(A), A)) + K, 2 * K),
        (A * B * r, P * B),
        (B / (s**2 + 1), B / q),
        (B**2 - B * Sum(C, Integer(0)), B**2),
        (s * (s**2 / 2 + Rational(1, 2)) * 2, q * s),
    ],
)
def test_names_are_put_in(form: Expr, short: Expr) -> None:
    way = SEARCH.way(form, shape_of(form))
    assert way
    assert way[-1].result == short


@pytest.mark.parametrize(
    ("form", "short"),
    [
        (A * s / q**2 - B / (q * r), (A * s / q - B / r) / q),
        (B * (Sum(D, Integer(1)) + Transposed(Sum(product(A, Transposed(B)), Integer(0)))), None),
        (Sum(S, Integer(1)) + Transposed(Sum(W, Integer(0))), Sum(S + Transposed(W), Integer(1))),
        (product(B, W, Inverse(product(S, W))), product(B, Inverse(S))),
        (product(Transposed(S), Transposed(Inverse(product(S, W)))), Transposed(Inverse(W))),
        (product(S, Inverse(product(S, W))), None),
        (-r * s * (c - mu), r * s * (mu - c)),
        (A * sb.step(B) ** 2, A * sb.step(B)),
        (A * sb.step(B) - A * sb.step(-B), A * sign(B)),
        (A * sb.step(B) - A * sb.step(-C), A * (sb.step(B) - sb.step(-C))),
    ],
)
def test_forms_become_shorter(form: Expr, short: Expr | None) -> None:
    """Or stay as they are: sums of matrices that differ in shape are not added, and the other side has no inverse."""
    way = SEARCH.way(form, shape_of(form))
    assert way[-1].result == short if short is not None else way == ()


def test_a_stated_equation_makes_a_form_shorter() -> None:
    M, E = Array("M", (m, n)), Symbol("E")
    masked = {C: M * (A - B), E: SumAll(C**2) / 2}
    facts = [Eq(M**2, M)]
    net = sb.Network(masked, inputs=[A, M], targets=[], parameters=[B], loss=E, facts=facts)
    assert sb.derive(net, form="published").shared[B] == -C


def test_on_one_side_of_a_kink_much_looks_the_same() -> None:
    """There h is z or zero, and its slope is 1 or 0; that h times its slope is h holds on both."""
    x, z, h, E = symbols("x z h E")
    net = sb.Network({z: x**3, h: sb.relu(z), E: h**2}, inputs=[], targets=[], parameters=[x], loss=E)
    assert sb.derive(net, form="published").shared[x] == 6 * h * x**2
    search = Shortening(net, ())
    search._prepare()
    worlds = search.known.classes.worlds
    assert not worlds.look_same(sb.step(z), Integer(1))
    assert worlds.look_same(h * sb.step(z), h)


def test_the_made_up_loss_of_a_layer_stands_in_no_line() -> None:
    x, h, g = (Array(word, (n, Integer(1))) for word in "xhg")
    layer = sb.Network({h: x / SumAll(x**2)}, inputs=[], targets=[], parameters=[x], outputs={h: g})
    for form in ("textbook", "published"):
        assert layer.loss not in sb.derive(layer, form=form).shared[x].free_symbols


def test_a_line_says_which_equations_it_needs() -> None:
    (line,) = SEARCH.way(product(B, Transposed(A), A), (m, n))
    assert line.equations == (K,)
    (line,) = SEARCH.way(B**2 - B * Sum(C, Integer(0)), (m, n))
    assert line.equations == (mu, C)


def test_a_slope_stays_together() -> None:
    a, d, w, z = symbols("a d w z")
    slope = a * (1 - a)
    assert slopes_in(slope * d * w) == {slope: Symbol("_slope_a")}
    assert slopes_in(slope * d / a) == {}
    assert veiled(slope * d * w, slopes_in(slope * d * w)) == Symbol("_slope_a") * d * w
    net = sb.Network(
        {z: w * a, symbols("E"): sb.sigmoid(z) ** 2}, inputs=[], targets=[], parameters=[w, a], loss=symbols("E")
    )
    assert Shortening(net, ()).way(a * w * d * (1 - a), ()) == ()


def test_what_needs_no_search_is_told_at_once() -> None:
    a, b, d, w, z = symbols("a b d w z")
    settled = Settled()
    settled.learn(z, a * w + b)
    settled.learn(d, (a - b) ** 2)
    assert settled.has(d * w)
    assert settled.has(a * (1 - a) * (a - b) * d)
    assert not settled.has(d * (a * w + b))
    assert not settled.has(a * d + a)
    assert not settled.has(exp(a + b))


def test_symmetry_is_not_taken_for_granted() -> None:
    form = S + Transposed(S)
    assert SEARCH.way(form, (n, n)) == ()


def test_a_new_constant_of_sizes_needs_the_size_less_one_in_an_equation() -> None:
    x = Array("x", (m, n))
    E, v = Symbol("E"), Symbol("v")
    net = sb.Network({v: SumAll(x**2) / (m - 1), E: v**2}, inputs=[], targets=[], parameters=[x], loss=E)
    derivation = sb.derive(net, form="published")
    assert derivation.shared[x] == 4 * v * x / (m - 1)


def test_a_residual_gets_a_name_and_a_signal_that_does_not_pay_goes() -> None:
    X, y, w = Array("X", (m, n)), Array("y", (m, Integer(1))), Array("w", (n, Integer(1)))
    E = Symbol("E")
    net = sb.Network({E: SumAll((product(X, w) - y) ** 2) / 2}, inputs=[], targets=[y], parameters=[X, w], loss=E)
    derivation = sb.derive(net, form="published")
    (r_,) = derivation.helpers
    assert derivation.backward[r_] == product(X, w) - y
    assert derivation.shared[w] == product(Transposed(X), r_)
    assert sb.check(derivation).ok


def test_forms_are_three() -> None:
    x, t, E = symbols("x t E")
    net = sb.Network({E: -sb.log(exp(x) / (exp(x) + exp(t)))}, inputs=[t], targets=[], parameters=[x], loss=E)
    assert sb.derive(net, form="textbook").shared[x] == sb.derive(net).shared[x]
    stable = sb.derive(net, form="stable")
    assert stable.form == "stable"
    assert sb.derive(net, form="published").operations.backward <= sb.derive(net).operations.backward
    with pytest.raises(sb.DerivationError, match=r"there is no form 'short'; choose published, textbook or stable"):
        sb.derive(net, form="short")


@pytest.mark.slow
@given(case=random_matrix_networks())
@settings(max_examples=40, deadline=None)
def test_published_forms_of_random_networks_are_proved_and_no_longer(case: Any) -> None:
    _is_proved_and_no_longer(case.network())


@pytest.mark.slow
@given(case=described(max_depth=2, max_width=3))
@settings(max_examples=40, deadline=None)
def test_published_forms_of_random_scalar_networks_are_proved(case: Any) -> None:
    _is_proved_and_no_longer(case.network(), by=1)


def _is_proved_and_no_longer(net: sb.Network, by: int = 0) -> None:
    """A name for what is used again may cost a minus, where it stands with the other sign."""
    short, long = sb.derive(net, form="published"), sb.derive(net)
    claim = Gradients(net, dict(short.shared), signals=dict(short.backward), facts=short.facts)
    assert judge(claim).proved
    assert short.operations.backward <= long.operations.backward + by * len(short.helpers)
