"""Training steps in buffers: the same numbers as the readable functions give, in the memory that they need."""

from __future__ import annotations

import ast
import math
import tracemalloc
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from conftest import few, is_present, slow_except
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from matrix_networks import MATRIX_EXAMPLES, SIZES, MatrixCase, derived, random_matrix_networks, sizes_for
from sympy import MatrixSymbol, Rational, symbols

import symbackprop as sb
from symbackprop.numeric.compiled import compiled
from symbackprop.numeric.tuned import Choice, MatrixStepper
from symbackprop.numeric.tuned.fusing import Passes
from symbackprop.training.optimisers import optimiser
from symbackprop.training.rules import RULES

RATE = 1e-3
SHIPPED = {name: sb.load_example(name) for name in sb.example_names()}
WITH_A_LOSS = [name for name, net in SHIPPED.items() if net.dialect == "matrix" and not net.outputs]


def stepper(
    derivation: sb.Derivation, values: Mapping[str, Any], rule: str = "gradient-descent", axes: Any = (), **options: Any
) -> MatrixStepper:
    weights = {w.name: np.asarray(values[w.name]) for w in derivation.wrt if w.name in values}
    data = {name: np.asarray(value) for name, value in values.items() if name not in weights}
    return MatrixStepper(derivation, optimiser(rule).loop_rule(), data, weights, dict(axes), **options)


def expected(
    derivation: sb.Derivation, values: Mapping[str, Any], rule: str = "gradient-descent", steps: int = 1
) -> tuple[float, dict[str, Any]]:
    """The last loss, and the weights after so many updates by the readable functions."""
    f, chosen = sb.lambdify(derivation), optimiser(rule)
    trained = [w.name for w in derivation.wrt if w.name in values]
    weights = {name: values[name] for name in trained}
    state = chosen.start(weights)
    loss = 0.0
    for _ in range(steps):
        loss, gradients = f(**{**values, **weights})
        weights, state = chosen.step(weights, {name: gradients[name] for name in trained}, state, RATE)
    return float(loss), weights


def close(found: Any, wanted: Any, tolerance: float = 1e-12) -> None:
    """Equal to a relative error, but no closer than the rounding of what cancels."""
    scale = max(1.0, float(np.abs(wanted).max()))
    assert np.shape(found) == np.shape(wanted)
    assert np.abs(np.asarray(found) - wanted).max() <= tolerance * scale, (found, wanted)


def all_close(found: Mapping[str, Any], wanted: Mapping[str, Any], tolerance: float = 1e-12) -> None:
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        close(found[name], value, tolerance)


def drawn(case: MatrixCase, sizes: Mapping[str, int], seed: int = 0) -> tuple[sb.Derivation, dict[str, Any]]:
    net = case.network()
    derivation, _ = derived(net, [w.name for w in net.parameters] or list(case.wrt))
    return derivation, case.values(sizes_for(net, sizes), seed)


@pytest.mark.parametrize("sizes", SIZES, ids=lambda sizes: f"m{sizes['m']}")
@pytest.mark.parametrize("name", few(MATRIX_EXAMPLES))
def test_a_step_is_that_of_the_readable_functions(name: str, sizes: Mapping[str, int]) -> None:
    derivation, values = drawn(MATRIX_EXAMPLES[name](), sizes)
    made = stepper(derivation, values)
    loss, weights = expected(derivation, values)
    close(made.step(RATE), loss)
    all_close(made.weights, weights)
    made.step(RATE)
    all_close(made.weights, expected(derivation, values, steps=2)[1])


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_a_step_is_that_of_torch(name: str) -> None:
    case = MATRIX_EXAMPLES[name]()
    derivation, values = drawn(case, SIZES[1])
    moved = [w.name for w in derivation.wrt]
    witnessed = case.autograd(values, sizes_for(derivation.network, SIZES[1]), moved)
    made = stepper(derivation, values)
    close(made.step(RATE), witnessed.loss)
    all_close(made.weights, {w: values[w] - RATE * witnessed.gradients[w] for w in moved})


@pytest.mark.parametrize("name", WITH_A_LOSS)
def test_a_step_of_the_networks_that_ship_with_it(name: str) -> None:
    derivation = sb.derive(sb.load_example(name))
    made = sb.trainer(derivation, learning_rate=RATE, optimiser="adam", backend="numpy")
    history = sb.train(derivation, learning_rate=RATE, optimiser="adam", epochs=3)
    close(made.run(3), history.losses[:3])
    all_close({w.name: made.weights[w.name] for w in derivation.wrt}, history.final)


