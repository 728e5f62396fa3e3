"""What may be stated of a parameter with an equation: that it is symmetric or antisymmetric, and what follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Eq, Expr, MatrixSymbol, symbols

import symbackprop as sb

m, n, E = symbols("m n E")
X, S = MatrixSymbol("X", m, n), MatrixSymbol("S", n, n)
GAUSS = sb.logdet(S) + sb.total(sb.hadamard(X * S**-1, X)) / m


def derived(loss: Expr, *facts: Any) -> sb.Derivation:
    return sb.derive(sb.Network({E: loss}, inputs=[X], parameters=[S], loss=E, facts=facts))


@pytest.mark.parametrize("fact", [Eq(S.T, S), "S.T = S", "S = S.T"])
def test_a_covariance_is_symmetric(fact: Any) -> None:
    d = derived(GAUSS, fact)
    assert [str(one) for one in d.facts] == ["Eq(S.T, S)"]
    assert str(d.gradients["S"]) == "inv_S - (inv_S @ X.T @ X @ inv_S)/m"
    assert sb.check(d).proved


def test_the_gradient_is_by_free_entries() -> None:
    d, free = derived(sb.total(sb.power(X * S, 2)), "S.T = S"), derived(sb.total(sb.power(X * S, 2)))
    assert d.gradients["S"] == free.gradients["S"]
    assert d.unused_facts == d.facts
    assert sb.check(d).proved


def test_a_matrix_may_be_antisymmetric() -> None:
    d = derived(sb.total(sb.power(X * (S.T - S), 2)), "S.T = -S")
    assert sb.check(d).proved


def test_a_symmetric_gradient_keeps_the_fact_in_training() -> None:
    x = np.random.default_rng(0).normal(size=(20, 3))
    history = sb.train(derived(GAUSS, "S.T = S"), {"X": x}, initial={"S": np.eye(3)}, learning_rate=0.1, epochs=400)
    np.testing.assert_allclose(history.final["S"], x.T @ x / 20, atol=1e-8)


@pytest.mark.parametrize(
    ("loss", "initial", "words"),
    [
        (
            sb.total(sb.power(X * S, 2)),
            np.eye(2),
            "error[fact]: in S: S.T = S is stated, and the gradient by S is not known to be so: an update might break "
            "it; write A + A.T for a free A in the place of S, of which the gradient is one of free entries",
        ),
        (
            GAUSS,
            np.array([[1.0, 0.5], [0.0, 1.0]]),
            "error[fact]: S.T = S is stated, and entry (1, 2) of S.T is 0 where S is 0.5; correct the data, leave the "
            "fact out, or give check_facts=False",
        ),
    ],
)
def test_training_refuses(loss: Expr, initial: Any, words: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        sb.train(derived(loss, "S.T = S"), {"X": np.ones((4, 2))}, initial={"S": initial}, learning_rate=0.1, epochs=1)
    assert str(error.value) == words


@pytest.mark.parametrize("fact", ["S @ S = 1", "rowsum(S) = 1", "S = X.T @ X"])
def test_other_equations_about_parameters_are_refused(fact: str) -> None:
    with pytest.raises(sb.NetworkError) as error:
        derived(GAUSS, fact)
    assert "is about the parameter S, and a fact with = is about inputs and targets" in str(error.value)
