"""Letters for indices: none that the network at hand has for something else."""

from __future__ import annotations

import re

from symbackprop.notation import latex
from symbackprop.reporting.writing import Desk

_FREE = "kijlnmpqrsuv"
_HEAD = re.compile(r"(?:\\(?:hat|bar|tilde)\{)?(\\?[A-Za-z]+)")


def heads_of(desk: Desk) -> frozenset[str]:
    """The letters with which the names and the sizes of the network begin, as they are printed."""
    network = desk.derivation.network
    heads = (_HEAD.match(latex(name, desk.names)) for name in (*network.names, *network.sizes))
    return frozenset(head[1] for head in heads if head)


def index_letters(desk: Desk, wanted: str = _FREE) -> list[str]:
    """Letters with which no name of the network begins: those that are wanted first, each by another where it is taken.

    Where all of them are taken, they come with a prime, which no name has.
    """
    taken = heads_of(desk)
    spare = iter([letter for letter in _FREE if letter not in taken and letter not in wanted])
    return [letter if letter not in taken else next(spare, letter + "'") for letter in wanted]
