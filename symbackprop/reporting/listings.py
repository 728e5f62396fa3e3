"""Source code in lines that are no longer than a page is wide."""

from __future__ import annotations

GOES_ON = "↪ "
"""What begins a line that goes on from the one above it."""


def folded(text: str, width: int) -> str:
    """Source code whose lines have no more than so many characters; what goes on is marked, and indented alike."""
    return "\n".join(piece for row in text.split("\n") for piece in _pieces(row, width))


def _pieces(row: str, width: int) -> list[str]:
    if len(row) <= width:
        return [row]
    margin = row[: min(len(row) - len(row.lstrip()), width // 2)] + GOES_ON
    cut = row.rfind(" ", len(margin), width + 1)
    cut = cut if cut > len(margin) + 10 else width
    return [row[:cut].rstrip(), *_pieces(margin + row[cut:].lstrip(), width)]
