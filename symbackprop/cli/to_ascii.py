"""Text for places that cannot take Unicode."""

from __future__ import annotations

import re

_SIGNS = {
    "…": "...", "→": "->", "−": "-", "·": "*", "∂": "d", "⁺": "+", "≤": "<=", "≥": ">=", "≠": "!=", "×": "x", "✓": "ok",
    "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "½": "1/2", "η": "eta",
    "─": "-", "∘": "*", "⊘": "/", "ᵀ": ".T", "⁻": "^-", "⟨": "<", "⟩": ">", "‖": "||", "√": "sqrt ",
    "∞": "inf", "′": "'", "Ḡ": "G",
}  # fmt: skip
_TABLE = str.maketrans(_SIGNS)
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_POWER = re.compile(f"(⁻?)([{_RAISED}]+)")
_DIGITS = str.maketrans(_RAISED, "0123456789")
ALPHABET = "∂₀₉ₐₓδσ−·½²⁺→…✓─"
"""Signs that the writers of mathematics use; an encoding that has these is taken to have them all."""


def takes(encoding: str | None, text: str = ALPHABET) -> bool:
    """Whether text can be written in that encoding."""
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def plain(text: str, encoding: str | None = "ascii") -> str:
    """Write text in signs that the encoding has; what has no likeness becomes a question mark."""
    if takes(encoding, text):
        return text
    from symbackprop.notation.names import GREEK

    name = encoding or "ascii"
    letters = str.maketrans({letter: word for word, letter in GREEK.items()})
    text = _POWER.sub(_power, text)
    return text.translate(_TABLE).translate(letters).encode(name, errors="replace").decode(name)


def _power(found: re.Match[str]) -> str:
    """An exponent of however many digits: x**12, and as for an inverse, 10^-42."""
    return ("^-" if found[1] else "**") + found[2].translate(_DIGITS)
