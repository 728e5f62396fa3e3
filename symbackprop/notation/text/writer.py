"""What is alike in all that is written as plain text in one line, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.coefficients import decimal_text
from symbackprop.notation.nodes import (
    Apply,
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
    Product,
    Truth,
)
from symbackprop.notation.writer import ATOM, LOOSE, POWER, PRODUCT, SUM, Factor, Writer


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
