"""Expressions for a terminal, in Unicode or in the plain ASCII that spec files are written in."""

from __future__ import annotations

import re
from typing import ClassVar

from sympy import Expr

from symbackprop.functions.vocabulary import primitive_of
from symbackprop.notation.layout import laid_out, names_in
from symbackprop.notation.names import NameTable
from symbackprop.notation.nodes import (
    Apply,
    Cases,
    Compare,
    Constant,
    Derivative,
    Fraction,
    Logic,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Truth,
)
from symbackprop.notation.order import Order
from symbackprop.notation.writer import ATOM, FRACTION, LOOSE, POWER, PRODUCT, SUM, Factor, Writer

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
_UNSHOWN_SETTINGS = {"elu": (Number(1),)}


def text(expr: Expr, names: NameTable | None = None, order: Order | None = None, unicode: bool = True) -> str:
    """Write ``expr`` on one line for a terminal: ``½(t₁ − aₒ₁)²``, or ``(t1 - a_o1)**2/2`` without ``unicode``.

    The ASCII text of an expression that has no unfinished derivatives in it can be read back from a spec file.
    """
    table = names or NameTable.of(names_in(expr))
    writer = UnicodeWriter(table) if unicode else AsciiWriter(table)
    return laid_out(expr, order, writer.write)


def decimal_text(number: Number) -> str:
    """Write a number that terminates as a decimal: ``0.01``, or ``1e-07`` where there would be many zeros."""
    exact = number.decimal
    assert exact is not None
    return str(exact).lower() if -6 <= exact.adjusted() < 0 else f"{exact:e}" if exact.adjusted() < 0 else f"{exact:f}"


class AsciiWriter(Writer):
    """Writes the language of spec files."""

    times: ClassVar[str] = "*"
    over: ClassVar[str] = "/"

    def strength(self, node: Node) -> int:
        if isinstance(node, Number):
            return ATOM if self.split_number(node)[1] == 1 else FRACTION
        if isinstance(node, Product) and node.coefficient and self.split_coefficient(node.coefficient)[1] != 1:
            return FRACTION
        return super().strength(node)

    def split_number(self, node: Number) -> tuple[str, int]:
        """A number as text over an integer."""
        if node.reads_as_decimal:
            return decimal_text(node), 1
        return str(node.numerator), node.denominator

    def split_coefficient(self, node: Number) -> tuple[str, int]:
        """A coefficient as text before the other factors, and an integer to divide by."""
        above, below = self.split_number(node)
        return ("" if above == "1" else above), below

    def name(self, node: Name) -> str:
        return self.names.ascii(node.name)

    def number(self, node: Number) -> str:
        above, below = self.split_number(node)
        return above if below == 1 else f"{above}/{below}"

    def constant(self, node: Constant) -> str:
        return "exp(1)" if node.name == "e" else node.name

    def factors(self, node: Product) -> list[Factor]:
        above, below = self.split_coefficient(node.coefficient) if node.coefficient else ("", 1)
        space = " " if any(isinstance(factor, Derivative) for factor in node.factors) else ""
        times = f"{space}{self.times}{space}"
        factors = [Factor(above, "")] if above else []
        for factor in node.factors:
            joint = times if factors else ""
            factors.append(Factor(self.within(factor, self.factor_strength(factor)), joint, factor))
        return [*factors, Factor(str(below), f"{space}/{space}")] if below != 1 else factors

    def factor_strength(self, node: Node) -> int:
        return FRACTION if isinstance(node, Derivative) else POWER

    def fraction(self, node: Fraction) -> str:
        return f"{self.within(node.numerator, PRODUCT)}{self.over}{self.within(node.denominator, POWER)}"

    def power(self, node: Power) -> str:
        return f"{self.within(node.base, ATOM)}**{self.within(node.exponent, ATOM)}"

    def root(self, node: Root) -> str:
        return f"sqrt({self.write(node.radicand)})"

    def apply(self, node: Apply) -> str:
        if node.index is not None:
            scores = self.writes(node.arguments)
            return f"{node.function}({scores[node.index - 1]}, [{', '.join(scores)}])"
        return f"{node.function}({', '.join(self.arguments(node))})"

    def arguments(self, node: Apply) -> list[str]:
        """The arguments as written, with those settings that are not what everyone expects."""
        settings = () if node.settings == _UNSHOWN_SETTINGS.get(node.function) else node.settings
        return self.writes((*node.arguments, *settings))

    def cases(self, node: Cases) -> str:
        if len(node.branches) == 2 and node.branches[1][1] is None:
            (value, condition), (otherwise, _) = node.branches
            assert condition is not None
            return f"where({', '.join(self.writes([condition, value, otherwise]))})"
        branches = (f"({self.write(value)}, {self.write(when or Truth(True))})" for value, when in node.branches)
        return f"piecewise({', '.join(branches)})"

    def compare(self, node: Compare) -> str:
        return f"{self.within(node.left, SUM)} {node.relation} {self.within(node.right, SUM)}"

    def logic(self, node: Logic) -> str:
        parts = (self.within(part, ATOM if isinstance(part, Logic) else LOOSE) for part in node.parts)
        return f" {node.operator} ".join(parts)

    def truth(self, node: Truth) -> str:
        return str(node.value)

    def derivative(self, node: Derivative) -> str:
        return self.quotient("d", "d+" if node.immediate else "d", node)

    def quotient(self, d: str, d_above: str, node: Derivative) -> str:
        """A derivative as a quotient of differentials."""
        below = d + self.write(node.by)
        if isinstance(node.of, Name):
            return f"{d_above}{self.write(node.of)}/{below}"
        return f"{d_above}/{below}[{self.write(node.of)}]"


