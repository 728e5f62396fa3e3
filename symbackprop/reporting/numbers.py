"""How numbers are written in reports, and formulas with numbers in place of names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from math import prod

from sympy import Expr, Float

from symbackprop.notation import NameTable, Order, latex, numbers
from symbackprop.reporting.blocks import Raw
from symbackprop.reporting.evidence import Rows, Value

DIGITS = 6
MORE_DIGITS = 4
"""So many more are tried, until what is printed leads to what is printed."""
SLACK = 1e-12
"""How far, relatively, a reader's own rounding may be off."""
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


def put_in(expr: Expr, values: Mapping[str, float], order: Order, result: float | None = None) -> str:
    """The formula in LaTeX with the value of each name in its place, negative ones in brackets.

    With ``result``, what the formula comes to, the values have as many digits as it takes to find it again.
    """
    names = sorted(s.name for s in expr.free_symbols)
    digits = DIGITS if result is None else enough_digits([values[name] for name in names], _at(expr, names), result)
    forms = {name: bracketed(values[name], digits) for name in names}
    written = latex(expr, NameTable(latex_forms=forms), order).replace(SPACE, r"\cdot ")
    written = NEEDLESS_BRACKETS.sub(r"\1", written)
    return NUMBER_BEFORE_FUNCTION.sub(r"\1\\cdot ", written)


def _at(expr: Expr, names: Sequence[str]) -> Callable[[Sequence[float]], float]:
    """A formula as a function of the values of these names; not a number where it has none there."""
    symbol_of = {s.name: s for s in expr.free_symbols}

    def at(values: Sequence[float]) -> float:
        found = expr.xreplace({symbol_of[name]: Float(x) for name, x in zip(names, values, strict=True)}).evalf()
        return float(found) if found.is_Float or found.is_Integer else math.nan

    return at


def enough_digits(values: Sequence[float], of: Callable[[Sequence[float]], float], result: float) -> int:
    """With how many digits to print numbers, so that whoever computes with them finds the result as it is printed.

    They are DIGITS, or a few more where rounding would show in the last digit of the result.
    """
    printed = shown(result)
    for digits in range(DIGITS, DIGITS + MORE_DIGITS + 1):
        found = of([float(f"{x:.{digits}g}") for x in values])
        if {shown(found * (1 - SLACK)), shown(found * (1 + SLACK))} == {printed}:
            return digits
    return DIGITS


def product_of(factors: Sequence[float], result: float) -> str:
    """Numbers as a product in LaTeX, with the digits that it takes to find the result again."""
    digits = enough_digits(factors, prod, result)
    return r"\cdot ".join(bracketed(x, digits) for x in factors)


def bracketed(value: float, digits: int = DIGITS) -> str:
    """A number as a factor in LaTeX: a negative one, or one with a power of ten, in brackets."""
    text = shown(value, digits)
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
