"""About the room that labels take, and what two boxes share."""

from __future__ import annotations

from symbackprop.drawings.picture import Label
from symbackprop.drawings.setting import width_of

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def box_of(label: Label) -> Box:
    """About the room that a label takes."""
    wide = width_of(label.latex, label.size)
    left = label.x - {"start": 0.0, "middle": wide / 2, "end": wide}[label.anchor]
    return left, label.y - 0.78 * label.size, left + wide, label.y + 0.26 * label.size


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0
