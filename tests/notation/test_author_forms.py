"""Numbers are shown as they were typed, and no sum begins with a minus that has a term without one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Add, Expr, Rational, exp, symbols

import symbackprop as sb
from symbackprop.matrices import Array, Sum, Transposed, product
from symbackprop.notation import latex, python, text

x, y, t, w, h, z, E = symbols("x y t w h z E")
m, n = symbols("m n")
A, u, b = Array("A", (m, n)), Array("u", (n, 1)), Array("b", (m, 1))


@pytest.mark.parametrize("form", ["textbook", "published"])
@pytest.mark.parametrize(
    ("loss", "by", "forward", "gradient"),
    [
        (0.1 * x**2 / 2, x, "0.05·x²", "0.1·x"),
        (0.5 * (y - t) ** 2, y, "½(y − t)²", "y − t"),
        (0.01 * x * w, w, "0.01·w·x", "0.01·x"),
        (0.5 * x**2 + 0.01 * x * w, w, "0.01·w·x + ½x²", "0.01·x"),
        (1.5 * x + 0.044715 * x**3, x, "(3/2)·x + 0.044715·x³", "3/2 + 0.134145·x²"),
        (1e-05 * x**2, x, "0.00001·x²", "0.00002·x"),
        (x**2 / 3, x, "⅓x²", "⅔x"),
        (x * 2.0, x, "2x", "2"),
    ],
    ids=str,
)
def test_numbers_stay_as_they_were_typed(loss: Any, by: Any, forward: str, gradient: str, form: str) -> None:
    net = sb.Network({E: loss}, inputs=loss.free_symbols - {by}, targets=[], parameters=[by], loss=E)
    derivation = sb.derive(net, form=form)
    assert text(derivation.network.equations[E]) == forward
    assert text(derivation.shared[by]) == gradient
    assert not any(isinstance(number, float) for number in derivation.shared[by].atoms())


def test_a_slope_that_was_typed_is_shown_everywhere() -> None:
    net = sb.Network({E: sb.leaky_relu(z * w, 0.01)}, inputs=[z], targets=[], parameters=[w], loss=E)
    derivation = sb.derive(net, form="published")
    (delta,) = derivation.backward.values()
    for written in (text, latex, python):
        assert "0.01" in written(delta)
        assert "100" not in written(delta)
    source = sb.lambdify(derivation).source
    assert "leaky_relu(z_E, 0.01)" in source
    assert "np.where(z_E > 0, 1, 0.01)" in source


@pytest.mark.parametrize(
    ("expr", "shown"),
    [
        (Rational(1, 2) * x + Rational(1, 100) * y, "½x + 0.01·y"),
        (Rational(1, 10) * (x + 2 * y), "0.1·(2y + x)"),
        (Rational(1, 10) * x + y, "0.1·x + y"),
        (Rational(1, 2) * x - Rational(1, 2) * y, "½(x − y)"),
        (Rational(1, 100) * x - Rational(1, 100) * y, "0.01·(x − y)"),
        (Rational(3, 10) * x + Rational(3, 500) * y, "0.3·x + 0.006·y"),
    ],
    ids=str,
)
def test_a_decimal_is_taken_out_where_no_longer_number_comes_of_it(expr: Expr, shown: str) -> None:
    assert text(expr) == shown


COLUMNS = [product(A, u), b, b * exp(b), product(A, Transposed(A), b), Sum(A, 1), b**2]
NUMBERS = [x, y * t, exp(w), x**2, 1 / (1 + t), h * (x - y) ** 2, Rational(1)]


@pytest.mark.parametrize("kinds", [COLUMNS, NUMBERS], ids=["matrices", "scalars"])
@given(data=st.data())
def test_no_sum_begins_with_a_minus_that_has_a_plus(kinds: list[Any], data: Any) -> None:
    terms = data.draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=4, unique=True))
    factors = st.sampled_from([1, -1, 2, -2, Rational(1, 2), Rational(-1, 100)])
    signed = [data.draw(factors) * term for term in terms]
    signed[0] = -abs(signed[0].as_coeff_Mul()[0]) * terms[0]
    signed[-1] = terms[-1]
    for write in (text, latex, python):
        assert not write(Add(*signed)).startswith(("-", "−")), write(Add(*signed))
