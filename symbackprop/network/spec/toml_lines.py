"""The line of each key of a TOML file, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

Key = tuple[str, ...]
"""Where a value stands: the section, and the key in it."""

_TOML_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
    |(?P<newline>\n)
    |(?P<mark>[\[\]{}=.,])
    |(?P<bare>[^\s\#"'\[\]{}=.,]+)""",
    re.VERBOSE | re.DOTALL,
)


def key_lines(text: str) -> Iterator[tuple[Key, int]]:
    """Give each section and each key with its line, as often as it stands there."""
    return _Scan(text).lines()


@dataclass
class _Scan:
    """Walks through TOML and notes each key with its line. It is lenient: tomllib is the judge of what is TOML."""

    text: str
    section: Key = ()
    depth: int = 0
    words: list[str] = field(default_factory=list)
    in_value: bool = False
    in_header: bool = False

    def lines(self) -> Iterator[tuple[Key, int]]:
        line, counted = 1, 0
        for token in _TOML_TOKEN.finditer(self.text):
            line, counted = line + self.text.count("\n", counted, token.start()), token.start()
            yield from ((key, line) for key in self._step(token.lastgroup or "", token[0]))

    def _step(self, kind: str, text: str) -> Iterator[Key]:
        if kind == "newline":
            if not self.depth:
                self.words, self.in_value, self.in_header = [], False, False
        elif self.in_value:
            self.depth = max(0, self.depth + (text in ("[", "{")) - (text in ("]", "}")))
        elif kind in ("bare", "text"):
            self.words.append(_unquoted(text) if kind == "text" else text)
        elif text == "[" and not self.words:
            self.in_header = True
        elif text == "]" and self.in_header:
            self.section, self.in_value = tuple(self.words), True
            yield self.section
        elif text == ",":
            self.in_value = True  # p1, p2 without quotes is no key
        elif text == "=":
            self.in_value = True
            yield (*self.section, *self.words)


def _unquoted(text: str) -> str:
    """The key that a quoted key stands for."""
    try:
        return next(iter(tomllib.loads(f"{text} = 0")))
    except tomllib.TOMLDecodeError:
        return text
