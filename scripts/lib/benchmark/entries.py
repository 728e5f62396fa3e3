"""Contestants: where each is written, and what it is once it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

Kind = Literal["ours", "peer", "limit"]


@dataclass(frozen=True)
class Running:
    """A contestant at work on one network.

    ``advance(n)`` makes n updates and returns the loss before the last of them; ``weights()`` gives copies of what the
    weights are by then, or None where nothing is trained (a limit that does a part of the work alone). A contestant
    whose updates come in batches has ``chunk`` of them at least.
    """

    advance: Callable[[int], float]
    weights: Callable[[], Mapping[str, Any]] | None
    chunk: int = 1


@dataclass(frozen=True)
class Entry:
    """A contestant by name: ``module`` (within this package) and the function in it that starts it on a case.

    A module is imported when it is wanted, so that a library that is absent is missed by its own contestants alone.
    """

    name: str
    module: str
    kind: Kind
    options: Mapping[str, Any]

    def load(self) -> Callable[[Any], Running]:
        """What starts it. Raises ImportError where its library is not here."""
        start = import_module(f"benchmark.{self.module}").start
        return lambda case: start(case, **self.options)


def entry(name: str, module: str, kind: Kind = "peer", **options: Any) -> Entry:
    """A contestant; ``options`` are for its ``start``."""
    return Entry(name, module, kind, options)
