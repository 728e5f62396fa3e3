"""What the code of a training loop calls its own, so that no name of a network may."""

from __future__ import annotations

from symbackprop.numeric.loops.helpers import LOOP_HELPERS
from symbackprop.numeric.loops.take import CONSTANTS
from symbackprop.numeric.loops.writer import MATH

ARGUMENTS = (
    "data", "weights", "kept", "options", "updates", "rates", "begins", "ends", "losses", "moves", "values",
    "parameters", "gradients",
)  # fmt: skip
"""The arguments of ``run``, of which each loop has those that it needs."""

RESERVED = (
    frozenset(LOOP_HELPERS) | MATH | CONSTANTS | frozenset(ARGUMENTS)
    | {"run", "k", "r", "row", "begin", "end", "count", "isfinite", "scalar", "np", "math"}
)  # fmt: skip
