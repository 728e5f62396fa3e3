"""The compiled gradient: batches, dtypes, names, the module that is saved, and losses that stay finite."""

from __future__ import annotations

import ast
import math
import os
import random
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from conftest import few
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from networks import EXAMPLES, Described, close, described, exact, exact_forward, network, random_values, two_layer
from sympy import Piecewise, Rational, Symbol, exp, log, sqrt, symbols, tanh

import symbackprop as sb
from symbackprop.numeric.evaluate import evaluate, evaluate_all, forward, gradient_forms

x, w, v, b, t, y, z, a, E = symbols("x w v b t y z a E")
LINE = network({y: w * x + b, "E": sb.squared_error(y, t)}, parameters="w b")
BATCH = {"x": np.array([1.0, 2.0, -1.0]), "t": np.array([0.5, 1.0, 2.0]), "w": 0.7, "b": 0.1}


def compiled(net: sb.Network, wrt: Any = None, check_facts: bool = True) -> sb.GradientFunction:
    return sb.lambdify(sb.derive(net, wrt=wrt), check_facts=check_facts)


# -- batches


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_a_batch_is_its_examples_reduced(name: str) -> None:
    net = EXAMPLES[name]()
    f = compiled(net, check_facts=False)
    rng = random.Random(5)
    weights = {s.name: rng.uniform(-1, 1) for s in net.parameters}
    examples = [
        {s.name: rng.uniform(0.1, 0.9) for s in (*net.inputs, *net.targets)} for _ in range(5)
    ]  # fmt: skip
    batch = {key: np.array([e[key] for e in examples]) for key in examples[0]}
    one_by_one = [f(**e, **weights) for e in examples]
    losses = np.array([loss for loss, _ in one_by_one])
    each_loss, each = f(**batch, **weights, reduction="none")
    mean_loss, mean = f(**batch, **weights)
    sum_loss, total = f(**batch, **weights, reduction="sum")
    np.testing.assert_allclose(each_loss, losses, rtol=1e-13)
    assert float(mean_loss) == pytest.approx(losses.mean(), rel=1e-13)
    assert float(sum_loss) == pytest.approx(losses.sum(), rel=1e-13)
    for key in f.wrt:
        expected = np.array([gradients[key] for _, gradients in one_by_one])
        assert each[key].shape == (5,)
        np.testing.assert_allclose(each[key], expected, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(mean[key], expected.mean(), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(total[key], expected.sum(), rtol=1e-12, atol=1e-15)
        assert np.shape(mean[key]) == np.shape(total[key]) == ()


def test_a_constant_gradient_keeps_the_batch() -> None:
    net = network({y: w * x + b, "E": y}, targets="", parameters="w b")
    f = compiled(net)
    values = {"x": np.ones(100), "w": 2.0, "b": 0.0}
    assert f(**values, reduction="sum")[1]["b"] == 100
    assert f(**values)[1]["b"] == 1
    np.testing.assert_array_equal(f(**values, reduction="none")[1]["b"], np.ones(100))
    loss, each = compiled(network({y: w + b, "E": y**2}, "x", "", "w b"))(x=np.ones(4), w=1.0, b=1.0, reduction="none")
    assert loss.shape == each["w"].shape == (4,)


def test_numbers_alone_are_one_example() -> None:
    loss, gradients = compiled(LINE)(x=2.0, t=1.0, w=0.7, b=0.1)
    assert (np.shape(loss), np.shape(gradients["w"])) == ((), ())
    assert float(loss) == pytest.approx(0.125)
    assert {k: float(g) for k, g in gradients.items()} == pytest.approx({"w": 1.0, "b": 0.5})
    assert compiled(LINE)(x=2.0, t=1.0, w=0.7, b=0.1, reduction="none")[0] == loss


def test_a_batch_of_one_is_a_batch() -> None:
    loss, each = compiled(LINE)(x=np.array([2.0]), t=[1.0], w=0.7, b=0.1, reduction="none")
    assert loss.shape == each["w"].shape == (1,)


def test_a_list_or_a_tuple_is_a_batch() -> None:
    assert compiled(LINE)(x=[1, 2, -1], t=(0.5, 1, 2), w=0.7, b=0.1)[0] == compiled(LINE)(**BATCH)[0]


def test_weights_may_come_one_an_example() -> None:
    loss, each = compiled(LINE)(**{**BATCH, "w": np.array([0.7, 0.7, 0.1])}, reduction="none")
    alone, gradient = compiled(LINE)(x=-1.0, t=2.0, w=0.1, b=0.1)
    assert (loss[2], each["w"][2]) == (alone, gradient["w"])


# -- dtypes


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int32, bool, int])
def test_whole_numbers_are_cast(kind: Any) -> None:
    loss, gradients = compiled(LINE)(x=kind(100) if kind is not bool else True, t=kind(1), w=kind(1), b=kind(0))
    size = 1.0 if kind is bool else 100.0
    assert (float(loss), float(gradients["w"])) == ((size - 1) ** 2 / 2, (size - 1) * size)
    assert loss.dtype == gradients["w"].dtype == np.float64


