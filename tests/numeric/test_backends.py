"""The derived gradients on PyTorch, JAX and Array API arrays: NumPy's numbers, and a place in other people's models."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import matrix_networks
import numpy as np
import pytest
from command_line import run, told
from conftest import few, slow_except
from matrix_networks import MatrixCase
from sympy import And, MatrixSymbol, Max, Min, Piecewise, Rational, Symbol, pi, sign, sqrt, symbols, tanh

import symbackprop as sb
from symbackprop.numeric import source_of
from symbackprop.numeric.libraries import LIBRARIES

ROOT = Path(__file__).parents[2]
NEEDS = {"torch": ("torch",), "jax": ("jax",), "array-api": ("array_api_compat", "array_api_strict")}
BACKENDS = [pytest.param(name, marks=pytest.mark.needs(*NEEDS[name])) for name in LIBRARIES]
SCALAR_EXAMPLES = [name for name in sb.example_names() if sb.load_example(name).dialect == "scalar"]
MATRIX_EXAMPLES = [name for name in sb.example_names() if name not in SCALAR_EXAMPLES]
SIZES = {"m": 4, "n": 3, "h": 5, "k": 2, "d": 3, "c": 2, "p": 3}


@pytest.fixture(autouse=True)
def _settings_of_jax(request: pytest.FixtureRequest) -> Iterator[None]:
    """JAX with float64, and quick to compile, for the tests that have JAX."""
    if importlib.util.find_spec("jax") is None:
        yield
        return
    import jax

    wanted = {"jax_enable_x64": True, "jax_disable_most_optimizations": True}
    before = {name: jax.config.read(name) for name in wanted}
    for name, value in wanted.items():
        jax.config.update(name, value)
    yield
    for name, value in before.items():
        jax.config.update(name, value)


def maker(backend: str) -> Callable[[Any], Any]:
    """What makes an array of the library from one of NumPy's."""
    if backend == "torch":
        import torch

        return torch.tensor
    if backend == "jax":
        import jax.numpy

        return jax.numpy.asarray
    import array_api_strict

    return array_api_strict.asarray


def moved(backend: str, values: Mapping[str, Any], dtype: Any = np.float64) -> dict[str, Any]:
    make = maker(backend)
    return {name: make(np.asarray(value, dtype=dtype)) for name, value in values.items()}


def numbers(array: Any) -> Any:
    return np.asarray(array.detach() if hasattr(array, "detach") else array)


def drawn(net: sb.Network, seed: int = 0, batch: bool = True) -> dict[str, Any]:
    """Values for a network: scalars, with a batch of inputs and targets, or matrices."""
    rng = np.random.default_rng(seed)
    values = {}
    for s in net.leaves:
        shape = tuple(int(size) if size.is_Integer else SIZES[str(size)] for size in net.shape(s))
        if not shape and batch and net.dialect == "scalar" and s not in net.parameters:
            shape = (7,)
        values[s.name] = rng.normal(size=shape) if s in net.parameters else rng.uniform(0.1, 1, shape)
    for fact in net.facts if hasattr(net, "facts") else ():
        total = {s.name for s in fact.lhs.free_symbols}
        if net.dialect == "matrix":
            (name,) = total & set(values)
            values[name] = values[name] / values[name].sum(axis=1, keepdims=True)
        else:
            values |= {name: values[name] / sum(values[each] for each in sorted(total)) for name in sorted(total)}
    return values


def agree(d: sb.Derivation, backend: str, values: Mapping[str, Any], tolerance: float = 1e-12) -> None:
    """The library's loss and gradients are NumPy's, and so is all that is worked out on the way."""
    expected, there = sb.lambdify(d), sb.lambdify(d, backend=backend)
    at = moved(backend, values)
    loss, gradients = expected(**values)
    found_loss, found = there(**at)
    forward, _ = expected.forward_backward(**values)
    found_forward, _ = there.forward_backward(**at)
    assert list(found) == list(gradients)
    assert list(found_forward) == list(forward)
    pairs = [("the loss", loss, found_loss)]
    if d.network.outputs:
        pairs = [(name, loss[name], found_loss[name]) for name in loss]
    pairs += [(name, gradients[name], found[name]) for name in gradients]
    pairs += [(name, forward[name], found_forward[name]) for name in forward]
    for name, numpy, other in pairs:
        assert np.shape(numpy) == tuple(other.shape), name
        np.testing.assert_allclose(numbers(other), numpy, rtol=tolerance, atol=tolerance, err_msg=name)


# --------------------------------------------------------------------------------------------------------------------
# The same numbers as NumPy.


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", SCALAR_EXAMPLES)
@pytest.mark.parametrize("batch", slow_except([True], [True, False]), ids=["batch", "number"])
def test_scalar_examples(name: str, batch: bool, backend: str) -> None:
    net = sb.load_example(name)
    agree(sb.derive(net), backend, drawn(net, batch=batch))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", MATRIX_EXAMPLES)
def test_matrix_examples(name: str, backend: str) -> None:
    net = sb.load_example(name)
    agree(sb.derive(net), backend, drawn(net))


def matrix_cases() -> dict[str, MatrixCase]:
    cases = {}
    for name, make in inspect.getmembers(matrix_networks, inspect.isfunction):
        required = [p for p in inspect.signature(make).parameters.values() if p.default is p.empty]
        if (
            inspect.signature(make).return_annotation == "MatrixCase"
            and not required
            and make.__module__ == "matrix_networks"
        ):
            cases[name] = make()
    return cases


CASES = matrix_cases()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", sorted(CASES))
def test_matrix_networks(name: str, backend: str) -> None:
    case = CASES[name]
    net = case.network()
    d = sb.derive(net, wrt=case.wrt or None)
    agree(d, backend, case.values({**SIZES, **case.sizes}, seed=1))


X, W, V, T, Z, A, E, C = symbols("x w v t z a E c")


def neuron(activation: Callable[[Any], Any], **options: Any) -> sb.Derivation:
    net = sb.Network(
        {Z: W * X + V, A: activation(Z), E: (A - T) ** 2 / 2},
        inputs=[X], targets=[T], parameters=[W, V], loss=E, **options,
    )  # fmt: skip
    return sb.derive(net)


