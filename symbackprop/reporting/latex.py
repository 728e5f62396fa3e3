"""A document as LaTeX for pdflatex with amsmath, mathtools, xcolor, graphicx and hyperref."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from itertools import accumulate, groupby
from typing import final

from symbackprop.drawings.tikz import colours, tikz
from symbackprop.notation import latex_width
from symbackprop.notation import text as plain_text
from symbackprop.reporting.blocks import (
    Blank,
    Block,
    Document,
    Figure,
    Formula,
    Heading,
    Inline,
    Line,
    Listing,
    Maths,
    Paragraph,
    Raw,
    Table,
)
from symbackprop.reporting.latex_tables import rows_alike, written_table
from symbackprop.reporting.left_sides import left_sides
from symbackprop.reporting.listings import folded
from symbackprop.reporting.render import render_template
from symbackprop.reporting.table_widths import is_long
from symbackprop.reporting.writer import Writer, is_matrix

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "→": r"$\to$", "…": r"\dots{}", "·": r"$\cdot$",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "∂": r"$\partial$", "ℚ": r"$\mathbb{Q}$",
    "↪": r"$\hookrightarrow$", "`": "{}`{}",
}  # fmt: skip
SECTIONS = {1: "section", 2: "subsection"}
GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        (
            "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
            "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
        ).split(),
        strict=True,
    )
)
"""Greek letters by their commands; those that look Latin are not among them."""
CHARACTERS = {**{letter: rf"\\{name}" for letter, name in GREEK.items()}, "↪": r"\hookrightarrow", "ℚ": r"\mathbb{Q}"}
"""What stands in listings as it is, and how it is declared."""
_LIGATURE = re.compile(r"-(?=-)|'(?=')|,(?=,)")
"""Signs that TeX would make one sign of with the next."""
_ENDLESS = re.compile(r"\S{25,}")
WIDTHS = (99, 111)
"""How many characters of a listing a line has in footnotesize and in scriptsize."""


def latex(document: Document) -> str:
    """Write a document as LaTeX source."""
    writer = LatexWriter(document)
    parts: list[str] = []
    for position, block in enumerate(document.blocks):
        written = writer.block(block)
        if isinstance(block, Formula) and parts:
            parts[-1] += f"\n{written}"  # a blank line before a display would let the page break there
        elif isinstance(block, Table) and parts and not is_long(block):
            parts[-1] += f"\\par\\nopagebreak\n{written}"
        elif written:
            room = room_for(document.blocks[position:], document.blocks[position - 1] if position else None)
            parts.append(f"\\room{{{room}\\baselineskip}}\n{written}" if room else written)
    characters = [(f"{ord(c):04X}", name) for c, name in CHARACTERS.items() if any(c in part for part in parts)]
    head = {"title": breakable(document.title), "author": breakable(document.author), "contents": document.contents}
    return render_template(
        "fragment.tex.j2" if document.fragment else "document.tex.j2",
        blocks=parts, characters=characters, compact=document.compact, label=document.label,
        colours=colours() if document.pictures else "", **head,
    )  # fmt: skip


def room_for(blocks: tuple[Block, ...], before: Block | None) -> int:
    """How many lines must be left of a page, so that what leads to a long table or a listing stays with its beginning.

    The first of ``blocks`` is asked about; 0 where nothing has to be kept together that TeX does not keep by itself.
    """
    if isinstance(before, Heading) or not isinstance(blocks[0], (Heading, Paragraph)):
        return 0
    lines, led = 0, False
    for block in blocks:
        match block:
            case Heading() if not led:
                lines += 3
            case Paragraph(text=text):
                lines += 1 + sum(len(piece) for piece in text if isinstance(piece, str)) // 85
                led = True
            case Table() if is_long(block):
                return lines + (9 if rows_alike(block) else 7)
            case Listing():
                return lines + 6
            case _:
                return 0
    return 0


def escaped(words: str) -> str:
    """Text in which no character means anything to TeX; what the fonts lack becomes a question mark."""
    written = "".join(SPECIAL.get(c) or (c if c.isascii() and c.isprintable() else _letter(c)) for c in words)
    return _LIGATURE.sub(r"\g<0>{}", written)


def breakable(words: str) -> str:
    """Text as ``escaped`` writes it, in which endless words go on in the next line."""
    pieces: list[str] = []
    end = 0
    for found in _ENDLESS.finditer(words):
        pieces += [escaped(words[end : found.start()]), r"\hspace{0pt}".join(map(escaped, found[0]))]
        end = found.end()
    return "".join([*pieces, escaped(words[end:])])


def _letter(char: str) -> str:
    if char.isspace():
        return " "
    if char in GREEK:
        return rf"$\{GREEK[char]}$"
    return char if "\u00a0" < char < "\u0180" else "?"


ROOM = r"\rule{0pt}{2em}"
"""What keeps the line above away from one that is written on by hand."""
MEASURED = 4
"""How many left sides of a block TeX measures, beginning with what is guessed to be the widest."""
SHAPES_WIDTH = 9
"""How much shapes below the matrices take beside wide left sides."""
WHY_WIDTH = 20
"""How wide mathematics may be in a column of reasons, in characters of the usual size."""


NO_BREAK = r"\par\nopagebreak"
MOST_KEPT = 8
"""More lines about one left side than these may be parted by the end of a page."""


def kept_together(lines: Sequence[Line]) -> list[bool]:
    """Which lines stand on the page of the line before: those that go on with its left side, where they are few."""
    kept: list[bool] = []
    for _, group in groupby(accumulate(lines, lambda count, line: count + (line.lhs is not None), initial=0)):
        size = len(list(group))
        kept += [position > 0 and size <= MOST_KEPT for position in range(size)]
    return kept[1:]


@final
class LatexWriter(Writer):
    """Writes LaTeX."""

    width_with_reason = 37
    width_alone = 57
    wider_when_compact = 5

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.label = document.label
        self.compact = document.compact
        self.pictures = document.pictures
        self.plain = partial(plain_text, names=document.names, order=document.order, unicode=False)

    def heading(self, heading: Heading) -> str:
        """Mathematics in a heading has a plain form for the outline of the file."""
        text = "".join(
            rf"\texorpdfstring{{{self.inline(piece)}}}{{{escaped(self.plain(piece.content))}}}"
            if isinstance(piece, Maths) and not isinstance(piece.content, Raw)
            else self.inline(piece)
            for piece in heading.text
        )
        return rf"\{SECTIONS[heading.level]}{{{text}}}"

    def paragraph(self, text: str) -> str:
        return text

    def bullets(self, items: list[str]) -> str:
        points = "\n".join(rf"\item {item}" for item in items)
        return f"\\begin{{itemize}}\n{points}\n\\end{{itemize}}"

    def formula(self, lines: tuple[Line, ...]) -> str:
        reasoned = any(line.why for line in lines)
        ordered, taken = left_sides(lines, self.written)
        kept = kept_together(lines)
        body = "\n".join(
            row for line, keep in zip(lines, kept, strict=True)
            for row in [*([NO_BREAK] if keep else []), *self.rows(line, reasoned, taken)]
        )  # fmt: skip
        share = ".32" if self.compact else ".27"  # the letters of a compact page are smaller, and its lines longer
        reasons = rf"{share}\linewidth" if reasoned else "0pt"
        sides = "".join(rf"\side{{{side}}}" for side in ordered[:MEASURED])
        return f"\\begin{{steps}}{{{sides}}}{{{reasons}}}\n{body}\n\\end{{steps}}"

    def rows(self, line: Line, reasoned: bool, taken: int) -> list[str]:
        """One line, and what of it did not fit."""
        left = "" if line.lhs is None else self.written(line.lhs)
        first, *rest = self.right_side(line, reasoned, taken)
        first = ROOM + first if isinstance(line.rhs, Blank) else first
        why = "".join(
            rf"\fit{{\linewidth}}{{{self.inline(piece)}}}" if self.is_wide(piece) else self.inline(piece)
            for piece in line.why
        )
        number = "" if line.number is None else str(line.number)
        return [rf"\step{{{left}}}{{{first}}}{{{why}}}{{{number}}}", *(rf"\onward{{{piece}}}" for piece in rest)]

    def is_wide(self, piece: Inline) -> bool:
        """Whether mathematics may be too wide for a column of reasons."""
        return isinstance(piece, Maths) and latex_width(self.inline(piece)) > WHY_WIDTH

    def table(self, table: Table) -> str:
        return written_table(table, self.text)

    def listing(self, listing: Listing) -> str:
        kept = "".join(
            c if c == "\n" or (c.isascii() and c.isprintable()) or c in CHARACTERS else _letter(c) for c in listing.text
        )
        text = kept.replace(r"\end{Verbatim}", r"\end {Verbatim}")  # else the listing ends there
        longest = max(map(len, text.split("\n")))
        size = "footnotesize" if longest <= WIDTHS[0] else "scriptsize"
        rows = folded(text, WIDTHS[size == "scriptsize"])
        return f"\\begin{{Verbatim}}[fontsize=\\{size}]\n{rows}\n\\end{{Verbatim}}"

    def figure(self, figure: Figure, number: int) -> str:
        """It stays where it is, and on one page with its caption."""
        caption = rf"\footnotesize\textbf{{Figure {number}.}} {self.text(figure.caption)}"
        ours = self.pictures.get(figure.key)
        picture = rf"\includegraphics{{{self.drawings[figure.key]}.pdf}}" if ours is None else tikz(ours)
        return (
            "\\begin{center}\n\\begin{minipage}{\\linewidth}\n\\centering\n"
            f"{picture}\\par\\smallskip\n"
            f"\\parbox{{.9\\linewidth}}{{{caption}}}\n\\end{{minipage}}\n\\end{{center}}"
        )

    def words(self, words: str) -> str:
        return breakable(words)

    def maths(self, text: str) -> str:
        return f"${text}$"

    def result(self, number: str, tone: str) -> str:
        bold = number if is_matrix(number) else rf"\mathbf{{{number}}}"
        return rf"\textcolor{{{tone}}}{{{bold}}}"

    def reference(self, number: int) -> str:
        return rf"\lineref{{{number}}}"

    def code(self, text: str) -> str:
        """The typewriter font has <, > and | of its own."""
        return rf"\texttt{{{''.join(c if c in '<>|' else escaped(c) for c in text)}}}"

    def strong(self, text: str) -> str:
        return rf"\textbf{{{escaped(text)}}}"
