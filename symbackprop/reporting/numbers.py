"""How numbers are written in reports, and formulas with numbers in place of names."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from sympy import Expr

from symbackprop.notation import NameTable, Order, latex, numbers
from symbackprop.reporting.blocks import Raw
from symbackprop.reporting.evidence import Rows, Value

DIGITS = 6
MATRIX_DIGITS = 4
MOST_ROWS, MOST_COLUMNS = 6, 8
"""Larger matrices are not written out."""
SPACE = r"\,"
NEEDLESS_BRACKETS = re.compile(r"(?<=[(,])\((-[^()]*)\)(?=[),])")
NUMBER_BEFORE_FUNCTION = re.compile(r"(\d\)?)(?=\\(?:log|tanh|max|min)\b)")


def shown(value: float, digits: int = DIGITS) -> str:
    r"""A number in LaTeX with so many digits: 0.0721571, -4.5, 1.2\times 10^{-9}."""
    return numbers.shown(value, digits)


def plain(value: float, digits: int = DIGITS) -> str:
    """A number as text."""
    text = f"{value:.{digits}g}"
    return "0" if text == "-0" else text


def number(value: float, digits: int = DIGITS) -> Raw:
    """A number as mathematics."""
    return Raw(shown(value, digits))


def column_number(value: float) -> Raw:
    """A number for a column of a table: five digits, zeros at the end too."""
    return Raw(f"{value:#.5g}") if 1e-4 <= abs(value) < 1e4 else Raw(shown(value, 5))


def put_in(expr: Expr, values: Mapping[str, float], order: Order) -> str:
    """The formula in LaTeX with the value of each name in its place, negative ones in brackets."""
    forms = {s.name: bracketed(values[s.name]) for s in expr.free_symbols}
    written = latex(expr, NameTable(latex_forms=forms), order).replace(SPACE, r"\cdot ")
    written = NEEDLESS_BRACKETS.sub(r"\1", written)
    return NUMBER_BEFORE_FUNCTION.sub(r"\1\\cdot ", written)


def bracketed(value: float) -> str:
    """A number as a factor in LaTeX: a negative one, or one with a power of ten, in brackets."""
    text = shown(value)
    return f"({text})" if text.startswith("-") or "^" in text else text


def value(of: Value) -> Raw | None:
    """A number or a matrix as mathematics; None where it is too large to be read."""
    if isinstance(of, float):
        return number(of)
    if not is_readable(of):
        return None
    rows = r" \\ ".join(" & ".join(shown(entry, MATRIX_DIGITS) for entry in row) for row in of)
    return Raw(rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}")


def is_readable(of: Rows) -> bool:
    """Whether a matrix is small enough to be written out."""
    return len(of) <= MOST_ROWS and len(of[0]) <= MOST_COLUMNS


def width_of(of: Value) -> float:
    """About how wide a number or a matrix is, in characters."""
    if isinstance(of, float):
        return len(plain(of))
    columns = zip(*of, strict=True)
    return 2 + sum(2 + max(_width(entry) for entry in column) for column in columns)


def _width(entry: float) -> float:
    text = shown(entry, MATRIX_DIGITS)
    return len(text) - 7 if r"\times" in text else len(text)


def norm(of: Value) -> float:
    """The root of the sum of all squares."""
    return abs(of) if isinstance(of, float) else math.hypot(*(entry for row in of for entry in row))