SWISH = sb.function("swish", lambda u: u * sb.sigmoid(u) * sb.softplus(1))
LARGER = sb.function("larger", lambda u, q: u * q + Max(u, q))
ACTIVATIONS = {
    **{f.__name__: f for f in (sb.sigmoid, sb.tanh, sb.relu, sb.softplus, sb.gelu, sb.silu)},
    "elu": sb.elu,
    "leaky_relu": sb.leaky_relu,
    "smooth_l1": lambda z: sb.smooth_l1(z, 1),
    "step": lambda z: z * sb.step(z),
    "sign": lambda z: sb.absolute(z) * sign(z) * z,
    "cases": lambda z: Piecewise((z, z > 1), (z**2, True)),
    "cases of numbers": lambda z: z * Piecewise((1, z > 1), (Rational(1, 100), True)),
    "nested cases": lambda z: z * Piecewise((1, And(z > 0, z < 1)), (2, z < 5), (Rational(1, 3), True)),
    "log where it is": lambda z: Piecewise((sb.log(z), z > 0), (-1, True)),
    "larger of values": lambda z: Max(z, V),
    "larger of many": lambda z: Max(z, V, 1, W),
    "held between": lambda z: Max(z, Min(1, V)),
    "clipped": lambda z: Max(-1, Min(1, z)),
    "a helper of a number": lambda z: z * sb.sigmoid(2),
    "functions of numbers": lambda z: z * tanh(2) * sqrt(pi) * sb.exp(-1),
    "a power of two": lambda z: 2**z,
    "function of one's own": SWISH,
    "function of one's own and a number": lambda z: LARGER(z, 2),
    "softmax with a number": lambda z: sb.softmax([z, 0])[0],
    "log softmax with a number": lambda z: sb.log_softmax([z, 0])[0],
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.filterwarnings("ignore:.*jumps:UserWarning")
def test_activations(name: str, backend: str) -> None:
    rng = np.random.default_rng(3)
    values = {"x": rng.normal(size=40) * 3, "t": rng.normal(size=40), "w": 1.2, "v": -0.3}
    agree(neuron(ACTIVATIONS[name]), backend, values)


@pytest.mark.parametrize("backend", BACKENDS)
def test_values_without_arrays_in_them(backend: str) -> None:
    net = sb.Network(
        {C: 3, Z: C * W * X + sb.exp(C) * V + sb.sigmoid(C), E: (Z - T) ** 2 / 2},
        inputs=[X], targets=[T], parameters=[W, V], loss=E,
    )  # fmt: skip
    agree(sb.derive(net), backend, {"x": np.arange(3.0), "t": np.ones(3), "w": 0.1, "v": 0.2})


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_constant_gradient_keeps_the_batch(backend: str) -> None:
    d = sb.derive(sb.Network({E: W * X + V}, inputs=[X], targets=[], parameters=[W, V], loss=E))
    values = moved(backend, {"x": np.arange(5.0), "w": 1.0, "v": 0.0})
    f = sb.lambdify(d, backend=backend)
    assert tuple(f(**values, reduction="none")[1]["v"].shape) == (5,)
    assert float(f(**values, reduction="sum")[1]["v"]) == 5
    assert float(f(**values)[1]["v"]) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_values_named_like_what_the_modules_have(backend: str) -> None:
    words = symbols("torch jnp xp device max math inspect loss arrays finished partial")
    inputs, target = words[:-1], words[-1]
    net = sb.Network({E: (Max(0, sum(W * s for s in inputs)) - target) ** 2}, inputs=inputs, targets=[target],
                     parameters=[W], loss=E)  # fmt: skip
    agree(sb.derive(net), backend, drawn(net))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["two-layer-sigmoid", "softmax-classifier", "attention", "or-gate-vectorised"])
def test_again_is_the_same_without_checks(name: str, backend: str) -> None:
    net = sb.load_example(name)
    f = sb.lambdify(sb.derive(net), backend=backend)
    values = moved(backend, drawn(net))
    for found, expected in zip(f.again(values), f.forward_backward(**values), strict=True):
        assert list(found) == list(expected)
        for key, array in expected.items():
            assert found[key].dtype == array.dtype
            np.testing.assert_array_equal(numbers(found[key]), numbers(array))


# --------------------------------------------------------------------------------------------------------------------
# Stable far from zero.


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("score", [-1e4, -800.0, -40.0, 40.0, 800.0, 1e4])
def test_stable_far_from_zero(score: float, backend: str) -> None:
    net = sb.Network(
        {Z: W * X, A: sb.sigmoid(Z), E: -(T * sb.log(A) + (1 - T) * sb.log(1 - A))},
        inputs=[X], targets=[T], parameters=[W], loss=E,
    )  # fmt: skip
    for target in (0.0, 1.0, 0.3):
        agree(sb.derive(net), backend, {"x": score, "t": target, "w": 1.0})
    for activation in (sb.sigmoid, sb.softplus, sb.gelu, sb.silu, sb.elu, sb.tanh):
        agree(neuron(activation), backend, {"x": score, "t": 0.0, "w": 1.0, "v": 0.0})


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("size", [40.0, 800.0, 1e4])
def test_softmax_and_log_sum_exp_are_stable(size: float, backend: str) -> None:
    case = CASES["softmax_rows"]
    values = case.values(SIZES, seed=2)
    values["X"] = values["X"] * size
    agree(sb.derive(case.network()), backend, values)
    m, k = symbols("m k")
    scores, label = MatrixSymbol("Z", m, k), MatrixSymbol("Y", m, k)
    net = sb.Network(
        {E: sb.total(sb.logsumexp(scores, axis=1)) - sb.inner(label, scores)},
        inputs=[], targets=[label], parameters=[scores], loss=E,
    )  # fmt: skip
    rng = np.random.default_rng(0)
    agree(sb.derive(net), backend, {"Z": rng.normal(size=(4, 3)) * size, "Y": np.eye(4, 3)})


@pytest.mark.needs("array_api_compat", "array_api_strict")
def test_erfc_of_the_array_api_has_its_digits() -> None:
    from mpmath import erfc

    f = sb.lambdify(neuron(sb.gelu), backend="array-api")
    z = np.concatenate([np.linspace(-6, 26, 801), [-40.0, 0.0, 40.0]])
    with np.errstate(under="ignore"):
        found = numbers(f.module["erfc"](maker("array-api")(z)))
    expected = np.array([float(erfc(x)) for x in z])
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-300)


