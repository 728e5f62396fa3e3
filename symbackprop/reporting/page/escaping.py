"""Text of a user's in a page: it is shown, and nothing else."""

from __future__ import annotations

import json
import unicodedata
from html import escape
from typing import Any

_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that change in which direction what follows is read."""


def escaped(words: str) -> str:
    """Text in which no character means anything to HTML; what cannot be seen is named, or becomes a blank."""
    return escape("".join(map(_visible, words)), quote=True)


def code_escaped(source: str) -> str:
    """Source code as text: its line ends stay."""
    return escape("".join(c if c == "\n" else _visible(c) for c in source), quote=False)


def _visible(char: str) -> str:
    if char in _TURNING:
        return f"[U+{ord(char):04X}]"
    if char.isspace():
        return char if char == "\u00a0" else " "
    return f"[U+{ord(char):04X}]" if unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") else char


def data(value: Any) -> str:
    """Data as JSON that may stand in a script element: no sign in it ends the element or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
