"""Functions and their derivatives far from zero and near it: generated NumPy against numbers of many digits.

A value that a float can hold must come out with its digits, and none may be NaN or infinite where the true one is not.
"""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from conftest import slow_except
from mpmath import mpf
from networks import exact, network
from sympy import Expr, S, symbols

import symbackprop as sb
from symbackprop.functions import VOCABULARY
from symbackprop.functions.base import Primitive

w, a, E = symbols("w a E")
SIZES = [
    1e-8, 1e-5, 1e-3, 0.01, 0.1, 0.3, 0.7, 1.3, 2.2, 2.7, 3.6, 4.4, 5.2, 6.1, 7.7, 10.0, 15.0, 19.0, 25.0, 37.5, 60.0,
    88.0, 104.0, 300.0, 700.0, 740.0, 1e3, 1e4,
]  # fmt: skip
ROWS = [row for row in VOCABULARY if row.count - row.settings == 1 and row.name != "stop_gradient"]
QUICK = [row for row in ROWS if row.name in {"sigmoid", "tanh", "softplus", "mish", "erf"}]
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
ROUNDED = {
    # What rounding the argument alone does to these is more than that: sin(1e4) moves by 1e4 times as much as 1e4 does.
    "sin", "cos", "tan",
}  # fmt: skip


def true(expr: Expr, z: mpf) -> mpf:
    """The value to 30 digits: worked out with more and more of them until two agree, and a 0 is one to the last."""
    digits, before = 50, None
    while True:
        with mpmath.workdps(digits):
            found = exact(expr, {"w": z})
        if (before is not None and found and abs(found - before) <= abs(found) * mpf(10) ** -30) or digits > 10_000:
            return found
        digits, before = 4 * digits, found


def is_inside(row: Primitive, z: mpf) -> bool:
    return all(exact(S(part), {"w": z}) > 0 for part in (row.domain(*row.cls(w).args) if row.domain else ()))


def is_kink(row: Primitive, z: mpf) -> bool:
    return any(abs(exact(S(part), {"w": z})) < 1e-12 for part in (row.kinks(*row.cls(w).args) if row.kinks else ()))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("row", slow_except(QUICK, ROWS), ids=lambda row: row.name)
def test_a_function_and_its_derivative_keep_their_digits(row: Primitive, dtype: str) -> None:
    limits = np.finfo(dtype)
    applied = row.cls(w)
    derivative = S(row.derivatives[0](applied, *applied.args))
    function = sb.lambdify(sb.derive(network({a: applied, E: 1 * a}, "", "", "w", "E")))
    sizes = [size for size in SIZES if row.name not in ROUNDED or size < 1]
    places = [np.dtype(dtype).type(sign * size) for size in sizes for sign in (1, -1)]
    places = [z for z in places if is_inside(row, mpf(float(z))) and not is_kink(row, mpf(float(z)))]
    values, gradients = function(w=np.array(places), reduction="none")
    for z, value, gradient in zip(places, values, np.broadcast_to(gradients["w"], len(places)), strict=True):
        for found, expr in ((value, applied), (gradient, derivative)):
            expected = true(expr, mpf(float(z)))
            if abs(expected) <= limits.max:
                assert np.isfinite(found), (expr, z, found, expected)
            if limits.tiny <= abs(expected) <= limits.max or expected == 0:
                assert abs(mpf(float(found)) - expected) <= TOLERANCE[dtype] * abs(expected), (expr, z, found, expected)