# --------------------------------------------------------------------------------------------------------------------
# Dtype, device, kinds of values.


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["smooth-l1-relu", "softmax-classifier", "mlp", "attention", "batch-norm"])
def test_float32_stays_float32(name: str, backend: str) -> None:
    net = sb.load_example(name)
    values = moved(backend, drawn(net), np.float32)
    f = sb.lambdify(sb.derive(net), backend=backend)
    loss, gradients = f(**values)
    forward, _ = f.forward_backward(**values)
    for value in (loss, *gradients.values(), *forward.values()):
        assert str(value.dtype).endswith("float32")


@pytest.mark.parametrize("backend", BACKENDS)
def test_numbers_take_the_dtype_of_the_arrays(backend: str) -> None:
    values = {"x": maker(backend)(np.ones(3, dtype=np.float32)), "t": 1, "w": 0.5, "v": True}
    loss, gradients = sb.lambdify(neuron(sb.gelu), backend=backend)(**values)
    assert {str(x.dtype).removeprefix("torch.").rpartition(".")[2] for x in (loss, *gradients.values())} == {"float32"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_whole_numbers_are_cast(backend: str) -> None:
    values = {"x": maker(backend)(np.arange(3)), "t": 1, "w": 2, "v": 0}
    loss, _ = sb.lambdify(neuron(sb.sigmoid), backend=backend)(**values)
    expected, _ = sb.lambdify(neuron(sb.sigmoid))(x=np.arange(3), t=1, w=2, v=0)
    assert float(loss) == pytest.approx(expected, rel=1e-14)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", ["two-layer-sigmoid", "attention", "batch-norm", "mlp"])
def test_the_device_is_kept(name: str) -> None:
    net = sb.load_example(name)
    values = {n: x.to("meta") for n, x in moved("torch", drawn(net)).items()}
    f = sb.lambdify(sb.derive(net), backend="torch")
    loss, gradients = f(**values)
    assert {x.device.type for x in (loss, *gradients.values())} == {"meta"}
    assert f.as_torch()(values).device.type == "meta"


@pytest.mark.needs("torch", "array_api_compat")
def test_the_array_api_takes_numpy_and_torch() -> None:
    for case in (CASES["softmax_rows"], CASES["attention"], CASES["batch_norm"]):
        d = sb.derive(case.network())
        values = case.values(SIZES, seed=5)
        loss, gradients = sb.lambdify(d)(**values)
        f = sb.lambdify(d, backend="array-api")
        for kind in ("torch", None):
            there, found = f(**(moved("torch", values) if kind else values))
            assert type(there).__module__.split(".")[0] == (kind or "numpy")
            np.testing.assert_allclose(numbers(there), loss, rtol=1e-12)
            for name, gradient in gradients.items():
                np.testing.assert_allclose(numbers(found[name]), gradient, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("backend", BACKENDS)
def test_gradients_are_arrays_of_their_own(backend: str) -> None:
    m, n = symbols("m n")
    B, G = MatrixSymbol("B", m, n), MatrixSymbol("G", m, n)
    net = sb.Network({E: sb.inner(B, G)}, inputs=[G], targets=[], parameters=[B], loss=E)
    values = moved(backend, {"B": np.ones((2, 3)), "G": np.ones((2, 3))})
    _, gradients = sb.lambdify(sb.derive(net), backend=backend)(**values)
    assert gradients["B"] is not values["G"] or backend == "jax"  # JAX's arrays never change


# --------------------------------------------------------------------------------------------------------------------
# PyTorch's graph.


def leaves(values: Mapping[str, Any], wrt: tuple[str, ...]) -> tuple[dict[str, Any], list[Any]]:
    at = moved("torch", values)
    return at, [at[name].clone().requires_grad_() for name in wrt]


@pytest.mark.needs("torch")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_gradcheck_of_scalars(reduction: str) -> None:
    import torch

    net = sb.load_example("two-layer-sigmoid")
    wrt = ("i1", "w1", "w5", "t2")
    loss = sb.lambdify(sb.derive(net, wrt=list(wrt)), backend="torch").as_torch(reduction=reduction)
    at, given = leaves(drawn(net), wrt)
    assert torch.autograd.gradcheck(lambda *x: loss(at, **dict(zip(wrt, x, strict=True))), given)
    assert torch.autograd.gradgradcheck(lambda *x: loss(at, **dict(zip(wrt, x, strict=True))), given)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", ["attention", "layer-norm", "softmax-cross-entropy"])
def test_gradcheck_of_matrices(name: str) -> None:
    import torch

    net = sb.load_example(name)
    wrt = ("X", *(s.name for s in net.parameters))
    loss = sb.lambdify(sb.derive(net, wrt=list(wrt))).as_torch()
    at, given = leaves(drawn(net), wrt)

    def run(*x: Any) -> Any:
        return loss(at, **dict(zip(wrt, x, strict=True)))

    assert torch.autograd.gradcheck(run, given)
    assert torch.autograd.gradgradcheck(run, given, fast_mode=True)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", ["softmax", "scalar"])
@pytest.mark.parametrize("made", ["loss", "layer"])
def test_where_nothing_comes_back_nothing_is_passed_on(made: str, name: str) -> None:
    import torch

    class Stop(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.clone()

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            return None

    make, output, shapes = LAYERS[name]
    f = sb.lambdify(make(), backend="torch")
    values = moved("torch", drawn(f.derivation.network))
    wanted = values[f.wrt[-1]].requires_grad_()
    found = f.as_torch()(values) if made == "loss" else f.as_torch(output=output)({n: values[n] for n in shapes})
    (gradient,) = torch.autograd.grad(Stop.apply(found).sum(), wanted, allow_unused=True)
    assert gradient is None or not gradient.any()


@pytest.mark.needs("torch")
def test_a_derived_loss_at_the_end_of_a_model() -> None:
    import torch

    case = CASES["softmax_rows"]
    loss = sb.lambdify(sb.derive(case.network(), wrt=["X", "W", "b"])).as_torch()
    torch.manual_seed(0)
    body = torch.nn.Linear(6, 3, dtype=torch.float64)
    raw = torch.randn(4, 6, dtype=torch.float64)
    values = moved("torch", case.values(SIZES, seed=3))
    loss(values, X=body(raw).tanh()).backward()
    found = body.weight.grad.clone()
    body.weight.grad = None
    score = body(raw).tanh() @ values["W"] + values["b"]
    (-(values["Y"] * score.log_softmax(1)).sum() / 4).backward()
    torch.testing.assert_close(found, body.weight.grad, rtol=1e-11, atol=1e-14)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", ["softmax-classifier", "mlp", "attention"])
def test_without_gradients_the_loss_is_worked_out_alone(name: str) -> None:
    import torch

    net = sb.load_example(name)
    f = sb.lambdify(sb.derive(net), backend="torch")
    at = moved("torch", drawn(net))
    weights = {w.name: at[w.name].requires_grad_() for w in net.parameters}
    with torch.no_grad():
        alone = f.as_torch()(at)
    assert not alone.requires_grad
    torch.testing.assert_close(alone, f.as_torch()(at, **weights), rtol=1e-13, atol=0)
    lines = f.source.partition("def _alone(")[2].partition("\n\n\n")[0]
    assert "elta" not in lines
    assert "dE_" not in lines


@pytest.mark.needs("torch")
def test_vmap_and_func_grad_of_torch() -> None:
    import torch

    f = sb.lambdify(neuron(sb.tanh), backend="torch")
    loss = f.as_torch()
    at = moved("torch", {"x": 0.3, "t": 0.1, "w": 0.7, "v": 0.2})
    many = torch.linspace(-1, 1, 5, dtype=torch.float64)
    by_hand = torch.stack([f(**{**at, "x": x})[1]["w"] for x in many])
    found = torch.func.vmap(torch.func.grad(lambda w, x: loss(at, w=w, x=x)), in_dims=(None, 0))(at["w"], many)
    torch.testing.assert_close(found, by_hand)


@pytest.mark.needs("torch")
def test_torch_is_refused_what_was_not_derived() -> None:
    import torch

    loss = sb.lambdify(neuron(sb.tanh)).as_torch()
    at = moved("torch", {"x": 0.3, "t": 0.1, "w": 0.7, "v": 0.2})
    at["x"].requires_grad_()
    with pytest.raises(sb.DerivationError, match=r"error\[underived\]: x requires a gradient, and none was derived"):
        loss(at)
    with torch.no_grad():
        assert loss(at).ndim == 0


# --------------------------------------------------------------------------------------------------------------------
# JAX's transformations.


@pytest.mark.needs("jax")
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_jax_grad_is_the_derived_gradient(reduction: str) -> None:
    import jax

    net = sb.load_example("two-layer-sigmoid")
    d = sb.derive(net, wrt=["i1", "w1", "w5"])
    f, there = sb.lambdify(d), sb.lambdify(d, backend="jax")
    values = drawn(net)
    at = moved("jax", values)
    upstream = np.linspace(1, 2, 7) if reduction == "none" else 1.5
    loss = there.as_jax(reduction=reduction)

    def whole(by: Any, others: Any) -> Any:
        return (loss(by, others) * upstream).sum()

    by = {name: at.pop(name) for name in ("i1", "w1", "w5")}
    found, jitted = jax.grad(whole)(by, at), jax.jit(jax.grad(whole))(by, at)
    each = f(**values, reduction="none")[1]
    share = upstream / (7 if reduction == "mean" else 1)
    for gradients in (found, jitted):
        np.testing.assert_allclose(gradients["i1"], each["i1"] * share, rtol=1e-12)
        np.testing.assert_allclose(gradients["w1"], (each["w1"] * share).sum(), rtol=1e-12)
        np.testing.assert_allclose(gradients["w5"], (each["w5"] * share).sum(), rtol=1e-12)


@pytest.mark.needs("jax")
def test_jax_traces_the_lines_that_were_derived_and_no_others() -> None:
    import jax

    f = sb.lambdify(neuron(sb.tanh), backend="jax")
    at = moved("jax", {"x": np.ones(3), "t": np.ones(3), "w": 0.7, "v": 0.2})
    traced = str(jax.make_jaxpr(jax.grad(f.as_jax()))({"w": at.pop("w"), "v": at.pop("v")}, at))
    assert traced.count("tanh") == 1
    assert "transpose" not in traced


@pytest.mark.needs("jax")
def test_vmap_scan_and_second_derivatives_of_jax() -> None:
    import jax

    f = sb.lambdify(neuron(sb.tanh), backend="jax")
    loss = f.as_jax()
    at = moved("jax", {"x": 0.3, "t": 0.1, "w": 0.7, "v": 0.2})
    many = jax.numpy.linspace(-1, 1, 5)
    found = jax.vmap(jax.grad(lambda w, x: loss(at, w=w, x=x)), in_axes=(None, 0))(at["w"], many)
    np.testing.assert_allclose(found, [float(f(**{**at, "x": x})[1]["w"]) for x in many], rtol=1e-12)

    def step(w: Any, _: Any) -> Any:
        value, gradient = jax.value_and_grad(lambda w: loss(at, w=w))(w)
        return w - gradient, value

    _, losses = jax.lax.scan(step, at["w"], None, length=4)
    assert (np.diff(losses) < 0).all()
    slope = [float(f(**{**at, "w": at["w"] + h})[1]["w"]) for h in (1e-5, -1e-5)]
    curvature = jax.hessian(lambda w: loss(at, w=w))(at["w"])
    assert float(curvature) == pytest.approx((slope[0] - slope[1]) / 2e-5, rel=1e-7)


@pytest.mark.needs("jax")
def test_jax_is_refused_what_was_not_derived() -> None:
    import jax

    loss = sb.lambdify(neuron(sb.tanh)).as_jax()
    at = moved("jax", {"x": 0.3, "t": 0.1, "w": 0.7, "v": 0.2})
    with pytest.raises(sb.DerivationError, match=r"error\[underived\]: a gradient by x is asked for, and none was"):
        jax.grad(lambda x: loss(at, x=x))(at["x"])


@pytest.mark.needs("jax")
def test_the_gradient_function_can_be_jitted() -> None:
    import jax

    for name in ("softmax-classifier", "attention", "softmax-cross-entropy"):
        net = sb.load_example(name)
        d, values = sb.derive(net), drawn(net)
        f = sb.lambdify(d, backend="jax")
        loss, gradients = jax.jit(lambda at, f=f: f(**at))(moved("jax", values))
        expected, by_numpy = sb.lambdify(d)(**values)
        np.testing.assert_allclose(loss, expected, rtol=1e-12)
        for w, gradient in by_numpy.items():
            np.testing.assert_allclose(gradients[w], gradient, rtol=1e-12, atol=1e-14)


SHARDED = """
import sys
import jax
import numpy as np
jax.config.update("jax_enable_x64", True)
sys.path.insert(0, sys.argv[1])
import sharded_training as script
import symbackprop as sb
processes, process = int(sys.argv[2]), int(sys.argv[3])
if processes > 1:
    jax.distributed.initialize(sys.argv[4], processes, process)
assert jax.device_count() == 8
d = script.classifier()
weights, _ = script.drawn(d, 1)
parts = [script.drawn(d, 64 // processes, seed=k)[1] for k in range(processes)]
whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
loss, gradients = sb.lambdify(d)(**weights, **whole)
there = jax.jit(lambda w, x: sb.lambdify(d, backend="jax")(**w, **x))
spread = script.spread(weights, parts[process])
assert {len(x.sharding.device_set) for part in spread for x in part.values()} == {8}
assert all(x.addressable_shards[0].data.shape[0] == 8 for x in spread[1].values())
assert "all-reduce" in there.lower(*spread).compile().as_text()
found_loss, found = there(*spread)
np.testing.assert_allclose(found_loss, loss, rtol=1e-12)
for name, gradient in gradients.items():
    assert found[name].dtype == np.float64
    np.testing.assert_allclose(found[name], gradient, rtol=1e-12, atol=1e-14)
print("equal")
"""


def started(devices: int, *command: str) -> subprocess.Popen[str]:
    """A process with so many devices, made of one CPU."""
    flags = f"--xla_force_host_platform_device_count={devices}"
    environment = os.environ | {"XLA_FLAGS": flags, "JAX_PLATFORMS": "cpu", "PYTHONPATH": str(ROOT)}
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, *command], env=environment, **pipes)


def ended(process: subprocess.Popen[str]) -> str:
    """What a process prints; where there are several, the library that joins them prints lines of its own."""
    printed, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors
    return printed


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("localhost", 0))
        return int(found.getsockname()[1])