@pytest.mark.slow
@settings(max_examples=100)
@given(random_matrix_networks(layers=4, depth=2), st.integers(0, 2**16))
def test_a_step_of_random_networks(case: MatrixCase, seed: int) -> None:
    derivation, values = drawn(case, case.sizes, seed)
    loss, weights = expected(derivation, values)
    assume(np.isfinite(loss) and abs(loss) < 1e3 and all(np.abs(w).max() < 1e3 for w in weights.values()))
    made = stepper(derivation, values)
    close(made.step(RATE), loss)
    all_close(made.weights, weights)


def perceptron(sizes: Any = ("n", "h", "k"), activation: str = "sigmoid", **options: Any) -> sb.Derivation:
    return sb.derive(sb.mlp(list(sizes), notation="matrix", activation=activation, loss="cross_entropy", **options))


def values_of(sizes: tuple[int, ...], examples: int, dtype: Any = float, seed: int = 0) -> dict[str, Any]:
    """Data and weights of a perceptron."""
    rng = np.random.default_rng(seed)
    found = {"X": rng.normal(size=(examples, sizes[0])), "Y": np.eye(sizes[-1])[rng.integers(0, sizes[-1], examples)]}
    for layer, (before, after) in enumerate(pairwise(sizes), start=1):
        found[f"W{layer}"] = rng.normal(size=(before, after)) / np.sqrt(before)
        found[f"b{layer}"] = rng.normal(size=(1, after)) / 10
    return {name: value.astype(dtype) for name, value in found.items()}


IN_ROWS = {"X": 0, "Y": 0}


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "gelu", "silu"])
def test_every_activation(activation: str) -> None:
    derivation, values = perceptron(activation=activation), values_of((3, 5, 4), 9)
    made = stepper(derivation, values)
    made.step(RATE)
    made.step(RATE)
    all_close(made.weights, expected(derivation, values, steps=2)[1])


@pytest.mark.parametrize("rule", RULES)
def test_every_optimiser(rule: str) -> None:
    derivation, values = perceptron(), values_of((3, 5, 4), 9)
    made = stepper(derivation, values, rule)
    losses = made.run([RATE] * 4)
    loss, weights = expected(derivation, values, rule, steps=4)
    close(losses[-1], loss)
    all_close(made.weights, weights)


def test_scores_far_from_zero_do_not_overflow() -> None:
    derivation, values = perceptron(), values_of((3, 5, 4), 9)
    values["W1"] *= 1e4
    values["W2"] *= 1e4
    made = stepper(derivation, values)
    loss, weights = expected(derivation, values)
    close(made.step(RATE), loss)
    all_close(made.weights, weights)


@pytest.mark.parametrize("rule", ["gradient-descent", "adam"])
def test_float32_stays(rule: str) -> None:
    derivation, values = perceptron(), values_of((3, 5, 4), 9)
    made = stepper(derivation, {name: value.astype(np.float32) for name, value in values.items()}, rule)
    loss, weights = expected(derivation, values, rule)
    assert made.step(RATE) == pytest.approx(loss, rel=1e-5)
    assert {w.dtype for w in made.weights.values()} == {np.dtype(np.float32)}
    all_close(made.weights, weights, 1e-5)


@pytest.mark.parametrize("columns", [False, True])
def test_batches_are_examples_and_the_last_may_be_smaller(columns: bool) -> None:
    derivation = perceptron(examples="columns" if columns else "rows")
    values = values_of((3, 5, 4), 11)
    axes = {"X": int(columns), "Y": int(columns)}
    if columns:
        values = {name: np.ascontiguousarray(value.T) for name, value in values.items()}
    made = stepper(derivation, values, axes=axes)
    chosen = [slice(0, 4), np.array([9, 1, 1, 5]), slice(8, None), np.array([10, 2, 0]), slice(None, None, 2), None]
    weights = {w.name: values[w.name] for w in derivation.wrt}
    for rows in chosen:
        picked = np.arange(11)[slice(None) if rows is None else rows]
        batch = {name: values[name].take(picked, axis=axis) for name, axis in axes.items()}
        loss, weights = expected(derivation, {**batch, **weights})
        close(made.step(RATE, rows), loss)
        all_close(made.weights, weights)


