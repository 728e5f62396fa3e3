"""What is alike in all plain text, and in such of it as has the signs of a keyboard alone."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import ClassVar

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.coefficients import decimal_text
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Compare,
    Derivative,
    Entrywise,
    Fraction,
    Logic,
    MatrixProduct,
    Minus,
    Name,
    Node,
    Number,
    Operand,
    Power,
    Product,
    Scaled,
    Transpose,
    Truth,
)
from symbackprop.notation.writer import ATOM, FRACTION, LOOSE, POWER, PRODUCT, SUM, Factor, Writer


class TextWriter(Writer):
    """Writes plain text; ``relations`` are the signs of comparisons that are not those of a layout."""

    times: ClassVar[str] = "*"
    relations: ClassVar[Mapping[str, str]] = {}

    def bracket(self, text: str, node: Node) -> str:
        return f"({text})"

    def opposite(self, node: Minus) -> str:
        if isinstance(node.term, MatrixProduct):
            return self.negative + self.bracket(self.write(node.term), node.term)  # -A @ B is (-A) @ B
        return self.negative + self.term(node.term)

    def product(self, node: Product) -> str:
        return self.in_a_row(node)

    def operand(self, operand: Operand) -> str:
        return self.within(operand.node, POWER)

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}/{self.within(node.denominator, POWER)}"

    def compare(self, node: Compare) -> str:
        relation = self.relations.get(node.relation, node.relation)
        return f"{self.within(node.left, SUM)} {relation} {self.within(node.right, SUM)}"

    def truth(self, node: Truth) -> str:
        return str(node.value)

    # For those who write like this

    def over_integer(self, node: Number) -> tuple[str, int]:
        """A number as people read it, as text over an integer."""
        if node.reads_as_decimal:
            return decimal_text(node), 1
        return str(node.numerator), node.denominator

    def call_of(self, function: str, arguments: Iterable[Node]) -> str:
        """A call of a function: ``max(0, z)``."""
        return f"{function}({', '.join(self.writes(arguments))})"

    def arguments(self, node: Apply) -> tuple[Node, ...]:
        """The arguments, with those settings that are not what everyone expects."""
        row = primitive_of(node.source) if node.settings else None
        hidden = row is not None and node.source.args[-row.settings :] == row.hidden
        return node.arguments if hidden else (*node.arguments, *node.settings)

    def in_words(self, node: Logic) -> str:
        """Conditions joined by the word itself, ``and`` or ``or``."""
        parts = (self.within(part, ATOM if isinstance(part, Logic) else LOOSE) for part in node.parts)
        return f" {node.operator} ".join(parts)

    def quotient(self, d: str, plus: str, node: Derivative) -> str:
        """A derivative as a quotient of differentials; ``plus`` marks an immediate one."""
        above, below = d + plus if node.immediate else d, d + self.write(node.by)
        if isinstance(node.of, Name):
            return f"{above}{self.write(node.of)}/{below}"
        return f"{above}/{below}[{self.write(node.of)}]"

    # Factors

    def one_by_one(self, node: Product) -> list[Factor]:
        """The factors of a product, without its coefficient."""
        times = self.spaced(self.times, node)
        return [
            Factor(self.within(factor, self.factor_strength(factor)), times if position else "", factor)
            for position, factor in enumerate(node.factors)
        ]

    def spaced(self, sign: str, node: Product) -> str:
        """A sign of a product, which keeps its distance from derivatives."""
        return f" {sign} " if any(isinstance(factor, Derivative) for factor in node.factors) else sign

    def by_entry(self, node: Entrywise, times: str, over: str) -> list[Factor]:
        """The factors and divisors of a product entry by entry, with these signs before them."""
        above, below = self.joined(node.above, times, f"{times.strip()} "), self.divisor(node.below)
        return [*above, Factor(self.within(below, POWER), over, below, f"{over.strip()} ")] if below else above

    def divisor(self, below: tuple[Operand, ...]) -> Node | None:
        """What a product is divided by entry by entry, as one node."""
        return below[0].node if len(below) == 1 else Entrywise(below) if below else None

    def with_joint(self, factor: Factor, joint: str) -> Factor:
        """The same factor, joined to what stands before it."""
        return Factor(factor.text, joint, factor.node, f"{joint.strip()} ")


class KeyboardWriter(TextWriter):
    """Writes the signs ``*``, ``/``, ``@`` and ``.T``; ``numeral`` says how a number without a sign stands there."""

    strengths = Writer.strengths | {MatrixProduct: FRACTION, Entrywise: FRACTION, Scaled: FRACTION}
    opened = (Entrywise,)
    longest_product: ClassVar[int] = 1
    """Up to this power a name is multiplied by itself."""
    numeral: Callable[[str], str] = str

    # Numbers and scalars

    @abstractmethod
    def split_number(self, node: Number) -> tuple[str, int]:
        """A number as text over an integer."""

    @abstractmethod
    def split_coefficient(self, node: Number) -> tuple[str, int]:
        """A coefficient as text before the other factors, and an integer to divide by."""

    def strength(self, node: Node) -> int:
        if isinstance(node, Number):
            return ATOM if self.split_number(node)[1] == 1 else FRACTION
        if isinstance(node, Product) and node.coefficient and self.split_coefficient(node.coefficient)[1] != 1:
            return FRACTION
        return PRODUCT if self.power_in_factors(node) else self.strengths.get(type(node), ATOM)

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

    def power(self, node: Power) -> str:
        return "*".join(self.writes(self.power_in_factors(node))) or self.long_power(node)

    def power_in_factors(self, node: Node) -> list[Node]:
        """The factors of a power that is written as a product, or none."""
        match node:
            case Power(Name() as base, Number(exponent, 1)) if 2 <= exponent <= self.longest_product:
                return [base] * exponent
        return []

    @abstractmethod
    def long_power(self, node: Power) -> str:
        """A power that is not written as a product."""

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
