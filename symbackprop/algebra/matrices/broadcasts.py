"""Rows, columns and scalars that are repeated: no copy need be made of them."""

from __future__ import annotations

from sympy import Expr, Integer, Mul, S

from symbackprop.matrices import (
    Broadcast,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Operation,
    Product,
    Sum,
    SumAll,
    Transposed,
    as_whole,
    product,
    same_shape,
    shape_of,
)
from symbackprop.matrices.shapes import same


def collapse(node: Expr) -> Expr:
    """Sums and products of what is repeated need no copies: colsum(1·b) = m·b, A·(1·b) = rowsum(A)∘b."""
    match node:
        case Broadcast():
            return _broadcast(node)
        case Sum() if same(shape_of(node.args[0])[node.axis], S.One):
            return node.args[0]
        case Sum(args=(Broadcast() as copies, _)):
            return _sum_of_copies(copies, node.axis)
        case SumAll(args=(Broadcast() as copies,)):
            return _total_of_copies(copies)
        case Transposed(args=(Broadcast() as copies,)):
            part, rows, columns = copies.args
            return Broadcast(Transposed(part) if shape_of(part) else part, columns, rows)
        case DiagonalMatrix(args=(Broadcast() as copies,)) if not shape_of(copies.args[0]):
            return copies.args[0] * Identity(copies.shape[0])
        case Diagonal(args=(Broadcast() as copies,)):
            return _diagonal_of_copies(copies)
        case Product():
            return _product_of_copies(node)
        case Operation():
            return node
    return _entries_of_copies(node)


def _broadcast(node: Broadcast) -> Expr:
    part = node.args[0]
    if same_shape(shape_of(part), node.shape):
        return part
    return Broadcast(part.args[0], *node.shape) if isinstance(part, Broadcast) else node


def _sum_of_copies(copies: Broadcast, axis: int) -> Expr:
    part = copies.args[0]
    shape = shape_of(part)
    if not shape or same(shape[axis], S.One):
        return copies.shape[axis] * part
    return Sum(part, Integer(axis))


def _total_of_copies(copies: Broadcast) -> Expr:
    part = copies.args[0]
    shape = shape_of(part)
    if not shape:
        return copies.shape[0] * copies.shape[1] * part
    counts = [whole for whole, own in zip(copies.shape, shape, strict=True) if not same(whole, own)]
    return Mul(*counts, SumAll(part))


def _diagonal_of_copies(copies: Broadcast) -> Expr:
    part = copies.args[0]
    shape = shape_of(part)
    column = Transposed(part) if shape and not same(shape[1], S.One) else part
    return as_whole(column, (copies.shape[0], S.One))


def _product_of_copies(node: Product) -> Expr:
    """A product with a repeated row or column is a sum of the other factor beside it."""
    for k, factor in enumerate(node.args):
        if not isinstance(factor, Broadcast):
            continue
        part = factor.args[0]
        rows, columns = shape_of(part) or (S.One, S.One)
        before, behind = node.args[:k], node.args[k + 1 :]
        if before and same(rows, S.One):
            left = product(*before)
            merged = as_whole(Sum(left, Integer(1)) * part, (shape_of(left)[0], factor.shape[1]))
            return product(merged, *behind)
        if behind and same(columns, S.One):
            right = product(*behind)
            merged = as_whole(part * Sum(right, Integer(0)), (factor.shape[0], shape_of(right)[1]))
            return product(*before, merged)
        if before and shape_of(part):  # a column, repeated: so is what a matrix makes of it
            return as_whole(product(*before, part), (shape_of(before[0])[0], factor.shape[1]))
        if behind and shape_of(part):
            return as_whole(product(part, *behind), (factor.shape[0], shape_of(behind[-1])[1]))
    return node


def _entries_of_copies(node: Expr) -> Expr:
    """Entry by entry, a row beside a whole matrix is repeated by itself."""
    copies = [arg for arg in node.args if isinstance(arg, Broadcast)]
    if not copies:
        return node
    return node.func(*(arg.args[0] if arg in copies else arg for arg in node.args))
