"""Forms that people write by hand, in one equation or through names: their numbers far from zero, against many digits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy as sp
from sympy import Expr, Symbol, exp, log

import symbackprop as sb

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

FEW = [1e-8, -1.0, 30.0, -40.0, 400.0, -400.0, 1e4, -1e4]
MANY = sorted({sign * size for sign in (1, -1) for size in (
    1e-8, 1e-4, 0.1, 1, 5, 9, 17, 19, 20, 36, 37, 38, 100, 300, 354, 355, 373, 500, 700, 709, 710, 745, 746, 1000, 1e4)})
OTHERS = [{"k": 0.5, "x": 1.25, "g": -0.75}, {"k": -3.0, "x": 2.0, "g": 0.5}, {"k": 9e3, "x": 0.5, "g": 3.0}]


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
    digits = 60 + int(3 * max(abs(value) for value in values.values()))
    with mpmath.workdps(digits):
        numbers = [mpmath.mpf(values[name]) for name in sorted(gradients)]
        return float(loss(*numbers)), {name: float(g(*numbers)) for name, g in gradients.items()}


def assert_close(found: Any, true: float, what: Any, relative: float = 1e-9) -> None:
    """Right to that many digits; where the truth is no normal number, to the smallest of these."""
    assert math.isfinite(found), (what, found, true)
    assert abs(found - true) <= relative * abs(true) + 1e-290, (what, found, true)


def points(zs: Iterable[float], others: Iterable[Mapping[str, float]], form: str) -> list[dict[str, float]]:
    names = {leaf.name for leaf in network_of(form).leaves}
    found = [{"z": z, **other} for z in zs for other in others]
    return [dict(t) for t in dict.fromkeys(tuple((n, w) for n, w in point.items() if n in names) for point in found)]


def check(form: str, zs: Iterable[float], others: Iterable[Mapping[str, float]], backend: str = "numpy") -> None:
    function = sb.lambdify(sb.derive(network_of(form)), backend=backend)
    for point in points(zs, others, form):
        loss, gradients = true_values(form, point)
        found, derived = function(**point)
        assert_close(float(found), loss, (form, point, "loss"))
        for name, gradient in gradients.items():
            assert_close(float(derived[name]), gradient, (form, point, name))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_written_by_hand_has_right_numbers(form: str) -> None:
    check(form, FEW, OTHERS[:1])
