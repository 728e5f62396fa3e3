"""The blocks of a document as HTML, with formulas as MathML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import final

from sympy import Basic, Expr, Symbol

from symbackprop.notation import text as plain_text
from symbackprop.notation.mathml import mathml
from symbackprop.reporting.blocks import Blank, Document, Figure, Heading, Inline, Line, Listing, Maths, Raw, Table
from symbackprop.reporting.page.escaping import code_escaped, escaped
from symbackprop.reporting.page.parts import Mark
from symbackprop.reporting.writer import Writer, is_matrix


@dataclass(frozen=True)
class Written:
    """A heading that was written: its level, its id, its text, and that without markup."""

    level: int
    key: str
    text: str
    spoken: str


ALIGN = {"l": "", "p": ' class="wide"', "c": ' class="middle"', "r": ' class="right"'}


@final
class HtmlWriter(Writer):
    """Writes HTML. ``marks`` say of numbered lines how they are known; ``pictures`` has the SVG of figures by key."""

    width_with_reason = 46
    width_alone = 64

    def __init__(self, document: Document, marks: Mapping[int, Mark], pictures: Mapping[str, str]) -> None:
        super().__init__(document)
        self.marks = marks
        self.names = document.names
        self.pictures = pictures
        self.plain = partial(plain_text, names=document.names, order=document.order)
        self.headings: list[Written] = []
        """The headings so far."""

    def heading(self, heading: Heading) -> str:
        key = f"part-{len(self.headings) + 1}"
        text = self.text(heading.text)
        spoken = "".join(map(self.spoken, heading.text))
        self.headings.append(Written(heading.level, key, text, escaped(spoken)))
        tag = f"h{heading.level + 1}"
        return f'<{tag} id="{key}">{text}</{tag}>'

    def spoken(self, piece: Inline) -> str:
        """A piece of a heading without any markup."""
        match piece:
            case Maths(content=Raw(latex=latex)):
                return latex
            case Maths(content=content):
                return self.plain(content)
            case str():
                return piece
            case _:
                return ""

    def paragraph(self, text: str) -> str:
        return f"<p>{text}</p>"

    def bullets(self, items: list[str]) -> str:
        return "<ul>\n" + "\n".join(f"<li>{item}</li>" for item in items) + "\n</ul>"

    def formula(self, lines: tuple[Line, ...]) -> str:
        """A table with a row a line; what of a line does not fit goes on below, in the same cell."""
        reasoned = any(line.why for line in lines)
        numbered = any(line.number is not None for line in lines)
        rows = [self.row(line, reasoned, numbered) for line in lines]
        kind = "formula" if reasoned or numbered else "formula plain"
        return boxed(f'<table class="{kind}">\n' + "\n".join(rows) + "\n</table>", "formula")

    def row(self, line: Line, reasoned: bool, numbered: bool) -> str:
        """One line: left side, =, right side, reason, number."""
        left = "" if line.lhs is None else mathml(self.written(line.lhs), display=True)
        pieces = self.blank(line.rhs, line.number) if isinstance(line.rhs, Blank) else self.pieces(line, reasoned)
        cells = [f'<td class="lhs">{left}</td>', '<td class="eq"><math><mo>=</mo></math></td>']
        cells.append(f'<td class="rhs">{pieces}</td>')
        if reasoned:
            why = self.text(line.why)
            if why and not isinstance(line.number, str):  # what an exercise asks stands there, for all to see
                why = f'<details open><summary><span class="closed">why</span></summary>{why}</details>'
            cells.append(f'<td class="why">{why}</td>')
        if numbered:
            cells.append(f'<td class="no">{self.number(line.number)}</td>')
        if line.number is None:
            return f"<tr>{''.join(cells)}</tr>"
        named = " ".join(names_in(line.lhs, line.rhs))
        return f'<tr id="eq-{line.number}" data-names="{escaped(named)}">{"".join(cells)}</tr>'

    def pieces(self, line: Line, reasoned: bool) -> str:
        """The right side, in as many lines as it needs."""
        first, *rest = self.right_side(line, reasoned)
        below = "".join(f'<div class="on">{mathml(piece, display=True)}</div>' for piece in rest)
        return mathml(first, display=True) + below

    def blank(self, blank: Blank, label: int | str | None) -> str:
        """A rule to write on, which a script may put a field in place of."""
        kind = "rule wide" if blank.wide else "rule"
        return f'<span class="{kind}" role="img" aria-label="blank" data-label="{escaped(str(label))}"></span>'

    def number(self, number: int | str | None) -> str:
        """The number of a line, and how the line is known."""
        if number is None:
            return ""
        mark = self.marks.get(number) if isinstance(number, int) else None
        known = "" if mark is None else f' <span class="mark {mark.word}">{mark.word}</span>'
        return f'<a href="#eq-{number}">({number})</a>{known}'

    def table(self, table: Table) -> str:
        classes = [ALIGN[a] for a in table.align]
        head = "".join(
            f'<th scope="col"{kind}>{self.text(cell)}</th>' if cell else f"<td{kind}></td>"
            for cell, kind in zip(table.header, classes, strict=True)
        )
        body = "\n".join(
            "<tr>" + "".join(f"<td{kind}>{self.text(c)}</td>" for c, kind in zip(row, classes, strict=True)) + "</tr>"
            for row in table.rows
        )
        whole = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
        return boxed(whole, "table")

    def listing(self, listing: Listing) -> str:
        return f'<pre tabindex="0"><code>{code_escaped(listing.text)}</code></pre>'

    def figure(self, figure: Figure, number: int) -> str:
        """A drawing that nobody handed in as SVG is left out."""
        if figure.key not in self.pictures:
            return ""
        image = f'<div class="picture" role="img" aria-label="{escaped(figure.alt)}">{self.pictures[figure.key]}</div>'
        caption = f"<figcaption><strong>Figure {number}.</strong> {self.text(figure.caption)}</figcaption>"
        return f"<figure>{image}{caption}</figure>"

    def words(self, words: str) -> str:
        return escaped(words)

    def maths(self, text: str) -> str:
        return mathml(text)

    def result(self, number: str, tone: str) -> str:
        return number if is_matrix(number) else rf"\mathbf{{{number}}}"

    def reference(self, number: int) -> str:
        return f'<a class="ref" href="#eq-{number}">({number})</a>'

    def code(self, text: str) -> str:
        return f"<code>{escaped(text)}</code>"

    def strong(self, text: str) -> str:
        return f"<strong>{escaped(text)}</strong>"


def boxed(table: str, what: str) -> str:
    """A table in a box of its own, which scrolls where the table is wider."""
    return f'<div class="box {what}-box">{table}</div>'


def names_in(*sides: Expr | Raw | Blank | None) -> Iterable[str]:
    """The names that stand in the sides of a line."""
    found: set[str] = set()
    for side in sides:
        if isinstance(side, Basic):
            found |= {symbol.name for symbol in side.atoms(Symbol)}
    return sorted(found)
