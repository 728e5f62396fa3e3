"""Sides of kinks that nothing can reach: what is known of ranges holds what is true, and lets claims be proved."""

from __future__ import annotations

from fractions import Fraction
from math import inf

import numpy as np
import pytest
from conftest import slow_except
from hypothesis import given
from matrix_networks import MatrixCase, random_matrix_networks
from networks import Described, described, network
from sympy import (
    Abs,
    Expr,
    Integer,
    MatrixSymbol,
    Max,
    Min,
    Rational,
    Symbol,
    erf,
    exp,
    log,
    pi,
    sign,
    sqrt,
    symbols,
    tanh,
)

import symbackprop as sb
from symbackprop.functions import huber, normal_cdf
from symbackprop.judge import Gradients, Ruling, judge
from symbackprop.judge.range import Range
from symbackprop.judge.ranges import Ranges
from symbackprop.numeric.evaluate import forward
from symbackprop.verification.matrix_points import matrix_points
from symbackprop.verification.points import random_points

x, z, w, E = symbols("x z w E")
p = Symbol("p")
NETWORK = network({E: x * w * z * p}, "x p", "", "w z", "E")
FACTS = (p > 0, p <= Rational(3, 2))


def of(expr: Expr) -> Range:
    return Ranges(NETWORK, FACTS).of(expr)


@pytest.mark.parametrize(
    ("expr", "low", "high"),
    [
        (x, -inf, inf),
        (p, 0, Fraction(3, 2)),
        (-2 * p, -3, 0),
        (1 / p, Fraction(2, 3), inf),
        (-1 / p, -inf, Fraction(-2, 3)),
        (x**2, 0, inf),
        (x**3, -inf, inf),
        ((p - 1) ** 2, 0, 1),
        (1 / (1 + x**2), 0, 1),
        (sqrt(p), 0, Fraction(3, 2)),
        (p ** Rational(3, 2), 0, Fraction(9, 4)),
        (sqrt(x), 0, inf),
        (exp(x), 0, inf),
        (exp(p), 1, inf),
        (exp(-p), 0, 1),
        (log(1 + x**2), 0, inf),
        (tanh(x), -1, 1),
        (tanh(p), 0, 1),
        (erf(-p), -1, 0),
        (sb.sigmoid(x), 0, 1),
        (sb.relu(x), 0, inf),
        (normal_cdf(x), 0, 1),
        (Max(x, 2), 2, inf),
        (Min(p, x, 1), -inf, 1),
        (Abs(x) + 1, 1, inf),
        (Abs(-1 - p), 1, Fraction(5, 2)),
        (sign(p), 0, 1),
        (sign(x), -1, 1),
        (x * 0 + pi, 3, Fraction(22, 7)),
        (x * p, -inf, inf),
    ],
    ids=str,
)  # fmt: skip
def test_between_what_numbers_a_value_lies(expr: Expr, low: Fraction | float, high: Fraction | float) -> None:
    assert of(expr) == Range(low, high)


def inside(found: Range, value: object) -> bool:
    numbers = np.atleast_1d(np.asarray(value, dtype=float))
    room = 1e-9 * (1 + np.abs(numbers))
    return bool(np.all(numbers + room >= float(found.low)) and np.all(numbers - room <= float(found.high)))


@pytest.mark.slow
@given(described(max_depth=2, max_width=2))
def test_values_of_random_networks_lie_in_their_ranges(made: Described) -> None:
    d = sb.derive(made.network())
    ranges = Ranges(d.network)
    for point in random_points(d, 4, 0):
        for name, value in forward(d.network, point).items():
            if Symbol(name) in d.network.equations:
                assert inside(ranges.of(Symbol(name)), value), (name, ranges.of(Symbol(name)), value)


@pytest.mark.slow
@given(random_matrix_networks())
def test_values_of_random_networks_of_matrices_lie_in_their_ranges(case: MatrixCase) -> None:
    try:
        d = sb.derive(case.network())
    except sb.DerivationError:
        return
    ranges = Ranges(d.network, d.facts)
    for point in matrix_points(d, 2, 0):
        values = forward(d.network, point)
        for symbol, expr in d.network.equations.items():
            assert inside(ranges.of(expr), values[symbol.name]), (symbol, ranges.of(expr), values[symbol.name])


OUT_OF_REACH = {
    "a clip of tanh": Max(-1, Min(1, tanh(w * x) - Rational(1, 3))) * tanh(w * x),
    "smooth L1 of tanh": huber(tanh(w * x) - Rational(1, 3)) * tanh(w * x),
    "a hinge beyond a sigmoid": Max(0, sb.sigmoid(w * x) - 2) * w + w * x,
    "a root of one and more": Max(0, sqrt(1 + (w * x) ** 2) - Rational(1, 2)) * w,
    "the absolute value of what is not negative": Abs(sb.relu(w * x) + 1) * w,
}


@pytest.mark.parametrize("name", slow_except(["a hinge beyond a sigmoid"], OUT_OF_REACH))
def test_a_side_out_of_reach_leaves_nothing_open(name: str) -> None:
    d = sb.derive(network({z: OUT_OF_REACH[name], E: z**2 / 2}, "x", "", "w", "E"))
    assert sb.check(d).proved
    wrong = judge(Gradients(d.network, {w: d.gradients[w] + Integer(10) ** -9 * w}, signals=d.backward))
    assert wrong.ruling is Ruling.WRONG


@pytest.mark.slow
def test_a_clip_of_entries_out_of_reach_leaves_nothing_open() -> None:
    n = Symbol("n")
    W, A = MatrixSymbol("W", n, 2), MatrixSymbol("A", n, 2)
    third = sb.broadcast(Rational(1, 3), n, 2)
    made = sb.Network(
        {A: sb.tanh(W), E: sb.inner(A, sb.smooth_l1(A, third))}, inputs=[], targets=[], parameters=[W], loss=E
    )
    assert sb.check(sb.derive(made)).proved
