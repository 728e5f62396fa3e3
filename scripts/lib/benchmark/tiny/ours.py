"""The trainer's loop: generated Python, or the same compiled by numba."""

from __future__ import annotations

import symbackprop as sb
from benchmark.entries import Running
from benchmark.tiny.case import RATE, Tiny


def start(case: Tiny, backend: str) -> Running:
    """One call makes all the updates. Raises where the trainer uses another backend than it was asked for."""
    trainer = sb.trainer(case.derivation, case.data, initial=case.weights(), learning_rate=RATE, backend=backend)
    if trainer.backend != backend:
        raise RuntimeError(f"the trainer uses {trainer.backend}")
    return Running(
        lambda updates: float(trainer.run(updates)[-1]),
        lambda: {name: float(value) for name, value in trainer.weights.items()},
    )
