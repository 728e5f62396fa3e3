"""Constants that were rounded: a formula with 0.3333 for a third is wrong, and it helps to know why."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy
from sympy import Expr, Rational

LARGEST_BELOW = 60
LEAST_DIGITS = 3
MOST_DIGITS = 16
LARGEST_PART = 12
"""How large the parts of a fraction may be beside a root or π."""
IRRATIONAL: tuple[Expr, ...] = (
    sympy.pi, 1 / sympy.pi, sympy.sqrt(2), sympy.sqrt(3), sympy.sqrt(5), sympy.sqrt(sympy.pi), 1 / sympy.sqrt(sympy.pi),
    sympy.sqrt(2 * sympy.pi), 1 / sympy.sqrt(2 * sympy.pi), sympy.E, sympy.log(2), 1 / sympy.log(2),
)  # fmt: skip


def meant(formula: Expr) -> Iterator[tuple[str, Expr]]:
    """The formula with one of its decimals as what it may have been rounded from, and that decimal as it is written."""
    decimals = sorted((n for n in formula.atoms(sympy.Number) if _digits(n)), key=str)
    for decimal in decimals:
        for exact in _candidates(decimal):
            yield _written(decimal), formula.xreplace({decimal: exact})


def _digits(number: Expr) -> int:
    """How many digits a decimal has after its point; 0 for what is no decimal of some length."""
    value = _value(number)
    for count in range(LEAST_DIGITS, MOST_DIGITS + 1):
        if 10**count % value.denominator == 0:
            return count if value.denominator > 1 and value.denominator > LARGEST_BELOW else 0
    return 0


def _value(number: Expr) -> Fraction:
    if number.is_Rational:
        return Fraction(int(number.p), int(number.q))
    return Fraction(str(sympy.Float(number, 15))) if number.is_Float else Fraction(0)


def _written(number: Expr) -> str:
    return f"{float(_value(number)):.15g}"


def _candidates(number: Expr) -> Iterator[Expr]:
    """Numbers of which the decimal is the beginning, rounded or cut off."""
    value, unit = _value(number), Fraction(1, 10 ** _digits(number))
    near = value.limit_denominator(LARGEST_BELOW)
    if near != value and _begins(abs(value), abs(near), unit):
        yield Rational(near.numerator, near.denominator)
    for expr in IRRATIONAL:
        size = Fraction(str(sympy.N(expr, MOST_DIGITS + 4)))
        ratio = (value / size).limit_denominator(LARGEST_PART)
        if 0 < abs(ratio.numerator) <= LARGEST_PART and _begins(abs(value), abs(ratio * size), unit):
            yield Rational(ratio.numerator, ratio.denominator) * expr


def _begins(decimal: Fraction, number: Fraction, unit: Fraction) -> bool:
    return abs(number - decimal) <= unit / 2 or 0 <= number - decimal < unit
