"""What stands in a page beside the document: how lines are known, what can be moved, code, how to make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr

Grid = tuple[tuple[str, ...], ...]
"""The names of the entries of a matrix, row by row; of a number its own name alone."""


@dataclass(frozen=True)
class Mark:
    """How a line is known: ``word`` is given, proved, sampled or wrong, and ``how`` says more."""

    word: str
    how: str


@dataclass(frozen=True)
class Quantity:
    """What is worked out in a page: a name, its formula where it has one, and its entries.

    ``kind`` is input, target, parameter, value, signal or gradient; ``lhs`` is what is printed for it.
    """

    name: str
    kind: str
    lhs: Expr
    formula: Expr | None
    entries: Grid


@dataclass(frozen=True)
class Live:
    """What a page needs to work out the network that it is about.

    ``source`` is an expression of JavaScript, an object with the functions ``numbers``, ``localDerivatives`` and
    ``brokenFacts``. ``given`` are the values at the start, of inputs, targets and parameters: numbers, rows of a
    matrix, or one number for each of several examples. ``points`` are values of all entries at which a reader's
    gradient is tried; ``rate`` is the learning rate at the start. ``loss`` is empty for a layer, which has none to
    descend; ``routes`` says whether a gradient is a sum over routes.
    """

    source: str
    quantities: Sequence[Quantity]
    given: Mapping[str, Any]
    points: Sequence[Mapping[str, float]]
    loss: str
    rate: float
    routes: bool
    signals: Mapping[str, str] = field(default_factory=dict)
    """The error signal of each name that has one."""


@dataclass(frozen=True)
class Source:
    """The formulas in one language, for a reader to take along."""

    title: str
    text: str


@dataclass(frozen=True)
class PageParts:
    """All of a page beside its document; each part may be absent."""

    marks: Mapping[int, Mark] = field(default_factory=dict)
    live: Live | None = None
    sources: Sequence[Source] = ()
    command: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)
