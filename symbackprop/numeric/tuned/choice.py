"""Whether compiling the passes of a step is worth its time: seconds that it saves against seconds that it takes.

All numbers are rough, of one machine; what they decide is a matter of speed alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from symbackprop.numeric.compiled import has_numba, is_kept
from symbackprop.numeric.tuned.fusing import FAST
from symbackprop.numeric.tuned.source import StepSource
from symbackprop.numeric.worth import Worth

PER_CALL, PER_ENTRY = 2e-7, 8e-11
"""Seconds that a pass saves for each instruction in it, and for each entry that one writes."""
IMPORTING, LOADING, COMPILING = 0.6, 0.03, 0.4
"""Seconds to import numba, to load a pass that is kept, and to compile one."""


class Choice:
    """Whether to compile the passes of a step."""

    def __init__(self, written: StepSource, sizes: Mapping[str, int]) -> None:
        self.passes = written.passes
        sides = {side for shape in written.entrywise for side in shape}
        numbers = {side: int(side.subs(sizes)) for side in sides}
        entries = [math.prod(numbers[side] for side in shape) for shape in written.entrywise]
        self.each = len(entries) * PER_CALL + sum(entries) * PER_ENTRY
        self.worth = Worth(LOADING * len(self.passes.names), IMPORTING)

    def is_worth_it(self, updates: int) -> bool:
        """Whether to compile before so many updates, seeing what has been run before."""
        return self.worth.after(updates * self.each, self._compiling)

    def _compiling(self) -> float:
        """The seconds that compiling takes."""
        if not has_numba():
            return math.inf
        return 0.0 if is_kept(self.passes.text, FAST) else COMPILING * len(self.passes.names)
