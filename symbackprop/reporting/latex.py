"""A document as LaTeX for pdflatex with amsmath, mathtools, xcolor and hyperref."""

from __future__ import annotations

from functools import partial

from sympy import Expr

from symbackprop.notation import latex as latex_of
from symbackprop.notation import latex_lines, text
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

WIDTH_WITH_REASON = 42
WIDTH_ALONE = 58
UNBROKEN = 18
"""Tables of so many rows at the most stay on one page."""
SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "→": r"$\to$", "…": r"\dots{}", "·": r"$\cdot$",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", "∂": r"$\partial$", "'": "'",
}  # fmt: skip
SECTIONS = {1: "section", 2: "subsection"}


def latex(document: Document) -> str:
    """Write a document as LaTeX source."""
    writer = _Writer(document)
    parts: list[str] = []
    for block in document.blocks:
        written = writer.block(block)
        if isinstance(block, Formula) and parts:
            parts[-1] += f"\n{written}"  # a blank line before a display would let the page break there
        elif written:
            parts.append(written)
    return render_template("document.tex.j2", title=escaped(document.title), blocks=parts)


def escaped(words: str) -> str:
    """Text in which no character means anything to TeX; what the fonts lack becomes a question mark."""
    return "".join(SPECIAL.get(c) or (c if c.isascii() and c.isprintable() else _letter(c)) for c in words)


def _typewriter(words: str) -> str:
    """Text in the typewriter font, which has <, > and | of its own."""
    return "".join(c if c in "<>|" else escaped(c) for c in words)


def _letter(char: str) -> str:
    if char.isspace():
        return " "
    return char if "\u00a0" < char < "\u0180" else _GREEK.get(char, "?")


_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ",
        (
            rf"$\{name}$"
            for name in (
                "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon "
                "varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
            ).split()
        ),
        strict=True,
    )
)


class _Writer:
    def __init__(self, document: Document) -> None:
        self.latex = partial(latex_of, names=document.names, order=document.order)
        self.lines = partial(latex_lines, names=document.names, order=document.order)
        self.plain = partial(text, names=document.names, order=document.order, unicode=False)

    def block(self, block: object) -> str:
        match block:
            case Heading(level=level, text=text):
                return rf"\{SECTIONS[level]}{{{self.heading(text)}}}"
            case Paragraph(text=text):
                return self.text(text)
            case Bullets(items=items):
                points = "\n".join(rf"\item {self.text(item)}" for item in items)
                return f"\\begin{{itemize}}\n{points}\n\\end{{itemize}}"
            case Formula(lines=lines):
                return self.formula(lines)
            case Table():
                return self.table(block)
            case Listing(text=text):
                return f"\\begin{{Verbatim}}[fontsize=\\footnotesize]\n{text}\n\\end{{Verbatim}}"
            case Figure():
                return ""  # no drawing has been made
        raise TypeError(f"no LaTeX for {type(block).__name__}")

    def formula(self, lines: tuple[Line, ...]) -> str:
        """Lines aligned at their equals signs, each with its reason and its number."""
        rows = [row for line in lines for row in self.rows(line, reasoned=any(line.why for line in lines))]
        body = " \\\\\n".join(rows)
        return f"\\begin{{align}}\n{body}\n\\end{{align}}"

    def rows(self, line: Line, reasoned: bool) -> list[str]:
        left = "" if line.lhs is None else self.written(line.lhs)
        pieces = self.pieces(line.rhs, WIDTH_WITH_REASON if reasoned else WIDTH_ALONE)
        if line.result is not None:
            value = rf"\textcolor{{{line.tone}}}{{\mathbf{{{line.result.latex}}}}}"
            pieces[-1] = f"{pieces[-1]} = {value}" if pieces[-1] else value
        rows = [f"{left} &= {pieces[0]}", *(rf" &\quad {piece}" for piece in pieces[1:])]
        why = self.text(line.why)
        rows[0] += f" \\why{{{why}}}" if why else ""
        number = rf" \tag{{{line.number}}}\label{{eq:{line.number}}}" if line.number is not None else r" \notag"
        return [row + (number if k == 0 else r" \notag") for k, row in enumerate(rows)]

    def table(self, table: Table) -> str:
        align = table.align.replace("p", r"p{.45\linewidth}")
        rows = [" & ".join(self.text(cell) for cell in row) + r" \\" for row in table.rows]
        header = " & ".join(rf"\textbf{{{self.text(cell)}}}" for cell in table.header)
        body = "\n".join(rows)
        size = "\\small\\setlength{\\tabcolsep}{4pt}" if table.small else ""
        size += "\\renewcommand{\\arraystretch}{1.6}" if r"\frac" in body else ""
        if len(rows) <= UNBROKEN:
            return (
                f"{{{size}\\noindent\\begin{{tabular}}{{{align}}}\n\\toprule\n{header} \\\\\n\\midrule\n{body}\n"
                "\\bottomrule\n\\end{tabular}}\\par"
            )
        return (
            f"{{{size}\\begin{{longtable}}{{{align}}}\n\\toprule\n{header} \\\\\n\\midrule\\endhead\n{body}\n"
            "\\bottomrule\n\\end{longtable}}"
        )

    def text(self, pieces: Inlines) -> str:
        return "".join(map(self.inline, pieces))

    def heading(self, pieces: Inlines) -> str:
        """Mathematics in a heading has a plain form for the outline of the file."""
        return "".join(
            rf"\texorpdfstring{{{self.inline(piece)}}}{{{escaped(self.plain(piece.content))}}}"
            if isinstance(piece, Maths) and not isinstance(piece.content, Raw)
            else self.inline(piece)
            for piece in pieces
        )

    def inline(self, piece: Inline) -> str:
        match piece:
            case str():
                return escaped(piece)
            case Maths(content=content, equals=None):
                return f"${self.written(content)}$"
            case Maths(content=content, equals=equals):
                return f"${self.written(content)} = {self.written(equals)}$"
            case Ref(number=number):
                return rf"\eqref{{eq:{number}}}"
            case Code(text=text):
                return rf"\texttt{{{_typewriter(text)}}}"
            case Strong(text=text):
                return rf"\textbf{{{escaped(text)}}}"

    def written(self, content: Expr | Raw) -> str:
        return content.latex if isinstance(content, Raw) else self.latex(content)

    def pieces(self, content: Expr | Raw, width: int) -> list[str]:
        return [content.latex] if isinstance(content, Raw) else self.lines(content, width=width)
