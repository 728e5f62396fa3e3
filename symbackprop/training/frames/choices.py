"""What is done with the columns of a table before training: each choice checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symbackprop.errors import DataError, as_given, did_you_mean
from symbackprop.training.initialisers import checked_seed

MISSING_WAYS = ("refuse", "drop", "mean")


@dataclass(frozen=True)
class Preparation:
    """Which columns go in and which come out, and what is done to them.

    Attributes
    ----------
    targets
        The columns to predict.
    inputs
        The columns to predict from; None for all others.
    missing
        What becomes of rows in which a value is missing: ``"refuse"`` them, ``"drop"`` them, or put the ``"mean"`` of
        the column in its place.
    standardise
        Whether columns of numbers are shifted and scaled to mean 0 and deviation 1.
    split
        The share of the rows that is held out.
    seed
        Which rows these are depends on it alone.
    classes
        Whether the target has classes. None for yes where it has texts, and where the network has a softmax.
    """

    targets: tuple[str, ...]
    inputs: tuple[str, ...] | None = None
    missing: str = "refuse"
    standardise: bool = False
    split: float | None = None
    seed: int = 0
    classes: bool | None = None

    @classmethod
    def of(
        cls,
        target: Any,
        inputs: Any = None,
        missing: Any = None,
        standardise: bool = False,
        split: Any = None,
        seed: Any = 0,
        classes: bool | None = None,
    ) -> Preparation:
        """Check each choice. Raises DataError."""
        targets = _names("target", target)
        asked = None if inputs is None else _names("inputs", inputs)
        both = next((name for name in targets if name in (asked or ())), None)
        if both is not None:
            raise DataError("columns", f"the column {both} is input and target at once", "take it out of the inputs")
        way = "refuse" if missing is None else missing
        if way not in MISSING_WAYS:
            fix = did_you_mean(str(way), MISSING_WAYS)
            raise DataError("missing", f"missing is {as_given(missing)}", fix)
        return cls(
            targets,
            asked,
            way,
            bool(standardise),
            None if split is None else _share(split),
            checked_seed(seed),
            classes,
        )


def _names(what: str, given: Any) -> tuple[str, ...]:
    names = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, (Sequence, np.ndarray)) else ()
    words = tuple(dict.fromkeys(map(str, names)))
    if not words:
        raise DataError("columns", f"{what} is {as_given(given)}", "name a column, or several in a list")
    return words


def _share(split: Any) -> float:
    if isinstance(split, bool) or not isinstance(split, (int, float, np.number)) or not 0 < split < 1:
        raise DataError("split", f"split is {as_given(split)}", "give a number between 0 and 1, such as 0.2")
    return float(split)
