"""The tokens of a formula: words and signs are checked here, before Python's parser sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

from symbackprop.errors import SpecError
from symbackprop.network.formulas.elsewhere import in_place_of_attribute, in_place_of_sign
from symbackprop.network.formulas.limits import MAX_BRACKETS, MAX_DIGITS, MAX_LENGTH
from symbackprop.network.formulas.names import SUPERSCRIPTS, parse_name, quote

_PARTS = rf"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[^\W0-9{SUPERSCRIPTS}][^\W{SUPERSCRIPTS}]*)
    |(?P<sign>\*\*|//|<=|>=|==|!=|<<|>>|:=|[-+*/()\[\],<>])
    |(?P<other>.)"""
_TOKEN = re.compile(_PARTS, re.VERBOSE | re.DOTALL)
_MATRIX_TOKEN = re.compile(
    rf"(?P<axis>axis\s*=(?!=)) | (?P<attribute>\.[^\W0-9]\w*) | (?P<product>@) | (?P<to>:(?!=)) | {_PARTS}",
    re.VERBOSE | re.DOTALL,
)
FOR_MATRICES = "is for matrices, and no name here has a shape; in a file, give shapes under [shapes]"
_CLOSES = {")": "(", "]": "["}
_JOINING = frozenset({"and", "or"})
_FORBIDDEN_SIGNS = {"//": "/", "<<": "<", ">>": ">"}
_HINTS = {
    "^": ("syntax", "write ** for a power"),
    "=": ("syntax", "write the right side alone; in a file, the name is the key"),
    "²": ("syntax", "write **2 for a square"),
    "³": ("syntax", "write **3 for a cube"),
    "−": ("syntax", "write - for a minus sign"),
    "·": ("syntax", "write * for a product"),
    "×": ("syntax", "write * for a product"),
    "÷": ("syntax", "write / for a quotient"),
    "√": ("syntax", "write sqrt(…) for a root"),
    "≤": ("syntax", "write <="),
    "≥": ("syntax", "write >="),
    "@": ("forbidden", f"@ {FOR_MATRICES}"),
    ".T": ("forbidden", f".T {FOR_MATRICES}"),
    "∘": ("syntax", "write * for the product entry by entry"),
    "⊙": ("syntax", "write * for the product entry by entry"),
    "⊘": ("syntax", "write / for the quotient entry by entry"),
    "'": ("forbidden", "a formula holds no text in quotes"),
    '"': ("forbidden", "a formula holds no text in quotes"),
    ".": ("forbidden", "a formula holds numbers, names and functions, and no attributes"),
    "{": ("forbidden", "use round brackets"),
    "}": ("forbidden", "use round brackets"),
}


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int

    @property
    def ends_value(self) -> bool:
        closed = self.kind in ("number", "attribute") or self.text in _CLOSES
        return closed or (self.kind == "word" and self.text not in _JOINING)

    @property
    def begins_value(self) -> bool:
        begun = self.kind in ("number", "axis") or self.text in ("(", "[")
        return begun or (self.kind == "word" and self.text not in _JOINING)


