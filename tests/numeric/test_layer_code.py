"""The code of layers: forward and backward in modules, on every library, and as parts of PyTorch and JAX."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from layers import LAYERS, attention, dense, gate, several, values_of
from saved_modules import loaded

import symbackprop as sb
from symbackprop.numeric import source_of

STRICT = [
    pytest.param(name, marks=pytest.mark.needs(*needs))
    for name, needs in (("torch", ["torch"]), ("jax", ["jax"]), ("array-api", ["array_api_compat"]))
]


def split(net: sb.Network, values: dict[str, Any]) -> dict[str, Any]:
    """The values without the adjoints of the outputs."""
    adjoints = {adjoint.name for adjoint in net.outputs.values()}
    return {name: value for name, value in values.items() if name not in adjoints}


def differences(net: sb.Network, values: dict[str, Any]) -> dict[str, Any]:
    """What is passed back, by differences of Σ⟨Ȳ, Y⟩ over the code of the way forward."""
    f = sb.lambdify(sb.derive(net))

    def product(moved: dict[str, Any]) -> float:
        found = f.outputs_of(**split(net, moved))
        outputs = found if isinstance(found, tuple) else (found,)
        return float(
            sum(
                np.sum(values[adjoint.name] * output)
                for adjoint, output in zip(net.outputs.values(), outputs, strict=True)
            )
        )

    found = {}
    for w in sb.derive(net).wrt:
        slope = np.zeros(np.shape(values[w.name]))
        for at in np.ndindex(slope.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = np.array(values[w.name], dtype=float)
                moved[at] += step
                ends.append(product({**values, w.name: moved}))
            slope[at] = (ends[0] - ends[1]) / 2e-6
        found[w.name] = slope
    return found


@pytest.mark.parametrize("name", LAYERS)
def test_what_is_passed_back_is_that_of_differences(name: str) -> None:
    net = LAYERS[name]()
    values = values_of(net)
    outputs, gradients = sb.lambdify(sb.derive(net))(**values)
    assert list(outputs) == [output.name for output in net.outputs]
    for w, slope in differences(net, values).items():
        np.testing.assert_allclose(gradients[w], slope, rtol=1e-6, atol=1e-8)


def test_a_function_has_both_ways_and_each_alone() -> None:
    net = several()
    values = values_of(net)
    f = sb.lambdify(sb.derive(net))
    outputs, gradients = f(**values)
    alone = f.outputs_of(**split(net, values))
    assert isinstance(alone, tuple)
    for one, other in zip(alone, outputs.values(), strict=True):
        np.testing.assert_array_equal(one, other)
    for w, passed in f.passed_back(**values).items():
        np.testing.assert_array_equal(passed, gradients[w])
    assert repr(f) == "<GradientFunction of Y, s, Z: takes X, c, W, b, Y_bar, s_bar, Z_bar; gradients by X, W, b>"


def test_scalars_have_an_example_an_entry_and_numbers_the_sum() -> None:
    f = sb.lambdify(sb.derive(gate()))
    x, y_bar = np.array([1.0, 2.0, -0.5]), np.array([1.0, -1.0, 0.5])
    outputs, gradients = f(x=x, h=0.3, w=0.5, u=-0.2, y_bar=y_bar, G=0.1)
    assert outputs["y"].shape == gradients["x"].shape == (3,)
    assert np.ndim(gradients["w"]) == np.ndim(gradients["h"]) == 0
    each = [f(x=a, h=0.3, w=0.5, u=-0.2, y_bar=c, G=0.1)[1] for a, c in zip(x, y_bar, strict=True)]
    np.testing.assert_allclose(gradients["x"], [one["x"] for one in each])
    np.testing.assert_allclose(gradients["w"], sum(one["w"] for one in each))
    assert (
        f(x=x.astype(np.float32), h=0.3, w=0.5, u=-0.2, y_bar=y_bar.astype(np.float32), G=0.1)[1]["x"].dtype
        == np.float32
    )


@pytest.mark.parametrize("name", LAYERS)
def test_a_saved_module_needs_nothing_of_ours(name: str, tmp_path: Path) -> None:
    net = LAYERS[name]()
    values, f = values_of(net), sb.lambdify(sb.derive(net))
    f.save(tmp_path / "saved_layer.py")
    assert "symbackprop" not in (tmp_path / "saved_layer.py").read_text(encoding="utf-8")
    module = loaded(tmp_path / "saved_layer.py")
    outputs, gradients = f(**values)
    found = module.forward(**split(net, values))
    for one, other in zip(found if isinstance(found, tuple) else (found,), outputs.values(), strict=True):
        np.testing.assert_array_equal(one, other)
    passed = module.backward(**values)
    assert list(passed) == list(gradients)
    for w in passed:
        np.testing.assert_array_equal(passed[w], gradients[w])
    assert not hasattr(module, "loss_and_gradients")


@pytest.mark.needs("array_api_compat")
@pytest.mark.parametrize("name", LAYERS)
def test_every_library_runs_a_layer_forward(name: str) -> None:
    d = sb.derive(LAYERS[name]())
    f = sb.lambdify(d, backend="array-api")
    given = {key: np.asarray(value) for key, value in values_of(d.network).items()}
    known = {key: given[key] for key in f.module["INPUTS"]}
    found, expected = (g.outputs_of(**known) for g in (f, sb.lambdify(d)))
    pairs = zip(found, expected, strict=True) if isinstance(expected, tuple) else [(found, expected)]
    for x, wanted in pairs:
        np.testing.assert_allclose(x, wanted, rtol=1e-14)


def test_the_module_reads_like_a_layer() -> None:
    source = sb.lambdify(sb.derive(attention())).source
    assert source.startswith(
        '"""Forward and backward pass of the layer attention.\n\n'
        "    O = forward(Q=..., K=..., V=...)\n"
        "    gradients = backward(Q=..., K=..., V=..., O_bar=...)\n"
    )
    assert "    Delta_S = P*(Delta_P - (Delta_P*P).sum(axis=1, keepdims=True))\n" in source
    assert "    dL_dV = P.T @ O_bar\n" in source
    assert not re.search(r"\bL\b =", source)


