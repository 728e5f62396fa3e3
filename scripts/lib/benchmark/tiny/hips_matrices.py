"""HIPS autograd, with a matrix a layer."""

from __future__ import annotations

import autograd.numpy as anp
from autograd import value_and_grad

from benchmark.entries import Running
from benchmark.tiny.case import RATE, Tiny, named
from benchmark.tiny.hips_autograd import sigmoid


def start(case: Tiny) -> Running:
    """A loop of values, gradients and updates."""
    i, t, *first = case.matrices()
    weights = tuple(first)

    def loss_of(weights):
        w1, w2, b1, b2 = weights
        e = sigmoid(anp.dot(w2, sigmoid(anp.dot(w1, i) + b1)) + b2) - t
        return 0.5 * anp.dot(e, e)

    step = value_and_grad(loss_of)

    def advance(updates: int) -> float:
        nonlocal weights
        loss = 0.0
        for _ in range(updates):
            loss, gradients = step(weights)
            weights = tuple(w - RATE * gradient for w, gradient in zip(weights, gradients, strict=True))
        return float(loss)

    return Running(advance, lambda: named(*weights))
