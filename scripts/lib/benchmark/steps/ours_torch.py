"""The derived gradients on PyTorch's tensors; nothing of PyTorch's differentiates."""

from __future__ import annotations

import os

import torch

import symbackprop as sb
from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers
from benchmark.steps.torch_network import prepared, use_threads
from benchmark.threads import told


def start(case: Layers) -> Running:
    """A loop of calls, the first of them checked, and weights changed in place."""
    use_threads(told(os.environ))
    f = sb.lambdify(case.derivation, backend="torch")
    weights, x, _ = prepared(case, gradients=False)
    values = {"X": x, "Y": torch.from_numpy(case.targets), **weights}
    f(**values)

    def advance(updates: int) -> float:
        loss = torch.zeros(())
        for _ in range(updates):
            forward, gradients = f.again(values)
            loss = forward[f.loss]
            for name, gradient in gradients.items():
                weights[name].sub_(gradient, alpha=RATE)
        return float(loss)

    return Running(advance, lambda: {name: value.numpy().copy() for name, value in weights.items()})
