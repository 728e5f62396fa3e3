"""The left sides of a formula, and how much room they leave for the right sides."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from sympy import Expr

from symbackprop.notation import latex_width
from symbackprop.reporting.blocks import Line, Raw

LEFT_WIDTH = 3.2
"""How wide left sides may be before the right sides have less room: as wide as ∂E/∂w."""
LEFT_MOST = 16
"""How much less room they may have."""
CAPITALS = 1.3
"""How much wider left sides are than they are guessed to be: they have capital letters more than others."""
SHAPES_WIDTH = 9
"""How much shapes below the matrices take beside wide left sides."""


def left_sides(lines: tuple[Line, ...], written: Callable[[Expr | Raw], str]) -> tuple[list[str], int]:
    """Each left side once, beginning with what is guessed to be the widest; and how much less room the right ones have.

    The room is in characters.
    """
    sides = {written(line.lhs): 0 for line in lines if line.lhs is not None}
    ordered = sorted(sides, key=latex_width, reverse=True)
    widest = latex_width(ordered[0]) if ordered else 0.0
    taken = min(max(ceil(CAPITALS * widest - LEFT_WIDTH), 0), LEFT_MOST)
    return ordered, taken + SHAPES_WIDTH if taken and any(line.shapes for line in lines) else taken
