"""HIPS autograd: NumPy, traced and differentiated at each step."""

from __future__ import annotations

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers

ACTIVATIONS = {"sigmoid": lambda z: 1 / (1 + anp.exp(-z)), "relu": lambda z: anp.maximum(z, 0)}


def start(case: Layers) -> Running:
    """A loop of values, gradients and update."""
    activate, depth = ACTIVATIONS[case.activation], case.depth
    weights, x, labels, rows = case.weights(), case.inputs, case.labels, np.arange(case.batch)
    rate = np.float32(RATE)

    def loss_of(weights):
        values = x
        for layer in range(1, depth + 1):
            values = anp.dot(values, weights[f"W{layer}"]) + weights[f"b{layer}"]
            if layer < depth:
                values = activate(values)
        values = values - anp.max(values, axis=1, keepdims=True)
        scores = values[rows, labels] - anp.log(anp.sum(anp.exp(values), axis=1))
        return -anp.mean(scores)

    step = value_and_grad(loss_of)

    def advance(updates: int) -> float:
        loss = 0.0
        for _ in range(updates):
            loss, gradients = step(weights)
            for name, gradient in gradients.items():
                weights[name] -= rate * gradient
        return float(loss)

    return Running(advance, lambda: {name: value.copy() for name, value in weights.items()})
