"""Derived losses and layers under JAX's transformations: what they trace, and derivatives of derivatives."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
from test_torch_graph import SHAPES, gated

import symbackprop as sb

pytestmark = pytest.mark.needs("jax")


@pytest.fixture(scope="module")
def layer() -> Any:
    return sb.lambdify(sb.derive(gated()), backend="jax").as_jax()


def by_jax(v: Any) -> Any:
    import jax

    x = v["X"]
    rows = x / jax.numpy.sqrt((x**2).mean(1, keepdims=True) + 0.001) * v["g"]
    return (jax.nn.silu(rows @ v["W"]) * (rows @ v["V"])) @ v["U"]


def drawn() -> dict[str, Any]:
    import jax

    rng = np.random.default_rng(0)
    return {name: jax.numpy.asarray(rng.normal(size=shape), "float32") for name, shape in SHAPES.items()}


def test_grad_of_grad_under_jit_and_vmap(layer: Any) -> None:
    import jax

    def penalty(made: Any) -> Any:
        gradient = jax.grad(lambda v, x: jax.numpy.sin(made(v | {"X": x})).sum())
        return lambda v, x: sum((g**2).sum() for g in gradient(v, x).values())

    values = drawn()
    x = values.pop("X")
    many = jax.numpy.stack([x, -x, 2 * x])
    found, expected = (
        jax.jit(jax.vmap(jax.grad(penalty(made)), in_axes=(None, 0)))(values, many) for made in (layer, by_jax)
    )
    for name, each in expected.items():
        np.testing.assert_allclose(found[name], each, rtol=2e-3, atol=2e-4)


def test_only_what_is_asked_for_is_traced(layer: Any) -> None:
    """Forward once, and back what is asked for: as many matrix products as JAX's own differentiation has."""
    import jax

    def products(made: Any, wanted: str) -> int:
        others = drawn()
        by = {name: others.pop(name) for name in wanted.split()}
        traced = jax.make_jaxpr(jax.grad(lambda by: made(by | others).sum()))(by)
        return str(traced).count("dot_general")

    for wanted in ("X g W V U", "W V U", "W", "U"):
        assert products(layer, wanted) == products(by_jax, wanted), wanted


def test_a_loss_without_gradients_works_none_out() -> None:
    import jax

    f = sb.lambdify(sb.derive(sb.load_example("mlp")), backend="jax")
    shapes = {"X": (4, 3), "T": (4, 2), "W1": (3, 5), "b1": (1, 5), "W2": (5, 2), "b2": (1, 2)}
    values = {name: jax.numpy.ones(shape) for name, shape in shapes.items()}
    assert str(jax.make_jaxpr(f.as_jax())(values)).count("dot_general") == 2


def test_layers_can_be_copied_and_pickled(layer: Any) -> None:
    values = drawn()
    assert copy.deepcopy(layer) is layer
    other = pickle.loads(pickle.dumps(layer))
    np.testing.assert_array_equal(other(values), layer(values))
