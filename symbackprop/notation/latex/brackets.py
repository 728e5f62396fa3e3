"""Brackets that are as large as what stands in them asks for."""

from __future__ import annotations

TRANSPOSED = r"\mathsf{T}"
"""The sign of a transpose, which stands so high that brackets around it are larger."""
_SIZES = ("", r"\big", r"\Big", r"\bigg", r"\Bigg")


def is_tall(text: str) -> bool:
    """Whether the text stands higher than a bracket of the usual size."""
    return r"\frac" in text or r"\begin{cases}" in text


def enclose(text: str, round_ones: bool = True, raised: bool = False) -> str:
    """Put brackets around ``text``: round ones, or larger or square ones where there are brackets inside.

    Where there is something ``raised`` inside, they are larger too.
    """
    if is_tall(text):
        opening, closing = ("(", ")") if round_ones else ("[", "]")
        return rf"\left{opening}{text}\right{closing}"
    if not raised and not any(bracket in text for bracket in "(["):
        return f"({text})"
    inside = max((i for i, size in enumerate(_SIZES) if size and size + "l" in text), default=0)
    size = _SIZES[min(inside + 1, len(_SIZES) - 1)]
    return rf"{size}l({text}{size}r)" if round_ones else rf"{size}l[{text}{size}r]"
