"""NumPy, a layer a line."""

from __future__ import annotations

import numpy as np

from benchmark.entries import Running
from benchmark.tiny.case import RATE, Tiny, named


def start(case: Tiny) -> Running:
    """A loop of forward pass, error signals and updates."""
    i, t, w1, w2, b1, b2 = case.matrices()

    def advance(updates: int) -> float:
        nonlocal w1, w2, b1, b2
        loss = 0.0
        for _ in range(updates):
            a_h = 1 / (1 + np.exp(-(w1 @ i + b1)))
            a_o = 1 / (1 + np.exp(-(w2 @ a_h + b2)))
            e = a_o - t
            loss = 0.5 * (e @ e)
            d_o = e * a_o * (1 - a_o)
            d_h = (d_o @ w2) * a_h * (1 - a_h)
            w2 = w2 - RATE * (d_o[:, None] * a_h)
            w1 = w1 - RATE * (d_h[:, None] * i)
            b2 = b2 - RATE * d_o.sum()
            b1 = b1 - RATE * d_h.sum()
        return float(loss)

    return Running(advance, lambda: named(w1, w2, b1, b2))
