"""Equations that let a value be one of a few numbers: y² = 1 of a sign, M² = M of a mask."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from sympy import Add, Eq, Expr, Poly, Rational, Symbol

from symbackprop.matrices import Operation
from symbackprop.network.facts.relations import Fact

MOST = 8
"""Among how many numbers at most a value may be said to be."""


@cache
def values_of(fact: Fact) -> tuple[Symbol, tuple[Rational, ...]] | None:
    """The name that an equation is about and the numbers that its entries may be, in order; None where it is no such.

    It is a polynomial in one name whose roots are rational and all different, two of them at least.
    """
    if not isinstance(fact, Eq):
        return None
    gap = fact.lhs - fact.rhs
    if len(gap.free_symbols) != 1 or gap.has(Operation):
        return None
    (name,) = gap.free_symbols
    if not gap.is_polynomial(name):
        return None
    polynomial = Poly(gap, name)
    if not (2 <= polynomial.degree() <= MOST and polynomial.domain.is_Exact):
        return None
    roots = polynomial.ground_roots()
    if len(roots) != polynomial.degree():
        return None
    return name, tuple(sorted(roots))


def among(name: Symbol, numbers: Sequence[Expr]) -> Eq:
    """The equation that holds where a value is one of these numbers: y**2 = 1 for -1 and 1, y**2 = y for 0 and 1."""
    product = Poly(1, name)
    for number in numbers:
        product *= Poly(name - number, name)
    leading = name ** product.degree()
    return Eq(leading, Add(leading, -product.as_expr()).expand(), evaluate=False)


def is_among_few(fact: Fact) -> bool:
    """Whether a fact lets a value be one of a few numbers."""
    return values_of(fact) is not None