@pytest.mark.slow
@pytest.mark.needs("jax")
@pytest.mark.parametrize("processes", [1, 2])
def test_the_sharded_gradient_is_numpys(processes: int) -> None:
    where = f"localhost:{free_port()}"
    running = [
        started(8 // processes, "-c", SHARDED, str(ROOT / "scripts"), str(processes), str(k), where)
        for k in range(processes)
    ]
    assert all("equal\n" in ended(process) for process in running)


@pytest.mark.slow
@pytest.mark.needs("jax")
def test_sharded_training_lowers_the_loss() -> None:
    script = str(ROOT / "scripts" / "sharded_training.py")
    lines = ended(started(8, script, "--examples", "64")).splitlines()
    losses = [float(line.rpartition(" ")[2]) for line in lines]
    assert losses == sorted(losses, reverse=True)
    assert "on 8 devices" in lines[-1]
    told = ["--examples", "32", "--coordinator", f"localhost:{free_port()}", "--processes", "2", "--process"]
    first, second = (started(4, script, *told, k) for k in "01")
    assert "20 steps on 8 devices" in ended(first)
    assert "loss" not in ended(second)


# --------------------------------------------------------------------------------------------------------------------
# Layers: the loss is ⟨G, Y⟩, and G stands for what comes back to Y.


def softmax_layer() -> sb.Derivation:
    m, n, h = symbols("m n h")
    x, w, b = MatrixSymbol("X", m, n), MatrixSymbol("W", n, h), MatrixSymbol("b", 1, h)
    g, z, y = MatrixSymbol("G", m, h), MatrixSymbol("Z", m, h), MatrixSymbol("Y", m, h)
    net = sb.Network(
        {z: x * w + sb.ones(m, 1) * b, y: sb.softmax(z / sqrt(n), axis=1), E: sb.inner(g, y)},
        inputs=[x], targets=[g], parameters=[w, b], loss=E,
    )  # fmt: skip
    return sb.derive(net, wrt=["X", "W", "b"])


def scalar_layer() -> sb.Derivation:
    g, p, q = symbols("g p q")
    net = sb.Network(
        {Z: W * X + V, (p, q): sb.softmax([Z, 1]), A: sb.tanh(p), E: g * A},
        inputs=[X], targets=[g], parameters=[W, V], loss=E,
    )  # fmt: skip
    return sb.derive(net, wrt=["x", "w", "v"])


def centred_layer() -> sb.Derivation:
    """Rows less their mean: the adjoint tells its sizes first, and the way forward has to be told by X."""
    m, n = symbols("m n")
    g, x, mean, y = MatrixSymbol("G", m, n), MatrixSymbol("X", m, n), MatrixSymbol("M", 1, n), MatrixSymbol("Y", m, n)
    net = sb.Network(
        {mean: sb.colsum(x) / m, y: m * (x - sb.ones(m, 1) * mean), E: sb.inner(g, y)},
        inputs=[], targets=[g], parameters=[x], loss=E,
    )  # fmt: skip
    return sb.derive(net)


def turned_layer() -> sb.Derivation:
    """Its output is its input, transposed: a view."""
    m, n = symbols("m n")
    g, x, y = MatrixSymbol("G", n, m), MatrixSymbol("X", m, n), MatrixSymbol("Y", n, m)
    return sb.derive(sb.Network({y: x.T, E: sb.inner(g, y)}, inputs=[], targets=[g], parameters=[x], loss=E))


LAYERS = {"softmax": (softmax_layer, "Y", {"X": (4, 3), "W": (3, 5), "b": (1, 5)}),
          "centred": (centred_layer, "Y", {"X": (4, 3)}),
          "turned": (turned_layer, "Y", {"X": (4, 3)}),
          "scalar": (scalar_layer, "a", {"x": (6,), "w": (), "v": ()})}  # fmt: skip


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", LAYERS)
def test_gradcheck_of_a_layer(name: str) -> None:
    import torch

    make, output, shapes = LAYERS[name]
    layer = sb.lambdify(make()).as_torch(output=output)
    torch.manual_seed(1)
    given = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes.values()]

    def run(*values: Any) -> Any:
        return layer(dict(zip(shapes, values, strict=True)))

    assert torch.autograd.gradcheck(run, given)
    assert torch.autograd.gradgradcheck(run, given)
    stacked = torch.func.vmap(lambda x: run(x, *given[1:]))(torch.stack([given[0], -given[0]]))
    torch.testing.assert_close(stacked[1], run(-given[0], *given[1:]))


