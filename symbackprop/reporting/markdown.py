"""A document as Markdown that GitHub renders.

Mathematics stands in backtick-dollars, which keep underscores; formulas are tables, a line a row, so that number,
left side, right side and reason stay apart. No macros, no ``\\label``, no ``\\operatorname``.
"""

from __future__ import annotations

import re
from typing import final
from urllib.parse import quote

from symbackprop.reporting.blocks import Blank, Block, Document, Figure, Heading, Line, Listing, Table
from symbackprop.reporting.render import render_template
from symbackprop.reporting.writer import Writer, is_matrix

SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$])")
GAP = "________"
"""Where an answer is written."""
ALIGN = {"l": ":--", "p": ":--", "c": ":-:", "r": "--:"}


def markdown(document: Document) -> str:
    """Write a document as Markdown."""
    writer = MarkdownWriter(document)
    blocks = [writer.block(block) for block in document.blocks]
    head = {"title": escaped(document.title), "author": escaped(document.author), "contents": writer.contents()}
    return render_template("document.md.j2", blocks=[b for b in blocks if b], fragment=bool(document.fragment), **head)


def escaped(words: str) -> str:
    """Text in which no character means anything to Markdown."""
    return SPECIAL.sub(r"\\\1", re.sub(r"[\r\n]", " ", words))


@final
class MarkdownWriter(Writer):
    """Writes Markdown."""

    width_with_reason = 46
    width_alone = 64

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.label = document.label
        self.sections = {
            block: number
            for number, block in enumerate((b for b in document.blocks if _is_section(b)), start=1)
            if isinstance(block, Heading)
        }
        self.has_contents = document.contents

    def contents(self) -> list[str]:
        """The sections, each with its link; none where they are not listed."""
        if not self.has_contents:
            return []
        return [f"[{self.text(block.text)}](#section-{number})" for block, number in self.sections.items()]

    def heading(self, heading: Heading) -> str:
        anchor = (
            f'<a id="section-{self.sections[heading]}"></a>\n\n' if self.has_contents and heading.level == 1 else ""
        )
        return f"{anchor}{'#' * (heading.level + 1)} {self.text(heading.text)}"

    def paragraph(self, text: str) -> str:
        return text

    def bullets(self, items: list[str]) -> str:
        return "\n".join(f"- {item}" for item in items)

    def formula(self, lines: tuple[Line, ...]) -> str:
        """A table with a row a line; a line that is too long goes on in rows of its own."""
        numbered = any(line.number is not None for line in lines)
        reasoned = any(line.why for line in lines)
        shown = [numbered, True, True, reasoned]
        rows = [["", "", "", ""], [":-:", "--:", ":--", ":--"]]
        for line in lines:
            left = "" if line.lhs is None else self.display(self.written(line.lhs))
            first, *rest = self.right_side(line, reasoned)
            right = f"= {GAP}" if isinstance(line.rhs, Blank) else self.display(f"= {first}")
            rows.append([self.anchor(line.number), left, right, self.text(line.why)])
            rows += (["", "", self.display(rf"\quad {piece}"), ""] for piece in rest)
        return "\n".join(_row([cell for cell, kept in zip(row, shown, strict=True) if kept]) for row in rows)

    def table(self, table: Table) -> str:
        rows = [[self.text(cell) for cell in row] for row in (table.header, *table.rows)]
        return "\n".join(map(_row, [rows[0], [ALIGN[a] for a in table.align], *rows[1:]]))

    def listing(self, listing: Listing) -> str:
        longest = max((len(run) for run in re.findall("`+", listing.text)), default=0)
        fence = "`" * max(3, longest + 1)
        return f"{fence}{listing.language}\n{listing.text}\n{fence}"

    def figure(self, figure: Figure, number: int) -> str:
        image = f"![{escaped(figure.alt)}]({quote(self.drawings[figure.key])}.svg)"
        return f"{image}\n\n**Figure {number}.** {self.text(figure.caption)}"

    def words(self, words: str) -> str:
        return escaped(words)

    def maths(self, text: str) -> str:
        return f"$`{text.replace('|', chr(92) + 'vert ')}`$"  # a bare | would end a cell of a table

    def display(self, text: str) -> str:
        """Mathematics of a formula: fractions in full size."""
        return self.maths(rf"\displaystyle {text}" if r"\frac" in text or r"\sum" in text else text)

    def result(self, number: str, tone: str) -> str:
        return number if is_matrix(number) else rf"\mathbf{{{number}}}"

    def anchor(self, number: int | str | None) -> str:
        """The number of a line, to which references lead."""
        return "" if number is None else f'<a id="{self.label}-{number}"></a>**({number})**'

    def reference(self, number: int) -> str:
        return f"[({number})](#{self.label}-{number})"

    def code(self, text: str) -> str:
        return f"`{text}`"

    def strong(self, text: str) -> str:
        return f"**{escaped(text)}**"


def _is_section(block: Block) -> bool:
    return isinstance(block, Heading) and block.level == 1


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
