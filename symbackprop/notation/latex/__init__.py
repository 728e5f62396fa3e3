r"""Expressions in LaTeX, of the kind that GitHub renders too: no ``\operatorname``, no macros of our own.

    scalars.py    ──►  matrices.py   ──►  writer.py             ──►  shaped.py
    LatexScalars       LatexMatrices      Display, LatexWriter       ShapedWriter
                                          InlineWriter

The first two have what is alike in all LaTeX. Display mathematics sets fractions with a bar, what stands small sets
them with a slash, and shapes stand below matrices where they are asked for. Brackets grow with what stands in them
(brackets.py), and long lines are broken apart from writing (breaking.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.notation.latex.breaking import LatexBreaker
from symbackprop.notation.latex.shaped import ShapedWriter
from symbackprop.notation.latex.writer import Display, LatexWriter
from symbackprop.notation.layout import for_people, laid_out, names_in, shapes_in
from symbackprop.notation.names import NameTable
from symbackprop.notation.order import Order

__all__ = ["aligned", "latex", "latex_lines"]


def latex(expr: Expr, names: NameTable | None = None, order: Order | None = None, shapes: bool = False) -> str:
    r"""Write ``expr`` in LaTeX mathematics: ``\delta_{o_1}\,a_{h_1}``, ``\tfrac{1}{2}(t_1-a_{o_1})^2``.

    With ``shapes``, each factor of a matrix product or of a product entry by entry, and each matrix that stands alone,
    has its shape below: ``\underbrace{X^{\mathsf{T}}}_{n\times m}``. A factor that is a product has its own factors'.
    """
    return laid_out(for_people(expr), order, _writer(expr, names, shapes).write)


def aligned(equations: Sequence[tuple[Expr, Expr]], order: Order | None = None) -> str:
    """Equations under one another at their equals signs, between double dollars, as notebooks set them."""
    names = NameTable.of(name for pair in equations for side in pair for name in names_in(side))
    rows = (rf"{latex(left, names, order)} &= {latex(right, names, order)}" for left, right in equations)
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def latex_lines(
    expr: Expr,
    names: NameTable | None = None,
    order: Order | None = None,
    width: float = 60,
    shapes: bool = False,
) -> list[str]:
    r"""Write ``expr`` in lines that are no wider than about ``width`` characters.

    Sums break before a sign, products before a factor (the new line begins with ``{}\cdot``, or ``{}\circ`` entry by
    entry), and what stands in brackets likewise. A single fraction, name or table of cases is never broken.
    """
    breaker = LatexBreaker(_writer(expr, names, shapes))
    return laid_out(for_people(expr), order, lambda node: breaker.lines(node, width))


def _writer(expr: Expr, names: NameTable | None, shapes: bool) -> Display:
    table = names or NameTable.of(names_in(expr))
    return ShapedWriter(table, shapes_in(expr)) if shapes else LatexWriter(table)
