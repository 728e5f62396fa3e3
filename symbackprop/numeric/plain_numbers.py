"""What is alike in source for plain numbers, in Python and in JavaScript."""

from __future__ import annotations

from typing import final

from sympy import Basic, Expr

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.breaking import Piece
from symbackprop.notation.nodes import Fraction, Node
from symbackprop.notation.python.breaking import CodeBreaker
from symbackprop.notation.recursion import parts_first
from symbackprop.numeric.kernels import StepCode


def in_plain_numbers(expr: Expr) -> Expr:
    """The expression with the definitions of those functions whose definition is good enough for plain numbers."""
    known: dict[Basic, Expr] = {}
    for part in parts_first(expr):
        row = primitive_of(part)
        if row is not None and row.quick and row.definition is not None:
            known[part] = row.definition(*(arg.xreplace(known) for arg in part.args))
    return expr.xreplace(known) if known else expr


class NumberCode(StepCode):
    """Writes source for plain numbers."""

    longest_product = 3  # two multiplications cost less than a power does


@final
class NumberBreaker(CodeBreaker[NumberCode]):
    """Breaks sums, products and quotients; what is in brackets stays in one line."""

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        return self.pieces_of_fraction(node, width) if isinstance(node, Fraction) else []
