"""The writers of LaTeX as they are used: of display mathematics, and of what stands small in it."""

from __future__ import annotations

from symbackprop.notation.latex.matrices import LatexMatrices
from symbackprop.notation.nodes import Fraction, Node, Number, Product
from symbackprop.notation.writer import FRACTION, POWER, PRODUCT, AnyProduct, Writer


class LatexWriter(LatexMatrices):
    """Writes display mathematics."""

    @property
    def inline(self) -> InlineWriter:
        return InlineWriter(self.names)


class InlineWriter(LatexWriter):
    """Writes exponents, in which fractions are set with a slash."""

    strengths = Writer.strengths

    def number(self, node: Number) -> str:
        text = super().number(node)
        return f"{node.numerator}/{node.denominator}" if text.startswith(r"\tfrac") else text

    def strength(self, node: Node) -> int:
        if isinstance(node, Number) and not node.whole and not node.reads_as_decimal:
            return FRACTION
        if isinstance(node, Product) and node.coefficient and not node.coefficient.whole:
            return FRACTION
        return super().strength(node)

    def product(self, node: AnyProduct) -> str:
        match node:
            case Product(Number() as over, factors) if not over.whole and not over.reads_as_decimal:
                above = None if over.numerator == 1 else Number(over.numerator)
                return f"{super().product(Product(above, factors))}/{over.denominator}"
        return super().product(node)

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}/{self.within(node.denominator, POWER)}"
