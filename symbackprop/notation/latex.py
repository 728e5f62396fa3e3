r"""Expressions in LaTeX, of the kind that GitHub renders too: no ``\operatorname``, no macros of our own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from sympy import Expr

from symbackprop.errors import SymbackpropError
from symbackprop.functions.vocabulary import primitive_of
from symbackprop.notation.layout import laid_out, names_in, shapes_in
from symbackprop.notation.names import NameTable, script
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
from symbackprop.notation.order import Order
from symbackprop.notation.text import decimal_text, is_entry, squared_total
from symbackprop.notation.widths import latex_width
from symbackprop.notation.writer import ATOM, FRACTION, LOOSE, POWER, PRODUCT, SUM, AnyProduct, Factor, Piece, Writer

_RELATIONS = {"<": "<", "<=": r"\le ", ">": ">", ">=": r"\ge ", "==": "=", "!=": r"\ne "}
_COMMANDS = frozenset("max min sin cos tan sinh cosh arcsin arccos arctan".split())
_CONSTANTS = {"pi": r"\pi", "e": r"\mathrm{e}", "inf": r"\infty", "nan": r"\mathrm{nan}"}
_SPACED = re.compile(r"\\(left|log|tanh|max|min|sin|cos|tan|sinh|cosh|arcsin|arccos|arctan)(?![a-z])")
_SIZES = ("", r"\big", r"\Big", r"\bigg", r"\Bigg")
_SHORT_EXPONENT = 14
_OPERATIONS = {
    "total": r"\mathrm{sum}",
    "trace": r"\mathrm{tr}",
    "log_softmax": r"\log\mathrm{softmax}",
    "det": r"\det",
}
_AXES = ("cols", "rows")
_TRANSPOSED = r"\mathsf{T}"


def latex(expr: Expr, names: NameTable | None = None, order: Order | None = None, shapes: bool = False) -> str:
    r"""Write ``expr`` in LaTeX mathematics: ``\delta_{o_1}\,a_{h_1}``, ``\tfrac{1}{2}(t_1-a_{o_1})^2``.

    With ``shapes``, each factor of a matrix product or of a product entry by entry, and each matrix that stands alone,
    has its shape below: ``\underbrace{X^{\mathsf{T}}}_{n\times m}``. A factor that is a product has its own factors'.
    """
    return laid_out(expr, order, _writer(expr, names, shapes).write)


def _writer(expr: Expr, names: NameTable | None, shapes: bool) -> LatexWriter:
    table = names or NameTable.of(names_in(expr))
    return ShapedWriter(table, shapes_in(expr)) if shapes else LatexWriter(table)


def aligned(equations: Sequence[tuple[Expr, Expr]], order: Order | None = None) -> str:
    """Equations under one another at their equals signs, between double dollars, as notebooks set them."""
    names = NameTable.of(name for pair in equations for side in pair for name in names_in(side))
    rows = (rf"{latex(left, names, order)} &= {latex(right, names, order)}" for left, right in equations)
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def latex_lines(
    expr: Expr,
    names: NameTable | None = None,
    order: Order | None = None,
    width: float = 60,
    shapes: bool = False,
) -> list[str]:
    r"""Write ``expr`` in lines that are no wider than about ``width`` characters.

    Sums break before a sign, products before a factor (the new line begins with ``{}\cdot``, or ``{}\circ`` entry by
    entry), and what stands in brackets likewise. A single fraction, name or table of cases is never broken.
    """
    writer = _writer(expr, names, shapes)
    return laid_out(expr, order, lambda node: writer.lines(node, width))


class LatexWriter(Writer):
    """Writes display mathematics."""

    strengths = Writer.strengths | {Fraction: POWER, Derivative: POWER, Cases: LOOSE}
    plus = "+"
    minus = "-"
    factor_lead = r"{}\cdot "
    wide_brackets = (r"\Bigl[", r"\Bigr]")

    # Brackets

    def bracket(self, text: str, node: Node) -> str:
        round_ones = not (isinstance(node, Sum) and any(isinstance(term, (Product, Minus)) for _, term in node.terms))
        return enclose(text, round_ones, raised=_TRANSPOSED in text)

    def arguments(self, texts: Sequence[str], opening: str = "(", closing: str = ")") -> str:
        """Arguments in brackets, which grow with what is tall."""
        body = ",".join(texts)
        return rf"\!\left{opening}{body}\right{closing}" if is_tall(body) else f"{opening}{body}{closing}"

    # Numbers and names

    def name(self, node: Name) -> str:
        return self.names.latex(node.name)

    def number(self, node: Number) -> str:
        if node.whole:
            return str(node.numerator)
        if node.reads_as_decimal:
            mantissa, _, exponent = decimal_text(node).partition("e")
            ten = rf"10^{{{int(exponent)}}}" if exponent else ""
            return rf"{mantissa}\times {ten}" if ten and mantissa != "1" else ten or mantissa
        return rf"\tfrac{{{node.numerator}}}{{{node.denominator}}}"

    def constant(self, node: Constant) -> str:
        return _CONSTANTS[node.name]

    # Products, fractions, powers

    def factors(self, node: Product) -> list[Factor]:
        factors = [Factor(self.number(node.coefficient), "")] if node.coefficient else []
        before: Node | None = node.coefficient
        for factor in node.factors:
            text = self.within(factor, self.factor_strength(factor))
            factors.append(Factor(text, self.joint(before, factor, text), factor))
            before = factor
        return factors

    def factor_strength(self, node: Node) -> int:
        return PRODUCT if is_entry(node) else POWER

    def joint(self, before: Node | None, factor: Node, text: str) -> str:
        """What stands between two factors: nothing in 2x and a(1 - a), a thin space as a rule."""
        if before is None or _SPACED.match(text):
            return ""
        if text[0].isdigit() or text.startswith(r"\tfrac"):
            return r"\cdot "
        if isinstance(before, Number):
            return r"\," if before.reads_as_decimal or text.startswith((r"\frac", r"\mathrm")) else ""
        return "" if _is_complement(before, factor) else r"\,"

    def fraction(self, node: Fraction) -> str:
        return rf"\frac{{{self.write(node.numerator)}}}{{{self.write(node.denominator)}}}"

    def power(self, node: Power) -> str:
        exponent = _Inline(self.names).write(node.exponent)
        return self.within(node.base, ATOM) + script("^", rf"\circ {exponent}" if node.entrywise else exponent)

    def root(self, node: Root) -> str:
        if isinstance(node.radicand, Call) and (inner := squared_total(node.radicand)):
            return self.norm(inner)
        return rf"\sqrt{{{self.write(node.radicand)}}}"

    def strength(self, node: Node) -> int:
        if isinstance(node, Apply) and node.function == "exp" and self._short_exponent(node):
            return POWER
        if isinstance(node, Number) and (r"\times" in self.number(node) or "^" in self.number(node)):
            return PRODUCT
        if isinstance(node, Number) and not node.whole and not node.reads_as_decimal:
            return POWER
        if isinstance(node, Call):
            return self.strength_of_operation(node)
        return super().strength(node)

    def strength_of_operation(self, node: Call) -> int:
        """How tightly an operation that is not written like a function holds together."""
        match node:
            case Call("entry", (inner,)):
                return self.strength(inner)
            case Call("det", (Name(),)):
                return PRODUCT
            case Call("inv"):
                return POWER
        return POWER if squared_total(node) else ATOM

    # Functions

    def apply(self, node: Apply) -> str:
        if node.function == "exp" and (exponent := self._short_exponent(node)):
            return "e" + script("^", exponent)
        arguments = self.writes(node.arguments)
        if node.function == "abs" and not node.entrywise:
            size = (r"\left", r"\right") if is_tall(arguments[0]) else ("", "")
            return rf"{size[0]}\lvert {arguments[0]}{size[1]}\rvert"
        if node.function == "step":
            return r"\mathbf{1}" + self.arguments([f"{arguments[0]}>0"], "[", "]")
        return self.function_name(node) + self.arguments(arguments)

    def _short_exponent(self, node: Apply) -> str:
        if node.entrywise:
            return ""  # e^A would be the matrix exponential
        exponent = _Inline(self.names).write(node.arguments[0])
        return exponent if latex_width(exponent) <= _SHORT_EXPONENT and "{cases}" not in exponent else ""

    def function_name(self, node: Apply) -> str:
        """The function's name with what belongs to it: a softmax component's number, a slope."""
        row = primitive_of(node.source)
        if row and row.latex:
            name = row.latex
        elif node.function == "log_softmax":
            name = r"\log\mathrm{softmax}"
        elif node.function in _COMMANDS:
            name = "\\" + node.function
        elif re.fullmatch(r"[^\W\d]\w*", node.function):
            name = rf"\mathrm{{{node.function}}}".replace("_", r"\_")
        else:
            raise SymbackpropError(
                "name", f"{node.function!r} cannot be written", "a function is named like a variable"
            )
        settings = [] if node.settings == (Number(1),) else _Inline(self.names).writes(node.settings)
        below = [str(node.index)] if node.index is not None else settings
        return name + (f"_{{{','.join(below)}}}" if below else "")

    # Matrices

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return [
            Factor(self.operand(part), r"\," if position else "", part.node) for position, part in enumerate(operands)
        ]

    def entry_factors(self, node: Entrywise) -> list[Factor]:
        factors = [
            Factor(self.operand(part), r"\circ " if position else "", part.node, r"{}\circ ")
            for position, part in enumerate(node.above)
        ]
        if not node.below:
            return factors
        below = node.below[0] if len(node.below) == 1 else Operand(Entrywise(node.below))
        return [*factors, Factor(self.operand(below), r"\oslash ", below.node, r"{}\oslash ")]

    def scaled_factors(self, node: Scaled) -> list[Factor]:
        if isinstance(node.scale, (Product, Scaled)):
            front = self.factors_of(node.scale)
        else:
            front = [Factor(self.within(node.scale, POWER), "", node.scale)]
        of = node.of
        whole = (
            self.factors_of(of)
            if isinstance(of, (MatrixProduct, Entrywise))
            else [Factor(self.within(of, self.factor_strength(of)), "", of)]
        )
        first, *rest = whole
        assert first.node is not None
        joint = self.joint(front[-1].node or Number(1), first.node, first.text)
        if isinstance(front[-1].node, Fraction) and first.text.startswith(("(", r"\big", r"\Big", r"\lVert")):
            joint = ""  # the bar of a fraction keeps its distance from a bracket
        return [*front, Factor(first.text, joint, first.node), *rest]

    def transpose(self, node: Transpose) -> str:
        match node.of:
            case Call("inv", (inner,)):
                return self.within(inner, ATOM) + rf"^{{-{_TRANSPOSED}}}"
        return self.within(node.of, ATOM) + rf"^{{{_TRANSPOSED}}}"

    def operation(self, node: Call) -> str:
        if inner_square := squared_total(node):
            return self.norm(inner_square) + "^2"
        match node:
            case Call("entry", (inner,)):
                return self.write(inner)
            case Call("inv", (Transpose(inner),)):
                return self.within(inner, ATOM) + rf"^{{-{_TRANSPOSED}}}"
            case Call("inv", (inner,)):
                return self.within(inner, ATOM) + "^{-1}"
            case Call("eye", (), (size,)):
                return "I" + script("_", self.write(size))
            case Call("det", (Name() as name,)):
                return rf"\det {self.write(name)}"
            case Call("logdet", (inner,)):
                return rf"\log\lvert {self.write(Call('det', (inner,)))}\rvert"
        return self.operation_name(node) + self.call_brackets(", ".join(self.writes(node.arguments)))

    def operation_name(self, node: Call) -> str:
        """The name of an operation, with its axis or sizes below."""
        name = _OPERATIONS.get(node.word) or _upright(node.word)
        match node:
            case Call("softmax" | "log_softmax" | "logsumexp", _, (Number(axis),)):
                return rf"{name}_{{\mathrm{{{_AXES[axis]}}}}}"
            case Call(_, _, (_, *_) as sizes):
                return rf"{name}_{{{self.sizes(sizes)}}}"
        return name

    def own_operation(self, node: OwnCall) -> str:
        return _upright(node.name) + self.call_brackets(r",\,".join(self.writes(node.arguments)))

    def call_brackets(self, text: str) -> str:
        """Brackets around the operands of an operation, larger where there are brackets inside."""
        return (r"\!" if is_tall(text) else "") + enclose(text)

    def sizes(self, shape: Sequence[Node]) -> str:
        r"""A shape: ``m\times n``."""
        return r"\times ".join(_Inline(self.names).within(size, PRODUCT) for size in shape)

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

    def change(self, node: Change) -> str:
        is_norm = isinstance(node.of, Call) and squared_total(node.of) is not None
        body = self.within(node.of, POWER if is_norm else ATOM)
        return r"\mathrm{d}" + (r"\," if body.startswith(r"\mathrm") else "") + body

    # Conditions

    def cases(self, node: Cases) -> str:
        rows = r" \\ ".join(
            self.write(value) + (r" & \text{otherwise}" if when is None else rf" & \text{{if }} {self.write(when)}")
            for value, when in node.branches
        )
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def compare(self, node: Compare) -> str:
        return f"{self.within(node.left, SUM)}{_RELATIONS[node.relation]}{self.within(node.right, SUM)}"

    def logic(self, node: Logic) -> str:
        parts = (self.within(part, ATOM if isinstance(part, Logic) else LOOSE) for part in node.parts)
        return rf" \text{{ {node.operator} }} ".join(parts)

    def truth(self, node: Truth) -> str:
        return rf"\text{{{str(node.value).lower()}}}"

    # Derivatives

    def derivative(self, node: Derivative) -> str:
        if isinstance(node.of, Name):
            return rf"\frac{{{self._d(node)} {self.write(node.of)}}}{{\partial {self.write(node.by)}}}"
        return self._differentiate(node) + rf"\left[{self.write(node.of)}\right]"

    def _differentiate(self, node: Derivative) -> str:
        return rf"\frac{{{self._d(node)}}}{{\partial {self.write(node.by)}}}"

    def _d(self, node: Derivative) -> str:
        return r"\partial^{+}" if node.immediate else r"\partial"

    # Long lines

    def measure(self, text: str) -> float:
        return latex_width(text)

    def lead(self, joint: str) -> str:
        return "{}" + joint

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
                return self._pieces(Product(None, (over, *factors)), width)
            case Power(base, exponent) if isinstance(base, Sum):
                raised = r"\Bigr)" + script("^", _Inline(self.names).write(exponent))
                return self.enclosed(self._pieces(base, inner), r"\Bigl(", raised, width)
            case Power(Apply() as base, exponent):
                pieces = self._pieces(base, inner)
                raised = script("^", _Inline(self.names).write(exponent))
                return [*pieces[:-1], replace(pieces[-1], body=pieces[-1].body + raised)]
            case Apply(_, arguments) if self.write(node).startswith(self.function_name(node)):
                pieces = self._pieces_of_arguments(arguments, inner)
                return self.enclosed(pieces, self.function_name(node) + r"\Bigl(", r"\Bigr)", width)
            case Transpose(of) | Call("inv", (of,)) if self.strength(of) < ATOM:
                mark = _TRANSPOSED if isinstance(node, Transpose) else "-1"
                return self.enclosed(self._pieces(of, inner), r"\Bigl(", rf"\Bigr)^{{{mark}}}", width)
            case Call("entry", (of,)):
                return self._pieces(of, width)
            case Call() if squared := squared_total(node):
                return self.enclosed(self._pieces(squared, inner), r"\Bigl\lVert ", r"\Bigr\rVert_F^2", width)
            case Call(_, (of,)) if self.write(node).startswith(self.operation_name(node)):
                opening = self.operation_name(node) + r"\Bigl("
                return self.enclosed(self._pieces(of, inner), opening, r"\Bigr)", width)
            case OwnCall(name, arguments):
                pieces = self._pieces_of_arguments(arguments, inner)
                return self.enclosed(pieces, _upright(name) + r"\Bigl(", r"\Bigr)", width)
            case Inner(left, right):
                pieces = self._pieces_of_arguments((left, right), inner)
                return self.enclosed(pieces, r"\Bigl\langle ", r"\Bigr\rangle", width)
            case Change(of) if self.strength(of) < ATOM:
                return self.enclosed(self._pieces(of, inner), r"\mathrm{d}\Bigl(", r"\Bigr)", width)
            case Derivative(of, _) if not isinstance(of, Name):
                return self.enclosed(self._pieces(of, inner), self._differentiate(node) + r"\Bigl[", r"\Bigr]", width)
        return []

    def _pieces_of_arguments(self, arguments: Sequence[Node], width: float) -> list[Piece]:
        """The arguments of a function, each but the last with its comma."""
        pieces: list[Piece] = []
        for argument in arguments:
            if pieces:
                pieces[-1] = replace(pieces[-1], body=pieces[-1].body + ",")
            pieces += self._pieces(argument, width)
        return pieces


class ShapedWriter(LatexWriter):
    """Writes the shape of each matrix below it."""

    def __init__(self, names: NameTable, shapes: Mapping[str, Sequence[Node]]) -> None:
        super().__init__(names)
        self.shapes = shapes
        self.plain = LatexWriter(names)

    def operand(self, operand: Operand) -> str:
        if not operand.shape or _has_factors(operand.node):
            return super().operand(operand)
        return self.braced(self.plain.operand(operand), operand.shape)

    def name(self, node: Name) -> str:
        shape = self.shapes.get(node.name, ())
        return self.braced(super().name(node), shape) if shape else super().name(node)

    def transpose(self, node: Transpose) -> str:
        match node.of:
            case Name(name) if name in self.shapes:
                return self.braced(self.plain.transpose(node), self.shapes[name][::-1])
        return super().transpose(node)

    def change(self, node: Change) -> str:
        match node.of:
            case Name(name) if name in self.shapes:
                return self.braced(self.plain.change(node), self.shapes[name])
        return super().change(node)

    def braced(self, text: str, shape: Sequence[Node]) -> str:
        """Text with a shape below, grouped, as signs beside it would else lose the space around them."""
        return rf"{{\underbrace{{{text}}}_{{{self.sizes(shape)}}}}}"


class _Inline(LatexWriter):
    """Writes exponents, in which fractions are set with a slash."""

    strengths = Writer.strengths

    def number(self, node: Number) -> str:
        text = super().number(node)
        return f"{node.numerator}/{node.denominator}" if text.startswith(r"\tfrac") else text

    def strength(self, node: Node) -> int:
        if isinstance(node, Number) and not node.whole and not node.reads_as_decimal:
            return FRACTION
        if isinstance(node, Product) and node.coefficient and not node.coefficient.whole:
            return FRACTION
        return super().strength(node)

    def product(self, node: AnyProduct) -> str:
        match node:
            case Product(Number() as over, factors) if not over.whole and not over.reads_as_decimal:
                above = None if over.numerator == 1 else Number(over.numerator)
                return f"{super().product(Product(above, factors))}/{over.denominator}"
        return super().product(node)

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}/{self.within(node.denominator, POWER)}"


def _has_factors(node: Any) -> bool:
    """Whether there is a product of matrices in the node."""
    if isinstance(node, (MatrixProduct, Entrywise)):
        return True
    if isinstance(node, tuple):
        return any(map(_has_factors, node))
    return isinstance(node, Node) and any(_has_factors(getattr(node, part.name)) for part in fields(node))  # type: ignore[arg-type]


def _upright(name: str) -> str:
    return rf"\mathrm{{{name}}}".replace("_", r"\_")


def is_tall(text: str) -> bool:
    """Whether the text stands higher than a bracket of the usual size."""
    return r"\frac" in text or r"\begin{cases}" in text


def enclose(text: str, round_ones: bool = True, raised: bool = False) -> str:
    """Put brackets around ``text``: round ones, or larger or square ones where there are brackets inside.

    Where there is something ``raised`` inside, they are larger too.
    """
    if is_tall(text):
        opening, closing = ("(", ")") if round_ones else ("[", "]")
        return rf"\left{opening}{text}\right{closing}"
    if not raised and not any(bracket in text for bracket in "(["):
        return f"({text})"
    inside = max((i for i, size in enumerate(_SIZES) if size and size + "l" in text), default=0)
    size = _SIZES[min(inside + 1, len(_SIZES) - 1)]
    return rf"{size}l({text}{size}r)" if round_ones else rf"{size}l[{text}{size}r]"


def _is_complement(before: Node, factor: Node) -> bool:
    """Whether ``factor`` is 1 - a, or a power of it, and stands behind its a."""
    before, factor = (node.base if isinstance(node, Power) else node for node in (before, factor))
    if not isinstance(factor, Sum) or len(factor.terms) != 2:
        return False
    (_, one), (_, other) = factor.terms
    return isinstance(one, Number) and before == (other.base if isinstance(other, Power) else other)
