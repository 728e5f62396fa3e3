"""The errors of symbackprop.

    SymbackpropError                anything that this package refuses
    ├── NetworkError                a network that is not well formed
    │   └── SpecError               … found in a spec file
    ├── DerivationError             a gradient that cannot be derived, or asked for by a wrong name
    ├── DataError                   values that do not fit the network
    ├── CheckpointError             a checkpoint that cannot be written, or that training cannot go on from
    ├── Unmade                      a report that could not be had in every format; keeps what was written
    └── Diverged                    training whose loss became NaN or infinite; keeps the history

Every error says where it happened, what is wrong, and what to do, in one line:

    place: error[code]: what; fix
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from symbackprop.version import install_advice

_BREAK = re.compile(r"\s*[\n\r]\s*")
"""Where what a user gave breaks the line, as printed arrays do."""


_MOST_QUOTED = 60
_LONGEST_WORD = 200
"""Names may have a hundred letters, and paths more."""
_LONGEST_MESSAGE = 800
_ENDLESS = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")


@dataclass(frozen=True)
class Excerpt:
    """The place in a text that an error is about: the characters from ``start`` up to ``end``."""

    text: str
    start: int
    end: int

    def lines(self, fit: Callable[[str], str] = str) -> tuple[str, str]:
        """The line of the text around the place, and carets under it; ``fit`` writes text in the signs of the output.

        A long line is cut, and what is not printable is written as a blank.
        """
        begins = self.text.rfind("\n", 0, self.start) + 1
        ends = self.text.find("\n", self.start)
        ends = len(self.text) if ends < 0 else ends
        first, last = max(begins, self.start - _AROUND), min(ends, self.start + _AROUND)
        left = "…" if first > begins else ""
        before, at, after = (
            fit("".join(c if c.isprintable() else " " for c in part))
            for part in (
                left + self.text[first : self.start],
                self.text[self.start : min(self.end, last)],
                self.text[min(self.end, last) : last] + ("…" if last < ends else ""),
            )
        )
        return (before + at + after).rstrip(), " " * _width(before) + "^" * max(_width(at), 1)


_AROUND = 40
"""How many characters are shown on either side of a place."""


def _width(text: str) -> int:
    """How many columns a text takes: none for an accent over the letter before it, two for wide letters."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class SymbackpropError(ValueError):
    """Base class. ``place`` is a file and line, or empty; ``where`` names the equation or symbol.

    ``about`` names what the error is about where the words say so already; it helps to find the place. ``excerpt`` is
    the place in a text that was given; it is shown beneath the message, in tracebacks as a note.
    """

    def __init__(
        self,
        code: str,
        what: str,
        fix: str,
        *,
        place: str = "",
        where: str = "",
        about: str = "",
        excerpt: Excerpt | None = None,
    ) -> None:
        self.code = code
        self.what = what
        self.fix = fix
        self.place = place
        self.where = where
        self.about = about or where
        self.excerpt = excerpt
        super().__init__(str(self))
        if excerpt:
            self.add_note("\n".join(f"  {line}" for line in excerpt.lines()))

    def __str__(self) -> str:
        prefix = f"{self.place}: " if self.place else ""
        scope = f"in {self.where}: " if self.where else ""
        words = f"error[{self.code}]: {scope}{bounded(self.what)}; {bounded(self.fix)}"
        return visible(_BREAK.sub(" ", prefix + words))


class NetworkError(SymbackpropError):
    """The equations do not make a network."""


class SpecError(NetworkError):
    """A spec file cannot be read as a network."""


class DerivationError(SymbackpropError):
    """A gradient cannot be derived, or was asked for by a name that has none."""


class DataError(SymbackpropError):
    """Values are missing, of the wrong kind, or of the wrong shape."""


class CheckpointError(SymbackpropError):
    """A checkpoint cannot be written, is damaged, or is of other training; ``place`` is its file."""


class Unmade(SymbackpropError):
    """A report could not be had in one of its formats; ``written`` has the paths of the others."""

    def __init__(
        self, code: str, what: str, fix: str, *, written: tuple[Path, ...] = (), place: str = "", where: str = ""
    ) -> None:
        super().__init__(code, what, fix, place=place, where=where)
        self.written = written

    @classmethod
    def of(cls, error: SymbackpropError, written: tuple[Path, ...]) -> Unmade:
        """What another error says, with what was written all the same."""
        return cls(error.code, error.what, error.fix, written=written, place=error.place, where=error.where)


class Diverged(SymbackpropError):
    """Training stopped because the loss was no longer finite; ``history`` holds every epoch until then."""

    def __init__(self, code: str, what: str, fix: str, *, history: object) -> None:
        super().__init__(code, what, fix)
        self.history = history


def quote(given: object, most: int = _MOST_QUOTED) -> str:
    """What a user gave, as messages repeat it: in quotes, on one line, every sign of it to be seen, and not too long.

    What is longer than ``most`` characters lacks its middle. A right-to-left mark and the beginning of a terminal's
    command are written as their numbers, as in Python: they could make the message say something else.
    """
    words = repr(" ".join(str(given).split()))
    return words[:1] + cut(words[1:-1], most) + words[-1:]


def as_given(value: object) -> str:
    """A value that a user gave, as Python writes it, without its middle where that is long."""
    return cut(repr(value), _MOST_QUOTED)


def quote_path(path: object) -> str:
    """The name of a file as messages repeat it, which may be longer than other words."""
    return quote(path, _LONGEST_WORD)


def cut(words: str, most: int) -> str:
    """Words without their middle, where they are longer than ``most`` characters."""
    if len(words) <= most:
        return words
    behind = most // 3
    return f"{words[: most - behind - 1]}…{words[-behind:]}"


def bounded(words: str) -> str:
    """A message whose words, and which itself, are not too long to be read: what users give may be of any length."""
    return cut(_ENDLESS.sub(lambda word: cut(word[0], _LONGEST_WORD), words), _LONGEST_MESSAGE)


def visible(words: str) -> str:
    """Words in which every sign is to be seen: ``\\u202e`` and ``\\x1b`` in place of marks and control characters."""
    if words.isprintable():
        return words
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in words)


def missing_extra(what: str, module: str, extra: str) -> SymbackpropError:
    """The error of what needs an extra and does not find its module, with the line that installs it."""
    return SymbackpropError("missing-extra", f"{what}, and there is no module {module} here", install_advice(extra))


def ended(words: str) -> str:
    """Words as a sentence: with a full stop, unless they end already."""
    return words if words.endswith(("?", "…")) else f"{words}."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``"did you mean 'x'?"`` for the nearest known word, or a list of the known ones."""
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {quote(near[0])}?"
    stem = re.match(r"\D*", word)[0]  # type: ignore[index]  # it matches the empty string
    words.sort(key=lambda known: not (stem and re.fullmatch(rf"{re.escape(stem)}\d+", known)))
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"known names: {shown}" if words else "no names are known here"
