"""What several words say together of one matrix: numbers are made that obey all of them, and claims are judged."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from sympy import Eq, Expr, Integer, Symbol

import symbackprop as sb
from symbackprop.judge import Equal, Gradients, Ruling, judge
from symbackprop.matrices import Array, Determinant, Identity, SumAll, Trace, Transposed, product
from symbackprop.matrices.operations.diagonal import Diagonal, DiagonalMatrix
from symbackprop.network.facts.made import Means, reflections, turned_round

n = Symbol("n")
S, w, x, y, E = Array("S", (n, n)), Array("w", (n, 1)), Array("x", (n, 1)), Array("y", (n, 1)), Symbol("E")
MOVED = product(S, w)
BOTH = ("S orthogonal", "S symmetric")


def network(facts: Sequence[Any], value: Expr = MOVED) -> sb.Network:
    equations = {y: value - x, E: SumAll(y**2) / 2}
    return sb.Network(equations, inputs=[S, x], targets=[], parameters=[w], loss=E, facts=facts)


@pytest.mark.parametrize(
    ("facts", "left", "right", "ruling"),
    [
        (BOTH, product(S, S, w), w, Ruling.PROVED),
        (BOTH, Determinant(S) ** 2, Integer(1), Ruling.PROVED),
        (BOTH, Trace(product(S, S)), n, Ruling.PROVED),
        (BOTH, S, Identity(n), Ruling.WRONG),
        (BOTH, Trace(S), n, Ruling.WRONG),
        (BOTH, Trace(S), n - 2, Ruling.WRONG),
        (BOTH, Determinant(S), Integer(-1), Ruling.WRONG),
        (["S symmetric", Eq(product(S, S), Identity(n), evaluate=False)], product(Transposed(S), S), Identity(n),
         Ruling.PROVED),
        (["S orthogonal", "S positive definite"], S, Identity(n), Ruling.PROVED),
        (["S symmetric", "S lower triangular"], S, DiagonalMatrix(Diagonal(S)), Ruling.PROVED),
        (["S symmetric", "S upper triangular"], S, DiagonalMatrix(Diagonal(S)), Ruling.PROVED),
        (["S upper triangular", "S lower triangular"], S, Transposed(S), Ruling.PROVED),
        (["S upper triangular", "S lower triangular"], S, Identity(n), Ruling.WRONG),
    ],
    ids=str,
)  # fmt: skip
def test_claims_about_a_matrix_of_which_two_things_are_stated(
    facts: Sequence[Any], left: Expr, right: Expr, ruling: Ruling
) -> None:
    net = network(facts)
    assert judge(Equal(net, left, right, facts=net.facts)).ruling is ruling


@pytest.mark.parametrize("form", ["textbook", "published"])
def test_a_reflection_twice_goes_away_and_the_gradient_is_proved(form: str) -> None:
    derivation = sb.derive(network(BOTH, product(S, S, w)), form=form)
    assert derivation.shared[w] == y
    claim = Gradients(derivation.network, dict(derivation.shared), facts=derivation.facts)
    assert judge(claim).proved
    assert judge(Gradients(derivation.network, dict(derivation.shared))).wrong
    assert sb.check(derivation).ok


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_reflections_are_made_with_every_number_of_directions_turned_round(count: int) -> None:
    rng = np.random.default_rng(count)
    rows = [[Fraction(int(x), 7) for x in row] for row in rng.integers(1, 99, size=(count, count))]
    for across in range(count + 1):
        means = Means(Fraction, lambda column: next(k for k, x in enumerate(column) if x), partial(min, across))
        made = np.array(reflections(rows, means), dtype=object)
        assert turned_round(made.tolist()) == across
        assert (made == made.T).all()
        assert (made @ made == np.array([[int(i == j) for j in range(count)] for i in range(count)])).all()
