"""What a formula is made of once it is set: letters, signs, fractions, scripts; no meaning, only form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Letters:
    """A name, a word or a number. ``style`` is italic, upright, bold, sans, script or typewriter."""

    text: str
    style: str = "italic"

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.text[:1].isdigit()


@dataclass(frozen=True)
class Sign:
    """An operator, a relation, a bracket or a comma, by its character.

    ``kind`` is "operator", "relation", "opening", "closing", "comma", "large" (a sum, an integral) or "ordinary". A
    bracket has a ``size`` from 0 to 4.
    """

    text: str
    kind: str = "operator"
    size: int = 0


@dataclass(frozen=True)
class Space:
    """Room between two parts, in ems."""

    width: float


@dataclass(frozen=True)
class Words:
    """Running text in a formula."""

    text: str


@dataclass(frozen=True)
class Row:
    """Parts side by side."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Scripts:
    """A part with what is lowered and raised behind it; of a large sign with what stands below and above."""

    base: Node
    below: Node | None = None
    above: Node | None = None


@dataclass(frozen=True)
class Fraction:
    """One part over another; ``small`` in the size of a script."""

    above: Node
    below: Node
    small: bool = False


@dataclass(frozen=True)
class Root:
    """A square root."""

    radicand: Node


@dataclass(frozen=True)
class Fence:
    """Brackets as high as what is in them; a bracket may be empty."""

    opening: str
    body: Node
    closing: str


@dataclass(frozen=True)
class Accent:
    """A part under a sign such as a hat or a bar."""

    base: Node
    mark: str


@dataclass(frozen=True)
class Brace:
    """A part over a brace with a label below it."""

    base: Node
    label: Node


@dataclass(frozen=True)
class Grid:
    """Rows of cells: a matrix in brackets, or cases behind one."""

    rows: tuple[tuple[Node, ...], ...]
    opening: str
    closing: str
    align: str = "center"


Node = Letters | Sign | Space | Words | Row | Scripts | Fraction | Root | Fence | Accent | Brace | Grid
