"""What is written of matrices in LaTeX: products of each kind, transposes, operations and norms."""

from __future__ import annotations

from collections.abc import Sequence

from symbackprop.notation.calls import (
    flattened,
    has_no_brackets,
    infix_and_suffix,
    is_entry,
    shown,
    squared_total,
)
from symbackprop.notation.latex.brackets import TRANSPOSED, enclose, is_tall
from symbackprop.notation.latex.scalars import LatexScalars, upright
from symbackprop.notation.names import script
from symbackprop.notation.nodes import (
    Call,
    Change,
    Entrywise,
    Fraction,
    Inner,
    Node,
    Number,
    Operand,
    OwnCall,
    Root,
    Scaled,
    Transpose,
)
from symbackprop.notation.words import WORDS
from symbackprop.notation.writer import ATOM, POWER, PRODUCT, Factor

_AXES = ("cols", "rows")


class LatexMatrices(LatexScalars):
    """Writes mathematics, of scalars and of matrices."""

    # Products

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return self.joined(flattened(operands), r"\,")

    def entry_factors(self, node: Entrywise) -> list[Factor]:
        factors = self.joined(node.above, r"\circ ", r"{}\circ ")
        if not node.below:
            return factors
        below = node.below[0] if len(node.below) == 1 else Operand(Entrywise(node.below))
        return [*factors, Factor(self.operand(below), r"\oslash ", below.node, r"{}\oslash ")]

    def scaled_factors(self, node: Scaled) -> list[Factor]:
        front = self.factors_before(node.scale)
        first, *rest = self.factors_behind(shown(node.of))
        assert first.node is not None
        joint = self.joint(front[-1].node or Number(1), first.node, first.text)
        if isinstance(front[-1].node, Fraction) and first.text.startswith(("(", r"\big", r"\Big", r"\lVert")):
            joint = ""  # the bar of a fraction keeps its distance from a bracket
        return [*front, Factor(first.text, joint, first.node), *rest]

    def factor_strength(self, node: Node) -> int:
        return PRODUCT if is_entry(node) else POWER

    # Operations

    def transposed(self, node: Transpose) -> str:
        """A transpose with its sign."""
        match node.of:
            case Call("inv", (inner,)):
                return self.within(inner, ATOM) + rf"^{{-{TRANSPOSED}}}"
        return self.within(node.of, ATOM) + rf"^{{{TRANSPOSED}}}"

    def operation(self, node: Call) -> str:
        if node.displayed is not None:
            return self.write(node.displayed)
        infix, suffix = infix_and_suffix(node, 0)
        if infix:
            return infix.join(self.within(part, POWER) for part in node.arguments)
        if suffix:
            return self.within(node.arguments[0], ATOM) + suffix
        if inner_square := squared_total(node):
            return self.norm(inner_square) + "^2"
        match node:
            case Call("entry", (inner,)):
                return self.write(inner)
            case Call("inv", (Transpose(inner),)):
                return self.within(inner, ATOM) + rf"^{{-{TRANSPOSED}}}"
            case Call("inv", (inner,)):
                return self.within(inner, ATOM) + "^{-1}"
            case Call("eye", (), (size,)):
                return "I" + script("_", self.write(size))
        words = WORDS.get(node.word)
        settings = node.settings if words is not None and words.settings_inside else ()
        inside = ", ".join(self.writes((*node.arguments, *settings)))
        behind = words.latex[1] if words is not None else ""
        if has_no_brackets(node):
            return f"{self.operation_name(node)} {inside}{behind}"
        return f"{self.operation_name(node)}{self.call_brackets(inside)}{behind}"

    def operation_name(self, node: Call) -> str:
        """The name of an operation, with its axis or sizes below."""
        words = WORDS.get(node.word)
        name = (words.latex[0] if words is not None else "") or upright(node.word)
        match node:
            case Call(_, _, (Number(axis),)) if words is not None and words.axis_below:
                return rf"{name}_{{\mathrm{{{_AXES[axis]}}}}}"
            case Call(_, _, (_, *_) as sizes) if words is None or not words.settings_inside:
                return rf"{name}_{{{self.sizes(sizes)}}}"
        return name

    def own_operation(self, node: OwnCall) -> str:
        return upright(node.name) + self.call_brackets(r",\,".join(self.writes(node.arguments)))

    def call_brackets(self, text: str) -> str:
        """Brackets around the operands of an operation, larger where there are brackets inside."""
        return (r"\!" if is_tall(text) else "") + enclose(text)

    def sizes(self, shape: Sequence[Node]) -> str:
        r"""A shape: ``m\times n``."""
        return r"\times ".join(self.inline.within(size, PRODUCT) for size in shape)

    # Norms and differentials

    def root(self, node: Root) -> str:
        inner = squared_total(node.radicand)
        return self.norm(inner) if inner else rf"\sqrt{{{self.write(node.radicand)}}}"

    def norm(self, node: Node) -> str:
        """The Frobenius norm of a matrix."""
        return self.fence("lVert", self.write(node), "rVert") + "_F"

    def inner(self, node: Inner) -> str:
        return self.fence("langle", rf"{self.write(node.left)},\,{self.write(node.right)}", "rangle")

    def fence(self, opening: str, text: str, closing: str) -> str:
        """Text between two signs, which grow with it."""
        if is_tall(text):
            return rf"\left\{opening} {text}\right\{closing}"
        big = enclose(text).partition("l(")[0] if "(" in text or "[" in text else ""
        return rf"{big and big + 'l'}\{opening} {text}{big and big + 'r'}\{closing}"

    def differential(self, node: Change) -> str:
        """A differential with its sign."""
        body = self.within(node.of, POWER if squared_total(node.of) else ATOM)
        return r"\mathrm{d}" + (r"\," if body.startswith(r"\mathrm") else "") + body
