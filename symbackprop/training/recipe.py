"""How training goes, beside its learning rate and its epochs: each choice checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import numpy as np
from sympy import Symbol

from symbackprop.errors import DataError, as_given, did_you_mean
from symbackprop.numeric.compiled import require_numba
from symbackprop.training.data import by_name
from symbackprop.training.examples import checked_batch_size
from symbackprop.training.initialisers import checked_seed
from symbackprop.training.optimisers import Optimiser, as_optimiser
from symbackprop.training.schedules import Schedule, as_schedule

BACKENDS = ("auto", "numpy", "numba")


class How(TypedDict, total=False):
    """The keywords of ``train`` that say how training goes; it describes them."""

    optimiser: Optimiser | str
    optimizer: Optimiser | str | None
    schedule: Schedule | str
    batch_size: int | None
    seed: int
    sizes: Mapping[Any, int] | None
    validation: Mapping[Any, Any] | None
    patience: int | None
    accuracy: str | Symbol | Sequence[str | Symbol] | None
    dtype: Any
    backend: str
    check_facts: bool


@dataclass(frozen=True)
class Recipe:
    """What ``How`` says, checked, with defaults: gradient descent at a constant rate on the whole batch."""

    optimiser: Optimiser = field(default_factory=lambda: as_optimiser("gradient-descent"))
    schedule: Schedule = field(default_factory=lambda: as_schedule("constant"))
    batch_size: int | None = None
    seed: int = 0
    sizes: Mapping[Any, int] | None = None
    validation: Mapping[Any, Any] | None = None
    patience: int | None = None
    accuracy: str | Symbol | Sequence[str | Symbol] | None = None
    dtype: str = "float64"
    backend: str = "numpy"
    check_facts: bool = True

    @classmethod
    def of(cls, how: How) -> Recipe:
        """Check each choice. Raises DataError."""
        return cls(
            _optimiser_of(how),
            as_schedule(how.get("schedule", "constant")),
            checked_batch_size(how.get("batch_size")),
            checked_seed(how.get("seed", 0)),
            None if (sizes := how.get("sizes")) is None else by_name("sizes", sizes),
            None if (held_out := how.get("validation")) is None else by_name("validation", held_out),
            _checked_patience(how.get("patience")),
            how.get("accuracy"),
            checked_dtype(how.get("dtype", "float64")),
            checked_backend(how.get("backend", "numpy")),
            bool(how.get("check_facts", True)),
        )


def _optimiser_of(how: How) -> Optimiser:
    """The optimiser, in either spelling."""
    usual = "gradient-descent"
    british, american = how.get("optimiser", usual), how.get("optimizer")
    if american is None:
        return as_optimiser(british)
    if as_optimiser(british) not in (as_optimiser(usual), as_optimiser(american)):
        what = f"optimiser is {as_given(british)} and optimizer is {as_given(american)}"
        raise DataError("optimiser", what, "they are two spellings of one choice: give one of them")
    return as_optimiser(american)


def checked_dtype(dtype: Any) -> str:
    """The precision of all that training computes: float64 or float32. Raises DataError."""
    try:
        name = "none" if dtype is None else np.dtype(dtype).name
    except TypeError:
        name = repr(dtype)
    if name not in ("float64", "float32"):
        raise DataError("dtype", f"dtype is {name:.60}", "give float64 or float32")
    return name


def checked_backend(backend: Any) -> str:
    """What computes: "auto", "numpy" or "numba". Raises DataError, and SymbackpropError where numba is absent."""
    if backend not in BACKENDS:
        raise DataError("backend", f"there is no backend {as_given(backend)}", did_you_mean(str(backend), BACKENDS))
    if backend == "numba":
        require_numba()
    return str(backend)


def _checked_patience(patience: int | None) -> int | None:
    if patience is None:
        return None
    if isinstance(patience, bool) or not isinstance(patience, (int, np.integer)) or patience < 1:
        raise DataError(
            "patience",
            f"patience = {as_given(patience)} is not a whole number from 1",
            "give, say, 10, or leave it out",
        )
    return int(patience)
