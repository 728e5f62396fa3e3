"""A matrix network at given sizes as a scalar network: its names, its formulas, and the same gradients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from conftest import few
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_networks import MATRIX_EXAMPLES, SIZES, MatrixCase, derived, random_matrix_networks, sizes_for
from sympy import Abs, Eq, MatrixSymbol, Symbol, exp, log, symbols

import symbackprop as sb
from symbackprop.numeric.evaluate import evaluate_all, forward

m, n, h = symbols("m n h")
E = Symbol("E")
A, B, v = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n), MatrixSymbol("v", n, 1)


def loss_of(value: Any, *parameters: Any, inputs: Any = (), **options: Any) -> sb.Network:
    """A network that is one formula."""
    return sb.Network({E: value}, inputs=inputs, targets=[], parameters=parameters, loss=E, **options)


def equation(net: sb.Network, name: str) -> str:
    return str(net.equations[net.symbol(name)])


# -- names


def test_entries_are_numbered_by_row_and_column() -> None:
    x, w, z = MatrixSymbol("X", m, n), MatrixSymbol("W1", n, h), MatrixSymbol("Z1", m, h)
    net = sb.Network({z: x * w, E: sb.total(z)}, inputs=[x], targets=[], parameters=[w], loss=E, name="small")
    scalar = net.expand({"m": 2, "n": 3, h: 1})
    assert scalar.dialect == "scalar"
    assert scalar.name == "small"
    assert [s.name for s in scalar.inputs] == ["X_1_1", "X_1_2", "X_1_3", "X_2_1", "X_2_2", "X_2_3"]
    assert [s.name for s in scalar.parameters] == ["W1_1", "W1_2", "W1_3"]
    assert {str(k): str(e) for k, e in scalar.equations.items()} == {
        "Z1_1": "W1_1*X_1_1 + W1_2*X_1_2 + W1_3*X_1_3",
        "Z1_2": "W1_1*X_2_1 + W1_2*X_2_2 + W1_3*X_2_3",
        "E": "Z1_1 + Z1_2",
    }


def test_one_entry_keeps_the_name() -> None:
    net = loss_of(sb.total(v) ** 2, v)
    assert [s.name for s in net.expand({"n": 1}).parameters] == ["v"]


def test_names_that_are_there_already_are_left_alone() -> None:
    w, w_1, s = MatrixSymbol("w", n, 1), MatrixSymbol("w_1", n, n), Symbol("w_1_2_2")
    net = loss_of(sb.quadratic(w, w_1) * s, w, w_1, s)
    scalar = net.expand({n: 2})
    assert [p.name for p in scalar.parameters] == [
        "w_1", "w_2", "w_1_e_1_1", "w_1_e_1_2", "w_1_e_2_1", "w_1_e_2_2", "w_1_2_2"
    ]  # fmt: skip


def test_a_scalar_network_is_its_own_expansion() -> None:
    net = sb.mlp([2, 1])
    assert net.expand() is net


def test_sizes_that_are_numbers_need_not_be_given() -> None:
    net = sb.mlp([2, 1], notation="matrix", batch=3)
    assert len(net.expand().inputs) == 6


# -- formulas

FORMULAS: dict[str, tuple[Any, list[Any], str]] = {
    "elementwise": (sb.total(sb.sigmoid(v)), [v], "A_v_1 + A_v_2"),
    "a broadcast": (sb.inner(A, v * sb.ones(1, n)), [A, v], "A_1_1*v_1 + A_1_2*v_1 + A_2_1*v_2 + A_2_2*v_2"),
    "a scalar broadcast": (sb.inner(A, sb.broadcast(h, n, n)), [A, h], "A_1_1*h + A_1_2*h + A_2_1*h + A_2_2*h"),
    "a mean": (sb.mean(A), [A], "A_1_1/4 + A_1_2/4 + A_2_1/4 + A_2_2/4"),
    "a trace": (sb.trace(A * B), [A, B], "A_1_1*B_1_1 + A_1_2*B_2_1 + A_2_1*B_1_2 + A_2_2*B_2_2"),
    "the identity": (sb.inner(sb.eye(n), A), [A], "A_1_1 + A_2_2"),
    "a diagonal matrix": (sb.inner(sb.diag(v), A), [A, v], "A_1_1*v_1 + A_2_2*v_2"),
    "a diagonal": (sb.inner(sb.diagonal(A), v), [A, v], "A_1_1*v_1 + A_2_2*v_2"),
    "a transpose": (sb.inner(A.T, B), [A, B], "A_1_1*B_1_1 + A_1_2*B_2_1 + A_2_1*B_1_2 + A_2_2*B_2_2"),
    "a size": (n**2 * sb.total(v), [v], "4*v_1 + 4*v_2"),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_an_operation_is_written_out(case: str) -> None:
    value, parameters, expected = FORMULAS[case]
    assert str(loss_of(value, *parameters).expand({"n": 2}).equations[E].expand()) == expected


def test_determinant_and_inverse_share_the_determinant() -> None:
    net = loss_of(sb.total(A.I) + sb.logdet(A) + sb.det(A), A)
    scalar = net.expand({n: 2})
    assert equation(scalar, "det_A") == "A_1_1*A_2_2 - A_1_2*A_2_1"
    assert scalar.equations[Symbol("inv_A_1_2")] == -Symbol("A_1_2") / Symbol("det_A")
    assert scalar.equations[E].has(log(Abs(Symbol("det_A"))))
    assert [name.name for name in scalar.equations].count("det_A") == 1


def test_softmax_is_the_softmax_of_each_row_or_column() -> None:
    for axis, among in ((1, "[A_1_1, A_1_2]"), (0, "[A_1_1, A_2_1]")):
        p = MatrixSymbol("P", n, n)
        net = sb.Network(
            {p: sb.softmax(A, axis=axis), E: sb.total(sb.power(p, 2))}, inputs=[], targets=[], parameters=[A], loss=E
        )
        assert equation(net.expand({n: 2}), "P_1_1") == f"softmax(A_1_1, {among})"


def test_of_one_score() -> None:
    net = loss_of(
        sb.total(sb.hadamard(sb.softmax(v.T, axis=0), v.T))
        + sb.total(sb.log_softmax(v.T, axis=0)) + sb.total(sb.logsumexp(v.T, axis=0)),
        v,
    )  # fmt: skip
    values = forward(net.expand({n: 2}), {"v_1": 0.3, "v_2": 0.5})
    assert values["E"] == pytest.approx(1.6)


def test_log_sum_exp_is_a_logarithm() -> None:
    net = loss_of(sb.total(sb.logsumexp(A, axis=1)), A)
    scalar = net.expand({n: 2})
    assert log(exp(Symbol("A_1_1")) + exp(Symbol("A_1_2"))) in list(scalar.equations.values())


def test_an_operation_of_the_users_own_is_its_formula() -> None:
    a, r, g = MatrixSymbol("a", m, n), MatrixSymbol("r", m, m), MatrixSymbol("g", m, m)
    gram = sb.operation("gram", [a], r, g, value=a * a.T, adjoints=[(g + g.T) * a])
    x = MatrixSymbol("X", h, 2)
    net = loss_of(sb.total(gram(x)), x)
    scalar = net.expand({"h": 1})
    assert (
        scalar.equations[E] == Symbol("X_1") ** 2 + Symbol("X_2") ** 2 or equation(scalar, "A_X") == "X_1**2 + X_2**2"
    )


# -- roles, values, facts


def test_entries_that_the_loss_does_not_need_are_inputs() -> None:
    scalar = loss_of(sb.trace(A) ** 2, A).expand({n: 2})
    assert [p.name for p in scalar.parameters] == ["A_1_1", "A_2_2"]
    assert [p.name for p in scalar.inputs] == ["A_1_2", "A_2_1"]


def test_facts_hold_of_the_entries() -> None:
    net = MATRIX_EXAMPLES["softmax-rows"]().network()
    scalar = net.expand({"m": 2, "n": 1, "k": 2})
    assert [str(fact) for fact in scalar.facts] == ["Eq(Y_1_1 + Y_1_2, 1)", "Eq(Y_2_1 + Y_2_2, 1)"]
    symmetric = MATRIX_EXAMPLES["symmetric-form"]().network().expand({"n": 3})
    assert [set(fact.args) for fact in symmetric.facts] == [
        {Symbol("A_1_2"), Symbol("A_2_1")}, {Symbol("A_1_3"), Symbol("A_3_1")}, {Symbol("A_2_3"), Symbol("A_3_2")}
    ]  # fmt: skip
    assert "Y_1_1 + Y_1_2" not in str(sb.derive(scalar).backward)


def test_facts_that_are_linear_in_no_entry_are_left_out() -> None:
    x, w = MatrixSymbol("X", m, n), MatrixSymbol("W", m, n)
    squares = Eq(sb.rowsum(sb.power(x, 2)), sb.ones(m, 1))
    sums = Eq(sb.colsum(x), sb.ones(1, n))
    net = loss_of(sb.total(sb.hadamard(x, w)), w, inputs=[x], facts=[squares, sums])
    scalar = net.expand({"m": 2, "n": 2})
    assert [str(fact) for fact in scalar.facts] == ["Eq(X_1_1 + X_2_1, 1)", "Eq(X_1_2 + X_2_2, 1)"]
    assert sb.check(sb.derive(scalar)).ok
    turned = loss_of(
        sb.total(sb.hadamard(A, v * v.T)), v, inputs=[A, B], facts=[Eq(sb.power(A, 2), B), Eq(B.T, B)]
    ).expand({"n": 2})
    assert "Eq(A_1_2**2, B_1_2)" in map(str, turned.facts)
    assert sb.derive(turned).gradients


# -- what is refused

REFUSED: dict[str, tuple[dict[Any, Any], str]] = {
    "a size is missing": (
        {"m": 2}, "error[sizes]: in expand: there is no number for n, k, h; add it, as in {'n': 2, 'k': 2, 'h': 2}"
    ),
    "an unknown size": (
        {"q": 2}, "error[sizes]: in expand: n-h-k perceptron has no size q; known names: h, k, m, n"
    ),
    "nought": (
        {"m": 0}, "error[sizes]: in expand: size m is 0; a size is a whole number from 1 up"
    ),
    "a fraction": (
        {"m": 1.5}, "error[sizes]: in expand: size m is 1.5; a size is a whole number from 1 up"
    ),
    "a truth": (
        {"m": True}, "error[sizes]: in expand: size m is True; a size is a whole number from 1 up"
    ),
    "too many entries": (
        {"m": 100, "n": 100, "h": 100, "k": 100},
        "error[sizes]: in expand: at these sizes n-h-k perceptron has 80,200 entries; expand it to 20,000 at most",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_sizes_are_refused(case: str) -> None:
    sizes, message = REFUSED[case]
    net = sb.mlp(["n", "h", "k"], notation="matrix")
    with pytest.raises(sb.NetworkError) as error:
        net.expand(sizes)
    assert str(error.value) == message


def test_a_scalar_network_has_no_sizes() -> None:
    with pytest.raises(sb.NetworkError, match="all its sizes are numbers"):
        sb.mlp([2, 1]).expand({"m": 2})


def test_a_size_that_comes_to_nothing() -> None:
    x = MatrixSymbol("x", n - 2, 1)
    with pytest.raises(sb.NetworkError, match="n - 2 of x is -1"):
        loss_of(sb.total(sb.power(x, 2)) + 0 * n, x).expand({n: 1})


def test_a_large_inverse_is_not_written_out() -> None:
    with pytest.raises(sb.NetworkError, match=r"in inv_A: the determinant of A would have 5! terms"):
        loss_of(sb.total(A.I), A).expand({n: 5})


def test_an_operation_without_a_formula() -> None:
    r, g = MatrixSymbol("r", n, n), MatrixSymbol("g", n, n)
    own = sb.operation("factor", [A], r, g, numpy="np.linalg.cholesky", adjoints=[g])
    with pytest.raises(sb.NetworkError, match="factor is known by its NumPy function alone"):
        loss_of(sb.total(own(A)), A).expand({n: 2})


# -- the same network


def entry_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the scalar network, by the names that entries have."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        array = np.asarray(value)
        for index in np.ndindex(array.shape):
            numbers = [f"_{i + 1}" for i, side in zip(index, array.shape, strict=True) if side > 1]
            found[name + "".join(numbers)] = float(array[index])
    return found


def gradients(derivation: sb.Derivation, values: Mapping[str, Any]) -> dict[str, Any]:
    """The closed forms at a point."""
    found = evaluate_all(derivation.gradients.values(), values)
    return dict(zip((w.name for w in derivation.wrt), found, strict=True))


def compare(case: MatrixCase, net: sb.Network, sizes: Mapping[str, int], seed: int) -> None:
    """Values forward, and gradients, of a matrix network and of its entries."""
    scalar = net.expand(sizes)
    values = case.values(sizes, seed)
    entries = entry_values(values)
    whole = forward(net, {**values, **sizes})
    written_out = forward(scalar, entries)
    for name in net.equations:
        for entry, value in entry_values({name.name: whole[name.name]}).items():
            assert float(written_out[entry]) == pytest.approx(value, rel=1e-10, abs=1e-12), entry
    matrix, zero = derived(net, [w.name for w in net.parameters])
    entrywise, _ = derived(scalar, [w.name for w in scalar.parameters])
    closed = gradients(matrix, whole) | {name: np.float64(0) for name in zero}
    single = gradients(entrywise, written_out)
    largest = max(1.0, *(float(np.abs(g).max()) for g in closed.values()))
    for name, gradient in closed.items():
        whole_gradient = np.broadcast_to(gradient, np.shape(values[name]))
        for entry, value in entry_values({name: whole_gradient}).items():
            other = float(single.get(entry, 0.0))
            assert abs(other - value) <= max(1e-10 * max(abs(other), abs(value)), 1e-13 * largest), entry


@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
def test_both_derivations_agree_weight_by_weight(name: str) -> None:
    case = MATRIX_EXAMPLES[name]()
    net = case.network()
    compare(case, net, sizes_for(net, SIZES[0]), seed=3)


@pytest.mark.slow
@settings(max_examples=120)
@given(random_matrix_networks(), st.integers(0, 2**16))
def test_random_networks(case: MatrixCase, seed: int) -> None:
    compare(case, case.network(), case.sizes, seed)
