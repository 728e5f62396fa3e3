"""When compiling has become worth its time: seconds that it saves against seconds that it takes."""

from __future__ import annotations

import sys
from collections.abc import Callable


class Worth:
    """Adds up what compiled code would have saved, and tells when that is more than what it costs.

    ``loading`` are the seconds until code that is kept runs, ``importing`` those until numba does, where it does not
    run already.
    """

    def __init__(self, loading: float, importing: float) -> None:
        self.loading, self.importing = loading, importing
        self.saved = 0.0
        self.enough: float | None = None

    def after(self, seconds: float, compiling: Callable[[], float]) -> bool:
        """Whether to compile, once so many seconds more would have been saved.

        ``compiling`` tells the seconds that it takes: none where the code is kept, infinitely many where it cannot be
        done. It is asked once, when that begins to matter, as looking takes longer than a small step does.
        """
        self.saved += seconds
        if self.enough is None and self.saved > self._waiting:
            self.enough = self._waiting + compiling()
        return self.enough is not None and self.saved > self.enough

    @property
    def _waiting(self) -> float:
        return self.loading + (0.0 if "numba" in sys.modules else self.importing)
