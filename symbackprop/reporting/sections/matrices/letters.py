"""The letters of the rules: none that the network at hand has for something else."""

from __future__ import annotations

import re
from collections.abc import Mapping

from symbackprop.notation import latex
from symbackprop.proof_lines import Shown
from symbackprop.reporting.writing import Desk

OF_RULES = "ABCGYPbcgy"
INSTEAD = {True: "MNQRSUVHKLFJ", False: "qruh"}
"""What stands for a letter that is taken, by whether it is a capital; first letters come first."""
_HEAD = re.compile(r"(?:\\(?:hat|bar|tilde)\{)?([A-Za-z])(?![A-Za-z])")
_TOKEN = re.compile(r"\\math[a-z]+\{[A-Za-z]+\}|\\[A-Za-z]+|[A-Za-z]")
_IN_WORDS = re.compile(r"(?<![A-Za-z\\])(d?)([A-Za-z])(?![A-Za-z])")


def letters_of(desk: Desk) -> Mapping[str, str]:
    """What each letter of the rules is written as where the network has a name that begins with it."""
    network = desk.derivation.network
    heads = (_HEAD.match(latex(name, desk.names)) for name in (*network.names, *network.sizes))
    taken = {head[1] for head in heads if head}
    found: dict[str, str] = {}
    for letter in OF_RULES:
        if letter in taken:
            free = (other for other in INSTEAD[letter.isupper()] if other not in taken and other not in found.values())
            found[letter] = next(free, letter)
    return found


def in_words(words: str, letters: Mapping[str, str]) -> str:
    """Words of a rule in these letters; a small letter stands alone, "a" is an article."""
    return _IN_WORDS.sub(lambda m: m[1] + letters.get(m[2], m[2]), words) if letters else words


def in_latex(written: str, letters: Mapping[str, str]) -> str:
    """LaTeX of a rule in these letters; commands and upright words stay."""
    return _TOKEN.sub(lambda m: letters.get(m[0], m[0]), written) if letters else written


def shown_in(shown: Shown, letters: Mapping[str, str]) -> Shown:
    """A line of a proof in these letters."""
    return Shown(in_latex(shown.right, letters), in_latex(shown.left, letters), in_words(shown.why, letters))
