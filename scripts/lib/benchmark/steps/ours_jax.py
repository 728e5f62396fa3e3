"""The derived gradients and the update in one function that JAX compiles; nothing of JAX's differentiates."""

from __future__ import annotations

import jax.numpy as jnp

import symbackprop as sb
from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers
from benchmark.steps.jax_jit import descent


def start(case: Layers) -> Running:
    """A loop of calls; at its end the last of them is waited for."""
    f = sb.lambdify(case.derivation, backend="jax")

    def step(weights, x, y):
        loss, gradients = f(X=x, Y=y, **weights)
        return loss, {name: w - jnp.float32(RATE) * gradients[name] for name, w in weights.items()}

    return descent(case, step, (jnp.asarray(case.inputs), jnp.asarray(case.targets)))