def test_what_is_given_is_never_changed() -> None:
    derivation, values = perceptron(), values_of((3, 5, 4), 9)
    before = {name: value.copy() for name, value in values.items()}
    made = stepper(derivation, values, axes=IN_ROWS)
    for rows in (None, slice(0, 5), np.array([1, 2])):
        made.step(RATE, rows)
    made.weights["W1"][:] = 0
    for name, value in values.items():
        assert (value == before[name]).all()
    assert np.abs(made.weights["W1"]).min() > 0


def test_nothing_moves_where_the_loss_is_not_finite() -> None:
    derivation, values = perceptron(), values_of((3, 5, 4), 9)
    values["X"][0, 0] = np.nan
    made = stepper(derivation, values, "adam", axes=IN_ROWS)
    assert np.isnan(made.step(RATE))
    assert np.isnan(made.run([RATE] * 3)).tolist() == [True]
    all_close(made.weights, {w.name: values[w.name] for w in derivation.wrt})
    assert np.isfinite(made.step(RATE, slice(1, None)))
    kept = {**values, "X": values["X"][1:], "Y": values["Y"][1:]}
    all_close(made.weights, expected(derivation, kept, "adam")[1])


NETWORKS = [((784, 256, 128, 10), 128), ((64, 64, 64, 10), 64), ((2, 16, 16, 2), 32), ((2, 64, 64, 2), 1000)]


@pytest.mark.parametrize(("sizes", "examples"), NETWORKS)
@pytest.mark.parametrize("activation", few(["sigmoid", "tanh", "relu"]))
def test_memory_is_that_of_activations_and_gradients(activation: str, sizes: tuple[int, ...], examples: int) -> None:
    values = values_of(sizes, examples, np.float32)
    derivation = perceptron(sizes, activation)
    weights = sum(values[w.name].nbytes for w in derivation.wrt)
    activations = 4 * examples * sum(sizes[1:])
    signal = 4 * examples * max(sizes[1:])  # of one layer at a time
    data = {name: values.pop(name) for name in IN_ROWS}
    tracemalloc.start()
    made = stepper(derivation, {**data, **values}, axes=IN_ROWS)
    made.step(RATE)
    only = tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)
    arrays = sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([only]).traces)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    made.run([RATE] * 3)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    gradients = weights + signal
    assert arrays - weights <= 1.2 * (activations + gradients)  # the stepper has a copy of the weights
    assert peak - held < 8192 * 4 + 4096  # the buffer in which NumPy repeats a row, whatever the size


@pytest.mark.parametrize("name", ["attention", "layer-norm", "logistic-regression"])
def test_the_source_is_the_same_each_time(name: str) -> None:
    derivation, values = drawn(MATRIX_EXAMPLES[name](), SIZES[1])
    again, _ = drawn(MATRIX_EXAMPLES[name](), SIZES[1])
    assert stepper(derivation, values).source == stepper(again, values).source


def test_a_gradient_that_is_a_value_of_the_way_forward() -> None:
    m, E = symbols("m E")
    w, v, y = MatrixSymbol("W", m, m), MatrixSymbol("V", m, m), MatrixSymbol("Y", m, m)
    net = sb.Network({v: sb.softplus(w), E: sb.total(v) + sb.total(y)}, inputs=[y], targets=[], parameters=[w], loss=E)
    derivation, values = sb.derive(net), {"W": np.array([[0.4, -1], [2, 0]]), "Y": np.ones((2, 2))}
    made = stepper(derivation, values)
    made.step(RATE)
    all_close(made.weights, expected(derivation, values)[1])


def test_a_value_that_cancels() -> None:
    n, E = symbols("n E")
    w, u, v = (MatrixSymbol(name, n, n) for name in "WUV")
    net = sb.Network(
        {u: sb.hadamard(w, w), v: sb.hadamard(w, w) - u, E: sb.total(u) + sb.mean(v) + sb.total(w)},
        inputs=[], targets=[], parameters=[w], loss=E,
    )  # fmt: skip
    derivation, values = sb.derive(net), {"W": np.array([[0.4, -1.0], [2.0, 3.0]], dtype=np.float32)}
    loss, weights = expected(derivation, values)
    assert loss == pytest.approx(float((values["W"] ** 2 + values["W"]).sum()), rel=1e-6)
    made = stepper(derivation, values)
    close(made.step(RATE), loss, 1e-6)
    all_close(made.weights, weights, 1e-6)


