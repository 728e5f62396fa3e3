"""Matrices with their shapes below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, final

from symbackprop.notation.latex.writer import Display, LatexWriter
from symbackprop.notation.names import NameTable
from symbackprop.notation.nodes import Change, Entrywise, MatrixProduct, Name, Node, Operand, Transpose
from symbackprop.notation.writer import POWER


@final
class ShapedWriter(Display):
    """Writes the shape of each matrix below it."""

    def __init__(self, names: NameTable, shapes: Mapping[str, Sequence[Node]]) -> None:
        super().__init__(names)
        self.shapes = shapes
        self.plain = LatexWriter(names)

    def operand(self, operand: Operand) -> str:
        if not operand.shape or _has_factors(operand.node):
            return self.within(operand.node, POWER)
        return self.braced(self.plain.operand(operand), operand.shape)

    def name(self, node: Name) -> str:
        shape = self.shapes.get(node.name, ())
        return self.braced(self.plain.name(node), shape) if shape else self.plain.name(node)

    def transpose(self, node: Transpose) -> str:
        match node.of:
            case Name(name) if name in self.shapes:
                return self.braced(self.plain.transpose(node), self.shapes[name][::-1])
        return self.transposed(node)

    def change(self, node: Change) -> str:
        match node.of:
            case Name(name) if name in self.shapes:
                return self.braced(self.plain.change(node), self.shapes[name])
        return self.differential(node)

    def braced(self, text: str, shape: Sequence[Node]) -> str:
        """Text with a shape below, grouped, as signs beside it would else lose the space around them."""
        return rf"{{\underbrace{{{text}}}_{{{self.sizes(shape)}}}}}"


def _has_factors(node: Any) -> bool:
    """Whether there is a product of matrices in the node."""
    if isinstance(node, (MatrixProduct, Entrywise)):
        return True
    if isinstance(node, tuple):
        return any(map(_has_factors, node))
    return isinstance(node, Node) and any(_has_factors(getattr(node, part.name)) for part in fields(node))  # type: ignore[arg-type]
