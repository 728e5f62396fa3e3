"""Which loop is written, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Which form of the loop: for ``many`` examples or one, with a ``record`` or without.

    ``dtype`` is that of its numbers, and ``space`` where its functions come from: "math" or "numpy".
    """

    many: bool = False
    record: bool = False
    dtype: str = "float64"
    space: str = "math"

    @property
    def is_typed(self) -> bool:
        """Whether Python's own numbers have to be cast."""
        return self.dtype != "float64" or self.space == "numpy"


@dataclass(frozen=True)
class LoopSource:
    """The text, the arguments of its ``run`` in order, and the functions that ``run`` calls, callees first.

    ``size`` is how many assignments a step makes.
    """

    text: str
    arguments: tuple[str, ...]
    helpers: tuple[str, ...]
    size: int
