"""Text for places that cannot take Unicode."""

from __future__ import annotations

_SIGNS = {
    "…": "...", "→": "->", "−": "-", "·": "*", "∂": "d", "⁺": "+", "≤": "<=", "≥": ">=", "≠": "!=", "×": "x", "✓": "ok",
    "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "½": "1/2", "²": "**2", "³": "**3", "η": "eta",
    "─": "-", "∘": "*", "⊘": "/", "ᵀ": ".T", "⁻": "^-", "¹": "1", "⟨": "<", "⟩": ">", "‖": "||", "√": "sqrt ",
    "∞": "inf", "′": "'", "Ḡ": "G",
}  # fmt: skip
_TABLE = str.maketrans(_SIGNS)
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
    return text.translate(_TABLE).translate(letters).encode(name, errors="replace").decode(name)
