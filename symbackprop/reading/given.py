"""A text as it was given: its pieces for messages, and the refusal of it with the place under a caret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from symbackprop.errors import Excerpt, SpecError
from symbackprop.network.formulas.names import quote


@dataclass(frozen=True)
class Given:
    """The text of one formula or line."""

    text: str

    def piece(self, start: int, end: int) -> str:
        """A piece of the text as messages show it."""
        return quote(self.text[start:end])

    def fail(self, code: str, what: str, fix: str, start: int, end: int | None = None) -> NoReturn:
        """Refuse the text; carets stand under the characters from ``start`` up to ``end``."""
        raise SpecError(code, what, fix, excerpt=Excerpt(self.text, start, start + 1 if end is None else end))
