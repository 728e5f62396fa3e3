"""PyTorch with its compiler: forward and backward pass compiled, weights changed in place."""

from __future__ import annotations

import torch

from benchmark.entries import Running
from benchmark.steps.cases import Layers
from benchmark.steps.torch_eager import descent
from benchmark.steps.torch_network import network_loss


def start(case: Layers) -> Running:
    """As eager, with a compiled loss; shapes are fixed, as they never change here."""
    return descent(case, torch.compile(network_loss(case), fullgraph=True, dynamic=False))
