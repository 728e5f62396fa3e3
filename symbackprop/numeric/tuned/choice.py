"""Whether compiling the passes of a step is worth its time: seconds that it saves against seconds that it takes.

All numbers are rough, of one machine; what they decide is a matter of speed alone.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping

from symbackprop.numeric.compiled import has_numba, is_kept
from symbackprop.numeric.tuned.fusing import FAST
from symbackprop.numeric.tuned.source import StepSource

PER_CALL, PER_ENTRY = 2e-7, 8e-11
"""Seconds that a pass saves for each instruction in it, and for each entry that one writes."""
IMPORTING, LOADING, COMPILING = 0.6, 0.03, 0.4
"""Seconds to import numba, to load a pass that is kept, and to compile one."""


class Choice:
    """Adds up what passes would have saved, and tells when that is more than what they cost."""

    def __init__(self, written: StepSource, sizes: Mapping[str, int]) -> None:
        self.passes = written.passes
        entries = [math.prod(int(side.subs(sizes)) for side in shape) for shape in written.entrywise]
        self.each = len(entries) * PER_CALL + sum(entries) * PER_ENTRY
        self.saved = 0.0
        self.enough: float | None = None

    def is_worth_it(self, updates: int) -> bool:
        """Whether to compile before so many updates, seeing what has been run before.

        Whether numba is there, and the passes are kept, is looked up once: it takes longer than a small step does.
        """
        self.saved += updates * self.each
        if self.enough is None and self.saved > self._waiting:
            self.enough = self._looked_up()
        return self.enough is not None and self.saved > self.enough

    @property
    def _waiting(self) -> float:
        """The seconds until passes that are kept run."""
        return LOADING * len(self.passes.names) + (0.0 if "numba" in sys.modules else IMPORTING)

    def _looked_up(self) -> float:
        """How many seconds must be saved."""
        if not has_numba():
            return math.inf
        kept = is_kept(self.passes.text, FAST)
        return self._waiting + (0.0 if kept else COMPILING * len(self.passes.names))
