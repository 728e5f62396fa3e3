"""A document as Typst source, for a PDF where there is no TeX.

All that a user wrote goes in as strings, which Typst prints as they are; see ``typst_string``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import final

from symbackprop.notation.typeset.typst import typst_formula, typst_string
from symbackprop.reporting.blocks import (
    Blank,
    Block,
    Document,
    Figure,
    Formula,
    Heading,
    Inlines,
    Line,
    Listing,
    Paragraph,
    Table,
)
from symbackprop.reporting.latex import LatexWriter
from symbackprop.reporting.left_sides import left_sides
from symbackprop.reporting.listings import folded
from symbackprop.reporting.render import render_template
from symbackprop.reporting.table_widths import LINE, NARROW, WIDE, is_long, set_on_page, table_width
from symbackprop.reporting.writer import Writer, is_matrix

LISTING_WIDTH = 102
"""How many characters of a listing a line has."""
ALIGN = {"l": "left", "p": "left", "c": "center", "r": "right"}
RULE = "[=#box(width: 8em, line(length: 100%, stroke: 0.5pt))]"
"""A place to write on by hand."""
TONES: Mapping[str, str] = {"value": "value", "gradient": "gradient-red"}


def typst(document: Document) -> str:
    """Write a document as Typst source; its figures are the SVG files that ``drawings`` names."""
    writer = TypstWriter(document)
    followers = (*document.blocks[1:], None)
    blocks = [
        _bound(writer.block(block), block, after) for block, after in zip(document.blocks, followers, strict=True)
    ]
    head = {"title": typst_string(document.title), "heading": typst_string(document.title, breakable=True)}
    head["author"] = typst_string(document.author, breakable=True) if document.author else ""
    return render_template(
        "document.typ.j2", **head, blocks=[b for b in blocks if b],
        contents=document.contents, compact=document.compact,
    )  # fmt: skip


def _bound(written: str, block: Block, after: Block | None) -> str:
    """A paragraph stays with what it leads to."""
    leads = isinstance(block, Paragraph) and isinstance(after, (Formula, Table, Listing))
    return f"#block(sticky: true)[{written}]" if leads else written


@final
class TypstWriter(Writer):
    """Writes Typst."""

    width_with_reason = 37
    width_alone = 57
    wider_when_compact = 5

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.measured = LatexWriter(document)
        self.numbers = frozenset(document.numbers())

    def heading(self, heading: Heading) -> str:
        return f"{'=' * heading.level} {self.text(heading.text)}"

    def paragraph(self, text: str) -> str:
        return text

    def bullets(self, items: list[str]) -> str:
        return "\n".join(f"- {item}" for item in items)

    def formula(self, lines: tuple[Line, ...]) -> str:
        reasoned = any(line.why for line in lines)
        _, taken = left_sides(lines, self.written)
        rows = ",\n".join(self.row(line, reasoned, taken) for line in lines)
        return f"#steps({str(reasoned).lower()},\n{rows},\n)"

    def row(self, line: Line, reasoned: bool, taken: int) -> str:
        """One line, with what of it did not fit beneath; its number is where references lead."""
        left = "" if line.lhs is None else _shown(typst_formula(self.written(line.lhs)))
        number = "" if line.number is None else f'#[#"({line.number})";<line-{line.number}>]'
        if isinstance(line.rhs, Blank):
            return f"([{left}], ({RULE},), [{self.text(line.why)}], [{number}])"
        *before, last = self.right_side(replace(line, result=None), reasoned, taken)
        pieces = [typst_formula(piece) for piece in (*before, *([last] if last or line.result is None else []))]
        if line.result is not None:
            value = self.result(line.result.latex, line.tone)
            pieces = [*pieces[:-1], f"{pieces[-1]}={value}"] if last else [*pieces, value]
        shown = ", ".join(f"[{_shown(piece)}]" for piece in (f"={pieces[0]}", *pieces[1:]))
        return f"([{left}], ({shown},), [{self.text(line.why)}], [{number}])"

    def table(self, table: Table) -> str:
        return "\n#v(0.3em)\n".join(map(self.one_table, set_on_page(table, self.measured.text)))

    def one_table(self, table: Table) -> str:
        """A table that has been found to be narrow enough, or few rows that are made smaller."""
        share = float(NARROW if table.small else WIDE) * 100
        columns = ", ".join(f"{share:g}%" if align == "p" else "auto" for align in table.align)
        aligned = ", ".join(f"{ALIGN[align]} + horizon" for align in table.align)
        header = ", ".join(self.cell(cell) for cell in table.header)
        rows = ",\n".join(f"({', '.join(map(self.cell, row))},)" for row in table.rows)
        width = table_width(table, self.measured.text)
        whole = not is_long(table) or width > LINE
        flags = {"wraps": "p" in table.align, "small": table.small, "wide": whole and width > 0.7 * LINE}
        options = ", ".join(f"{name}: {str(flag).lower()}" for name, flag in flags.items())
        made = f"ruled(({columns},), ({aligned},), ({header},), (\n{rows},\n), {options})"
        return f"#block(breakable: false, {made})" if whole else f"#{made}"

    def cell(self, pieces: Inlines) -> str:
        """A cell."""
        return f"[{self.text(pieces)}]"

    def listing(self, listing: Listing) -> str:
        rows = folded(listing.text, LISTING_WIDTH).split("\n")
        text = ' + "\\n" + '.join(map(typst_string, rows))
        return f"#raw(block: true, lang: {typst_string(listing.language)}, {text})"

    def figure(self, figure: Figure, number: int) -> str:
        """It stays where it is, and on one page with its caption."""
        image = f"image({typst_string(self.drawings[figure.key] + '.svg')}, alt: {typst_string(figure.alt)})"
        caption = f"#text(size: 8.5pt)[*Figure {number}.* {self.text(figure.caption)}]"
        return f"#align(center, block(breakable: false)[#{image}\n{caption}])"

    def words(self, words: str) -> str:
        return f"#{typst_string(words, breakable=True)};"

    def maths(self, text: str) -> str:
        return f"${typst_formula(text)}$"

    def result(self, number: str, tone: str) -> str:
        value = typst_formula(number if is_matrix(number) else rf"\mathbf{{{number}}}")
        return f"#text(fill: {TONES[tone]}, ${value}$);"

    def reference(self, number: int) -> str:
        shown = typst_string(f"({number})")
        return f"#link(<line-{number}>, {shown});" if number in self.numbers else f"#{shown};"

    def code(self, text: str) -> str:
        return f"#raw({typst_string(text)});"

    def strong(self, text: str) -> str:
        return f"#strong({typst_string(text)});"


def _shown(formula: str) -> str:
    """A formula in full size, on one line."""
    return f"#box($display({formula})$);"
