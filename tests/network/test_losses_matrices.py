"""Losses of matrices: the matrix of the losses of entries, from Python and from text."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sympy import Expr, MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.matrices import Array
from symbackprop.network.formulas import parse_expression

m, n, c, k = symbols("m n c k")
X, W, Z, P, Y = (
    MatrixSymbol(name, *shape)
    for name, shape in {"X": (m, n), "W": (n, c), "Z": (m, c), "P": (m, c), "Y": (m, c)}.items()
)
Q = MatrixSymbol("Q", n, n)
E = Symbol("E")

INPUTS = np.array([[1.0, 2.0], [-0.5, 0.3], [0.2, -1.4]])
WEIGHTS = np.array([[0.3, -1.2], [0.8, 0.1]])
TARGETS = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _softmax(z: Any) -> Any:
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


LOSSES: dict[str, tuple[Callable[[Any], Expr], Callable[[Any, Any], Expr], Callable[[Any, Any], Any]]] = {
    "squared_error": (sb.tanh, sb.squared_error, lambda z, t: (t - np.tanh(z)) ** 2 / 2),
    "smooth_l1": (
        sb.softplus,
        sb.smooth_l1,
        lambda z, t: np.where(
            np.abs(np.log1p(np.exp(z)) - t) < 1,
            (np.log1p(np.exp(z)) - t) ** 2 / 2,
            np.abs(np.log1p(np.exp(z)) - t) - 0.5,
        ),
    ),
    "binary_cross_entropy": (
        sb.sigmoid,
        sb.binary_cross_entropy,
        lambda z, t: -t * np.log(_sigmoid(z)) - (1 - t) * np.log(1 - _sigmoid(z)),
    ),
    "cross_entropy": (
        lambda z: sb.softmax(z, axis=1),
        sb.cross_entropy,
        lambda z, t: -t * np.log(_softmax(z)),
    ),
}


def _derived(name: str) -> sb.Derivation:
    output, loss, _ = LOSSES[name]
    equations = {Z: X * W, P: output(Z), E: sb.total(loss(P, Y)) / m}
    return sb.derive(sb.Network(equations, inputs=[X], targets=[Y], parameters=[W], loss=E))


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_of_matrices_is_taken_entry_by_entry(name: str) -> None:
    derivation = _derived(name)
    value, gradients = sb.lambdify(derivation)(X=INPUTS, W=WEIGHTS, Y=TARGETS)

    def loss(weights: Any) -> float:
        return float(LOSSES[name][2](INPUTS @ weights, TARGETS).sum() / 3)

    assert value == pytest.approx(loss(WEIGHTS), rel=1e-12)
    for place in np.ndindex(2, 2):
        moved = np.zeros((2, 2))
        moved[place] = 1e-6
        slope = (loss(WEIGHTS + moved) - loss(WEIGHTS - moved)) / 2e-6
        assert gradients["W"][place] == pytest.approx(slope, rel=1e-6)
    assert sb.check(derivation).ok


def test_the_squared_error_is_no_matrix_square() -> None:
    b = MatrixSymbol("B", n, n)
    net = sb.Network({E: sb.total(sb.squared_error(Q, b))}, inputs=[], targets=[b], parameters=[Q], loss=E)
    value, gradients = sb.lambdify(sb.derive(net))(Q=np.array([[1.0, 2.0], [3.0, 4.0]]), B=np.zeros((2, 2)))
    assert value == 15
    assert gradients["Q"].tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy"])
def test_logarithms_of_probabilities_stay_finite(name: str) -> None:
    far = sb.lambdify(_derived(name))(X=1000 * INPUTS, W=WEIGHTS, Y=1 - TARGETS)
    assert np.isfinite(far[0])
    assert far[0] > 100
    assert np.all(np.isfinite(far[1]["W"]))


@pytest.mark.parametrize(
    ("outputs", "targets", "other"),
    [(Q, 1, "the scalar 1"), (k, Q, "the scalar k"), ([Q], [Q], "a list"), (Q, [k], "a list")],
)
def test_a_matrix_beside_what_is_none_is_refused(outputs: Any, targets: Any, other: str) -> None:
    for loss in (sb.squared_error, sb.smooth_l1, sb.cross_entropy, sb.binary_cross_entropy):
        with pytest.raises(sb.NetworkError) as caught:
            loss(outputs, targets)
        name = loss.__name__
        assert str(caught.value) == (
            f"error[shape]: {name} is given a matrix and {other}; "
            f"give it two matrices of one shape: {name}(Y, sb.broadcast(t, rows, columns)) repeats a scalar t"
        )


def test_shapes_are_checked_when_the_network_is_read() -> None:
    with pytest.raises(sb.NetworkError) as caught:
        sb.Network({E: sb.total(sb.squared_error(Q, Y))}, inputs=[], targets=[Y], parameters=[Q], loss=E)
    assert str(caught.value).startswith(
        "error[shape]: in E: Q (n×n) and Y (m×c) in squared_error(Q, Y): the sizes differ;"
    )


# -- from text

TABLE = {"A": Array("A", (m, c)), "T": Array("T", (m, c)), "b": Array("b", (1, c)), "y": Symbol("y"), "t": Symbol("t")}


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("squared_error(A, T)", "(T - A)**2/2"),
        ("smooth_l1(A, T)", "huber(A - T)"),
        ("cross_entropy(A, T)", "-T*log(A)"),
        ("binary_cross_entropy(A, T)", "-T*log(A) - (1 - T)*log(1 - A)"),
        ("total(squared_error(A, broadcast(b, m, c)))", "total((b - A)**2/2)"),
        (
            "squared_error(y, t) + squared_error([y, 1], [t, 2])*total(A)",
            "(t - y)**2/2 + ((t - y)**2/2 + 1/2)*total(A)",
        ),
    ],
)
def test_losses_in_text(text: str, same: str) -> None:
    assert parse_expression(text, TABLE) == parse_expression(same, TABLE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("squared_error(A, b)", "error[shape]: squared_error of A (m×c) and b (1×c): the sizes differ; "
         "outputs and targets must have one shape; broadcast(t, rows, columns) repeats what is smaller"),
        ("smooth_l1(A, 1)", "error[shape]: smooth_l1 of A (m×c) and 1 (scalar): the sizes differ; "
         "outputs and targets must have one shape; broadcast(t, rows, columns) repeats what is smaller"),
        ("squared_error([A], [T])", "error[scalar]: 'squared_error([A], [T])' is of scalars, and is given a matrix; "
         "write softmax(Z, axis=1) for each row of a matrix, and a loss without a list: squared_error(Y, T)"),
    ],
)  # fmt: skip
def test_losses_in_text_that_do_not_fit(text: str, message: str) -> None:
    with pytest.raises(sb.NetworkError) as caught:
        parse_expression(text, TABLE)
    assert str(caught.value) == message


# -- how what was written is printed

A, B, C = (MatrixSymbol(name, n, n) for name in "ABC")


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (sb.hadamard(A + B, C), "hadamard(A + B, C)"),
        (A * sb.hadamard(B, C - sb.power(A, 2)).T, "A*hadamard(B, -power(A, 2) + C).T"),
        (sb.divide(A * B, C + A), "divide(A*B, A + C)"),
        (sb.divide(A, k + 1), "divide(A, k + 1)"),
        (sb.hadamard(2 * k, A, A), "hadamard(2*k, A, A)"),
        (sb.power(A + B, k) * C, "power(A + B, k)*C"),
        (sb.hadamard(A + B) * C, "hadamard(A + B)*C"),
        (sb.sqrt(A + B) * sb.sigmoid(A + B), "sqrt(A + B)*sigmoid(A + B)"),
        (sb.softmax(A, axis=1), "softmax(A, axis=1)"),
        (sb.broadcast(k, n, n), "broadcast(k, n, n)"),
        (sb.total(sb.cross_entropy(A + B, C)) / 2, "total(cross_entropy(A + B, C))/2"),
        (sb.function("f", lambda x: x**2 + 1)(A + B), "f(A + B)"),
    ],
)
def test_what_works_entry_by_entry_is_printed_as_the_call_that_made_it(written: Any, text: str) -> None:
    assert str(written) == text
