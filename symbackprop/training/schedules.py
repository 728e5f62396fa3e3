"""How the learning rate changes: a factor for each epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from symbackprop.errors import DataError
from symbackprop.training.data import Floats
from symbackprop.training.options_in_text import chosen

Factor = Callable[[int, int, Floats, Mapping[str, float]], float]
"""Of the epoch, the number of epochs, the losses up to this epoch, and the options."""


def _cosine(epoch: int, epochs: int, losses: Floats, options: Mapping[str, float]) -> float:
    part = min(epoch / epochs, 1.0) if epochs else 0.0
    return options["least"] + (1 - options["least"]) * (1 + math.cos(math.pi * part)) / 2


def _plateau(epoch: int, epochs: int, losses: Floats, options: Mapping[str, float]) -> float:
    """Each run of ``patience`` epochs without a new smallest loss is one reduction."""
    known = np.where(np.isnan(losses), np.inf, losses)
    better = np.append(0, 1 + np.flatnonzero(known[1:] < np.minimum.accumulate(known)[:-1]))
    waits = np.diff(np.append(better, len(known))) - 1
    reductions = int((waits // int(options["patience"])).sum())
    return float(max(options["factor"] ** reductions, options["least"]))


_FACTORS: Mapping[str, tuple[Factor, Mapping[str, float]]] = {
    "constant": (lambda epoch, epochs, losses, options: 1.0, {}),
    "step": (
        lambda epoch, epochs, losses, options: float(options["factor"] ** (epoch // int(options["every"]))),
        {"every": 10, "factor": 0.5},
    ),
    "exponential": (lambda epoch, epochs, losses, options: float(options["factor"] ** epoch), {"factor": 0.95}),
    "cosine": (_cosine, {"least": 0.0}),
    "plateau": (_plateau, {"patience": 5, "factor": 0.5, "least": 0.0}),
}
"""Each with the defaults of its options."""


@dataclass(frozen=True)
class Schedule:
    """The learning rate as a function of the epoch: the first one times ``factor``."""

    name: str
    options: Mapping[str, float] = field(default_factory=dict)

    @property
    def needs_epochs(self) -> bool:
        """Whether the factors depend on how many epochs there are to be."""
        return self.name == "cosine"

    def factor(self, epoch: int, epochs: int, losses: Any = ()) -> float:
        """What the learning rate is multiplied by at an epoch, from 0, of so many.

        ``losses`` are those of the epochs up to this one: of the validation data, if there are any. Only ``plateau``
        looks at them.
        """
        return _FACTORS[self.name][0](epoch, epochs, np.asarray(losses, dtype=float), self.options)

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{option}={value:g}" for option, value in self.options.items())])


def schedule(name: str = "constant", **options: float) -> Schedule:
    """A schedule of the learning rate, for ``train``.

    ``"constant"``; ``"step"`` multiplies it by ``factor`` after ``every`` so many epochs; ``"exponential"`` by
    ``factor`` after each; ``"cosine"`` takes it down to ``least`` of itself along half a cosine; ``"plateau"``
    multiplies it by ``factor``, though never below ``least`` of itself, each time that the loss has had no new minimum
    for ``patience`` epochs. Options may stand in the text as well: ``"step every=20 factor=0.1"``. Raises DataError for
    a name, an option or a value that does not do.
    """
    name, known = chosen("schedule", name, options, {rule: defaults for rule, (_, defaults) in _FACTORS.items()})
    for option, value in known.items():
        within, words = _RANGES[option]
        if not (math.isfinite(float(value)) and within(float(value))):
            usual = _FACTORS[name][1][option]
            raise DataError("schedule", f"{option} = {value:g} of {name} is not {words}", f"give, say, {usual:g}")
    return Schedule(name, {option: float(value) for option, value in known.items()})


def as_schedule(given: Schedule | str) -> Schedule:
    """A schedule, or the one of that name. Raises DataError."""
    return given if isinstance(given, Schedule) else schedule(given)


_COUNT = (lambda x: x >= 1 and x == int(x)), "a whole number from 1"
_RANGES: Mapping[str, tuple[Callable[[float], bool], str]] = {
    "every": _COUNT,
    "patience": _COUNT,
    "factor": ((lambda x: 0 < x <= 1), "above 0 and at most 1"),
    "least": ((lambda x: 0 <= x <= 1), "from 0 to 1"),
}
"""What each option may be."""
