"""Factors set in order, over the bar of a fraction and under it: numbers, then scalars, then matrices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction as Ratio

from symbackprop.notation.coefficients import signed, split_sign, times
from symbackprop.notation.layout.builder import Builder
from symbackprop.notation.nodes import (
    Call,
    Change,
    Entrywise,
    Fraction,
    Inner,
    MatrixProduct,
    Node,
    Number,
    Operand,
    Product,
    Scaled,
    Sum,
)
from symbackprop.notation.order import Placed, factor_rank, highest, joined, linked


@dataclass(frozen=True, slots=True)
class Quotient:
    """A rational number times factors over other factors."""

    ratio: Ratio
    above: list[Placed]
    below: list[Placed]


def product_of(builder: Builder, quotient: Quotient) -> Placed:
    """Set the factors in order, over the bar and under it; scalars stand in front of matrices."""
    if any(part.shape for part in quotient.above + quotient.below):
        return _with_matrices(builder, quotient)
    if quotient.below and any(_is_made_of_matrices(part.node) for part in quotient.above):
        return _with_reductions(builder, quotient)
    above, below = (_in_order(builder, part) for part in (quotient.above, quotient.below))
    size = abs(quotient.ratio)
    if below:
        node: Node = Fraction(
            times(Ratio(size.numerator), [part.node for part in above]),
            times(Ratio(size.denominator), [part.node for part in below]),
        )
    else:
        node = times(size, [part.node for part in above])
    placed = above + below
    return Placed(signed(-1 if quotient.ratio < 0 else 1, node), highest(placed), joined(placed))


def _in_order(builder: Builder, factors: Iterable[Placed]) -> list[Placed]:
    factors = list(factors)
    typed = [factor.place for factor in factors if factor.place is not None]
    if len(typed) == len(factors):
        return [factor for _, factor in sorted(zip(typed, factors, strict=True), key=lambda pair: pair[0])]
    return linked(sorted(factors, key=lambda factor: factor_rank(factor, builder.order)))


def _with_matrices(builder: Builder, quotient: Quotient) -> Placed:
    """Matrices entry by entry, with the scalars in front."""
    above = _in_order(builder, [part for part in quotient.above if part.shape])
    below = _in_order(builder, [part for part in quotient.below if part.shape])
    scalars = ([part for part in parts if not part.shape] for parts in (quotient.above, quotient.below))
    scalar = product_of(builder, Quotient(quotient.ratio, *scalars))
    sign, front = split_sign(scalar.node)
    over = [builder.operand(part) for part in above]
    under = [builder.operand(part) for part in below]
    if not over:
        node: Node = Entrywise((Operand(front),), tuple(under))
    else:
        whole = over[0].node if len(over) == 1 and not under else Entrywise(tuple(over), tuple(under))
        node = _scaled(front, whole)
    placed = [*above, *below, scalar]
    return Placed(signed(sign, node), highest(placed), joined(placed))


def _with_reductions(builder: Builder, quotient: Quotient) -> Placed:
    """A quotient of scalars in front of numbers that are made of matrices, so that these stand under no bar."""
    made = [part for part in quotient.above if _is_made_of_matrices(part.node)]
    plain = [part for part in quotient.above if not _is_made_of_matrices(part.node)]
    scalar = product_of(builder, Quotient(quotient.ratio, plain, quotient.below))
    whole = product_of(builder, Quotient(Ratio(1), made, []))
    sign, front = split_sign(scalar.node)
    return Placed(signed(sign, _scaled(front, whole.node)), highest([whole, scalar]), joined([whole, scalar]))


def _scaled(front: Node, whole: Node) -> Node:
    """A scalar in front of a matrix: a number that stands before a mere name joins it as its coefficient."""
    if front == Number(1):
        return whole
    if isinstance(front, Number) and not isinstance(whole, (Entrywise, MatrixProduct)):
        return Product(front, (whole,))
    return Scaled(front, whole)


def _is_made_of_matrices(node: Node) -> bool:
    """Whether a scalar is a total, a trace or the like, or a sum or a differential of such."""
    if isinstance(node, Change):
        return _is_made_of_matrices(node.of)
    if isinstance(node, Sum):
        return any(_is_made_of_matrices(term) for _, term in node.terms)
    if isinstance(node, Product):
        return any(map(_is_made_of_matrices, node.factors))
    return isinstance(node, (Call, Scaled, Inner))
