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

BLOCK = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE_OR_CODE = re.compile(
    r"\$`(?P<formula>.+?)`\$|^(?P<fence>```+).*?^(?P=fence)$|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
"""A formula, a block of code or a span of it, whichever begins first: code may show how a formula is typed."""
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
    """A block of mathematics; equations that are aligned stand under one another at their equals signs."""
    found = ALIGNED.fullmatch(latex)
    if found is None:
        return f'<div class="maths">{displayed(latex)}</div>'
    rows = [row.split("&", 1) for row in found[1].split(r"\\")]
    cells = ("".join(f"<span>{displayed(cell)}</span>" for cell in row) for row in rows)
    return '<div class="maths">' + "".join(f'<div class="equation">{row}</div>' for row in cells) + "</div>"


class Mathematics(Preprocessor):
    """Puts formulas aside as they are to be written, before Markdown looks for emphasis and for tables in them."""

    def run(self, lines: list[str]) -> list[str]:
        """Read all lines of a document."""
        store = self.md.htmlStash.store
        text = BLOCK.sub(lambda found: f"\n{store(block(found[1]))}\n", "\n".join(lines))
        return INLINE_OR_CODE.sub(
            lambda found: store(inline(found["formula"])) if found["formula"] else found[0], text
        ).split("\n")


class Maths(Extension):
    """The extension of Markdown for a site."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Put it before what reads code blocks, of which ``math`` is one."""
        md.preprocessors.register(Mathematics(md), "mathematics", 28)
