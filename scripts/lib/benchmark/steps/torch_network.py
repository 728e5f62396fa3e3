"""What the PyTorch contestants share: tensors of a case, and its loss."""

from __future__ import annotations

import torch
from torch.nn import functional

from benchmark.steps.cases import Layers

ACTIVATIONS = {"sigmoid": torch.sigmoid, "relu": torch.relu}


def prepared(case: Layers, *, gradients: bool) -> tuple[dict[str, torch.Tensor], torch.Tensor, torch.Tensor]:
    """Weights by name (of which PyTorch differentiates, or not), inputs, and labels."""
    weights = {name: torch.from_numpy(value).requires_grad_(gradients) for name, value in case.weights().items()}
    return weights, torch.from_numpy(case.inputs), torch.from_numpy(case.labels)


def network_loss(case: Layers):
    """The mean cross-entropy as a function of W1, b1, W2 … and of the data."""
    activate, depth = ACTIVATIONS[case.activation], case.depth

    def loss(weights, x, labels):
        for layer in range(depth):
            x = torch.addmm(weights[2 * layer + 1], x, weights[2 * layer])
            if layer < depth - 1:
                x = activate(x)
        return functional.cross_entropy(x, labels)

    return loss


def use_threads(threads: int) -> None:
    """PyTorch asks its environment once; this says it again."""
    torch.set_num_threads(threads)
