"""What stands in a page beside the document: how lines are known, what can be moved, code, how to make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr

from symbackprop.reporting.blocks import Inlines

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
class Known:
    """What may stand in an answer: a name, and the names of its entries, which have values at points."""

    name: str
    entries: Grid


@dataclass(frozen=True)
class Asked:
    """A blank of a worksheet, by its label, and what is right there.

    ``kind`` is formula or number, ``question`` what is asked in words, and ``plain`` the same as text; ``lefts`` may
    stand before the equals sign of an answer, without blanks. A number has an ``answer``, a ``tolerance``, and
    ``digits`` to which it is told. A formula has at each point what is ``expected``, row by row, None where that is
    not finite; the names ``later``
    say nothing in it. ``lacking`` tells that the page may lack a function that it needs.
    """

    label: str
    kind: str
    question: Inlines
    plain: str
    lefts: Sequence[str] = ()
    answer: float = 0.0
    tolerance: float = 0.0
    digits: int = 0
    expected: Sequence[Sequence[Sequence[float | None]]] = ()
    later: Sequence[str] = ()
    lacking: bool = False


@dataclass(frozen=True)
class Practice:
    """What a page needs to mark the answers to the worksheet that it is.

    ``source`` is an expression of JavaScript, an object with ``FUNCTIONS``. ``points`` have titles, and values of all
    entries of all that is ``known``. ``text`` is the file for answers, and ``file`` its name.
    """

    source: str
    known: Sequence[Known]
    points: Sequence[tuple[str, Mapping[str, float]]]
    asked: Sequence[Asked]
    matrices: bool
    text: str
    file: str


@dataclass(frozen=True)
class PageParts:
    """All of a page beside its document; each part may be absent."""

    marks: Mapping[int, Mark] = field(default_factory=dict)
    live: Live | None = None
    practice: Practice | None = None
    sources: Sequence[Source] = ()
    command: str = ""
    pictures: Mapping[str, str] = field(default_factory=dict)