class Scanner:
    """Checks a formula word by word, and hands it back with its names in normal form."""

    def __init__(self, text: str, where: str, matrices: bool = False) -> None:
        self.text = text
        self.where = where
        self.token = _MATRIX_TOKEN if matrices else _TOKEN

    def normal_text(self) -> str:
        """Return the formula on one line. Raises SpecError where Python would read it as anything else."""
        if len(self.text) > MAX_LENGTH:
            self._fail(
                "too-large", f"{quote(self.text)} has {len(self.text):,} characters", f"use at most {MAX_LENGTH:,}"
            )
        if not self.text.strip():
            self._fail("syntax", "the formula is empty", "write a formula such as w1*i1 + w2*i2")
        tokens = [self._checked(token) for token in self._tokens()]
        self._check_brackets(tokens)
        for before, token in zip([None, *tokens], [*tokens, None], strict=True):
            self._check_pair(before, token)
        return "".join(self._spelled(tokens)).strip()

    def _tokens(self) -> Iterator[_Token]:
        for found in self.token.finditer(self.text):
            if found.lastgroup != "space":
                yield _Token(found.lastgroup or "other", found[0], found.start())

    def _checked(self, token: _Token) -> _Token:
        if token.kind == "number":
            self._check_number(token)
        elif token.kind == "axis":
            return _Token("axis", "axis=", token.start)
        elif token.kind == "attribute" and token.text != ".T":
            fix = in_place_of_attribute(self.text, token.start)
            self._fail("forbidden", f"{quote(token.text)} in {self._near(token)}", fix)
        elif token.kind == "word" and self.token is _MATRIX_TOKEN and "ᵀ" in token.text:
            self._fail("syntax", f"'ᵀ' in {self._near(token)}", "write .T for the transpose")
        elif token.kind == "word" and token.text.startswith("_") and self.text[token.start - 1 : token.start].isdigit():
            self._fail("number", f"'_' in {self._near(token)}", "write a number with digits alone")
        elif token.kind == "word" and token.text not in _JOINING and token.text != "True":
            return _Token("word", parse_name(token.text, where=self.where), token.start)
        elif token.text in ("==", "!="):
            fix = "compare by <, <=, > or >=" if "where" in self.text else "write the right side alone, and no =="
            self._fail("forbidden", f"{token.text!r} in {self._near(token)}", fix)
        elif token.text in _FORBIDDEN_SIGNS:
            self._fail("forbidden", f"{token.text!r} in {self._near(token)}", f"write {_FORBIDDEN_SIGNS[token.text]}")
        elif token.kind == "other" or token.text == ":=":
            meant = in_place_of_sign(self.text, token.start) if self.token is _MATRIX_TOKEN else ""
            if meant:
                self._fail("syntax", f"{token.text!r} in {self._near(token)}", meant)
            spelled = ".T" if self.text.startswith(".T", token.start) else token.text
            code, fix = _HINTS.get(
                spelled, ("forbidden", "a formula is made of numbers, names, functions and + - * / **")
            )
            self._fail(code, f"{token.text!r} in {self._near(token)}", fix)
        return token

    def _check_number(self, token: _Token) -> None:
        mantissa, _, power = token.text.lower().partition("e")
        if sum(character.isdigit() for character in mantissa) > MAX_DIGITS:
            self._fail("number", f"the number {quote(token.text)} is too long", f"use at most {MAX_DIGITS} digits")
        if power and abs(int(power[:20])) > 300:
            self._fail("number", f"the number {quote(token.text)} is out of range", "keep to 1e-300 … 1e300")
        if re.fullmatch(r"0[0-9]+", mantissa) and not power:
            self._fail("number", f"the number {quote(token.text)} begins with 0", f"write {int(mantissa)}")

    def _check_brackets(self, tokens: list[_Token]) -> None:
        open_ones: list[_Token] = []
        for token in tokens:
            if token.text in ("(", "["):
                open_ones.append(token)
                if len(open_ones) > MAX_BRACKETS:
                    self._fail(
                        "too-large",
                        f"{quote(self.text)} has more than {MAX_BRACKETS} brackets within brackets",
                        "name some of its parts",
                    )
            elif token.text in _CLOSES and (not open_ones or open_ones.pop().text != _CLOSES[token.text]):
                self._fail(
                    "syntax",
                    f"{token.text!r} in {self._near(token)} closes nothing",
                    "let each bracket have its other half",
                )
        if open_ones:
            self._fail("syntax", f"{open_ones[-1].text!r} in {self._near(open_ones[-1])} is not closed", "close it")

    def _check_pair(self, before: _Token | None, token: _Token | None) -> None:
        """Refuse two values side by side, and a sign with no value where it needs one."""
        after_value = before is not None and before.ends_value
        if token is not None and before is not None and self._is_of_places(before, token):
            return
        if token is None:
            if not after_value:
                self._fail("syntax", f"{quote(self.text)} ends where a value should stand", "complete it")
        elif token.kind == "axis" and (before is None or before.text != ","):
            self._fail("syntax", f"'axis=' in {self._near(token)} is no formula", "write softmax(Z, axis=1)")
        elif before is not None and after_value and token.begins_value:
            if token.text == "[":
                self._fail(
                    "forbidden", f"'[' in {self._near(token)}", "names have no parts; write names such as w1, w2"
                )
            if not (token.text == "(" and before.kind == "word"):
                self._fail_product(before, token)
        elif not after_value and not token.begins_value and token.text not in ("+", "-"):
            empty = before is not None and token.text in _CLOSES and before.text in ("(", "[", ",")
            if not empty:
                self._fail("syntax", f"a value is missing before {token.text!r} in {self._near(token)}", "put it in")

    def _is_of_places(self, before: _Token, token: _Token) -> bool:
        """Whether a pair stands in the places of a matrix, as in A[0:2, :]; the parser sees where they may stand."""
        if token.text == "[":
            return self.token is _MATRIX_TOKEN and before.ends_value and before.kind != "number"
        if token.kind == "to":
            return before.ends_value or before.text in ("[", ",")
        return before.kind == "to" and token.text in ("]", ",")

    def _fail_product(self, before: _Token, token: _Token) -> NoReturn:
        left, right = before.text, token.text
        shown = f": {left}*{right}" if before.kind != "sign" and token.kind != "sign" else ""
        self._fail("syntax", f"{self._near(token)} has two values side by side", f"write * for a product{shown}")

    def _spelled(self, tokens: list[_Token]) -> Iterator[str]:
        """The pieces of the text, with words in normal form; on one line, so that columns are places in it."""
        end = 0
        for token in tokens:
            yield " " * (token.start > end or token.text in _JOINING)
            yield token.text
            # The length of a word may have changed; where it began in the text, and so how it ended, has not.
            end = self._end(token)

    def _end(self, token: _Token) -> int:
        found = self.token.match(self.text, token.start)
        return token.start if found is None else found.end()

    def _near(self, token: _Token) -> str:
        return quote(self.text[max(0, token.start - 25) : token.start + 25])

    def _fail(self, code: str, what: str, fix: str) -> NoReturn:
        raise SpecError(code, what, fix, where=self.where)
