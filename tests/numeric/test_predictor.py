"""Functions of the forward pass alone, and ``forward`` in saved modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from saved_modules import loaded
from sympy import Eq, MatrixSymbol, Symbol, symbols

import symbackprop as sb
from symbackprop.network.predictions import predictions_of

MLP = sb.load_example("mlp")
VALUES = dict(MLP.values)
m, n, k = symbols("m n k")
E, x, t, w, v, y = symbols("E x t w v y")
X, Y, W, Z = MatrixSymbol("X", m, n), MatrixSymbol("Y", m, k), MatrixSymbol("W", n, k), MatrixSymbol("Z", m, k)


def said(make: Any) -> str:
    with pytest.raises(sb.SymbackpropError) as found:
        make()
    return str(found.value)


def by_name(function: sb.Predictor, found: Any) -> dict[str, Any]:
    return found if function.several else {function.predicts[0]: found}


@pytest.mark.parametrize("name", sb.example_names())
def test_values_have_the_bits_of_a_training(name: str, tmp_path: Path) -> None:
    """Called from the package, from a module of its own, and from the module of the gradients."""
    network = sb.load_example(name)
    d = sb.derive(network)
    values = {leaf: np.asarray(value, dtype=float) for leaf, value in network.values.items()}
    expected, _ = sb.lambdify(d).forward_backward(**values)
    function = sb.predictor(d)
    given = {leaf: values[leaf] for leaf in function.names}
    unknown = network.outputs.values() if network.outputs else network.targets
    assert not {s.name for s in unknown} & given.keys()
    function.save(tmp_path / "alone.py")
    sb.lambdify(d).save(tmp_path / "gradients.py")
    arguments = {function.arguments[leaf]: value for leaf, value in given.items()}
    alone, gradients = loaded(tmp_path / "alone.py"), loaded(tmp_path / "gradients.py")
    for found in (function(**given), alone.forward(**arguments), gradients.forward(**arguments)):
        for predicted, value in by_name(function, found).items():
            assert np.asarray(value).tobytes() == np.asarray(expected[predicted]).tobytes()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("attention", "O"), ("batch-norm", "Y"), ("deep-chain", "a5"), ("mlp", "A2"), ("rnn", "Y"), ("xor", "y_hat"),
        ("softmax-classifier", "p1 p2 p3"), ("softmax-cross-entropy", "P"), ("two-layer-sigmoid", "a_o1 a_o2"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_targets_is_predicted(name: str, expected: str) -> None:
    assert [s.name for s in predictions_of(sb.load_example(name))] == expected.split()


def test_what_no_target_stands_beside_is_not_predicted() -> None:
    penalised = sb.Network(
        {Z: X * W, Symbol("R"): sb.total(W), E: sb.total(sb.power(Z - Y, 2)) + Symbol("R")},
        inputs=[X], targets=[Y], parameters=[W], loss=E,
    )  # fmt: skip
    assert [s.name for s in predictions_of(penalised)] == ["Z"]
    doubled = sb.Network(
        {y: w * x, Symbol("u"): 2 * t, E: (y - Symbol("u")) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E
    )
    assert [s.name for s in predictions_of(doubled)] == ["y"]


def test_one_name_gives_its_value_and_several_a_dictionary() -> None:
    weights = {name: VALUES[name] for name in ("W1", "b1", "W2", "b2")}
    one, several = sb.predictor(MLP, "Z1"), sb.predictor(MLP, ["Z1", "A2"])
    assert one.names == ("X", "W1", "b1")
    assert several.names == ("X", "W1", "b1", "W2", "b2")
    found = several(X=VALUES["X"], **weights)
    assert list(found) == ["Z1", "A2"]
    assert np.array_equal(one(X=VALUES["X"], **weights), found["Z1"])  # W2 and b2 are not looked at
    assert repr(several) == "<Predictor of Z1, A2: takes X, W1, b1, W2, b2>"
    assert several.shapes["A2"] == MLP.shape("A2")


def test_the_loss_asks_for_targets() -> None:
    function = sb.predictor(MLP, "E")
    assert "T" in function.names
    assert function(**VALUES) == sb.lambdify(sb.derive(MLP))(**VALUES)[0]


def test_scalars_are_numbers_or_flat_arrays() -> None:
    net = sb.load_example("two-layer-sigmoid")
    weights = {s.name: net.values[s.name] for s in net.parameters}
    function = sb.predictor(net)
    single, many = function(i1=0.05, i2=0.1, **weights), function(i1=[0.05, 0.2], i2=0.1, **weights)
    assert np.shape(single["a_o1"]) == ()
    assert many["a_o1"].shape == (2,)
    assert many["a_o1"][0] == single["a_o1"]
    assert said(lambda: function(i1=[1, 2], i2=[1, 2, 3], **weights)).startswith(
        "error[shape]: i1 has 2 examples and i2 has 3"
    )


def test_float32_stays_float32() -> None:
    small = {name: np.asarray(value, np.float32) for name, value in VALUES.items()}
    assert sb.predictor(MLP)(**small).dtype == np.float32


def test_the_first_name_of_a_network_need_not_be_given() -> None:
    """What numbers and identities take their dtype from is a value that is there."""
    first = MatrixSymbol("F", m, m)
    net = sb.Network(
        {Z: X * (sb.eye(n) * 3) * W, E: sb.total(sb.power(first * (Z - Y), 2))},
        inputs=[first, X], targets=[Y], parameters=[W], loss=E,
    )  # fmt: skip
    function = sb.predictor(net)
    assert function.names == ("X", "W")
    points, weights = np.arange(6.0).reshape(3, 2), np.arange(8.0).reshape(2, 4)
    assert np.allclose(function(X=points, W=weights), 3 * points @ weights)


def test_a_size_that_no_needed_value_tells_is_asked_for() -> None:
    b = MatrixSymbol("b", 1, k)
    net = sb.Network(
        {Z: sb.ones(m, 1) * b, E: sb.total(sb.power(Z - Y, 2)) + sb.total(X)},
        inputs=[X], targets=[Y], parameters=[b], loss=E,
    )  # fmt: skip
    function = sb.predictor(net, "Z")
    assert function.names == ("X", "b")
    assert function(X=np.ones((3, 2)), b=[[1.0, 2.0]]).tolist() == [[1, 2]] * 3


def test_bad_values_are_told_as_gradients_tell_them() -> None:
    function, gradients = sb.predictor(MLP), sb.lambdify(sb.derive(MLP))
    for change in ({"X": np.ones((4, 3))}, {"X": np.ones(2)}, {"W1": "text"}, {"X": [[1, 2], [3]]}, {"b1": 3.0}):
        bad = {**VALUES, **change}
        there, here = said(lambda bad=bad: gradients(**bad)), said(lambda bad=bad: function(**bad))
        assert here.partition(":")[0] == there.partition(":")[0]
    assert said(lambda: function(**{**VALUES, "X": np.ones(2)})) == said(
        lambda: gradients(**{**VALUES, "X": np.ones(2)})
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: sb.predictor(MLP)(X=VALUES["X"]), "error[missing-value]: there is no value for W1, b1, W2, b2; give"),
        (lambda: sb.predictor(MLP)(Q=1), "error[unknown-name]: there is a value for Q; known names: "),
        (lambda: sb.predictor(MLP, "Q"), "error[unknown-name]: the network has no Q; known names: "),
        (lambda: sb.predictor(MLP, "X"), "error[names]: X is given, and not computed; name what an equation computes"),
        (lambda: sb.predictor(MLP, []), "error[names]: there is nothing to predict; name what an equation computes"),
        (lambda: sb.predictor("mlp"), "error[network]: predictor takes a network, not 'mlp'; give a network or its"),  # type: ignore[arg-type]
        (lambda: sb.predictor(MLP, backend="np"), "error[backend]: there is no backend 'np'; "),
    ],
)
def test_what_cannot_be_predicted_is_told(make: Any, expected: str) -> None:
    assert said(make).startswith(expected)


def test_a_network_that_compares_nothing_says_so() -> None:
    net = sb.Network({y: w * x, E: y**2}, inputs=[x], targets=[], parameters=[w], loss=E)
    assert said(lambda: sb.predictor(net)) == (
        "error[names]: network has no equation for what it compares with a target; give that an equation of its own, "
        'or name what an equation computes, as in predictor(d, "P")'
    )
    assert "def forward(" not in sb.lambdify(sb.derive(net)).source
    assert sb.predictor(net, "y")(x=3.0, w=2.0) == 6


def test_what_is_always_the_same_needs_no_function() -> None:
    net = sb.Network(
        {v: sb.sigmoid(Symbol("a")), Symbol("c"): sb.sqrt(2), E: (v * Symbol("c") - t) ** 2},
        inputs=[], targets=[t], parameters=[Symbol("a")], loss=E,
    )  # fmt: skip
    assert said(lambda: sb.predictor(net, "c")).startswith("error[constant]: c needs no value")


def test_what_has_no_value_is_told() -> None:
    A = MatrixSymbol("A", n, n)
    net = sb.Network(
        {Z: X * A.inv() * W, E: sb.total(sb.power(Z - Y, 2))}, inputs=[X, A], targets=[Y], parameters=[W], loss=E
    )
    singular = {"X": np.ones((2, 2)), "A": np.ones((2, 2)), "W": np.ones((2, 1))}
    assert "inv(A)" in said(lambda: sb.predictor(net)(**singular))


def test_names_of_the_module_are_given_way() -> None:
    net = sb.Network(
        {Symbol("forward"): w * x, E: (Symbol("forward") - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E
    )
    source = sb.lambdify(sb.derive(net)).source
    assert "def forward(x: npt.ArrayLike, w: npt.ArrayLike) -> Array:" in source
    assert sb.predictor(net)(x=3.0, w=2.0) == 6


def test_stated_facts_do_not_matter_to_predictions() -> None:
    net = sb.Network(
        {Z: X * W, E: sb.total(sb.power(Z - Y, 2))}, inputs=[X], targets=[Y], parameters=[W], loss=E,
        facts=[Eq(sb.rowsum(X), sb.ones(m, 1))],
    )  # fmt: skip
    assert sb.predictor(net)(X=[[5.0]], W=[[2.0]]).tolist() == [[10]]


def test_far_from_zero_nothing_overflows() -> None:
    a, p = symbols("a p")
    net = sb.Network(
        {a: sb.exp(w * x), p: a / (a + 1), E: -t * sb.log(p)}, inputs=[x], targets=[t], parameters=[w], loss=E
    )
    assert sb.predictor(net, "p")(x=1000.0, w=1.0) == 1


@pytest.mark.parametrize("name", ["mlp", "softmax-classifier"])
@pytest.mark.parametrize(
    "backend",
    [
        pytest.param("torch", marks=pytest.mark.needs("torch")),
        pytest.param("jax", marks=pytest.mark.needs("jax")),
        pytest.param("array-api", marks=pytest.mark.needs("array_api_compat")),
    ],
)
def test_other_libraries_predict_the_same(name: str, backend: str) -> None:
    network = sb.load_example(name)
    values = {leaf: np.asarray(value, dtype=np.float32) for leaf, value in network.values.items()}
    function = sb.predictor(network, backend=backend)
    expected = by_name(function, sb.predictor(network)(**values))
    for predicted, value in by_name(function, function(**values)).items():
        assert np.allclose(np.asarray(value), expected[predicted], rtol=1e-5)
    whole = sb.lambdify(sb.derive(network), backend=backend).module
    arguments = {function.arguments[leaf]: values[leaf] for leaf in function.names}
    for predicted, value in by_name(function, whole["forward"](**arguments)).items():
        assert np.allclose(np.asarray(value), expected[predicted], rtol=1e-5)


def test_many_and_long_names_have_short_lines() -> None:
    long = Symbol("a_rather_long_name_of_a_value_that_is_predicted")
    net = sb.Network({long: w * x, E: (long - t) ** 2}, inputs=[x], targets=[t], parameters=[w], loss=E)
    wide = sb.mlp([12, 10, 14])
    for source in (sb.predictor(net).source, sb.predictor(wide).source, sb.lambdify(sb.derive(wide)).source):
        assert max(map(len, source.splitlines())) <= 100
