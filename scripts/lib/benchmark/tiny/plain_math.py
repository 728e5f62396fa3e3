"""Python's floats and its math module, line by line as in the notes."""

from __future__ import annotations

from math import exp

from benchmark.entries import Running
from benchmark.tiny.case import RATE, WEIGHTS, Tiny


def start(case: Tiny) -> Running:
    """A loop of forward pass, error signals and updates, in local names."""
    i1, i2, t1, t2 = case.data.values()
    weights = tuple(case.weights().values())

    def advance(updates: int) -> float:
        nonlocal weights
        w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = weights
        rate, losses = RATE, []
        for _ in range(updates):
            a_h1 = 1 / (1 + exp(-(w1 * i1 + w2 * i2 + b1)))
            a_h2 = 1 / (1 + exp(-(w3 * i1 + w4 * i2 + b1)))
            a_o1 = 1 / (1 + exp(-(w5 * a_h1 + w6 * a_h2 + b2)))
            a_o2 = 1 / (1 + exp(-(w7 * a_h1 + w8 * a_h2 + b2)))
            e1, e2 = a_o1 - t1, a_o2 - t2
            losses.append(0.5 * (e1 * e1 + e2 * e2))
            d_o1 = e1 * a_o1 * (1 - a_o1)
            d_o2 = e2 * a_o2 * (1 - a_o2)
            d_h1 = (d_o1 * w5 + d_o2 * w7) * a_h1 * (1 - a_h1)
            d_h2 = (d_o1 * w6 + d_o2 * w8) * a_h2 * (1 - a_h2)
            w1 -= rate * d_h1 * i1
            w2 -= rate * d_h1 * i2
            w3 -= rate * d_h2 * i1
            w4 -= rate * d_h2 * i2
            w5 -= rate * d_o1 * a_h1
            w6 -= rate * d_o1 * a_h2
            w7 -= rate * d_o2 * a_h1
            w8 -= rate * d_o2 * a_h2
            b1 -= rate * (d_h1 + d_h2)
            b2 -= rate * (d_o1 + d_o2)
        weights = (w1, w2, w3, w4, w5, w6, w7, w8, b1, b2)
        return losses[-1]

    return Running(advance, lambda: dict(zip(WEIGHTS, weights, strict=True)))
