"""Sums, products, quotients and powers: SymPy has one kind of product, and people write fractions and roots."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as Ratio
from typing import Any

from sympy import Add, Float, Mul, Pow, Rational, S, exp

from symbackprop.notation.coefficients import content, scale, split_sign
from symbackprop.notation.layout.builder import Builder
from symbackprop.notation.layout.products import Quotient, product_of
from symbackprop.notation.layout.scalars import ratio_of
from symbackprop.notation.means import with_means
from symbackprop.notation.nodes import Power, Root, Sum
from symbackprop.notation.order import Placed, highest, is_change, joined, places_of, term_rank


def addition(builder: Builder, expr: Any) -> Placed:
    """Lay out a sum."""
    outside, placed = sum_and_content(builder, expr)
    return placed if outside == 1 else product_of(builder, Quotient(outside, [builder.shaped(placed, expr)], []))


def sum_and_content(builder: Builder, expr: Any) -> tuple[Ratio, Placed]:
    """The number that a person would take out of the sum, and what is left."""
    parts = _flat_terms(expr)
    terms = builder.places(parts)
    outside = content([term.node for term in terms])
    if outside != 1:
        terms = [replace(term, node=scale(term.node, 1 / outside)) for term in terms]
    among_matrices = any(term.shape for term in terms)
    typed = places_of(parts, builder.order.typed.get(expr, ()))
    if typed is not None:
        terms = [terms[k] for k in sorted(range(len(terms)), key=typed.__getitem__)]
    elif not all(is_change(term.node) for term in terms):
        terms.sort(key=lambda term: term_rank(term, among_matrices))
    node = Sum(tuple(split_sign(term.node) for term in terms))
    return outside, Placed(node, highest(terms), joined(terms))


def multiplication(builder: Builder, expr: Any) -> Placed:
    """Lay out a product, with means in the place of sums over sizes."""
    args = with_means(expr.args) if builder.has_shapes else expr.args
    typed = builder.order.typed.get(expr.as_coeff_Mul()[1], ()) if builder.order.typed else ()
    return product_of(builder, quotient_of(builder, args, typed))


def quotient_of(builder: Builder, args: tuple[Any, ...], typed: tuple[Any, ...] = ()) -> Quotient:
    """The factors of a product, flattened; a fraction inside a product stays a fraction.

    ``typed`` are the factors as they were typed, where that is known.
    """
    found = places_of([arg for arg in args if not arg.is_Number], typed)
    place = dict(zip((arg for arg in args if not arg.is_Number), found or (), strict=False))
    ratio = Ratio(1)
    above: list[Placed] = []
    below: list[Placed] = []
    stack = list(reversed(args))
    alone = sum(not isinstance(arg, Rational) for arg in args) < 2
    while stack:
        arg = stack.pop()
        if isinstance(arg, (Rational, Float)):
            ratio *= ratio_of(arg)
        elif isinstance(arg, Mul) and (alone or not any(map(_is_under_bar, arg.args))):
            stack.extend(reversed(arg.args))
        elif isinstance(arg, Mul):
            sign, node = split_sign((placed := builder.place(arg)).node)
            ratio *= sign
            above.append(replace(placed, node=node))
        else:
            down = _is_under_bar(arg)
            factor = _turned_over(arg) if down else arg
            outside, placed = (
                sum_and_content(builder, factor) if isinstance(factor, Add) else (Ratio(1), builder.place(factor))
            )
            (below if down else above).append(replace(builder.shaped(placed, factor), place=place.get(arg)))
            ratio *= 1 / outside if down else outside
    return Quotient(ratio, above, below)


def power(builder: Builder, expr: Any) -> Placed:
    """Lay out a power, a root, or one over something."""
    if _is_under_bar(expr):
        return product_of(builder, quotient_of(builder, (expr,)))
    base = builder.place(expr.base)
    if expr.exp == S.Half:
        return Placed(Root(base.node), base.level, base.key)
    exponent = builder.place(expr.exp)
    node = Power(base.node, exponent.node, bool(base.shape or exponent.shape))
    return Placed(node, highest([base, exponent]), joined([base, exponent]))


def _flat_terms(expr: Any) -> list[Any]:
    terms: list[Any] = []
    stack = list(reversed(expr.args))
    while stack:
        term = stack.pop()
        if isinstance(term, Add):
            stack.extend(reversed(term.args))
        else:
            terms.append(term)
    return terms


def _is_under_bar(expr: Any) -> bool:
    """Whether ``expr`` is written as one over something: a power with a negative exponent, but not exp(-z)."""
    if not isinstance(expr, Pow) or isinstance(expr, exp):
        return False
    exponent = expr.exp
    if isinstance(exponent, Mul):
        exponent = exponent.args[0]
    return isinstance(exponent, Rational) and bool(exponent.is_negative)


def _turned_over(expr: Any) -> Any:
    return expr.base if expr.exp == -1 else Pow(expr.base, -expr.exp, evaluate=False)
