"""A document as Markdown that GitHub renders.

Mathematics stands in backtick-dollars, which keep underscores; formulas are tables, a line a row, so that number,
left side, right side and reason stay apart. No macros, no ``\\label``, no ``\\operatorname``.
"""

from __future__ import annotations

import re
from functools import partial

from sympy import Expr

from symbackprop.notation import latex, latex_lines
from symbackprop.reporting.blocks import (
    Bullets,
    Code,
    Document,
    Figure,
    Formula,
    Heading,
    Inline,
    Inlines,
    Line,
    Listing,
    Maths,
    Paragraph,
    Raw,
    Ref,
    Strong,
    Table,
)
from symbackprop.reporting.render import render_template

WIDTH_WITH_REASON = 46
WIDTH_ALONE = 64
SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")
ALIGN = {"l": ":--", "p": ":--", "c": ":-:", "r": "--:"}


def markdown(document: Document) -> str:
    """Write a document as Markdown."""
    writer = _Writer(document)
    blocks = [writer.block(block) for block in document.blocks]
    return render_template("document.md.j2", title=escaped(document.title), blocks=[b for b in blocks if b])


def escaped(words: str) -> str:
    """Text in which no character means anything to Markdown."""
    return SPECIAL.sub(r"\\\1", " ".join(words.split(" "))).replace("\n", " ").replace("\r", " ")


class _Writer:
    def __init__(self, document: Document) -> None:
        self.latex = partial(latex, names=document.names, order=document.order)
        self.lines = partial(latex_lines, names=document.names, order=document.order)

    def block(self, block: object) -> str:
        match block:
            case Heading(level=level, text=text):
                return f"{'#' * (level + 1)} {self.text(text)}"
            case Paragraph(text=text):
                return self.text(text)
            case Bullets(items=items):
                return "\n".join(f"- {self.text(item)}" for item in items)
            case Formula(lines=lines):
                return self.formula(lines)
            case Table(header=header, rows=rows, align=align):
                return self.table(header, rows, align)
            case Listing(language=language, text=text):
                return f"```{language}\n{text}\n```"
            case Figure():
                return ""  # no drawing has been made
        raise TypeError(f"no Markdown for {type(block).__name__}")

    def formula(self, lines: tuple[Line, ...]) -> str:
        """A table with a row a line; a line that is too long goes on in rows of its own."""
        numbered = any(line.number is not None for line in lines)
        reasoned = any(line.why for line in lines)
        head = [*([""] if numbered else []), "", "", *([""] if reasoned else [])]
        rows = [
            self._row(head),
            self._row([*([":-:"] if numbered else []), "--:", ":--", *([":--"] if reasoned else [])]),
        ]
        for line in lines:
            left = "" if line.lhs is None else self.display(self.written(line.lhs))
            for position, piece in enumerate(self.right_side(line, WIDTH_WITH_REASON if reasoned else WIDTH_ALONE)):
                first = position == 0
                shown = f"= {piece}" if first else rf"\quad {piece}"
                cells = [self.number(line.number) if first else ""] if numbered else []
                cells += [left if first else "", self.display(shown)]
                cells += [self.text(line.why) if first else ""] if reasoned else []
                rows.append(self._row(cells))
        return "\n".join(rows)

    def right_side(self, line: Line, width: int) -> list[str]:
        """The right side in lines that are short enough, the number that it comes to at the end of the last."""
        pieces = self.pieces(line.rhs, width)
        if line.result is not None:
            value = rf"\mathbf{{{line.result.latex}}}"
            pieces[-1] = f"{pieces[-1]} = {value}" if pieces[-1] else value
        return pieces

    def table(self, header: tuple[Inlines, ...], rows: tuple[tuple[Inlines, ...], ...], align: str) -> str:
        lines = [self._row([self.text(cell) for cell in header]), self._row([ALIGN[a] for a in align])]
        lines += [self._row([self.text(cell) for cell in row]) for row in rows]
        return "\n".join(lines)

    @staticmethod
    def _row(cells: list[str]) -> str:
        return "| " + " | ".join(cells) + " |"

    @staticmethod
    def number(number: int | None) -> str:
        return "" if number is None else f'<a id="eq-{number}"></a>**({number})**'

    def text(self, pieces: Inlines) -> str:
        return "".join(map(self.inline, pieces))

    def inline(self, piece: Inline) -> str:
        match piece:
            case str():
                return escaped(piece)
            case Maths(content=content, equals=None):
                return self.maths(self.written(content))
            case Maths(content=content, equals=equals):
                return self.maths(f"{self.written(content)} = {self.written(equals)}".strip())
            case Ref(number=number):
                return f"[({number})](#eq-{number})"
            case Code(text=text):
                return f"`{text}`"
            case Strong(text=text):
                return f"**{escaped(text)}**"

    def written(self, content: Expr | Raw) -> str:
        return content.latex if isinstance(content, Raw) else self.latex(content)

    def pieces(self, content: Expr | Raw, width: int) -> list[str]:
        return [content.latex] if isinstance(content, Raw) else self.lines(content, width=width)

    def display(self, text: str) -> str:
        """Mathematics of a formula: fractions in full size."""
        return self.maths(rf"\displaystyle {text}" if r"\frac" in text or r"\sum" in text else text)

    @staticmethod
    def maths(text: str) -> str:
        """Mathematics in a line; a bare | would end a cell of a table."""
        return f"$`{text.replace('|', chr(92) + 'vert ')}`$"
