"""The formulas of a page with places in them that its script fills with numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from sympy import Expr

from symbackprop.notation import NameTable, Order, latex
from symbackprop.notation.mathml import mathml
from symbackprop.notation.typeset import Letters
from symbackprop.reporting.blocks import Document
from symbackprop.reporting.numbers import SPACE
from symbackprop.reporting.page.escaping import escaped
from symbackprop.reporting.page.parts import Grid, Quantity
from symbackprop.reporting.page.writer import boxed

MOST_ROWS = 60
"""Quantities of one kind that are shown; the others are worked out all the same."""
MOST_ENTRIES = 48
"""A larger matrix is not written out."""
_PLACE_BEFORE_FUNCTION = re.compile(r"(\\mathcal\{\d+\})(?=\\(?:log|tanh|max|min)\b)")


def tables(document: Document, quantities: Sequence[Quantity]) -> Iterator[str]:
    """A table for each kind of quantity that is worked out."""
    single = {one.name: one.entries[0][0] for one in quantities if one.kind != "gradient" and _is_number(one.entries)}
    for kind, title in (("value", "Forward"), ("signal", "Backward"), ("gradient", "Gradients")):
        found = [one for one in quantities if one.kind == kind]
        if not found:
            continue
        rows = "\n".join(_row(document, one, single) for one in found[:MOST_ROWS])
        more = f"<p>and so on for {len(found) - MOST_ROWS} more.</p>" if len(found) > MOST_ROWS else ""
        table = f'<table class="formula plain numbers">\n{rows}\n</table>'
        yield f"<h3>{title}</h3>\n{boxed(table, 'formula')}{more}"


def _row(document: Document, one: Quantity, single: Mapping[str, str]) -> str:
    """Name, formula, the formula with numbers in it if all are single ones, and what it comes to."""
    left = mathml(latex(one.lhs, document.names, document.order), display=True)
    formula = ""
    numbers = ""
    if one.formula is not None:
        named = {symbol.name for symbol in one.formula.free_symbols}
        formula = mathml(latex(one.formula, document.names, document.order), display=True)
        if one.formula.args and named and named <= single.keys():
            places = with_places(one.formula, single, document.order)
            numbers = f'<div class="on"><math displaystyle="true"><mo>=</mo>{places}</math></div>'
    value = _value(one)
    result = f'<div class="on result"><math displaystyle="true"><mo>=</mo>{value}</math></div>'
    return (
        f'<tr data-row="{escaped(one.name)}" data-kind="{one.kind}"><td class="lhs">{left}</td>'
        f'<td class="eq"><math><mo>=</mo></math></td><td class="rhs">{formula}{numbers}{result}</td></tr>'
    )


def with_places(formula: Expr, single: Mapping[str, str], order: Order) -> str:
    """The formula of a scalar with a place for the number of each name; ``single`` has the entry of each."""
    names = sorted(symbol.name for symbol in formula.free_symbols)
    forms = {name: rf"\mathcal{{{k}}}" for k, name in enumerate(names)}
    written = latex(formula, NameTable(latex_forms=forms), order).replace(SPACE, r"\cdot ")
    written = _PLACE_BEFORE_FUNCTION.sub(r"\1\\cdot ", written)

    def place(node: Letters) -> str | None:
        if node.style == "script" and node.text.isdecimal():
            return f'<mn data-of="{escaped(single[names[int(node.text)]])}"></mn>'
        return None

    return mathml(written, leaf=place).removeprefix("<math>").removesuffix("</math>")


def _value(one: Quantity) -> str:
    """A place for a number, or for each entry of a matrix."""
    tone = "gradient" if one.kind in ("signal", "gradient") else "value"
    grid: Grid = one.entries
    if _is_number(grid):
        return f'<mn class="b {tone}" data-of="{escaped(grid[0][0])}"></mn>'
    if len(grid) * len(grid[0]) > MOST_ENTRIES:
        return f"<mtext>{len(grid)}×{len(grid[0])}</mtext>"
    rows = "".join(
        "<mtr>" + "".join(f'<mtd><mn class="{tone}" data-of="{escaped(entry)}"></mn></mtd>' for entry in row) + "</mtr>"
        for row in grid
    )
    return f"<mrow><mo>[</mo><mtable>{rows}</mtable><mo>]</mo></mrow>"


def _is_number(grid: Grid) -> bool:
    return len(grid) == len(grid[0]) == 1
