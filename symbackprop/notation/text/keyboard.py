"""What is alike in all that is written with the signs of a keyboard: spec files and programs."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from symbackprop.notation.names import NameTable
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Derivative,
    Entrywise,
    Fraction,
    MatrixProduct,
    Node,
    Number,
    Power,
    Product,
    Scaled,
    Transpose,
)
from symbackprop.notation.text.writer import TextWriter
from symbackprop.notation.writer import ATOM, FRACTION, POWER, Factor, Writer


class KeyboardWriter(TextWriter):
    """Writes the signs ``*``, ``/``, ``@`` and ``.T``; ``numeral`` says how a number without a sign stands there."""

    strengths = Writer.strengths | {MatrixProduct: FRACTION, Entrywise: FRACTION, Scaled: FRACTION}
    opened = (Entrywise,)

    def __init__(self, names: NameTable, numeral: Callable[[str], str] = str) -> None:
        super().__init__(names)
        self.numeral = numeral

    # Numbers and scalars

    @abstractmethod
    def split_number(self, node: Number) -> tuple[str, int]:
        """A number as text over an integer."""

    @abstractmethod
    def split_coefficient(self, node: Number) -> tuple[str, int]:
        """A coefficient as text before the other factors, and an integer to divide by."""

    def strength_of_quotients(self, node: Node) -> int:
        """How tightly a node holds together, where numbers and products may end in a division."""
        if isinstance(node, Number):
            return ATOM if self.split_number(node)[1] == 1 else FRACTION
        if isinstance(node, Product) and node.coefficient and self.split_coefficient(node.coefficient)[1] != 1:
            return FRACTION
        return self.strengths.get(type(node), ATOM)

    def factor_strength(self, node: Node) -> int:
        return FRACTION if isinstance(node, Derivative) else POWER

    def number(self, node: Number) -> str:
        above, below = self.split_number(node)
        return self.numeral(above) if below == 1 else f"{self.numeral(above)}/{self.numeral(str(below))}"

    def factors(self, node: Product) -> list[Factor]:
        above, below = self.split_coefficient(node.coefficient) if node.coefficient else ("", 1)
        factors = self.one_by_one(node)
        if above:
            first = replace(factors[0], joint=self.spaced(self.times, node))
            factors = [Factor(self.numeral(above), ""), first, *factors[1:]]
        return [*factors, Factor(self.numeral(str(below)), self.spaced("/", node))] if below != 1 else factors

    def raised(self, node: Power) -> str:
        """A power with its sign: ``x**2``."""
        return f"{self.within(node.base, ATOM)}**{self.within(node.exponent, ATOM)}"

    def component(self, node: Apply) -> str:
        """One component of a softmax: the score that it is of, and all scores."""
        assert node.index is not None
        scores = self.writes(node.arguments)
        return f"{node.function}({scores[node.index - 1]}, [{', '.join(scores)}])"

    # Matrices

    @abstractmethod
    def entries(self, node: Entrywise, divisor: str) -> list[Factor]:
        """The factors and divisors of a product entry by entry, and a scalar to divide by, or nothing."""

    def entry_factors(self, node: Entrywise) -> list[Factor]:
        return self.entries(node, "")

    def scaled_factors(self, node: Scaled) -> list[Factor]:
        front, divisor = self.split_scale(node.scale)
        if not front and isinstance(node.of, Entrywise):
            return self.entries(node.of, divisor)
        first, *rest = self.factors_behind(node.of)
        if front:
            first = self.with_joint(first, "*")
        return [*front, first, *rest, *([Factor(divisor, "/")] if divisor else [])]

    def split_scale(self, scale: Node) -> tuple[list[Factor], str]:
        """The factors that stand before a matrix, and what stands behind it as its divisor."""
        match scale:
            case Number():
                above, below = self.split_coefficient(scale)
                return [Factor(above, "")] if above else [], "" if below == 1 else str(below)
            case Fraction(Number(1, 1), denominator):
                return [], self.within(denominator, POWER)
            case Fraction():
                return [Factor(self.fraction(scale), "", scale)], ""
        return self.factors_before(scale), ""

    def transpose(self, node: Transpose) -> str:
        return f"{self.within(node.of, ATOM)}.T"

    def call_by_word(self, node: Call) -> str:
        """An operation as a call of the word that formulas have for it."""
        return self.call_of("total" if node.word == "entry" else node.word, (*node.arguments, *node.settings))
