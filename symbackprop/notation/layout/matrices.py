"""Products, transposes, operations and differentials of matrices."""

from __future__ import annotations

from typing import Any

from sympy import S

from symbackprop.matrices import Product, SumAll
from symbackprop.notation.layout.builder import Builder
from symbackprop.notation.nodes import Call, Change, Inner, MatrixProduct, Node, Number, OwnCall, Power, Transpose
from symbackprop.notation.order import Placed, highest, joined, natural
from symbackprop.notation.words import WORDS


def matrix_product(builder: Builder, expr: Any) -> Placed:
    """Lay out a matrix product, and products in it as one."""
    factors = builder.places(_flat_factors(expr))
    node = MatrixProduct(tuple(builder.operand(factor) for factor in factors))
    return Placed(node, highest(factors), joined(factors))


def transposed(builder: Builder, expr: Any) -> Placed:
    """Lay out a transpose."""
    of = builder.place(expr.args[0])
    return Placed(Transpose(of.node), of.level, of.key + natural("T"))


def operation(builder: Builder, expr: Any) -> Placed:
    """Lay out an operation by its word."""
    operands, settings = builder.places(expr.operands), builder.places(expr.settings)
    word = expr.spoken
    if expr.named_by_axis:
        settings = []
    elif isinstance(expr, SumAll) and all(size == S.One for size in operands[0].shape):
        word = "entry"
    words = WORDS.get(word)
    display: Node | None = None
    if words is not None and words.displayed is not None:
        display = builder.place(words.displayed(expr)).node
    elif words is not None and words.raised and not isinstance(settings[0].node, Number):
        display = Power(operands[0].node, settings[0].node)
    node = Call(word, tuple(part.node for part in operands), tuple(part.node for part in settings), expr, display)
    return Placed(node, highest(operands), joined(operands) + natural(word))


def own_operation(builder: Builder, expr: Any) -> Placed:
    """Lay out an operation of the user's own."""
    operands = builder.places(expr.operands)
    node = OwnCall(expr.spoken, tuple(part.node for part in operands), expr)
    return Placed(node, highest(operands), joined(operands) + natural(expr.spoken))


def differential(builder: Builder, expr: Any) -> Placed:
    """Lay out a differential."""
    of = builder.place(expr.of)
    return Placed(Change(of.node), of.level, of.key + natural("d"))


def inner(builder: Builder, expr: Any) -> Placed:
    """Lay out an inner product."""
    left, right = builder.place(expr.left), builder.place(expr.right)
    return Placed(Inner(left.node, right.node), highest([left, right]), joined([left, right]))


def _flat_factors(expr: Any) -> list[Any]:
    factors: list[Any] = []
    for factor in expr.args:
        factors += _flat_factors(factor) if isinstance(factor, Product) else [factor]
    return factors
