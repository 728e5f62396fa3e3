"""Operations on matrices that are not written as calls: norms, and the one entry of a matrix."""

from __future__ import annotations

from symbackprop.notation.nodes import Call, MatrixProduct, Name, Node, Number, Operand, Power
from symbackprop.notation.words import WORDS
from symbackprop.notation.writer import ATOM, POWER, PRODUCT, Writer


def squared_total(node: Node) -> Node | None:
    """The matrix whose squares the node adds up, so that a norm can be written, or None."""
    match node:
        case Call("total", (Power(base, Number(2, 1)),)):
            return base
    return None


def is_entry(node: Node) -> bool:
    """Whether the node is the one entry of a matrix, which is written as the matrix is."""
    return isinstance(node, Call) and node.word == "entry"


def has_no_brackets(node: Call) -> bool:
    """Whether the operand of a call stands without brackets, as that of ``det A`` does, a name."""
    words = WORDS.get(node.word)
    return words is not None and words.bare and all(isinstance(part, Name) for part in node.arguments)


def bare(node: Call) -> bool:
    """Whether a call ends in an operand without brackets, and so needs some of its own in a power."""
    return has_no_brackets(node) and not WORDS[node.word].unicode[1]


def shown(node: Node) -> Node:
    """What stands for a node in mathematics: A⁻¹·B for the call that solves A·X = B."""
    return node.displayed if isinstance(node, Call) and node.displayed is not None else node


def flattened(operands: tuple[Operand, ...]) -> tuple[Operand, ...]:
    """The factors of a matrix product, with those of products that stand for calls among them."""
    flat: list[Operand] = []
    for operand in operands:
        of = shown(operand.node)
        flat += of.factors if isinstance(of, MatrixProduct) and of is not operand.node else (operand,)
    return tuple(flat)


def infix_and_suffix(node: Call, language: int) -> tuple[str, str]:
    """The sign between the operands of a call, and what is raised behind its operand: in LaTeX (0), in Unicode (1)."""
    words = WORDS.get(node.word)
    return (words.infix[language], words.suffix[language]) if words is not None else ("", "")


def strength_of_operation(writer: Writer, node: Call, language: int) -> int:
    """How tightly an operation holds together in LaTeX (0) or in Unicode (1), where it may be written as no call."""
    if node.displayed is not None:
        return writer.strength(node.displayed)
    infix, suffix = infix_and_suffix(node, language)
    match node:
        case _ if infix or bare(node):
            return PRODUCT
        case Call("entry", (inner,)):
            return writer.strength(inner)
    return POWER if suffix or node.word == "inv" or squared_total(node) else ATOM
