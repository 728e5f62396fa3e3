"""Every line of the work, as it is recorded and as it is printed, is proved; one that is not true is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from conftest import few
from hypothesis import HealthCheck, given, settings
from matrix_networks import MATRIX_EXAMPLES, MatrixCase, random_matrix_networks
from networks import EXAMPLES, Described, described, network
from printed import NOTATIONS, line_verdict, lines_of, made, printed, shipped
from sympy import Add, Expr, MatrixSymbol, Mul, Rational, S, log, symbols, tanh

import symbackprop as sb
from symbackprop.judge import Line, Ruling, judge
from symbackprop.matrices import Array, Product, SumAll, Transposed, shape_of
from symbackprop.network.spec import example_names
from symbackprop.notation import Differential, Direct, Frobenius, Immediate, Total
from symbackprop.reading import read_equation

x, w, v, y, h, r, s, t, z, a, p, E, L = symbols("x w v y h r s t z a p E L")
FEW = 4
"""How many lines of a network are judged by default; all of them, in every notation, where slow tests run too."""


def check_lines(d: sb.Derivation, steps: Sequence[sb.Step], notations: Sequence[str]) -> None:
    """Each line is proved as it is recorded, and as it is read back from what is printed."""
    for step in steps:
        assert line_verdict(d, step.lhs, step.rhs).proved, (str(step), line_verdict(d, step.lhs, step.rhs))
        for notation in notations:
            said = f"{printed(d, notation, step.lhs)} = {printed(d, notation, step.rhs)}"
            left, right = read_equation(said, d)
            verdict = line_verdict(d, left, right)
            assert verdict.proved, (notation, said, str(verdict))


def some(steps: Sequence[sb.Step]) -> Sequence[sb.Step]:
    return steps[len(steps) // (2 * FEW) :: max(1, len(steps) // FEW)]


@pytest.mark.parametrize("name", few(example_names(), 5))
def test_lines_are_proved_as_printed(name: str) -> None:
    d = shipped(name)
    for position, step in enumerate(some(list(lines_of(d)))):
        check_lines(d, [step], list(NOTATIONS)[position % 2 : 4 : 2])


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted({*example_names(), *EXAMPLES, *MATRIX_EXAMPLES}))
def test_every_line_is_proved_as_printed(name: str) -> None:
    d = made(name)
    check_lines(d, list(lines_of(d)), [notation for notation in NOTATIONS if notation != "str"])


MANY = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@MANY
@given(described(max_depth=3, max_width=3))
def test_lines_of_random_networks_are_proved_as_printed(made_: Described) -> None:
    d = sb.derive(made_.network())
    check_lines(d, list(lines_of(d)), ["unicode", "latex"])


@pytest.mark.slow
@MANY
@given(random_matrix_networks())
def test_lines_of_random_networks_of_matrices_are_proved_as_printed(case: MatrixCase) -> None:
    try:
        d = sb.derive(case.network())
    except sb.DerivationError:
        return
    check_lines(d, list(lines_of(d)), ["ascii", "latex"])


# -- what derivatives and differentials are worth

RESIDUAL = sb.derive(network({h: tanh(w * x), r: h + x, s: v * r + h, L: (s - y) ** 2 / 2}, "x", "y", "w v", "L"))


@pytest.mark.parametrize(
    ("lhs", "rhs", "holds"),
    [
        (Total(s, h), v + 1, True),
        (Total(s, h), S.One, False),
        (Immediate(s, h), S.One, True),
        (Immediate(s, h), v + 1, False),
        (Direct(s, r), v, True),
        (Total(s, r), v, True),
        (Total(s, s), S.One, True),
        (Direct(s, s), S.One, True),
        (Total(r, s), S.Zero, True),
        (Direct(r, w), S.Zero, True),
        (Total(r, w), (1 - h**2) * x, True),
        (Total(L, h), Total(L, s) * Immediate(s, h) + Total(L, r) * Direct(r, h), True),
        (Total(L, h), Total(L, s) * Immediate(s, h), False),
        (Total(L, h), Total(L, s) * Total(s, h), True),
        (Total(s * h, r), v * h, True),
        (Direct(s * h, h), s, True),
        (Total(s * h, h), s + h * (v + 1), True),
        (Total(L, x), (s - y) * (v + (v + 1) * (1 - h**2) * w), True),
        (Total(L, w) * (1 + Rational(1, 10**10)), Total(L, w), False),
        (Differential(L), (s - y) * Differential(s), True),
        (Differential(s), r * Differential(v) + v * Differential(r) + Differential(h), True),
        (Differential(s), v * Differential(r) + Differential(h), False),
        (Differential(r), Differential(h), True),  # the input stands still
        (Differential(s * h), s * Differential(h) + h * Differential(s), True),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_line_of_scalars_says(lhs: Expr, rhs: Expr, holds: bool) -> None:
    verdict = judge(Line.of(RESIDUAL, lhs, rhs))
    assert verdict.ruling is (Ruling.PROVED if holds else Ruling.WRONG), str(verdict)
    assert (verdict.witness is None) is holds


def test_a_value_moves_as_it_is_told_and_not_as_it_was_made() -> None:
    """log p of a softmax is known in its scores; by p itself its derivative is 1/p all the same."""
    p1, p2, z1, z2, t1, t2 = symbols("p1 p2 z1 z2 t1 t2")
    softmax = network({(p1, p2): sb.softmax(z1, z2), E: -t1 * log(p1) - t2 * log(p2)}, "t1 t2", "", "z1 z2")
    d = sb.derive(softmax)
    assert judge(Line.of(d, Total(E, p1), -t1 / p1)).proved
    assert judge(Line.of(d, Total(E, p1), t1 / p1)).wrong
    by_values = sb.derive(softmax, wrt=["p1", "p2"])
    assert sb.check(by_values).proved
    root = sb.derive(network({a: sb.sigmoid(z), p: sb.exp(z), E: sb.sqrt(p) * a}, "", "", "z"), wrt=["p"])
    assert judge(Line.of(root, Total(E, p), a / (2 * sb.sqrt(p)))).proved


m, n, k = symbols("m n k")
X, W, Z, A, Y, G = (
    MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k), MatrixSymbol("A", m, k),
    MatrixSymbol("Y", m, k), MatrixSymbol("G", m, k),
)  # fmt: skip
LAYER = sb.derive(
    sb.Network(
        {Z: X * W, A: sb.tanh(Z), E: sb.total(sb.power(A - Y, 2)) / (2 * m)},
        inputs=[X], targets=[Y], parameters=[W], loss=E,
    )
)  # fmt: skip
X_, W_, Z_, A_, Y_ = (Array(part.name, part.shape) for part in (X, W, Z, A, Y))
BACK = (A_ - Y_) * (1 - A_**2) / m


@pytest.mark.parametrize(
    ("lhs", "rhs", "holds"),
    [
        (Total(E, W_), Product(Transposed(X_), BACK), True),
        (Total(E, W_), Product(Transposed(X_), BACK) * (1 + Rational(1, 10**10)), False),
        (Total(E, W_), S.Zero, False),
        (Total(E, Z_), BACK, True),
        (Total(E, Z_), Total(E, A_) * (1 - A_**2), True),
        (Total(E, Z_), Total(E, A_), False),
        (Differential(E), Frobenius((A_ - Y_) / m, Differential(A_)), True),
        (Differential(E), Frobenius(A_ - Y_, Differential(A_)), False),
        (Frobenius(A_, Differential(Z_)), Frobenius(Product(Transposed(X_), A_), Differential(W_)), True),
        (Frobenius(A_, Differential(Z_)), SumAll(A_ * Product(X_, Differential(W_))), True),
        (Differential(A_), (1 - A_**2) * Differential(Z_), True),
        (Differential(A_), Differential(Z_), False),
        (Differential(A_ * Y_), Y_ * Differential(A_), True),
        (Differential(X_), 0 * X_, True),
    ],
    ids=str,
)
def test_what_a_line_of_matrices_says(lhs: Expr, rhs: Expr, holds: bool) -> None:
    verdict = judge(Line.of(LAYER, lhs, rhs))
    assert verdict.ruling is (Ruling.PROVED if holds else Ruling.WRONG), str(verdict)
    if verdict.witness is not None:
        shaped = isinstance(lhs, Total | Differential) and bool(shape_of(lhs.by if isinstance(lhs, Total) else lhs))
        assert (verdict.witness.entry is not None) is shaped


def test_sides_of_different_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="has shape"):
        judge(Line.of(LAYER, Total(E, W_), BACK))
    with pytest.raises(ValueError, match="of shapes"):
        judge(Line.of(LAYER, Differential(E), Frobenius(X_, Differential(A_))))


def test_a_derivative_of_a_matrix_is_not_judged() -> None:
    verdict = judge(Line.of(LAYER, Direct(A_, Z_), 1 - A_**2))
    assert str(verdict) == "undecided: Direct(A, Z) is a derivative of a matrix"


def test_values_on_the_way_move_by_themselves_where_nothing_else_moves_them() -> None:
    by_z = sb.derive(LAYER.network, wrt=["Z"])
    assert judge(Line.of(by_z, Differential(A_), (1 - A_**2) * Differential(Z_))).proved
    assert judge(Line.of(by_z, Differential(Z_), 0 * Z_)).wrong
    both = sb.derive(LAYER.network, wrt=["Z", "W"])
    assert judge(Line.of(both, Differential(Z_), Product(X_, Differential(W_)))).proved


def test_a_fact_makes_a_line_true() -> None:
    d = made("softmax-3-facts")
    total = Add(*(symbol for symbol in d.network.targets))
    assert judge(Line(d.network, total, S.One, facts=d.facts)).proved
    assert judge(Line(d.network, total, S.One)).wrong


# -- lines that are not true


def changed(step: sb.Step) -> Expr:
    """A right side that is false: its first term with another sign, or the whole with one."""
    terms = step.rhs.args if isinstance(step.rhs, Add) else (step.rhs,)
    return Add(Mul(-1, terms[0]), *terms[1:], evaluate=False)


@pytest.mark.parametrize("name", few(["two-layer-sigmoid", "softmax-classifier", "mlp", "batch-norm", "rnn"]))
def test_a_false_line_has_a_witness(name: str) -> None:
    d = shipped(name)
    for step in some(list(d.steps)):
        if step.rhs != 0:
            assert judge(Line.of(d, step.lhs, changed(step))).wrong, str(step)