class UnicodeWriter(AsciiWriter):
    """Writes for people at a terminal."""

    minus = " − "
    negative = "−"
    times = "·"

    def strength(self, node: Node) -> int:
        if isinstance(node, Number) and (node.numerator, node.denominator) in _VULGAR:
            return ATOM
        return PRODUCT if isinstance(node, Product) else super().strength(node)

    def name(self, node: Name) -> str:
        return self.names.unicode(node.name)

    def number(self, node: Number) -> str:
        return _VULGAR.get((node.numerator, node.denominator)) or super().number(node)

    def constant(self, node: Constant) -> str:
        return {"pi": "π", "inf": "∞"}.get(node.name, node.name)

    def factors(self, node: Product) -> list[Factor]:
        factors = super().factors(Product(None, node.factors))
        if node.coefficient is None:
            return factors
        number, first = self.within(node.coefficient, ATOM), factors[0]
        spaced = any(isinstance(factor, Derivative) for factor in node.factors)
        # 2x and ½(a − t), but 2·log(x) and 3·2^x
        clings = number.isnumeric() and not re.match(r"[0-9]|[A-Za-z]{2}", first.text)
        joint = " · " if spaced else "" if clings else "·"
        return [Factor(number, ""), Factor(first.text, joint, first.node), *factors[1:]]

    def power(self, node: Power) -> str:
        base = self.within(node.base, ATOM)
        if isinstance(node.exponent, Number) and node.exponent.whole:
            return base + str(node.exponent.numerator).translate(_SUPERSCRIPTS)
        return f"{base}^{self.within(node.exponent, ATOM)}"

    def root(self, node: Root) -> str:
        return "√" + self.within(node.radicand, ATOM)

    def apply(self, node: Apply) -> str:
        if node.function == "abs":
            return f"|{self.write(node.arguments[0])}|"
        row = primitive_of(node.source)
        name = row.unicode if row else node.function
        if node.index is not None:
            name += str(node.index).translate(_SUBSCRIPTS)
        return f"{name}({', '.join(self.arguments(node))})"

    def cases(self, node: Cases) -> str:
        branches = (
            self.write(value) + (" otherwise" if when is None else f" if {self.write(when)}")
            for value, when in node.branches
        )
        return "{" + "; ".join(branches) + "}"

    def compare(self, node: Compare) -> str:
        relation = _RELATIONS.get(node.relation, node.relation)
        return f"{self.within(node.left, SUM)} {relation} {self.within(node.right, SUM)}"

    def derivative(self, node: Derivative) -> str:
        return self.quotient("∂", "∂⁺" if node.immediate else "∂", node)
