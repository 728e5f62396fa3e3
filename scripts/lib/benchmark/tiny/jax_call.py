"""JAX with the loop outside: a compiled call an update."""

from __future__ import annotations

import jax

from benchmark.entries import Running
from benchmark.tiny.case import Tiny
from benchmark.tiny.jax_network import first, update


def start(case: Tiny) -> Running:
    """A loop of calls; at its end the last of them is waited for."""
    step, weights = jax.jit(update(case)), first(case)

    def advance(updates: int) -> float:
        nonlocal weights
        loss = None
        for _ in range(updates):
            weights, loss = step(weights)
        return float(loss)

    return Running(advance, lambda: {name: float(value) for name, value in weights.items()})
