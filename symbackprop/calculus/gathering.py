"""What SymPy gathers when a sum of products is worked out: factors that cancel, powers, like terms."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Mul

from symbackprop.calculus.step import Rule

Gathering = tuple[Rule, str]
"""A rule, and what it is called where it is used."""

CANCEL: Gathering = (Rule.CANCEL, "cancelling")
POWERS: Gathering = (Rule.GATHER, "gathering powers")
LIKE_TERMS: Gathering = (Rule.GATHER, "gathering like terms")


def gathered(products: Sequence[Sequence[Expr]]) -> tuple[Gathering, ...]:
    """Why the sum of these products reads otherwise than with all their factors side by side; nothing if it does not.

    Each product is given as its factors. u·u, which becomes u², is no cancelling; (1/p)·p is.
    """
    found: set[Gathering] = set()
    terms = []
    for factors in products:
        parts = [part for factor in factors for part in Mul.make_args(factor) if not part.is_Number]
        whole = Mul(*factors)
        terms.append(whole)
        if len([part for part in Mul.make_args(whole) if not part.is_Number]) != len(parts) and len(parts) > 1:
            found.add(CANCEL if _cancels(parts) else POWERS)
    if len(Add.make_args(Add(*terms))) < sum(len(Add.make_args(term)) for term in terms):
        found.add(LIKE_TERMS)
    return tuple(gathering for gathering in (CANCEL, POWERS, LIKE_TERMS) if gathering in found)


def _cancels(parts: Sequence[Expr]) -> bool:
    """Whether one factor stands above the bar and below it."""
    up: set[Expr] = set()
    down: set[Expr] = set()
    for part in parts:
        base, exponent = part.as_base_exp()
        (down if exponent.could_extract_minus_sign() else up).add(base)
    return not up.isdisjoint(down)


def side_by_side(products: Sequence[Sequence[Expr]]) -> Expr:
    """The sum of products with nothing gathered."""
    terms = [factors[0] if len(factors) == 1 else Mul(*factors, evaluate=False) for factors in products]
    return terms[0] if len(terms) == 1 else Add(*terms, evaluate=False)
