"""From text to tokens: Unicode, ASCII and LaTeX are told apart sign by sign, so that one formula may mix them."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import final

from sympy import Rational

from symbackprop.network.formulas.limits import MAX_BRACKETS, MAX_DIGITS, MAX_LENGTH
from symbackprop.network.formulas.names import quote
from symbackprop.reading.commands import CommandLexer
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.signs import (
    ASCII_SIGNS,
    PRIMES,
    SIGNS,
    SUPERSCRIPTS,
)
from symbackprop.reading.spelling import spelled_at
from symbackprop.reading.tokens import END, Token

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![0-9])")
_BY_ENTRIES = {".*": "∘", "./": "⊘", ".^": "**"}
"""What MATLAB writes for operations entry by entry."""
_OPENING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}


@final
class Lexer(CommandLexer):
    """Cuts one text into tokens."""

    def run(self) -> list[Token]:
        """All tokens, and one that stands at the end."""
        if len(self.text) > MAX_LENGTH:
            what = f"{quote(self.text)} has {len(self.text):,} characters"
            self.given.fail("too-large", what, f"use at most {MAX_LENGTH:,}", 0)
        if not self.text.strip():
            self.given.fail("syntax", "the formula is empty", "write a formula such as w1*i1 + w2*i2", 0)
        while self.at < len(self.text):
            self.step()
        self._check_brackets()
        return [*self.tokens, Token(END, len(self.text.rstrip()), len(self.text.rstrip()) + 1)]

    def step(self) -> None:
        """Read the next token, or what is none."""
        sign = self.text[self.at]
        if sign.isspace() or sign in "$`~\u200b\u2061\u2062\ufe0e":
            self.at += 1
        elif sign == "\\":
            self._command()
        elif number := _NUMBER.match(self.text, self.at):
            self._number(number)
        elif sign in SUPERSCRIPTS or sign in "²³¹":
            self._raised()
        elif sign.isalpha() or sign == "∆":
            self.word(spelled_at(self.text, self.at))
        elif unicodedata.normalize("NFKC", sign) != sign and "⁄" in unicodedata.normalize("NFKC", sign):
            above, below = unicodedata.normalize("NFKC", sign).split("⁄")
            self.add("number", self.at + 1, Rational(int(above), int(below)))
        else:
            self._sign(sign)

    def _number(self, found: re.Match[str]) -> None:
        mantissa, _, power = found[0].lower().partition("e")
        start, end = found.span()
        if sum(character.isdigit() for character in mantissa) > MAX_DIGITS:
            what = f"the number {quote(found[0])} is too long"
            self.given.fail("number", what, f"use at most {MAX_DIGITS} digits", start, end)
        if power and abs(int(power[:20])) > 300:
            what = f"the number {quote(found[0])} is out of range"
            self.given.fail("number", what, "keep to 1e-300 … 1e300", start, end)
        if self.text[end : end + 1] == "_" and self.text[end + 1 : end + 2].isdigit():
            what = f"'_' in {self.given.piece(start, end + 5)}"
            self.given.fail("number", what, "write a number with digits alone", end)
        value = Fraction(found[0])
        self.add("number", end, Rational(value.numerator, value.denominator))

    def _raised(self) -> None:
        end = self.at
        while end < len(self.text) and self.text[end] in SUPERSCRIPTS:
            end += 1
        said = "".join(SUPERSCRIPTS[c] for c in self.text[self.at : end])
        if said not in ("T", "-T", "+") and not re.fullmatch(r"[+-]?[0-9]{1,9}", said):
            self.given.fail("syntax", f"{self.given.piece(self.at, end)} is no exponent", "write ^(…)", self.at, end)
        self.add("raised", end, said)

    def _sign(self, sign: str) -> None:
        if sign in PRIMES:
            self.add("'", self.at + 1)
            return
        if sign == "∑":
            self.add("function", self.at + 1, "sum")
            return
        if sign in SIGNS:
            self.add(SIGNS[sign], self.at + 1)
            return
        if sign == "_" and self.tokens and self.tokens[-1].kind == "‖":
            self.at = self.argument(self.at + 1)[1]  # which norm it is
            return
        for known in ASCII_SIGNS:
            if self.text.startswith(known, self.at):
                self._ascii(known)
                return
        if sign == ".":
            elsewhere = _BY_ENTRIES.get(self.text[self.at : self.at + 2])
            self.add(elsewhere or ".", self.at + 1 + bool(elsewhere))
            return
        if sign == "_":
            self.given.fail("syntax", "a name does not begin with '_'", "put a letter first", self.at)
        fix = "a formula is made of numbers, names, functions and + - * / **"
        if sign == '"':
            fix = "a formula holds no text in quotes"
        self.given.fail("forbidden", f"{sign!r} in {self.near(self.at)}", fix, self.at)

    def _ascii(self, sign: str) -> None:
        if sign == "&" and self.latex:
            self.at += 1  # alignment; the branches of cases begin with a word
        elif sign == "{" and self.text.startswith("{}", self.at):
            self.at += 2  # what LaTeX needs at the beginning of a line
        else:
            self.add({"||": "‖", "&&": "and"}.get(sign, sign), self.at + len(sign))

    def _check_brackets(self) -> None:
        open_ones: list[Token] = []
        for token in self.tokens:
            if token.kind in _OPENING:
                open_ones.append(token)
                if len(open_ones) > MAX_BRACKETS:
                    what = f"{quote(self.text)} has more than {MAX_BRACKETS} brackets within brackets"
                    self.given.fail("too-large", what, "name some of its parts", token.start)
            elif token.kind in _OPENING.values() and (not open_ones or _OPENING[open_ones.pop().kind] != token.kind):
                what = f"{token.text!r} in {self.near(token.start)} closes nothing"
                self.given.fail("syntax", what, "let each bracket have its other half", token.start)
        if open_ones:
            what = f"{open_ones[-1].text!r} in {self.near(open_ones[-1].start)} is not closed"
            self.given.fail("syntax", what, "close it", open_ones[-1].start)


def tokens_of(given: Given, lexicon: Lexicon) -> list[Token]:
    """The tokens of a text, and one that stands at its end. Raises SpecError for what is no formula."""
    return Lexer(given, lexicon).run()
