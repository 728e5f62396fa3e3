"""Formulas that stand among the words of a reason, such as ⟨G, A dB⟩ = tr(Gᵀ A dB), as mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sympy import Basic

from symbackprop.notation import NameTable
from symbackprop.notation.words import WORDS as MATRIX_WORDS
from symbackprop.reporting.blocks import Inline, Inlines, Maths, Raw

SIGNS = {
    "⁻ᵀ": r"^{-\mathsf{T}}", "⁻¹": r"^{-1}", "ᵀ": r"^{\mathsf{T}}", "⟨": r"\langle ", "⟩": r"\rangle ", "∘": r"\circ ",
    "⊘": r"\oslash ", "·": r"\,", "−": "-", "′": "'", "Σ": r"\textstyle\sum ", "Ḡ": r"\bar{G}", "∂": r"\partial ",
    "ᵏ": "^k", "ⁱ": "^i", "ʲ": "^j",
}  # fmt: skip
WORDS = {word: words.latex[0] for word, words in MATRIX_WORDS.items() if words.latex[0] and not words.latex[1]}
_SIGN = re.compile("|".join(SIGNS))
_MARKED = re.compile(r"[⟨⟩ᵀᵏⁱʲ∘⊘⁻·−′Σ∂=|+]")
_FORMULA = re.compile(r"[A-Zghybqru]|[0-9]+|[A-Za-z_]+\(.*|.*\)|d|d[A-Z]|det|log")
_FACTORS = re.compile(r"(?<=[A-Zᵀ¹]) (?=d?[A-Z])")
_CHANGE = re.compile(r"(?<![A-Za-z\\])d(?=[A-Z ])")
_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z][A-Za-z_]+(?=[(\s,)]|$)")
_NUMBERED = re.compile(r"(?<![\\\w])[A-Za-z]\w*\d(?!\w)")
_ABSOLUTE = re.compile(r"\|([^|]*)\|")
_AND_COMMA = re.compile(r"(.*?)([,;:.]?)$")


def with_mathematics(words: str, names: NameTable | None = None) -> Inlines:
    """Words as inline pieces, each run of signs and letters that make a formula as mathematics.

    Among ``names`` are those of the network that may stand in it.
    """
    pieces: list[Inline] = []
    run: list[str] = []

    def close() -> None:
        if run:
            formula, comma = _split(" ".join(run))
            pieces.append(Maths(Raw(_latex(formula, names))))
            if comma:
                pieces.append(comma)
            run.clear()

    for position, word in enumerate(words.split(" ")):
        bare, comma = _split(word)
        is_formula = _is_formula(bare) or _is_numbered(bare, names) or (bare == "a" and words.startswith("a gets"))
        if not (is_formula and run):
            close()
            if position:
                pieces.append(" ")
        if is_formula:
            run.append(word)
            if comma and not _is_open(run):
                close()
        else:
            pieces.append(word)
    close()
    return _joined(pieces)


def reason_of(because: Iterable[str | Basic], names: NameTable | None = None) -> Inlines:
    """A reason of the calculus with its formulas as mathematics; ``names`` as for ``with_mathematics``."""
    pieces: list[Inline] = []
    for part in because:
        pieces += with_mathematics(part, names) if isinstance(part, str) else [Maths(part)]
    return tuple(pieces)


def _is_formula(word: str) -> bool:
    """Whether a word belongs to a formula; "a" alone is an article."""
    return bool(_MARKED.search(word) or _FORMULA.fullmatch(word))


def _is_numbered(word: str, names: NameTable | None) -> bool:
    """Whether a word is a name of the network that is no word of a language, such as t1."""
    return names is not None and word in names.latex_forms and not word.isalpha()


def _is_open(run: list[str]) -> bool:
    text = " ".join(run)
    return text.count("⟨") > text.count("⟩") or text.count("(") > text.count(")")


def _split(word: str) -> tuple[str, str]:
    """A word, and the comma or the like behind it."""
    found = _AND_COMMA.fullmatch(word)
    assert found is not None
    return found[1], found[2]


def _latex(formula: str, names: NameTable | None = None) -> str:
    text = _ABSOLUTE.sub(r"\\lvert \1\\rvert ", _FACTORS.sub("·", formula))
    own = {} if names is None else names.latex_forms
    text = _NUMBERED.sub(lambda found: own.get(found[0], found[0]), text)
    text = _WORD.sub(lambda found: own.get(found[0]) or _upright(found[0]), text)
    text = _CHANGE.sub(r"\\mathrm{d}", text)
    return re.sub(" +", " ", _SIGN.sub(lambda found: SIGNS[found[0]], text)).strip()


def _upright(word: str) -> str:
    if word in ("det", "log", "exp"):
        return f"\\{word} "
    if word in ("lvert", "rvert"):
        return word
    if re.fullmatch("d[A-Z]", word):
        return word
    if word in WORDS:
        return WORDS[word]
    return rf"\mathrm{{{word}}}".replace("_", r"\_")


def _joined(pieces: list[Inline]) -> Inlines:
    """Neighbouring words as one piece."""
    joined: list[Inline] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)
