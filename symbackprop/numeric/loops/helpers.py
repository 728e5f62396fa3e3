"""The functions that ``math`` lacks, for plain numbers, written from their records; and those that choose.

They neither overflow nor lose digits far from zero, and give NaN for NaN.
"""

from __future__ import annotations

from collections.abc import Mapping

from symbackprop.numeric.kernels import Helper, Target, kernels
from symbackprop.numeric.loops.writer import LoopWriter

PLAIN_NUMBERS = Target("math", "plain numbers", "math", plain=True)

_CHOICES: Mapping[str, Helper] = {
    "maximum": Helper(
        '''def maximum(a, b):
    """The larger of two numbers, NaN if one is."""
    return a if a >= b or a != a else b'''
    ),
    "minimum": Helper(
        '''def minimum(a, b):
    """The smaller of two numbers, NaN if one is."""
    return a if a <= b or a != a else b'''
    ),
    "clip": Helper(
        '''def clip(z, low, high):
    """z, held between two bounds."""
    return low if z < low else high if z > high else z'''
    ),
}


LOOP_HELPERS = kernels(PLAIN_NUMBERS, LoopWriter, beside=_CHOICES.keys()) | _CHOICES
"""Functions, and what chooses; their ``needs`` are other helpers."""
