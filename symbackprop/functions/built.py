"""Functions that are short for something else: what they give is written with powers, max and min."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sympy import Max, Min, sqrt

from symbackprop.functions.applied import entry_by_entry


@dataclass(frozen=True)
class Built:
    """A function that builds an expression; ``redefinable`` as in the records of functions."""

    build: Callable[..., Any]
    redefinable: bool = False

    @property
    def count(self) -> int:
        """The number of its arguments."""
        return len(inspect.signature(self.build).parameters)

    @property
    def usage(self) -> str:
        """How it is written."""
        return f"{self.build.__name__}({', '.join(inspect.signature(self.build).parameters)})"


def square(z: Any) -> Any:
    """z**2, of a scalar or of each entry of a matrix."""
    return entry_by_entry(lambda x: x**2, [z])


def reciprocal(z: Any) -> Any:
    """1/z, of a scalar or of each entry of a matrix."""
    return entry_by_entry(lambda x: 1 / x, [z])


def rsqrt(z: Any) -> Any:
    """1/sqrt(z), of a scalar or of each entry of a matrix."""
    return entry_by_entry(lambda x: 1 / sqrt(x), [z])


def clip(z: Any, low: Any, high: Any) -> Any:
    """max(low, min(high, z)), of a scalar or of each entry of a matrix."""
    return entry_by_entry(lambda x, a, b: Max(a, Min(b, x)), [z, low, high])


def maximum(a: Any, b: Any) -> Any:
    """The larger of two scalars, or of the entries of two matrices; one may be a scalar."""
    return entry_by_entry(Max, [a, b])


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two scalars, or of the entries of two matrices; one may be a scalar."""
    return entry_by_entry(Min, [a, b])


BUILT: Mapping[str, Built] = {
    "square": Built(square, redefinable=True),
    "reciprocal": Built(reciprocal, redefinable=True),
    "rsqrt": Built(rsqrt, redefinable=True),
    "clip": Built(clip, redefinable=True),
}
"""Those that formulas may use, by name."""
