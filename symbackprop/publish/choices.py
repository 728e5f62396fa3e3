"""What a report says of how training went, beside its learning rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.reporting.evidence import UpdateRule
from symbackprop.training import TrainingHistory
from symbackprop.training.rules import RULES

_SPOKEN: Mapping[str, str] = {
    "momentum": "Gradient descent with momentum",
    "nesterov": "Gradient descent with Nesterov's momentum",
    "adagrad": "Adagrad",
    "rmsprop": "RMSprop",
    "adam": "Adam",
    "adamw": "AdamW",
}
"""The optimisers that have rules to print; gradient descent has its place in every report."""


def is_plain(history: TrainingHistory) -> bool:
    """Whether each update was one of gradient descent on all the data."""
    return history.optimiser.name not in _SPOKEN and history.batch_size is None


def choices(history: TrainingHistory) -> dict[str, Any]:
    """The fields of a ``Run`` that tell the optimiser, the schedule and the batches."""
    optimiser = history.optimiser
    rule = None
    if optimiser.name in _SPOKEN:
        kept = tuple(RULES[optimiser.name].kept)
        rule = UpdateRule(_SPOKEN[optimiser.name], optimiser.rules(), kept, dict(optimiser.options))
    return {
        "rule": rule,
        "schedule": "" if history.schedule.name == "constant" else str(history.schedule),
        "batch_size": history.batch_size,
    }
