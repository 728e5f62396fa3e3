"""One thing that is asked, and several that are asked together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Literal

from sympy import Expr

from symbackprop.reporting.blocks import Inlines, Line, Raw

DIGITS = 3
"""To how many significant digits a number is asked for."""
TOLD = 6
"""To how many at least it is told."""
NEAR_ZERO = 0.0005
"""How far off an answer may be that should be zero."""


@dataclass(frozen=True)
class Exercise:
    """What is asked: ``left = ______``.

    Attributes
    ----------
    label
        What answers refer to: ``1``, ``2a``.
    kind
        ``"formula"``, or ``"number"``.
    question
        What is asked, in words.
    left
        What stands before the equals sign: a name, a derivative, or LaTeX.
    plain
        The same as plain text: ``dE/dw5``, ``Z1[1,2]``.
    answer
        A formula as an expression, or a number.
    tolerance
        How far a number may be off: one unit of the third significant digit, of a parameter after an update of that of
        its change.
    formula
        What a number is worked out from, where that is a formula.
    entry
        The row and the column of the one entry of a matrix that is asked, counted from 1.
    """

    label: str
    kind: Literal["formula", "number"]
    question: Inlines
    left: Expr | Raw
    plain: str
    answer: Expr | float
    tolerance: float = 0.0
    formula: Expr | None = None
    entry: tuple[int, int] | None = None

    @property
    def digits(self) -> int:
        """To how many significant digits a number is told: to more than are asked for."""
        number = abs(float(self.answer))
        asked = math.floor(math.log10(number / self.tolerance)) if number else 0
        return max(TOLD, asked + 2)


@dataclass(frozen=True)
class Part:
    """Exercises under one sentence, which says what is to be done; ``given`` are formulas that stand below it."""

    intro: Inlines
    exercises: tuple[Exercise, ...]
    given: tuple[Line, ...] = ()


def tolerance_of(answer: float) -> float:
    """How far off a number may be: one unit of its third significant digit."""
    if answer == 0:
        return NEAR_ZERO
    return 10.0 ** (math.floor(math.log10(abs(answer))) + 1 - DIGITS)


def labelled(parts: list[Part]) -> tuple[Part, ...]:
    """Parts without those that ask nothing, their exercises labelled: 1, or 1a, 1b and so on."""
    found = []
    for number, part in enumerate((part for part in parts if part.exercises), start=1):
        letters = [""] if len(part.exercises) == 1 else list(ascii_lowercase[: len(part.exercises)])
        named = zip(part.exercises, letters, strict=True)
        found.append(replace(part, exercises=tuple(replace(one, label=f"{number}{letter}") for one, letter in named)))
    return tuple(found)
