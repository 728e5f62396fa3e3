"""The limit of whoever uses the same BLAS: the matrix products of a step, into buffers, and nothing else."""

from __future__ import annotations

import numpy as np

from benchmark.entries import Running
from benchmark.steps.cases import Layers


def start(case: Layers) -> Running:
    """Forward X W, backward Δ Wᵀ but for the inputs, and Xᵀ Δ for each layer."""
    weights = case.weights()
    w = [weights[f"W{k}"] for k in range(1, case.depth + 1)]
    values = [case.inputs, *(np.ones((case.batch, n), np.float32) for n in case.sizes[1:])]
    deltas = [np.ones_like(value) for value in values]
    gradients = [np.empty_like(matrix) for matrix in w]
    forward = [(values[k], w[k], np.empty_like(values[k + 1])) for k in range(case.depth)]
    back = [(deltas[k + 1], w[k].T, np.empty_like(deltas[k])) for k in range(1, case.depth)]
    by_weights = [(values[k].T, deltas[k + 1], gradients[k]) for k in range(case.depth)]
    products = [*forward, *back, *by_weights]

    def advance(updates: int) -> float:
        for _ in range(updates):
            for left, right, out in products:
                np.matmul(left, right, out=out)
        return 0.0

    return Running(advance, None)
