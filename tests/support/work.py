"""How much work something is, counted: the same on a busy machine as on a quiet one.

A test of how work grows, or of what must not blow up, asks for these counts and never for seconds.
"""

from __future__ import annotations

import sys
import threading
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any


class TooMuch(BaseException):
    """More work than the test allows; no handler of errors on the way takes it for its own."""


def calls(action: Callable[[], Any], most: float = float("inf")) -> int:
    """How many functions of Python are called while the action runs, in this thread and those that it starts.

    What calls more than the most is stopped there, so that a test of it fails and does not hang.
    """
    counted = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event == "call"
        if counted > most:
            raise TooMuch(f"more than {most:,} calls")

    before = sys.getprofile(), threading.getprofile()
    threading.setprofile(count)
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before[0])
        threading.setprofile(before[1])  # type: ignore[arg-type]  # None takes it away
    return counted


def memory(action: Callable[[], Any]) -> int:
    """The most bytes that the action holds at a time, such as those of a number with a billion digits."""
    tracemalloc.start()
    try:
        action()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
