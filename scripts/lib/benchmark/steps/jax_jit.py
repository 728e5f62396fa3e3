"""JAX: value, gradients and update in one compiled function, whose old weights make room for the new."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers

ACTIVATIONS = {"sigmoid": jax.nn.sigmoid, "relu": jax.nn.relu}


def start(case: Layers) -> Running:
    """A loop of calls; at its end the last of them is waited for."""
    activate, depth = ACTIVATIONS[case.activation], case.depth

    def loss_of(weights, x, labels):
        for layer in range(1, depth + 1):
            x = x @ weights[f"W{layer}"] + weights[f"b{layer}"]
            if layer < depth:
                x = activate(x)
        chosen = jnp.take_along_axis(jax.nn.log_softmax(x), labels[:, None], axis=1)
        return -jnp.mean(chosen)

    def step(weights, x, labels):
        loss, gradients = jax.value_and_grad(loss_of)(weights, x, labels)
        return loss, {name: w - jnp.float32(RATE) * gradients[name] for name, w in weights.items()}

    return descent(case, step, (jnp.asarray(case.inputs), jnp.asarray(case.labels)))


def descent(case: Layers, step, data) -> Running:
    """Updates by ``step(weights, *data) -> (loss, weights)``, compiled."""
    compiled = jax.jit(step, donate_argnums=0)
    weights = {name: jnp.asarray(value) for name, value in case.weights().items()}

    def advance(updates: int) -> float:
        nonlocal weights
        loss = jnp.zeros(())
        for _ in range(updates):
            loss, weights = compiled(weights, *data)
        jax.block_until_ready(weights)
        return float(loss)

    return Running(advance, lambda: {name: np.array(value) for name, value in weights.items()})
