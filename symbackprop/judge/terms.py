"""What a number of the field was made of: a sum of terms, as an exponent is read, or a product of powers of bases."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from sympy import factorint

if TYPE_CHECKING:
    from symbackprop.judge.field import Element

Terms = dict[int, int]
"""Coefficients of terms, modulo q as exponents of squares are; a term is known by its value, the smaller one of ±."""

MOST_TERMS = 32
MOST_PRODUCTS = 9
"""How many products a product of sums may come to, to be multiplied out."""
DEEPEST = 60
LARGEST_FACTORED = 10**12


def terms_of(x: Element, depth: int = 0) -> Terms:
    """A number as a sum of rational multiples of terms, through everything that it was made of."""
    if x.terms is None:
        x.terms = _terms(x, depth)
    return x.terms  # type: ignore[no-any-return]


def whole(x: Element) -> Terms:
    """A number as one term, whatever it was made of; a rational one as a multiple of 1."""
    if x.rational is not None:
        return {1: x.field.exponent(x.rational)} if x.rational else {}
    return _of_one(x.v, 1, x.field.p, x.field.q) if x.v else {}


def as_one_term(x: Element) -> Element:
    """The number x, one term in exponents from now on, whatever it was made of."""
    x.terms = whole(x)
    return x


def _terms(x: Element, depth: int) -> Terms:
    p, q = x.field.p, x.field.q
    found: Terms | None = None
    if depth < DEEPEST and x.rational is None:
        if x.how == "+":
            found = _sum(terms_of(x.a, depth + 1), terms_of(x.b, depth + 1), q)
        elif x.how == "inner":
            found = _inner(x, depth)
        elif x.how == "*":
            found = _product(terms_of(x.a, depth + 1), terms_of(x.b, depth + 1), p, q)
        elif x.how == "power" and x.b == -1:
            inner = terms_of(x.a, depth + 1)
            if len(inner) == 1:
                ((term, coefficient),) = inner.items()
                found = _of_one(pow(term, -1, p), pow(coefficient, -1, q), p, q)
        elif x.how == "power" and x.b == 2:
            inner = terms_of(x.a, depth + 1)
            found = _product(inner, inner, p, q)
    if found is not None and len(found) <= MOST_TERMS:
        return found
    return whole(x)


def _inner(x: Element, depth: int) -> Terms | None:
    """The terms of a sum of products, as far as they are few."""
    p, q = x.field.p, x.field.q
    found: Terms = {}
    for a, b in zip(x.a, x.b, strict=True):
        more = _product(terms_of(a, depth + 1), terms_of(b, depth + 1), p, q)
        if more is None:
            more = _of_one(a.v * b.v % p, 1, p, q)
        found = _sum(found, more, q)
        if len(found) > MOST_TERMS:
            return None
    return found


def _of_one(value: int, coefficient: int, p: int, q: int) -> Terms:
    return {value: coefficient} if value <= p - value else {p - value: q - coefficient}


def term_of(value: int, p: int) -> tuple[int, int]:
    """A value or its negative, whichever is the smaller number, and its sign."""
    return (value, 1) if value <= p - value else (p - value, -1)


def _sum(a: Terms, b: Terms, q: int) -> Terms:
    found = dict(a)
    for term, coefficient in b.items():
        together = (found.get(term, 0) + coefficient) % q
        if together:
            found[term] = together
        else:
            del found[term]
    return found


def _product(a: Terms, b: Terms, p: int, q: int) -> Terms | None:
    if len(a) * len(b) > MOST_PRODUCTS and min(len(a), len(b)) > 1:
        return None
    found: Terms = {}
    for s, m in a.items():
        for t, n in b.items():
            value, coefficient = s * t % p, m * n
            if value > p - value:
                value, coefficient = p - value, -coefficient
            found[value] = (found.get(value, 0) + coefficient) % q
    return {term: coefficient for term, coefficient in found.items() if coefficient}


def factors_of(x: Element) -> list[tuple[Element, Fraction]]:
    """A number as a product of powers of bases, up to its sign."""
    found: list[tuple[Element, Fraction]] = []
    stack = [(x, Fraction(1))]
    while stack:
        node, exponent = stack.pop()
        if node.rational is not None:
            if abs(node.rational) != 1:
                found.append((node, exponent))
        elif node.how == "*":
            stack += [(node.b, exponent), (node.a, exponent)]
        elif node.how == "power":
            stack.append((node.a, exponent * node.b))
        else:
            found.append((node, exponent))
    return found


def factored(value: Fraction) -> dict[int, int]:
    """The prime factors of a rational number, each with its exponent; a very large part stays whole."""
    found: dict[int, int] = {}
    for part, sign in ((abs(value.numerator), 1), (value.denominator, -1)):
        if part <= LARGEST_FACTORED:
            for prime, count in factorint(part).items():
                found[int(prime)] = found.get(int(prime), 0) + sign * int(count)
        elif part > 1:
            found[part] = found.get(part, 0) + sign
    return {prime: count for prime, count in found.items() if count}
