"""Mini-batches, one example at a time, and the axis along which the examples lie."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from networks import or_gate
from sympy import Eq, MatrixSymbol, symbols

import symbackprop as sb
from symbackprop.training.examples import Examples

m, n, k = symbols("m n k")
E = symbols("E")
RNG = np.random.default_rng(3)
INPUTS, OUTPUTS = RNG.normal(size=(10, 3)), RNG.normal(size=(10, 2))
WEIGHTS = RNG.normal(size=(3, 2))
GATE = {"x1": [0, 0, 1, 1], "x2": [0, 1, 0, 1], "y": [0, 1, 1, 1]}


def line(rows: bool = True, **options: Any) -> sb.Derivation:
    """Linear regression, with the examples in rows or in columns."""
    turn = (lambda *shape: shape) if rows else (lambda *shape: shape[::-1])
    X, T, Z = (MatrixSymbol(name, *turn(m, size)) for name, size in (("X", n), ("T", k), ("Z", k)))
    W = MatrixSymbol("W", *turn(n, k))
    net = sb.Network(
        {Z: X * W if rows else W * X, E: sb.total(sb.power(Z - T, 2)) / (2 * m)},
        inputs=[X], targets=[T], parameters=[W], loss=E, **options,
    )  # fmt: skip
    return sb.derive(net)


ROWS, COLUMNS = line(), line(rows=False)


def by_hand(batch_size: int, epochs: int, rate: float, seed: int) -> np.ndarray:
    """The weights of linear regression after some epochs, without anything of ours but the order of the examples."""
    W = WEIGHTS
    for epoch in range(epochs):
        order = np.random.default_rng([seed, epoch + 1]).permutation(10)
        for first in range(0, 10, batch_size):
            X, T = INPUTS[order[first : first + batch_size]], OUTPUTS[order[first : first + batch_size]]
            W = W - rate * X.T @ (X @ W - T) / len(X)
    return W


@pytest.mark.parametrize("batch_size", [1, 3, 5, 10, 64])
@pytest.mark.parametrize("rows", [True, False])
def test_batches_are_those_of_a_loop_by_hand(batch_size: int, rows: bool) -> None:
    def turned(values: Any) -> Any:
        return values if rows else values.T

    history = sb.train(
        ROWS if rows else COLUMNS, {"X": turned(INPUTS), "T": turned(OUTPUTS)}, initial={"W": turned(WEIGHTS)},
        learning_rate=0.05, epochs=4, batch_size=batch_size, seed=8,
    )  # fmt: skip
    for epoch in range(5):
        expected = by_hand(batch_size, epoch, 0.05, 8)
        np.testing.assert_allclose(turned(history.parameters["W"][epoch]), expected, rtol=0, atol=1e-13)
        loss = ((INPUTS @ expected - OUTPUTS) ** 2).sum() / 20
        assert history.losses[epoch] == pytest.approx(loss, rel=1e-12)
    assert history.forward["Z"].shape == ((5, 10, 2) if rows else (5, 2, 10))
    assert history.batch_size == batch_size


def test_scalar_networks_take_batches_of_flat_arrays() -> None:
    vectorised = sb.derive(sb.load_example("or-gate-vectorised"))
    arguments = {"learning_rate": 1.0, "epochs": 20, "batch_size": 1, "seed": 4}
    one = sb.train(sb.derive(or_gate()), GATE, initial={"w1": 0.1, "w2": 0.6, "b": 0.0}, **arguments)
    whole = sb.train(vectorised, **arguments)
    np.testing.assert_allclose(one.losses, whole.losses, rtol=0, atol=1e-13)
    np.testing.assert_allclose(one.parameters["w2"], whole.parameters["W"][:, 0, 1], rtol=0, atol=1e-13)


def test_seeds_shuffle() -> None:
    def trained(seed: int) -> Any:
        return sb.train(
            ROWS, {"X": INPUTS, "T": OUTPUTS}, initial={"W": WEIGHTS}, learning_rate=0.05, epochs=3, batch_size=3,
            seed=seed,
        ).final["W"]  # fmt: skip

    np.testing.assert_array_equal(trained(1), trained(1))
    assert (trained(1) != trained(2)).any()


def test_each_epoch_has_every_example_once_in_an_order_of_its_own() -> None:
    examples = Examples({"x": np.arange(100.0), "c": np.array(5.0)}, {"x": 0})
    orders = []
    for epoch in range(3):
        batches = list(examples.batches(32, seed=0, epoch=epoch))
        assert [len(batch["x"]) for batch in batches] == [32, 32, 32, 4]
        assert all(batch["c"] == 5.0 for batch in batches)
        orders.append(np.concatenate([batch["x"] for batch in batches]))
        np.testing.assert_array_equal(np.sort(orders[-1]), np.arange(100.0))
    assert (orders[0] != orders[1]).any()
    assert (orders[1] != orders[2]).any()


def test_one_example_is_one_batch() -> None:
    d = sb.derive(or_gate())
    data, start = {"x1": 1, "x2": 0, "y": 1}, {"w1": 0.1, "w2": 0.6, "b": 0}
    whole = sb.train(d, data, initial=start, learning_rate=1, epochs=3)
    np.testing.assert_array_equal(
        whole.losses, sb.train(d, data, initial=start, learning_rate=1, epochs=3, batch_size=7).losses
    )


def test_what_has_no_example_axis_stays_whole() -> None:
    history = sb.train(sb.derive(sb.load_example("layer-norm")), learning_rate=0.1, epochs=5, batch_size=2)
    assert history.losses[-1] < history.losses[0]


def test_facts_of_single_examples_hold_in_batches() -> None:
    d = sb.derive(sb.load_example("softmax-cross-entropy"))
    assert d.facts
    history = sb.train(d, learning_rate=0.5, epochs=30, batch_size=2)
    assert history.losses[-1] < 0.8 * history.losses[0]


def test_divergence_tells_the_epoch() -> None:
    with pytest.raises(sb.Diverged) as error:
        sb.train(ROWS, {"X": 1e3 * INPUTS, "T": OUTPUTS}, initial={"W": WEIGHTS}, learning_rate=1e3, epochs=50,
                 batch_size=2)  # fmt: skip
    history: Any = error.value.history
    assert str(error.value) == (
        f"error[diverged]: E is no longer finite after {history.diverged_at} epochs at rate 1000; "
        "try a smaller learning rate, such as 100"
    )
    assert np.isfinite(history.losses[:-1]).all()
    assert len(history.losses) == history.diverged_at + 1 == len(history.rates)


def test_a_start_that_is_not_finite_is_no_matter_of_the_rate() -> None:
    with pytest.raises(sb.Diverged) as error:
        sb.train(ROWS, {"X": INPUTS, "T": OUTPUTS}, initial={"W": 1e200 * WEIGHTS}, learning_rate=0.1, epochs=5)
    assert str(error.value) == (
        "error[diverged]: E is not finite at the first values, before any update; "
        "look at E = total((Z - T)**2)/(2*m), and at what goes into it"
    )


# -- what does not fit


@pytest.mark.parametrize("size", [0, -1, 2.5, True, "all"])
def test_sizes_that_are_none(size: Any) -> None:
    with pytest.raises(sb.DataError) as error:
        sb.train(ROWS, {"X": INPUTS, "T": OUTPUTS}, initial={"W": WEIGHTS}, learning_rate=1, epochs=1, batch_size=size)
    assert str(error.value) == (
        f"error[batch-size]: batch_size = {size!r} is not a whole number from 1; give, say, 32, or leave it out"
    )


def refused(d: sb.Derivation, **arguments: Any) -> str:
    with pytest.raises(sb.DataError) as error:
        sb.train(d, **arguments, learning_rate=0.1, epochs=1, batch_size=2)
    return str(error.value)


def test_examples_that_look_at_each_other_are_not_taken_apart() -> None:
    assert refused(sb.derive(sb.load_example("attention"))) == (
        "error[batch-size]: S (m×m) relates each of the m rows to all others; "
        "leave batch_size out, and train on all at once"
    )


def test_a_fact_about_all_examples_does_not_hold_for_some_of_them() -> None:
    X = MatrixSymbol("X", m, n)
    centred = line(facts=[Eq(sb.colsum(X), sb.broadcast(0, 1, n))])
    data = {"X": INPUTS - INPUTS.mean(axis=0), "T": OUTPUTS}
    assert refused(centred, data=data, initial={"W": WEIGHTS}) == (
        "error[batch-size]: the fact colsum(X) = 0 is about all m examples, and would not hold for a part of them; "
        "leave the fact or batch_size out"
    )


def test_sizes_of_which_none_counts_examples() -> None:
    A, W, Z = MatrixSymbol("A", n, n), MatrixSymbol("W", n, k), MatrixSymbol("Z", n, k)
    net = sb.Network({Z: A * W, E: sb.total(Z)}, inputs=[A], targets=[], parameters=[W], loss=E)
    arguments = {"data": {"A": np.eye(3)}, "initial": {"W": WEIGHTS}}
    assert refused(sb.derive(net), **arguments) == (
        "error[batch-size]: no one size counts the examples in A n×n; leave batch_size out, and train on all at once"
    )
