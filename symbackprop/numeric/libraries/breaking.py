"""The breaking of long lines of source for an array library."""

from __future__ import annotations

from symbackprop.notation.breaking import Piece
from symbackprop.notation.nodes import Apply, Node
from symbackprop.notation.python import PythonBreaker
from symbackprop.numeric.libraries.writer import ArrayWriter


class ArrayBreaker(PythonBreaker):
    """Breaks source for a library; what is made of numbers alone stays in one piece."""

    writer: ArrayWriter

    def __init__(self, writer: ArrayWriter) -> None:
        super().__init__(writer)

    def pieces_of_cases(self, branches: list[tuple[Node, Node | None]], width: float) -> list[Piece]:
        if not branches:
            return [Piece("math.nan")]
        (value, condition), *rest = branches
        if condition is None:
            return self.pieces(value, width)
        if self.writer.is_plain(condition) or self.writer.is_bare(value, rest):
            return [Piece(self.writer.choose(branches))]
        parts = [
            self.pieces(condition, width - 4),
            self.pieces(value, width - 4),
            self.pieces_of_cases(rest, width - 4),
        ]
        return self.pieces_of_call(f"{self.writer.space}.where", parts, width)

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        if isinstance(node, Apply) and any(map(self.writer.is_plain, node.arguments)):
            return [Piece(self.writer.write(node))]
        return super().pieces_inside(node, width)
