"""What all writers of layouts share: which node is written how, and brackets by precedence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from symbackprop.notation.names import NameTable
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
    Sum,
    Transpose,
    Truth,
)

AnyProduct = Product | MatrixProduct | Entrywise | Scaled

LOOSE, SUM, FRACTION, PRODUCT, POWER, ATOM = range(6)
"""How tightly a piece of text holds together, from a condition to a name."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor as written, and what joins it to the factor before it; ``node`` is None for a bare number.

    ``lead`` is what stands before it where it begins a line, unless that is the usual sign.
    """

    text: str
    joint: str
    node: Node | None = None
    lead: str = ""


class Writer(ABC):
    """Writes layouts as text of one kind; a subclass says how each node is written."""

    strengths: ClassVar[dict[type[Node], int]] = {
        Minus: SUM,
        Sum: SUM,
        Fraction: FRACTION,
        Product: PRODUCT,
        Power: POWER,
        Cases: ATOM,
        Compare: LOOSE,
        Logic: LOOSE,
        Derivative: FRACTION,
        MatrixProduct: PRODUCT,
        Entrywise: PRODUCT,
        Scaled: PRODUCT,
        Transpose: POWER,
        Change: POWER,
    }
    plus: ClassVar[str] = " + "
    minus: ClassVar[str] = " - "
    negative: ClassVar[str] = "-"
    opened: ClassVar[tuple[type[MatrixProduct | Entrywise], ...]] = (MatrixProduct, Entrywise)
    """Which products stand factor by factor behind a scalar."""

    def __init__(self, names: NameTable) -> None:
        self.names = names
        self._written: dict[int, tuple[Node, str]] | None = None

    def remember(self) -> None:
        """Keep what is written from now on, so that nothing is written twice."""
        self._written = {}

    def write(self, node: Node) -> str:
        """Write a node as it stands on its own."""
        if self._written is None:
            return self._anew(node)
        if id(node) not in self._written:
            self._written[id(node)] = (node, self._anew(node))
        return self._written[id(node)][1]

    def _anew(self, node: Node) -> str:
        text: str = getattr(self, _METHODS[type(node)])(node)
        return text

    def writes(self, nodes: Iterable[Node]) -> list[str]:
        """Write each node as it stands on its own."""
        return [self.write(node) for node in nodes]

    def within(self, node: Node, least: int) -> str:
        """Write a node inside something else, in brackets unless it holds together at least so tightly."""
        text = self.write(node)
        return text if self.strength(node) >= least else self.bracket(text, node)

    # Written alike everywhere

    def sum(self, node: Sum) -> str:
        """A sum, each term with its sign."""
        signs = [self.plus if sign > 0 else self.minus for sign, _ in node.terms]
        signs[0] = "" if node.terms[0][0] > 0 else self.negative
        return "".join(sign + self.term(term) for sign, (_, term) in zip(signs, node.terms, strict=True))

    def term(self, node: Node) -> str:
        """A term of a sum, behind its sign."""
        return self.within(node, FRACTION)

    def in_a_row(self, node: AnyProduct) -> str:
        """A product of any kind, factor by factor."""
        return "".join(factor.joint + factor.text for factor in self.factors_of(node))

    def factors_of(self, node: AnyProduct) -> list[Factor]:
        """The factors of a product of any kind."""
        match node:
            case MatrixProduct(operands):
                return self.matrix_factors(operands)
            case Entrywise():
                return self.entry_factors(node)
            case Scaled():
                return self.scaled_factors(node)
        return self.factors(node)

    def joined(self, operands: Iterable[Operand], joint: str, lead: str = "") -> list[Factor]:
        """Factors that have shapes, with that joint between them."""
        return [
            Factor(self.operand(part), joint if position else "", part.node, lead)
            for position, part in enumerate(operands)
        ]

    def factors_before(self, scale: Node) -> list[Factor]:
        """The factors of a scalar before a matrix."""
        if isinstance(scale, (Product, Scaled)):
            return self.factors_of(scale)
        return [Factor(self.within(scale, POWER), "", scale)]

    def factors_behind(self, node: Node) -> list[Factor]:
        """The factors of what stands behind a scalar."""
        if isinstance(node, self.opened):
            return self.factors_of(node)
        return [Factor(self.within(node, self.factor_strength(node)), "", node)]

    # Each in its own way

    @abstractmethod
    def strength(self, node: Node) -> int:
        """How tightly the node's text holds together."""

    @abstractmethod
    def factor_strength(self, node: Node) -> int:
        """How tightly a factor must hold together to go without brackets."""

    @abstractmethod
    def bracket(self, text: str, node: Node) -> str:
        """Put brackets around the text of a node."""

    @abstractmethod
    def name(self, node: Name) -> str:
        """A name of the network."""

    @abstractmethod
    def number(self, node: Number) -> str:
        """A number on its own."""

    @abstractmethod
    def constant(self, node: Constant) -> str:
        """A mathematical constant."""

    @abstractmethod
    def opposite(self, node: Minus) -> str:
        """Minus a term."""

    @abstractmethod
    def product(self, node: Product) -> str:
        """A product of scalars."""

    @abstractmethod
    def operand(self, operand: Operand) -> str:
        """A factor that has a shape."""

    @abstractmethod
    def factors(self, node: Product) -> list[Factor]:
        """The factors of a product as they are written."""

    @abstractmethod
    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        """The factors of a matrix product as they are written."""

    @abstractmethod
    def entry_factors(self, node: Entrywise) -> list[Factor]:
        """The factors and divisors of a product entry by entry as they are written."""

    @abstractmethod
    def scaled_factors(self, node: Scaled) -> list[Factor]:
        """A scalar and the factors of the matrix behind it as they are written."""

    @abstractmethod
    def transpose(self, node: Transpose) -> str:
        """A transpose."""

    @abstractmethod
    def operation(self, node: Call) -> str:
        """An operation on a matrix."""

    @abstractmethod
    def own_operation(self, node: OwnCall) -> str:
        """An operation of the user's own."""

    @abstractmethod
    def change(self, node: Change) -> str:
        """A differential."""

    @abstractmethod
    def inner(self, node: Inner) -> str:
        """An inner product."""

    @abstractmethod
    def fraction(self, node: Fraction) -> str:
        """One thing over another."""

    @abstractmethod
    def power(self, node: Power) -> str:
        """A base with its exponent."""

    @abstractmethod
    def root(self, node: Root) -> str:
        """A square root."""

    @abstractmethod
    def apply(self, node: Apply) -> str:
        """A function with its arguments."""

    @abstractmethod
    def cases(self, node: Cases) -> str:
        """Values by condition."""

    @abstractmethod
    def compare(self, node: Compare) -> str:
        """A comparison."""

    @abstractmethod
    def logic(self, node: Logic) -> str:
        """Conditions joined by and, or by or."""

    @abstractmethod
    def truth(self, node: Truth) -> str:
        """A condition that holds always or never."""

    @abstractmethod
    def derivative(self, node: Derivative) -> str:
        """A derivative that is not worked out."""


_METHODS: dict[type[Node], str] = {
    Number: "number", Constant: "constant", Name: "name", Minus: "opposite", Sum: "sum", Product: "product",
    Fraction: "fraction", Power: "power", Root: "root", Apply: "apply", Cases: "cases", Compare: "compare",
    Logic: "logic", Truth: "truth", Derivative: "derivative", MatrixProduct: "in_a_row", Entrywise: "in_a_row",
    Scaled: "in_a_row", Transpose: "transpose", Call: "operation", OwnCall: "own_operation", Change: "change",
    Inner: "inner",
}  # fmt: skip
"""The method that writes each kind of node."""