@pytest.mark.needs("torch")
def test_a_layer_works_out_nothing_twice() -> None:
    import torch

    f = sb.lambdify(softmax_layer(), backend="torch")
    back = f.source.partition("def _backward(")[2].partition("\ndef ")[0]
    parameters = "wanted: set[str], X: Array, W: Array, b: Array, Y: Array, G: Array,"
    assert f"def _backward(\n    {parameters}\n) -> tuple[Array, ...]:\n" in f.source
    assert "softmax(" not in back
    assert "addmm" not in back
    layer = f.as_torch(output="Y")
    values = {n: torch.ones(shape, requires_grad=True) for n, shape in LAYERS["softmax"][2].items()}
    with torch.no_grad():
        alone = layer(values)
    assert not alone.requires_grad
    torch.testing.assert_close(alone, layer(values))


@pytest.mark.needs("jax")
@pytest.mark.parametrize("name", LAYERS)
def test_the_jacobian_of_a_layer_in_jax(name: str) -> None:
    import jax

    make, output, shapes = LAYERS[name]
    f = sb.lambdify(make())
    layer = f.as_jax(output=output)
    rng = np.random.default_rng(2)
    values = {n: rng.normal(size=shape) for n, shape in shapes.items()}
    found = jax.jit(jax.jacrev(layer))(moved("jax", values))
    upstream = next(iter(set(f.names) - set(shapes)))
    shape = layer(moved("jax", values)).shape
    for place in np.ndindex(shape):
        unit = np.zeros(shape)
        unit[place] = 1
        options = {} if len(shape) == 2 else {"reduction": "none"}
        _, gradients = f(**values, **{upstream: unit}, **options)
        for n, gradient in gradients.items():
            whole = gradient.sum() if np.shape(gradient) != shapes[n] else gradient
            np.testing.assert_allclose(found[n][place], whole, rtol=1e-12, atol=1e-15)


