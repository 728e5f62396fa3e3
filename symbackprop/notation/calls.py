"""Operations on matrices that are not written as calls: norms, and the one entry of a matrix."""

from __future__ import annotations

from symbackprop.notation.nodes import Call, Node, Number, Power


def squared_total(node: Node) -> Node | None:
    """The matrix whose squares the node adds up, so that a norm can be written, or None."""
    match node:
        case Call("total", (Power(base, Number(2, 1)),)):
            return base
    return None


def is_entry(node: Node) -> bool:
    """Whether the node is the one entry of a matrix, which is written as the matrix is."""
    return isinstance(node, Call) and node.word == "entry"
