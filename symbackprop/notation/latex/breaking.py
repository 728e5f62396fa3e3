"""The breaking of long lines of LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import final

from symbackprop.notation.breaking import Breaker, Piece
from symbackprop.notation.calls import squared_total
from symbackprop.notation.latex.brackets import TRANSPOSED
from symbackprop.notation.latex.matrices import LatexMatrices
from symbackprop.notation.latex.scalars import upright
from symbackprop.notation.names import script
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Change,
    Derivative,
    Fraction,
    Inner,
    Name,
    Node,
    Number,
    OwnCall,
    Power,
    Product,
    Sum,
    Transpose,
)
from symbackprop.notation.widths import latex_width
from symbackprop.notation.writer import ATOM


@final
class LatexBreaker(Breaker[LatexMatrices]):
    """Breaks display mathematics, inside functions, powers, norms and brackets too."""

    factor_lead = r"{}\cdot "
    before_sign = "{}"
    wide_brackets = (r"\Bigl[", r"\Bigr]")

    def measure(self, text: str) -> float:
        return latex_width(text)

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        inner = width - 6
        match node:
            case Fraction(Number(1, 1), _):
                return []
            case Fraction(numerator, denominator):
                over = Fraction(Number(1), denominator)
                factors = numerator.factors if isinstance(numerator, Product) else (numerator,)
                if isinstance(numerator, Product) and numerator.coefficient:
                    over = Fraction(numerator.coefficient, denominator)
                return self.pieces(Product(None, (over, *factors)), width)
            case Power(base, exponent) if isinstance(base, Sum):
                raised = r"\Bigr)" + script("^", self.writer.inline.write(exponent))
                return self.enclosed(self.pieces(base, inner), r"\Bigl(", raised, width)
            case Power(Apply() as base, exponent):
                pieces = self.pieces(base, inner)
                raised = script("^", self.writer.inline.write(exponent))
                return [*pieces[:-1], replace(pieces[-1], body=pieces[-1].body + raised)]
            case Apply(_, arguments) if self.writer.write(node).startswith(self.writer.function_name(node)):
                pieces = self._pieces_of_arguments(arguments, inner)
                return self.enclosed(pieces, self.writer.function_name(node) + r"\Bigl(", r"\Bigr)", width)
            case Transpose(of) | Call("inv", (of,)) if self.writer.strength(of) < ATOM:
                mark = TRANSPOSED if isinstance(node, Transpose) else "-1"
                return self.enclosed(self.pieces(of, inner), r"\Bigl(", rf"\Bigr)^{{{mark}}}", width)
            case Call("entry", (of,)):
                return self.pieces(of, width)
            case Call() if squared := squared_total(node):
                return self.enclosed(self.pieces(squared, inner), r"\Bigl\lVert ", r"\Bigr\rVert_F^2", width)
            case Call(_, (of,)) if self.writer.write(node).startswith(self.writer.operation_name(node)):
                opening = self.writer.operation_name(node) + r"\Bigl("
                return self.enclosed(self.pieces(of, inner), opening, r"\Bigr)", width)
            case OwnCall(name, arguments):
                pieces = self._pieces_of_arguments(arguments, inner)
                return self.enclosed(pieces, upright(name) + r"\Bigl(", r"\Bigr)", width)
            case Inner(left, right):
                pieces = self._pieces_of_arguments((left, right), inner)
                return self.enclosed(pieces, r"\Bigl\langle ", r"\Bigr\rangle", width)
            case Change(of) if self.writer.strength(of) < ATOM:
                return self.enclosed(self.pieces(of, inner), r"\mathrm{d}\Bigl(", r"\Bigr)", width)
            case Derivative(of, _) if not isinstance(of, Name):
                return self.enclosed(
                    self.pieces(of, inner), self.writer.differentiate(node) + r"\Bigl[", r"\Bigr]", width
                )
        return []

    def _pieces_of_arguments(self, arguments: Sequence[Node], width: float) -> list[Piece]:
        """The arguments of a function, each but the last with its comma."""
        pieces: list[Piece] = []
        for argument in arguments:
            if pieces:
                pieces[-1] = replace(pieces[-1], body=pieces[-1].body + ",")
            pieces += self.pieces(argument, width)
        return pieces
