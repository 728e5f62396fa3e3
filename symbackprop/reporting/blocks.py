"""A document as a tree of blocks: what a report says, before any format is chosen.

Inline pieces: str, Maths, Ref, Later, Code, Strong. Blocks: Heading, Paragraph, Bullets, Formula, Table, Listing,
Figure.
Numbers of lines are given once, when the tree is built, so that every format has the same ones. The line of an
exercise has a Blank on its right side, and its label, such as 2a, for its number.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sympy import Basic, Expr

from symbackprop.drawings import Picture
from symbackprop.notation import NameTable, Order


@dataclass(frozen=True)
class Raw:
    """Mathematics that is not an expression, such as an update arrow or a chain of numbers, as LaTeX of our own.

    ``pieces`` are the same in lines of a formula, where it is too long for one.
    """

    latex: str
    pieces: tuple[str, ...] = ()


@dataclass(frozen=True)
class Maths:
    """An expression in running text or in a cell; with ``equals`` an equation."""

    content: Expr | Raw
    equals: Expr | Raw | None = None


@dataclass(frozen=True)
class Blank:
    """A ruled gap on the right side of a line, to write an answer in; a ``wide`` one takes a formula."""

    wide: bool = False


@dataclass(frozen=True)
class Ref:
    """A reference to a numbered line."""

    number: int


@dataclass(frozen=True)
class Later:
    """A reference to a line that is not numbered yet, by what it defines; in a finished document it is a Ref."""

    defines: Hashable


@dataclass(frozen=True)
class Code:
    """A word of code."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Words that stand out."""

    text: str


Inline = str | Maths | Ref | Later | Code | Strong
Inlines = tuple[Inline, ...]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a section."""

    level: int
    text: Inlines


@dataclass(frozen=True)
class Paragraph:
    """Running text."""

    text: Inlines


@dataclass(frozen=True)
class Bullets:
    """A list of points."""

    items: tuple[Inlines, ...]


@dataclass(frozen=True)
class Line:
    """One line of a formula: ``lhs = rhs``, why it holds, and its number; a line without ``lhs`` goes on from above.

    ``result`` is a number that the right side comes to; ``tone`` says what it is: "value" or "gradient". With
    ``shapes`` each matrix on the right side has its shape below.
    """

    rhs: Expr | Raw | Blank
    lhs: Expr | Raw | None = None
    why: Inlines = ()
    number: int | str | None = None
    result: Raw | None = None
    tone: str = "value"
    shapes: bool = False


@dataclass(frozen=True)
class Formula:
    """Lines aligned at their equals signs."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Table:
    """A table; ``align`` has a letter a column: l, c, r, or p for a wide column whose text wraps."""

    header: tuple[Inlines, ...]
    rows: tuple[tuple[Inlines, ...], ...]
    align: str
    small: bool = False


@dataclass(frozen=True)
class Listing:
    """Source code."""

    language: str
    text: str


@dataclass(frozen=True)
class Figure:
    """The place of a drawing, by its key; where the document has no drawing for the key it is left out.

    ``alt`` says in words what is to be seen, for those who cannot see it.
    """

    key: str
    caption: Inlines
    alt: str = ""


Block = Heading | Paragraph | Bullets | Formula | Table | Listing | Figure


@dataclass(frozen=True)
class Document:
    """A report: its title, its blocks, and how names are written in it.

    ``pictures`` has our own pictures by the keys of their figures, and ``drawings`` the names of files beside the
    document, without .svg or .pdf, for those whose key is the name of none. With ``contents`` its sections are
    listed at its head. A ``fragment`` has no head: it goes into another document, and its labels begin with this word.
    """

    title: str
    blocks: tuple[Block, ...]
    names: NameTable
    order: Order
    drawings: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    author: str = ""
    contents: bool = False
    fragment: str = ""
    compact: bool = False
    """Whether it is set with less room, as on pages to hand out."""

    @property
    def label(self) -> str:
        """What the labels of its lines begin with."""
        return self.fragment or "eq"

    def figures(self) -> tuple[Figure, ...]:
        """The figures that are drawn, in order."""
        drawn = self.drawings.keys() | self.pictures.keys()
        return tuple(block for block in self.blocks if isinstance(block, Figure) and block.key in drawn)

    def beside(self, stem: str) -> Document:
        """The same with the names of the files that its pictures are in, beside a document of that name."""
        return replace(self, drawings={**{key: f"{stem}-{key}" for key in self.pictures}, **self.drawings})

    def numbers(self) -> Iterator[int | str]:
        """The numbers of all numbered lines, and the labels of exercises, in order."""
        for block in self.blocks:
            if isinstance(block, Formula):
                yield from (line.number for line in block.lines if line.number is not None)

    def references(self) -> Iterator[int]:
        """The numbers that the text refers to."""
        for block in self.blocks:
            for inlines in _texts(block):
                yield from (piece.number for piece in inlines if isinstance(piece, Ref))


def _texts(block: Block) -> Iterable[Inlines]:
    match block:
        case Heading(text=text) | Paragraph(text=text):
            return [text]
        case Bullets(items=items):
            return items
        case Formula(lines=lines):
            return [line.why for line in lines]
        case Table(header=header, rows=rows):
            return [*header, *(cell for row in rows for cell in row)]
        case Figure(caption=caption):
            return [caption]
        case _:
            return []


def with_references(block: Block, numbers: Mapping[Hashable, int]) -> Block:
    """The block with the numbers of the lines that were still to come."""

    def known(pieces: Inlines) -> Inlines:
        return tuple(Ref(numbers[piece.defines]) if isinstance(piece, Later) else piece for piece in pieces)

    match block:
        case Heading(text=text) | Paragraph(text=text):
            return replace(block, text=known(text))
        case Bullets(items=items):
            return Bullets(tuple(map(known, items)))
        case Formula(lines=lines):
            return Formula(tuple(replace(line, why=known(line.why)) for line in lines))
        case Table(rows=rows):
            return replace(block, rows=tuple(tuple(map(known, row)) for row in rows))
        case Figure(caption=caption):
            return replace(block, caption=known(caption))
        case Listing():
            return block


def inlines(reason: Iterable[str | Basic]) -> Inlines:
    """A reason of the calculus as inline pieces."""
    return tuple(part if isinstance(part, str) else Maths(part) for part in reason)


def listed(items: Iterable[Inline | Inlines], last: str = ", ", between: str = ", ") -> Inlines:
    """Items with commas between them, or what ``between`` is, and ``last`` before the last of them."""
    each = [item if isinstance(item, tuple) else (item,) for item in items]
    pieces: list[Inline] = []
    for position, item in enumerate(each):
        if position:
            pieces.append(last if position == len(each) - 1 else between)
        pieces += item
    return tuple(pieces)


def listed_with_and(items: Iterable[Inline | Inlines]) -> Inlines:
    """The same with an "and" before the last."""
    return listed(items, last=" and ")
