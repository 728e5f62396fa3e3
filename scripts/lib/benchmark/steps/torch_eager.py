"""PyTorch, eager: its own derivatives, and weights changed in place."""

from __future__ import annotations

import os

import torch

from benchmark.entries import Running
from benchmark.steps.cases import RATE, Layers
from benchmark.steps.torch_network import network_loss, prepared, use_threads
from benchmark.threads import told


def start(case: Layers) -> Running:
    """A loop of forward pass, backward pass and update."""
    return descent(case, network_loss(case))


def descent(case: Layers, loss_of) -> Running:
    """Gradient descent on a loss of weights and data."""
    use_threads(told(os.environ))
    named, x, labels = prepared(case, gradients=True)
    weights = list(named.values())

    def advance(updates: int) -> float:
        loss = torch.zeros(())
        for _ in range(updates):
            loss = loss_of(weights, x, labels)
            gradients = torch.autograd.grad(loss, weights)
            with torch.no_grad():
                torch._foreach_add_(weights, gradients, alpha=-RATE)
        return loss.item()

    return Running(advance, lambda: {name: value.detach().numpy().copy() for name, value in named.items()})
