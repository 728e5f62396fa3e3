"""Formulas as they are set: the LaTeX that this package prints, as a tree for formats that have no TeX."""

from symbackprop.notation.typeset.reader import read_typeset
from symbackprop.notation.typeset.tree import (
    Accent,
    Brace,
    Fence,
    Fraction,
    Grid,
    Letters,
    Node,
    Root,
    Row,
    Scripts,
    Sign,
    Space,
    Words,
)

__all__ = [
    "Accent",
    "Brace",
    "Fence",
    "Fraction",
    "Grid",
    "Letters",
    "Node",
    "Root",
    "Row",
    "Scripts",
    "Sign",
    "Space",
    "Words",
    "read_typeset",
]
