"""What the source of a loop takes from outside of itself: it is told by who writes it, word by word."""

from __future__ import annotations

CONSTANTS = frozenset(["pi", "e", "inf", "nan"])
_IN_NAMES = str.maketrans(".-", "_m", "+")


class Take:
    """Takes words for a source: ``take("exp")`` is how it stands there, and ``words`` are all that was taken.

    Words are functions and constants of ``math``, and numbers as they are written. numba makes float64 of float32 times
    a Python number, and NumPy's scalars forgive what Python's numbers do not. So where numbers are ``typed``, each is a
    constant of the module, cast once; where they are Python's own they are nothing to take.
    """

    def __init__(self, typed: bool) -> None:
        self.typed = typed
        self.words: set[str] = set()

    def __call__(self, word: str) -> str:
        """Take note of a word; how it stands in the source."""
        number = is_numeral(word)
        if self.typed or not number:
            self.words.add(word)
        return constant_of(word) if self.typed and number else word


def is_numeral(word: str) -> bool:
    """Whether a word that was taken is a number."""
    return word[0].isdigit()


def constant_of(number: str) -> str:
    """The name of the constant for a number: no name of a network begins with an underscore, so none is like it."""
    return f"_number_{number.translate(_IN_NAMES)}"
