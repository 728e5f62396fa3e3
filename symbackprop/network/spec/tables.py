"""The tables of a TOML file, and errors that name a line of it."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from symbackprop.errors import NetworkError, SpecError, SymbackpropError, did_you_mean
from symbackprop.network.formulas import quote
from symbackprop.network.spec.toml_lines import Key, key_lines

MAX_BYTES = 1_000_000
ROLES = {
    "inputs": "an input",
    "targets": "a target",
    "parameters": "a parameter",
    "equations": "an equation",
    "adjoints": "an adjoint",
}
TABLES = ("functions", "shapes", *ROLES, "loss", "outputs", "meanings", "training")
SECTIONS = ("name", "description", "facts", *TABLES)

_KEY = re.compile(r"(\w+(?:\s*,\s*\w+)*|\w+\([\w\s,]*\))\s*=")
"""The key of a line as people write it without quotes: a name, several names, or a function with its parameters."""
_BARE = re.compile(r"[A-Za-z0-9_]+")
"""A key that TOML takes without quotes."""


class Tables:
    """What a TOML file holds, section by section. Each method names the line on which it fails."""

    def __init__(self, text: str, place: str) -> None:
        self.place = place
        self.lines: dict[Key, int] = {}
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._note_lines(text)
        self.content = self._parsed(text)
        self._check_sections()

    # TOML and its sections.

    def _note_lines(self, text: str) -> None:
        if len(text) > MAX_BYTES:
            raise SpecError("file", "the text is larger than 1 MB", "a network fits in less", place=self.place)
        for key, line in key_lines(text):
            if len(key) > 2:
                self.fail_at(
                    line, "unknown-key", f"{quote('.'.join(key))} is a key within a key", "write sections of one level"
                )
            if key in self.lines:
                where = f"in [{key[0]}]" if len(key) == 2 else "as a section or key"
                self.fail_at(
                    line,
                    "duplicate",
                    f"{quote(key[-1])} is given twice {where}, here and on line {self.lines[key]}",
                    "remove one, or rename it",
                )
            self.lines[key] = line

    def _parsed(self, text: str) -> dict[str, Any]:
        try:
            return tomllib.loads(text)
        except RecursionError:
            raise SpecError("toml", "lists within lists, too deep", "write flat lists", place=self.place) from None
        except ValueError as error:
            self._fail_toml(error, text)

    def _fail_toml(self, error: ValueError, text: str) -> NoReturn:
        """Say where tomllib stopped, and what stands there."""
        found = re.search(r" \(at line (\d+), column \d+\)", str(error))
        endless = re.search(r"[0-9_]{4000,}", text)  # Python refuses such a number without saying where it is
        lines = text.split("\n")
        line = int(found[1]) if found else text.count("\n", 0, endless.start() if endless else len(text.rstrip())) + 1
        reason = re.sub(r" \(at .*\)$", "", str(error))
        found_there = lines[line - 1].strip() if line <= len(lines) else ""
        key = _KEY.match(found_there)
        fix = 'write each line as key = value, with text in quotes: h1 = "w1*i1"'
        if key and len(key[1]) <= 60 and not _BARE.fullmatch(key[1]):
            fix = f'put the name in quotes: "{key[1]}" = …'
        self.fail_at(line, "toml", f"{quote(found_there)} is not TOML ({quote(reason)})", fix)

    def _check_sections(self) -> None:
        for section, content in self.content.items():
            if section not in SECTIONS:
                kind = "section" if isinstance(content, dict) else "key"
                self.fail(
                    (section,), "unknown-section", f"unknown {kind} {quote(section)}", did_you_mean(section, SECTIONS)
                )
            named_alone = section in ("inputs", "targets", "parameters", "outputs") and isinstance(content, list)
            if section in TABLES and not isinstance(content, dict) and not named_alone:
                self.fail(
                    (section,), "section", f"{section} is not a section", f"write [{section}] and its keys under it"
                )
        if not self.table("equations"):
            self.fail(("equations",), "equations", "the file has no equations", "add them under [equations]")

    # Sections and their values.

    def table(self, section: str) -> dict[str, Any]:
        """The keys and values of a section; none where the file leaves it out."""
        content = self.content.get(section, {})
        assert isinstance(content, dict)
        return content

    def text(self, key: str, default: str) -> str:
        """The text of a key that stands above all sections."""
        text = self.content.get(key, default)
        if not isinstance(text, str):
            self.fail((key,), "text", f"{key} is not text", f'write it in quotes: {key} = "…"')
        return text

    def line_of_text(self, key: str, default: str) -> str:
        """The text of such a key, which is one short line."""
        text = self.text(key, default).strip()
        if not text or len(text) > 100 or not text.isprintable():
            self.fail((key,), "text", f"{key} is {quote(text)}", "write one line of 1 to 100 characters")
        return text

    def formula(self, key: Key, value: Any) -> str:
        """Check that a value is text, as formulas are."""
        if not isinstance(value, str):
            self.fail(key, "text", f"{quote(key[-1])} is {shown(value)}, not text", "write the formula in quotes")
        return value

    def number(self, key: Key, name: str, value: Any) -> float:
        """Check that a value is a finite number."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            fix = "write a number such as 0.05"
            if isinstance(value, list):
                fix = "a matrix has a shape under [shapes], and is a list of rows of numbers"
            self.fail(key, "number", f"{quote(name)} is {shown(value)}, not a number", fix)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            self.fail(key, "number", f"{quote(name)} is {shown(value)}, not a finite number", "write a finite one")
        return number

    # Errors.

    def line(self, key: Key) -> int:
        """The line of a key, of its section where the key has none of its own, or the first."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)

    def located(self, error: SymbackpropError, key: Key) -> SpecError:
        """Return the error with the line of ``key``."""
        return SpecError(error.code, error.what, error.fix, place=f"{self.place}:{self.line(key)}", where=error.where)

    @contextmanager
    def at(self, key: Key) -> Iterator[None]:
        """Give errors that are raised meanwhile the line of ``key``."""
        try:
            yield
        except NetworkError as error:
            raise self.located(error, key) from None

    def fail(self, key: Key, code: str, what: str, fix: str) -> NoReturn:
        """Refuse what stands at ``key``."""
        self.fail_at(self.line(key), code, what, fix)

    def fail_at(self, line: int, code: str, what: str, fix: str) -> NoReturn:
        """Refuse what stands on a line."""
        raise SpecError(code, what, fix, place=f"{self.place}:{line}")


def shown(value: Any) -> str:
    """A value of TOML in the words of TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {quote(value)}"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a section"
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large number"
    return str(value)
