"""What all formats share: which block is written by which method, and how long lines are cut."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import ClassVar

from sympy import Expr

from symbackprop.notation import latex, latex_lines
from symbackprop.reporting.blocks import (
    Blank,
    Block,
    Bullets,
    Code,
    Document,
    Figure,
    Formula,
    Heading,
    Inline,
    Inlines,
    Later,
    Line,
    Listing,
    Maths,
    Paragraph,
    Raw,
    Ref,
    Strong,
    Table,
)

RULES = {False: r"\underline{\hspace{3cm}}", True: r"\underline{\hspace{6cm}}"}
"""What is written on, narrow and wide."""


class Writer(ABC):
    """Writes the blocks of a document in one format; a subclass says how each kind is written."""

    width_with_reason: ClassVar[int]
    width_alone: ClassVar[int]
    """How wide the right side of a formula may be, in characters, beside a column of reasons and without one."""
    wider_when_compact: ClassVar[int] = 0
    """How much more there is room for in a compact document, whose letters are smaller and lines longer."""

    def __init__(self, document: Document) -> None:
        self.latex = partial(latex, names=document.names, order=document.order)
        self.lines = partial(latex_lines, names=document.names, order=document.order)
        self.drawings = {**{key: key for key in document.pictures}, **document.drawings}
        self.wider = self.wider_when_compact if document.compact else 0
        self.figure_numbers = {figure.key: number for number, figure in enumerate(document.figures(), start=1)}

    def block(self, block: Block) -> str:
        """One block, or nothing for a figure that nobody has drawn."""
        match block:
            case Heading():
                return self.heading(block)
            case Paragraph(text=text):
                return self.paragraph(self.text(text))
            case Bullets(items=items):
                return self.bullets([self.text(item) for item in items])
            case Formula(lines=lines):
                return self.formula(lines)
            case Table():
                return self.table(block)
            case Listing():
                return self.listing(block)
            case Figure(key=key):
                return self.figure(block, self.figure_numbers[key]) if key in self.drawings else ""

    def text(self, pieces: Inlines) -> str:
        """Running text."""
        return "".join(map(self.inline, pieces))

    def inline(self, piece: Inline) -> str:
        """One piece of running text."""
        match piece:
            case str():
                return self.words(piece)
            case Maths(content=content, equals=None):
                return self.maths(self.written(content))
            case Maths(content=content, equals=equals):
                return self.maths(f"{self.written(content)} = {self.written(equals)}".strip())
            case Ref(number=number):
                return self.reference(number)
            case Later(defines=defines):
                raise ValueError(f"there is no line yet for {defines}")
            case Code(text=text):
                return self.code(text)
            case Strong(text=text):
                return self.strong(text)

    def written(self, content: Expr | Raw) -> str:
        """Mathematics as LaTeX."""
        return content.latex if isinstance(content, Raw) else str(self.latex(content))

    def right_side(self, line: Line, reasoned: bool, taken: int = 0) -> list[str]:
        """The right side in lines that are short enough, the number that it comes to at the end of the last.

        ``taken`` is how much of the room the left sides of its block take beyond what they usually do.
        """
        width = (self.width_with_reason if reasoned else self.width_alone) + self.wider - taken
        match line.rhs:
            case Blank(wide=wide):
                return [RULES[wide]]
            case Raw(latex=written, pieces=broken):
                pieces = list(broken) or [written]
            case formula:
                pieces = self.lines(formula, width=width, shapes=line.shapes)
        if line.result is not None:
            value = self.result(line.result.latex, line.tone)
            pieces[-1] = f"{pieces[-1]} = {value}" if pieces[-1] else value
        return pieces

    @abstractmethod
    def heading(self, heading: Heading) -> str:
        """A heading."""

    @abstractmethod
    def paragraph(self, text: str) -> str:
        """Running text that stands by itself."""

    @abstractmethod
    def bullets(self, items: list[str]) -> str:
        """A list of points."""

    @abstractmethod
    def formula(self, lines: tuple[Line, ...]) -> str:
        """Lines aligned at their equals signs, with their reasons and numbers."""

    @abstractmethod
    def table(self, table: Table) -> str:
        """A table."""

    @abstractmethod
    def listing(self, listing: Listing) -> str:
        """Source code."""

    @abstractmethod
    def figure(self, figure: Figure, number: int) -> str:
        """A drawing with its number and caption."""

    @abstractmethod
    def words(self, words: str) -> str:
        """Text in which no character means anything to the format."""

    @abstractmethod
    def maths(self, text: str) -> str:
        """Mathematics in a line."""

    @abstractmethod
    def result(self, number: str, tone: str) -> str:
        """The number that a line comes to."""

    @abstractmethod
    def reference(self, number: int) -> str:
        """A reference to a numbered line."""

    @abstractmethod
    def code(self, text: str) -> str:
        """A word of code."""

    @abstractmethod
    def strong(self, text: str) -> str:
        """Words that stand out."""


def is_matrix(text: str) -> bool:
    """Whether mathematics is a matrix of numbers, which stands out by itself."""
    return r"\begin{bmatrix}" in text
