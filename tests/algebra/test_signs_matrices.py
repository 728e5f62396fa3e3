"""What docs/matrices.md says of signs that SymPy takes, of gradients where there are none, and of facts in use."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb

m, n, c = symbols("m n c")
A, B, Q = MatrixSymbol("A", m, n), MatrixSymbol("B", m, n), MatrixSymbol("Q", n, n)
ROW = MatrixSymbol("b", 1, n)
E = Symbol("E")


@pytest.mark.parametrize(
    "write",
    [lambda: 1 - A, lambda: A + c, lambda: 1 / A, lambda: abs(A), lambda: sympy.Max(0, A), lambda: np.tanh(A)],
    ids=["1 - A", "A + c", "1/A", "abs", "Max", "np.tanh"],
)
def test_signs_that_sympy_refuses(write: Callable[[], Any]) -> None:
    with pytest.raises((TypeError, ValueError, NotImplementedError)):
        write()


@pytest.mark.parametrize("loss", [sb.total(A + B) + (A.T * B)[0, 0], sb.total(B) + sympy.tanh(A), sb.total(A + ROW)])
def test_signs_that_a_network_refuses(loss: Any) -> None:
    with pytest.raises(sb.NetworkError, match=r"^error\[(matrix|shape)\]: in E: "):
        sb.Network({E: loss}, inputs=[], targets=[], parameters=[A, B, ROW], loss=E)


@pytest.mark.parametrize(
    ("written", "entry"),
    [
        (sb.ones(m, n) - A, lambda a: 1 - a),
        (A + sb.broadcast(3, m, n), lambda a: a + 3),
        (sb.hadamard(A, A), lambda a: a**2),
        (sb.power(A, 2), lambda a: a**2),
        (sb.divide(B, A), lambda a: 1 / a),
        (sb.power(A, -1), lambda a: 1 / a),
        (sb.absolute(A), np.abs),
        (sb.relu(A), lambda a: np.maximum(0, a)),
        (sb.tanh(A), np.tanh),
        (sb.sqrt(sb.power(A, 2)), np.abs),
    ],
)
def test_what_to_write_works_entry_by_entry(written: Any, entry: Callable[[Any], Any]) -> None:
    loss = sb.total(sb.hadamard(B, written)) + sb.total(A)
    derivation = sb.derive(sb.Network({E: loss}, inputs=[], targets=[], parameters=[A, B], loss=E))
    values = np.array([[0.5, -2.0, 3.0], [1.5, -0.25, 1.0]])
    assert sb.lambdify(derivation)(A=values, B=np.ones((2, 3)))[0] == pytest.approx(entry(values).sum() + values.sum())


def _gradient(loss: Any, facts: tuple[str, ...] = (), inputs: tuple[Any, ...] = (), by: Any = Q) -> sb.Derivation:
    return sb.derive(sb.Network({E: loss}, inputs=inputs, targets=[], parameters=[by], loss=E, facts=facts))


@pytest.mark.parametrize("loss", [sb.det(Q), sb.logdet(Q)])
def test_gradients_of_determinants_need_an_inverse(loss: Any) -> None:
    with pytest.raises(sb.DataError):
        sb.lambdify(_gradient(loss))(Q=np.zeros((2, 2)))
    negative = np.array([[0.0, 1.0], [2.0, 0.0]])
    assert np.isfinite(sb.lambdify(_gradient(loss))(Q=negative)[1]["Q"]).all()


W, R = MatrixSymbol("W", n, m), MatrixSymbol("R", n, m)


@pytest.mark.parametrize(
    ("fact", "loss", "gradient"),
    [
        ("Q.T = Q", sb.trace(W.T * Q * W), "2*(Q @ W)"),
        ("Q.T @ Q = eye(n)", sb.total(Q.T * Q * W), "broadcast(1, n, m)"),
        ("Q @ Q.T = eye(n)", sb.norm(Q * W) ** 2, "2*(Q.T @ Q @ W)"),
        ("trace(Q) = 2", sb.trace(Q) * sb.norm(W) ** 2, "4*W"),
        ("total(Q) = 2", sb.total(Q) * sb.norm(W) ** 2, "4*W"),
        ("Q = eye(n)", sb.norm(Q * W) ** 2, "2*(Q.T @ Q @ W)"),
    ],
)
def test_facts_that_are_used_and_those_that_are_not(fact: str, loss: Any, gradient: str) -> None:
    assert str(_gradient(loss, (fact,), (Q,), W).gradients[W]) == gradient
