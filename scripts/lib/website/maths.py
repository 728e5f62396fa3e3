r"""Mathematics in documents, $`…`$ and blocks of ``math``, as MathML, which browsers set without a network.

The writers of the package make MathML; hand-written mathematics of the documents keeps to the LaTeX that they know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from importlib import import_module
from importlib.util import find_spec

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

INLINE = re.compile(r"\$`(.+?)`\$", re.DOTALL)
BLOCK = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CODE = re.compile(
    r"^(?P<fence>```+).*?^(?P=fence)$|(?<!\$)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)", re.DOTALL | re.M
)
ALIGNED = re.compile(r"\s*\\begin\{aligned\}(.*)\\end\{aligned\}\s*", re.DOTALL)
WRITER = "symbackprop.notation.mathml"

Write = Callable[..., str]


def writer() -> Write:
    """What writes a formula: as MathML where the package has that, else the formula as it is typed."""
    if find_spec(WRITER) is None:
        return lambda latex, display=False: f'<code class="maths">{escape(latex)}</code>'
    write: Write = import_module(WRITER).mathml
    return write


def inline(latex: str) -> str:
    """A formula in a line. ``\\vert`` is a bar, which tables of Markdown would take for an edge."""
    display = r"\displaystyle" in latex
    return writer()(re.sub(r"\\vert\b ?", "|", latex), display=display)


def displayed(latex: str) -> str:
    """A formula of its own, with fractions of full size."""
    return inline(r"\displaystyle " + latex.strip())


def block(latex: str) -> str:
    """A block of mathematics; equations that are aligned are the rows of a table."""
    found = ALIGNED.fullmatch(latex)
    if found is None:
        return f'<div class="maths">{displayed(latex)}</div>'
    rows = [row.split("&", 1) for row in found[1].split(r"\\")]
    cells = ("".join(f"<td>{displayed(cell)}</td>" for cell in row) for row in rows)
    return '<table class="maths">' + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


class Mathematics(Preprocessor):
    """Puts formulas aside as they are to be written, before Markdown looks for emphasis and for tables in them."""

    def run(self, lines: list[str]) -> list[str]:
        """Read all lines of a document."""
        store = self.md.htmlStash.store
        text = BLOCK.sub(lambda found: f"\n{store(block(found[1]))}\n", "\n".join(lines))
        pieces, end = [], 0
        for code in [*CODE.finditer(text), None]:
            begin = len(text) if code is None else code.start()
            pieces.append(INLINE.sub(lambda found: store(inline(found[1])), text[end:begin]))
            if code is not None:
                pieces.append(code[0])
                end = code.end()
        return "".join(pieces).split("\n")


class Maths(Extension):
    """The extension of Markdown for a site."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Put it before what reads code blocks, of which ``math`` is one."""
        md.preprocessors.register(Mathematics(md), "mathematics", 28)
