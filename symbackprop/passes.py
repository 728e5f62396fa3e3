"""Passes: steps in a row, each of which writes down itself what it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sympy import Basic

S = TypeVar("S")
Words = tuple[str | Basic, ...]
"""Words and expressions in turn, so that every printer can set the expressions in its own way."""

FEW = 6
"""How many of several names are told one by one."""


class Note(Protocol):
    """Writes down one thing that a pass changes, in words and expressions; what is noted twice is kept once."""

    def __call__(self, *words: str | Basic) -> None:
        """Write down one thing."""


@dataclass(frozen=True)
class Pass(Generic[S]):
    """One step of a row: its name, a sentence that says what it does, and the function that does it.

    The function takes what the passes before it have left, and a ``Note``; it returns what the next one is given.
    """

    name: str
    says: str
    run: Callable[[S, Note], S]


@dataclass(frozen=True)
class Ran:
    """A pass that has run, and what it changed, as it was noted by the code that changed it."""

    name: str
    says: str
    changes: tuple[Words, ...]


def run(passes: Iterable[Pass[S]], state: S) -> tuple[S, tuple[Ran, ...]]:
    """Run passes one after the other, and return what the last one leaves and the record of each."""
    ran: list[Ran] = []
    for step in passes:
        changes: dict[Words, None] = {}

        def note(*words: str | Basic, kept: dict[Words, None] = changes) -> None:
            kept.setdefault(words)

        state = step.run(state, note)
        ran.append(Ran(step.name, step.says, tuple(changes)))
    return state, tuple(ran)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 name", "3 names"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def some_of(names: Sequence[Basic]) -> Words:
    """The first few names, with commas between them, and dots where there are more."""
    words: list[str | Basic] = []
    for name in names[:FEW]:
        words += [", ", name] if words else [name]
    return (*words, ", …") if len(names) > FEW else tuple(words)
