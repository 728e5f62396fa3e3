"""A formula with the numbers of the first step in place of its names, as a line below the formula."""

from __future__ import annotations

from sympy import Expr

from symbackprop.notation import latex_width
from symbackprop.reporting.blocks import Line, Raw
from symbackprop.reporting.evidence import FirstStep
from symbackprop.reporting.numbers import number, put_in
from symbackprop.reporting.writing import Desk

WIDTH = 64
"""A longer formula is left out, and what it comes to stands alone."""


def substituted(
    desk: Desk,
    expr: Expr,
    value: float,
    first: FirstStep,
    tone: str = "gradient",
    lhs: Expr | None = None,
    width: float = WIDTH,
) -> Line:
    """``lhs = formula with numbers = value``; the formula is left out where it is too long or is a lone number."""
    result = number(value)
    middle = put_in(expr, {**first.values, **first.signals}, desk.order, value)
    if expr.is_Symbol or middle == result.latex or latex_width(middle) > width:
        return Line(Raw(""), lhs, result=result, tone=tone)
    return Line(Raw(middle), lhs, result=result, tone=tone)
