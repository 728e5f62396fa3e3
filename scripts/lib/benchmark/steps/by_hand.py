"""NumPy as a good engineer writes it: each product once, entries changed in place, no copies for nothing."""

from __future__ import annotations

import numpy as np

from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers


def sigmoid(z):
    """In place: 1/(1 + e^(-z))."""
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    return np.reciprocal(z, out=z)


def through_sigmoid(delta, a):
    """In place: δ · a(1 − a)."""
    delta *= a
    delta *= 1 - a
    return delta


def relu(z):
    """In place."""
    return np.maximum(z, 0, out=z)


def through_relu(delta, a):
    """In place: δ where the neuron was active."""
    delta *= a > 0
    return delta


ACTIVATIONS = {"sigmoid": (sigmoid, through_sigmoid), "relu": (relu, through_relu)}


def start(case: Layers) -> Running:
    """A loop of forward pass, backward pass and update."""
    weights = case.weights()
    w = [weights[f"W{k}"] for k in range(1, case.depth + 1)]
    b = [weights[f"b{k}"] for k in range(1, case.depth + 1)]
    x, labels, rows = case.inputs, case.labels, np.arange(case.batch)
    activate, through = ACTIVATIONS[case.activation]
    rate = np.float32(RATE)

    def step() -> float:
        values = [x]
        for layer in range(case.depth - 1):
            z = values[-1] @ w[layer]
            z += b[layer]
            values.append(activate(z))
        p = values[-1] @ w[-1]
        p += b[-1]
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        loss = -np.log(p[rows, labels]).mean()
        delta = p
        delta[rows, labels] -= 1
        delta /= len(x)
        for layer in reversed(range(case.depth)):
            into_w, into_b = values[layer].T @ delta, delta.sum(axis=0)
            if layer:
                delta = through(delta @ w[layer].T, values[layer])
            into_w *= rate
            w[layer] -= into_w
            b[layer] -= rate * into_b
        return loss

    def advance(updates: int) -> float:
        loss = 0.0
        for _ in range(updates):
            loss = step()
        return float(loss)

    return Running(advance, lambda: {name: value.copy() for name, value in weights.items()})
