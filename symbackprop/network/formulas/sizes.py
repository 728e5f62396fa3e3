"""Sizes of matrices: whole numbers, names, and sums and products of them."""

from __future__ import annotations

from itertools import islice

from sympy import Expr, preorder_traversal

from symbackprop.network.formulas.limits import MAX_SIZE_EXPONENT, MAX_SIZE_PARTS


def is_size(expr: Expr, least: int = 1) -> bool:
    """Whether an expression can be the size of a matrix, such as 3, n, 2*h or n + 1; ``least`` is 0 for a place."""
    if expr.is_number and not (expr.is_Integer and expr >= least):
        return False
    parts = list(islice(preorder_traversal(expr), MAX_SIZE_PARTS + 1))
    return len(parts) <= MAX_SIZE_PARTS and all(map(_is_part, parts))


def _is_part(part: Expr) -> bool:
    if part.is_Pow:
        return bool(part.base.is_Symbol and part.exp.is_Integer and 0 < part.exp <= MAX_SIZE_EXPONENT)
    return bool(part.is_Integer or part.is_Symbol or part.is_Add or part.is_Mul)