@pytest.mark.needs("torch")
def test_a_module_of_single_precision_with_a_derived_layer() -> None:
    import torch

    class Derived(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.randn(3, 5))
            self.bias = torch.nn.Parameter(torch.zeros(1, 5))
            self.layer = sb.lambdify(softmax_layer(), backend="torch").as_torch(output="Y")

        def forward(self, x: Any) -> Any:
            return self.layer(X=x, W=self.weight, b=self.bias)

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(6, 3), Derived(), torch.nn.Linear(5, 2))
    raw, label = torch.randn(8, 6), torch.tensor([0, 1] * 4)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.1)
    losses = []
    for _ in range(30):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(raw), label)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    assert {str(p.grad.dtype) for p in model.parameters()} == {"torch.float32"}


@pytest.mark.needs("jax")
def test_a_derived_layer_inside_a_function_of_jax() -> None:
    import jax

    layer = sb.lambdify(softmax_layer()).as_jax(output="Y")
    rng = np.random.default_rng(4)
    before, weight, bias, raw = (
        jax.numpy.asarray(rng.normal(size=s), "float32") for s in ((6, 3), (3, 5), (1, 5), (8, 6))
    )

    def whole(middle: Callable[..., Any]) -> Callable[..., Any]:
        return lambda p: (middle(X=jax.numpy.tanh(raw @ p["before"]), W=p["W"], b=p["b"]) ** 2).sum()

    def by_jax(**v: Any) -> Any:
        return jax.nn.softmax((v["X"] @ v["W"] + v["b"]) / 3**0.5, axis=1)

    weights = {"before": before, "W": weight, "b": bias}
    found, expected = (jax.jit(jax.grad(whole(middle)))(weights) for middle in (layer, by_jax))
    for name, gradient in expected.items():
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], gradient, rtol=2e-4, atol=1e-6)


@pytest.mark.needs("torch")
def test_a_derived_layer_inside_a_model(tmp_path: Path) -> None:
    import torch

    f = sb.lambdify(softmax_layer(), backend="torch")
    layer = f.as_torch(output="Y")
    torch.manual_seed(0)
    before, after = torch.nn.Linear(6, 3, dtype=torch.float64), torch.nn.Linear(5, 1, dtype=torch.float64)
    weight = torch.nn.Parameter(torch.randn(3, 5, dtype=torch.float64))
    bias = torch.nn.Parameter(torch.randn(1, 5, dtype=torch.float64))
    raw = torch.randn(4, 6, dtype=torch.float64)
    wanted = [*before.parameters(), weight, bias, *after.parameters()]

    def loss(middle: Callable[[Any], Any]) -> Any:
        return after(middle(before(raw))).square().mean()

    found = torch.autograd.grad(loss(lambda x: layer(X=x, W=weight, b=bias)), wanted)
    by_torch = torch.autograd.grad(loss(lambda x: torch.softmax((x @ weight + bias) / 3**0.5, dim=1)), wanted)
    torch.testing.assert_close(found, by_torch, rtol=1e-11, atol=1e-15)
    module = saved(f, tmp_path)
    torch.testing.assert_close(module.layer(before(raw), weight, bias), layer(X=before(raw), W=weight, b=bias))
    compiled = torch.compile(lambda w: loss(lambda x: module.layer(x, w, bias)), backend="aot_eager", fullgraph=True)
    torch.testing.assert_close(torch.autograd.grad(compiled(weight), weight)[0], by_torch[2], rtol=1e-11, atol=1e-15)
    assert "\n\n\n\n" not in f.source


@pytest.mark.needs("torch", "jax")
@pytest.mark.parametrize("kind", ["torch", "jax"])
def test_a_layer_that_is_none_is_told(kind: str) -> None:
    make: Any = getattr(sb.lambdify(neuron(sb.tanh)), f"as_{kind}")
    with pytest.raises(sb.DerivationError, match=r"error\[layer\]: the loss E is not total\(G\*a\) for a target G"):
        make(output="a")
    make = getattr(sb.lambdify(softmax_layer()), f"as_{kind}")
    with pytest.raises(sb.DerivationError, match=r"error\[layer\]"):
        make(output="Z")
    with pytest.raises(sb.DataError, match="has its batch inside"):
        make(output="Y", reduction="sum")
    with pytest.raises(sb.DataError, match="there is no value for W, b"):
        make(output="Y")(X=np.ones((2, 2)))
    with pytest.raises(sb.DataError, match="a layer adds nothing up"):
        getattr(sb.lambdify(scalar_layer()), f"as_{kind}")(output="a", reduction="sum")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_networks_too(name: str, backend: str) -> None:
    d = LAYERS[name][0]()
    agree(d, backend, drawn(d.network))


