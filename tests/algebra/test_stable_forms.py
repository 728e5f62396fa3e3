"""Forms that people write by hand, in one equation or through names: their numbers far from zero, in many digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from conftest import few, slow_except
from sympy import Expr, Symbol, exp, log

import symbackprop as sb
from symbackprop.numeric import source_of

a, b, c, d, e, f, g, k, p, q, r, s, t, u, v, x, y, z, L = sp.symbols("a b c d e f g k p q r s t u v x y z L")
z1, z2, z3 = sp.symbols("z1 z2 z3")

Equations = Mapping[Symbol, Expr]

THROUGH_NAMES: dict[str, Equations] = {
    "softmax of two": {a: exp(z), b: exp(k), p: a / (a + b), L: -log(p)},
    "softmax of two, the other": {a: exp(z), b: exp(k), s: a + b, q: b / s, L: -log(q)},
    "softmax of three": {a: exp(z), b: exp(k), c: exp(x), s: a + b + c, p: a / s, q: c / s, L: -log(p) * x - log(q)},
    "squared error of a softmax": {a: exp(z), b: exp(k), p: a / (a + b), L: (p - x) ** 2},
    "sigmoid by exp(z)": {e: exp(z), p: e / (1 + e), L: -log(p)},
    "sigmoid by exp(-z)": {e: exp(-z), s: 1 + e, p: 1 / s, L: -log(p)},
    "sigmoid, its complement": {p: sb.sigmoid(z), q: 1 - p, L: -log(q)},
    "complement of a quotient": {e: exp(z), p: e / (1 + e), q: 1 - p, L: -log(q)},
    "cross-entropy": {e: exp(-z), p: 1 / (1 + e), q: 1 - p, L: -x * log(p) - (1 - x) * log(q)},
    "softplus": {e: exp(z), L: log(1 + e)},
    "softplus of a sum": {e: exp(z), s: 1 + e, L: log(s)},
    "log-cosh": {u: exp(z), v: exp(-z), L: log((u + v) / 2)},
    "log-cosh, halved before": {u: exp(z), v: exp(-z), c: (u + v) / 2, L: log(c)},
    "tanh": {u: exp(z), v: exp(-z), y: (u - v) / (u + v), L: x * y},
    "tanh by exp(2z)": {u: exp(2 * z), y: (u - 1) / (u + 1), L: x * y},
    "entropy of two": {p: sb.sigmoid(z), q: 1 - p, L: -p * log(p) - q * log(q)},
    "entropy of a softmax": {
        a: exp(z), b: exp(k), c: exp(x), s: a + b + c, p: a / s, q: b / s, r: c / s,
        L: -p * log(p) - q * log(q) - r * log(r),
    },
    "focal, squared": {p: sb.sigmoid(z), q: 1 - p, L: -(q**2) * log(p)},
    "focal, any power": {p: sb.sigmoid(z), L: -((1 - p) ** x) * log(p)},
    "focal of a softmax": {a: exp(z), b: exp(k), p: a / (a + b), L: -((1 - p) ** x) * log(p)},
    "silu": {e: exp(-z), L: z / (1 + e)},
    "log of a sum": {a: exp(z), b: exp(k), s: a + b, L: log(s)},
    "attention": {a: exp(z), b: exp(k), s: a + b, y: (a * x + b * g) / s, L: y * g},
    "ratio": {a: exp(z), b: exp(k), y: a / b, q: a + b, r: y / (1 + y), L: -log(r) + x},
    "temperature": {a: exp(z / x), b: exp(k / x), p: a / (a + b), L: -log(p)},
    "weighted": {a: exp(z), b: exp(k), p: 2 * a / (2 * a + 3 * b), L: -log(p)},
    "squares": {a: exp(z), b: exp(k), p: a**2 / (a**2 + b**2), L: -log(p)},
}  # fmt: skip
"""The loss is L, and the gradient is by z, k, x and g, as far as these are in it."""


def composed(equations: Equations) -> Equations:
    """The loss in one equation."""
    known: dict[Symbol, Expr] = {}
    for name, expr in equations.items():
        known[name] = expr.xreplace(known)
    return {L: known[L]}


FORMS = {f"{word}, {how}": made(eqs) for word, eqs in THROUGH_NAMES.items()
         for how, made in (("through names", dict), ("in one equation", composed))}  # fmt: skip

FEW = [1e-8, 30.0, -40.0, 400.0]
MANY = sorted(
    {
        sign * size
        for sign in (1, -1)
        for size in (
            1e-8,
            1e-4,
            0.1,
            1,
            5,
            9,
            17,
            19,
            20,
            36,
            37,
            38,
            100,
            300,
            354,
            355,
            373,
            500,
            700,
            709,
            710,
            745,
            746,
            1000,
        )
    }
)
OTHERS = [{"k": 0.5, "x": 1.25, "g": -0.75}, {"k": -3.0, "x": 2.0, "g": 0.5}, {"k": 700.0, "x": 0.5, "g": 3.0}]


@cache
def network_of(form: str) -> sb.Network:
    """The network of a form; z and what else it has are parameters."""
    equations = FORMS[form]
    leaves = sorted(set().union(*(expr.free_symbols for expr in equations.values())) - equations.keys(), key=str)
    return sb.Network(equations, inputs=[], targets=[], parameters=leaves, loss=L)


@cache
def truth_of(form: str) -> tuple[Any, dict[str, Any]]:
    """The loss, and its derivatives by SymPy, as functions of mpmath's numbers."""
    whole = composed(FORMS[form])[L]
    leaves = sorted(whole.free_symbols, key=str)
    plain = whole.replace(sb.sigmoid, lambda w: 1 / (1 + exp(-w)))

    def function(expr: Expr) -> Any:
        return sp.lambdify(leaves, expr, "mpmath", cse=True)

    return function(plain), {w.name: function(plain.diff(w)) for w in leaves}


