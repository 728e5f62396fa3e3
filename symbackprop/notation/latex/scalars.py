"""What is written of scalars in LaTeX: numbers and names, sums and products, functions, conditions, derivatives."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from symbackprop.errors import SymbackpropError
from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.calls import strength_of_operation
from symbackprop.notation.coefficients import decimal_text
from symbackprop.notation.latex.brackets import TRANSPOSED, enclose, is_tall
from symbackprop.notation.names import script
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Compare,
    Constant,
    Derivative,
    Logic,
    Minus,
    Name,
    Node,
    Number,
    Power,
    Product,
    Sum,
    Truth,
)
from symbackprop.notation.widths import latex_width
from symbackprop.notation.writer import ATOM, LOOSE, POWER, PRODUCT, SUM, Factor, Writer

_RELATIONS = {"<": "<", "<=": r"\le ", ">": ">", ">=": r"\ge ", "==": "=", "!=": r"\ne "}
_COMMANDS = frozenset("max min sin cos tan sinh cosh arcsin arccos arctan".split())
_CONSTANTS = {"pi": r"\pi", "e": r"\mathrm{e}", "inf": r"\infty", "nan": r"\mathrm{nan}"}
_SPACED = re.compile(r"\\(left|log|tanh|max|min|sin|cos|tan|sinh|cosh|arcsin|arccos|arctan)(?![a-z])")
_SHORT_EXPONENT = 14


class LatexScalars(Writer):
    """Writes mathematics, as far as it is of scalars.

    ``strength_of_ratio`` is how tightly a rational number holds together that is no decimal, ``strength_of_portion``
    how tightly a product does that begins with such a number.
    """

    plus = "+"
    minus = "-"
    strength_of_ratio: ClassVar[int]
    strength_of_portion: ClassVar[int]

    @property
    @abstractmethod
    def inline(self) -> Writer:
        """The writer of what stands small: exponents, settings and sizes."""

    @abstractmethod
    def ratio(self, node: Number) -> str:
        """A rational number that is no decimal."""

    # Brackets

    def bracket(self, text: str, node: Node) -> str:
        round_ones = not (isinstance(node, Sum) and any(isinstance(term, (Product, Minus)) for _, term in node.terms))
        return enclose(text, round_ones, raised=TRANSPOSED in text)

    def arguments(self, texts: Sequence[str], opening: str = "(", closing: str = ")") -> str:
        """Arguments in brackets, which grow with what is tall."""
        body = ",".join(texts)
        return rf"\!\left{opening}{body}\right{closing}" if is_tall(body) else f"{opening}{body}{closing}"

    # Numbers

    def number(self, node: Number) -> str:
        if node.whole:
            return str(node.numerator)
        if node.reads_as_decimal:
            mantissa, _, exponent = decimal_text(node).partition("e")
            ten = rf"10^{{{int(exponent)}}}" if exponent else ""
            return rf"{mantissa}\times {ten}" if ten and mantissa != "1" else ten or mantissa
        return self.ratio(node)

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

    def joint(self, before: Node | None, factor: Node, text: str) -> str:
        """What stands between two factors: nothing in 2x and a(1 - a), a thin space as a rule."""
        if before is None or _SPACED.match(text):
            return ""
        if text[0].isdigit() or text.startswith(r"\tfrac"):
            return r"\cdot "
        if isinstance(before, Number):
            return r"\," if before.reads_as_decimal or text.startswith((r"\frac", r"\mathrm")) else ""
        return "" if _is_complement(before, factor) else r"\,"

    def power(self, node: Power) -> str:
        exponent = self.inline.write(node.exponent)
        return self.within(node.base, ATOM) + script("^", rf"\circ {exponent}" if node.entrywise else exponent)

    def opposite(self, node: Minus) -> str:
        return self.negative + self.term(node.term)

    def strength(self, node: Node) -> int:
        match node:
            case Apply("exp") if self._short_exponent(node):
                return POWER
            case Number() if not node.whole and not node.reads_as_decimal:
                return self.strength_of_ratio
            case Number():
                return PRODUCT if "^" in self.number(node) or r"\times" in self.number(node) else ATOM
            case Product(Number(whole=False)):
                return self.strength_of_portion
            case Cases() if node.indicated is not None:
                return ATOM
            case Call():
                return strength_of_operation(self, node, 0)
        return self.strengths.get(type(node), ATOM)

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
        exponent = self.inline.write(node.arguments[0])
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
            name = upright(node.function)
        else:
            raise SymbackpropError(
                "name", f"{node.function!r} cannot be written", "a function is named like a variable"
            )
        settings = [] if node.settings == (Number(1),) else self.inline.writes(node.settings)
        below = [str(node.index)] if node.index is not None else settings
        return name + (f"_{{{','.join(below)}}}" if below else "")

    # Conditions

    def cases(self, node: Cases) -> str:
        if node.indicated is not None:
            return r"\mathbf{1}" + self.arguments([self.write(node.indicated)], "[", "]")
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
        return self.differentiate(node) + rf"\left[{self.write(node.of)}\right]"

    def differentiate(self, node: Derivative) -> str:
        """The derivative of whatever stands behind it."""
        return rf"\frac{{{self._d(node)}}}{{\partial {self.write(node.by)}}}"

    def _d(self, node: Derivative) -> str:
        return r"\partial^{+}" if node.immediate else r"\partial"


def upright(name: str) -> str:
    """A word in upright letters."""
    return rf"\mathrm{{{name}}}".replace("_", r"\_")


def _is_complement(before: Node, factor: Node) -> bool:
    """Whether ``factor`` is 1 - a, or a power of it, and stands behind its a."""
    before, factor = (node.base if isinstance(node, Power) else node for node in (before, factor))
    if not isinstance(factor, Sum) or len(factor.terms) != 2:
        return False
    (_, one), (_, other) = factor.terms
    return isinstance(one, Number) and before == (other.base if isinstance(other, Power) else other)
