"""Where a name ends, and the pieces that it is made of, in whatever notation it is written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from symbackprop.reading.signs import GREEK_COMMANDS, HATS, IN_GROUPS, SUBSCRIPTS, SUPERSCRIPTS

_HAT = re.compile(rf"\\(?:{'|'.join(HATS)})\s*(?:\{{[^{{}}]*\}}|\\[A-Za-z]+|.)")
_WORD = re.compile(rf"\\(?:{'|'.join(IN_GROUPS)})\s*\{{(?:[^{{}}]|\{{\}})*\}}")
_GREEK = re.compile(rf"\\(?:{'|'.join(GREEK_COMMANDS)})(?![A-Za-z])")
_SMALL = re.compile(rf"[{SUBSCRIPTS}]+(?:,[{SUBSCRIPTS}]+)*")
_LOWERED = re.compile(r"_\s*(?:\\[A-Za-z]+(?:\{[^{}]*\})?|.)?")


@dataclass(frozen=True)
class Spelling:
    """What looks like a name, from ``at`` up to ``end``.

    ``pieces`` are letters, commands, digits and what stands lowered; ``heads`` are the numbers of the pieces at which
    a name may begin; ``lowered`` the places at which something lowered begins.
    """

    text: str
    at: int
    end: int
    pieces: tuple[str, ...]
    heads: tuple[int, ...]
    lowered: tuple[int, ...]


def spelled_at(text: str, start: int) -> Spelling:
    """The longest piece of text from ``start`` that can be one name, or names side by side."""
    at = start
    pieces: list[str] = []
    heads: list[int] = []
    lowered: list[int] = []
    while at < len(text):
        piece, head, low = _piece(text, at)
        if not piece or (not pieces and not head):
            break
        if head:
            heads.append(len(pieces))
        if low:
            lowered.append(at)
        pieces.append(piece)
        at += len(piece)
    return Spelling(text[start:at], start, at, tuple(pieces), tuple(heads), tuple(lowered))


def _piece(text: str, at: int) -> tuple[str, bool, bool]:
    """The piece at a place, whether a name may begin there, and whether it stands lowered."""
    sign = text[at]
    if sign == "\\":
        for kind in (_HAT, _WORD, _GREEK):
            if found := kind.match(text, at):
                return found[0], True, False
        return "", False, False
    if sign == "_":
        return _under(text, at), False, True
    if sign in SUBSCRIPTS:
        found = _SMALL.match(text, at)
        return found[0] if found else sign, False, True
    if sign.isdigit() and sign.isascii():
        return sign, False, False
    if (sign.isalpha() or sign == "∆") and sign not in SUPERSCRIPTS:
        end = at + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        return text[at:end], True, False
    return "", False, False


def _under(text: str, at: int) -> str:
    r"""What stands lowered behind ``_``: a group in braces, a command, or one character."""
    if not text.startswith("_{", at):
        found = _LOWERED.match(text, at)
        assert found is not None
        last = found[0][-1]
        return found[0] if last.isalnum() or last == "}" or found[0].startswith("_\\") else "_"
    depth = 0
    for end in range(at + 1, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[at : end + 1]
    return text[at:]
