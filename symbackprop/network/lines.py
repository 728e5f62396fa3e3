"""On which line of a TOML file a key stands: the reader of TOML gives values without their places."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s=#"'\[\]{},]+))\s*=""")
_FENCES = ('"""', "'''")


def line_numbers(text: str) -> Mapping[tuple[str, str], int]:
    """The line of each (section, key), counted from 1.

    A section itself has the key ``""``; what stands before any section is in the section ``""``.
    """
    found: dict[tuple[str, str], int] = {}
    section = ""
    fence = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence:
            fence = "" if line.count(fence) % 2 else fence
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            section = header[1].strip("\"'")
            found.setdefault((section, ""), number)
        elif key:
            found.setdefault((section, next(part for part in key.groups() if part is not None)), number)
            fence = next((f for f in _FENCES if line.count(f) % 2), "")
    return found
