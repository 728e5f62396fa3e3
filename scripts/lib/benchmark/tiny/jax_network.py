"""An update of the network in JAX: its own derivatives, of the equations of scalars as they are written."""

from __future__ import annotations

import jax
import jax.numpy as jnp

from benchmark.tiny.case import RATE, Tiny


def update(case: Tiny):
    """``weights -> (weights, loss)``, for weights by name in float64."""
    i1, i2, t1, t2 = case.data.values()
    sigmoid = jax.nn.sigmoid

    def loss_of(w):
        a_h1 = sigmoid(w["w1"] * i1 + w["w2"] * i2 + w["b1"])
        a_h2 = sigmoid(w["w3"] * i1 + w["w4"] * i2 + w["b1"])
        a_o1 = sigmoid(w["w5"] * a_h1 + w["w6"] * a_h2 + w["b2"])
        a_o2 = sigmoid(w["w7"] * a_h1 + w["w8"] * a_h2 + w["b2"])
        return 0.5 * ((t1 - a_o1) ** 2 + (t2 - a_o2) ** 2)

    def step(weights):
        loss, gradients = jax.value_and_grad(loss_of)(weights)
        return {name: w - RATE * gradients[name] for name, w in weights.items()}, loss

    return step


def first(case: Tiny):
    """The first weights as JAX's numbers."""
    return {name: jnp.asarray(value, jnp.float64) for name, value in case.weights().items()}
