"""Names that are chosen for all lines together: which are worth it, and which are left alone."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, symbols

import symbackprop as sb
from symbackprop.algebra.forms import Shortening
from symbackprop.calculus.sharing import factors_beside, shared_parts, with_name
from symbackprop.matrices import Array, Inverse, SumAll, Transposed, product

m, n = symbols("m n")
A, B, C = (Array(word, (m, n)) for word in "ABC")
S, T = Array("S", (n, n)), Array("T", (n, n))
U = Array("U", (n, n))
a, b, c, s, t, E = symbols("a b c s t E")


def published(equations: dict[Symbol, Expr], parameters: list[Symbol], inputs: list[Symbol]) -> sb.Derivation:
    net = sb.Network(equations, inputs=inputs, targets=[], parameters=parameters, loss=E)
    return sb.derive(net, form="published")


def test_what_two_products_share_is_found() -> None:
    net = sb.Network({E: SumAll(A * B * C)}, inputs=[], targets=[], parameters=[A, B, C], loss=E)
    measure = Shortening(net, ()).measure.class_of
    assert shared_parts([A * B * s, A * B * C], measure) == [A * B]
    assert shared_parts([product(A, S, T), product(B, S, T)], measure) == [product(S, T)]
    assert shared_parts([product(A, S, T), product(B, Transposed(T), Transposed(S))], measure) == [product(S, T)]
    assert shared_parts([s * product(A, S), s * product(B, S)], measure) == [s * S]
    assert shared_parts([a + b + c, s - a - b], measure) == [a + b]
    assert shared_parts([a / t * b, c * a / t], measure) == [a / t]
    assert shared_parts([A * B, A * C], measure) == []
    assert shared_parts([a * (1 - a) * b, a * (1 - b) * b], measure) == []


def test_a_name_is_put_in_wherever_a_product_has_the_part() -> None:
    u, V = Symbol("u"), Array("V", (m, n))
    assert with_name(A * B, V)(A * B * C / 2) == V * C / 2
    assert with_name(2 * A * B, V)(A * B * C) == V * C / 2
    assert with_name(product(S, T), U)(product(A, S, T)) == product(A, U)
    assert with_name(product(S, T), U)(product(Transposed(T), Transposed(S), T)) == product(Transposed(U), T)
    assert with_name(s * S, U)(3 * s * product(A, S)) == 3 * product(A, U)
    assert with_name(s * S, U)(s * product(A, Transposed(S))) == product(A, Transposed(U))
    assert with_name(s * S, U)(product(A, S)) == product(A, S)
    assert with_name(a / t, u)(a * b / t**2) == u * b / t
    assert with_name(a / t, u)(a * b * t) == a * b * t
    assert with_name(a - b, u)(b - a + c) == c - u
    assert with_name(Inverse(S), U)(product(A, Inverse(S))) == product(A, U)


def test_factors_beside_a_name_are_those_of_all_its_uses() -> None:
    lines = [2 * product(A, S), -2 * s * product(B, Transposed(S))]
    assert factors_beside(S, T, lines, always=True) == [2, -2]
    assert factors_beside(S, T, [*lines, S + T], always=True) == []
    assert factors_beside(S, T, lines, always=False) == [2, -2 * s, -2]
    assert factors_beside(S, T / 2 - U / 2, [], always=True) == [2]
    assert factors_beside(S, 2 * T - 2 * U, [], always=True) == []


def test_a_multiple_that_every_line_uses_has_the_name() -> None:
    P, E_ = Array("P", (m, m)), E
    derivation = published({P: product(A, Transposed(B)) / t, E_: SumAll(P**3)}, [A, B], [t])
    (helper,) = derivation.helpers
    assert derivation.backward[helper] == 3 * P**2 / t
    assert derivation.shared[A] == product(helper, B)
    assert list(derivation.backward) == [helper]


def test_an_error_signal_that_some_line_uses_as_it_is_stays() -> None:
    x, w, z, p, q = symbols("x w z p q")
    equations = {z: w * x, p: sb.sigmoid(b - z), q: sb.sigmoid(a - z), E: -sb.log(p - q)}
    derivation = published(equations, [a, b, w], [x])
    assert derivation.shared[b] in derivation.backward
    assert derivation.helpers == ()


def test_a_name_for_a_part_pays_where_it_stands_twice() -> None:
    X, W = Array("X", (m, n)), Array("W", (n, n))
    H, Y = Array("H", (m, n)), Array("Y", (m, n))
    G = Array("G", (m, n))
    layer = sb.Network(
        {H: product(X, S), Y: s * product(H, T) + product(X, W)},
        inputs=[X, W, s],
        targets=[],
        parameters=[S, T],
        outputs={Y: G},
    )
    derivation = sb.derive(layer, form="published")
    (helper,) = derivation.helpers
    assert derivation.backward[helper] == s * G
    assert derivation.shared[T] == product(Transposed(H), helper)


def test_error_signals_that_are_added_are_written_out_where_they_have_much_in_common() -> None:
    one, k = Integer(1), Symbol("k")
    x, y, z, u, v = (Array(word, (k, one)) for word in "xyzuv")
    d = Symbol("d")
    derivation = published({u: x - y, v: x - z, d: SumAll(u**2) - SumAll(v**2), E: sb.relu(d)}, [x, y, z], [])
    (helper,) = derivation.helpers
    assert derivation.backward == {helper: 2 * sb.step(d)}
    assert derivation.shared[x] == helper * (u - v)


def test_a_goal_is_taken_only_where_it_is_the_same() -> None:
    net = sb.Network({E: s * SumAll(product(A, S) * C)}, inputs=[], targets=[], parameters=[A, S, C, s], loss=E)
    search = Shortening(net, ())
    value = s * product(A, S)
    assert search.way(value, (m, n), goal=product(A, U)) == ()
    search.learn(U, s * S)
    assert search.way(value, (m, n), goal=A) == ()
    (line,) = search.way(value, (m, n), goal=product(A, U))
    assert (line.rule.name, line.result, line.equations) == ("putting in a name", product(A, U), (U,))
