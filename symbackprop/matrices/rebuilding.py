"""Expressions made anew from other parts, in which each operation keeps the shapes of its operands.

SymPy drops what a shape depends on: A/A is 1, and A - A is 0. Entry by entry that does no harm, as a scalar is repeated
there by itself; but the sum of a matrix of ones is not the sum of 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sympy import Basic, Expr, Mul, S

from symbackprop.matrices.grammar import Operation, Transposed, as_whole
from symbackprop.matrices.shapes import shape_of


def rebuilt(expr: Any, args: Sequence[Any], sizes: Mapping[Any, Any] | None = None) -> Any:
    """The node with other arguments, which stand for the old ones; itself where none is another.

    ``sizes`` are what symbols in the old shapes have become.
    """
    if all(new is old for new, old in zip(args, expr.args, strict=True)):
        return expr
    if not isinstance(expr, Operation):
        return expr.func(*args)
    shapes = (tuple(size.xreplace(sizes or {}) for size in shape_of(operand)) for operand in expr.operands)
    whole = [as_whole(new, shape) for new, shape in zip(args, shapes, strict=False)]
    return expr.func(*whole, *args[len(whole) :])


def substituted(expr: Any, known: Mapping[Any, Any]) -> Any:
    """The expression with what is known put in: as ``xreplace``, but that operations keep the shapes of operands."""
    done: dict[Basic, Basic] = dict(known)

    def visit(node: Basic) -> Basic:
        if node not in done:
            done[node] = rebuilt(node, [visit(arg) for arg in node.args], known) if node.args else node
        return done[node]

    return visit(expr) if known else expr


def turned(expr: Expr) -> Expr:
    """The transpose, without two in a row: that of Aᵀ is A, that of c·Aᵀ c·A, and that of one entry the entry."""
    if all(size == S.One for size in shape_of(expr)):
        return expr
    if isinstance(expr, Transposed):
        return expr.args[0]
    matrices = [factor for factor in Mul.make_args(expr) if shape_of(factor)]
    if len(matrices) == 1 and isinstance(matrices[0], Transposed):
        return Mul(*(turned(factor) if factor is matrices[0] else factor for factor in Mul.make_args(expr)))
    return Transposed(expr)
