"""Functions of which the judge knows laws alone: what is true of them is proved, and what is nearly true is refused."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from math import inf
from typing import Any

import mpmath
import pytest
import sympy as sp
from conftest import few
from networks import network
from sympy import Expr, MatrixSymbol, Rational, Symbol, cos, exp, log, pi, sin, sqrt, symbols, tan, tanh

import symbackprop as sb
from symbackprop.judge import Claim, Equal, Gradients, Level, Line, Ruling, boxes, draws, judge, laws
from symbackprop.judge.balls import Balls, has_flint
from symbackprop.judge.enclosures import widened
from symbackprop.judge.entries import Entries
from symbackprop.judge.field import Field
from symbackprop.judge.intervals import Intervals
from symbackprop.judge.numbers import Numbers, Undecidable, Unlucky
from symbackprop.judge.prime import safe_prime
from symbackprop.judge.range import Range
from symbackprop.judge.ranges import Ranges
from symbackprop.judge.real import Digits, Floats, Fractions, Tangents
from symbackprop.judge.trials import in_field
from symbackprop.judge.walk import Walk
from symbackprop.matrices import Array, SumAll
from symbackprop.notation import Total

x, y, w, z, h, a, t, E = symbols("x y w z h a t E")
psi = sp.polygamma
NETWORK = network({"E": w * x * y}, inputs="x y", targets="")
HALF = Fraction(1, 2)
BARELY = 1 + Rational(1, 10**9)


def in_the_field(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> Ruling:
    """The ruling of the prime field alone."""
    with monkeypatch.context() as patched:
        patched.setattr("symbackprop.judge.court.is_small", lambda claim: False)
        return judge(claim).ruling


# -- identities

EQUAL = {
    "a unit circle": (sin(x) ** 2 + cos(x) ** 2, sp.Integer(1)),
    "a sine of twice": (sin(2 * x), 2 * sin(x) * cos(x)),
    "a sine of a third": (sin(x), 3 * sin(x / 3) - 4 * sin(x / 3) ** 3),
    "a cosine of a half": (cos(x), 2 * cos(x / 2) ** 2 - 1),
    "a sine of a sum": (sin(x + y), sin(x) * cos(y) + cos(x) * sin(y)),
    "a cosine of a difference": (cos(x - y), cos(x) * cos(y) + sin(x) * sin(y)),
    "a sine of products": (sin(w * (x - y)), sin(w * x) * cos(w * y) - cos(w * x) * sin(w * y)),
    "a sine of decimals": (sin(sp.Float("0.1234") * x), 2 * sin(sp.Float("0.0617") * x) * cos(sp.Float("0.0617") * x)),
    "a tangent of twice": (tan(2 * x), 2 * tan(x) / (1 - tan(x) ** 2)),
    "a signed sine": (sin(x - y), -sin(y - x)),
    "an eighth of a turn": (sin(x + pi / 4), (sin(x) + cos(x)) / sqrt(2)),
    "a twelfth of a turn": (cos(x + pi / 6), sqrt(3) / 2 * cos(x) - sin(x) / 2),
    "a half turn in a value": (sin(x) + cos(w * x), -sin(x + pi * w / w) - cos(w * x + pi * w / w)),
    "a sine in an exponent": (exp(sin(x) ** 2) * exp(cos(x) ** 2), sp.E),
    "a sine below a root": (sqrt(2 - sin(w * x) ** 2), sqrt(1 + cos(w * x) ** 2)),
    "a cotangent and others": (sp.cot(x) * sp.sec(x) * sin(x), sp.csc(x) * sin(x)),
    "a sine of an arc sine": (sin(sp.asin(x) + sp.asin(y)), x * sqrt(1 - y**2) + y * sqrt(1 - x**2)),
    "a cosine of an arc cosine": (cos(2 * sp.acos(x)), 2 * x**2 - 1),
    "a tangent of arc tangents": (tan(sp.atan(x) + sp.atan(y)), (x + y) / (1 - x * y)),
    "an arc cosine": (sp.acos(w * x), pi / 2 - sp.asin(w * x)),
    "a signed arc sine": (sp.asin(x - y), -sp.asin(y - x)),
    "an angle": (cos(sp.atan2(y, x)) * sqrt(x**2 + y**2), x),
    "an angle turned": (tan(sp.atan2(y, x) + pi / 4), (x + y) / (x - y)),
    "hyperbolic": (sp.cosh(x) ** 2 - sp.sinh(x) ** 2, sp.Integer(1)),
    "a hyperbolic cotangent": (sp.coth(x) * sp.sinh(x), 1 / sp.sech(x)),
    "an area sine": (sp.sinh(sp.asinh(x - y) * 1), x - y),
    "an area cosine": (sp.cosh(sp.acosh(x) * 2), 2 * x**2 - 1),
    "an area tangent": (tanh(2 * sp.atanh(x)), 2 * x / (1 + x**2)),
    "an inverse error function": (sp.erfinv(x - y), -sp.erfinv(y - x)),
    "an error function undone": (sp.erfinv(sp.erf(w * x)), w * x),
    "a normal quantile": (sb.functions.normal_cdf(sqrt(2) * sp.erfinv(2 * x - 1)), x),
    "a gamma function of the same": (sp.loggamma(w * (x + y)), sp.loggamma(w * x + w * y)),
    "a polygamma function of the same": (psi(1, (x**2 - y**2) / (x - y)), psi(1, x + y)),
}


@pytest.mark.parametrize("kind", few(EQUAL))
def test_what_is_true_is_proved_and_what_is_nearly_so_is_wrong(kind: str) -> None:
    left, right = EQUAL[kind]
    verdict = judge(Equal(NETWORK, left, right))
    assert verdict.proved, str(verdict)
    for nearly in (right * BARELY, -right, right + Rational(1, 10**9)):
        verdict = judge(Equal(NETWORK, left, nearly))
        assert verdict.ruling is Ruling.WRONG, (nearly, str(verdict))
        assert verdict.witness is not None


@pytest.mark.parametrize("kind", EQUAL)
def test_the_field_knows_what_is_true(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    left, right = EQUAL[kind]
    sums = {"a sine in an exponent"}  # that a sum of two terms of an exponent is a number is seen over ℚ alone
    expected = Ruling.UNDECIDED if kind in sums else Ruling.PROVED
    assert in_the_field(Equal(NETWORK, left, right), monkeypatch) is expected
    assert in_the_field(Equal(NETWORK, left, right * BARELY), monkeypatch) is Ruling.WRONG


def test_turns_are_told_without_chance() -> None:
    left, right = EQUAL["a sine of a sum"]
    assert judge(Equal(NETWORK, left, right)).level is Level.RATIONAL


FOR_SOME = {
    "an arc sine of a sine": (sp.asin(sin(x)), x),
    "an arc cosine of a cosine": (sp.acos(cos(x)), x),
    "an arc tangent of a tangent": (sp.atan(tan(x)), x),
    "an arc tangent of a quotient": (sp.atan(y / x), sp.atan2(y, x)),
    "an arc tangent and its reciprocal": (sp.atan(x) + sp.atan(1 / x), pi / 2),
    "a turn told by its point": (sp.atan2(sin(x), cos(x)), x),
    "a root of a cosine": (sqrt(1 - sin(x) ** 2), cos(x)),
    "a root of a sine of twice": (sqrt(sin(2 * x) ** 2) / 2, sin(x) * cos(x)),
    "a power of a sine": ((sin(x) ** 2) ** Rational(3, 2), sin(x) ** 3),
    "a root of a tangent": (sqrt(1 + tan(x) ** 2), 1 / cos(x)),
    "a logarithm of a cosine": (log((1 + cos(2 * x)) / 2), 2 * log(2 * cos(x))),
    "a size of an angle": (sp.acosh(sp.cosh(x)), x),
}


@pytest.mark.parametrize("kind", FOR_SOME)
def test_what_holds_for_some_numbers_alone_is_not_proved(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = Equal(NETWORK, *FOR_SOME[kind])
    assert judge(claim).ruling is Ruling.WRONG
    assert in_the_field(claim, monkeypatch) is Ruling.WRONG


def test_the_field_knows_multiples_of_pi() -> None:
    field = Field(safe_prime(3), 5)
    for twelfths in range(-30, 31):
        angle = field.number(Fraction(twelfths, 12)) * field.pi
        sine, cosine = field.applied(laws.SIN, angle), field.applied(laws.COS, angle)
        assert field.is_zero(sine) == (twelfths % 12 == 0)
        assert field.is_zero(cosine) == (twelfths % 12 == 6)
        assert field.is_zero(sine * sine + cosine * cosine - field.one)
        exact = sp.sin(sp.pi * Rational(twelfths, 12)) ** 2
        if exact.is_Rational:
            assert field.is_zero(sine * sine - field.number(Fraction(int(exact.p), int(exact.q))))
    root = field.power(field.number(Fraction(2)), Fraction(1, 2))
    eighth = field.applied(laws.SIN, field.pi / field.number(Fraction(4)))
    assert field.is_zero(eighth * root - field.one)


@pytest.mark.parametrize("function", [exp, log], ids=lambda f: f.__name__)
def test_the_chance_counts_the_degree_by_which_a_free_element_moves(function: Any) -> None:
    """The derivative of exp(x¹⁰⁰⁰ + 1) is of that degree, if the exponential itself is of degree 1."""
    field = Field(safe_prime(3), 5)
    walk = Walk(field, {"x": Entries.scalar(field.free(0.5, 1))}, {})
    field.note(field.slope(walk.value(function(x**1000 + 1)).only))
    assert field.chance() >= 1000 / field.q


def test_exponents_are_taken_apart_beyond_names_where_a_claim_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    opaque = []

    def heard(*args: Any, opaque_names: bool = False, **how: Any) -> Any:
        opaque.append(opaque_names)
        return in_field(*args, opaque_names=opaque_names, **how)

    b, u, v = symbols("b u v")
    net = network({u: w * x, v: 2 * u + t, a: exp(v), b: exp(u), "E": a - b**2 * exp(t)})
    monkeypatch.setattr(draws, "in_field", heard)
    assert in_the_field(Gradients(net, {w: sp.Integer(0)}), monkeypatch) is Ruling.PROVED
    assert opaque[:2] == [True, False]
    assert in_the_field(Gradients(net, {t: a}), monkeypatch) is not Ruling.PROVED


def test_fractions_that_do_not_fit_are_undecided_and_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, parts = sin(x / 11), 2 * sin(x / 22) * cos(x / 22)
    assert in_the_field(Equal(NETWORK, whole, parts), monkeypatch) is Ruling.PROVED
    assert in_the_field(Equal(NETWORK, sin(w) * whole, sin(w) * parts), monkeypatch) is Ruling.PROVED
    net = network({"z": sin(x) * w, "E": z * y}, inputs="x y", targets="")  # x is met whole, and cut as is usual
    claim = Equal(net, z * whole, z * parts)
    assert in_the_field(claim, monkeypatch) is Ruling.UNDECIDED
    assert judge(claim).proved


# -- derivatives

inner = w * x + y / 3
SLOPES: dict[str, tuple[Callable[[Any], Expr], Callable[[Any], Expr]]] = {
    "sin": (sin, cos),
    "cos": (cos, lambda v: -sin(v)),
    "tan": (tan, lambda v: 1 + tan(v) ** 2),
    "tan by its cosine": (tan, lambda v: 1 / cos(v) ** 2),
    "cot": (sp.cot, lambda v: -1 - sp.cot(v) ** 2),
    "sec": (sp.sec, lambda v: sp.sec(v) * tan(v)),
    "csc": (sp.csc, lambda v: -sp.csc(v) * sp.cot(v)),
    "asin": (sp.asin, lambda v: 1 / sqrt(1 - v**2)),
    "acos": (sp.acos, lambda v: -1 / sqrt(1 - v**2)),
    "atan": (sp.atan, lambda v: 1 / (1 + v**2)),
    "sinh": (sp.sinh, sp.cosh),
    "cosh": (sp.cosh, sp.sinh),
    "coth": (sp.coth, lambda v: -1 / sp.sinh(v) ** 2),
    "sech": (sp.sech, lambda v: -tanh(v) * sp.sech(v)),
    "csch": (sp.csch, lambda v: -sp.coth(v) * sp.csch(v)),
    "asinh": (sp.asinh, lambda v: 1 / sqrt(v**2 + 1)),
    "acosh": (sp.acosh, lambda v: 1 / sqrt(v**2 - 1)),
    "acosh in two roots": (sp.acosh, lambda v: 1 / (sqrt(v - 1) * sqrt(v + 1))),
    "atanh": (sp.atanh, lambda v: 1 / (1 - v**2)),
    "erf": (sp.erf, lambda v: 2 * exp(-(v**2)) / sqrt(pi)),
    "erfc": (sp.erfc, lambda v: -2 * exp(-(v**2)) / sqrt(pi)),
    "erfinv": (sp.erfinv, lambda v: sqrt(pi) / 2 * exp(sp.erfinv(v) ** 2)),
    "loggamma": (sp.loggamma, sp.digamma),
    "digamma": (sp.digamma, lambda v: psi(1, v)),
    "trigamma": (lambda v: psi(1, v), lambda v: psi(2, v)),
    "polygamma": (lambda v: psi(4, v), lambda v: psi(5, v)),
    "an angle by its sine": (lambda v: sp.atan2(v, y), lambda v: y / (y**2 + v**2)),
    "an angle by its cosine": (lambda v: sp.atan2(y, v), lambda v: -y / (y**2 + v**2)),
    "beside others": (
        lambda v: exp(tanh(v) * sin(v)),
        lambda v: exp(tanh(v) * sin(v)) * (tanh(v) * cos(v) + sin(v) * (1 - tanh(v) ** 2)),
    ),
    "in a logarithm": (lambda v: log(cos(v)), lambda v: -tan(v)),
    "in a root": (lambda v: sqrt(2 + sin(2 * v)), lambda v: (1 - 2 * sin(v) ** 2) / sqrt(2 + 2 * sin(v) * cos(v))),
    "in one another": (lambda v: sin(sp.atan(v) * v), lambda v: cos(v * sp.atan(v)) * (sp.atan(v) + v / (1 + v**2))),
}  # fmt: skip


@pytest.mark.parametrize("kind", few(SLOPES))
def test_a_derivative_is_proved_and_what_is_nearly_one_is_wrong(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, slope = SLOPES[kind]
    value = x * w
    true = w * slope(value)
    assert judge(Line(NETWORK, Total(function(value), x), true)).proved
    assert in_the_field(Line(NETWORK, Total(function(value), x), true), monkeypatch) is Ruling.PROVED
    slips = [-true, 2 * true, true * BARELY, slope(value), true.xreplace({w: x})]
    slips += [true.replace(cos, sin)] * true.has(cos) + [w * slope(x)]
    for slip in slips:
        verdict = judge(Line(NETWORK, Total(function(value), x), slip))
        assert verdict.ruling is Ruling.WRONG, (slip, str(verdict))
        assert verdict.witness is not None


def test_a_sum_in_an_argument_is_taken_apart() -> None:
    expr = sin(x + y) * exp(x)
    found = exp(x) * (sin(x) * (cos(y) - sin(y)) + cos(x) * (cos(y) + sin(y)))
    assert judge(Line(NETWORK, Total(expr, x), found)).proved
    assert judge(Line(NETWORK, Total(expr, x), found.xreplace({sin(y): -sin(y)}))).wrong


# -- networks


FUNCTIONS = {
    "sin": (sin, cos(z)),
    "asin": (sp.asin, 1 / sqrt(1 - z**2)),
    "atan": (sp.atan, 1 / (1 + z**2)),
    "asinh": (sp.asinh, 1 / sqrt(1 + z**2)),
    "erfinv": (sp.erfinv, sqrt(pi) / 2 * exp(h**2)),
    "loggamma": (sp.loggamma, sp.digamma(z)),
    "digamma": (sp.digamma, psi(1, z)),
}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_gradients_of_networks_are_judged(kind: str) -> None:
    function, slope = FUNCTIONS[kind]
    net = network({"z": w * x, "h": function(z), "a": tanh(h) + exp(h * w), "E": log(1 + (t - a) ** 2)})
    by_a = 2 * (a - t) / (1 + (t - a) ** 2)
    found = by_a * ((1 - tanh(h) ** 2 + w * exp(h * w)) * slope * x + h * exp(h * w))
    assert judge(Gradients(net, {w: found})).proved
    for slip in (found * BARELY, found + Rational(1, 10**9) * x, found - by_a * h * exp(h * w)):
        verdict = judge(Gradients(net, {w: slip}))
        assert verdict.ruling is Ruling.WRONG, str(verdict)


def test_kinks_of_functions_are_found_and_sides_out_of_reach_are_told() -> None:
    net = network({"z": sb.relu(sin(w * x)), "h": sb.relu(2 + cos(w * x)), "E": z * h})
    step = sp.Piecewise((1, sin(w * x) > 0), (0, True))
    found = x * (step * cos(w * x) * h - z * sin(w * x))
    verdict = judge(Gradients(net, {w: found}))
    assert verdict.proved, str(verdict)
    assert verdict.covered == "away from kinks; 4 of 4 branches"
    assert judge(Gradients(net, {w: x * (cos(w * x) * h - z * sin(w * x))})).wrong


def test_matrices_are_judged_entry_by_entry() -> None:
    n = Symbol("n")
    W, X = MatrixSymbol("W", n, 2), MatrixSymbol("X", n, 2)
    net = sb.Network({E: sb.inner(sb.tanh(W), sb.exp(X))}, inputs=[X], targets=[], parameters=[W], loss=E)
    (W_,), (X_,) = net.parameters, net.inputs
    assert isinstance(W_, Array)
    assert judge(Equal(net, sin(W_ + X_), sin(W_) * cos(X_) + cos(W_) * sin(X_))).proved
    assert judge(Equal(net, sin(W_ + X_), sin(W_) * cos(X_) - cos(W_) * sin(X_))).wrong
    for function, slope in ((sin, cos(W_)), (sp.atan, 1 / (1 + W_**2)), (sp.loggamma, sp.digamma(W_))):
        line = Line(net, Total(SumAll(function(W_) * X_), W_), slope * X_)
        assert judge(line).proved
        assert judge(Line(net, line.lhs, line.rhs * BARELY)).wrong
        assert judge(Line(net, line.lhs, slope)).wrong


# -- numbers of every kind

VALUES: dict[str, tuple[Expr, Callable[..., Any]]] = {
    "sin": (sin(x), mpmath.sin),
    "cos": (cos(x), mpmath.cos),
    "tan": (tan(x), mpmath.tan),
    "cot": (sp.cot(x), mpmath.cot),
    "sec": (sp.sec(x), mpmath.sec),
    "csc": (sp.csc(x), mpmath.csc),
    "asin": (sp.asin(x), mpmath.asin),
    "acos": (sp.acos(x), mpmath.acos),
    "atan": (sp.atan(x), mpmath.atan),
    "atan2": (sp.atan2(x, y), mpmath.atan2),
    "sinh": (sp.sinh(x), mpmath.sinh),
    "cosh": (sp.cosh(x), mpmath.cosh),
    "coth": (sp.coth(x), mpmath.coth),
    "sech": (sp.sech(x), mpmath.sech),
    "csch": (sp.csch(x), mpmath.csch),
    "asinh": (sp.asinh(x), mpmath.asinh),
    "acosh": (sp.acosh(x), mpmath.acosh),
    "atanh": (sp.atanh(x), mpmath.atanh),
    "erf": (sp.erf(x), mpmath.erf),
    "erfc": (sp.erfc(x), mpmath.erfc),
    "erfinv": (sp.erfinv(x), mpmath.erfinv),
    "loggamma": (sp.loggamma(x), mpmath.loggamma),
    **{f"polygamma {n}": (psi(n, x), lambda v, n=n: mpmath.psi(n, v)) for n in (0, 1, 2, 5)},
}  # fmt: skip
ABOVE_ZERO = {"loggamma", *(kind for kind in VALUES if kind.startswith("polygamma"))}


def points_of(kind: str) -> list[tuple[Fraction, Fraction]]:
    """Points of a domain, near to its edges and far from them, on both sides of zero."""
    rng = random.Random(kind)
    found = []
    for k in range(12):
        size = 10 ** (rng.uniform(-5, 3) if k % 2 else 0)
        if kind in {"asin", "acos", "atanh", "erfinv"}:
            size = 1
        first = Fraction(rng.uniform(-size, size)).limit_denominator(10**8) or Fraction(1, 3)
        first = abs(first) if kind in ABOVE_ZERO else 1 + abs(first) if kind == "acosh" else first
        found.append((first, Fraction(rng.randrange(-99, 99), 17)))
    return found


def value_of(numbers: Numbers, expr: Expr, point: tuple[Fraction, Fraction]) -> Any:
    names = {name: Entries.scalar(numbers.number(v)) for name, v in zip("xy", point, strict=True)}
    return Walk(numbers, names, {}).value(expr).only


def expected(kind: str, point: tuple[Fraction, Fraction]) -> Any:
    args = [mpmath.mpf(v.numerator) / v.denominator for v in point]
    return VALUES[kind][1](*(args if kind == "atan2" else args[:1]))


@pytest.mark.parametrize("kind", few(VALUES))
def test_values_are_right(kind: str) -> None:
    expr, _ = VALUES[kind]
    with mpmath.workdps(180):
        for point in points_of(kind):
            true = expected(kind, point)
            many = value_of(Digits(), expr, point)
            assert abs(mpmath.mpf(many) - true) < 1e-40 * (1 + abs(true)), point
            if abs(true) < 1e300:
                assert abs(mpmath.mpf(value_of(Floats(), expr, point)) - true) < 1e-9 * (1 + abs(true)), point
            for bits in (60, 300):
                found = value_of(Intervals(bits), expr, point)
                low, high = (mpmath.mpf(end) for end in (found.a, found.b))
                assert low <= true <= high, (point, bits)
                assert high - low < mpmath.mpf(2) ** (20 - bits) * (1 + abs(true)) * 10**4, (point, bits)


@pytest.mark.skipif(not has_flint(), reason="python-flint, the extra 'proof', is not installed")
@pytest.mark.parametrize("kind", VALUES)
def test_balls_hold_the_values_over_a_box(kind: str) -> None:
    expr, _ = VALUES[kind]
    balls = Balls()
    for point in points_of(kind):
        width = abs(point[0]) / 1000
        try:
            ball = value_of(balls, expr, point)
            names = {"x": balls.between(point[0] - width, point[0] + width), "y": balls.number(point[1])}
            wide = Walk(balls, {name: Entries.scalar(v) for name, v in names.items()}, {}).value(expr).only
        except Unlucky:
            continue  # a box that reaches over an edge
        for place in (point[0] - width, point[0], point[0] + width / 3):
            true = expected(kind, (place, point[1]))
            assert not wide.is_finite() or abs(true - wide.mid()) <= wide.rad() * (1 + 1e-9) + 1e-12 * (1 + abs(true))
        assert abs(float(ball.mid()) - float(expected(kind, point))) <= 1e-9 * (1 + abs(float(ball.mid())))


BOXES = {
    "sin": (sin(x), x - x**3 / 6, (-HALF, HALF), 2.59e-4),
    "cos": (cos(x), 1 - x**2 / 2, (-HALF, HALF), 2.59e-3),
    "atan": (sp.atan(x), x / (1 + Rational(7, 25) * x**2), (-1, 1), 4.9e-3),
    "asin": (sp.asin(x), x + x**3 / 6, (-HALF, HALF), 2.77e-3),
    "erfinv": (sp.erfinv(x), sqrt(pi) / 2 * x, (0, HALF), 0.0339),
    "loggamma": (sp.loggamma(x), (x - 1) * (x - 2) / 2, (1, 2), 0.00936),
    "digamma": (sp.digamma(x), log(x) - 1 / (2 * x), (1, 2), 0.0773),
    "trigamma": (psi(1, x), 1 / x + 1 / (2 * x**2), (1, 2), 0.145),
    "atan2": (sp.atan2(x, 1), x, (0, HALF), 0.0364),
}


@pytest.mark.skipif(not has_flint(), reason="python-flint, the extra 'proof', is not installed")
@pytest.mark.parametrize("kind", BOXES)
def test_gaps_over_boxes_are_bounded(kind: str) -> None:
    left, right, (low, high), gap = BOXES[kind]
    box = {"x": (Fraction(low), Fraction(high)), "y": (Fraction(1), Fraction(1)), "w": (Fraction(1), Fraction(1))}
    claim = Equal(NETWORK, left, right)
    assert boxes.bounded(claim, box, 200, 1.02 * gap).most <= 1.02 * gap
    assert boxes.bounded(claim, box, 200, 0.95 * gap).least > 0.95 * gap


def test_no_derivative_goes_through_what_is_held() -> None:
    net = network({"z": sb.stop_gradient(w * x) * sin(w), "E": exp(z)})
    assert judge(Gradients(net, {w: exp(z) * w * x * cos(w)})).proved
    assert judge(Gradients(net, {w: exp(z) * (w * x * cos(w) + x * sin(w))})).wrong


@pytest.mark.parametrize("name", few(["sin", "acosh", "asinh", "atan", "lgamma"]))
def test_layers_of_these_functions_are_proved(name: str) -> None:
    d = sb.derive(sb.mlp([3, 2], activation=getattr(sb, name), loss="squared_error", notation="matrix"))
    for parameter in d.wrt:
        claim = Gradients(d.network, {parameter: d.gradients[parameter]}, signals=d.backward)
        assert judge(claim).proved
        assert judge(Gradients(d.network, {parameter: d.gradients[parameter] * BARELY}, signals=d.backward)).wrong


@pytest.mark.parametrize("kind", [kind for kind in VALUES if kind != "atan2"])
def test_tangents_are_right(kind: str) -> None:
    expr, function = VALUES[kind]
    numbers = Tangents(Digits(40))
    for point in points_of(kind)[:8]:
        moving = numbers.moved(numbers.number(point[0]), numbers.number(Fraction(1)))
        found = Walk(numbers, {"x": Entries.scalar(moving)}, {}).value(expr).only.d
        with mpmath.workdps(60):
            at = mpmath.mpf(point[0].numerator) / point[0].denominator
            true = mpmath.diff(function, at, h=mpmath.mpf(10) ** -25 * abs(at))
            assert abs(mpmath.mpf(found) - true) < 1e-12 * (1 + abs(true)), point


@pytest.mark.parametrize("kind", VALUES)
def test_fractions_have_the_rational_values_alone(kind: str) -> None:
    with pytest.raises((Undecidable, Unlucky)):
        value_of(Fractions(), VALUES[kind][0], (Fraction(1, 3), Fraction(1, 7)))


def test_rational_values_are_exact() -> None:
    assert value_of(Fractions(), sin(x) + cos(x) + sp.atan(x) + sp.erfinv(x), (Fraction(0), Fraction(0))) == 1
    assert value_of(Fractions(), sp.loggamma(2 + x), (Fraction(-1), Fraction(0))) == 0


OUTSIDE = {"asin": 2, "acos": -2, "atanh": 3, "acosh": 0, "erfinv": 1, "loggamma": -1, "polygamma 1": 0}


@pytest.mark.parametrize("kind", OUTSIDE)
def test_a_point_outside_the_domain_will_not_do(kind: str) -> None:
    point = (Fraction(OUTSIDE[kind]), Fraction(0))
    for numbers in (Floats(), Digits(), Intervals(), Tangents(Intervals()), *([Balls()] if has_flint() else [])):
        with pytest.raises(Unlucky):
            value_of(numbers, VALUES[kind][0], point)


def test_an_angle_has_no_value_where_it_jumps() -> None:
    wide = Intervals()
    around = wide.context.mpf([-1, 1])
    with pytest.raises(Unlucky):
        wide.applied(laws.ATAN2, around, wide.number(Fraction(-2)))
    found = wide.applied(laws.ATAN2, around, wide.number(Fraction(2)))
    assert found.a < -0.46 < 0.46 < found.b
    with pytest.raises(Unlucky):
        value_of(Floats(), sp.atan2(x, y), (Fraction(0), Fraction(-1)))


def test_what_is_beyond_all_numbers_takes_no_time() -> None:
    far = Fraction(10) ** (10**5)
    for numbers in (Intervals(), Digits()):
        for function in (numbers.exp, lambda v, numbers=numbers: numbers.applied(laws.SIN, v)):
            with pytest.raises(Unlucky):
                function(numbers.number(far))
    found = Intervals().exp(Intervals().number(-far))
    assert found.a == 0
    assert 0 < found.b < mpmath.mpf(10) ** -1000
    assert Intervals().applied(laws.ERF, Intervals().number(far)).b == 1
    assert judge(Equal(NETWORK, sp.erf(exp(exp(x))), sp.erf(exp(exp(x)) + y))).wrong


def test_an_order_that_is_no_whole_number_is_undecided() -> None:
    verdict = judge(Equal(NETWORK, psi(Rational(1, 2), x), psi(Rational(1, 2), x) + 1))
    assert verdict.ruling is Ruling.UNDECIDED
    assert "polygamma of the order 1/2, which is no whole number from 0 on" in verdict.reason


def test_what_mpmath_rounds_is_rounded_outwards_once_more() -> None:
    iv = Intervals(400).context
    point = iv.mpf(Fraction(-4.732731400472243).numerator) / Fraction(-4.732731400472243).denominator
    found = widened(iv, "exp", point)
    with mpmath.workdps(300):
        true = mpmath.exp(mpmath.mpf(-4.732731400472243))
        assert mpmath.mpf(found.a) < true < mpmath.mpf(found.b)


# -- ranges

p = Symbol("p")
RANGED = network({"E": x * p * w}, "x p", "")


@pytest.mark.parametrize(
    ("expr", "low", "high"),
    [
        (sin(x), -1, 1),
        (cos(x), -1, 1),
        (2 + sin(x) * cos(w), 1, 3),
        (sp.atan(x), Fraction(-11, 7), Fraction(11, 7)),
        (sp.atan(p), 0, Fraction(11, 7)),
        (sp.asin(-p), Fraction(-11, 7), 0),
        (sp.acos(x), 0, Fraction(22, 7)),
        (sp.acos(p), 0, Fraction(11, 7)),
        (sp.atan2(p, x), 0, Fraction(22, 7)),
        (sp.sinh(1 + p), 1, inf),
        (sp.sinh(x), -inf, inf),
        (sp.cosh(x), 1, inf),
        (sp.asinh(p), 0, Fraction(3, 2)),
        (sp.acosh(x), 0, inf),
        (sp.atanh(p), 0, inf),
        (sp.erfinv(-p), -inf, 0),
        (psi(1, x), 0, inf),
        (psi(2, x), -inf, 0),
        (sp.digamma(x), -inf, inf),
        (sp.loggamma(x), -inf, inf),
        (tan(x), -inf, inf),
    ],
    ids=str,
)  # fmt: skip
def test_between_what_numbers_a_value_lies(expr: Expr, low: Fraction | float, high: Fraction | float) -> None:
    assert Ranges(RANGED, (p > 0, p <= Rational(3, 2))).of(expr) == Range(low, high)