@pytest.mark.parametrize("backend", STRICT)
@pytest.mark.parametrize("name", LAYERS)
def test_other_libraries_have_the_same_numbers(name: str, backend: str) -> None:
    net = LAYERS[name]()
    d, values = sb.derive(net), values_of(net)
    outputs, gradients = sb.lambdify(d)(**values)
    made: Any = np.asarray
    rtol = 1e-10
    if backend == "torch":
        import torch

        made = torch.asarray
    if backend == "jax":
        rtol = 1e-4  # it has float32 unless it is told otherwise
    given = {key: made(value) if np.ndim(value) or backend == "array-api" else value for key, value in values.items()}
    if not any(np.ndim(value) for value in given.values()):
        given = {key: made(value) for key, value in values.items()}
    found, passed = sb.lambdify(d, backend=backend)(**given)
    for output in outputs:
        np.testing.assert_allclose(np.asarray(found[output]), outputs[output], rtol=rtol, atol=1e-6)
    for w in gradients:
        np.testing.assert_allclose(np.asarray(passed[w]), gradients[w], rtol=rtol, atol=1e-5)


@pytest.mark.needs("torch")
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_a_part_of_pytorch(name: str) -> None:
    import torch

    net = LAYERS[name]()
    d, values = sb.derive(net), values_of(net)
    layer = sb.lambdify(d).as_torch()
    wrt = [w.name for w in d.wrt]
    given = {key: torch.tensor(value, dtype=torch.float64) for key, value in split(net, values).items()}
    tensors = [given[w].requires_grad_() for w in wrt]

    def run(*moved: torch.Tensor) -> Any:
        return layer(given, **dict(zip(wrt, moved, strict=True)))

    assert torch.autograd.gradcheck(run, tensors)
    assert torch.autograd.gradgradcheck(run, tensors)
    with torch.no_grad():
        alone = run(*tensors)
    found = run(*tensors)
    for one, other in zip(*(x if isinstance(x, tuple) else (x,) for x in (alone, found)), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.needs("torch")
def test_an_output_that_nothing_comes_back_to_counts_nothing() -> None:
    import torch

    net = several()
    d, values = sb.derive(net), values_of(net)
    given = {key: torch.tensor(value, dtype=torch.float64) for key, value in split(net, values).items()}
    given["W"].requires_grad_()
    _, s, _ = sb.lambdify(d).as_torch()(given)
    (2 * s).backward()
    zeros = {adjoint.name: np.zeros(np.shape(values[adjoint.name])) for adjoint in net.outputs.values()}
    _, gradients = sb.lambdify(d)(**{**values, **zeros, "s_bar": 2.0})
    grad = given["W"].grad
    assert grad is not None
    np.testing.assert_allclose(grad.numpy(), gradients["W"], rtol=1e-10)


@pytest.mark.needs("jax")
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_a_part_of_jax(name: str) -> None:
    import jax
    import jax.numpy as jnp

    net = LAYERS[name]()
    d, values = sb.derive(net), values_of(net)
    layer = sb.lambdify(d).as_jax()
    given = {key: jnp.asarray(value) for key, value in split(net, values).items()}
    wrt = {w.name: given[w.name] for w in d.wrt}
    rest = {key: value for key, value in given.items() if key not in wrt}
    outputs, back = jax.vjp(jax.jit(lambda moved: layer(rest, moved)), wrt)
    adjoints = [jnp.asarray(values[adjoint.name]) for adjoint in net.outputs.values()]
    (passed,) = back(tuple(adjoints) if isinstance(outputs, tuple) else adjoints[0])
    _, gradients = sb.lambdify(d)(**values)
    for w in wrt:
        np.testing.assert_allclose(passed[w], gradients[w], rtol=1e-3, atol=1e-5)
    if len(adjoints) > 1:
        alone = jax.grad(lambda moved: jnp.sum(layer(rest, moved)[0]))(wrt)
        assert set(alone) == set(wrt)


def test_what_is_refused() -> None:
    f = sb.lambdify(sb.derive(dense()))
    values = values_of(dense())
    for call, words in (
        (
            lambda: f(**values, reduction="sum"),
            "error[reduction]: reduction is 'sum', and a layer adds nothing up; leave it out",
        ),
        (
            lambda: sb.lambdify(sb.derive(gate()))(reduction="sum", **values_of(gate())),
            "error[reduction]: reduction is 'sum', and a layer adds nothing up; leave it out",
        ),
        (lambda: f.outputs_of(**values), "error[unknown-name]: there is a value for Y_bar; known names: W, X, b"),
        (
            lambda: f.passed_back(**split(dense(), values)),
            "error[missing-value]: there is no value for Y_bar; give a value for every name",
        ),
        (
            lambda: sb.lambdify(sb.derive(sb.load_example("mlp"))).outputs_of(),
            "error[layer]: multilayer perceptron has a loss and is no layer; give its outputs in place of the loss: "
            "Network(…, outputs=[Y])",
        ),
        (
            lambda: source_of(sb.derive(gate()), "javascript"),
            "error[layer]: gate is a layer, which has no loss, and javascript_source needs one; write a network with "
            "its equations and a loss of y, g",
        ),
    ):
        with pytest.raises(sb.SymbackpropError) as error:
            call()
        assert str(error.value) == words


@pytest.mark.needs("torch")
def test_the_output_of_a_layer_need_not_be_named() -> None:
    f = sb.lambdify(sb.derive(dense()))
    assert f.as_torch(output="Y")
    with pytest.raises(sb.DerivationError) as error:
        sb.lambdify(sb.derive(several())).as_torch(output="Y")
    assert str(error.value) == "error[layer]: the layer gives Y, s, Z, not 'Y' alone; leave output= out"
