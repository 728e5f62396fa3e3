"""Rules about sums of entries, and about inverses of products."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from sympy import Add, Expr, Integer

from symbackprop.algebra.forms.known import Known
from symbackprop.matrices import Inverse, Operation, Product, Sum, SumAll, Trace, Transposed, product, shape_of
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import same_shape


def in_one_sum(node: Expr, known: Known) -> Iterator[Expr]:
    """Sums along one axis that are added are one sum: rowsum(A) + colsum(B)ᵀ = rowsum(A + Bᵀ); traces too."""
    if not node.is_Add:
        return
    terms = [(term, *term.as_coeff_Mul()) for term in node.args]
    for (a, first, one), (b, second, other) in combinations(terms, 2):
        along = _along_the_same(one, other)
        if along is None or not same_shape(shape_of(one.operands[0]), shape_of(along.operands[0])):
            continue
        rest = [term for term in node.args if term is not a and term is not b]
        yield Add(first * one.on(one.operands[0] + second / first * along.operands[0]), *rest)


def _along_the_same(one: Expr, other: Expr) -> Operation | None:
    """The second of two sums, along the axis of the first; None where they are no such sums."""
    if isinstance(one, Sum):
        if isinstance(other, Transposed) and isinstance(other.args[0], Sum):
            inner = other.args[0]
            other = Sum(Transposed(inner.operands[0]), Integer(1 - inner.axis))
        return other if isinstance(other, Sum) and other.axis == one.axis else None
    if isinstance(one, (SumAll, Trace)) and type(one) is type(other):
        return other
    return None


def beside_inverse(node: Expr, known: Known) -> Iterator[Expr]:
    """A·(B·A)⁻¹ = B⁻¹: a factor beside the inverse of a product that ends or begins with it, all of square matrices."""
    if not isinstance(node, Product):
        return
    for k, factor in enumerate(node.args):
        inside = _inverted(factor, known)
        if len(inside) < 2 or not all(same_shape(shape_of(part), shape_of(factor)) for part in inside):
            continue
        before, after = list(node.args[:k]), list(node.args[k + 1 :])
        while len(inside) > 1 and before and before[-1] == inside[-1]:
            before, inside = before[:-1], inside[:-1]
        while len(inside) > 1 and after and after[0] == inside[0]:
            after, inside = after[1:], inside[1:]
        if len(before) + len(after) + 1 < len(node.args):
            yield product(*before, _inverse_of(inside, isinstance(factor, Transposed)), *after)


def _inverse_of(factors: list[Expr], transposed: bool) -> Expr:
    """The inverse of a product; (A⁻¹)ᵀ is written where factors are transposed, not (Aᵀ)⁻¹."""
    if transposed:
        return Transposed(Inverse(product(*map(turned, reversed(factors)))))
    return Inverse(product(*factors))


def _inverted(factor: Expr, known: Known) -> list[Expr]:
    """The factors of the product whose inverse this is, in order; none where it is no such inverse."""
    transposed = isinstance(factor, Transposed)
    inverse = factor.args[0] if transposed else factor
    if not isinstance(inverse, Inverse):
        return []
    whole = known.definitions.get(inverse.args[0], inverse.args[0])
    if not isinstance(whole, Product):
        return []
    return [turned(part) for part in reversed(whole.args)] if transposed else list(whole.args)
