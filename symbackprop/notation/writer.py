"""What all writers of layouts share: brackets by precedence, and the breaking of long lines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

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


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: ``joint`` stands before it within a line, ``lead`` where it begins one."""

    body: str
    joint: str = ""
    lead: str = ""
    fresh: bool = False


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
    factor_lead: ClassVar[str] = "* "
    wide_brackets: ClassVar[tuple[str, str]] = ("(", ")")

    def __init__(self, names: NameTable) -> None:
        self.names = names
        self._written: dict[int, tuple[Node, str]] | None = None

    def write(self, node: Node) -> str:
        """Write a node as it stands on its own."""
        if self._written is None:
            return _WRITERS[type(node)](self, node)
        if id(node) not in self._written:
            self._written[id(node)] = (node, _WRITERS[type(node)](self, node))
        return self._written[id(node)][1]

    def writes(self, nodes: Iterable[Node]) -> list[str]:
        """Write each node as it stands on its own."""
        return [self.write(node) for node in nodes]

    def within(self, node: Node, least: int) -> str:
        """Write a node inside something else, in brackets unless it holds together at least so tightly."""
        text = self.write(node)
        return text if self.strength(node) >= least else self.bracket(text, node)

    def strength(self, node: Node) -> int:
        """How tightly the node's text holds together."""
        return self.strengths.get(type(node), ATOM)

    def bracket(self, text: str, node: Node) -> str:
        """Put brackets around the text of a node."""
        return f"({text})"

    # Written alike everywhere

    def sum(self, node: Sum) -> str:
        """A sum, each term with its sign."""
        signs = [self.plus if sign > 0 else self.minus for sign, _ in node.terms]
        signs[0] = "" if node.terms[0][0] > 0 else self.negative
        return "".join(sign + self.term(term) for sign, (_, term) in zip(signs, node.terms, strict=True))

    def term(self, node: Node) -> str:
        """A term of a sum, behind its sign."""
        return self.within(node, FRACTION)

    def opposite(self, node: Minus) -> str:
        """Minus a term."""
        return self.negative + self.term(node.term)

    def product(self, node: AnyProduct) -> str:
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

    def operand(self, operand: Operand) -> str:
        """A factor that has a shape."""
        return self.within(operand.node, POWER)

    # Each in its own way

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

    # Long lines

    def measure(self, text: str) -> float:
        """How wide the text is, in characters."""
        return len(text)

    def lines(self, node: Node, width: float, first: float | None = None) -> list[str]:
        """Write a node in lines no wider than ``width``, the first no wider than ``first``, where it can be broken."""
        self._written = {}  # cutting looks at the same text many times
        return self._pack(self._pieces(node, min(width, width if first is None else first)), width, first)

    def fits(self, text: str, width: float) -> bool:
        """Whether the text is no wider than that; very long text is not even measured."""
        return len(text) <= 40 * width + 200 and self.measure(text) <= width

    def _pack(self, pieces: list[Piece], width: float, first: float | None) -> list[str]:
        lines: list[str] = []
        line, room = pieces[0].joint + pieces[0].body, width if first is None else first
        used = self.measure(line)
        for piece in pieces[1:]:
            wider = self.measure(piece.joint + piece.body)
            if piece.fresh or used + wider > room:
                lines.append(line)
                line, room = piece.lead + piece.body, width
                used = self.measure(line)
            else:
                line, used = line + piece.joint + piece.body, used + wider
        return [*lines, line]

    def _pieces(self, node: Node, width: float) -> list[Piece]:
        """Cut a node that is too wide at its + and -, and what is too wide then between factors, and so on inwards."""
        text = self.write(node)
        if self.fits(text, width):
            return [Piece(text)]
        match node:
            case Minus(term):
                first, *rest = self._operand(term, FRACTION, width)
                return [replace(first, joint=self.negative, lead=self.negative), *rest]
            case Sum(terms):
                return self._pieces_of_sum(terms, width)
            case Product() | MatrixProduct() | Entrywise() | Scaled():
                return self._pieces_of_product(node, width)
            case _:
                return self.pieces_inside(node, width) or [Piece(text)]

    def _pieces_of_sum(self, terms: tuple[tuple[int, Node], ...], width: float) -> list[Piece]:
        pieces: list[Piece] = []
        long = False
        for sign, term in terms:
            joint = self.plus if sign > 0 else self.minus
            first, *rest = self._operand(term, FRACTION, width - self.measure(joint))
            if pieces:
                first = replace(first, joint=joint, lead=self.lead(joint), fresh=long or bool(rest))
            elif sign < 0:
                first = replace(first, joint=self.negative, lead=self.negative)
            pieces += [first, *rest]
            long = bool(rest)
        return pieces

    def _pieces_of_product(self, node: AnyProduct, width: float) -> list[Piece]:
        pieces: list[Piece] = []
        for factor in self.factors_of(node):
            inner = [Piece(factor.text)]
            room = width - self.measure(self.factor_lead)
            if factor.node is not None and not self.fits(factor.text, room):
                inner = self._operand(factor.node, self.factor_strength(factor.node), room)
            usual = self.factor_lead if factor.node is not None or not factor.joint else self.lead(factor.joint)
            lead = factor.lead or usual
            pieces += [replace(inner[0], joint=factor.joint, lead=lead), *inner[1:]]
        return pieces

    def _operand(self, node: Node, least: int, width: float) -> list[Piece]:
        """The pieces of a node inside something else, in wide brackets where it needs brackets."""
        if self.strength(node) >= least:
            return self._pieces(node, width)
        text = self.within(node, least)
        if self.fits(text, width):
            return [Piece(text)]
        return self.enclosed(self._pieces(node, width - 4), *self.wide_brackets, width)

    def enclosed(self, pieces: list[Piece], opening: str, closing: str, width: float) -> list[Piece]:
        """Put text before the first piece and behind the last."""
        first, *rest = pieces
        pieces = [replace(first, body=opening + first.joint + first.body, joint="", lead=""), *rest]
        if not self.fits(pieces[-1].body + closing, width):
            return [*pieces, Piece(closing, lead=self.lead(""))]
        return [*pieces[:-1], replace(pieces[-1], body=pieces[-1].body + closing)]

    def factor_strength(self, node: Node) -> int:
        """How tightly a factor must hold together to go without brackets."""
        return POWER

    def lead(self, joint: str) -> str:
        """What begins a line in the place of ``joint``."""
        return joint.lstrip()

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        """Cut a node of another kind that is too wide, or return nothing where it cannot be cut."""
        return []


