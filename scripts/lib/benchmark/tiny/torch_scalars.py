"""PyTorch, eager, of the equations of scalars as they are written."""

from __future__ import annotations

import torch

from benchmark.entries import Running
from benchmark.tiny.case import RATE, WEIGHTS, Tiny


def start(case: Tiny) -> Running:
    """A loop of forward pass, backward pass and updates in place."""
    i1, i2, t1, t2 = case.data.values()
    weights = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in case.weights().values()]
    w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = weights

    def advance(updates: int) -> float:
        loss = torch.zeros(())
        for _ in range(updates):
            a_h1 = torch.sigmoid(w1 * i1 + w2 * i2 + b1)
            a_h2 = torch.sigmoid(w3 * i1 + w4 * i2 + b1)
            a_o1 = torch.sigmoid(w5 * a_h1 + w6 * a_h2 + b2)
            a_o2 = torch.sigmoid(w7 * a_h1 + w8 * a_h2 + b2)
            loss = 0.5 * ((t1 - a_o1) ** 2 + (t2 - a_o2) ** 2)
            gradients = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                torch._foreach_add_(weights, gradients, alpha=-RATE)
        return loss.item()

    return Running(advance, lambda: {name: w.item() for name, w in zip(WEIGHTS, weights, strict=True)})