def true_values(form: str, values: Mapping[str, float]) -> tuple[float, dict[str, float]]:
    """The loss and the gradients with as many digits as it takes: 1 - p has none of 50 where p is 1 - exp(-10000)."""
    loss, gradients = truth_of(form)
    digits = 60 + int(2 * max(abs(value) for value in values.values()))
    with mpmath.workdps(digits):
        numbers = [mpmath.mpf(values[name]) for name in sorted(gradients)]
        return float(loss(*numbers)), {name: float(g(*numbers)) for name, g in gradients.items()}


def assert_close(found: Any, true: float, what: Any, relative: float = 1e-9) -> None:
    """Right to that many digits; to the smallest normal number where the truth is none."""
    assert math.isfinite(found), (what, found, true)
    assert abs(found - true) <= relative * abs(true) + 1e-290, (what, found, true)


def points(zs: Iterable[float], others: Iterable[Mapping[str, float]], form: str) -> list[dict[str, float]]:
    """Values for the names that a form has, each once."""
    names = {leaf.name for leaf in network_of(form).leaves}
    found = [{"z": z, **other} for z in zs for other in others]
    return [dict(t) for t in dict.fromkeys(tuple((n, w) for n, w in point.items() if n in names) for point in found)]


def check(form: str, zs: Iterable[float], others: Iterable[Mapping[str, float]], backend: str = "numpy") -> None:
    """Hold the loss and each gradient against the truth. What cancels at z = 1e-8 is right to the last digit of 1."""
    function = sb.lambdify(sb.derive(network_of(form)), backend=backend)
    for point in points(zs, others, form):
        loss, gradients = true_values(form, point)
        found, derived = function(**point)
        for name, number, true in [("loss", found, loss), *((w, derived[w], gradients[w]) for w in gradients)]:
            if abs(point["z"]) < 1e-3:
                assert float(number) == pytest.approx(true, rel=1e-9, abs=1e-15), (form, point, name)
            else:
                assert_close(float(number), true, (form, point, name))


@pytest.mark.parametrize("form", few([form for form in FORMS if "through" in form]))
def test_a_form_through_names_has_right_numbers(form: str) -> None:
    check(form, FEW, OTHERS[:1])


