"""Checks of matrix networks: they pass where a derivation is right, and say which gradient and which entry is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy as sp
from conftest import few, slow_except
from hypothesis import assume, given, settings
from matrix_networks import MATRIX_EXAMPLES, MatrixCase, random_matrix_networks
from sympy import Eq, MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.matrices import Array, Product, Sum, Transposed
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate, forward
from symbackprop.verification.check import CODE
from symbackprop.verification.differences import analytic_names
from symbackprop.verification.matrix_differences import ALL_ENTRIES, SOME_ENTRIES, Probe, directions, nearest, slopes
from symbackprop.verification.matrix_points import KINK_MARGIN, LARGEST, matrix_points
from symbackprop.verification.points_under_facts import obeying
from symbackprop.verification.rounding import matrix_sizes, size_of
from symbackprop.verification.sampled import (
    TOLERANCE,
    numeric_gradients,
    relative_error,
    relative_errors,
    sampled,
    worst_error,
)
from symbackprop.verification.unsafe_points import Hazards

m, n, h, k, p, q = symbols("m n h k p q")
E, c = Symbol("E"), Symbol("c")
X, W, Z = MatrixSymbol("X", m, n), MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k)
Y = MatrixSymbol("Y", m, k)


@cache
def derived(name: str) -> sb.Derivation:
    case = MATRIX_EXAMPLES[name]()
    return sb.derive(case.network(), wrt=case.wrt or None)


def net(equations: dict[Any, Any], inputs: Any = (), parameters: Any = (), targets: Any = (), **options: Any) -> Any:
    return sb.Network(equations, inputs=inputs, targets=targets, parameters=parameters, loss=E, **options)


def squares(z: Any) -> Any:
    return sb.total(sb.power(z, 2)) / 2


# -- points


@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_points_fit_the_shapes_and_keep_off_kinks(name: str) -> None:
    d = derived(name)
    hazards = Hazards.of(d)
    points = matrix_points(d, 5, 0)
    assert len(points) == 5
    for point in points:
        values = forward(d.network, point)
        assert all(np.isfinite(values[s.name]).all() for s in d.network.equations)
        assert all(np.abs(evaluate(kink, values)).min() > KINK_MARGIN / 1000 for kink in hazards.kinks)
        for leaf in d.network.leaves:
            numbers = {Symbol(size): value for size, value in values.items() if Symbol(size) in d.network.sizes}
            shape = tuple(int(size.xreplace(numbers)) for size in d.network.shape(leaf))
            assert np.shape(point[leaf.name]) == shape


def test_sizes_differ_from_one_another_and_from_point_to_point() -> None:
    report = sb.check(derived("mlp-rows"), points=8)
    assert len(report.sizes) == report.points == 8
    for sizes in report.sizes:
        assert list(sizes) == ["m", "n", "k", "h"]
        assert len(set(sizes.values())) == 4
        assert all(1 <= number <= LARGEST for number in sizes.values())
    assert len({tuple(sizes.values()) for sizes in report.sizes}) > 4
    assert 1 not in report.sizes[0].values()
    assert any(1 in sizes.values() for sizes in report.sizes)


def test_more_symbols_than_sizes() -> None:
    names = symbols("a0:7")
    w = [MatrixSymbol(f"W{i}", names[i], names[i + 1]) for i in range(6)]
    d = sb.derive(net({E: squares(w[0] * w[1] * w[2] * w[3] * w[4] * w[5])}, parameters=w))
    report = sb.check(d)
    assert report.ok
    assert all(len(set(sizes.values())) == LARGEST for sizes in report.sizes[1:])


def test_sizes_that_are_sums_and_products() -> None:
    w = MatrixSymbol("W", 2 * n + 1, k)
    x = MatrixSymbol("X", m, 2 * n + 1)
    report = sb.check(sb.derive(net({Z: sb.tanh(x * w), E: squares(Z) / (m * k)}, [x], [w])))
    assert report.ok
    assert all(set(sizes) == {"m", "n", "k"} for sizes in report.sizes)


def test_sizes_that_are_numbers() -> None:
    x, w, z = MatrixSymbol("X", 2, 3), MatrixSymbol("W", 3, 4), MatrixSymbol("Z", 2, 4)
    report = sb.check(sb.derive(net({z: sb.sigmoid(x * w), E: squares(z)}, [x], [w])))
    assert report.ok
    assert report.sizes == ()
    assert "network: all gradients are proved, and the code agrees at 5 points" in str(report).splitlines()


def test_one_by_one_and_scalars_among_matrices() -> None:
    a, b, s = MatrixSymbol("A", 1, 1), MatrixSymbol("B", 1, n), Symbol("s")
    d = sb.derive(net({s: c**2 * sb.total(a * b), E: squares(b) * s + c * sb.total(sb.tanh(a))}, (), [a, b, c]))
    report = sb.check(d)
    assert report.ok
    assert {row.name for row in report.rows} == {"A", "B", "c"}


def test_points_are_the_same_for_a_seed() -> None:
    d = derived("attention")
    first, again, other = (matrix_points(d, 2, seed) for seed in (7, 7, 8))
    for a, b in zip(first, again, strict=True):
        assert all(np.array_equal(a[name], b[name]) for name in a)
    assert not all(np.array_equal(first[0][name], other[0][name]) for name in first[0])
    assert sb.check(d, seed=3) == sb.check(d, seed=3)


def test_points_are_inside_the_domain() -> None:
    d = sb.derive(net({Z: sb.log(X * W), E: sb.total(sb.sqrt(Z + 3 * sb.ones(m, k)))}, [X], [W]))
    for point in matrix_points(d, 5, 0):
        assert (point["X"] @ point["W"] > 0).all()
    assert sb.check(d).ok


def test_what_is_inverted_is_well_conditioned() -> None:
    gram = MatrixSymbol("G", n, n)
    d = sb.derive(net({gram: X.T * X, E: sb.total(gram.I) + sb.logdet(gram)}, (), [X]))
    for point in matrix_points(d, 5, 0):
        assert point["X"].shape[0] >= point["X"].shape[1]
        assert np.linalg.cond(point["X"].T @ point["X"]) < 1e5
    assert sb.check(d).ok


def test_sizes_at_which_a_root_is_of_nothing_are_left_out() -> None:
    mean = MatrixSymbol("mu", 1, n)
    d = sb.derive(net({mean: sb.colmean(X), E: sb.norm(X - sb.ones(m, 1) * mean)}, (), [X]))
    report = sb.check(d, points=10)
    assert report.ok
    assert all(sizes["m"] > 1 for sizes in report.sizes)


def test_a_kink_of_what_never_moves_is_none() -> None:
    mask = MatrixSymbol("M", m, k)
    d = sb.derive(net({mask: sb.relu(sb.broadcast(0, m, k)), Z: X * W + mask, E: squares(Z)}, [X], [W]))
    assert sb.check(d).ok


def test_where_there_is_no_point_it_says_so() -> None:
    d = sb.derive(net({E: sb.total(sb.log(-sb.power(W, 2) - sb.ones(n, k)))}, (), [W]))
    with pytest.raises(sb.DataError) as error:
        sb.check(d)
    assert str(error.value) == (
        "error[no-point]: no random point was found where E is finite and no kink is near; "
        "the network may take the root of a negative number, or the inverse of a matrix that has none"
    )


# -- facts

B, A = MatrixSymbol("B", m, k), MatrixSymbol("A", n, n)
FACTS: dict[str, tuple[MatrixSymbol, list[Any], Callable[[Any], Any]]] = {
    "rows of probabilities": (B, [Eq(sb.rowsum(B), sb.ones(m, 1))], lambda b: np.r_[b.sum(1) - 1, b.min() < 0]),
    "columns that sum to two": (B, [Eq(sb.colsum(B), 2 * sb.ones(1, k))], lambda b: np.r_[b.sum(0) - 2, b.min() < 0]),
    "columns without a mean": (B, [Eq(sb.colmean(B), 0 * sb.ones(1, k))], lambda b: b.sum(0)),
    "a total": (B, [Eq(sb.total(B), 1)], lambda b: b.sum() - 1),
    "rows and a total": (B, [Eq(sb.rowsum(B), sb.ones(m, 1)), Eq(sb.total(B), m)], lambda b: b.sum(1) - 1),
    "rows and columns": (
        A,
        [Eq(sb.rowsum(A), sb.ones(n, 1)), Eq(sb.colsum(A), sb.ones(1, n))],
        lambda a: np.r_[a.sum(0), a.sum(1)] - 1,
    ),
    "symmetric": (A, [Eq(A.T, A)], lambda a: a - a.T),
    "skew": (A, [Eq(A.T, -A)], lambda a: a + a.T),
    "orthogonal": (A, [Eq(A.T * A, sb.eye(n))], lambda a: a.T @ a - np.eye(len(a))),
    "symmetric with rows of one": (
        A, [Eq(A.T, A), Eq(sb.rowsum(A), sb.ones(n, 1))], lambda a: np.r_[a - a.T, [a.sum(0) - 1]]
    ),
    "rows of one only where it is square": (
        B, [Eq(sb.rowsum(B), sb.ones(m, 1)), Eq(sb.colsum(B), sb.ones(1, k))], lambda b: np.r_[b.sum(0), b.sum(1)] - 1
    ),
}  # fmt: skip


@pytest.mark.parametrize("fact", slow_except(FACTS.keys() - {"rows of one only where it is square"}, FACTS))
def test_points_obey_facts(fact: str) -> None:
    given, facts, broken = FACTS[fact]
    v = MatrixSymbol("V", given.shape[1], 2)
    d = sb.derive(net({E: squares(given * v)}, [given], [v]), facts=facts)
    report = sb.check(d)
    assert report.ok, str(report)
    points = matrix_points(d, 5, 0)
    assert len(points) == report.points == 5
    assert all(np.abs(broken(point[given.name])).max() < 1e-11 for point in points)


def test_probabilities_stay_positive() -> None:
    d = derived("softmax-rows")
    assert d.facts
    assert all((point["Y"] > 0).all() for point in matrix_points(d, 5, 0))


def test_what_is_missing_is_added_evenly() -> None:
    b = Array("B", (m, k))
    before = {"B": np.array([[1.0, 2.0, 3.0], [0.0, -4.0, 1.0]])}
    after = obeying([Eq(Sum(b, 1), 0, evaluate=False)], before, {"m": 2, "k": 3})
    assert after is not None
    assert after["B"] == pytest.approx(np.array([[-1.0, 0.0, 1.0], [1.0, -3.0, 2.0]]))


@pytest.mark.slow
def test_facts_that_no_data_obey() -> None:
    impossible = Eq(sb.total(sb.power(B, 2)), -1)
    d = sb.derive(net({E: squares(B * MatrixSymbol("V", k, 2))}, [B], [MatrixSymbol("V", k, 2)]), facts=[impossible])
    with pytest.raises(sb.DataError, match=re.escape("no random point was found that obeys total(B**2) = -1; state")):
        sb.check(d)


def test_a_wrong_fact_shows() -> None:
    d = derived("softmax-rows")
    assert sb.check(d).ok
    assert not sb.check(replace(d, facts=())).ok


# -- numeric derivatives


@pytest.mark.parametrize("name", ["mlp-rows", "batch-norm", "attention", "log-determinant", "inverse", "bilinear-form"])
def test_complex_steps_agree_with_central_differences(name: str) -> None:
    d = derived(name)
    point = matrix_points(d, 1, 3)[0]
    names = [w.name for w in d.wrt]
    exact = numeric_gradients(d.network, point, names, frozenset(names))
    near = numeric_gradients(d.network, point, names, frozenset())
    for word in names:
        assert exact[word].shape == np.shape(point[word])
        assert near[word] == pytest.approx(exact[word], rel=1e-6, abs=1e-7)


def test_a_numeric_gradient_by_an_intermediate_value() -> None:
    case = MATRIX_EXAMPLES["mlp-rows"]()
    d = sb.derive(case.network(), wrt=["Z1", "A2", "W1"])
    assert sb.check(d).ok


def test_directions_of_a_large_matrix() -> None:
    probes = list(directions("W", (40, 50), np.random.default_rng(0)))
    assert len(probes) == 1 + SOME_ENTRIES
    assert np.count_nonzero(probes[0].stack) == 2000
    assert all(np.count_nonzero(probe.stack) == 1 for probe in probes[1:])
    small = list(directions("W", (16, 16), np.random.default_rng(0)))
    assert [len(probe.stack) for probe in small] == [ALL_ENTRIES]


@pytest.mark.slow
def test_every_entry_of_a_large_matrix_counts() -> None:
    x, w = MatrixSymbol("X", m, 40), MatrixSymbol("W", 40, 50)
    d = sb.derive(net({E: squares(x * w) / m}, [x], [w]))
    assert sb.check(d, points=1).ok
    bad = with_adjoint(d, "W", lambda g: g * (1 + sb.step(Array("W", (40, 50)) - sp.Rational(2, 5)) / 100))
    [point] = matrix_points(d, 1, 0)
    assert 0 < (point["W"] > 0.4).sum() < 10
    assert not sb.check(bad, points=1).ok


def test_many_directions_go_in_several_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    d = derived("rnn")
    whole = sb.check(d, points=2)
    monkeypatch.setattr("symbackprop.verification.matrix_differences.ROOM", 300)
    parts = sb.check(d, points=2)
    assert parts.ok
    assert [row.name for row in parts.rows] == [row.name for row in whole.rows]


def test_the_numeric_derivative_nearest_to_a_gradient() -> None:
    numeric = np.array([[1.0, 5.0, np.nan], [2.0, 2.5, 3.0]])
    assert nearest(np.array([1.1, 2.0, 9.0]), numeric) == pytest.approx([1.0, 2.5, 3.0])


def test_slopes_along_a_direction() -> None:
    d = sb.derive(net({E: squares(W)}, (), [W]))
    point = {"W": np.arange(6.0).reshape(2, 3)}
    probe = Probe("W", np.ones((1, 2, 3)))
    for steps in ((), (1e-3,)):
        [(_, found)] = slopes(d.network, point, [probe], steps)
        assert found == pytest.approx(np.array([[15.0]]))


# -- errors and rounding


def test_errors_of_entries() -> None:
    found, expected = np.array([1.0, 0.0, 2.0, np.nan, np.inf]), np.array([1.0, 0.0, 1.0, 1.0, 1.0])
    assert relative_errors(found, expected).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert [relative_error(a, b) for a, b in zip(found, expected, strict=True)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert relative_errors(np.array([1e-9]), np.array([0.0]), 1.0).tolist() == [1e-9]
    assert worst_error(np.zeros((2, 2)), np.zeros((2, 1))) == 1.0
    assert worst_error(2.0, 1.0) == 0.5


def test_the_size_of_what_cancels() -> None:
    probabilities = MatrixSymbol("P", m, k)
    d = sb.derive(net({Z: X * W, probabilities: sb.softmax(Z, axis=1), E: squares(probabilities)}, [X], [W]))
    point = matrix_points(d, 1, 0)[0]
    values = {**forward(d.network, point)}
    w, x = Array("W", (n, k)), Array("X", (m, n))
    cancelling = Product(Transposed(x), Product(x, w) * 3 - Product(x, 3 * w))
    assert np.abs(evaluate(cancelling, values)).max() < 1e-13
    with_deltas = {**values, **{s.name: evaluate(e, values) for s, e in d.backward.items()}}
    assert size_of(cancelling, d, with_deltas).min() > 0.01
    sizes = matrix_sizes(d, with_deltas)["W"]
    assert sizes.shape == point["W"].shape
    assert (sizes > 0.1 * np.abs(evaluate(d.shared["W"], with_deltas))).all()


def test_a_softmax_of_one_score() -> None:
    # P is 1, so that the gradient by w is 0 and all that is seen of it is rounding.
    row, column = MatrixSymbol("w", 1, k), MatrixSymbol("v", n, 1)
    probabilities, out = MatrixSymbol("P", 1, k), MatrixSymbol("Q", n, k)
    equations = {
        probabilities: sb.softmax(row, axis=0),
        out: column * probabilities,
        E: squares(out) + sb.total(sb.tanh(out)) + sb.total(probabilities),
    }
    d = sb.derive(net(equations, (), [row, column]))
    for seed in range(10):
        assert sb.check(d, seed=seed).ok


@pytest.mark.slow
def test_sizes_do_not_grow_with_depth_where_gradients_do_not() -> None:
    d = sb.derive(sb.mlp(["n", *["h"] * 40, "k"], activation="tanh", notation="matrix"))
    point = matrix_points(d, 1, 0)[0]
    values = forward(d.network, point)
    for delta, expr in d.backward.items():
        values[delta.name] = evaluate(expr, values)
    sizes = matrix_sizes(d, values)
    gradients = {w.name: np.abs(evaluate(d.shared[w], values)).max() for w in d.wrt}
    assert all(sizes[name].max() < 1e4 * size for name, size in gradients.items())
    assert not sb.check(with_adjoint(d, "W1", lambda g: g * (1 + sp.Rational(1, 10**5)))).ok


# -- check


@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
@pytest.mark.parametrize("seed", slow_except([0], [0, 1, 2]))
def test_right_gradients_pass(name: str, seed: int) -> None:
    report = sb.check(derived(name), seed=seed)
    assert report.proved, str(report)
    assert report.points == 5
    assert report.forms == ("shared", "closed")
    assert all(row.method == CODE and row.error <= row.tolerance for row in report.rows)
    assert all(set(row.verdicts) == {"shared", "closed"} for row in report.rows)


@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
def test_right_gradients_agree_with_numeric_ones(name: str) -> None:
    d = derived(name)
    samples = sampled(d, sb.lambdify(d), matrix_points(d, 2, 0), 0)
    assert all(sample.ok and set(sample.forms) == {"shared", "closed"} for sample in samples.values()), samples


def check_random(case: MatrixCase) -> None:
    try:
        report = sb.check(sb.derive(case.network()), points=2)
    except sb.SymbackpropError as error:
        assume(error.code not in ("no-point", "unreached"))
        raise
    assert report.ok, str(report)


@pytest.mark.slow
@settings(max_examples=6)
@given(random_matrix_networks(layers=2, depth=1))
def test_right_gradients_of_random_networks_pass(case: MatrixCase) -> None:
    check_random(case)


@pytest.mark.slow
@settings(max_examples=40)
@given(random_matrix_networks())
def test_right_gradients_of_many_random_networks_pass(case: MatrixCase) -> None:
    check_random(case)


@pytest.mark.parametrize(
    "activation",
    slow_except(["gelu"], ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu", "silu", "elu"]),
)
@pytest.mark.parametrize("examples", ["rows", "columns"])
def test_networks_of_layers_pass(activation: str, examples: str) -> None:
    made = sb.mlp(["n", "h", 3, "k"], activation=activation, notation="matrix", examples=examples)
    assert sb.check(sb.derive(made), points=3).proved


def test_the_method_is_chosen_by_what_lies_on_the_way() -> None:
    d = derived("mlp-columns")
    samples = sampled(d, sb.lambdify(d), matrix_points(d, 1, 0), 0)
    assert {name for name, sample in samples.items() if sample.method == "central difference"} == {
        "W1",
        "W2",
        "b1",
        "b2",
    }
    assert {name for name, sample in samples.items() if sample.method == "complex step"} == {"W3", "b3"}
    assert all(sample.error <= TOLERANCE[sample.method] for sample in samples.values())


Change = Callable[[Any], Any]


def with_adjoint(d: sb.Derivation, name: str, change: Change) -> sb.Derivation:
    """The derivation with one gradient changed in the compiled code and in the shared form."""
    w = d.symbol(name)
    return replace(d, swept=replace(d.swept, adjoint={**d.swept.adjoint, w: change(d.swept.adjoint[w])}))


def with_signal(d: sb.Derivation, name: str, change: Change) -> sb.Derivation:
    signal = next(s for s in d.backward if s.name == name)
    return replace(d, swept=replace(d.swept, backward={**d.swept.backward, signal: change(d.backward[signal])}))


CHANGES: dict[str, tuple[str, str, Change]] = {
    "scaled": ("mlp-rows", "W1", lambda g: g * 2),
    "scaled by a little": ("mlp-rows", "W2", lambda g: g * (1 + sp.Rational(1, 10**7))),
    "turned": ("mlp-rows", "b1", lambda g: -g),
    "zeroed": ("mlp-rows", "W2", lambda g: g * 0),
    "without its mean": ("linear-regression", "w", lambda g: g * m),
    "transposed": ("log-determinant", "K", Transposed),
    "transposed where it is symmetric": ("norms-and-diagonals", "W", Transposed),
    "a column repeated": ("single-neuron", "b", lambda g: g + 1),
    "behind relu": ("mlp-columns", "W1", lambda g: g * sp.Rational(1001, 1000)),
    "one entry, which is large": ("attention", "W_K", lambda g: g + sp.Max(0, g) ** 3),
}


@pytest.mark.parametrize("case", few(CHANGES))
def test_a_wrong_adjoint_is_found(case: str) -> None:
    name, by, change = CHANGES[case]
    report = sb.check(with_adjoint(derived(name), by, change))
    assert not report.ok
    assert {row.name for row in report.rows if not row.ok} == {by}
    assert report.worst.name == by
    lines = str(report).splitlines()
    assert [line.split()[0] for line in lines if line.endswith("WRONG")] == [f"d{report.loss}/d{by}"]
    assert any(line.startswith(f"network: 1 of {len(report.rows)} gradients are WRONG") for line in lines)


def test_a_wrong_signal_is_found_wherever_it_goes() -> None:
    w2, delta = Array("W2", (h, k)), Array("Delta_Z2", (m, k))
    bad = with_signal(derived("mlp-rows"), "Delta_Z1", lambda _: Product(delta, Transposed(w2)))
    report = sb.check(bad)
    assert {row.name for row in report.rows if not row.ok} == {"W1", "b1"}
    wrong = next(row for row in report.rows if row.name == "W1")
    assert wrong.code_ok  # the code does what the error signals say
    assert wrong.verdicts["shared"].wrong  # in the error signals as they are given, which are wrong
    assert wrong.verdicts["closed"].proved  # which does not use them


def test_the_table_of_a_check() -> None:
    report = sb.check(derived("mlp-rows"), points=1)
    lines = str(report).splitlines()
    assert lines[0].split() == ["gradient", "shared", "closed", "code"]
    assert [line.split()[0] for line in lines[1:5]] == ["dE/dW1", "dE/db1", "dE/dW2", "dE/db2"]
    assert all(line.split()[1:3] == ["proved", "proved"] and line.endswith("ok") for line in lines[1:5])
    sizes = " ".join(f"{name}={number}" for name, number in report.sizes[0].items())
    assert lines[5] == f"network: all gradients are proved, and the code agrees at 1 point with {sizes}"
    assert lines[6].startswith("proved: exact in a prime field; a false one passes with a chance below 10⁻")
    assert len(lines) == 7
    assert re.fullmatch(r"m=\d n=\d k=\d h=\d", sizes)


# -- operations of the user's own

S, R, G = MatrixSymbol("S", p, q), MatrixSymbol("R", p, q), MatrixSymbol("G", p, q)
SQ, RQ, GQ = MatrixSymbol("S", p, p), MatrixSymbol("R", p, p), MatrixSymbol("G", p, p)


def used(operation: Any, square: bool = False, inside: Callable[[Any], Any] = lambda w: w) -> sb.Derivation:
    w, u = MatrixSymbol("W", n, n if square else k), MatrixSymbol("U", n, n if square else k)
    return sb.derive(net({u: operation(inside(w)), E: squares(u * 2) + sb.total(u)}, (), [w]))


def test_an_operation_with_a_formula() -> None:
    right = sb.operation("cubed", [S], R, G, value=sb.power(S, 3), adjoints=[3 * sb.hadamard(G, S, S)])
    wrong = sb.operation("cubed", [S], R, G, value=sb.power(S, 3), adjoints=[2 * sb.hadamard(G, S, S)])
    assert sb.check(used(right)).ok
    report = sb.check(used(wrong))
    assert not report.ok
    assert all(verdict.wrong for verdict in report.worst.verdicts.values())
    by_numbers = used(right)
    samples = sampled(by_numbers, sb.lambdify(by_numbers), matrix_points(by_numbers, 1, 0), 0)
    assert {sample.method for sample in samples.values()} == {"complex step"}


def test_an_operation_of_two_arguments() -> None:
    t = MatrixSymbol("T", q, h)
    result, upstream = MatrixSymbol("R", p, h), MatrixSymbol("G", p, h)

    def derivation(*adjoints: Any) -> sb.Derivation:
        times = sb.operation("times", [S, t], result, upstream, value=S * t, adjoints=adjoints)
        return sb.derive(net({Z: times(X, W), E: squares(Z)}, (), [X, W]))

    assert sb.check(derivation(upstream * t.T, S.T * upstream)).ok
    report = sb.check(derivation(upstream * t.T, 2 * S.T * upstream))
    assert {row.name for row in report.rows if not row.ok} == {"W"}


def test_a_transposed_adjoint_of_a_square_operation() -> None:
    def inverse(adjoint: Any) -> Any:
        return sb.operation("inverted", [SQ], RQ, GQ, numpy="np.linalg.inv", adjoints=[adjoint])

    def dominant(w: Any) -> Any:
        return w + 5 * sb.eye(n)

    report = sb.check(used(inverse(-RQ.T * GQ * RQ.T), True, dominant))
    assert report.ok
    assert not report.proved
    assert report.rows[0].ruling == "undecided"
    assert report.reasons == ("inverted is known by a NumPy function alone",)
    assert report.summary == "1 of 1 gradients are undecided; they agree with numbers at 5 points"
    assert not sb.check(used(inverse(-RQ * GQ * RQ), True, dominant)).ok


def test_an_operation_of_numpy_takes_no_complex_steps() -> None:
    # np.cbrt refuses complex numbers.
    def cube_root(factor: Any) -> Any:
        adjoint = factor * sb.divide(G, sb.power(R, 2))
        return sb.operation("cube_root", [S], R, G, numpy="np.cbrt", adjoints=[adjoint])

    def positive(w: Any) -> Any:
        return sb.power(w, 2) + sb.ones(n, k)

    d = used(cube_root(sp.Rational(1, 3)), inside=positive)
    assert "W" not in {s.name for s in analytic_names(d.network)}
    report = sb.check(d)
    assert report.ok
    assert report.rows[0].method == "central difference"
    assert not sb.check(used(cube_root(1), inside=positive)).ok


def lower(adjoint: Any) -> Any:
    return sb.operation("lower", [SQ], RQ, GQ, numpy="np.tril", adjoints=[adjoint])


def test_a_factor_of_cholesky() -> None:
    tril = lower(GQ)  # as a part of an adjoint it is never pulled back

    def cholesky(halved: Any) -> Any:
        inner = tril(RQ.T * GQ) - halved * sb.diag(sb.diagonal(RQ.T * GQ))
        passed = RQ.T.I * inner * RQ.I
        return sb.operation("factor", [SQ], RQ, GQ, numpy="np.linalg.cholesky", adjoints=[(passed + passed.T) / 2])

    def definite(w: Any) -> Any:
        return w * w.T + sb.eye(n)

    assert sb.check(used(cholesky(sp.Rational(1, 2)), True, definite)).ok
    assert not sb.check(used(cholesky(0), True, definite)).ok


def test_an_operation_that_fails_at_some_points() -> None:
    # Only where W itself is positive definite is there a factor.
    passed = 0 * GQ
    operation = sb.operation("factor", [SQ], RQ, GQ, numpy="np.linalg.cholesky", adjoints=[passed + GQ])
    report = sb.check(used(operation, True))
    assert report.points == 5
    assert not report.ok


def test_a_function_of_numpy_that_knows_no_stacks() -> None:
    # np.transpose of a stack would turn all its axes.
    s, r, g = MatrixSymbol("S", p, q), MatrixSymbol("R", q, p), MatrixSymbol("G", q, p)
    turned = sb.operation("turned", [s], r, g, numpy="np.transpose", adjoints=[g.T])
    assert sb.check(sb.derive(net({E: squares(X * turned(W.T))}, [X], [W]))).ok


# -- verify

MLP = derived("mlp-rows")
RIGHT: dict[str, list[Any]] = {
    "W1": [
        "X.T @ Delta_Z1",
        "(Delta_Z1.T @ X).T",
        "X.T @ ((Delta_Z2 @ W2.T)*A1*(1 - A1))",
        "X.T @ ((((A2 - Y)*A2*(1 - A2)/m) @ W2.T)*A1*(1 - A1))",
        MatrixSymbol("X", m, n).T * MatrixSymbol("Delta_Z1", m, h),
        Product(Transposed(Array("X", (m, n))), Array("Delta_Z1", (m, h))),
    ],
    "b1": [
        "colsum(Delta_Z1)", "ones(1, m) @ Delta_Z1", "m*colmean(Delta_Z1)", sb.colsum(MatrixSymbol("Delta_Z1", m, h)),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("name", "formula"), [(name, f) for name, formulas in RIGHT.items() for f in formulas])
def test_a_right_formula(name: str, formula: Any) -> None:
    found = sb.verify(MLP, name, formula)
    assert found.ok
    said = f"proved: dE/d{name} = {formula}".replace("X.T*Delta_Z1", "X.T @ Delta_Z1")
    assert str(found) == f"{said}\n{found.verdict.method}"


def test_what_was_judged_is_told_in_the_language_of_files() -> None:
    x, w, y, z = (
        MatrixSymbol(name, *shape) for name, shape in zip("XWYZ", ((m, n), (n, h), (m, h), (m, h)), strict=True)
    )
    derivation = sb.derive(net({z: sb.tanh(x * w), E: sb.total(sb.hadamard(z, y))}, [x, y], [w]))
    right = x.T * sb.hadamard(y, sb.ones(m, h) - sb.power(z, 2))
    assert str(sb.verify(derivation, w, right)).splitlines()[0] == "proved: dE/dW = X.T @ ((1 - Z**2)*Y)"
    wrong = sb.verify(derivation, w, x.T * (y - z))
    assert str(wrong).startswith("wrong: dE/dW is not X.T @ (Y - Z)\n")
    constant = sb.derive(net({E: sb.total(w)}, [], [w]))
    assert sb.verify(constant, w, constant.gradients[w]).ok
    for found in (sb.verify(derivation, w, right), wrong):
        assert sb.verify(derivation, w, found.formula).ok == found.ok


MINUS = "the sign is wrong: the formula is minus {}"
TIMES = "the formula is {} times {}"
IT, TURNED = "the gradient", "the transpose of the gradient"
WRONG: dict[str, tuple[str, str, Any, str]] = {
    "the sign": ("mlp-rows", "W1", "-X.T @ Delta_Z1", MINUS.format(IT)),
    "a factor": ("mlp-rows", "W1", "2*X.T @ Delta_Z1", TIMES.format("2", IT)),
    "a mean forgotten": ("mlp-rows", "W1", "m*X.T @ Delta_Z1", TIMES.format("m", IT)),
    "a mean too many": ("mlp-rows", "b2", "colmean(Delta_Z2)", TIMES.format("1/m", IT)),
    "a half and a mean": ("mlp-rows", "b2", "colmean(Delta_Z2)/2", TIMES.format("1/(2*m)", IT)),
    "a mean of all": ("mlp-rows", "W2", "3*A1.T @ Delta_Z2/(m*k)", TIMES.format("3/(k*m)", IT)),
    "minus a size": ("mlp-rows", "b1", "-m*colsum(Delta_Z1)", TIMES.format("-m", IT)),
    "two sizes": ("mlp-rows", "b1", "2*m*h*colsum(Delta_Z1)", TIMES.format("2*h*m", IT)),
    "no derivative of the activation": (
        "mlp-rows",
        "W1",
        "X.T @ (Delta_Z2 @ W2.T)",
        "the factor A1*(1 - A1) = ∂A1/∂Z1 is missing",
    ),
    "another layer's": ("mlp-rows", "W1", "X.T @ A1", "right if A1 is Delta_Z1"),
    "nothing": ("mlp-rows", "W1", "0*ones(n, h)", ""),
    "a transpose": ("log-determinant", "K", "S - inv(K)", "the formula is the transpose of the gradient"),
    "minus a transpose": ("log-determinant", "K", "inv(K) - S", MINUS.format(TURNED)),
    "twice a transpose": ("log-determinant", "K", "2*S - 2*inv(K)", TIMES.format("2", TURNED)),
    "a quadratic form": ("quadratic-form", "A", "x @ x.T", TIMES.format("2", IT)),
    "a number": ("single-neuron", "b", "total(Delta_Z)/m", TIMES.format("1/m", IT)),
}


@pytest.mark.parametrize("case", few(WRONG))
def test_a_wrong_formula(case: str) -> None:
    network, name, formula, hint = WRONG[case]
    d = derived(network)
    found = sb.verify(d, name, formula)
    assert not found.ok
    assert found.hint == hint
    assert found.point is not None
    numeric = numeric_gradients(d.network, found.point, [name], frozenset([name]))[name]
    place = () if found.entry is None else tuple(number - 1 for number in found.entry)
    assert found.expected == pytest.approx(float(numeric[place]), rel=1e-9)
    assert relative_error(found.found or 0.0, found.expected or 0.0) > 1e-9
    words = str(found).splitlines()
    assert words[0] == f"wrong: d{d.network.loss}/d{name} is not {formula}"
    assert words[1].startswith("at " + ", ".join(f"{size} = {number}" for size, number in found.sizes.items()))
    assert (words[2].startswith(f"in entry {found.entry} the gradient is ")) is bool(place)
    assert f"the gradient is {found.expected:.12g} and the formula gives {found.found:.12g}" in words[2]
    assert words[3:] == ([hint] if hint else [])


def test_the_entry_is_the_worst_one() -> None:
    d = sb.derive(net({E: squares(W)}, (), [W]))
    verdict = sb.verify(d, "W", "W + max(W, 0)**9/10**6")
    assert verdict.point is not None
    largest = np.unravel_index(np.argmax(verdict.point["W"]), verdict.point["W"].shape)
    assert verdict.entry == (largest[0] + 1, largest[1] + 1)


def test_the_verdict_has_the_values_of_other_names() -> None:
    found = sb.verify(MLP, "W1", "2*X.T @ Delta_Z1")
    assert list(found.values) == ["Delta_Z1"]
    assert found.values["Delta_Z1"].shape == (found.sizes["m"], found.sizes["h"])
    assert found.numbers == found.sizes
    neuron = sb.verify(derived("single-neuron"), "b", "2*total(Delta_Z)")
    assert list(neuron.numbers) == [*neuron.sizes, "b"]
    assert neuron.entry is None
    assert f"b = {neuron.numbers['b']:.6g}\n" in str(neuron)


def test_a_verdict_without_sizes() -> None:
    w = MatrixSymbol("W", 2, 3)
    found = sb.verify(sb.derive(net({E: squares(w)}, (), [w])), "W", "2*W")
    lines = str(found).splitlines()
    assert lines[0] == "wrong: dE/dW is not 2*W"
    assert re.fullmatch(r"in entry \(\d, \d\) the gradient is \S+ and the formula gives \S+", lines[1])
    assert lines[2] == "the formula is 2 times the gradient"


@pytest.mark.parametrize("name", slow_except(["or-gate-vectorised"], MATRIX_EXAMPLES))
def test_every_form_verifies(name: str) -> None:
    d = derived(name)
    for w in d.wrt:
        for form in (d.gradients[w], d.shared[w], text(d.shared[w], order=d.order, unicode=False)):
            assert sb.verify(d, w, form).ok
        assert not sb.verify(d, w, d.gradients[w] + 1).ok
        wrong = sb.verify(d, w, -d.gradients[w])
        assert wrong.hint == "the sign is wrong: the formula is minus the gradient"


def test_facts_are_used() -> None:
    assert sb.verify(derived("softmax-rows"), "W", "X.T @ (P - Y)/m").ok
    assert not sb.verify(derived("softmax-rows-no-facts"), "W", "X.T @ (P - Y)/m").ok


def test_a_formula_that_is_not_defined_everywhere() -> None:
    d = sb.derive(net({Z: X * W, E: squares(Z)}, [X], [W]))
    found = sb.verify(d, "W", "inv(X.T @ X - X.T @ X) @ W")
    assert not found.ok
    assert found.found is not None
    assert np.isnan(found.found)
    assert not found.hint


@pytest.mark.parametrize(
    ("name", "formula", "message"),
    [
        ("W1", "Delta_Z1.T @ X", "error[shape]: the formula is h×n and dE/dW1 is n×h; did you mean the transpose?"),
        ("W1", "1", "error[shape]: the formula is scalar and dE/dW1 is n×h; repeat it: broadcast(…, n, h)"),
        (
            "b1",
            "Delta_Z1",
            "error[shape]: the formula is m×h and dE/db1 is 1×h; the gradient by a matrix has the shape ",
        ),
        ("W1", "X @ Delta_Z1", "error[shape]: X (m×n) @ Delta_Z1 (m×h): inner sizes n and m differ; did you mean X.T"),
        (
            "W1",
            X * MatrixSymbol("Delta_Z1", n, h),
            "error[shape]: Delta_Z1 is n×h in the formula and m×h in the network",
        ),
        ("W1", Symbol("X") * Array("W1", (n, h)), "error[shape]: X is scalar in the formula and m×n in the network; "),
        ("W1", MatrixSymbol("Q", n, h), "error[unknown-name]: Q in the formula is no name of the network; "),
        ("W1", p * MatrixSymbol("W1", n, h), "error[unknown-name]: p in the formula is no name of the network; "),
        ("W1", "Q", "error[unbound]: unknown name 'Q'; "),
        (
            "W1",
            np.ones((2, 2)),
            "error[formula]: a ndarray is no formula; give text, or an expression of MatrixSymbols",
        ),
        ("W9", "X", "error[unknown-name]: there is no gradient of W9; known names: W1, W2, b1, b2"),
        ("Z1", "X", "error[unknown-name]: there is no gradient of Z1; "),
    ],
)
def test_what_cannot_be_verified(name: str, formula: Any, message: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        sb.verify(MLP, name, formula)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_a_matrix_for_a_number() -> None:
    with pytest.raises(
        sb.DerivationError, match=re.escape("the formula is 1×m and dCost/db is scalar; sum it with total(…)")
    ):
        sb.verify(derived("single-neuron"), "b", "Delta_Z")


@pytest.mark.parametrize("formula", ["X.T @", "__import__('os').system('true')", "X.real", "lambda: 1", ""])
def test_text_that_is_no_formula(formula: str) -> None:
    with pytest.raises(sb.SymbackpropError) as error:
        sb.verify(MLP, "W1", formula)
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_a_verdict_is_the_same_for_a_seed() -> None:
    first, again = (sb.verify(MLP, "W1", "2*X.T @ Delta_Z1", seed=5) for _ in range(2))
    assert str(first) == str(again)
    assert str(first) != str(sb.verify(MLP, "W1", "2*X.T @ Delta_Z1", seed=6))
