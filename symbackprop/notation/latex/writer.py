"""The writers of LaTeX as they are used: of display mathematics, and of what stands small in it."""

from __future__ import annotations

from typing import final

from symbackprop.notation.latex.matrices import LatexMatrices
from symbackprop.notation.nodes import Cases, Change, Derivative, Fraction, Name, Number, Operand, Product, Transpose
from symbackprop.notation.writer import FRACTION, LOOSE, POWER, PRODUCT, Writer


class Display(LatexMatrices):
    """Writes display mathematics, in which fractions are set with a bar."""

    strengths = Writer.strengths | {Fraction: POWER, Derivative: POWER, Cases: LOOSE}
    strength_of_ratio, strength_of_portion = POWER, PRODUCT

    @property
    def inline(self) -> InlineWriter:
        return InlineWriter(self.names)

    def ratio(self, node: Number) -> str:
        return rf"\tfrac{{{node.numerator}}}{{{node.denominator}}}"

    def product(self, node: Product) -> str:
        return self.in_a_row(node)

    def fraction(self, node: Fraction) -> str:
        return rf"\frac{{{self.write(node.numerator)}}}{{{self.write(node.denominator)}}}"


class Unshaped(LatexMatrices):
    """Writes matrices without their shapes."""

    def name(self, node: Name) -> str:
        return self.names.latex(node.name)

    def operand(self, operand: Operand) -> str:
        return self.within(operand.node, POWER)

    def transpose(self, node: Transpose) -> str:
        return self.transposed(node)

    def change(self, node: Change) -> str:
        return self.differential(node)


@final
class LatexWriter(Display, Unshaped):
    """Writes display mathematics."""


@final
class InlineWriter(Unshaped):
    """Writes exponents, in which fractions are set with a slash."""

    strength_of_ratio = strength_of_portion = FRACTION

    @property
    def inline(self) -> InlineWriter:
        return self

    def ratio(self, node: Number) -> str:
        return f"{node.numerator}/{node.denominator}"

    def product(self, node: Product) -> str:
        match node:
            case Product(Number() as over, factors) if not over.whole and not over.reads_as_decimal:
                above = None if over.numerator == 1 else Number(over.numerator)
                return f"{self.in_a_row(Product(above, factors))}/{over.denominator}"
        return self.in_a_row(node)

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}/{self.within(node.denominator, POWER)}"
