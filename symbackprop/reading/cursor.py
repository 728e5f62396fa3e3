"""The tokens of a formula as a parser goes through them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas.names import quote
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.tokens import END, Token
from symbackprop.reading.words import FUNCTION_WORDS

_SPOKEN = {END: "the end", "'": "the dash", "raised": "what is raised", "T": "'T'"}


class Cursor:
    """A place between tokens, and what may be asked there."""

    def __init__(self, tokens: Sequence[Token], given: Given, lexicon: Lexicon) -> None:
        self.tokens = tokens
        self.given = given
        self.lexicon = lexicon
        self.at = 0

    @property
    def token(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.at]

    def ahead(self, count: int = 1) -> Token:
        """A token behind the next one."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def is_at(self, *kinds: str) -> bool:
        """Whether the next token is of one of these kinds."""
        return self.token.kind in kinds

    def take(self) -> Token:
        """Go past the next token."""
        token = self.token
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def takes(self, *kinds: str) -> bool:
        """Go past the next token if it is of one of these kinds."""
        found = self.is_at(*kinds)
        if found:
            self.take()
        return found

    def expect(self, kind: str, for_what: str) -> Token:
        """Go past a token that must be there."""
        if not self.is_at(kind):
            self.fail_here(f"{quote(kind)} is missing {for_what}", f"put {quote(kind)} here")
        return self.take()

    @property
    def end(self) -> int:
        """Where the token before this place ends."""
        return self.tokens[self.at - 1].end if self.at else 0

    def clings(self) -> bool:
        """Whether no blank stands before the next token."""
        return self.at > 0 and self.tokens[self.at - 1].end == self.token.start

    def fail_here(self, what: str, fix: str, code: str = "syntax") -> NoReturn:
        """Refuse the text at the next token."""
        self.given.fail(code, what, fix, self.token.start, self.token.end)

    def fail_value(self) -> NoReturn:
        """Refuse the text because no value begins here."""
        token = self.token
        if token.kind == END:
            self.fail_here(f"{quote(self.given.text)} ends where a value should stand", "complete it")
        if token.kind == "word":
            self.fail_word(token)
        if token.kind == "." or token.kind == "'":
            self.fail_here(f"{quote(token.text)} stands behind no value", "put one before it")
        before = _SPOKEN.get(token.kind) or quote(token.text or token.kind)
        self.fail_here(f"a value is missing before {before}", "put a name, a number or a bracket here")

    def fail_word(self, token: Token) -> NoReturn:
        """Refuse a word that is no name."""
        if self.ahead().kind == "(" and self.token is token:
            known = [*self.lexicon.functions, *sorted(FUNCTION_WORDS)]
            what = f"unknown function {quote(token.text)}"
            self.given.fail("unknown-function", what, did_you_mean(token.text, known), token.start, token.end)
        below = self.at and self.tokens[self.at - 1].kind == "/" and re.fullmatch(r"d\w+", token.text)
        start = token.start + bool(below)  # dE/dx: the name is x
        word = self.given.text[start : token.end]
        fix = did_you_mean(word, self.lexicon.symbols)
        self.given.fail("unbound", f"unknown name {quote(word)}", fix, start, token.end)