@pytest.mark.parametrize("name", few(EXAMPLES))
@pytest.mark.parametrize("batch", [False, True], ids=["number", "batch"])
def test_float32_stays_float32(name: str, batch: bool) -> None:
    net = EXAMPLES[name]()
    at = random_values(net, random.Random(2), 0.8)
    given_values = {n: np.float32(value) for n, value in at.items()}
    if batch:
        given_values |= {s.name: np.full(3, at[s.name], dtype=np.float32) for s in net.inputs}
    loss, gradients = compiled(net, check_facts=False)(**given_values)
    assert loss.dtype == np.float32
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float32)}
    expected, _ = compiled(net, check_facts=False)(**at)
    assert float(loss) == pytest.approx(float(expected), rel=1e-3, abs=1e-4)


def test_python_numbers_do_not_widen_float32() -> None:
    loss, _ = compiled(LINE)(x=np.float32(2), t=1, w=0.7, b=True)
    assert loss.dtype == np.float32
    loss, _ = compiled(LINE)(x=np.float32(2), t=1, w=np.float64(0.7), b=0)
    assert loss.dtype == np.float64


# -- what is refused


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.ones((3, 1))}, "error[shape]: x has shape (3, 1); give one entry an example, flat"),
        ({"w": np.ones((1, 1))}, "error[shape]: w has shape (1, 1); give one entry an example, flat"),
        (
            {"x": np.ones(4)},
            "error[shape]: x has 4 examples and t has 3; give numbers, or flat arrays of one length",
        ),
        ({"x": np.array([])}, "error[shape]: x has no examples; give one at least"),
        ({"x": "1"}, "error[shape]: x is <U1, not real numbers; give numbers, or flat arrays of one length"),
        ({"x": None}, "error[shape]: x is object, not real numbers; give numbers, or flat arrays of one length"),
        ({"x": 1j}, "error[shape]: x is complex128, not real numbers; give numbers, or flat arrays of one length"),
        ({"q": 1.0}, "error[unknown-name]: there is a value for q; known names: b, t, w, x"),
        ({"y": 1.0}, "error[unknown-name]: there is a value for y; known names: b, t, w, x"),
        ({"reduction": "max"}, 'error[reduction]: reduction is \'max\'; use "mean", "sum" or "none"'),
    ],
    ids=str,
)
def test_values_that_do_not_fit(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(sb.DataError) as error:
        compiled(LINE)(**(BATCH | changes))
    assert str(error.value) == message


@pytest.mark.parametrize("call", ["__call__", "forward_backward"])
def test_missing_values(call: str) -> None:
    with pytest.raises(sb.DataError) as error:
        getattr(compiled(LINE), call)(x=1.0, w=2.0)
    assert str(error.value) == "error[missing-value]: there is no value for t, b; give a value for every name"


def test_many_missing_values_are_told_shortly() -> None:
    with pytest.raises(sb.DataError, match=r"there is no value for i1, i2, t1, t2, w1, w2, …, b3, b4, b5; give"):
        compiled(sb.mlp([2, 3, 2]))()


def test_a_value_called_reduction_is_refused() -> None:
    r = Symbol("reduction")
    with pytest.raises(sb.DerivationError) as error:
        compiled(network({y: w * r, "E": sb.squared_error(y, t)}, "reduction"))
    assert "calls a value 'reduction', as the gradient function calls its option; rename" in str(error.value)


def test_forward_backward_gives_every_value() -> None:
    values, gradients = compiled(LINE).forward_backward(**BATCH)
    np.testing.assert_allclose(values["y"], [0.8, 1.5, -0.6])
    assert values["E"].shape == (3,)
    assert float(gradients["b"]) == pytest.approx(np.mean([0.3, 0.5, -2.6]))
    with pytest.raises(sb.DataError, match="there is a value for q"):
        compiled(LINE).forward_backward(**BATCH, q=1)
    with pytest.raises(sb.DataError, match=r"x has shape \(3, 1\); give one entry an example"):
        compiled(LINE).forward_backward(**(BATCH | {"x": np.ones((3, 1))}))


# -- values against 50 digits


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_the_compiled_loss_is_the_witness(name: str) -> None:
    net = EXAMPLES[name]()
    f = compiled(net, check_facts=False)
    rng = random.Random(8)
    for _ in range(5):
        at = random_values(net, rng)
        values, _ = f.forward_backward(**at)
        expected = exact_forward(net, at)
        for key, value in values.items():
            assert close(float(value), expected[key], 1e-13, 1e-3), key


@settings(max_examples=30)
@given(described(max_depth=3, max_width=3), st.integers(0, 1000))
def test_evaluation_is_the_witness(d: Described, seed: int) -> None:
    net = d.network()
    at = random_values(net, random.Random(seed), 0.9)
    values = forward(net, at)
    assume(all(np.isfinite(float(values[n.name])) for n in net.equations))
    expected = exact_forward(net, at)
    for name in net.equations:
        assert close(float(values[name.name]), expected[name.name], 1e-11, 1e-2), name


def test_evaluation_shares_and_takes_arrays() -> None:
    expr = Piecewise((x**2, (x > 0) & (x < 2)), (sqrt(1 - x), x <= 0), (Rational(1, 2), True)) + sp.Max(x, 0, 1 - x)
    np.testing.assert_allclose(evaluate(expr, {"x": np.array([1.0, -3.0, 5.0])}), [2.0, 6.0, 5.5])
    assert evaluate_all([x + 1, x**-2, x ** Rational(1, 3), sp.Integer(3)], {"x": 8.0}) == pytest.approx(
        [9.0, 1 / 64, 2.0, 3.0]
    )


def test_evaluation_wants_every_name() -> None:
    with pytest.raises(sb.DataError) as error:
        evaluate(x + w, {"x": 1.0})
    assert str(error.value) == "error[missing-value]: there is no value for w; give a number for every name"


@pytest.mark.parametrize("value", [0.0, 1e300])
def test_evaluation_at_the_edge_is_infinite_not_an_error(value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert math.isinf(float(evaluate(1 / x if value == 0 else x**3, {"x": value})))


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_the_forms_agree(name: str) -> None:
    d = sb.derive(EXAMPLES[name]())
    at = random_values(d.network, random.Random(11))
    if d.facts:
        at |= {"t1": 0.2, "t2": 0.3, "t3": 0.5}
    forms = gradient_forms(d, at)
    _, found = sb.lambdify(d)(**at)
    for form in ("shared", "closed", "expanded"):
        for key, value in forms[form].items():
            assert float(value) == pytest.approx(float(found[key]), rel=1e-10, abs=1e-13), (form, key)


# -- far out


@pytest.mark.parametrize("score", [-1e4, -800.0, -40.0, 40.0, 800.0, 1e4])
@pytest.mark.parametrize("target", [0.0, 1.0, 0.3])
def test_binary_cross_entropy_is_stable(score: float, target: float) -> None:
    net = network({z: w * x, a: sb.sigmoid(z), "E": sb.binary_cross_entropy(a, t)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, gradients = compiled(net)(x=np.array([score, 0.5]), t=target, w=1.0, reduction="none")
    expected = max(score, 0) - score * target + math.log1p(math.exp(-abs(score)))
    assert loss[0] == pytest.approx(expected, rel=1e-14, abs=1e-17)
    one = 1 / (1 + math.exp(-score)) if score > 0 else math.exp(score) / (1 + math.exp(score))
    assert gradients["w"][0] == pytest.approx(score * (one - target), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("size", [40.0, 800.0, 1e4])
@pytest.mark.parametrize("form", ["softmax", "log_softmax"])
def test_cross_entropy_is_stable(size: float, form: str) -> None:
    zs, ps, ts = symbols("z1:4"), symbols("p1:4"), symbols("t1:4")
    equations: dict[Any, Any] = {zs[0]: w * x, zs[1]: -w * x, zs[2]: w}
    if form == "softmax":
        equations |= {ps: sb.softmax(zs), "E": sb.cross_entropy(ps, ts)}
    else:
        equations |= {ps: sb.log_softmax(zs), "E": -sum(p * k for p, k in zip(ps, ts, strict=True))}
    net = network(equations, "x", "t1 t2 t3")
    at = {"t1": 0.2, "t2": 0.3, "t3": 0.5, "w": 1.0}
    for sign in (1.0, -1.0):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            loss, gradients = compiled(net)(x=np.array([sign * size]), **at)
        expected = exact_forward(net, {**at, "x": sign * size})["E"]
        assert close(float(loss), expected, 1e-13)
        assert math.isfinite(float(gradients["w"]))


@pytest.mark.parametrize("size", [100.0, 800.0, 1e4])
@pytest.mark.parametrize(
    "activation",
    [sb.sigmoid, tanh, sb.relu, sb.leaky_relu, sb.elu, sb.softplus, sb.gelu, sb.silu],
    ids=lambda f: f.__name__,
)
def test_activations_are_finite_far_out(activation: Any, size: float) -> None:
    net = network({z: w * x, a: activation(z), "E": sb.squared_error(a, t)})
    for sign in (1.0, -1.0):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            loss, gradients = compiled(net)(x=sign * size, t=0.5, w=1.0)
        assert math.isfinite(float(loss))
        assert math.isfinite(float(gradients["w"]))


def test_cases_do_not_overflow_where_they_do_not_hold() -> None:
    cases = Piecewise((z, z > 0), (2 * (exp(z) - 1), True)) + Piecewise((log(z), z > 1), (z - 1, True))
    net = network({z: w * x, y: cases, "E": sb.squared_error(y, t)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, gradients = compiled(net)(x=np.array([900.0, -900.0, 0.5]), t=0.0, w=1.0)
    assert math.isfinite(float(loss))
    assert math.isfinite(float(gradients["w"]))


# -- the module


def imports_of(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_the_source_can_be_read(name: str) -> None:
    source = compiled(EXAMPLES[name]()).source
    assert max(map(len, source.splitlines())) <= 100
    assert not any(line != line.rstrip() for line in source.splitlines())
    assert "\n\n\n\n" not in source
    assert source.endswith("\n")
    assert not source.endswith("\n\n")
    assert imports_of(source) <= {"numpy", "numpy.typing", "typing", "collections.abc", "math", "scipy.special"}
    assert ("scipy.special" in imports_of(source)) == ("erfc(" in source)
    assert ("math" in imports_of(source)) == ("math." in source)


def test_the_lines_are_those_that_a_person_writes() -> None:
    source = compiled(two_layer()).source
    for line in (
        "    h1 = w1*i1 + w2*i2",
        "    a_h1, slope_a_h1 = sigmoid_and_slope(h1)",
        "    s1 = a_o1 - t1",
        "    E = (s1**2 + s2**2)/2",
        "    delta_o1 = s1*slope_a_o1",
        "    delta_h1 = slope_a_h1*(delta_o1*w5 + delta_o2*w7)",
        "    dE_dw1 = delta_h1*i1",
        "    dE_dw5 = delta_o1*a_h1",
    ):
        assert line in source.splitlines()
    assert imports_of(source) == {"numpy", "numpy.typing", "typing", "collections.abc"}
    docstring = ast.get_docstring(ast.parse(source))
    assert docstring is not None
    assert "Inputs      i1, i2" in docstring
    assert "Loss        E = (t1 - a_o1)**2/2 + (t2 - a_o2)**2/2" in docstring


def test_names_of_what_is_shared_are_unlike_those_of_the_network() -> None:
    def shared(net: sb.Network) -> set[str]:
        names = compiled(net).module["forward_backward"].__code__.co_varnames
        return {name for name in names if name[1:].isdigit()} - {s.name for s in net.names}

    q = symbols("q")
    assert shared(network({y: w * x, "E": (y - t) ** 2 + (y - t) ** 4}, name="plain")) == {"t1"}
    t1, s2 = symbols("t1 s2")
    equations = {y: w * x + s2, q: (y - t1) ** 2 + (y - t1) ** 4}
    net = sb.Network(equations, inputs=[x, s2], targets=[t1], parameters=[w], loss=q)
    assert shared(net) == {"r1"}


@pytest.mark.parametrize("name", few(EXAMPLES))
def test_the_lines_take_plain_numbers_too(name: str) -> None:
    net = EXAMPLES[name]()
    f = compiled(net)
    at = random_values(net, random.Random(4))
    forward, gradients = f.module["forward_backward"](*(float(at[leaf]) for leaf in f.names))
    loss, expected = f(**at, check_facts=False)
    np.testing.assert_allclose(forward[f.module["FORWARD"].index(f.loss)], loss, rtol=1e-13)
    for found, wrt in zip(gradients, f.wrt, strict=True):
        np.testing.assert_allclose(found, expected[wrt], rtol=1e-13)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", [[40, 30, 20], [2, 2], [1, 1]], ids=str)
def test_wide_networks_have_short_lines(sizes: list[int]) -> None:
    source = compiled(sb.mlp(sizes, loss="cross_entropy" if sizes[-1] > 1 else "squared_error")).source
    assert max(map(len, source.splitlines())) <= 100


def test_long_names_and_formulas_have_short_lines() -> None:
    names = symbols(" ".join(f"a_rather_long_name_of_a_weight_{k}" for k in range(9)))
    f = sb.function("f", lambda u: sum((u + k) ** 2 * sb.sigmoid(u - k) for k in range(12)))
    net = network({y: sum(n * x**k for k, n in enumerate(names)), a: f(y), "E": sb.squared_error(a, t)},
                  parameters=" ".join(n.name for n in names))  # fmt: skip
    assert max(map(len, compiled(net).source.splitlines())) <= 100


@pytest.mark.parametrize(
    "title",
    ['"""', '"', "\\", '\\"""', "a\nb", '"""\nimport os\nos.system("true")\n"""', "\\N{DASH}", "\\x", "'''",
     "{{ 7*7 }}", "{% raw %}", "\x00\x07", "\u2028raise SystemExit\u2028", "ü – ∂", "#", "%s {0}", ""],
    ids=repr,
)  # fmt: skip
def test_a_title_cannot_leave_the_docstring(title: str) -> None:
    net = network({y: w * x, "E": sb.squared_error(y, t)}, name=title)
    f = compiled(net)
    plain = ast.parse(compiled(network({y: w * x, "E": sb.squared_error(y, t)}, name="plain")).source)
    assert ast.dump(ast.Module(ast.parse(f.source).body[1:], [])) == ast.dump(ast.Module(plain.body[1:], []))
    assert isinstance(ast.parse(f.source).body[0], ast.Expr)
    assert float(f(x=1.0, t=0.0, w=2.0)[0]) == 2.0


FRESH = """
import sys, importlib.util
spec = importlib.util.spec_from_file_location("saved", sys.argv[1])
module = importlib.util.module_from_spec(spec)
before = set(sys.modules)
spec.loader.exec_module(module)
loss, gradients = module.loss_and_gradients(**{values})
assert not [name for name in sys.modules if name.split(".")[0] in ("symbackprop", "sympy", "jinja2")]
print(repr(float(loss)), {{k: float(v) for k, v in gradients.items()}})
"""


@pytest.mark.parametrize(
    "name", ["two-layer", "softmax-3", "every-activation", "user-functions", "piecewise", "max-min"]
)
def test_a_saved_module_runs_without_us(name: str, tmp_path: Path) -> None:
    net = EXAMPLES[name]()
    f = compiled(net)
    path = tmp_path / "gradients.py"
    f.save(path)
    assert path.read_text(encoding="utf-8") == f.source
    at = random_values(net, random.Random(1))
    result = subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", FRESH.format(values=repr(at)), str(path)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": ""}, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    loss, gradients = f(**at)
    assert result.stdout.strip() == f"{float(loss)!r} { ({k: float(g) for k, g in gradients.items()}) }"


def test_saving_twice_gives_the_same_file(tmp_path: Path) -> None:
    compiled(two_layer()).save(tmp_path / "one.py")
    compiled(two_layer()).save(tmp_path / "two.py")
    assert (tmp_path / "one.py").read_bytes() == (tmp_path / "two.py").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.py", "two.py"]


def test_saving_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(
        sb.SymbackpropError, match=r"error\[output\]: cannot write .*; name a place that can be written"
    ):
        compiled(LINE).save(tmp_path / "file" / "gradients.py")


def test_keywords_and_the_modules_own_names_get_an_underscore() -> None:
    words = "lambda np sigmoid sum loss_and_gradients NAMES if"
    net = network({y: sum(Symbol(n) * x for n in words.split()) + sb.sigmoid(w), "E": sb.squared_error(y, t)},
                  parameters=f"w {words}")  # fmt: skip
    f = compiled(net)
    at = dict.fromkeys(words.split(), 0.5) | {"x": 1.0, "t": 0.0, "w": 0.0}
    loss, gradients = f(**at)
    assert float(loss) == pytest.approx((0.5 * 7 + 0.5) ** 2 / 2)
    assert set(gradients) == {*words.split(), "w"}
    assert f.arguments["lambda"] == "lambda_"
    assert f.arguments["np"] == "np_"
    assert f.arguments["x"] == "x"


def test_gradients_of_names_that_look_like_results() -> None:
    d = sb.derive(EXAMPLES["names-like-signals"]())
    at = {"x": 0.3, "t": 0.1, "w": 0.7, "delta_o1": -0.4, "dE_dw": 0.2}
    _, gradients = sb.lambdify(d)(**at)
    values = exact_forward(d.network, at)
    for key, found in gradients.items():
        assert close(float(found), exact(d.gradients[key], values), 1e-13)


def test_the_function_says_what_it_takes() -> None:
    f = compiled(LINE)
    assert (f.names, f.wrt, f.loss) == (("x", "t", "w", "b"), ("w", "b"), "E")
    assert repr(f) == "<GradientFunction of E: takes x, t, w, b; gradients by w, b>"
    assert list(f(**BATCH)[1]) == ["w", "b"]


def test_gradients_by_inputs() -> None:
    _, gradients = compiled(LINE, wrt=["x", "w"])(x=2.0, t=1.0, w=0.7, b=0.1)
    assert {k: float(g) for k, g in gradients.items()} == pytest.approx({"x": 0.35, "w": 1.0})