def test_a_step_function_that_is_called_by_name() -> None:
    n, E = symbols("n E")
    s, d = MatrixSymbol("s", n, 1), MatrixSymbol("D", n, n)
    net = sb.Network(
        {d: sb.diag(s), E: sb.total(sb.relu(d)) + sb.total(sb.hadamard(d, sb.relu(d)))},
        inputs=[], targets=[], parameters=[s], loss=E,
    )  # fmt: skip
    derivation, values = sb.derive(net), {"s": np.array([[0.4], [-1.0]])}
    made = stepper(derivation, values)
    made.step(RATE)
    all_close(made.weights, expected(derivation, values)[1])


@pytest.mark.slow
@pytest.mark.needs("numba")
@pytest.mark.parametrize(
    "name", slow_except(["mlp-columns"], ["mlp-columns", "batch-norm", "attention", "softmax-rows-no-facts", "rnn"])
)
def test_numba_and_numpy_agree(name: str) -> None:
    derivation, values = drawn(MATRIX_EXAMPLES[name](), SIZES[2])
    made, fused = stepper(derivation, values), stepper(derivation, values, fused=True)
    for wanted, found in zip(made.run([RATE] * 3), fused.run([RATE] * 3), strict=True):
        close(found, wanted)
    all_close(fused.weights, made.weights)


@pytest.mark.slow
@pytest.mark.needs("numba")
@pytest.mark.parametrize("dtype", slow_except([np.float32], [np.float32, np.float64]))
@pytest.mark.parametrize("activation", slow_except(["sigmoid"], ["sigmoid", "tanh", "relu"]))
def test_numba_and_numpy_agree_far_from_zero(activation: str, dtype: Any) -> None:
    derivation, values = perceptron((3, 5, 4), activation), values_of((3, 5, 4), 40, dtype)
    values["X"] *= np.geomspace(1e-3, 1e3, 40, dtype=dtype)[:, None]
    made, fused = stepper(derivation, values, "adam"), stepper(derivation, values, "adam", fused=True)
    tolerance = 1e-5 if dtype == np.float32 else 1e-12
    close(fused.step(RATE), made.step(RATE), tolerance)
    all_close(fused.weights, made.weights, tolerance)
    assert {w.dtype for w in fused.weights.values()} == {np.dtype(dtype)}


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_a_pass_keeps_what_it_has_in_registers_out_of_memory() -> None:
    values = values_of((3, 5, 4), 9)
    made, fused = (stepper(perceptron(activation="relu"), values, fused=fused) for fused in (False, True))
    assert "np.empty((m, h), bool)" in made.source
    assert "np.empty((m, h), bool)" not in fused.source
    close(fused.step(RATE), made.step(RATE))


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_numbers_that_are_too_large_for_the_compiler_are_read() -> None:
    n, E = symbols("n E")
    w = MatrixSymbol("W", n, 2)
    tiny = Rational(1, 10**30)
    net = sb.Network(
        {E: sb.total(sb.power(sb.tanh(w) * tiny, 2)) * 10**60}, inputs=[], targets=[], parameters=[w], loss=E
    )
    derivation, values = sb.derive(net), {"W": np.array([[0.5, -2.0]])}
    fused = stepper(derivation, values, fused=True)
    fused.step(RATE)
    all_close(fused.weights, expected(derivation, values)[1])


@pytest.mark.slow
@pytest.mark.needs("numba")
@pytest.mark.parametrize("name", ["float32", "float64"])
def test_the_exponential_of_passes(name: str) -> None:
    functions = compiled(Passes([], np.dtype(name)).text, ["exp", "tanh", "maximum", "minimum"], ["parts"])
    real, epsilon = np.dtype(name).type, float(np.finfo(name).eps)
    low, high = (-87, 88) if name == "float32" else (-708, 709)
    for x in np.concatenate([np.linspace(low, high, 2001), np.linspace(-1, 1, 201), [1e-9, -1e-5]]).astype(name):
        assert functions["exp"](x) == pytest.approx(math.exp(x), rel=2 * epsilon)
        assert functions["tanh"](x) == pytest.approx(math.tanh(x), rel=4 * epsilon)
    assert [functions["exp"](real(x)) for x in (1e4, -1e4, math.inf, -math.inf)] == [math.inf, 0, math.inf, 0]
    assert [functions["tanh"](real(x)) for x in (math.inf, -math.inf)] == [1, -1]
    nan = real(math.nan)
    assert np.isnan([functions["exp"](nan), functions["tanh"](nan)]).all()
    for function in ("maximum", "minimum"):
        assert np.isnan([functions[function](nan, real(1)), functions[function](real(1), nan)]).all()
        assert functions[function](real(1), real(2)) == getattr(np, function)(1, 2)


