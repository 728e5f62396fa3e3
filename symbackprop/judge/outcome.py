"""What a trial by an identity found."""

from __future__ import annotations

from dataclasses import dataclass

from symbackprop.judge.forks import Way


@dataclass(frozen=True)
class Outcome:
    """What a trial in the field found, or over the rational numbers. It is ``vacuous`` where both sides are zero."""

    holds: bool
    vacuous: bool
    ways: frozenset[Way]
    chance: float
    roots: int = 0
    """How many roots have been taken of numbers that are squares by luck."""
    signs: int = 0
    """How many signs were chosen in roots of matrices."""
