"""The lines of a proof, as the records of rules hold them: data that reports set and tests hold against numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shown:
    """A line of a proof: ``left = right`` in LaTeX, and why; a line without left goes on from the one above.

    The LaTeX is of the closed language that ``notation/typeset`` reads. Behind a wide space, ``\\quad``, the right side
    may say in brackets where the line holds: ``1\\quad(z>0)``. ``why`` is in plain words, whose mathematics is written
    as in the reasons of adjoints: ⟨G, dY⟩.
    """

    right: str
    left: str = ""
    why: str = ""