def trained(backend: str, dtype: Any = None, **options: Any) -> sb.Trainer:
    values = values_of((3, 5, 4), 9)
    derivation = perceptron()
    data = {name: values.pop(name) for name in IN_ROWS}
    return sb.trainer(derivation, data, values, RATE, dtype=dtype, backend=backend, **options)


def test_trainer_takes_these_steps() -> None:
    made = trained("numpy", optimiser="adam")
    losses = made.run(3)
    loss, weights = expected(perceptron(), values_of((3, 5, 4), 9), "adam", steps=3)
    close(losses[-1], loss)
    all_close(made.weights, weights)
    assert made.backend == "numpy"
    assert "matmul(X, W1, Z1)" in made.source


@pytest.mark.slow
@pytest.mark.needs("numba")
def test_trainer_by_numba() -> None:
    made, fused = trained("numpy"), trained("numba")
    assert fused.backend == "numba"
    assert "pass_1(Z1, b1)" in fused.source
    for rows in (None, slice(2, 6), [3, 1, 1]):
        close(fused.step(rows), made.step(rows))
    all_close(fused.weights, made.weights)


@pytest.mark.needs("numba")
def test_numba_is_chosen_when_it_saves_more_than_it_costs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symbackprop.numeric.tuned.choice.is_kept", lambda *_: False)
    made = stepper(perceptron(), values_of((3, 5, 4), 9))
    assert not Choice(made.written, made.sizes).is_worth_it(1000)
    assert Choice(made.written, made.sizes).is_worth_it(10**7)
    choice = Choice(made.written, made.sizes)
    assert not choice.is_worth_it(10**4)
    assert any(choice.is_worth_it(10**5) for _ in range(100))


def test_without_numba_it_is_never_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symbackprop.numeric.tuned.choice.has_numba", lambda: False)
    made = stepper(perceptron(), values_of((3, 5, 4), 9))
    assert not Choice(made.written, made.sizes).is_worth_it(10**9)


def test_whether_numba_is_there_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr("symbackprop.numeric.tuned.choice.has_numba", lambda: bool(looked.append("numba")))
    made = stepper(perceptron(), values_of((3, 5, 4), 9))
    choice = Choice(made.written, made.sizes)
    assert not any(choice.is_worth_it(10**6) for _ in range(3))
    assert looked == ["numba"]


@pytest.mark.slow
def test_auto_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    made, auto = trained("numpy", optimiser="adam"), trained("auto", optimiser="adam")
    for step in range(4):
        monkeypatch.setattr("symbackprop.numeric.tuned.Choice.is_worth_it", lambda *_, step=step: step == 2)
        if is_present("numba") or step < 2:
            close(auto.step(), made.step())
    all_close(auto.weights, made.weights)
    assert auto.backend == ("numba" if is_present("numba") else "numpy")


def test_a_matrix_without_an_inverse_is_named() -> None:
    derivation, values = drawn(MATRIX_EXAMPLES["inverse"](), SIZES[1])
    made = stepper(derivation, {name: np.zeros_like(value) for name, value in values.items()})
    with pytest.raises(sb.DataError, match="Singular matrix"):
        made.step(RATE)


def sums_of_inverses(numpy: str) -> sb.Derivation:
    """A network with an operation of the user's, which a function of NumPy's works out."""
    h, E = symbols("h E")
    u, r, g, a, v = (MatrixSymbol(name, h, h) for name in "URGAV")
    own = sb.operation("own", [u], r, g, numpy=numpy, adjoints=[-r.T * g * r.T])
    net = sb.Network({v: own(a), E: sb.total(sb.power(v, 2))}, inputs=[], targets=[], parameters=[a], loss=E)
    return sb.derive(net)


def test_an_operation_of_the_users() -> None:
    derivation, values = sums_of_inverses("np.linalg.inv"), {"A": np.array([[3.0, 1.0], [0.5, 2.0]])}
    made = stepper(derivation, values)
    loss, weights = expected(derivation, values)
    close(made.step(RATE), loss)
    all_close(made.weights, weights)


