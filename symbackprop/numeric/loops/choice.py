"""Whether compiling a loop is worth its time: seconds that it saves against seconds that it takes.

All numbers are rough, of one machine of 2024; what they decide is a matter of speed alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from symbackprop.numeric.compiled import has_numba
from symbackprop.numeric.worth import Worth

IN_PYTHON, IN_NUMPY, PER_ENTRY, COMPILED = 2.5e-8, 1.5e-6, 1.2e-9, 1e-9
"""Seconds of an assignment: of plain numbers, of arrays with so many entries, and compiled."""
IMPORTING, LOADING, COMPILING, PER_ASSIGNMENT = 1.0, 0.1, 0.6, 0.012
"""Seconds to get numba going, to load a loop that is kept, and to compile one: at least, and for each assignment."""
LONG = 1500
"""Assignments from which the compiler takes more than its share for each."""
MOST_ASSIGNMENTS = 5000
"""Loops that are longer are not compiled unless they must be."""
FEW = 48
"""Up to so many examples plain Python is faster than arrays are."""


class Choice:
    """Whether to compile the loop of so many assignments."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.worth = Worth(LOADING, IMPORTING)

    def is_worth_it(self, updates: int, examples: int, is_kept: Callable[[], bool]) -> bool:
        """Whether to compile before so many updates from so many examples each, seeing what has been run before.

        ``is_kept`` tells whether the compiled loop is in the cache; it is asked once, when that begins to matter.
        """
        each = examples * IN_PYTHON if examples <= FEW else IN_NUMPY + examples * PER_ENTRY
        saved = updates * self.size * (each - examples * COMPILED)
        return self.worth.after(saved, lambda: self._compiling(is_kept))

    def _compiling(self, is_kept: Callable[[], bool]) -> float:
        """The seconds that compiling takes."""
        if self.size > MOST_ASSIGNMENTS or not has_numba():
            return math.inf
        return 0.0 if is_kept() else COMPILING + PER_ASSIGNMENT * self.size * (1 + self.size / LONG)
