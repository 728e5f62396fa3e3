"""The writer of Unicode, for people at a terminal."""

from __future__ import annotations

import re
from typing import final

from symbackprop.functions.catalogue import primitive_of
from symbackprop.notation.calls import (
    flattened,
    has_no_brackets,
    infix_and_suffix,
    is_entry,
    shown,
    squared_total,
    strength_of_operation,
)
from symbackprop.notation.names import unicode_name
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Cases,
    Change,
    Constant,
    Derivative,
    Entrywise,
    Inner,
    Logic,
    MatrixProduct,
    Name,
    Node,
    Number,
    Operand,
    OwnCall,
    Power,
    Product,
    Root,
    Scaled,
    Transpose,
)
from symbackprop.notation.text.writer import TextWriter
from symbackprop.notation.words import WORDS
from symbackprop.notation.writer import ATOM, FRACTION, POWER, PRODUCT, Factor

_VULGAR = dict(
    zip(
        [(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 6), (5, 6), (1, 8), (3, 8), (5, 8), (7, 8), (1, 7), (1, 9)],
        "½⅓⅔¼¾⅙⅚⅛⅜⅝⅞⅐⅑",
        strict=True,
    )
)
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RELATIONS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}
_AXES = ("cols", "rows")


@final
class UnicodeWriter(TextWriter):
    """Writes for people at a terminal."""

    minus = " − "
    negative = "−"
    times = "·"
    relations = _RELATIONS

    def strength(self, node: Node) -> int:
        if isinstance(node, Number):
            whole = self.over_integer(node)[1] == 1 or (node.numerator, node.denominator) in _VULGAR
            return ATOM if whole else FRACTION
        if isinstance(node, Call):
            return strength_of_operation(self, node, 1)
        return self.strengths.get(type(node), ATOM)

    def name(self, node: Name) -> str:
        return self.names.unicode(node.name)

    def number(self, node: Number) -> str:
        above, below = self.over_integer(node)
        return _VULGAR.get((node.numerator, node.denominator)) or (above if below == 1 else f"{above}/{below}")

    def constant(self, node: Constant) -> str:
        return {"pi": "π", "inf": "∞"}.get(node.name, node.name)

    def factors(self, node: Product) -> list[Factor]:
        first, *rest = self.one_by_one(node)
        if node.coefficient is None:
            return [first, *rest]
        number, joint = self.within(node.coefficient, ATOM), self.spaced(self.times, node)
        if joint == self.times and number.isnumeric() and not re.match(r"[0-9]|[A-Za-z]{2}", first.text):
            joint = ""  # 2x and ½(a − t), but 2·log(x) and 3·2^x
        return [Factor(number, ""), Factor(first.text, joint, first.node), *rest]

    def power(self, node: Power) -> str:
        base = self.within(node.base, ATOM) + ("∘" if node.entrywise else "")
        if isinstance(node.exponent, Number) and node.exponent.whole:
            return base + str(node.exponent.numerator).translate(_SUPERSCRIPTS)
        return f"{base}^{self.within(node.exponent, ATOM)}"

    def root(self, node: Root) -> str:
        if inner := squared_total(node.radicand):
            return f"‖{self.write(inner)}‖"
        return "√" + self.within(node.radicand, ATOM)

    def apply(self, node: Apply) -> str:
        if node.function == "abs" and not node.entrywise:
            return f"|{self.write(node.arguments[0])}|"
        row = primitive_of(node.source)
        name = row.unicode if row else node.function
        if node.index is not None:
            name += str(node.index).translate(_SUBSCRIPTS)
        return self.call_of(name, self.arguments(node))

    def cases(self, node: Cases) -> str:
        if node.indicated is not None:
            return f"[{self.write(node.indicated)}]"
        branches = (
            self.write(value) + (" otherwise" if when is None else f" if {self.write(when)}")
            for value, when in node.branches
        )
        return "{" + "; ".join(branches) + "}"

    def logic(self, node: Logic) -> str:
        return self.in_words(node)

    def derivative(self, node: Derivative) -> str:
        return self.quotient("∂", "⁺", node)

    # Matrices

    def matrix_factors(self, operands: tuple[Operand, ...]) -> list[Factor]:
        return self.joined(flattened(operands), " ", " ")

    def entry_factors(self, node: Entrywise) -> list[Factor]:
        return self.by_entry(node, " ∘ ", " ⊘ ")

    def scaled_factors(self, node: Scaled) -> list[Factor]:
        if isinstance(node.scale, Number):
            return self.factors(Product(node.scale, (node.of,)))
        first, *rest = self.factors_behind(shown(node.of))
        return [*self.factors_before(node.scale), self.with_joint(first, "·"), *rest]

    def factor_strength(self, node: Node) -> int:
        if isinstance(node, (MatrixProduct, Entrywise)) or is_entry(node):
            return PRODUCT
        return FRACTION if isinstance(node, Derivative) else POWER

    def transpose(self, node: Transpose) -> str:
        match node.of:
            case Call("inv", (inner,)):
                return self.within(inner, ATOM) + "⁻ᵀ"
        return self.within(node.of, ATOM) + "ᵀ"

    def operation(self, node: Call) -> str:
        if node.displayed is not None:
            return self.write(node.displayed)
        infix, suffix = infix_and_suffix(node, 1)
        if infix:
            return f" {infix} ".join(self.within(part, POWER) for part in node.arguments)
        if suffix:
            return self.within(node.arguments[0], ATOM) + suffix
        inside = ", ".join(self.writes((*node.arguments, *node.settings)))
        match node:
            case Call("entry", (inner,)):
                return self.write(inner)
            case Call("inv", (inner,)):
                return self.within(inner, ATOM) + "⁻¹"
            case Call("eye", (), (size,)):
                return self.identity(size)
        if inner_square := squared_total(node):
            return f"‖{self.write(inner_square)}‖²"
        words = WORDS.get(node.word)
        name, behind = words.unicode if words is not None else ("", "")
        name = name or node.word
        match node:
            case Call(_, (inner,), (Number(axis),)) if words is not None and words.axis_below:
                return f"{name}_{_AXES[axis]}({self.write(inner)})"
        return f"{name} {inside}{behind}" if has_no_brackets(node) else f"{name}({inside}){behind}"

    def own_operation(self, node: OwnCall) -> str:
        return self.call_of(node.name, node.arguments)

    def identity(self, size: Node) -> str:
        """The identity matrix with its size below."""
        if isinstance(size, Number):
            return "I" + str(size.numerator).translate(_SUBSCRIPTS)
        return unicode_name(f"I_{size.name}") if isinstance(size, Name) else f"I_({self.write(size)})"

    def change(self, node: Change) -> str:
        whole = isinstance(node.of, Name) or squared_total(node.of)
        return f"d{self.write(node.of)}" if whole else f"d({self.write(node.of)})"

    def inner(self, node: Inner) -> str:
        return f"⟨{self.write(node.left)}, {self.write(node.right)}⟩"
