"""The words of operations on matrices, in formulas and in every language that is written: those of the catalogue, and
those of the sums and means that rules are about."""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.matrices.operations.catalogue import RECORDS
from symbackprop.matrices.operations.record import Words


def _named(word: str, meaning: str, numpy: str, array_api: str, shown: str = "") -> Words:
    """A word that stands before its operand in LaTeX, as ``shown`` where that is another word."""
    name = rf"\mathrm{{{shown or word}}}"
    return Words(
        word,
        numpy,
        array_api,
        latex=(name, ""),
        unicode=(shown, ""),
        meaning=(name, f"{name}(A)", f" is the {meaning}"),
    )


GRAMMAR = (
    _named("rowsum", "column of the sums of its rows",
           "{}.sum(axis=1, keepdims=True)", "$xp.sum({}, $axis=1, $keepdims=True)"),
    _named("colsum", "row of the sums of its columns",
           "{}.sum(axis=0, keepdims=True)", "$xp.sum({}, $axis=0, $keepdims=True)"),
    _named("total", "sum of all entries", "{}.sum()", "$xp.sum({})", shown="sum"),
    _named("rowmean", "column of the means of its rows",
           "{}.mean(axis=1, keepdims=True)", "$xp.mean({}, $axis=1, $keepdims=True)"),
    _named("colmean", "row of the means of its columns",
           "{}.mean(axis=0, keepdims=True)", "$xp.mean({}, $axis=0, $keepdims=True)"),
    _named("mean", "mean of all entries", "{}.mean()", "$xp.mean({})"),
    Words("entry", "{}.sum()", "$xp.sum({})"),
    Words("eye", "np.eye({})", ""),
    Words("broadcast", "np.broadcast_to({}, ({}, {}))", "$xp.broadcast_to({}, ({}, {}))"),
)  # fmt: skip

WORDS: Mapping[str, Words] = {
    words.word: words for words in (*GRAMMAR, *(words for record in RECORDS for words in record.words))
}
"""By the word that formulas have."""


def helper_of(word: str) -> str:
    """The function that source calls for a word, which is the word where nothing else is known."""
    return (WORDS[word].helper if word in WORDS else "") or word
