"""The tokens of a formula."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Token:
    """A piece of the text from ``start`` up to ``end``, and what it is for the parser.

    ``kind`` is ``number``, ``name``, ``word`` (of no name), ``function``, ``change`` (dX of a name X), ``raised`` (a
    small raised number or T), ``sub`` (a lowered group behind a function), ``group`` (an argument of LaTeX) or a sign,
    which is its own kind. ``value`` is a number, a symbol, the name of a function, or the tokens of a group.
    ``function`` is the function that a name may also be.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    value: Any = None
    function: str | None = None
    sub: tuple[Token, ...] = field(default=())


END = "end"
