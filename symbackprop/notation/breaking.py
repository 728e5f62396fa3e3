"""The breaking of long lines: what is too wide is cut at its signs, then between factors, and so on inwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Generic, TypeVar

from symbackprop.notation.nodes import Entrywise, MatrixProduct, Minus, Node, Product, Scaled, Sum
from symbackprop.notation.writer import FRACTION, AnyProduct, Writer

W = TypeVar("W", bound=Writer)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a line: ``joint`` stands before it within a line, ``lead`` where it begins one."""

    body: str
    joint: str = ""
    lead: str = ""
    fresh: bool = False


class Breaker(ABC, Generic[W]):
    """Breaks what one writer writes into lines; a subclass says where else than in sums and products.

    Every method that cuts a node takes the width into which its pieces should fit.
    """

    factor_lead: ClassVar[str] = "* "
    wide_brackets: ClassVar[tuple[str, str]] = ("(", ")")
    before_sign: ClassVar[str] = ""
    """What stands before a sign that begins a line."""

    def __init__(self, writer: W) -> None:
        self.writer = writer

    def lines(self, node: Node, width: float) -> list[str]:
        """Write a node in lines no wider than ``width``, where it can be broken."""
        self.writer.remember()  # cutting looks at the same text many times
        return self._pack(self.pieces(node, width), width)

    def _pack(self, pieces: list[Piece], width: float) -> list[str]:
        lines: list[str] = []
        line = pieces[0].joint + pieces[0].body
        used = self.measure(line)
        for piece in pieces[1:]:
            wider = self.measure(piece.joint + piece.body)
            if piece.fresh or used + wider > width:
                lines.append(line)
                line = piece.lead + piece.body
                used = self.measure(line)
            else:
                line, used = line + piece.joint + piece.body, used + wider
        return [*lines, line]

    def pieces(self, node: Node, width: float) -> list[Piece]:
        """The pieces of a node that stands on its own."""
        text = self.writer.write(node)
        if self.fits(text, width):
            return [Piece(text)]
        match node:
            case Minus(term):
                first, *rest = self.pieces_within(term, FRACTION, width)
                return [replace(first, joint=self.writer.negative, lead=self.writer.negative), *rest]
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
            joint = self.writer.plus if sign > 0 else self.writer.minus
            first, *rest = self.pieces_within(term, FRACTION, width - self.measure(joint))
            if pieces:
                first = replace(first, joint=joint, lead=self.lead(joint), fresh=long or bool(rest))
            elif sign < 0:
                first = replace(first, joint=self.writer.negative, lead=self.writer.negative)
            pieces += [first, *rest]
            long = bool(rest)
        return pieces

    def _pieces_of_product(self, node: AnyProduct, width: float) -> list[Piece]:
        pieces: list[Piece] = []
        for factor in self.writer.factors_of(node):
            inner = [Piece(factor.text)]
            room = width - self.measure(self.factor_lead)
            if factor.node is not None and not self.fits(factor.text, room):
                inner = self.pieces_within(factor.node, self.writer.factor_strength(factor.node), room)
            usual = self.factor_lead if factor.node is not None or not factor.joint else self.lead(factor.joint)
            lead = factor.lead or usual
            pieces += [replace(inner[0], joint=factor.joint, lead=lead), *inner[1:]]
        return pieces

    def pieces_within(self, node: Node, least: int, width: float) -> list[Piece]:
        """The pieces of a node inside something else, in wide brackets where it needs brackets."""
        if self.writer.strength(node) >= least:
            return self.pieces(node, width)
        text = self.writer.within(node, least)
        if self.fits(text, width):
            return [Piece(text)]
        return self.enclosed(self.pieces(node, width - 4), *self.wide_brackets, width)

    def enclosed(self, pieces: list[Piece], opening: str, closing: str, width: float) -> list[Piece]:
        """Put text before the first piece and behind the last."""
        first, *rest = pieces
        pieces = [replace(first, body=opening + first.joint + first.body, joint="", lead=""), *rest]
        if not self.fits(pieces[-1].body + closing, width):
            return [*pieces, Piece(closing, lead=self.lead(""))]
        return [*pieces[:-1], replace(pieces[-1], body=pieces[-1].body + closing)]

    def fits(self, text: str, width: float) -> bool:
        """Whether the text is no wider than that; very long text is not even measured."""
        return len(text) <= 40 * width + 200 and self.measure(text) <= width

    def lead(self, joint: str) -> str:
        """What begins a line in the place of ``joint``."""
        return self.before_sign + joint.lstrip()

    # Each in its own way

    @abstractmethod
    def measure(self, text: str) -> float:
        """How wide the text is, in characters."""

    @abstractmethod
    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        """Cut a node that is no sum or product, or return nothing where it cannot be cut."""
