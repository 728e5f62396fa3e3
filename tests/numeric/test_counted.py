"""Generated code makes no more array operations on its way back than the form that is shown, counted while it runs."""

from __future__ import annotations

import numpy as np
import pytest
from counted_arrays import TALLY, Counted, operations_back
from published.table import FORMS
from sympy import MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.algebra.matrices import collapse
from symbackprop.matrices import Array, Broadcast, Product, SumAll, Transposed, product

SOME = {form.name for k, form in enumerate(FORMS) if k % 5 == 0}
BY_NAME = {form.name: form for form in FORMS}
m, n, k = symbols("m n k")


def takes_no_more(derivation: sb.Derivation) -> None:
    found = operations_back(derivation)
    assert sum(found.values()) <= derivation.operations.backward, (found, derivation.operations)


@pytest.mark.parametrize("form", ["textbook", "published"])
@pytest.mark.parametrize("name", sb.example_names())
def test_code_of_an_example_takes_no_more_than_is_shown(name: str, form: str) -> None:
    takes_no_more(sb.derive(sb.load_example(name), form=form))


@pytest.mark.parametrize(
    "name", [name if name in SOME else pytest.param(name, marks=pytest.mark.slow) for name in BY_NAME]
)
def test_code_of_a_published_form_takes_no_more_than_is_shown(name: str) -> None:
    takes_no_more(BY_NAME[name].derivation)


def test_what_is_counted() -> None:
    a, x = np.ones((2, 3)).view(Counted), np.ones((3, 1)).view(Counted)
    cases = [
        (lambda: a @ x, 1), (lambda: a * a.T.T, 1), (lambda: (a * a).sum(), 1), (lambda: 2 * a / 3, 2),
        (lambda: a.mean(axis=0), 1), (lambda: a.sum(axis=0) / 2, 1), (lambda: a.sum(axis=0) * 2.0 * a, 2),
        (lambda: (a * a).sum(axis=0), 2), (lambda: np.exp(-a), 2), (lambda: np.where(a > 0, a, 0), 2),
        (lambda: np.linalg.inv(np.eye(2).view(Counted)), 1),
        (lambda: np.broadcast_to(x, (3, 4)), 0),
        (lambda: x.T.copy(), 0),
    ]  # fmt: skip
    for done, count in cases:
        TALLY.done.clear()
        TALLY.on = True
        done()
        TALLY.on = False
        assert sum(TALLY.done.values()) == count, (TALLY.done, count)


def test_code_that_takes_more_is_seen() -> None:
    """A product of three factors, worked out where it stands, is not taken for one operation."""
    X, Y, E = Array("X", (m, n)), Array("Y", (m, n)), Symbol("E")
    net = sb.Network({E: SumAll(X**2 * Y)}, inputs=[Y], targets=[], parameters=[X], loss=E)
    assert sum(operations_back(sb.derive(net)).values()) == sb.derive(net).operations.backward == 2


def test_a_product_and_its_transpose_are_worked_out_once() -> None:
    X, W, E = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), Symbol("E")
    H, R = MatrixSymbol("H", m, k), MatrixSymbol("R", m, n)
    equations = {H: X * W, R: H * W.T - X, E: sb.norm(R) ** 2 / 2}
    net = sb.Network(equations, inputs=[X], targets=[], parameters=[W], loss=E)
    f = sb.lambdify(sb.derive(net, form="published"))
    back = f.source[f.source.index("# gradients") : f.source.index("return (")]
    assert "t1 = R.T @ X" in back
    assert "(t1 + t1.T) @ W" in back
    rng = np.random.default_rng(0)
    values = {"X": rng.normal(size=(4, 3)), "W": rng.normal(size=(3, 2))}
    plain = sb.lambdify(sb.derive(net))
    np.testing.assert_allclose(f(**values)[1]["W"], plain(**values)[1]["W"], rtol=1e-12)


def test_a_minus_goes_into_a_constant() -> None:
    L, Y, E = Array("L", (m, n)), Array("Y", (m, n)), Symbol("E")
    net = sb.Network({E: -SumAll(L * Y) / m}, inputs=[Y], targets=[], parameters=[L], loss=E)
    source = sb.lambdify(sb.derive(net)).source
    assert "c1 = -1/m" in source
    assert "dE_dL = c1*Y" in source


def test_a_repeated_column_behind_a_matrix_is_multiplied_once() -> None:
    A, v = Array("A", (m, n)), Array("v", (n, 1))
    assert collapse(Product(A, Broadcast(v, n, k))) == Broadcast(product(A, v), m, k)
    assert collapse(Product(Broadcast(Transposed(v), k, n), Transposed(A))) == Broadcast(
        product(Transposed(v), Transposed(A)), k, m
    )


@pytest.mark.parametrize("backend", ["numpy", "torch", "jax"])
def test_the_loss_that_follows_a_layer_stands_in_none_of_its_gradients(backend: str) -> None:
    """⟨G, Y⟩ is what the adjoint is of, and worth what parts of the gradient are; no equation of a layer has it."""
    v, g, w, size, d = Array("v", (n, 1)), Symbol("g"), Array("w", (n, 1)), Symbol("r"), Array("d", (n, 1))
    net = sb.Network(
        {size: sb.sqrt(SumAll(v**2)), w: g * v / size}, inputs=[], targets=[], parameters=[v, g], outputs={w: d}
    )
    short = sb.derive(net, form="published")
    assert net.loss not in short.shared[v].free_symbols
    values = {"v": np.array([[1.0], [2.0], [-1.0]]), "g": 0.7, "d": np.array([[0.3], [-1.0], [2.0]])}
    _, expected = sb.lambdify(sb.derive(net))(**values)
    if backend == "numpy":
        _, found = sb.lambdify(short)(**values)
    else:
        library = pytest.importorskip(backend)
        array = library.tensor if backend == "torch" else library.numpy.asarray
        _, found = sb.lambdify(short, backend=backend)(**{name: array(value) for name, value in values.items()})
    for name in ("v", "g"):
        np.testing.assert_allclose(np.asarray(found[name]), expected[name], rtol=1e-5)
