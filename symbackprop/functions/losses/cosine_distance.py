"""One less the cosine of the angle between two vectors."""

from typing import Any

from sympy import Add, sqrt

from symbackprop.functions.loss import Loss, Values, pairs


def cosine_distance(outputs: Values, targets: Values) -> Any:
    """1 - Σ y·t/(√Σy²·√Σt²), one less the cosine similarity of outputs and targets, which are lists."""
    both = pairs("cosine_distance", outputs, targets)
    lengths = sqrt(Add(*(y**2 for y, _ in both))) * sqrt(Add(*(t**2 for _, t in both)))
    return 1 - Add(*(y * t for y, t in both)) / lengths


LOSS = Loss(cosine_distance, "cosine_distance([y1, y2], [t1, t2])", by_entries=False)
