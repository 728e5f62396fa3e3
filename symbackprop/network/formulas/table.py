"""The functions that formulas may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Max, Min, Piecewise, sqrt

from symbackprop.functions.built import BUILT
from symbackprop.functions.catalogue import LOSSES as ALL_LOSSES
from symbackprop.functions.catalogue import VOCABULARY
from symbackprop.functions.loss import Loss
from symbackprop.functions.softmax import log_softmax, softmax
from symbackprop.network.formulas.limits import MAX_EXTREMA


@dataclass(frozen=True)
class Known:
    """A function: how it is built, how it is written, and its least and greatest number of arguments."""

    build: Callable[..., Any]
    usage: str
    least: int = 1
    most: int = 1


PLAIN: dict[str, Known] = {
    **{
        row.name: Known(row.cls, row.usage or f"{row.name}(z)", row.least or row.count, row.count) for row in VOCABULARY
    },
    **{name: Known(one.build, one.usage, one.count, one.count) for name, one in BUILT.items()},
    "sqrt": Known(sqrt, "sqrt(z)"),
    "max": Known(Max, "max(a, b)", 2, MAX_EXTREMA),
    "min": Known(Min, "min(a, b)", 2, MAX_EXTREMA),
}

LOSSES: dict[str, Loss] = {loss.name: loss for loss in ALL_LOSSES}

VECTOR: dict[str, Callable[..., tuple[Expr, ...]]] = {"softmax": softmax, "log_softmax": log_softmax}

WHERE = Known(Piecewise, "where(condition, a, b)", 3, 3)
PIECEWISE_USAGE = "write piecewise((a, condition), (b, True))"

FUNCTION_NAMES = frozenset([*PLAIN, *LOSSES, *VECTOR, "where", "piecewise"])
"""Every function that a formula may use."""

TAKEN_NAMES = (
    FUNCTION_NAMES
    - {row.name for row in VOCABULARY if row.redefinable}
    - {name for name, one in BUILT.items() if one.redefinable}
)
"""Those that can be the name of nothing else."""

UNBOUNDED = frozenset({"log", "sqrt", "abs", "sign", "step", "max", "min"})
"""Functions that make no large number out of a large constant."""

SPELLED: dict[Any, str] = {known.build: name for name, known in PLAIN.items()}
"""The name of a function in formulas, by the SymPy class that it builds."""
