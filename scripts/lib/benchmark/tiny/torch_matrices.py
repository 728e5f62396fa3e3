"""PyTorch, eager, with a matrix a layer."""

from __future__ import annotations

import torch

from benchmark.entries import Running
from benchmark.tiny.case import RATE, Tiny, named


def start(case: Tiny) -> Running:
    """A loop of forward pass, backward pass and updates in place."""
    i, t, *first = (torch.from_numpy(value) for value in case.matrices())
    weights = [value.requires_grad_() for value in first]
    w1, w2, b1, b2 = weights

    def advance(updates: int) -> float:
        loss = torch.zeros(())
        for _ in range(updates):
            a_o = torch.sigmoid(w2 @ torch.sigmoid(w1 @ i + b1) + b2)
            e = a_o - t
            loss = 0.5 * (e @ e)
            gradients = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                torch._foreach_add_(weights, gradients, alpha=-RATE)
        return loss.item()

    return Running(advance, lambda: named(*(w.detach().numpy() for w in weights)))