# --------------------------------------------------------------------------------------------------------------------
# Saved modules.


def saved(f: sb.GradientFunction, folder: Path) -> Any:
    """The module that is saved, imported under a name of its own: PyTorch's compiler looks modules up by name."""
    path = folder / f"{folder.name}.py"
    f.save(path)
    spec = importlib.util.spec_from_file_location(folder.name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[folder.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["softmax-classifier", "smooth-l1-relu", "attention", "or-gate-vectorised"])
def test_saved_modules(name: str, backend: str, tmp_path: Path) -> None:
    net = sb.load_example(name)
    d, values = sb.derive(net), drawn(net)
    f = sb.lambdify(d, backend=backend)
    assert f.backend == backend
    module = saved(f, tmp_path)
    at = {f.arguments[n]: x for n, x in moved(backend, values).items()}
    loss, gradients = module.loss_and_gradients(**at)
    expected, by_numpy = sb.lambdify(d)(**values)
    np.testing.assert_allclose(numbers(loss), expected, rtol=1e-12)
    for w, gradient in by_numpy.items():
        np.testing.assert_allclose(numbers(gradients[w]), gradient, rtol=1e-12, atol=1e-14)
    if backend != "array-api":
        np.testing.assert_allclose(numbers(module.loss(**at)), expected, rtol=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", few(sb.example_names()))
def test_the_source_can_be_read(name: str, backend: str) -> None:
    source = sb.lambdify(sb.derive(sb.load_example(name)), backend=backend).source
    ast.parse(source)
    assert max(map(len, source.splitlines())) <= 120
    assert "\n\n\n\n" not in source
    assert not re.search(r"[ \t]$", source, re.MULTILINE)
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if re.match(r"(import|from) ", line)}
    assert imported <= {"collections", "math", "functools", "inspect", "typing", *NEEDS[backend][:1]}
    assert "symbackprop" not in source


@pytest.mark.needs("jax")
def test_the_lines_are_those_that_were_derived() -> None:
    backward = re.compile(r"    # backward pass.*?\n\n", re.DOTALL)
    network = sb.load_example("mlp")
    source, numpy = (sb.lambdify(sb.derive(network), backend=backend).source for backend in ("jax", "numpy"))
    begin = "    # backward pass: Delta_Z2 is the derivative of E by Z2, and so on\n"
    # NumPy works a derivative out beside its function, for its digits; that takes other libraries longer.
    assert backward.search(source)[0] == (  # type: ignore[index]
        f"{begin}    Delta_Z2 = A2*(1 - A2)*t1/m\n    Delta_Z1 = (Delta_Z2 @ W2.T)*(1 - A1**2)\n\n"
    )
    assert backward.search(numpy)[0] == (  # type: ignore[index]
        f"{begin}    Delta_Z2 = t1*slope_A2/m\n    Delta_Z1 = (Delta_Z2 @ W2.T)*slope_A1\n\n"
    )


@pytest.mark.needs("torch")
def test_a_saved_module_can_be_compiled_by_torch(tmp_path: Path) -> None:
    import torch

    case = CASES["attention"]
    module = saved(sb.lambdify(sb.derive(case.network()), backend="torch"), tmp_path)
    at = moved("torch", case.values(SIZES, seed=4))
    weight = at["W_Q"].clone().requires_grad_()
    compiled = torch.compile(lambda w: module.loss(**{**at, "W_Q": w}), backend="aot_eager", fullgraph=True)
    compiled(weight).backward()
    torch.testing.assert_close(weight.grad, module.loss_and_gradients(**at)[1]["W_Q"])


# --------------------------------------------------------------------------------------------------------------------
# The command line.


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["two-layer-sigmoid", "attention"])
@pytest.mark.usefixtures("place")
def test_compile_writes_the_module_of_a_backend(name: str, backend: str) -> None:
    source = sb.lambdify(sb.derive(sb.load_example(name)), backend=backend).source
    assert run("compile", name, "--backend", backend).stdout == source
    assert run("compile", name, "--backend", backend, "-o", "gradients.py").stdout == "gradients.py\n"
    assert Path("gradients.py").read_text(encoding="utf-8") == source


def test_compile_is_told_of_backends() -> None:
    known = "array-api, javascript, jax, numpy, torch"
    line = f"symbackprop: error[backend]: there is no backend 'tensorflow'; known names: {known}"
    assert told("compile", "two-layer-sigmoid", "--backend", "tensorflow") == line


@pytest.mark.parametrize("backend", list(LIBRARIES))
@pytest.mark.parametrize("name", few(sb.example_names()))
@pytest.mark.usefixtures("place")
def test_writing_a_module_needs_no_library(name: str, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in {module for library in LIBRARIES.values() for module in library.modules}:
        monkeypatch.setitem(sys.modules, module, None)  # as if it were not there
    written = run("compile", name, "--backend", backend).stdout
    ast.parse(written)
    assert run("compile", name, "--backend", backend, "-o", "gradients.py").stdout == "gradients.py\n"
    assert Path("gradients.py").read_text(encoding="utf-8") == written


@pytest.mark.parametrize("backend", ["numpy", *LIBRARIES])
def test_a_value_called_reduction_is_refused_by_all_that_writes(backend: str) -> None:
    reduction, w = symbols("reduction w")
    d = sb.derive(sb.Network({E: reduction * w}, inputs=[reduction], targets=[], parameters=[w], loss=E))
    with pytest.raises(sb.DerivationError, match="the network calls a value 'reduction'"):
        source_of(d, backend)


# --------------------------------------------------------------------------------------------------------------------
# Refusals.


def test_an_unknown_backend_is_told() -> None:
    with pytest.raises(
        sb.DerivationError, match=r"error\[backend\]: there is no backend 'touch'; did you mean 'torch'"
    ):
        sb.lambdify(neuron(sb.tanh), backend="touch")


@pytest.mark.parametrize("name", list(LIBRARIES))
def test_a_missing_extra_is_told_with_the_line_that_installs_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, LIBRARIES[name].modules[0], None)  # as if it were not there
    line = f'install it, in a clone of symbackprop: pip install ".[{name}]"'
    with pytest.raises(sb.SymbackpropError, match=rf"error\[missing-extra\]: .*{re.escape(line)}$"):
        sb.lambdify(neuron(sb.tanh), backend=name)


