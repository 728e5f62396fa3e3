"""How much of a report is written, and what stands above it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from symbackprop.errors import SymbackpropError, as_given, quote

HANDOUT = ("question", "drawing", "forward", "derivation", "layers", "results")
"""The sections of two to four pages to hand out."""
LONGEST_TITLE = 200
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9:_-]{0,39}")


@dataclass(frozen=True)
class Extent:
    """What a report holds.

    ``handout`` asks for two to four pages: the network, its equations, one gradient of each kind worked, all results
    and the first step in numbers. ``sections`` names those to write, all where it is None. A ``fragment`` is to go into
    another document: it has no head, and its labels begin with that word. ``title`` and ``author`` stand above it.
    """

    handout: bool = False
    sections: tuple[str, ...] | None = None
    fragment: str = ""
    title: str = ""
    author: str = ""

    @classmethod
    def of(
        cls, handout: Any = False, sections: Any = None, fragment: Any = "", title: Any = "", author: Any = ""
    ) -> Extent:
        """Check what a caller asks for. Raises SymbackpropError for what is no text, too long, or no section."""
        named = (sections,) if isinstance(sections, str) else sections
        label = "eq" if fragment is True else fragment or ""
        if label and not (isinstance(label, str) and _PREFIX.fullmatch(label)):
            what = f"the labels of the fragment would begin with {as_given(fragment)}"
            raise SymbackpropError("fragment", what, 'give letters, figures, : and -, as in "ann"')
        if named is not None and handout:
            raise SymbackpropError("sections", "both a hand-out and sections are asked for", "leave one of them out")
        return cls(
            bool(handout),
            None if named is None else tuple(named),
            label,
            _line("title", title),
            _line("author", author),
        )


def _line(what: str, given: Any) -> str:
    """Text that stands above a report, in one line."""
    if not isinstance(given, str):
        raise SymbackpropError(what, f"the {what} is {as_given(given)}, not text", f'write {what}="…"')
    words = " ".join(given.split())
    if len(words) > LONGEST_TITLE or not words.isprintable():
        fix = f"write at most {LONGEST_TITLE} characters that can be seen"
        raise SymbackpropError(what, f"the {what} is {quote(words)}", fix)
    return words