_WRITERS: dict[type[Node], Callable[[Any, Any], str]] = {
    Number: lambda writer, node: writer.number(node),
    Constant: lambda writer, node: writer.constant(node),
    Name: lambda writer, node: writer.name(node),
    Minus: lambda writer, node: writer.opposite(node),
    Sum: lambda writer, node: writer.sum(node),
    Product: lambda writer, node: writer.product(node),
    Fraction: lambda writer, node: writer.fraction(node),
    Power: lambda writer, node: writer.power(node),
    Root: lambda writer, node: writer.root(node),
    Apply: lambda writer, node: writer.apply(node),
    Cases: lambda writer, node: writer.cases(node),
    Compare: lambda writer, node: writer.compare(node),
    Logic: lambda writer, node: writer.logic(node),
    Truth: lambda writer, node: writer.truth(node),
    Derivative: lambda writer, node: writer.derivative(node),
    MatrixProduct: lambda writer, node: writer.product(node),
    Entrywise: lambda writer, node: writer.product(node),
    Scaled: lambda writer, node: writer.product(node),
    Transpose: lambda writer, node: writer.transpose(node),
    Call: lambda writer, node: writer.operation(node),
    OwnCall: lambda writer, node: writer.own_operation(node),
    Change: lambda writer, node: writer.change(node),
    Inner: lambda writer, node: writer.inner(node),
}
