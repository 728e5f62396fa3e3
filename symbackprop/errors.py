"""The errors of symbackprop.

    SymbackpropError                anything that this package refuses
    ├── NetworkError                a network that is not well formed
    │   └── SpecError               … found in a spec file
    ├── DerivationError             a gradient that cannot be derived, or asked for by a wrong name
    ├── DataError                   values that do not fit the network
    ├── CheckpointError             a checkpoint that cannot be written, or that training cannot go on from
    └── Diverged                    training whose loss became NaN or infinite; keeps the history

Every error says where it happened, what is wrong, and what to do, in one line:

    place: error[code]: what; fix
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from symbackprop.version import install_advice

_BREAK = re.compile(r"\s*[\n\r]\s*")
"""Where what a user gave breaks the line, as printed arrays do."""


class SymbackpropError(ValueError):
    """Base class. ``place`` is a file and line, or empty; ``where`` names the equation or symbol.

    ``about`` names what the error is about where the words say so already; it helps to find the place.
    """

    def __init__(self, code: str, what: str, fix: str, *, place: str = "", where: str = "", about: str = "") -> None:
        self.code = code
        self.what = what
        self.fix = fix
        self.place = place
        self.where = where
        self.about = about or where
        super().__init__(str(self))

    def __str__(self) -> str:
        prefix = f"{self.place}: " if self.place else ""
        scope = f"in {self.where}: " if self.where else ""
        words = f"{prefix}error[{self.code}]: {scope}{self.what}; {self.fix}"
        return _BREAK.sub(" ", words)


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


class Diverged(SymbackpropError):
    """Training stopped because the loss was no longer finite; ``history`` holds every epoch until then."""

    def __init__(self, code: str, what: str, fix: str, *, history: object) -> None:
        super().__init__(code, what, fix)
        self.history = history


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
        return f"did you mean {near[0]!r}?"
    stem = re.match(r"\D*", word)[0]  # type: ignore[index]  # it matches the empty string
    words.sort(key=lambda known: not (stem and re.fullmatch(rf"{re.escape(stem)}\d+", known)))
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"known names: {shown}" if words else "no names are known here"
