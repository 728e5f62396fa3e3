r"""Expressions in LaTeX, of the kind that GitHub renders too: no ``\operatorname``, no macros of our own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sympy import Expr

from symbackprop.errors import SymbackpropError
from symbackprop.functions.vocabulary import primitive_of
from symbackprop.notation.layout import laid_out, names_in
from symbackprop.notation.names import NameTable, script
from symbackprop.notation.nodes import (
    Apply,
    Cases,
    Compare,
    Constant,
    Derivative,
    Fraction,
    Logic,
    Minus,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Sum,
    Truth,
)
from symbackprop.notation.order import Order
from symbackprop.notation.text import decimal_text
from symbackprop.notation.widths import latex_width
from symbackprop.notation.writer import ATOM, FRACTION, LOOSE, POWER, PRODUCT, SUM, Factor, Piece, Writer

_RELATIONS = {"<": "<", "<=": r"\le ", ">": ">", ">=": r"\ge ", "==": "=", "!=": r"\ne "}
_COMMANDS = frozenset("max min sin cos tan sinh cosh arcsin arccos arctan".split())
_CONSTANTS = {"pi": r"\pi", "e": r"\mathrm{e}", "inf": r"\infty", "nan": r"\mathrm{nan}"}
_SPACED = re.compile(r"\\(left|log|tanh|max|min|sin|cos|tan|sinh|cosh|arcsin|arccos|arctan)(?![a-z])")
_SIZES = ("", r"\big", r"\Big", r"\bigg", r"\Bigg")
_SHORT_EXPONENT = 14


def latex(expr: Expr, names: NameTable | None = None, order: Order | None = None) -> str:
    r"""Write ``expr`` in LaTeX mathematics: ``\delta_{o_1}\,a_{h_1}``, ``\tfrac{1}{2}(t_1-a_{o_1})^2``."""
    writer = LatexWriter(names or NameTable.of(names_in(expr)))
    return laid_out(expr, order, writer.write)


def aligned(equations: Sequence[tuple[Expr, Expr]], order: Order | None = None) -> str:
    """Equations under one another at their equals signs, between double dollars, as notebooks set them."""
    names = NameTable.of(name for pair in equations for side in pair for name in names_in(side))
    rows = (rf"{latex(left, names, order)} &= {latex(right, names, order)}" for left, right in equations)
    return "$$\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}$$"


def latex_lines(expr: Expr, names: NameTable | None = None, order: Order | None = None, width: float = 60) -> list[str]:
    r"""Write ``expr`` in lines that are no wider than about ``width`` characters.

    Sums break before a sign, products before a factor (the new line begins with ``{}\cdot``), and what stands in
    brackets likewise. A single fraction, name or table of cases is never broken.
    """
    writer = LatexWriter(names or NameTable.of(names_in(expr)))
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
        return enclose(text, round_ones)

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
        return POWER

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
        return self.within(node.base, ATOM) + script("^", _Inline(self.names).write(node.exponent))

    def root(self, node: Root) -> str:
        return rf"\sqrt{{{self.write(node.radicand)}}}"

    def strength(self, node: Node) -> int:
        if isinstance(node, Apply) and node.function == "exp" and self._short_exponent(node):
            return POWER
        if isinstance(node, Number) and (r"\times" in self.number(node) or "^" in self.number(node)):
            return PRODUCT
        if isinstance(node, Number) and not node.whole and not node.reads_as_decimal:
            return POWER
        return super().strength(node)

    # Functions

    def apply(self, node: Apply) -> str:
        if node.function == "exp" and (exponent := self._short_exponent(node)):
            return "e" + script("^", exponent)
        arguments = self.writes(node.arguments)
        if node.function == "abs":
            size = (r"\left", r"\right") if is_tall(arguments[0]) else ("", "")
            return rf"{size[0]}\lvert {arguments[0]}{size[1]}\rvert"
        if node.function == "step":
            return r"\mathbf{1}" + self.arguments([f"{arguments[0]}>0"], "[", "]")
        return self.function_name(node) + self.arguments(arguments)

    def _short_exponent(self, node: Apply) -> str:
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

    def product(self, node: Product) -> str:
        over = node.coefficient
        if over is None or over.whole or over.reads_as_decimal:
            return super().product(node)
        above = None if over.numerator == 1 else Number(over.numerator)
        return f"{super().product(Product(above, node.factors))}/{over.denominator}"

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}/{self.within(node.denominator, POWER)}"


def is_tall(text: str) -> bool:
    """Whether the text stands higher than a bracket of the usual size."""
    return r"\frac" in text or r"\begin{cases}" in text


def enclose(text: str, round_ones: bool = True) -> str:
    """Put brackets around ``text``: round ones, or larger or square ones where there are brackets inside."""
    if is_tall(text):
        opening, closing = ("(", ")") if round_ones else ("[", "]")
        return rf"\left{opening}{text}\right{closing}"
    if not any(bracket in text for bracket in "(["):
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
