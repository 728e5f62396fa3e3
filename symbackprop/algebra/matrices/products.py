"""Matrix products: factors that cancel, and factors that several products have in common."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from sympy import Add, Expr, Integer, Mul, S

from symbackprop.algebra.matrices.scalars import gather_scalars
from symbackprop.algebra.rewrite import take_out_common
from symbackprop.matrices import (
    Broadcast,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    Operation,
    Product,
    Sum,
    SumAll,
    Trace,
    Transposed,
    as_whole,
    product,
    shape_of,
)
from symbackprop.matrices.shapes import together


def drop_identities(node: Expr) -> Expr:
    """A·I = A, A·A⁻¹ = I, (A⁻¹)⁻¹ = A, diagonal(diag(v)) = v, tril(tril(A)) = tril(A)."""
    match node:
        case Product():
            return _without_pairs(node)
        case Operation(idempotent=True) if type(node.args[0]) is type(node):
            return node.args[0]
        case Inverse(args=(Inverse() as inner,)):
            return inner.args[0]
        case Inverse(args=(Identity() as inner,)):
            return inner
        case Inverse(args=(Transposed() as inner,)):
            return Transposed(Inverse(inner.args[0]))
        case Trace(args=(Identity() as inner,)):
            return inner.args[0]
        case Diagonal(args=(DiagonalMatrix() as inner,)):
            return inner.args[0]
        case SumAll(args=(Identity() as inner,)):
            return inner.args[0]
        case Sum(args=(Identity(), _)):
            return Broadcast(S.One, *node.shape)
    return node


def _without_pairs(node: Product) -> Expr:
    kept: list[Expr] = []
    for factor in node.args:
        if isinstance(factor, Identity):
            continue
        if kept and _are_inverse(kept[-1], factor):
            kept.pop()
        else:
            kept.append(factor)
    if len(kept) == len(node.args):
        return node
    return product(*kept) if kept else Identity(node.shape[0])


def _are_inverse(a: Expr, b: Expr) -> bool:
    turned = (Transposed(Inverse(_turned(a))) == b, a == Transposed(Inverse(_turned(b))))
    return bool(Inverse(a) == b or a == Inverse(b) or any(turned))


def _turned(a: Expr) -> Expr:
    return a.args[0] if isinstance(a, Transposed) else S.NaN


def take_out_factors(node: Expr) -> Expr:
    """A·B + A·C = A·(B + C), and the same with a common last factor; rowsum(A·B) = A·rowsum(B)."""
    if isinstance(node, Sum) and isinstance(node.args[0], Product):
        return _sum_of_product(node.axis, node.args[0].args)
    if not isinstance(node, Add):
        return node
    terms = [_product_in(term) for term in node.args]
    for end in (0, -1):
        shared: dict[Expr, list[int]] = {}
        for k, (_, factors) in enumerate(terms):
            if factors:
                shared.setdefault(factors[end], []).append(k)
        for factor, places in shared.items():
            if len(places) > 1:
                return _joined(node, terms, factor, places, end)
    return node


def _sum_of_product(axis: int, factors: Sequence[Expr]) -> Expr:
    """A sum over the columns of A·B is A times that of B, and no product of whole matrices is needed."""
    if axis == 1:
        return product(*factors[:-1], Sum(factors[-1], Integer(1)))
    return product(Sum(factors[0], Integer(0)), *factors[1:])


def _product_in(term: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """The scalars of a term, and the factors of its matrix product, if that is what it is."""
    products = [factor for factor in Mul.make_args(term) if isinstance(factor, Product)]
    scalars = [factor for factor in Mul.make_args(term) if not shape_of(factor)]
    if len(products) != 1 or len(scalars) + 1 != len(Mul.make_args(term)):
        return S.One, ()
    return Mul(*scalars), products[0].args


def _joined(
    node: Add, terms: Sequence[tuple[Expr, tuple[Expr, ...]]], factor: Expr, places: Sequence[int], end: int
) -> Expr:
    parts = [terms[k][0] * product(*(terms[k][1][1:] if end == 0 else terms[k][1][:-1])) for k in places]
    first = parts[0]
    shape = reduce(lambda known, part: together("+", first, known, part, shape_of(part)), parts, shape_of(first))
    inner = take_out_common(as_whole(Add(*parts), shape))  # S - S is 0, and still a matrix
    others = [term for k, term in enumerate(node.args) if k not in places]
    joined = product(factor, inner) if end == 0 else product(inner, factor)
    return Add(gather_scalars(joined) if isinstance(joined, Product) else joined, *others)
