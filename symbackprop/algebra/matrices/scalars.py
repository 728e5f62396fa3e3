"""Scalars gathered in front of products and sums, and rows and columns that a sum does not touch."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Add, Expr, Integer, Mul, S

from symbackprop.matrices import (
    Broadcast,
    Operation,
    Product,
    Shape,
    Sum,
    product,
    same_shape,
    shape_of,
)
from symbackprop.matrices.shapes import same


def gather_scalars(node: Expr) -> Expr:
    """A·(cB) = c·A·B, colsum(cA) = c·colsum(A); a row comes out of a column sum too, and 2·(A - B)/2 is A - B."""
    if isinstance(node, Mul):
        return gather_numbers(node)
    if isinstance(node, Product):
        parts = [_split(factor, lambda shape: not shape) for factor in node.args]
        outside = [c for out, _ in parts for c in out]
        return Mul(*outside, product(*(inside for _, inside in parts))) if outside else node
    if isinstance(node, Sum):
        axis = node.axis
        outside, inside = _split(node.args[0], lambda shape: not shape or same(shape[axis], S.One))
        return Mul(*outside, Sum(inside, Integer(axis))) if outside else node
    if isinstance(node, Operation) and (node.linear or node.linear_in) and not isinstance(node, Broadcast):
        parts = [
            _split(operand, lambda shape: not shape) if node.linear or k in node.linear_in else ([], operand)
            for k, operand in enumerate(node.operands)
        ]
        outside = [c for out, _ in parts for c in out]
        return Mul(*outside, node.func(*(inside for _, inside in parts), *node.settings)) if outside else node
    return node


def _split(expr: Expr, goes_out: Callable[[Shape], bool]) -> tuple[list[Expr], Expr]:
    """The factors that go out, and the rest; nothing goes out where the rest would lose its shape."""
    if isinstance(expr, Add):
        content, rest = _content(expr)
        return ([content], rest) if content != S.One else ([], expr)
    if not isinstance(expr, Mul):
        return [], expr
    outside = [factor for factor in expr.args if goes_out(shape_of(factor))]
    inside = Mul(*(factor for factor in expr.args if factor not in outside))
    if not outside or not same_shape(shape_of(inside), shape_of(expr)):
        scalars = [factor for factor in outside if not shape_of(factor)]
        return scalars, Mul(*(factor for factor in expr.args if factor not in scalars)) if scalars else expr
    return outside, inside


def gather_numbers(node: Expr) -> Expr:
    """The numbers of a product's sums gathered: (2·A - 2·B)/(2·m) is (A - B)/m."""
    if not isinstance(node, Mul):
        return node
    split = [_content(factor) for factor in node.args]
    numbers = [content for content, _ in split if content != S.One]
    if not numbers or all(factor.is_Add or factor.is_Number for factor in node.args):  # SymPy multiplies 2 into a sum
        return node
    return Mul(*numbers, *(rest for _, rest in split))


def _content(expr: Expr) -> tuple[Expr, Expr]:
    """The number common to all terms of a sum, with their sign where all have a minus, and the sum without it."""
    if not isinstance(expr, Add):
        return S.One, expr
    numbers = [term.as_coeff_Mul()[0] for term in expr.args]
    sizes = {abs(number) for number in numbers}
    content = numbers[0] if all(number.is_negative for number in numbers) else abs(numbers[0])
    if len(sizes) > 1 or content == S.One or not content.is_Rational:
        return S.One, expr
    return content, Add(*(term / content for term in expr.args))
