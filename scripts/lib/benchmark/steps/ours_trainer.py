"""The trainer: generated code that changes the weights in place, with NumPy or compiled by numba."""

from __future__ import annotations

import numpy as np

import symbackprop as sb
from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers


def start(case: Layers, backend: str) -> Running:
    """A loop of whole-batch steps. Raises where the trainer uses another backend than it was asked for."""
    trainer = sb.trainer(
        case.derivation, case.data, initial=case.weights(), learning_rate=RATE, dtype=np.float32, backend=backend
    )
    if trainer.backend != backend:
        raise RuntimeError(f"the trainer uses {trainer.backend}")

    def advance(updates: int) -> float:
        loss = 0.0
        for _ in range(updates):
            loss = trainer.step()
        return float(loss)

    return Running(advance, lambda: {name: np.array(value) for name, value in trainer.weights.items()})