@pytest.mark.parametrize("form", few([form for form in FORMS if "equation" in form]))
def test_a_form_in_one_equation_has_right_numbers(form: str) -> None:
    check(form, [400.0], OTHERS[:1])


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_form_has_right_numbers_everywhere(form: str) -> None:
    check(form, MANY, OTHERS)
    check(form, [1e4, -1e4], OTHERS[:1])


def test_the_forms_are_stable_in_float_arrays_too() -> None:
    network = network_of("softmax of two, through names")
    function = sb.lambdify(sb.derive(network))
    loss, gradients = function(z=np.array([1e4, -1e4], np.float32), k=np.float32(0))
    assert (loss, gradients["z"], gradients["k"]) == (5000, -0.5, 0.5)
    assert loss.dtype == np.float32


@pytest.mark.parametrize("form", [form for form in FORMS if "through" in form][::3])
def test_other_libraries_have_the_same_forms(form: str) -> None:
    torch = pytest.importorskip("torch")
    function = sb.lambdify(sb.derive(network_of(form)), backend="torch")
    (point,) = points([400.0], OTHERS[:1], form)
    loss, gradients = true_values(form, point)
    found, derived = function(**{name: torch.tensor(value, dtype=torch.float64) for name, value in point.items()})
    assert_close(float(found), loss, form)
    for name, gradient in gradients.items():
        assert_close(float(derived[name]), gradient, (form, name))


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_a_training_loop_has_the_same_forms(backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    network = sb.Network(THROUGH_NAMES["softmax of three"], inputs=[k, x], targets=[], parameters=[z], loss=L)
    trainer = sb.trainer(sb.derive(network), {"k": 1.0, "x": 1.0}, {"z": -2000.0}, learning_rate=1.0, backend=backend)
    losses = trainer.run(3)
    assert np.allclose(losses[:2], [2001 + 2 * math.log(2), 2000 + 2 * math.log(2)], rtol=1e-12)
    assert trainer.weights["z"] == pytest.approx(-1997)


def test_what_readers_see_keeps_its_names_and_its_equations() -> None:
    network = network_of("softmax of two, through names")
    derivation = sb.derive(network)
    assert network.equations[p] == a / (a + b)
    assert [delta.name for delta in derivation.backward] == ["delta_p", "delta_a", "delta_b"][
        : len(derivation.backward)
    ]
    function = sb.lambdify(derivation)
    assert function.module["FORWARD"] == ("a", "b", "p", "L")
    assert "Loss        L = -log(p)" in function.source
    forward, _ = function.forward_backward(z=3.0, k=1.0)
    assert forward == pytest.approx({"a": math.exp(3), "b": math.e, "p": 1 / (1 + math.exp(-2)),
                                     "L": math.log1p(math.exp(-2))})  # fmt: skip


def test_a_gradient_by_a_name_on_the_way_goes_through_it() -> None:
    derivation = sb.derive(network_of("softmax of two, through names"), wrt=[a, z])
    _, gradients = sb.lambdify(derivation)(z=0.5, k=1.0)
    above, below = math.exp(0.5), math.e
    assert gradients["a"] == pytest.approx(1 / (above + below) - 1 / above)
    assert gradients["z"] == pytest.approx(above * gradients["a"])


# -- matrices

m, n = sp.symbols("m n")
Z, Y, E, P, S, T = (sp.MatrixSymbol(name, *shape) for name, shape in (
    ("Z", (m, n)), ("Y", (m, n)), ("E", (m, n)), ("P", (m, n)), ("S", (m, 1)), ("T", (1, n))))  # fmt: skip


def rows(column: Any) -> Any:
    return sb.broadcast(column, m, n)


def cross(probabilities: Any) -> Any:
    return -sb.total(sb.hadamard(Y, sb.log(probabilities)))


BY_HAND: dict[str, tuple[dict[Any, Any], dict[Any, Any]]] = {
    "rows": (
        {E: sb.exp(Z), S: sb.rowsum(E), P: sb.divide(E, rows(S)), L: cross(P)},
        {P: sb.softmax(Z, axis=1), L: cross(P)},
    ),
    "columns": (
        {E: sb.exp(Z), T: sb.colsum(E), P: sb.divide(E, rows(T)), L: cross(P)},
        {P: sb.softmax(Z, axis=0), L: cross(P)},
    ),
    "one equation": (
        {P: sb.divide(sb.exp(Z), rows(sb.rowsum(sb.exp(Z)))), L: cross(P)},
        {P: sb.softmax(Z, axis=1), L: cross(P)},
    ),
    "one equation, no name": (
        {L: cross(sb.divide(sb.exp(Z), rows(sb.rowsum(sb.exp(Z)))))},
        {P: sb.softmax(Z, axis=1), L: cross(P)},
    ),
    "log of sums": ({E: sb.exp(Z), S: sb.rowsum(E), L: sb.total(sb.log(S))}, {L: sb.total(sb.logsumexp(Z, axis=1))}),
    "log of sums, one equation": (
        {L: sb.total(sb.log(sb.colsum(sb.exp(Z))))},
        {L: sb.total(sb.logsumexp(Z, axis=0))},
    ),
    "entropy": (
        {E: sb.exp(Z), S: sb.rowsum(E), P: sb.divide(E, rows(S)), L: cross(P) - sb.total(sb.hadamard(P, sb.log(P)))},
        {P: sb.log_softmax(Z, axis=1), L: -sb.total(sb.hadamard(Y, P)) - sb.total(sb.hadamard(sb.exp(P), P))},
    ),
    "log of the whole sum": (
        {E: sb.exp(Z), L: sb.log(sb.total(E))},
        {S: sb.logsumexp(Z, axis=1), L: sb.total(sb.logsumexp(S, axis=0))},
    ),
}  # fmt: skip
"""What is written by hand, and the same by the functions for it."""


@pytest.mark.parametrize("size", few([(3, 4), (1, 3), (4, 1), (1, 1)], 4))
@pytest.mark.parametrize("form", BY_HAND)
def test_a_softmax_of_matrices_by_hand_is_that_of_the_library(form: str, size: tuple[int, int]) -> None:
    random = np.random.default_rng(7)
    values = {"Z": random.normal(size=size) * 3000, "Y": random.random(size)}
    results = []
    for equations in BY_HAND[form]:
        has_targets = any(Y in expr.free_symbols for expr in equations.values())
        network = sb.Network(equations, inputs=[], targets=[Y] if has_targets else [], parameters=[Z], loss=L)
        results.append(sb.lambdify(sb.derive(network))(**(values if has_targets else {"Z": values["Z"]})))
    (loss, gradients), (true_loss, true_gradients) = results
    assert loss == pytest.approx(true_loss, rel=1e-12, abs=1e-12)
    assert np.allclose(gradients["Z"], true_gradients["Z"], rtol=1e-9, atol=1e-11)
    assert np.isfinite(gradients["Z"]).all()


@pytest.mark.parametrize("backend", slow_except(["numpy"], ["numpy", "numba"]))
@pytest.mark.parametrize("function", few([sb.sigmoid, sb.tanh]))
def test_a_tuned_step_has_the_same_forms(function: Any, backend: str) -> None:
    if backend == "numba":
        pytest.importorskip("numba")
    inner = function(Z)
    network = sb.Network(
        {P: inner, E: sb.exp(sb.hadamard(Y, P)), S: sb.rowsum(E), L: sb.total(sb.log(S))},
        inputs=[], targets=[Y], parameters=[Z], loss=L,
    )  # fmt: skip
    derivation = sb.derive(network)
    values = {"Y": np.array([[2000.0, -1000.0, 1.0]] * 2), "Z": np.array([[40.0, -2.0, 0.5], [-900.0, 30.0, 3.0]])}
    loss, gradients = sb.lambdify(derivation)(**values)
    trainer = sb.trainer(derivation, {"Y": values["Y"]}, {"Z": values["Z"]}, learning_rate=0.5, backend=backend)
    assert trainer.step() == pytest.approx(loss, rel=1e-12)
    assert np.allclose(trainer.weights["Z"], values["Z"] - gradients["Z"] / 2, rtol=1e-9)
    assert np.isfinite(gradients["Z"]).all()


# -- derivatives far from zero

TAILS = {
    "sigmoid": (sb.sigmoid, lambda w: mpmath.exp(-w) / (1 + mpmath.exp(-w)) ** 2),
    "tanh": (sb.tanh, lambda w: mpmath.sech(w) ** 2),
    "elu": (sb.elu, lambda w: mpmath.mpf(1) if w > 0 else mpmath.exp(w)),
    "softplus": (sb.softplus, lambda w: 1 / (1 + mpmath.exp(-w))),
}
PLACES = [0.5, -0.5, 4.0, 5.9, 6.3, 9.0, 17.0, 20.0, 38.0, 100.0, 350.0, 700.0, 720.0, 1e4]


@pytest.mark.parametrize("kind", ["scalar", "matrix"])
@pytest.mark.parametrize("word", TAILS)
def test_a_derivative_keeps_its_digits_far_from_zero(word: str, kind: str) -> None:
    function, true = TAILS[word]
    places = np.array([*PLACES, *(-w for w in PLACES)])
    if kind == "scalar":
        network = sb.Network({y: function(z), L: y * x}, inputs=[x], targets=[], parameters=[z], loss=L)
        values: dict[str, Any] = {"z": places, "x": np.ones(len(places))}
    else:
        network = sb.Network(
            {P: function(Z), L: sb.total(sb.hadamard(Y, P))}, inputs=[], targets=[Y], parameters=[Z], loss=L
        )
        values = {"Z": places[:, None], "Y": np.ones((len(places), 1))}
    options = {"reduction": "none"} if kind == "scalar" else {}
    _, gradients = sb.lambdify(sb.derive(network))(**values, **options)
    found = np.asarray(next(iter(gradients.values()))).ravel()
    for place, number in zip(places, found, strict=True):
        with mpmath.workdps(50):
            assert_close(number, float(true(mpmath.mpf(place))), (word, place))


@pytest.mark.parametrize("gap", [0.5, 30.0, 50.0, 300.0])
def test_the_derivatives_of_a_softmax_keep_their_digits(gap: float) -> None:
    probabilities = sb.softmax([z1, z2, z3])
    network = sb.Network({(p, q, r): probabilities, L: p * x}, inputs=[x], targets=[], parameters=[z1, z2, z3], loss=L)
    _, gradients = sb.lambdify(sb.derive(network))(z1=gap, z2=0.0, z3=-1.0, x=1.0)
    with mpmath.workdps(300):
        powers = [mpmath.exp(w) for w in (gap, 0, -1)]
        shares = [power / sum(powers) for power in powers]
        assert_close(gradients["z1"], float(shares[0] * (1 - shares[0])), gap)
        assert_close(gradients["z2"], float(-shares[0] * shares[1]), gap)


@pytest.mark.parametrize(("backend", "line"), [("numpy", "L = -np.log(1 - p)"), ("javascript", "L = -Math.log(1 - p)")])
def test_the_textbook_form_is_there_for_those_who_ask(backend: str, line: str) -> None:
    d = sb.derive(sb.Network({p: sb.sigmoid(z), L: -log(1 - p)}, inputs=[], targets=[], parameters=[z], loss=L))
    written_ = {stable: source_of(d, backend, stable=stable) for stable in (True, False)}
    assert line in written_[False]
    assert line not in written_[True]
    with np.errstate(all="ignore"):
        assert math.isclose(sb.lambdify(d)(z=40.0)[0], 40.0)
        assert sb.lambdify(d, stable=False)(z=40.0)[0] == math.inf
    assert sb.lambdify(d, stable=False)(z=1.0)[0] == pytest.approx(float(sb.lambdify(d)(z=1.0)[0]), rel=1e-14)
