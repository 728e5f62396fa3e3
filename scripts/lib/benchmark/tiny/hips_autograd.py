"""HIPS autograd, of the equations of scalars as they are written."""

from __future__ import annotations

import autograd.numpy as anp
from autograd import value_and_grad

from benchmark.entries import Running
from benchmark.tiny.case import RATE, Tiny


def sigmoid(z):
    """1/(1 + e^(-z))."""
    return 1 / (1 + anp.exp(-z))


def start(case: Tiny) -> Running:
    """A loop of values, gradients and updates."""
    i1, i2, t1, t2 = case.data.values()
    weights = case.weights()

    def loss_of(w):
        a_h1 = sigmoid(w["w1"] * i1 + w["w2"] * i2 + w["b1"])
        a_h2 = sigmoid(w["w3"] * i1 + w["w4"] * i2 + w["b1"])
        a_o1 = sigmoid(w["w5"] * a_h1 + w["w6"] * a_h2 + w["b2"])
        a_o2 = sigmoid(w["w7"] * a_h1 + w["w8"] * a_h2 + w["b2"])
        return 0.5 * ((t1 - a_o1) ** 2 + (t2 - a_o2) ** 2)

    step = value_and_grad(loss_of)

    def advance(updates: int) -> float:
        loss = 0.0
        for _ in range(updates):
            loss, gradients = step(weights)
            for name, gradient in gradients.items():
                weights[name] -= RATE * gradient
        return float(loss)

    return Running(advance, lambda: {name: float(value) for name, value in weights.items()})