def test_every_backend_is_an_extra() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(LIBRARIES) <= set(extras)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.ones((2, 2))}, r"x has shape \(2, 2\); give one entry an example"),
        ({"x": np.ones(3), "t": np.ones(2)}, r"x has 3 examples and t has 2"),
        ({"x": np.ones(0)}, r"x has no examples"),
        ({"x": np.ones(2) * 1j}, r"x is .*complex.*, not real numbers"),
        ({"t": "many"}, r"t is str, not real numbers"),
        ({"t": None}, r"t is NoneType, not real numbers"),
    ],
    ids=["axes", "lengths", "empty", "complex", "text", "none"],
)
def test_values_that_do_not_fit(changes: dict[str, Any], message: str, backend: str) -> None:
    make = maker(backend)
    values = {"x": 1.0, "t": 1.0, "w": make(np.asarray(1.0)), "v": 0.5}
    values |= {name: make(x) if isinstance(x, np.ndarray) else x for name, x in changes.items()}
    with pytest.raises(sb.DataError, match=message):
        sb.lambdify(neuron(sb.tanh), backend=backend)(**values)


@pytest.mark.parametrize("backend", BACKENDS)
def test_matrices_that_do_not_fit(backend: str) -> None:
    case = CASES["softmax_rows"]
    f = sb.lambdify(sb.derive(case.network()), backend=backend)
    values = moved(backend, case.values(SIZES, seed=0))
    with pytest.raises(sb.DataError, match=r"X is 3×4 and should be m×n: it looks transposed; give X\.T"):
        f(**{**values, "X": values["X"].T})
    with pytest.raises(sb.DataError, match="there is no value for Y"):
        f(**{name: x for name, x in values.items() if name != "Y"})
    with pytest.raises(sb.DataError, match=r"rowsum\(Y\) = 1 is stated"):
        f(**{**values, "Y": 2 * values["Y"]})
    with pytest.raises(sb.DataError, match="has its batch inside"):
        f(**values, reduction="sum")


@pytest.mark.needs("torch", "array_api_compat", "array_api_strict")
def test_arrays_of_two_libraries_are_refused() -> None:
    f = sb.lambdify(neuron(sb.tanh), backend="array-api")
    x, t = maker("torch")(np.ones(2)), maker("array-api")(np.ones(2))
    with pytest.raises(
        sb.DataError, match="there are arrays of array_api_strict and torch; give arrays of one library"
    ):
        f(x=x, t=t, w=1.0, v=0.0)
    with pytest.raises(sb.DataError, match="no value is an array of a library"):
        f(x=1.0, t=1.0, w=1.0, v=0.0)


@pytest.mark.needs("torch")
def test_tensors_on_two_devices_are_refused() -> None:
    x, t = maker("torch")(np.ones(2)), maker("torch")(np.ones(2)).to("meta")
    with pytest.raises(sb.DataError, match="x is on cpu and t on meta; move them to one device"):
        sb.lambdify(neuron(sb.tanh), backend="torch")(x=x, t=t, w=1.0, v=0.0)


@pytest.mark.needs("torch", "jax")
@pytest.mark.parametrize("kind", ["torch", "jax"])
def test_the_losses_refuse_what_does_not_fit(kind: str) -> None:
    f = sb.lambdify(neuron(sb.tanh))
    make: Any = getattr(f, f"as_{kind}")
    with pytest.raises(sb.DataError, match="reduction is 'median'"):
        make(reduction="median")
    with pytest.raises(sb.DataError, match="there is no value for t, v"):
        make()(x=1.0, w=1.0)
    with pytest.raises(sb.DataError, match="x has 3 examples and t has 2"):
        make()(moved(kind, {"x": np.ones(3), "t": np.ones(2), "w": 1.0, "v": 1.0}))


def user_operation(name: str) -> sb.Derivation:
    n = Symbol("n")
    a, b, g = MatrixSymbol("A", n, n), MatrixSymbol("B", n, n), MatrixSymbol("G", n, n)
    operation = sb.operation("shape_of_it", [a], b, g, adjoints=[g], numpy=name)
    weights = MatrixSymbol("W", n, n)
    return sb.derive(sb.Network({E: sb.total(operation(weights))}, inputs=[], targets=[], parameters=[weights], loss=E))


@pytest.mark.parametrize("backend", BACKENDS)
def test_operations_of_the_users_own(backend: str) -> None:
    agree(user_operation("np.linalg.cholesky"), backend, {"W": np.diag([4.0, 9.0])})


@pytest.mark.parametrize("backend", [p for p in BACKENDS if p.values[0] != "array-api"])
def test_an_operation_that_the_library_lacks_is_told(backend: str) -> None:
    with pytest.raises(sb.DerivationError, match=r"has no asfortranarray, by which shape_of_it is worked out"):
        sb.lambdify(user_operation("np.asfortranarray"), backend=backend)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_operation_that_gives_another_shape_is_told(backend: str) -> None:
    f = sb.lambdify(user_operation("np.ravel" if backend != "array-api" else "np.sum"), backend=backend)
    with pytest.raises(sb.DataError, match=r"shape_of_it is declared to give shape \(2, 2\), and its NumPy function"):
        f(**moved(backend, {"W": np.ones((2, 2))}))


@pytest.mark.parametrize("backend", [p for p in BACKENDS if p.values[0] != "jax"])  # JAX gives inf and nan
def test_a_singular_matrix_is_told(backend: str) -> None:
    n = Symbol("n")
    a = MatrixSymbol("A", n, n)
    d = sb.derive(sb.Network({E: sb.trace(a.I)}, inputs=[], targets=[], parameters=[a], loss=E))
    said = r"inv\(A\) in inv_A has no value: .+; give values at which all that is asked of a matrix exists"
    with pytest.raises(sb.DataError, match=said):
        sb.lambdify(d, backend=backend)(**moved(backend, {"A": np.zeros((2, 2))}))
