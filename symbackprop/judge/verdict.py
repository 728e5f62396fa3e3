"""What the judge says: proved, wrong or undecided, at which level, and what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Ruling(StrEnum):
    """The three verdicts."""

    PROVED = "proved"
    WRONG = "wrong"
    UNDECIDED = "undecided"


class Level(StrEnum):
    """How a verdict was reached, the surest first."""

    RATIONAL = "exact over ℚ"
    FIELD = "exact in a prime field"
    ENCLOSED = "enclosed"
    SAMPLED = "sampled"


@dataclass(frozen=True)
class Witness:
    """A real point at which both sides differ, by enclosures that have nothing in common.

    ``point`` has the values of inputs, targets and parameters by name: a number, or rows of numbers. Of a matrix it is
    one entry, told by ``entry``, counted from 1.
    """

    point: Mapping[str, Any]
    sizes: Mapping[str, int]
    expected: float
    found: float
    entry: tuple[int, int] | None = None
    names: Mapping[str, Any] | None = None
    """What other names of the formula come to at the point."""
    digits: tuple[str, str] = ("", "")
    """Both values, with as many digits as tell them apart."""


@dataclass(frozen=True)
class Verdict:
    """One ruling. ``chance`` bounds the probability that a false claim would have been called proved; 0 is exact."""

    ruling: Ruling
    level: Level
    chance: float = 0.0
    covered: str = ""
    """Which branches were tried: ``away from kinks; 4 of 4 branches``."""
    reason: str = ""
    """Why it is undecided, and what was tried."""
    witness: Witness | None = None

    @property
    def proved(self) -> bool:
        """Whether the claim is proved."""
        return self.ruling is Ruling.PROVED

    @property
    def wrong(self) -> bool:
        """Whether there is a witness against the claim."""
        return self.ruling is Ruling.WRONG

    @property
    def method(self) -> str:
        """The level in words, with the bound of its error and what was covered."""
        parts = [str(self.level)]
        if self.ruling is Ruling.PROVED and self.chance:
            parts.append(f"a false one passes with a chance below {power_of_ten(self.chance)}")
        if self.covered:
            parts.append(self.covered)
        return "; ".join(parts)

    def __str__(self) -> str:
        if self.ruling is Ruling.UNDECIDED:
            return f"undecided: {self.reason}"
        return f"{self.ruling}: {self.method}"


def power_of_ten(chance: float) -> str:
    """A bound as a power of ten: 10⁻³⁰."""
    exponent = 0
    while 10.0 ** (exponent - 1) >= chance and exponent > -300:
        exponent -= 1
    return "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(c)] if c.isdigit() else "⁻" for c in str(exponent))
