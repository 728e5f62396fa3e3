"""The writer of plain ASCII, the language of spec files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.coefficients import decimal_text
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Change,
    Compare,
    Constant,
    Derivative,
    Entrywise,
    Fraction,
    Inner,
    Logic,
    MatrixProduct,
    Minus,
    Name,
    Node,
    Number,
    Operand,
    OwnCall,
    Power,
    Product,
    Root,
    Scaled,
    Transpose,
    Truth,
)
from symbackprop.notation.writer import ATOM, FRACTION, LOOSE, POWER, PRODUCT, SUM, Factor, Writer


class AsciiWriter(Writer):
    """Writes the language of spec files."""

    strengths = Writer.strengths | {MatrixProduct: FRACTION, Entrywise: FRACTION, Scaled: FRACTION}
    times: ClassVar[str] = "*"
    over: ClassVar[str] = "/"

    def strength(self, node: Node) -> int:
        if isinstance(node, Number):
            return ATOM if self.split_number(node)[1] == 1 else FRACTION
        if isinstance(node, Product) and node.coefficient and self.split_coefficient(node.coefficient)[1] != 1:
            return FRACTION
        return super().strength(node)

    def split_number(self, node: Number) -> tuple[str, int]:
        """A number as text over an integer."""
        if node.reads_as_decimal:
            return decimal_text(node), 1
        return str(node.numerator), node.denominator

    def split_coefficient(self, node: Number) -> tuple[str, int]:
        """A coefficient as text before the other factors, and an integer to divide by."""
        above, below = self.split_number(node)
        return ("" if above == "1" else above), below

    def name(self, node: Name) -> str:
        return self.names.ascii(node.name)

    def number(self, node: Number) -> str:
        above, below = self.split_number(node)
        return above if below == 1 else f"{above}/{below}"

    def constant(self, node: Constant) -> str:
        return "exp(1)" if node.name == "e" else node.name

    def factors(self, node: Product) -> list[Factor]:
        above, below = self.split_coefficient(node.coefficient) if node.coefficient else ("", 1)
        space = " " if any(isinstance(factor, Derivative) for factor in node.factors) else ""
        times = f"{space}{self.times}{space}"
        factors = [Factor(above, "")] if above else []
        for factor in node.factors:
            joint = times if factors else ""
            factors.append(Factor(self.within(factor, self.factor_strength(factor)), joint, factor))
        return [*factors, Factor(str(below), f"{space}/{space}")] if below != 1 else factors

    def factor_strength(self, node: Node) -> int:
        return FRACTION if isinstance(node, Derivative) else POWER

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}{self.over}{self.within(node.denominator, POWER)}"

    def power(self, node: Power) -> str:
        return f"{self.within(node.base, ATOM)}**{self.within(node.exponent, ATOM)}"

    def root(self, node: Root) -> str:
        return f"sqrt({self.write(node.radicand)})"

    def apply(self, node: Apply) -> str:
        if node.index is not None:
            scores = self.writes(node.arguments)
            return f"{node.function}({scores[node.index - 1]}, [{', '.join(scores)}])"
        return f"{node.function}({', '.join(self.arguments(node))})"

    def arguments(self, node: Apply) -> list[str]:
        """The arguments as written, with those settings that are not what everyone expects."""
        row = primitive_of(node.source) if node.settings else None
        hidden = row is not None and node.source.args[-row.settings :] == row.hidden
        settings = () if hidden else node.settings
        return self.writes((*node.arguments, *settings))

    def cases(self, node: Cases) -> str:
        if node.indicated is not None:
            return f"[{self.write(node.indicated)}]"
        if len(node.branches) == 2 and node.branches[1][1] is None:
            (value, condition), (otherwise, _) = node.branches
            assert condition is not None
            return f"where({', '.join(self.writes([condition, value, otherwise]))})"
        branches = (f"({self.write(value)}, {self.write(when or Truth(True))})" for value, when in node.branches)
        return f"piecewise({', '.join(branches)})"

    def compare(self, node: Compare) -> str:
        return f"{self.within(node.left, SUM)} {node.relation} {self.within(node.right, SUM)}"

    def logic(self, node: Logic) -> str:
        parts = (self.within(part, ATOM if isinstance(part, Logic) else LOOSE) for part in node.parts)
        return f" {node.operator} ".join(parts)

    def truth(self, node: Truth) -> str:
        return str(node.value)

    def derivative(self, node: Derivative) -> str:
        return self.quotient("d", "d+" if node.immediate else "d", node)

    def quotient(self, d: str, d_above: str, node: Derivative) -> str:
        """A derivative as a quotient of differentials."""
        below = d + self.write(node.by)
        if isinstance(node.of, Name):
            return f"{d_above}{self.write(node.of)}/{below}"
        return f"{d_above}/{below}[{self.write(node.of)}]"

    # Matrices

    def opposite(self, node: Minus) -> str:
        if isinstance(node.term, MatrixProduct):
            return self.negative + self.bracket(self.write(node.term), node.term)  # -A @ B is (-A) @ B
        return super().opposite(node)

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return joined_by(" @ ", [Factor(self.operand(part), "", part.node) for part in operands])

    def entry_factors(self, node: Entrywise) -> list[Factor]:
        above = joined_by("*", [Factor(self.operand(part), "", part.node) for part in node.above])
        below = self.divisor(node.below)
        return [*above, Factor(self.within(below, POWER), "/", below, "/ ")] if below else above

    def divisor(self, below: tuple[Operand, ...]) -> Node | None:
        """What a product is divided by entry by entry, as one node."""
        return below[0].node if len(below) == 1 else Entrywise(below) if below else None

    def scaled_factors(self, node: Scaled) -> list[Factor]:
        front, divisor = self.split_scale(node.scale)
        whole = self.factors_behind(node.of)
        if front:
            whole[0] = self.with_joint(whole[0], "*")
        return [*front, *whole, *([Factor(divisor, "/", None)] if divisor else [])]

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
            case Product() | Scaled():
                return self.factors_of(scale), ""
        return [Factor(self.within(scale, POWER), "", scale)], ""

    def factors_behind(self, node: Node) -> list[Factor]:
        """The factors of what stands behind a scalar."""
        if isinstance(node, Entrywise):
            return self.entry_factors(node)
        return [Factor(self.within(node, self.factor_strength(node)), "", node)]

    def with_joint(self, factor: Factor, joint: str) -> Factor:
        """The same factor, joined to what stands before it."""
        return Factor(factor.text, joint, factor.node, f"{joint.strip()} ")

    def transpose(self, node: Transpose) -> str:
        return f"{self.within(node.of, ATOM)}.T"

    def operation(self, node: Call) -> str:
        word = "total" if node.word == "entry" else node.word
        return f"{word}({', '.join(self.writes((*node.arguments, *node.settings)))})"

    def own_operation(self, node: OwnCall) -> str:
        return f"{node.name}({', '.join(self.writes(node.arguments))})"

    def change(self, node: Change) -> str:
        return f"d{self.write(node.of)}" if isinstance(node.of, Name) else f"d({self.write(node.of)})"

    def inner(self, node: Inner) -> str:
        return f"<{self.write(node.left)}, {self.write(node.right)}>"


def joined_by(joint: str, factors: Sequence[Factor]) -> list[Factor]:
    """The factors, all but the first with that joint, which begins a line too."""
    lead = f"{joint.strip()} "
    return [
        Factor(factor.text, joint if position else "", factor.node, lead) for position, factor in enumerate(factors)
    ]
