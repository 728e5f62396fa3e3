"""What a network is in words, and what its names mean: text of the user's, which reports print as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from symbackprop.errors import NetworkError, as_given, did_you_mean, quote

LONGEST_DESCRIPTION = 1_000
LONGEST_MEANING = 100


def checked_description(description: Any) -> str:
    """A description in running text: its line breaks become blanks. Raises NetworkError where it is no text."""
    if not isinstance(description, str):
        raise NetworkError("text", f"the description is {as_given(description)}, not text", 'write description="…"')
    words = " ".join(description.split())
    if len(words) > LONGEST_DESCRIPTION or not words.isprintable():
        what = f"the description is {quote(words)}"
        raise NetworkError("text", what, f"write at most {LONGEST_DESCRIPTION:,} characters that can be seen")
    return words


def checked_meanings(meanings: Any, names: Collection[str]) -> Mapping[str, str]:
    """What names and sizes mean, by name. Raises NetworkError for an unknown name, and for what is not a short line."""
    meanings = {} if meanings is None else meanings
    if not isinstance(meanings, Mapping):
        what = f"meanings is {as_given(meanings)}, not a mapping"
        raise NetworkError("meanings", what, 'write meanings={"w1": "weight of the first input"}')
    found: dict[str, str] = {}
    for name, words in meanings.items():
        word = str(name)
        if word not in names:
            what = f"there is a meaning of {quote(word)}, which the network does not have"
            raise NetworkError("meanings", what, did_you_mean(word, names), about=word)
        if not isinstance(words, str) or not words.strip():
            what = f"the meaning of {word} is {as_given(words)}, not text"
            raise NetworkError("meanings", what, "say in a few words what it stands for", about=word)
        if len(words.strip()) > LONGEST_MEANING or not words.strip().isprintable():
            what = f"the meaning of {word} is {quote(words)}"
            fix = f"write one line of 1 to {LONGEST_MEANING} characters that can be seen"
            raise NetworkError("meanings", what, fix, about=word)
        found[word] = words.strip()
    return MappingProxyType(found)
