"""Sums, products, powers and functions, which work entry by entry, as value classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Basic, Expr, Integer, Piecewise, Pow, Rational, S
from sympy.core.relational import Relational
from sympy.functions.elementary.miscellaneous import MinMaxBase

from symbackprop.algebra.measure.values import CONSTANT, Classes, Value, ValueClass

Part = tuple[int, bool, int]
"""A part of a value: its class, whether it is transposed, and a number for what else is told of it."""


def sum_of(classes: Classes, node: Basic) -> Value:
    """The value of a sum. Where every term has a minus, that stands in front of it."""
    terms = [classes.known[arg] for arg in node.args]
    minus = all(term.is_minus for term in terms)
    if minus:
        terms = [replace(term, factor=-term.factor) for term in terms]
    moving = [term for term in terms if term.of != CONSTANT]
    signed = [
        _in_order(classes, [(t.of, t.turned, classes.token(replace(t, sign=sign * t.sign))) for t in terms])
        for sign in (1, -1)
    ]
    place = 0 if signed[0] <= signed[1] else 1
    parts, turned = signed[place]

    def build() -> ValueClass:
        unsigned = tuple(replace(term, factor=term.size) for term in moving)
        constants = len(moving) < len(terms)  # all of them are one term
        return ValueClass(len(moving) + constants - 1, unsigned, classes.are_scalars(moving))

    number = classes.made(("sum", parts), build)
    return Value(number, turned, S.NegativeOne if minus else S.One, (1, -1)[place])


def product_of(classes: Classes, node: Basic) -> Value:
    """The value of a product, a quotient or a power, with its constants in front."""
    args = node.args if node.is_Mul else (node,)
    moving = [arg for arg in args if not classes.is_constant(arg)]
    constants = [classes.known[arg].factor for arg in args if classes.is_constant(arg)]
    above: list[Value] = []
    below: list[Value] = []
    for arg in moving:
        base, exponent = arg.args if isinstance(arg, Pow) else (arg, S.One)
        divides = len(moving) > 1 and isinstance(exponent, Rational) and exponent < 0
        found = _power(classes, base, -exponent if divides else exponent)
        (below if divides else above).append(found)
    factor: Expr = S.One
    sign = 1
    for part in (*constants, *(f.factor for f in above), *(1 / f.factor for f in below)):
        factor *= part
    for found in (*above, *below):
        sign *= found.sign
    if len(moving) == 1:
        return replace(above[0], factor=factor, sign=sign)
    parts, turned = _in_order(
        classes, [(f.of, f.turned, side) for side, some in enumerate((above, below)) for f in some]
    )

    def build() -> ValueClass:
        made_of = tuple(f.bare for f in (*above, *below))
        means = tuple(size for f in above for size in classes[f].means)
        cost = len(made_of) - 1 + (not above)
        matrices = sum(not classes[f].scalar for f in above)
        summed = cost if matrices > 1 else None
        return ValueClass(cost, made_of, classes.are_scalars(made_of), means, not above, summed=summed)

    return Value(classes.made(("product", parts), build), turned, factor, sign)


def function_of(classes: Classes, node: Basic) -> Value:
    """The value of a function, of a comparison, of cases: these take their conditions, with 1 and 0 an indicator's."""
    parts = [classes.known[arg] for arg in node.args]
    moving = tuple(part for part in parts if part.of != CONSTANT)
    matrices = [part for part in moving if not classes[part].scalar]
    turned = bool(matrices) and all(part.turned for part in matrices)
    key = tuple((part.of, part.turned and not turned, classes.token(part)) for part in parts)
    return Value(classes.made((type(node), key), lambda: ValueClass(_cost(node), moving, not matrices)), turned)


def _cost(node: Basic) -> int:
    if isinstance(node, MinMaxBase):
        return len(node.args) - 1
    return int(isinstance(node, (Expr, Relational)) and not isinstance(node, Piecewise))


def _power(classes: Classes, base: Expr, exponent: Expr) -> Value:
    """The value of a power; a whole exponent lets the free sign of its base through, or does away with it."""
    found = classes.known[base]
    if exponent == S.One:
        return found
    whole = isinstance(exponent, Integer)
    kept = replace(found, sign=1) if whole else found

    def build() -> ValueClass:
        made_of = (kept,) if classes.is_constant(exponent) else (kept, classes.known[exponent])
        square = 1 if exponent == 2 else None
        return ValueClass(1, made_of, classes[found].scalar, free_factor=exponent == S.NegativeOne, summed=square)

    number = classes.made(("power", found.of, classes.token(kept), exponent), build)
    return Value(number, found.turned, sign=found.sign if whole and exponent % 2 else 1)


def _in_order(classes: Classes, parts: Sequence[Part]) -> tuple[tuple[Part, ...], bool]:
    """Parts in order, as they are or all transposed, whichever comes first; and whether it is the latter."""
    as_is = tuple(sorted(parts))
    turned = tuple(sorted((of, was != (not classes.value_class(of).scalar), rest) for of, was, rest in parts))
    return (as_is, False) if as_is <= turned else (turned, True)
