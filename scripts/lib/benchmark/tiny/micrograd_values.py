"""micrograd, with the sigmoid that it lacks."""

from __future__ import annotations

from math import exp

from micrograd.engine import Value

from benchmark.entries import Running
from benchmark.tiny.case import RATE, WEIGHTS, Tiny


def sigmoid(z: Value) -> Value:
    """As micrograd's own functions are made: the value, and what it passes back."""
    a = 1 / (1 + exp(-z.data))
    out = Value(a, (z,), "sigmoid")

    def _backward() -> None:
        z.grad += a * (1 - a) * out.grad

    out._backward = _backward
    return out


def start(case: Tiny) -> Running:
    """A loop of forward pass, backward pass and updates."""
    i1, i2, t1, t2 = case.data.values()
    weights = [Value(value) for value in case.weights().values()]
    w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = weights

    def advance(updates: int) -> float:
        loss = Value(0.0)
        for _ in range(updates):
            a_h1 = sigmoid(w1 * i1 + w2 * i2 + b1)
            a_h2 = sigmoid(w3 * i1 + w4 * i2 + b1)
            a_o1 = sigmoid(w5 * a_h1 + w6 * a_h2 + b2)
            a_o2 = sigmoid(w7 * a_h1 + w8 * a_h2 + b2)
            loss = ((t1 - a_o1) ** 2 + (t2 - a_o2) ** 2) * 0.5
            for w in weights:
                w.grad = 0
            loss.backward()
            for w in weights:
                w.data -= RATE * w.grad
        return float(loss.data)

    return Running(advance, lambda: {name: w.data for name, w in zip(WEIGHTS, weights, strict=True)})
