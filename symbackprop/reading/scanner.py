"""The text of a formula as a lexer goes through it, and the tokens that it has made."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from symbackprop.network.formulas.names import quote
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.tokens import Token

_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)


class Scanner(ABC):
    """Goes through one text."""

    def __init__(self, given: Given, lexicon: Lexicon) -> None:
        self.given = given
        self.text = given.text
        self.lexicon = lexicon
        self.latex = "\\" in self.text
        self.tokens: list[Token] = []
        self.at = 0
        self.environments: list[str] = []

    def add(self, kind: str, end: int, value: object = None, **more: object) -> None:
        """Keep a token from here up to ``end``, and go there."""
        text = self.text[self.at : end]
        self.tokens.append(Token(kind, self.at, end, text, value, **more))  # type: ignore[arg-type]
        self.at = end

    def near(self, at: int) -> str:
        """What stands around a place, for messages."""
        return quote(self.text[max(0, at - 25) : at + 25])

    def argument(self, start: int) -> tuple[int, int]:
        """Where the argument of a command begins and ends: a group in braces, a command, or one character."""
        while self.text[start : start + 1].isspace():
            start += 1
        if self.text[start : start + 1] != "{":
            command = _COMMAND.match(self.text, start)
            return start, command.end() if command else min(start + 1, len(self.text))
        depth = 0
        for end in range(start, len(self.text)):
            depth += {"{": 1, "}": -1}.get(self.text[end], 0)
            if depth == 0:
                return start, end + 1
        self.given.fail("syntax", f"'{{' in {self.near(start)} is not closed", "close it", start)

    @abstractmethod
    def run(self) -> list[Token]:
        """All tokens, and one that stands at the end."""

    @abstractmethod
    def step(self) -> None:
        """Read the next token, or what is none."""
