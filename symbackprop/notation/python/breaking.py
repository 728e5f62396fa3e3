"""The breaking of long lines of Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, final

from symbackprop.notation.breaking import Breaker, Piece
from symbackprop.notation.nodes import Apply, Call, Cases, Fraction, Node, OwnCall, Power, Transpose
from symbackprop.notation.python.guard import guarded
from symbackprop.notation.python.writer import Branches, CodeWriter, FormulaCode, function_of
from symbackprop.notation.writer import ATOM, POWER, PRODUCT

C = TypeVar("C", bound=CodeWriter)


class CodeBreaker(Breaker[C]):
    """Breaks source at its signs."""

    def measure(self, text: str) -> float:
        return len(text)

    def pieces_of_fraction(self, node: Fraction, width: float) -> list[Piece]:
        """Cut a quotient before its sign, and what stands on either side."""
        above = self.pieces_within(node.numerator, PRODUCT, width)
        first, *rest = self.pieces_within(node.denominator, POWER, width - 2)
        return [*above, Piece(first.body, "/", "/ "), *rest]


@final
class FormulaBreaker(CodeBreaker[FormulaCode]):
    """Breaks source for arrays, inside calls and powers too; what is made of plain numbers stays in one piece."""

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        match node:
            case Transpose(of):
                return self.enclosed(self.pieces_within(of, ATOM, width - 2), "", ".T", width)
            case Call(word, (operand,)) if word in self.writer.operations and self.writer.own_call(node) is None:
                opening, closing = self.writer.operations[word].split("{}", 1)
                closing = closing.format(*self.writer.writes(node.settings))
                inner = (
                    self.pieces(operand, width - 4)
                    if opening
                    else self.pieces_within(operand, ATOM, width - len(closing))
                )
                return self.enclosed(inner, opening, closing, width)
            case OwnCall(_, arguments) if self.writer.own_call(node) is None:
                parts = [self.pieces(part, width - 4) for part in arguments]
                return self.pieces_of_call(function_of(node), parts, width)
            case Fraction():
                return self.pieces_of_fraction(node, width)
            case Power(base, exponent):
                raised = f"**{self.writer.within(exponent, ATOM)}"
                return self.enclosed(self.pieces_within(base, ATOM, width - len(raised)), "", raised, width)
            case Cases():
                return self.pieces_of_cases(guarded(node).branches, width)
            case Apply() if any(map(self.writer.is_plain, node.arguments)):
                return []
            case Apply() if node.index is None and self.writer.own_call(node) is None:
                function, arguments = self.writer.as_call(node)
                return self.pieces_of_call(function, [self.pieces(part, width - 4) for part in arguments], width)
        return []

    def pieces_of_cases(self, branches: Branches, width: float) -> list[Piece]:
        """Cut nested choices between their arguments."""
        if not branches:
            return [Piece(self.writer.choose(branches))]
        (value, condition), *rest = branches
        if condition is None:
            return self.pieces(value, width)
        if self.writer.is_plain(condition) or self.writer.is_bare(value, rest):
            return [Piece(self.writer.choose(branches))]
        parts = [self.pieces(condition, width - 4), self.pieces(value, width - 4)]
        where = f"{self.writer.space}.where"
        return self.pieces_of_call(where, [*parts, self.pieces_of_cases(rest, width - 4)], width)

    def pieces_of_call(self, function: str, parts: Sequence[list[Piece]], width: float) -> list[Piece]:
        """The pieces of a call from those of its arguments."""
        pieces: list[Piece] = []
        for first, *rest in parts:
            if pieces:
                pieces[-1] = replace(pieces[-1], body=pieces[-1].body + ",")
                first = replace(first, body=first.joint + first.body, joint=" ", lead="", fresh=bool(rest))
            pieces += [first, *rest]
        return self.enclosed(pieces, f"{function}(", ")", width)
