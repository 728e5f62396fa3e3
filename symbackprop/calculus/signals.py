"""The letters of error signals: δ and Δ, and others where δ's of an earlier derivation stand in the equations."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.network.network import Network

_LETTERS = (("delta", "Delta"), ("lambda", "Lambda"), ("xi", "Xi"), ("psi", "Psi"), ("omega", "Omega"))


def letters_of(network: Network) -> Mapping[str, str]:
    """What stands for delta and for Delta in the names of error signals.

    Where an equation is called delta_h1 beside a name h1 it is an error signal of a derivation whose lines have become
    equations. Another delta_h1 beside it would be confusing, and delta_delta_h1, too; so the signals are lambda_h1 and
    lambda_delta_h1 there.
    """
    words = {name.name for name in network.names}
    written = {name.name for name in network.equations}
    free = (pair for pair in _LETTERS if not any(_is_signal(word, pair, words) for word in written))
    return dict(zip(_LETTERS[0], next(free, _LETTERS[0]), strict=True))


def _is_signal(word: str, letters: tuple[str, str], words: set[str]) -> bool:
    letter, _, of = word.partition("_")
    return letter in letters and of in words
