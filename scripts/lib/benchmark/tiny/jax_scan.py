"""JAX with the loop inside: ``lax.scan`` over updates, compiled as a whole."""

from __future__ import annotations

import jax

from benchmark.entries import Running
from benchmark.tiny.case import Tiny
from benchmark.tiny.jax_network import first, update

LENGTH = 10_000


def start(case: Tiny) -> Running:
    """Updates come 10,000 a call, so that the call itself weighs nothing."""
    step, weights = update(case), first(case)
    loop = jax.jit(lambda weights: jax.lax.scan(lambda w, _: step(w), weights, length=LENGTH))

    def advance(updates: int) -> float:
        nonlocal weights
        losses = None
        for _ in range(updates // LENGTH):
            weights, losses = loop(weights)
        return float(losses[-1])

    return Running(advance, lambda: {name: float(value) for name, value in weights.items()}, LENGTH)
