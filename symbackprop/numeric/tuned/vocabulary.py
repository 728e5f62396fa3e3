"""Functions of one argument as NumPy calls that work in place.

A recipe is a list of passes ``(function, operands…)``, where "z" is the argument and "y" the result, in which each pass
but the first finds what was written before. exp(-z) may overflow: σ(z) is then 1/inf, which is 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symbackprop.functions.catalogue import ROWS

Pass = tuple[Any, ...]

SIMPLE: Mapping[type, str] = {
    row.cls: word.removeprefix("np.") for row in ROWS if (word := row.native.get("numpy", "")).startswith("np.")
} | {row.cls: "absolute" for row in ROWS if row.name == "abs"}
"""Functions that NumPy has."""

SIGMOID: tuple[Pass, ...] = (("negative", "z"), ("exp", "y"), ("add", "y", 1), ("divide", 1, "y"))

TAIL: tuple[Pass, ...] = (("absolute", "z"), ("negative", "y"), ("exp", "y"), ("log1p", "y"))
"""log(1 + exp(-|z|)); softplus(z) is max(z, 0) more."""
