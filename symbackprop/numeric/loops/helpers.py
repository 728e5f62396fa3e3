"""The functions that ``math`` lacks, for plain numbers, written from their records; and those that choose.

They neither overflow nor lose digits far from zero, and give NaN for NaN.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from string import Formatter

from symbackprop.numeric.frames import plain_function
from symbackprop.numeric.kernels import Helper, Helpers, Target, kernels
from symbackprop.numeric.loops.writer import LoopWriter, Take

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


def _own(typed: bool, source: str) -> Helper:
    """The own source of a record, with what it has in {} as a source takes it."""
    take = Take(typed)
    parts = [text + (take(word) if word else "") for text, word, _, _ in Formatter().parse(source)]
    return Helper("".join(parts), takes=frozenset(take.words))


def _helpers(typed: bool) -> Helpers:
    """Functions, and what chooses; their ``needs`` are other helpers."""
    writer = partial(LoopWriter, typed=typed)
    return kernels(PLAIN_NUMBERS, writer, plain_function, beside=_CHOICES.keys(), own=partial(_own, typed)) | _CHOICES


LOOP_HELPERS, TYPED_HELPERS = _helpers(typed=False), _helpers(typed=True)
