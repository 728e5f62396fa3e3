"""The vocabulary: derivatives, conventions, recognised forms, stable source, and functions of the user's own."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mpf
from networks import WITNESS, derivative, exact, exact_forward, network, random_values
from sympy import Abs, Max, Min, Piecewise, Rational, S, Symbol, exp, log, sign, symbols, tanh

import symbackprop as sb
from symbackprop.functions import VOCABULARY, huber, normal_cdf, normal_pdf
from symbackprop.functions.base import Primitive
from symbackprop.functions.conventions import conventions_of
from symbackprop.functions.recognise import recognise
from symbackprop.functions.softmax import log_softmax_component, softmax_component
from symbackprop.numeric.evaluate import evaluate, forward
from symbackprop.numeric.helpers import HELPERS, with_needs

z, x, y, w, t = symbols("z x y w t")
ROWS = {row.name: row for row in VOCABULARY}
JUMPS = {"sign", "step"}


def arguments_of(row: Primitive) -> list[Symbol]:
    return list(symbols(f"u1:{len(row.derivatives) + 1}"))


def points(row: Primitive, count: int) -> list[dict[str, mpf]]:
    """Random arguments in the domain, none of them near a place where a derivative of the row jumps."""
    domain = row.domain(*arguments_of(row)) if row.domain else ()
    kinks = row.kinks(*arguments_of(row)) if row.kinks else ()
    rng = random.Random(row.name)
    found: list[dict[str, mpf]] = []
    while len(found) < count:
        values = {s.name: mpf(rng.uniform(-6, 6)) for s in arguments_of(row)}
        if row.cls is sp.polygamma:
            values["u1"] = mpf(rng.randrange(4))
        first = values["u1"]
        far = all(abs(exact(part, values)) > 1e-3 for part in kinks) and abs(abs(first) - 1) > 1e-3
        if (far or row.cls is sp.polygamma) and all(exact(part, values) > 1e-2 for part in domain):
            found.append(values)
    return found


DERIVATIVES = [
    (row, i) for row in VOCABULARY for i in range(len(row.derivatives))
    if (row.name, i) not in {("polygamma", 0), ("stop_gradient", 0)}
]  # fmt: skip
"""The order of a polygamma is a whole number, and what stops a gradient has another one than it says."""


@pytest.mark.parametrize(("row", "i"), DERIVATIVES, ids=[f"{row.name}-{i + 1}" for row, i in DERIVATIVES])
def test_a_derivative_is_the_difference_of_the_function(row: Primitive, i: int) -> None:
    args = arguments_of(row)
    value = Symbol("value")
    formula = row.derivatives[i](value, *args)
    for at in points(row, 40):
        expected = derivative(lambda moved, at=at: exact(row.cls(*args), {**at, args[i].name: moved}), at[args[i].name])
        found = exact(S(formula), {**at, "value": exact(row.cls(*args), at)})
        assert abs(found - expected) <= mpf(10) ** -20 * max(1, abs(expected)), (row.name, i, at)


@pytest.mark.parametrize("row", [r for r in VOCABULARY if r.definition], ids=lambda r: r.name)
def test_a_definition_is_the_function(row: Primitive) -> None:
    assert row.definition is not None
    args = arguments_of(row)
    definition = S(row.definition(*args))
    for at in points(row, 20):
        expected = WITNESS[row.cls](*(at[s.name] for s in args))
        found = mpf(str(sp.N(definition.subs({s: sp.Float(at[s.name], 50) for s in args}), 40)))
        assert abs(found - expected) < 1e-30 * max(1, abs(expected))


@pytest.mark.parametrize("row", VOCABULARY, ids=lambda r: r.name)
def test_sympy_evaluates_the_function(row: Primitive) -> None:
    for at in points(row, 5):
        numbers = [sp.Float(at[s.name], 50) for s in arguments_of(row)]
        expected = WITNESS[row.cls](*at.values())
        assert abs(mpf(str(sp.N(row.cls(*numbers), 40))) - expected) < mpf(10) ** -30 * max(1, abs(expected))


@pytest.mark.parametrize(
    ("row", "i"),
    [(r, i) for r, i in DERIVATIVES if r.name not in JUMPS and issubclass(r.cls, sp.Function) and r.cls is not sp.Abs],
    ids=lambda v: v.name if isinstance(v, Primitive) else str(v),
)
def test_sympy_differentiates_the_function_alike(row: Primitive, i: int) -> None:
    args = [Symbol(s.name, real=True) for s in arguments_of(row)]
    applied = row.cls(*args)
    formula = row.derivatives[i](applied, *args)
    for at in points(row, 5):
        difference = sp.diff(applied, args[i]) - formula
        assert abs(exact(sp.sympify(difference), at)) < mpf(10) ** -30


def test_every_row_is_witnessed_and_told_apart() -> None:
    assert {row.cls for row in VOCABULARY} <= WITNESS.keys()
    assert len({row.name for row in VOCABULARY}) == len(VOCABULARY)
    assert all(row.latex and row.unicode for row in VOCABULARY if row.cls not in (exp, log, Abs))


# -- kinks


@pytest.mark.parametrize(
    ("applied", "at_the_kink"),
    [
        (sb.relu(z), 0),
        (sb.leaky_relu(z), Rational(1, 100)),
        (sb.leaky_relu(z, Rational(1, 3)), Rational(1, 3)),
        (sb.elu(z), 1),
        (sb.elu(z, 2), 2),
        (Abs(z), 0),
        (sign(z), 0),
        (sb.step(z), 0),
        (Max(0, z), 0),
        (Max(z, -z), 0),
        (Min(z, 3 * z), 2),
    ],
    ids=str,
)
def test_the_convention_at_a_kink(applied: sp.Expr, at_the_kink: Any) -> None:
    net = network({z: w, "y": applied + w, "E": y}, "", "", "w")
    closed = sb.derive(net).gradients["w"]
    assert evaluate(closed, forward(net, {"w": 0.0})) - 1 == pytest.approx(float(at_the_kink), abs=1e-15)
    _, compiled = sb.lambdify(sb.derive(net))(w=0.0)
    assert compiled["w"] - 1 == pytest.approx(float(at_the_kink), abs=1e-15)


def test_conventions_are_stated_for_what_stands_in_the_network() -> None:
    cube = sb.function("cube", lambda z: sb.relu(z) ** 3)
    net = network({z: w * x, "a": abs(z) + Max(z, x, w), "b": cube(z), "E": symbols("a") + symbols("b")}, "x", "", "w")
    assert net.conventions == (
        "relu'(0) = 0",
        "where arguments of max or min tie, each passes back an equal share of two at a time",
        "|·|'(0) = 0",
    )
    assert conventions_of([sb.sigmoid(z) * exp(z)]) == ()


# -- forms that are recognised


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (1 / (1 + exp(-z)), sb.sigmoid(z)),
        (1 / (exp(-z) + 1), sb.sigmoid(z)),
        (w / (1 + exp(-z)), w * sb.sigmoid(z)),
        (1 / (1 + exp(z)), sb.sigmoid(-z)),
        (exp(z) / (1 + exp(z)), sb.sigmoid(z)),
        (1 / (1 + exp(-w * x)), sb.sigmoid(w * x)),
        (1 / (1 + exp(-z)) ** 2, sb.sigmoid(z) ** 2),
        ((exp(z) - exp(-z)) / (exp(z) + exp(-z)), tanh(z)),
        ((exp(-z) - exp(z)) / (exp(z) + exp(-z)), -tanh(z)),
        (3 * w * (exp(z) - exp(-z)) / (exp(z) + exp(-z)), 3 * w * tanh(z)),
        (log(1 + exp(z)), sb.softplus(z)),
        (log(1 + exp(-w * x)), sb.softplus(-w * x)),
        (Max(0, z), sb.relu(z)),
        (Max(z, 0) * w, w * sb.relu(z)),
        (1 / (1 + exp(-log(1 + exp(z)) * w)), sb.sigmoid(w * sb.softplus(z))),
        (sp.Float(0.1) * z, z / 10),
        (sp.Float("1e-7") + z, z + Rational(1, 10**7)),
        (sp.re(z) + sp.conjugate(x), z + x),
        (Abs(exp(z)), exp(z)),
    ],
    ids=str,
)
def test_a_written_out_form_is_recognised(written: sp.Expr, meant: sp.Expr) -> None:
    assert recognise(written) == meant


@pytest.mark.parametrize(
    "expr",
    [
        1 / (2 + exp(-z)),
        1 / (1 - exp(-z)),
        log(2 + exp(z)),
        log(1 + 2 * exp(z)),
        (exp(z) - exp(-x)) / (exp(z) + exp(-z)),
        Max(z, 1),
        Max(0, z, x),
        1 / (1 + z),
    ],
    ids=str,
)
def test_what_only_looks_alike_is_left_alone(expr: sp.Expr) -> None:
    assert recognise(expr) == expr


@given(st.floats(-5, 5), st.floats(-5, 5))
def test_recognition_does_not_change_a_value(a: float, b: float) -> None:
    expr = w / (1 + exp(-z)) ** 2 + exp(z) / (1 + exp(z)) * log(1 + exp(w)) + (exp(w) - exp(-w)) / (exp(w) + exp(-w))
    at = {"z": a, "w": b}
    assert abs(exact(recognise(expr), at) - exact(expr, at)) < mpf(10) ** -40


# -- softmax


@pytest.mark.parametrize("cls", [softmax_component, log_softmax_component])
@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_derivative_of_a_softmax(cls: type, n: int) -> None:
    rng = random.Random(n)
    scores = symbols(f"z1:{n + 1}")
    at = {s.name: mpf(rng.uniform(-4, 4)) for s in scores}
    for component in (cls(j, *scores) for j in range(1, n + 1)):
        for k in range(1, n + 1):
            expected = derivative(lambda moved, k=k, c=component: exact(c, {**at, f"z{k}": moved}), at[f"z{k}"])
            assert abs(exact(component.fdiff(k + 1), at) - expected) < mpf(10) ** -20


def test_softmax_takes_a_list_or_arguments() -> None:
    assert sb.softmax([x, y, z]) == sb.softmax(x, y, z) == sb.softmax((x, y, z))
    assert str(sb.softmax(x, y)[1]) == "softmax(y, [x, y])"
    assert [str(c.definition()) for c in sb.log_softmax(x, y)] == [
        "x - log(exp(x) + exp(y))",
        "y - log(exp(x) + exp(y))",
    ]


@pytest.mark.parametrize("make", [sb.softmax, sb.log_softmax])
def test_softmax_of_one_score_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="softmax takes a list of two scores or more"):
        make([x])


# -- losses


def test_the_losses() -> None:
    t1, t2 = symbols("t1 t2")
    assert sb.squared_error([x, y], [t1, t2]) == (t1 - x) ** 2 / 2 + (t2 - y) ** 2 / 2
    assert sb.squared_error(x, t) == (t - x) ** 2 / 2
    assert sb.smooth_l1(x, t) == huber(x - t)
    assert sb.cross_entropy([x, y], [t1, t2]) == -t1 * log(x) - t2 * log(y)
    assert sb.binary_cross_entropy(x, t) == -t * log(x) - (1 - t) * log(1 - x)


@pytest.mark.parametrize(("difference", "expected"), [(0.5, 0.125), (-0.5, 0.125), (1.0, 0.5), (3.0, 2.5), (-3.0, 2.5)])
def test_smooth_l1_is_quadratic_below_one_and_absolute_above(difference: float, expected: float) -> None:
    assert evaluate(sb.smooth_l1(x, t), {"x": difference, "t": 0.0}) == expected


@pytest.mark.parametrize("loss", [sb.squared_error, sb.smooth_l1, sb.cross_entropy, sb.binary_cross_entropy])
def test_a_loss_wants_as_many_targets_as_outputs(loss: Any) -> None:
    with pytest.raises(ValueError, match=rf"{loss.__name__} takes as many outputs as targets, not 2 and 1"):
        loss([x, y], [t])


# -- the source that goes into generated modules, against 50 digits


def helpers(*names: str) -> dict[str, Any]:
    module: dict[str, Any] = {"np": np}
    for name in with_needs(names):
        exec("\n".join(f"import {taken}" for taken in HELPERS[name].takes), module)
        exec(HELPERS[name].imported or HELPERS[name].source, module)
    return module


def magnitudes() -> list[float]:
    rng = random.Random(0)
    sizes = [0.0, 1e-300, 1e-12, 1e-6, 1e-3, 0.3, 1.0, 7.7, 16.9, 36.5, 37.5, 88.0, 104.0, 354.0, 709.0, 711.0, 1e4]
    sizes += [10 ** rng.uniform(-6, 4) for _ in range(200)]
    return [sign * size for size in sizes for sign in (1.0, -1.0)]


ONE_ARGUMENT = ["sigmoid", "relu", "softplus", "silu", "normal_cdf", "normal_pdf", "gelu", "step", "huber"]
LOOSE = {"normal_pdf": 1e-11, "normal_cdf": 1e-11, "gelu": 1e-11}
"""exp(-z²/2) and erfc lose digits with the size of z², which float64 cannot help."""
TINY = 1e-300


@pytest.mark.parametrize("name", ONE_ARGUMENT)
def test_a_helper_keeps_its_digits_far_from_zero(name: str) -> None:
    function = helpers(name)[name]
    zs = magnitudes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batch = function(np.array(zs))
        single = [function(np.float64(value)) for value in zs]
    for value, found, alone in zip(zs, batch, single, strict=True):
        expected = WITNESS[ROWS[name].cls](mpf(value))
        error = abs(mpf(float(found)) - expected)
        assert error <= LOOSE.get(name, 1e-14) * abs(expected) + TINY, (value, found, expected)
        assert float(alone) == pytest.approx(float(found), rel=1e-15, abs=TINY)


@pytest.mark.parametrize("name", ["leaky_relu", "elu"])
def test_a_helper_of_two_arguments_keeps_its_digits(name: str) -> None:
    function = helpers(name)[name]
    zs = magnitudes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = function(np.array(zs), np.float64(0.25))
    for value, number in zip(zs, found, strict=True):
        expected = WITNESS[ROWS[name].cls](mpf(value), mpf("0.25"))
        assert abs(mpf(float(number)) - expected) <= 1e-15 * abs(expected) + TINY, (value, number)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax_keeps_its_digits(name: str) -> None:
    function = helpers(name)[name]
    component = softmax_component if name == "softmax" else log_softmax_component
    rng = random.Random(1)
    for size in (1.0, 30.0, 800.0, 1e4):
        scores = [rng.uniform(-size, size) for _ in range(4)]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = function(*(np.array([s, 0.0]) for s in scores))
        at = {f"z{k}": mpf(s) for k, s in enumerate(scores, start=1)}
        for j in range(4):
            expected = exact(component(j + 1, *symbols("z1:5")), at)
            assert abs(mpf(float(found[j][0])) - expected) <= 1e-12 * abs(expected) + 1e-12 * (name != "softmax") + TINY
            assert found[j][1] == pytest.approx(0.25 if name == "softmax" else -math.log(4))


@pytest.mark.parametrize("name", [*ONE_ARGUMENT, "leaky_relu", "elu", "softmax", "log_softmax"])
def test_a_helper_keeps_float32(name: str) -> None:
    function = helpers(name)[name]
    for value in (np.float32(0.7), np.array([0.7, -2.0], dtype=np.float32)):
        arguments = (value, np.float32(0.5)) if name in ("leaky_relu", "elu", "softmax", "log_softmax") else (value,)
        found = function(*arguments)
        for one in found if isinstance(found, list) else [found]:
            assert np.asarray(one).dtype == np.float32
            assert np.shape(one) == np.shape(value)


def test_helpers_come_before_those_that_call_them() -> None:
    assert with_needs(["gelu", "silu"]) == ["erfc", "normal_cdf", "gelu", "sigmoid", "silu"]


# -- functions of the user's own


def test_a_function_of_the_users_own_whose_parameter_is_a_name_of_the_network() -> None:
    swish = sb.function("swish", lambda z: z * sb.sigmoid(z))
    a = Symbol("a")
    net = network({z: w * x, a: swish(z) * z, "E": sb.squared_error(a, t)})
    check_exactly(net)
    assert swish(2 * w).definition() == 2 * w * sb.sigmoid(2 * w)


def test_a_function_of_two_arguments_swapped() -> None:
    mix = sb.function("mix", lambda x, y: x**2 * tanh(y) - y)
    check_exactly(network({z: w * x, y: mix(z, x) + mix(x, z) + mix(w, w), "E": sb.squared_error(y, t)}))


def test_a_function_that_calls_another() -> None:
    soft = sb.function("soft", lambda z: log(1 + exp(z)))
    outer = sb.function("outer", lambda soft_: soft(soft_) ** 2 + soft(-soft_))
    check_exactly(network({y: outer(w * x), "E": sb.squared_error(y, t)}))


def test_a_parameter_may_have_the_name_of_a_function() -> None:
    square = sb.function("square", lambda z: z**2)
    outer = sb.function("outer", eval("lambda square: call(square) + square", {"call": square}))
    check_exactly(network({y: outer(w * x), "E": sb.squared_error(y, t)}))


def test_a_function_with_cases_and_kinks() -> None:
    selu = sb.function("selu", lambda z: 2 * Piecewise((z, z > 0), (Rational(5, 3) * (exp(z) - 1), True)))
    check_exactly(network({z: w * x, y: selu(z) + selu(-z) * sb.relu(z), "E": sb.squared_error(y, t)}))


@pytest.mark.parametrize("name", ["np", "math", "erfc", "sum", "loss_and_gradients", "print", "lambda_", "μ"])
def test_a_function_may_be_called_anything_else(name: str) -> None:
    cube = sb.function(name, lambda z: z**3)
    check_exactly(network({y: cube(w * x) + sb.gelu(w), "E": sb.squared_error(y, t)}))


def check_exactly(net: sb.Network) -> None:
    """The compiled and the closed gradients are the differences of the witness."""
    d = sb.derive(net)
    f = sb.lambdify(d)
    rng = random.Random(3)
    for _ in range(6):
        at = random_values(net, rng)
        _, compiled = f(**at)
        values = exact_forward(net, at)
        for name, found in compiled.items():
            expected = derivative(lambda m, n=name, at=at: exact_forward(net, {**at, n: m})[net.loss.name], at[name])
            assert float(found) == pytest.approx(float(expected), rel=1e-12, abs=1e-14)
            assert abs(exact(d.gradients[name], values) - expected) < mpf(10) ** -20


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: sb.function("f", lambda z: z * w),
            "error[unbound]: in f: the formula of f uses w; a function may use its parameters alone: z",
        ),
        (lambda: sb.function("f", lambda: S.One), "error[function]: in f: f() has no parameter; give it one at least"),
        (
            lambda: sb.function("sigmoid", lambda z: z),
            "error[function]: in sigmoid: sigmoid() is in the vocabulary already; give your function a name of its own",
        ),
        (
            lambda: sb.function("max", lambda z: z),
            "error[function]: in max: max() is in the vocabulary already; give your function a name of its own",
        ),
        *(
            (
                lambda bad=bad: sb.function(bad, lambda z: z),
                f"error[name]: {bad!r} cannot be the name of a function; "
                "use a letter (Greek ones too) followed by letters, digits and underscores",
            )
            for bad in ("f g", "f(z): pass\ndef g", "", "2f", "_prepared", "ﬁ")
        ),
    ],
)
def test_a_function_that_cannot_be_made_says_why(make: Any, message: str) -> None:
    with pytest.raises(sb.NetworkError) as error:
        make()
    assert str(error.value) == message


def test_text_is_no_formula() -> None:
    with pytest.raises(sp.SympifyError):
        sb.function("f", lambda z: "__import__('os').getcwd()")


def test_the_activations_print_in_latex() -> None:
    assert sp.latex(sb.sigmoid(z)) == r"\sigma\left(z\right)"
    assert sp.latex(sb.relu(z) ** 2) == r"\mathrm{ReLU}^{2}\left(z\right)"


def test_values_at_zero() -> None:
    for row, expected in ((sb.sigmoid, 0.5), (normal_cdf, 0.5), (sb.softplus, math.log(2)), (sb.gelu, 0), (sb.silu, 0)):
        assert float(sp.N(row(S.Zero))) == pytest.approx(expected, abs=1e-15)
    assert float(normal_pdf(S.Zero).evalf()) == pytest.approx(1 / math.sqrt(2 * math.pi))


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        (lambda z, *, k=1: z * k, "takes k=1; give the formula plain parameters alone"),
        (lambda *zs: zs[0], r"takes \*zs; give the formula plain parameters alone"),
        (lambda é: é, "'é' cannot be the name of a parameter"),
        (lambda _z: _z, "'_z' cannot be the name of a parameter"),
    ],
)
def test_parameters_of_a_function_have_plain_names(formula, what):
    with pytest.raises(sb.NetworkError, match=what):
        sb.function("f", formula)
