"""What is alike in source for plain numbers, in whichever language: short powers are products, branches are safe."""

from __future__ import annotations

from abc import abstractmethod
from typing import final

from sympy import Basic, Expr

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.breaking import Piece
from symbackprop.notation.nodes import Fraction, Name, Node, Number, Power
from symbackprop.notation.python.breaking import CodeBreaker
from symbackprop.notation.recursion import parts_first
from symbackprop.notation.writer import PRODUCT
from symbackprop.numeric.kernels import StepCode

_LONGEST_PRODUCT = 3
"""Up to this power a name is multiplied by itself, which costs less than a power does."""


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

    def strength(self, node: Node) -> int:
        return PRODUCT if _factors_of_power(node) else self.strength_of_quotients(node)

    def power(self, node: Power) -> str:
        factors = _factors_of_power(node)
        return "*".join(self.writes(factors)) if factors else self.long_power(node)

    @abstractmethod
    def long_power(self, node: Power) -> str:
        """A power that is not written as a product."""


@final
class NumberBreaker(CodeBreaker[NumberCode]):
    """Breaks sums, products and quotients; what is in brackets stays in one line."""

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        return self.pieces_of_fraction(node, width) if isinstance(node, Fraction) else []


def _factors_of_power(node: Node) -> list[Node]:
    """The factors of a power that is written as a product, or none."""
    match node:
        case Power(Name() as base, Number(exponent, 1)) if 2 <= exponent <= _LONGEST_PRODUCT:
            return [base] * exponent
    return []
