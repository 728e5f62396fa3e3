"""Formulas set in one row of text, for pictures: pieces with their size, their style and how far they are raised.

Fractions are written with a slash and roots with brackets, so that a label is one line of text that a script may
replace, and that looks the same in every browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

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

SMALLER = 0.72
LOWERED, RAISED = 0.22, -0.38
"""How far scripts stand below and above the line, in ems."""
ROOMY, FULL_SIZE = 1.4, 9
"""How much wider than guessed TeX sets type below a size."""
THIN, MEDIUM, THICK = "\u2009", "\u2005", "\u2004"
_MARKS = {"^": "\u0302", "¯": "\u0304", "~": "\u0303", "˙": "\u0307", "→": "\u20d7"}
_NARROW = frozenset("iljtfI.,:;'′|!()[]{}/")
_WIDE = frozenset("mwMWΩΘΦ+−=<>≤≥≠≈→←∘⊘⊙×±∑∏…∂∞√⟶")


@dataclass(frozen=True)
class Piece:
    """Characters of one style: their size and how far below the line they stand, in ems, and a step back before."""

    text: str
    style: str = "upright"
    size: float = 1.0
    down: float = 0.0
    back: float = 0.0

    @property
    def width(self) -> float:
        """About how wide it is, in ems."""
        return self.size * sum(map(_advance, self.text)) * (1.2 if self.style in ("typewriter", "bold") else 1.0)


@lru_cache(maxsize=4096)
def pieces(latex: str) -> tuple[Piece, ...]:
    """A formula as pieces from left to right, neighbours of one kind taken together."""
    found: list[Piece] = []
    for piece in _set(read_typeset(latex)):
        if found and not piece.back and replace(piece, text="", back=0.0) == replace(found[-1], text="", back=0.0):
            found[-1] = replace(found[-1], text=found[-1].text + piece.text)
        elif piece.text:
            found.append(piece)
    return tuple(found)


def width_of(latex: str, size: float) -> float:
    """About how wide a formula is in points, at a size of type."""
    return size * sum(piece.width - piece.back for piece in pieces(latex))


def room_for(latex: str, size: float) -> float:
    """How much room a formula needs in a box, in TeX too, whose small letters are wider than large ones made small."""
    return width_of(latex, size) * (ROOMY if size < FULL_SIZE else 1.0)


def plain(latex: str) -> str:
    """A formula as plain characters, its scripts behind a low line or a caret."""
    written = ""
    level = 0.0
    for piece in pieces(latex):
        if piece.down != level and piece.down:
            written += "_" if piece.down > 0 else "^"
        level = piece.down
        written += piece.text
    return "".join(" " if c in (THIN, MEDIUM, THICK) else c for c in written)


def _advance(char: str) -> float:
    if "\u0300" <= char <= "\u036f" or char == "\u20d7":
        return 0.0
    if char in (THIN, MEDIUM, THICK, " "):
        return {THIN: 0.17, MEDIUM: 0.25, THICK: 0.33, " ": 0.25}[char]
    if char in _NARROW:
        return 0.33
    if char in _WIDE:
        return 0.78
    return 0.7 if char.isupper() else 0.52


def _set(node: Node) -> Iterator[Piece]:
    match node:
        case Letters(text=text, style=style):
            yield Piece(text, style)
        case Words(text=text):
            yield Piece(text)
        case Space(width=width):
            yield Piece(THIN if width < 0.2 else MEDIUM if width < 0.5 else " ")
        case Sign():
            yield _sign(node)
        case Row(parts=parts):
            yield from _row(parts)
        case Scripts():
            yield from _scripts(node)
        case Fraction(above=Letters(text="1"), below=Letters(text="2")):
            yield Piece("½")
        case Fraction(above=above, below=below):
            yield from _bracketed(above)
            yield Piece("/")
            yield from _bracketed(below, always=True)
        case Root(radicand=radicand):
            yield Piece("√")
            yield from _bracketed(radicand, always=True)
        case Fence(opening=opening, body=body, closing=closing):
            yield Piece(opening)
            yield from _set(body)
            yield Piece(closing)
        case Accent(base=base, mark=mark):
            yield from _accented(base, mark)
        case Brace(base=base):
            yield from _set(base)
        case Grid():
            yield from _grid(node)


def _row(parts: tuple[Node, ...]) -> Iterator[Piece]:
    """Parts side by side; a sign in front of all, or behind another sign, is of the number after it."""
    for k, part in enumerate(parts):
        before = parts[k - 1] if k else None
        alone = before is None or (isinstance(before, Sign) and before.kind in ("operator", "relation", "opening"))
        if isinstance(part, Sign) and part.kind == "operator" and alone:
            yield Piece(part.text)
        else:
            beside = not isinstance(part, Space | Sign) or (
                isinstance(part, Sign) and part.kind in ("opening", "large")
            )
            if isinstance(before, Fraction) and beside:
                yield Piece(MEDIUM)
            yield from _set(part)


def _sign(sign: Sign) -> Piece:
    match sign.kind:
        case "operator":
            return Piece(f"{THIN}{sign.text}{THIN}")
        case "relation":
            return Piece(f"{MEDIUM}{sign.text}{MEDIUM}")
        case "comma":
            return Piece(f"{sign.text}{THIN}")
        case _:
            return Piece(sign.text)


def _scripts(node: Scripts) -> Iterator[Piece]:
    yield from _set(node.base)
    below = list(_lowered(node.below, LOWERED))
    yield from below
    above = list(_lowered(node.above, RAISED))
    if below and above:
        above[0] = replace(above[0], back=sum(piece.width for piece in below))
    yield from above


def _lowered(node: Node | None, down: float) -> Iterator[Piece]:
    for piece in () if node is None else _set(node):
        yield replace(piece, size=piece.size * SMALLER, down=down + SMALLER * piece.down)


def _bracketed(node: Node, always: bool = False) -> Iterator[Piece]:
    """A part of a quotient, in brackets where it is a sum, or below the line a product."""
    parts = node.parts if isinstance(node, Row) else ()
    if any(isinstance(part, Sign) and part.kind == "operator" for part in parts) or (always and len(parts) > 1):
        yield Piece("(")
        yield from _set(node)
        yield Piece(")")
    else:
        yield from _set(node)


def _accented(base: Node, mark: str) -> Iterator[Piece]:
    first, *rest = _set(base)
    yield replace(first, text=normalize("NFC", first.text[:1] + _MARKS[mark]) + first.text[1:])
    yield from rest


def _grid(node: Grid) -> Iterator[Piece]:
    """A matrix as its rows, with semicolons between them."""
    yield Piece(node.opening)
    for r, row in enumerate(node.rows):
        if r:
            yield Piece("; ")
        for c, cell in enumerate(row):
            if c:
                yield Piece(", ")
            yield from _set(cell)
    yield Piece(node.closing)