def test_an_operation_of_the_users_that_gives_another_shape() -> None:
    made = stepper(sums_of_inverses("np.ravel"), {"A": np.eye(2)})
    with pytest.raises(sb.DataError, match="own is declared to give shape"):
        made.step(RATE)


def labelled(weight: str, loss: str) -> sb.Derivation:
    """A network in which a weight and the loss have these names."""
    m, n = symbols("m n")
    x, y, w = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, 1), MatrixSymbol(weight, n, 1)
    z, e = MatrixSymbol("Z", m, 1), symbols(loss)
    net = sb.Network(
        {z: sb.softplus(x * w), e: sb.mean(sb.power(z - y, 2))}, inputs=[x], targets=[y], parameters=[w], loss=e
    )
    return sb.derive(net)


@pytest.mark.slow
def test_names_that_the_code_has_for_itself() -> None:
    values = {"X": np.array([[0.4, -1.0], [2.0, 3.0]]), "Y": np.ones((2, 1))}
    weight = np.array([[0.5], [-0.3]])
    made = stepper(labelled("W", "E"), {**values, "W": weight}, "adamw")
    losses = made.run([RATE] * 3)
    words = {node.id for node in ast.walk(ast.parse(made.source)) if isinstance(node, ast.Name)} - set("mnXYZWE")
    assert {"loss", "np", "matmul", "rate", "count", "t1", "isfinite"} <= words
    for word in sorted(words):
        for derivation in (labelled(word, "E"), labelled("W", word)):
            (name,) = [w.name for w in derivation.wrt]
            again = stepper(derivation, {**values, name: weight}, "adamw")
            assert (again.run([RATE] * 3) == losses).all()
            assert (again.weights[name] == made.weights["W"]).all()


@pytest.mark.parametrize(
    "backend", ["numpy", pytest.param("numba", marks=[pytest.mark.needs("numba"), pytest.mark.slow])]
)
def test_a_network_of_which_no_weight_is_moved(backend: str) -> None:
    values = values_of((3, 5, 4), 9)
    data = {name: values.pop(name) for name in IN_ROWS}
    derivation = sb.derive(perceptron().network, wrt=["X"])
    made = sb.trainer(derivation, data, values, RATE, "adam", backend=backend)
    assert made.run(3).tolist() == [made.step()] * 3
    all_close(made.weights, values, 0)


def test_the_source_is_readable() -> None:
    source = stepper(perceptron(["n", "k"]), values_of((3, 4), 9)).source
    assert source.endswith(READABLE)


READABLE = '''\
    # Arrays
    Z1 = log_P = t3 = np.empty((m, k), dtype, order="F")
    t2 = t1 = np.empty((m, 1), dtype)
    P = Delta_Z1 = np.empty((m, k), dtype, order="F")
    E = np.empty((), dtype)
    dE_dW1 = np.empty((n, k), dtype)
    dE_db1 = np.empty((1, k), dtype)

    def train(X, Y, rate, count):
        """Moves the weights once, if the loss is finite; returns the loss before."""
        c2[()] = rate/m

        # Forward pass
        # Z1 = X @ W1 + b1
        matmul(X, W1, Z1)
        add(Z1, b1, Z1)
        # P, log_P = softmax_and_log(Z1, axis=1)
        maximum.reduce(Z1, 1, None, t2, True)
        subtract(Z1, t2, log_P)
        exp(log_P, P)
        add.reduce(P, 1, None, t1, True)
        divide(P, t1, P)
        log(t1, t1)
        subtract(log_P, t1, log_P)
        # E = -(log_P*Y).sum()/m
        multiply(Y, log_P, t3)
        add.reduce(t3, None, None, E)
        multiply(E, c1, E)
        loss = E.item()
        if not isfinite(loss):
            return loss

        # Backward pass, gradients and updates; signals and gradients are times the rate
        # Delta_Z1 = rate/m*(P - Y)
        subtract(P, Y, Delta_Z1)
        multiply(Delta_Z1, c2, Delta_Z1)
        # dE_dW1 = X.T @ Delta_Z1
        matmul(X.T, Delta_Z1, dE_dW1)
        # W1 = W1 - dE_dW1
        subtract(W1, dE_dW1, W1)
        # dE_db1 = Delta_Z1.sum(axis=0, keepdims=True)
        matmul(ones1, Delta_Z1, dE_db1)
        # b1 = b1 - dE_db1
        subtract(b1, dE_db1, b1)
        return loss

    return train
'''
