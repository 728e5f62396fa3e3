"""A document as LaTeX for pdflatex with amsmath, mathtools, xcolor and hyperref."""

from __future__ import annotations

from functools import partial
from math import ceil
from typing import final

from symbackprop.drawings.tikz import colours, tikz
from symbackprop.notation import latex_width
from symbackprop.notation import text as plain_text
from symbackprop.reporting.blocks import Blank, Document, Figure, Formula, Heading, Line, Listing, Maths, Raw, Table
from symbackprop.reporting.render import render_template
from symbackprop.reporting.writer import Writer, is_matrix

WIDE, NARROW = ".45", ".35"
"""How wide a column is whose text wraps, of the width of a page; in a small table it has to leave room for others."""
UNBROKEN = 18
"""Tables of so many rows at the most stay on one page."""
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "→": r"$\to$", "…": r"\dots{}", "·": r"$\cdot$",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "∂": r"$\partial$",
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


def latex(document: Document) -> str:
    """Write a document as LaTeX source."""
    writer = LatexWriter(document)
    parts: list[str] = []
    for block in document.blocks:
        written = writer.block(block)
        if isinstance(block, Formula) and parts:
            parts[-1] += f"\n{written}"  # a blank line before a display would let the page break there
        elif isinstance(block, Table) and parts and len(block.rows) <= UNBROKEN:
            parts[-1] += f"\\par\\nopagebreak\n{written}"
        elif written:
            parts.append(written)
    greek = [(f"{ord(c):04X}", name) for c, name in GREEK.items() if any(c in part for part in parts)]
    template = "fragment.tex.j2" if document.fragment else "document.tex.j2"
    head = {"title": escaped(document.title), "author": escaped(document.author), "contents": document.contents}
    return render_template(
        template, blocks=parts, greek=greek, figures=bool(document.drawings), compact=document.compact,
        colours=colours() if document.pictures else "", **head,
    )  # fmt: skip


def escaped(words: str) -> str:
    """Text in which no character means anything to TeX; what the fonts lack becomes a question mark."""
    return "".join(SPECIAL.get(c) or (c if c.isascii() and c.isprintable() else _letter(c)) for c in words)


def _letter(char: str) -> str:
    if char.isspace():
        return " "
    if char in GREEK:
        return rf"$\{GREEK[char]}$"
    return char if "\u00a0" < char < "\u0180" else "?"


LEFT_WIDTH = 3.2
"""How wide left sides may be before the right sides have less room: as wide as ∂E/∂w."""
LEFT_MOST = 12
"""How much less room they may have."""
ROOM = r"\rule{0pt}{2em}"
"""What keeps the line above away from one that is written on by hand."""
SHAPES_WIDTH = 9
"""How much shapes below the matrices take beside wide left sides."""


@final
class LatexWriter(Writer):
    """Writes LaTeX."""

    width_with_reason = 39
    width_alone = 58

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.label = document.label
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
        lefts = [latex_width(self.written(line.lhs)) for line in lines if line.lhs is not None]
        taken = min(max(ceil(max(lefts, default=0) - LEFT_WIDTH), 0), LEFT_MOST)
        if taken and any(line.shapes for line in lines):
            taken += SHAPES_WIDTH
        body = " \\\\\n".join(row for line in lines for row in self.rows(line, reasoned, taken))
        return f"\\begin{{align}}\n{body}\n\\end{{align}}"

    def rows(self, line: Line, reasoned: bool, taken: int) -> list[str]:
        """One line, and what of it did not fit."""
        left = "" if line.lhs is None else self.written(line.lhs)
        first, *rest = self.right_side(line, reasoned, taken)
        first = ROOM + first if isinstance(line.rhs, Blank) else first
        why = rf" \why{{{self.text(line.why)}}}" if line.why else ""
        number = r" \notag" if line.number is None else rf" \tag{{{line.number}}}\label{{{self.label}:{line.number}}}"
        return [f"{left} &= {first}{why}{number}", *(rf" &\quad {piece} \notag" for piece in rest)]

    def table(self, table: Table) -> str:
        align = table.align.replace("p", rf"p{{{NARROW if table.small else WIDE}\linewidth}}")
        header = " & ".join(rf"\textbf{{{self.text(cell)}}}" for cell in table.header)
        body = "\n".join(_spread(" & ".join(self.text(cell) for cell in row)) for row in table.rows)
        size = "\\small\\setlength{\\tabcolsep}{4pt}" if table.small else ""
        size += "\\renewcommand{\\arraystretch}{1.6}" if r"\frac" in body else ""
        if len(table.rows) <= UNBROKEN:
            kind, start, head, end = "tabular", "\\noindent", "", "\\par"
        else:
            kind, start, head, end = "longtable", "", "\\endhead", ""
        return (
            f"{{{size}{start}\\begin{{{kind}}}{{{align}}}\n\\toprule\n{header} \\\\\n\\midrule{head}\n"
            f"{body}\n\\bottomrule\n\\end{{{kind}}}}}{end}"
        )

    def listing(self, listing: Listing) -> str:
        text = "".join(c if c == "\n" or c.isascii() or c in GREEK else _letter(c) for c in listing.text)
        return f"\\begin{{Verbatim}}[fontsize=\\footnotesize]\n{text}\n\\end{{Verbatim}}"

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
        return escaped(words)

    def maths(self, text: str) -> str:
        return f"${text}$"

    def result(self, number: str, tone: str) -> str:
        bold = number if is_matrix(number) else rf"\mathbf{{{number}}}"
        return rf"\textcolor{{{tone}}}{{{bold}}}"

    def reference(self, number: int) -> str:
        return rf"\eqref{{{self.label}:{number}}}"

    def code(self, text: str) -> str:
        """The typewriter font has <, > and | of its own."""
        return rf"\texttt{{{''.join(c if c in '<>|' else escaped(c) for c in text)}}}"

    def strong(self, text: str) -> str:
        return rf"\textbf{{{escaped(text)}}}"


def _spread(row: str) -> str:
    """A row of a table, kept apart from its neighbours where it holds matrices of several rows."""
    tall = max(
        (part.partition(r"\end{bmatrix}")[0].count(r"\\") for part in row.split(r"\begin{bmatrix}")[1:]), default=0
    )
    if not tall:
        return row + r" \\"
    half = 0.65 * tall + 0.85
    return rf"\rule[-{half - 0.5:.1f}em]{{0pt}}{{{2 * half:.1f}em}}{row} \\"
