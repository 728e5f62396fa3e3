"""Matrix derivations: the closed forms that people know, each line of the work, names, facts, size and depth."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from conftest import few, slow_except
from exact_arrays import (
    Value,
    exact_array,
    lines_by_name,
    moved_together,
    near,
    numeric_gradient,
    operations_in,
    point_of,
    shape_at,
    signals_too,
)
from hypothesis import assume, given, settings
from matrix_networks import MATRIX_EXAMPLES, SIZES, MatrixCase, random_matrix_networks, softmax_rows
from processes import TESTS, the_one_output
from sympy import Eq, Expr, MatrixSymbol, Rational, Symbol, preorder_traversal, symbols

import symbackprop as sb
from symbackprop.calculus.step import words
from symbackprop.matrices import Array, Broadcast, Transposed, same_shape, shape_of
from symbackprop.network.formulas.parse import parse_expression
from symbackprop.notation import Differential, Frobenius, Total, text

m, n, h, k, E = symbols("m n h k E")


def derived(name: str) -> sb.Derivation:
    case = MATRIX_EXAMPLES[name]()
    return sb.derive(case.network(), wrt=list(case.wrt) or None)


def net_of(equations: dict[Any, Any], parameters: list[Any], inputs: Any = (), **options: Any) -> sb.Network:
    return sb.Network(equations, inputs=list(inputs), targets=[], parameters=parameters, loss=E, **options)


def as_written(d: sb.Derivation, formula: str) -> Expr:
    """A formula as a user writes it, in the names of a derivation."""
    names = {s.name: s for s in (*d.network.names, *d.network.sizes, *d.backward)}
    return parse_expression(formula, names)


def signal(d: sb.Derivation, name: str) -> Expr:
    return d.backward[name]


# -- closed forms

SIGNALS: dict[str, dict[str, str]] = {
    "linear-regression": {"Delta_e": "2*e/m"},
    "ridge": {},
    "logistic-regression": {"Delta_Z": "(A - Y)/m"},
    "single-neuron": {"Delta_Z": "(Y_hat - Y)*Y_hat*(1 - Y_hat)/m"},
    "mlp-rows": {"Delta_Z2": "(A2 - Y)*A2*(1 - A2)/m", "Delta_Z1": "A1*(1 - A1)*(Delta_Z2 @ W2.T)"},
    "mlp-columns": {
        "Delta_Z3": "(Z3 - Y)/m",
        "Delta_Z2": "step(Z2)*(W3.T @ Delta_Z3)",
        "Delta_Z1": "(1 - A1**2)*(W2.T @ Delta_Z2)",
    },
    "softmax-rows": {"Delta_Z": "(P - Y)/m"},
    "softmax-rows-no-facts": {"Delta_Z": "(P*rowsum(Y) - Y)/m"},
    "log-softmax-columns": {"Delta_Z": "(exp(L)*colsum(Y) - Y)/m"},
    "bce-with-logits": {"Delta_Z": "(sigmoid(Z) - Y)/m"},
    "attention": {
        "Delta_O": "O - Y",
        "Delta_P": "Delta_O @ V.T",
        "Delta_S": "P*(Delta_P - rowsum(Delta_P*P))",
        "Delta_Q": "(Delta_S @ K)/sqrt(d)",
        "Delta_K": "(Delta_S.T @ Q)/sqrt(d)",
        "Delta_V": "P.T @ Delta_O",
    },
    "rnn": {
        "Delta_O": "(O - Y)/m",
        "Delta_Z_H3": "(1 - H3**2)*(Delta_O @ V.T)",
        "Delta_Z_H2": "(1 - H2**2)*(Delta_Z_H3 @ U.T)",
        "Delta_Z_H1": "(1 - H1**2)*(Delta_Z_H2 @ U.T)",
    },
    "batch-norm": {
        "Delta_Y": "Y - T",
        "Delta_X_hat": "Delta_Y*gamma",
        "Delta_C": "(Delta_X_hat - X_hat*colmean(Delta_X_hat*X_hat))/sigma",
    },
    "layer-norm": {
        "Delta_Y": "Y - T",
        "Delta_X_hat": "Delta_Y*gamma",
        "Delta_C": "(Delta_X_hat - X_hat*rowmean(Delta_X_hat*X_hat))/sigma",
    },
    "inverse": {},
}

SHARED: dict[str, dict[str, str]] = {
    "linear-regression": {"w": "X.T @ Delta_e"},
    "ridge": {"w": "2*(X.T @ (X @ w - y))/m + 2*c*w"},
    "logistic-regression": {"W": "Delta_Z @ X.T", "b": "rowsum(Delta_Z)"},
    "single-neuron": {"W": "Delta_Z @ X.T", "b": "total(Delta_Z)"},
    "mlp-rows": {
        "W1": "X.T @ Delta_Z1", "b1": "colsum(Delta_Z1)", "W2": "A1.T @ Delta_Z2", "b2": "colsum(Delta_Z2)",
    },
    "mlp-columns": {
        "W1": "Delta_Z1 @ X.T", "b1": "rowsum(Delta_Z1)",
        "W2": "Delta_Z2 @ A1.T", "b2": "rowsum(Delta_Z2)",
        "W3": "Delta_Z3 @ A2.T", "b3": "rowsum(Delta_Z3)",
    },
    "softmax-rows": {"W": "X.T @ Delta_Z", "b": "colsum(Delta_Z)"},
    "attention": {"W_Q": "X.T @ Delta_Q", "W_K": "X.T @ Delta_K", "W_V": "X.T @ Delta_V"},
    "rnn": {
        "W": "X1.T @ Delta_Z_H1 + X2.T @ Delta_Z_H2 + X3.T @ Delta_Z_H3",
        "U": "H0.T @ Delta_Z_H1 + H1.T @ Delta_Z_H2 + H2.T @ Delta_Z_H3",
        "b": "colsum(Delta_Z_H1) + colsum(Delta_Z_H2) + colsum(Delta_Z_H3)",
        "V": "H3.T @ Delta_O",
    },
    "batch-norm": {"X": "Delta_C - colmean(Delta_C)", "gamma": "colsum(Delta_Y*X_hat)", "beta": "colsum(Delta_Y)"},
    "layer-norm": {"X": "Delta_C - rowmean(Delta_C)", "gamma": "colsum(Delta_Y*X_hat)", "beta": "colsum(Delta_Y)"},
    "deviation": {"X": "C"},
    "shifted": {"b": "m*b"},
    "bilinear-form": {"x": "A @ y", "A": "x @ y.T", "y": "A.T @ x"},
    "quadratic-form": {"x": "((A + A.T) @ x)/2 - b", "A": "(x @ x.T)/2"},
    "symmetric-form": {"x": "A @ x - b"},
    "log-determinant": {"K": "S.T - inv(K).T"},
    "determinant": {"A": "det_A*(det_A + 1)*inv(A).T"},
    "inverse": {"b": "inv_A.T @ (inv_A @ b - Y)", "A": "-(inv_A.T @ (inv_A @ b - Y) @ b.T @ inv_A.T)"},
}  # fmt: skip

CLOSED: dict[tuple[str, str], str] = {
    ("linear-regression", "w"): "2/m*(X.T @ (X @ w - y))",
    ("ridge", "w"): "2/m*(X.T @ (X @ w - y)) + 2*c*w",
    ("logistic-regression", "W"): "1/m*((A - Y) @ X.T)",
    ("logistic-regression", "b"): "1/m*rowsum(A - Y)",
    ("single-neuron", "W"): "1/m*(((Y_hat - Y)*Y_hat*(1 - Y_hat)) @ X.T)",
    ("single-neuron", "b"): "1/m*total((Y_hat - Y)*Y_hat*(1 - Y_hat))",
    ("mlp-rows", "W2"): "1/m*(A1.T @ ((A2 - Y)*A2*(1 - A2)))",
    ("mlp-rows", "W1"): "1/m*(X.T @ ((((A2 - Y)*A2*(1 - A2)) @ W2.T)*A1*(1 - A1)))",
    ("softmax-rows", "W"): "1/m*(X.T @ (P - Y))",
    ("softmax-rows", "b"): "1/m*colsum(P - Y)",
    ("bce-with-logits", "W"): "1/m*(X.T @ (sigmoid(Z) - Y))",
    ("batch-norm", "X"): "gamma*(Y - T - X_hat*colmean((Y - T)*X_hat) - colmean(Y - T))/sigma",
    ("batch-norm", "gamma"): "colsum((Y - T)*X_hat)",
    ("batch-norm", "beta"): "colsum(Y - T)",
    ("layer-norm", "X"): "((Y - T)*gamma - X_hat*rowmean((Y - T)*gamma*X_hat) - rowmean((Y - T)*gamma))/sigma",
    ("layer-norm", "gamma"): "colsum((Y - T)*X_hat)",
    ("attention", "W_V"): "X.T @ (P.T @ (O - Y))",
    ("dropout", "W2"): "1/m*(A_D.T @ (A_D @ W2 - Y))",
    ("dropout", "W1"): "1/(m*keep)*(X.T @ (((A_D @ W2 - Y) @ W2.T)*D*(1 - A**2)))",
    ("bilinear-form", "A"): "x @ y.T",
    ("quadratic-form", "x"): "((A + A.T) @ x)/2 - b",
    ("symmetric-form", "x"): "A @ x - b",
    ("log-determinant", "K"): "S.T - inv(K).T",
    ("inverse", "A"): "-(inv_A.T @ (inv_A @ b - Y) @ b.T @ inv_A.T)",
}
"""The forms that people know; as they come out, or with no fewer operations than those."""


@pytest.mark.parametrize("name", SIGNALS)
def test_the_error_signals(name: str) -> None:
    d = derived(name)
    assert [s.name for s in d.backward] == list(SIGNALS[name])
    for delta, formula in SIGNALS[name].items():
        assert signal(d, delta) == as_written(d, formula), delta


@pytest.mark.parametrize("name", SHARED)
def test_the_gradients_in_error_signals(name: str) -> None:
    d = derived(name)
    assert {w.name for w in d.wrt} == set(SHARED[name])
    for w, formula in SHARED[name].items():
        assert d.shared[w] == as_written(d, formula), w


@pytest.mark.parametrize(("name", "w"), CLOSED, ids=lambda part: part)
def test_a_closed_form_takes_no_more_operations_than_by_hand(name: str, w: str) -> None:
    case = MATRIX_EXAMPLES[name]()
    net = case.network()
    d = sb.derive(net, wrt=[w])
    by_hand = as_written(d, CLOSED[name, w])
    assert operations_in(d.gradients[w]) <= operations_in(by_hand), d.gradients[w]
    point = signals_too(d, point_of(case, net, SIZES[1]))
    shape = shape_at(net.symbol(w), point)
    assert near(spread(d.gradients[w], shape, point), spread(by_hand, shape, point))


def spread(expr: Expr, shape: tuple[int, ...], values: dict[str, Value]) -> Value:
    """The value of an expression, repeated to a shape."""
    return exact_array(Broadcast(expr, *shape) if shape else expr, values)


def test_the_closed_form_of_batch_norm_letter_for_letter() -> None:
    x, g = MatrixSymbol("X", m, n), MatrixSymbol("G", m, n)
    mu, s, c, hat = (MatrixSymbol(*a) for a in (("mu", 1, n), ("s", 1, n), ("C", m, n), ("X_hat", m, n)))
    gamma, beta, eps = MatrixSymbol("gamma", 1, n), MatrixSymbol("beta", 1, n), Symbol("epsilon")
    ones = sb.ones(m, 1)
    net = net_of(
        {
            mu: sb.colmean(x), c: x - ones * mu,
            s: sb.sqrt(sb.colmean(sb.power(c, 2)) + sb.broadcast(eps, 1, n)),
            hat: sb.divide(c, ones * s), E: sb.inner(g, sb.hadamard(ones * gamma, hat) + ones * beta),
        },
        [gamma, beta], [x, g, eps],
    )  # fmt: skip
    d = sb.derive(net, wrt=["X", "gamma", "beta"])
    assert d.gradients["X"] == as_written(d, "gamma*(G - X_hat*colmean(G*X_hat) - colmean(G))/s")
    assert d.gradients["gamma"] == as_written(d, "colsum(G*X_hat)")
    assert d.gradients["beta"] == as_written(d, "colsum(G)")


def test_a_mean_that_is_another_way_of_writing() -> None:
    """The same by ones and by means, so that the gradient does not hang on how a network is written."""
    x, w, b, y = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("b", 1, k), MatrixSymbol("Y", m, k)
    written = [
        sb.ones(1, m) * sb.power(x * w + sb.ones(m, 1) * b - y, 2) * sb.ones(k, 1) / m,
        sb.broadcast(sb.total(sb.power(x * w + sb.broadcast(b, m, k) - y, 2)) / m, 1, 1),
        k * sb.broadcast(sb.mean(sb.power(x * w + sb.broadcast(b, m, k) - y, 2)), 1, 1),
        sb.rowsum(sb.colmean(sb.power(x * w + sb.broadcast(b, m, k) - y, 2))),
    ]
    found = [sb.derive(net_of({E: sb.total(loss)}, [w, b], [x, y])).gradients for loss in written]
    for w_ in ("W", "b"):
        assert len({gradients[w_] for gradients in found}) == 1, [gradients[w_] for gradients in found]
    assert text(found[0]["b"], unicode=False) == "2*colmean(X @ W + b - Y)"
    assert text(found[0]["W"], unicode=False) == "2/m*(X.T @ (X @ W + b - Y))"


@pytest.mark.parametrize(
    ("loss", "by", "expected"),
    [
        (lambda a, b: sb.trace(a.T * b), "B", "A"),
        (lambda a, b: sb.trace(a * b), "A", "B.T"),
        (lambda a, b: sb.inner(a, b), "A", "B"),
        (lambda a, b: sb.trace(a.T * a), "A", "2*A"),
        (lambda a, b: sb.norm(a), "A", "A/E"),
        (lambda a, b: sb.total(sb.power(a, 2)) / 2, "A", "A"),
        (lambda a, b: sb.trace(a * b * a.T), "A", "A @ (B + B.T)"),
        (lambda a, b: sb.trace(b.T * a * a.T * b), "A", "2*(B @ B.T @ A)"),
        (lambda a, b: sb.logdet(a), "A", "inv(A).T"),
        (lambda a, b: sb.det(a), "A", "E*inv(A).T"),
        (lambda a, b: sb.trace(a.I), "A", "-(inv_A.T @ inv_A.T)"),
        (lambda a, b: sb.trace(a), "A", "eye(n)"),
        (lambda a, b: sb.total(sb.diagonal(a)), "A", "eye(n)"),
        (lambda a, b: sb.total(a * b), "A", "broadcast(rowsum(B).T, n, n)"),
        (lambda a, b: sb.total(a), "A", "broadcast(1, n, n)"),
        (lambda a, b: sb.mean(a), "A", "broadcast(1/n**2, n, n)"),
        (lambda a, b: sb.total(sb.logsumexp(a, axis=1)), "A", "exp(A - lse_A)"),
        (lambda a, b: sb.total(sb.softmax(a, axis=1) + b) + sb.total(a), "A", "broadcast(1, n, n)"),
    ],
)
def test_gradients_of_the_tables(loss: Any, by: str, expected: str) -> None:
    a, b = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n)
    d = sb.derive(net_of({E: loss(a, b)}, [a, b]) if loss(a, b).has(b) else net_of({E: loss(a, b)}, [a]), wrt=[by])
    assert d.gradients[by] == as_written(d, expected)


# -- every line of the work

TWO_SIZES = SIZES[:2]


def check_lines(d: sb.Derivation, point: dict[str, Value]) -> None:
    """Both sides of each line are the same number, or the same matrix; and the last line is what was asked for.

    Changes are those where all that the loss is derived by moves at once; a left side stands for one value throughout.
    """
    values = signals_too(d, point)
    move = moved_together(d, point, len(d.steps))
    expected: dict[Expr, Value] = {}
    for step in d.steps:
        of_gradient = isinstance(step.lhs, Total)
        if step.lhs not in expected:
            expected[step.lhs] = (
                numeric_gradient(d.network, d.network.loss, step.lhs.by, point)
                if of_gradient
                else exact_array(step.lhs, values, move)
            )
        found = exact_array(step.rhs, values, move)
        assert near(found, expected[step.lhs]), (str(step), found, expected[step.lhs])
    for v, steps in lines_by_name(d):
        assert steps[-1].rhs == d.adjoint(v)


def check_citations(d: sb.Derivation, steps: tuple[sb.Step, ...]) -> None:
    known = {*d.network.names, *d.backward}
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        assert isinstance(step.lhs, (Total, Differential, Frobenius))
        assert words(step.because).strip() == words(step.because) != ""
        for use in step.uses:
            assert use in known if isinstance(use, Symbol) else 0 < use < step.number, str(step)


@pytest.mark.parametrize("sizes", slow_except(TWO_SIZES[:1], TWO_SIZES), ids=lambda sizes: f"m={sizes['m']}")
@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
def test_every_line_of_the_sweep_holds(name: str, sizes: dict[str, int]) -> None:
    case = MATRIX_EXAMPLES[name]()
    net = case.network()
    d = sb.derive(net, wrt=list(case.wrt) or None)
    check_citations(d, d.steps)
    check_lines(d, point_of(case, net, sizes))


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_no_line_has_what_says_nothing(name: str) -> None:
    """A transpose of a transpose or of one entry, what is repeated to the shape that it has, or twice."""
    for step in derived(name).steps:
        for node in preorder_traversal(step.rhs):
            if isinstance(node, Transposed):
                assert not isinstance(node.args[0], Transposed), str(step)
                assert node.shape != (1, 1), str(step)
            if isinstance(node, Broadcast):
                assert not isinstance(node.args[0], Broadcast), str(step)
                assert not same_shape(shape_of(node.args[0]), node.shape), str(step)


def test_the_lines_of_a_bilinear_form() -> None:
    lines = [str(step) for step in derived("bilinear-form").steps]
    assert not [line for line in lines if "ᵀ)ᵀ" in line or "broadcast" in line], "\n".join(lines)
    assert any("∂E/∂A = x yᵀ" in line for line in lines), "\n".join(lines)


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_every_line_of_each_gradient_holds(name: str) -> None:
    d = derived(name)
    for w in d.wrt:
        steps = sb.work(d, w)
        check_citations(d, steps)
        assert steps[-1].lhs == Total(d.network.loss, w)
        assert steps[-1].rhs == d.shared[w]
        assert {(step.lhs, step.rhs, step.rule) for step in steps} <= {(s.lhs, s.rhs, s.rule) for s in d.steps}
        for one, other in pairwise(steps):
            assert one.lhs != other.lhs or one.rhs != other.rhs, str(other)


def derived_where_not_zero(net: sb.Network, wrt: list[Symbol], point: dict[str, Value]) -> sb.Derivation:
    """The derivation by all of the names but those that it refuses, whose gradients must be zero."""
    for name in wrt:
        if not has_gradient(net, name):
            gradient = numeric_gradient(net, net.loss, name, point)
            assert near(gradient, 0 * gradient), name
    kept = [name for name in wrt if has_gradient(net, name)]
    d = sb.derive(net, wrt=kept)
    assert list(d.wrt) == kept
    return d


def has_gradient(net: sb.Network, name: Symbol) -> bool:
    """Whether a name is derived by, and not refused because its gradient is zero."""
    try:
        sb.derive(net, wrt=[name])
    except sb.DerivationError as error:
        if error.code != "unreached":
            raise
        return False
    return True


@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
def test_every_line_holds_by_all_that_reaches_the_loss(name: str) -> None:
    """By inputs, targets and values in between as well."""
    case = MATRIX_EXAMPLES[name]()
    net = case.network()
    point = point_of(case, net, SIZES[0], 1)
    d = derived_where_not_zero(net, [s for s in net.names if s != net.loss], point)
    check_citations(d, d.steps)
    check_lines(d, point)


def is_far_from_kinks(case: MatrixCase, net: sb.Network) -> bool:
    """Whether floats would say so: random networks have kinks, at which no line holds."""
    at = case.values(case.sizes, 0)
    return case.autograd(at, case.sizes, [w.name for w in net.parameters]).is_good


@pytest.mark.slow
@pytest.mark.needs("torch")
@settings(max_examples=40)
@given(random_matrix_networks(layers=3, depth=2))
def test_every_line_of_a_random_network_holds(case: MatrixCase) -> None:
    net = case.network()
    point = point_of(case, net, case.sizes)
    assume(is_far_from_kinks(case, net))
    d = derived_where_not_zero(net, list(net.parameters), point)
    check_citations(d, d.steps)
    check_lines(d, point)


@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
def test_each_form_of_a_gradient_has_the_shape_of_its_name(name: str) -> None:
    case = MATRIX_EXAMPLES[name]()
    net = case.network()
    d = sb.derive(net, wrt=list(case.wrt) or None)
    values = signals_too(d, point_of(case, net, SIZES[1]))
    for w in d.wrt:
        shape = shape_at(w, values)
        assert shape_at(d.shared[w], values) == shape_at(d.gradients[w], values) == shape
        assert near(exact_array(d.shared[w], values), exact_array(d.gradients[w], values))
    for delta, expr in d.backward.items():
        assert shape_at(delta, values) == shape_at(expr, values)


def test_a_line_is_an_adjoint_moved_or_a_gradient_read_off() -> None:
    d = derived("mlp-rows")
    for v, steps in lines_by_name(d):
        kinds = [step.rule for step in steps]
        moved = [step for step in steps if step.rule == sb.Rule.ADJOINT]
        assert kinds[: len(moved)] == [sb.Rule.ADJOINT] * len(moved)
        assert kinds[len(moved)] == sb.Rule.READ
        assert kinds.count(sb.Rule.READ) == 1
        assert all(isinstance(step.lhs, (Differential, Frobenius)) for step in moved)
        assert (kinds[-1] == sb.Rule.NAME) == (v in d.signals)


def test_the_lines_of_linear_regression() -> None:
    d = sb.derive(MATRIX_EXAMPLES["ridge"]().network())
    rules = [step.rule for step in d.steps]
    assert rules.count(sb.Rule.READ) == 1
    assert "cyclic rule" in " ".join(words(step.because) for step in d.steps)
    assert d.steps[-1].lhs == Total(d.network.loss, d.wrt[0])


def test_reasons_are_those_of_the_table() -> None:
    said = {words(step.because) for name in MATRIX_EXAMPLES for step in derived(name).steps}
    everything = " | ".join(sorted(said))
    for reason in (
        "the cyclic rule moves a factor to the other side, transposed",
        "a broadcast passes back a sum",
        "an elementwise function passes back its derivative",
        "a sum passes its adjoint back to each entry",
        "a softmax passes back",
        "the logarithm of a softmax passes back",
        "since rowsum(Y) = 1",
        "only the diagonal moves",
        "d log |det A| = tr(A⁻¹ dA)",
        "dA⁻¹ = −A⁻¹ dA A⁻¹",
        "one term for each use of ",
    ):
        assert reason in everything, reason


# -- names of error signals


def test_matrices_have_a_capital_delta_and_scalars_a_small_one() -> None:
    w, x, c, s = MatrixSymbol("W", n, k), MatrixSymbol("X", m, n), Symbol("c"), Symbol("s")
    z = MatrixSymbol("Z", m, k)
    d = sb.derive(net_of({z: x * w, s: c * sb.total(z), E: s**2 + sb.trace(w.T * w) * s}, [w, c], [x]))
    assert [delta.name for delta in d.backward] == ["delta_s"]  # that of Z is one number, repeated
    assert d.backward["delta_s"] == as_written(d, "2*s + trace(W.T @ W)")
    assert d.gradients["W"] == as_written(d, "2*s*W + c*(2*s + trace(W.T @ W))*colsum(X).T")
    assert {name.name: delta.name for name, delta in d.signals.items()} == {"s": "delta_s"}
    d = derived("mlp-rows")
    assert [(name.name, delta.name) for name, delta in d.signals.items()] == [("Z2", "Delta_Z2"), ("Z1", "Delta_Z1")]
    assert all(isinstance(delta, Array) and delta.shape == name.shape for name, delta in d.signals.items())


def test_a_layer_has_a_signal_and_what_is_passed_on_once_has_none() -> None:
    d = derived("mlp-columns")
    assert [s.name for s in d.signals] == ["Z3", "Z2", "Z1"]
    d = derived("softmax-rows")
    assert [s.name for s in d.signals] == ["Z"]
    assert not derived("bilinear-form").backward


def test_a_signal_does_not_take_a_name_of_the_users() -> None:
    w, x, z = MatrixSymbol("Delta_Z", n, k), MatrixSymbol("X", m, n), MatrixSymbol("Z", m, k)
    d = sb.derive(net_of({z: x * w, E: sb.total(sb.power(z, 3))}, [w], [x]))
    assert [s.name for s in d.backward] == ["Delta_Delta_Z"]
    assert d.shared["Delta_Z"] == as_written(d, "X.T @ Delta_Delta_Z")


def test_a_signal_does_not_take_the_name_of_a_size() -> None:
    size = Symbol("Delta_Z")
    w, x, z = MatrixSymbol("W", n, size), MatrixSymbol("X", m, n), MatrixSymbol("Z", m, size)
    d = sb.derive(net_of({z: x * w, E: sb.total(sb.power(z, 3))}, [w], [x]))
    assert [s.name for s in d.backward] == ["Delta_Delta_Z"]


# -- what is asked for


def test_names_do_as_well_as_symbols() -> None:
    d = sb.derive(MATRIX_EXAMPLES["mlp-rows"]().network(), wrt=["X", "Z1", "A1", MatrixSymbol("W2", h, k), "Y"])
    assert [s.name for s in d.wrt] == ["X", "Z1", "A1", "W2", "Y"]
    assert d.gradients["W2"] == d.gradients[MatrixSymbol("W2", h, k)] == d.gradients[Array("W2", (h, k))]
    assert d.shared["X"] == as_written(d, "Delta_Z1 @ W1.T")
    assert d.shared["A1"] == as_written(d, "Delta_Z2 @ W2.T")
    assert d.adjoint("Z1") == Array("Delta_Z1", (m, h))
    assert len(d.gradients) == 5


def test_only_what_is_asked_for_is_derived() -> None:
    d = sb.derive(MATRIX_EXAMPLES["mlp-rows"]().network(), wrt=["W2"])
    assert [s.name for s in d.backward] == ["Delta_Z2"]
    assert not any(step.lhs == Total(E, Array("Z1", (m, h))) for step in d.steps)


@pytest.mark.parametrize(
    ("wrt", "message"),
    [
        (["q"], "error[unknown-name]: the network has no q; "),
        ([], "error[wrt]: there is nothing to differentiate by; give one name at least"),
        (["E"], "error[wrt]: in E: E is the loss itself; its derivative by itself is 1; leave it out"),
        (["C"], "error[unreached]: in C: C does not reach the loss E; its gradient is zero; leave it out"),
        (["m"], "error[unknown-name]: the network has no m; "),
    ],
)
def test_names_that_have_no_gradient_are_refused(wrt: list[str], message: str) -> None:
    x, w, c = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("C", m, n)
    net = net_of({E: sb.total(sb.power(x * w, 2))}, [w], [x, c])
    with pytest.raises(sb.SymbackpropError) as error:
        sb.derive(net, wrt=wrt)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "loss",
    [
        lambda w, x: sb.total(sb.softmax(x * w, axis=1)),
        lambda w, x: sb.total(x * w - sb.ones(m, 1) * sb.colmean(x * w)),
        lambda w, x: sb.trace((x * w).T * (x * w)) - sb.total(sb.power(x * w, 2)),
        lambda w, x: sb.total(w) - sb.total(w.T),
        lambda w, x: sb.total(sb.step(x * w)),
    ],
)
def test_a_gradient_is_never_zero_in_silence(loss: Any) -> None:
    w, x = MatrixSymbol("W", n, k), MatrixSymbol("X", m, n)
    z = MatrixSymbol("Z", m, n)
    found = sb.check(sb.derive(net_of({z: x + x, E: loss(w, x) + sb.total(z)}, [w], [x]), wrt=["W"]))
    assert found.ok
    assert found.remarks == ("W does not move the loss: its gradient is zero",)


def test_a_parameter_that_stands_nowhere_is_refused() -> None:
    w, x = MatrixSymbol("W", n, k), MatrixSymbol("X", m, n)
    with pytest.raises(sb.NetworkError, match=r"error\[(unreached|unused)\]"):
        net_of({E: sb.total(w * 0) + sb.total(x)}, [w], [x])


@pytest.mark.parametrize("ask", [lambda d: d.local, lambda d: list(d.paths("W1")), lambda d: d.expanded("W1")])
def test_what_is_of_scalars_alone_is_refused(ask: Any) -> None:
    with pytest.raises(sb.DerivationError, match="matri"):
        ask(derived("mlp-rows"))


def test_values_used_twice_get_the_sum() -> None:
    w, x, z = MatrixSymbol("W", n, n), MatrixSymbol("X", m, n), MatrixSymbol("Z", m, n)
    d = sb.derive(net_of({z: x * w, E: sb.total(sb.hadamard(z, z * w)) + sb.total(z)}, [w], [x]))
    assert d.backward["Delta_Z"] == as_written(d, "Z @ (W + W.T) + 1")
    assert d.shared["W"] == as_written(d, "X.T @ Delta_Z + Z.T @ Z")


def test_the_same_weight_tied_to_its_transpose() -> None:
    w, x, a = MatrixSymbol("W", n, k), MatrixSymbol("X", m, n), MatrixSymbol("A", m, k)
    out = MatrixSymbol("O", m, n)
    d = sb.derive(net_of({a: x * w, out: a * w.T, E: sb.total(sb.power(out - x, 2)) / 2}, [w], [x]))
    assert d.backward["Delta_O"] == as_written(d, "O - X")
    assert d.backward["Delta_A"] == as_written(d, "Delta_O @ W")
    assert d.shared["W"] == as_written(d, "X.T @ Delta_A + Delta_O.T @ A")


def test_scalars_and_matrices_in_one_network() -> None:
    w, x, c, s, t = MatrixSymbol("W", n, k), MatrixSymbol("X", m, n), Symbol("c"), Symbol("s"), Symbol("t")
    d = sb.derive(net_of({s: sb.total(x * w) / (m * k), t: sb.sigmoid(c * s), E: (t - 1) ** 2 / 2}, [w, c], [x]))
    assert d.gradients["c"] == as_written(d, "s*t*(1 - t)*(t - 1)")
    shape = d.gradients["W"].atoms(Broadcast)
    assert d.gradients["W"] == as_written(d, "broadcast(c*t*(1 - t)*(t - 1)/(m*k)*colsum(X).T, n, k)")
    assert len(shape) == 1


# -- facts


def test_facts_may_come_with_derive() -> None:
    case = softmax_rows(facts=False)
    y = MatrixSymbol("Y", m, k)
    for fact in (
        Eq(sb.rowsum(y), sb.ones(m, 1)),
        Eq(sb.ones(m, 1), sb.rowsum(y)),
        Eq(y * sb.ones(k, 1), sb.ones(m, 1)),
    ):
        d = sb.derive(case.network(), facts=[fact])
        assert d.backward["Delta_Z"] == as_written(d, "(P - Y)/m")
        assert d.without_facts["W"] == as_written(d, "(X.T @ (P*rowsum(Y) - Y))/m")
    facts = [step for step in d.steps if step.rule == sb.Rule.FACT]
    assert [words(step.because) for step in facts] == ["since rowsum(Y) = 1"]


def test_the_fact_that_a_matrix_is_symmetric() -> None:
    a, x = MatrixSymbol("A", n, n), MatrixSymbol("x", n, 1)
    net = net_of({E: sb.quadratic(x, a)}, [x], [a])
    assert sb.derive(net).gradients["x"] == as_written(sb.derive(net), "(A + A.T) @ x")
    for fact in (Eq(a, a.T), Eq(a.T, a)):
        d = sb.derive(net, facts=[fact])
        assert d.gradients["x"] == as_written(d, "2*(A @ x)")


def test_a_fact_about_columns() -> None:
    y, z, p = MatrixSymbol("Y", k, m), MatrixSymbol("Z", k, m), MatrixSymbol("P", k, m)
    net = net_of({p: sb.softmax(z, axis=0), E: -sb.total(sb.hadamard(y, sb.log(p))) / m}, [z], [y])
    d = sb.derive(net, facts=[Eq(sb.colsum(y), sb.ones(1, m))])
    assert d.gradients["Z"] == as_written(d, "(P - Y)/m")


@pytest.mark.parametrize(
    "fact",
    [
        Eq(sb.rowsum(MatrixSymbol("P", m, k)), sb.ones(m, 1)),
        Eq(sb.rowsum(MatrixSymbol("W", n, k)), sb.ones(n, 1)),
        Eq(sb.rowsum(MatrixSymbol("Y", m, k)), sb.ones(k, 1)),
    ],
)
def test_facts_that_are_not_about_the_data_are_refused(fact: Any) -> None:
    with pytest.raises(sb.NetworkError, match=r"error\[fact\]: in facts: "):
        sb.derive(softmax_rows(facts=False).network(), facts=[fact])


# -- size and depth


def deep(depth: int, width: Any = h) -> sb.Network:
    return sb.mlp([n, *[width] * depth, k], notation="matrix", activation="tanh")


def size_of(expr: Expr) -> int:
    return sum(1 for _ in preorder_traversal(expr))


def test_the_work_is_linear_in_the_depth() -> None:
    found = {depth: sb.derive(deep(depth)) for depth in (10, 20, 40)}
    steps = {depth: len(d.steps) for depth, d in found.items()}
    assert steps[40] - steps[20] == 2 * (steps[20] - steps[10])
    for depth, d in found.items():
        assert len(d.backward) == depth + 1
        assert {size_of(expr) for expr in d.shared.values()} == {size_of(expr) for expr in found[10].shared.values()}
    for name in ("Delta_Z5", "Delta_Z9"):
        assert len({str(d.backward[name]) for d in found.values()}) == 1
    longest = {depth: max(size_of(step.rhs) for step in d.steps) for depth, d in found.items()}
    assert len(set(longest.values())) == 1


@pytest.mark.parametrize("notation", ["rows", "columns"])
def test_the_width_is_nothing_to_a_derivation(notation: str) -> None:
    def steps(*sizes: Any, batch: Any = m) -> list[Any]:
        net = sb.mlp(list(sizes), notation="matrix", examples=notation, batch=batch)
        return [(step.rule, size_of(step.rhs)) for step in sb.derive(net).steps]

    assert steps(n, h, k) == steps(2, 2, 2) == steps(10_000, 10_000, 10_000) == steps(3, 2, 4)
    assert steps(2, 2, 2, batch=5) == steps(10_000, 10_000, 10_000, batch=10_000)
    assert len(steps(n, h, k, batch=5)) <= len(steps(n, h, k))


@pytest.mark.parametrize("sizes", [(1, 1, 1, 1), (1, 2, 3, 1), (2, 1, 2, 1), (1, 3, 1, 4)])
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "softplus"])
def test_sizes_that_are_one(sizes: tuple[int, ...], activation: str) -> None:
    *layers, batch = sizes
    net = sb.mlp(layers, notation="matrix", batch=batch, activation=activation)
    d = sb.derive(net)
    case = MatrixCase({}, net.inputs, net.targets, list(net.parameters), net.loss, lambda run: None)
    check_lines(d, point_of(case, net, {}))


@pytest.mark.parametrize("loss", few(["squared_error", "binary_cross_entropy", "cross_entropy", "smooth_l1"]))
@pytest.mark.parametrize("examples", few(["rows", "columns"]))
@pytest.mark.parametrize("bias", [True, "layer", False])
def test_every_line_of_the_perceptrons_holds(loss: str, examples: str, bias: bool | str) -> None:
    net = sb.mlp([n, h, k], notation="matrix", loss=loss, examples=examples, activation="gelu", bias=bias)
    d = sb.derive(net)
    case = MatrixCase({}, net.inputs, net.targets, list(net.parameters), net.loss, lambda run: None)
    check_lines(d, point_of(case, net, {"m": 3, "n": 2, "h": 2, "k": 3}))
    if loss == "binary_cross_entropy":
        assert d.backward["Delta_Z2"] == as_written(d, "(A2 - Y)/m")


def test_a_function_of_the_users_works_entry_by_entry() -> None:
    swish = sb.function("swish", lambda z: z * sb.sigmoid(z))
    x, w, z = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k)
    net = net_of({z: x * w, E: sb.total(swish(z)) * Rational(1, 2)}, [w], [x])
    d = sb.derive(net)
    case = MatrixCase({}, net.inputs, [], list(net.parameters), net.loss, lambda run: None)
    check_lines(d, point_of(case, net, {"m": 2, "n": 3, "k": 2}))


def test_an_operation_of_the_users_passes_back_what_its_author_says() -> None:
    a, b = MatrixSymbol("a", m, n), MatrixSymbol("b", n, k)
    result, g = MatrixSymbol("r", m, k), MatrixSymbol("g", m, k)
    times = sb.operation("times", [a, b], result, g, value=a * b, adjoints=[g * b.T, a.T * g])
    x, w = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k)
    net = net_of({E: sb.total(sb.power(times(x, w), 2)) / 2}, [w], [x])
    d = sb.derive(net)
    assert any("the adjoint that times was given" in words(step.because) for step in d.steps)
    case = MatrixCase({}, net.inputs, [], list(net.parameters), net.loss, lambda run: None)
    check_lines(d, point_of(case, net, {"m": 2, "n": 3, "k": 2}))


# -- the same in every process

PRINT_ALL = """
import sys
sys.path.insert(0, {tests!r})
from matrix_networks import MATRIX_EXAMPLES
import symbackprop as sb
from sympy import srepr
for name in sorted(MATRIX_EXAMPLES):
    case = MATRIX_EXAMPLES[name]()
    d = sb.derive(case.network(), wrt=list(case.wrt) or None)
    print(name, list(d.network.equations.items()), list(d.backward.items()))
    for w in d.wrt:
        print(w, srepr(d.gradients[w]), d.shared[w], [str(step) for step in sb.work(d, w)])
    print([(str(step), step.rule, step.uses) for step in d.steps])
"""


@pytest.mark.slow
def test_every_process_says_the_same() -> None:
    printed = the_one_output(PRINT_ALL.format(tests=str(TESTS)), ("0", "1", "4242"))
    assert len(printed) > 20_000
