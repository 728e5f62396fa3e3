"""From text to tokens: Unicode, ASCII and LaTeX are told apart sign by sign, so that one formula may mix them."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

from sympy import Rational

from symbackprop.errors import did_you_mean
from symbackprop.network.formulas.limits import MAX_BRACKETS, MAX_DIGITS, MAX_LENGTH
from symbackprop.network.formulas.names import quote
from symbackprop.reading.given import Given
from symbackprop.reading.lexicon import Lexicon
from symbackprop.reading.signs import (
    ARGUMENT_SKIPPED,
    ASCII_SIGNS,
    COMMANDS,
    FUNCTION_COMMANDS,
    GREEK_COMMANDS,
    HATS,
    IN_GROUPS,
    PRIMES,
    SIGNS,
    SKIPPED,
    SUPERSCRIPTS,
)
from symbackprop.reading.spelling import Spelling, spelled_at
from symbackprop.reading.tokens import END, Token
from symbackprop.reading.words import KEYWORDS

_NUMBER = re.compile(r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![0-9])")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_BY_ENTRIES = {".*": "∘", "./": "⊘", ".^": "**"}
"""What MATLAB writes for operations entry by entry."""
_OPENING = {"(": ")", "[": "]", "{": "}", "⟨": "⟩"}


class Lexer:
    """Cuts one text into tokens."""

    def __init__(self, given: Given, lexicon: Lexicon) -> None:
        self.given = given
        self.text = given.text
        self.lexicon = lexicon
        self.latex = "\\" in self.text
        self.tokens: list[Token] = []
        self.at = 0
        self.environments: list[str] = []

    def run(self) -> list[Token]:
        """All tokens, and one that stands at the end."""
        if len(self.text) > MAX_LENGTH:
            what = f"{quote(self.text)} has {len(self.text):,} characters"
            self.given.fail("too-large", what, f"use at most {MAX_LENGTH:,}", 0)
        if not self.text.strip():
            self.given.fail("syntax", "the formula is empty", "write a formula such as w1*i1 + w2*i2", 0)
        while self.at < len(self.text):
            self._step()
        self._check_brackets()
        return [*self.tokens, Token(END, len(self.text.rstrip()), len(self.text.rstrip()) + 1)]

    def _add(self, kind: str, end: int, value: object = None, **more: object) -> None:
        text = self.text[self.at : end]
        self.tokens.append(Token(kind, self.at, end, text, value, **more))  # type: ignore[arg-type]
        self.at = end

    def _step(self) -> None:
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
            self._word(spelled_at(self.text, self.at))
        elif unicodedata.normalize("NFKC", sign) != sign and "⁄" in unicodedata.normalize("NFKC", sign):
            above, below = unicodedata.normalize("NFKC", sign).split("⁄")
            self._add("number", self.at + 1, Rational(int(above), int(below)))
        else:
            self._sign(sign)

    # Numbers

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
        self._add("number", end, Rational(value.numerator, value.denominator))

    def _raised(self) -> None:
        end = self.at
        while end < len(self.text) and self.text[end] in SUPERSCRIPTS:
            end += 1
        said = "".join(SUPERSCRIPTS[c] for c in self.text[self.at : end])
        if said not in ("T", "-T", "+") and not re.fullmatch(r"[+-]?[0-9]{1,9}", said):
            self.given.fail("syntax", f"{self.given.piece(self.at, end)} is no exponent", "write ^(…)", self.at, end)
        self._add("raised", end, said)

    # Signs

    def _sign(self, sign: str) -> None:
        if sign in PRIMES:
            self._add("'", self.at + 1)
            return
        if sign == "∑":
            self._add("function", self.at + 1, "sum")
            return
        if sign in SIGNS:
            self._add(SIGNS[sign], self.at + 1)
            return
        if sign == "_" and self.tokens and self.tokens[-1].kind == "‖":
            self.at = self._argument(self.at + 1)[1]  # which norm it is
            return
        for known in ASCII_SIGNS:
            if self.text.startswith(known, self.at):
                self._ascii(known)
                return
        if sign == ".":
            elsewhere = _BY_ENTRIES.get(self.text[self.at : self.at + 2])
            self._add(elsewhere or ".", self.at + 1 + bool(elsewhere))
            return
        if sign == "_":
            self.given.fail("syntax", "a name does not begin with '_'", "put a letter first", self.at)
        fix = "a formula is made of numbers, names, functions and + - * / **"
        if sign == '"':
            fix = "a formula holds no text in quotes"
        self.given.fail("forbidden", f"{sign!r} in {self._near(self.at)}", fix, self.at)

    def _ascii(self, sign: str) -> None:
        if sign == "&" and self.latex:
            self.at += 1  # alignment; the branches of cases begin with a word
        elif sign == "{" and self.text.startswith("{}", self.at):
            self.at += 2  # what LaTeX needs at the beginning of a line
        else:
            self._add({"||": "‖", "&&": "and"}.get(sign, sign), self.at + len(sign))

    def _near(self, at: int) -> str:
        return quote(self.text[max(0, at - 25) : at + 25])

    # LaTeX

    def _command(self) -> None:
        found = _COMMAND.match(self.text, self.at)
        if found is None:
            self.given.fail("syntax", "'\\' stands at the end", "complete it", self.at)
        name, end = found[1], found.end()
        if name == "\\":
            if self.environments[-1:] == ["cases"]:
                self._add(";", end)
            self.at = end
        elif name in ("begin", "end"):
            self._environment(name, end)
        elif name in ARGUMENT_SKIPPED:
            self.at = self._argument(end)[1]
        elif name == "mathsf" and self.text[slice(*self._argument(end))].strip("{} ") == "T":
            self._add("T", self._argument(end)[1])
        elif name in ("text", "mathrm", "textrm") and self._phrase(end):
            pass
        elif name in GREEK_COMMANDS or name in HATS or (name in IN_GROUPS and not self._is_one(end)):
            self._word(spelled_at(self.text, self.at))
        elif name in IN_GROUPS:
            self._add("function", self._argument(end)[1], "indicator")
        elif name in FUNCTION_COMMANDS:
            self._function_command(name, end)
        elif name == "underbrace":
            self._underbrace(end)
        elif name in COMMANDS:
            self._add(COMMANDS[name], end)
        elif name in SKIPPED:
            dot = self.text[end : end + 1] == "." and name in ("left", "right")
            self.at = end + dot
        else:
            what = f"the command {quote(found[0])} in {self._near(self.at)}"
            self.given.fail("syntax", what, "write the formula without it", self.at, end)

    def _is_one(self, end: int) -> bool:
        r"""Whether the argument is 1, as in ``\mathbf{1}[z>0]``."""
        return self.text[slice(*self._argument(end))].strip("{} ") == "1"

    def _function_command(self, name: str, end: int) -> None:
        softmax = re.compile(r"\s*(?=\\mathrm\{softmax\})").match(self.text, end) if name == "log" else None
        if softmax:
            spelling = spelled_at(self.text, softmax.end())
            lowered = spelling.lowered[0] if spelling.lowered else spelling.end
            whole = self.lexicon.function("log" + spelling.text)
            sub = () if whole else self._lowered(lowered, spelling.end)
            self._add("function", spelling.end, whole or "log_softmax", sub=sub)
        elif function := self.lexicon.function(name):
            self._add("function", end, function)
        else:
            self.given.fail("unknown-function", f"unknown function '{name}'", did_you_mean(name, []), self.at, end)

    def _phrase(self, end: int) -> bool:
        r"""Read the words of ``\text{if }``, and whether there were any that mean something; ``d`` is a differential."""
        start, stop = self._argument(end)
        words = self.text[start:stop].strip("{} ").rstrip(",")
        if words == "d":
            self._add("d", stop, words)
        elif words in KEYWORDS and not self.lexicon.find(words):
            self._add(KEYWORDS[words], stop)
        elif words == "e":
            self._add("word", stop, words)
        else:
            return False
        return True

    def _environment(self, name: str, end: int) -> None:
        start, stop = self._argument(end)
        which = self.text[start:stop].strip("{}* ")
        if name == "begin":
            self.environments.append(which)
        elif self.environments:
            self.environments.pop()
        if which == "cases":
            self._add("{" if name == "begin" else "}", stop)
        self.at = stop

    def _underbrace(self, end: int) -> None:
        """What stands over a brace is read, and what stands under it is not."""
        start, stop = self._argument(end)
        self.tokens.append(Token("(", start, start + 1))
        self.at = start + 1
        while self.at < stop - 1:
            self._step()
        self.tokens.append(Token(")", stop - 1, stop))
        self.at = self._argument(stop + 1)[1] if self.text[stop : stop + 1] == "_" else stop

    def _argument(self, start: int) -> tuple[int, int]:
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
        self.given.fail("syntax", f"'{{' in {self._near(start)} is not closed", "close it", start)

    # Names

    def _word(self, spelling: Spelling) -> None:
        for reading in (self._as_name, self._as_function, self._as_change, self._as_factors):
            if reading(spelling):
                return
        word = spelling.text
        if word in KEYWORDS:
            self._add(KEYWORDS[word], spelling.end)
        elif self._mathematical_T(spelling):
            self._add("T", spelling.end, word)
        else:
            self._add("word", spelling.end, word)

    def _as_name(self, spelling: Spelling) -> bool:
        end = spelling.end
        while self.text[end : end + 1] in ("′",) and self.lexicon.spelled.get(self.text[self.at : end + 1]):
            end += 1  # a name that is told apart from another by a dash
        found = self.lexicon.find(self.text[self.at : end])
        if len(found) > 1:
            both = " or ".join(symbol.name for symbol in found)
            what = f"{self.given.piece(self.at, end)} can be {both}"
            self.given.fail("ambiguous", what, "write the name as it stands in the network", self.at, end)
        if found:
            self._add("name", end, found[0], function=self.lexicon.function(spelling.text))
        return bool(found)

    def _as_function(self, spelling: Spelling) -> bool:
        """A function, also with a number or a group lowered behind it: ``softmax₂``, ``LeakyReLU_{0.1}``."""
        if function := self.lexicon.function(spelling.text):
            self._add("function", spelling.end, function)
            return True
        for cut in reversed(spelling.lowered):
            head = self.text[self.at : cut]
            function = self.lexicon.function(head)
            if function is not None:
                self._add("function", spelling.end, function, sub=self._lowered(cut, spelling.end))
                return True
        if spelling.text[0] == "I" and len(spelling.text) > 1 and spelling.lowered[:1] == (self.at + 1,):
            self._add("identity", spelling.end, sub=self._lowered(self.at + 1, spelling.end))
            return True
        if spelling.text == "I_" and self.text[spelling.end : spelling.end + 1] == "(":
            self._add("identity", spelling.end)
            return True
        return False

    def _lowered(self, start: int, end: int) -> tuple[Token, ...]:
        """The tokens of what stands lowered."""
        said = unicodedata.normalize("NFKC", self.text[start:end]).lstrip("_")
        if said.startswith("{"):
            begin = self.text.index("{", start) + 1
            inner = Lexer(Given(self.text[: end - 1]), self.lexicon)
            inner.at, inner.latex = begin, True
            while inner.at < end - 1:
                inner._step()
            return (*inner.tokens, Token(END, end - 1, end))
        inner = Lexer(Given(said), self.lexicon)
        return tuple(Token(t.kind, start, end, t.text, t.value) for t in inner.run())

    def _as_change(self, spelling: Spelling) -> bool:
        """``dX``, where X is a name and dX is none; and a mere ``d``."""
        rest = self.text[self.at + 1 : spelling.end]
        if spelling.text == "d":
            self._add("d", spelling.end, "d")
            return True
        found = self.lexicon.find(rest) if spelling.text[0] == "d" and rest[0] not in "_0123456789" else ()
        if len(found) == 1:
            self._add("change", spelling.end, found[0])
        return len(found) == 1

    def _as_factors(self, spelling: Spelling) -> bool:
        """Names side by side, as in ``w5a_h1``; between two letters only where LaTeX is written."""
        starts = [k for k in spelling.heads if self.latex or k == 0 or not spelling.pieces[k - 1][-1:].isalpha()]
        ways = self.lexicon.segmented(spelling.pieces, starts)
        if not ways:
            return False
        if len(ways) > 1:
            both = " or ".join("*".join(symbol.name for *_, symbol in way) for way in ways)
            what = f"{self.given.piece(self.at, spelling.end)} can be {both}"
            self.given.fail("ambiguous", what, "write * between the names", self.at, spelling.end)
        for _, last, symbol in ways[0]:
            self._add("name", spelling.at + sum(map(len, spelling.pieces[:last])), symbol)
        return True

    def _mathematical_T(self, spelling: Spelling) -> bool:  # noqa: N802
        return spelling.text.replace(" ", "") in ("T", r"\mathsf{T}", r"\mathrm{T}", r"\text{T}", r"\mathit{T}")

    def _check_brackets(self) -> None:
        open_ones: list[Token] = []
        for token in self.tokens:
            if token.kind in _OPENING:
                open_ones.append(token)
                if len(open_ones) > MAX_BRACKETS:
                    what = f"{quote(self.text)} has more than {MAX_BRACKETS} brackets within brackets"
                    self.given.fail("too-large", what, "name some of its parts", token.start)
            elif token.kind in _OPENING.values():
                if not open_ones or _OPENING[open_ones.pop().kind] != token.kind:
                    what = f"{token.text!r} in {self._near(token.start)} closes nothing"
                    self.given.fail("syntax", what, "let each bracket have its other half", token.start)
        if open_ones:
            what = f"{open_ones[-1].text!r} in {self._near(open_ones[-1].start)} is not closed"
            self.given.fail("syntax", what, "close it", open_ones[-1].start)


def tokens_of(given: Given, lexicon: Lexicon) -> list[Token]:
    """The tokens of a text, and one that stands at its end. Raises SpecError for what is no formula."""
    return Lexer(given, lexicon).run()
