"""The letters of rules, and those that count rows and examples: none that the network has for something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from symbackprop.notation import latex
from symbackprop.proof_lines import Shown
from symbackprop.reporting.writing import Desk

OF_RULES = "ABCGYPbcgyun"
INDICES = "ijk"
INSTEAD = {True: "MNQRSUVHKLFJ", False: "qrhsvwt"}
"""What stands for a letter that is taken, by whether it is a capital; first letters come first."""
INDICES_INSTEAD = "rstpqlov"
_HEAD = re.compile(r"(?:\\(?:hat|bar|tilde)\{)?([A-Za-z])(?![A-Za-z])")
_TOKEN = re.compile(r"\\math[a-z]+\{[A-Za-z]+\}|\\[A-Za-z]+|[A-Za-z]")
_IN_WORDS = re.compile(r"(?<![A-Za-z\\])(d?)([A-Za-z])(?![A-Za-z])")


def letters_of(desk: Desk) -> Mapping[str, str]:
    """What each letter of the rules is written as where the network has a name that begins with it."""
    taken = heads_of(desk)
    found: dict[str, str] = {}
    for letter in OF_RULES:
        if letter in taken:
            _replace(letter, INSTEAD[letter.isupper()], taken, found)
    return {**found, **_indices(taken, found)}


def indices_of(desk: Desk) -> Mapping[str, str]:
    """The same for the letters that count entries alone."""
    return _indices(heads_of(desk), {})


def index_letters(desk: Desk, wanted: str = INDICES) -> Iterator[str]:
    """Letters for what is counted, those that are wanted first; none is a name or a size of the network."""
    found = _indices(heads_of(desk), {}, wanted)
    yield from (found.get(letter, letter) for letter in wanted)


def heads_of(desk: Desk) -> set[str]:
    """The letters with which the names and the sizes of the network begin, as they are printed."""
    network = desk.derivation.network
    heads = (_HEAD.match(latex(name, desk.names)) for name in (*network.names, *network.sizes))
    return {head[1] for head in heads if head}


def _indices(taken: set[str], others: Mapping[str, str], wanted: str = INDICES) -> Mapping[str, str]:
    found = dict(others)
    for letter in wanted:
        if letter in taken:
            _replace(letter, INDICES_INSTEAD.translate(dict.fromkeys(map(ord, wanted))), taken, found)
    return {letter: found[letter] for letter in wanted if letter in found}


def _replace(letter: str, instead: str, taken: set[str], found: dict[str, str]) -> None:
    free = (other for other in instead if other not in taken and other not in found.values())
    found[letter] = next(free, letter + "'")  # no name has a prime


def in_words(words: str, letters: Mapping[str, str]) -> str:
    """Words of a rule in these letters; a small letter stands alone, "a" is an article."""
    return _IN_WORDS.sub(lambda m: m[1] + letters.get(m[2], m[2]), words) if letters else words


def in_latex(written: str, letters: Mapping[str, str]) -> str:
    """LaTeX of a rule in these letters; commands and upright words stay."""
    return _TOKEN.sub(lambda m: letters.get(m[0], m[0]), written) if letters else written


def shown_in(shown: Shown, letters: Mapping[str, str]) -> Shown:
    """A line of a proof in these letters."""
    return Shown(in_latex(shown.right, letters), in_latex(shown.left, letters), in_words(shown.why, letters))
