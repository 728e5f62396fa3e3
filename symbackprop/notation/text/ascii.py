"""The writer of plain ASCII, the language of spec files."""

from __future__ import annotations

from typing import final

from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Change,
    Constant,
    Derivative,
    Entrywise,
    Inner,
    Logic,
    Name,
    Number,
    Operand,
    OwnCall,
    Power,
    Root,
    Truth,
)
from symbackprop.notation.text.writer import KeyboardWriter
from symbackprop.notation.writer import Factor


@final
class AsciiWriter(KeyboardWriter):
    """Writes the language of spec files."""

    def split_number(self, node: Number) -> tuple[str, int]:
        return self.over_integer(node)

    def split_coefficient(self, node: Number) -> tuple[str, int]:
        above, below = self.over_integer(node)
        return ("" if above == "1" else above), below

    def name(self, node: Name) -> str:
        return self.names.ascii(node.name)

    def constant(self, node: Constant) -> str:
        return "exp(1)" if node.name == "e" else node.name

    def long_power(self, node: Power) -> str:
        return self.raised(node)

    def root(self, node: Root) -> str:
        return f"sqrt({self.write(node.radicand)})"

    def apply(self, node: Apply) -> str:
        if node.index is not None:
            return self.component(node)
        return self.call_of(node.function, self.arguments(node))

    def cases(self, node: Cases) -> str:
        if node.indicated is not None:
            return f"[{self.write(node.indicated)}]"
        if len(node.branches) == 2 and node.branches[1][1] is None:
            (value, condition), (otherwise, _) = node.branches
            assert condition is not None
            return self.call_of("where", [condition, value, otherwise])
        branches = (f"({self.write(value)}, {self.write(when or Truth(True))})" for value, when in node.branches)
        return f"piecewise({', '.join(branches)})"

    def logic(self, node: Logic) -> str:
        return self.in_words(node)

    def derivative(self, node: Derivative) -> str:
        return self.quotient("d", "+", node)

    # Matrices

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return self.joined(operands, " @ ", "@ ")

    def entries(self, node: Entrywise, divisor: str) -> list[Factor]:
        return [*self.by_entry(node, "*", "/"), *([Factor(divisor, "/")] if divisor else [])]

    def operation(self, node: Call) -> str:
        return self.call_by_word(node)

    def own_operation(self, node: OwnCall) -> str:
        return self.call_of(node.name, node.arguments)

    def change(self, node: Change) -> str:
        return f"d{self.write(node.of)}" if isinstance(node.of, Name) else f"d({self.write(node.of)})"

    def inner(self, node: Inner) -> str:
        return f"<{self.write(node.left)}, {self.write(node.right)}>"
