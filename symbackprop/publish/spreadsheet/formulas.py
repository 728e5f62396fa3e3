"""Expressions as formulas of a spreadsheet, which Excel and LibreOffice work out alike.

A minus sign binds tighter than a power there, -x^2 is (-x)^2; a power of a power is taken from the left; an overflow is
an error and no infinity, and so is in LibreOffice a power that is smaller than any number: (1E-200)^2. So squares of
names are products, and other squares calls of SUMSQ; other powers behind a sign are calls of POWER, and inside powers
they stand in brackets; functions are written from the stable steps of their records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, final

from sympy import Expr

from symbackprop.errors import SymbackpropError
from symbackprop.functions.base import Primitive
from symbackprop.functions.catalogue import BY_NAME
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import (
    Apply,
    Cases,
    Constant,
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
from symbackprop.notation.python.writer import Branches, CodeWriter
from symbackprop.notation.writer import ATOM
from symbackprop.numeric.program.joint import written_out
from symbackprop.publish.spreadsheet.refusing import refused

KEY = "spreadsheet"
"""By which records say how a spreadsheet has their functions."""
_CONSTANTS = {"pi": "PI()", "e": "EXP(1)", "nan": "NA()"}
_RELATIONS = {"==": "=", "!=": "<>"}
_WORDS = ("max", "min", "power", "true", "false")
"""Functions of spreadsheets that have no record."""


LONGEST_PRODUCT = 3
"""Up to this power a name is multiplied by itself."""
_TWO = Number(2)


def formula(expr: Expr, cells: Mapping[str, str], order: Order | None = None) -> str:
    """An expression as a formula, without the sign =; ``cells`` has the cell that each name stands for.

    Raises SymbackpropError for a function that spreadsheets do not have and that is made of none that they have.
    """
    return laid_out(written_out(expr), order, lambda node: SheetWriter(cells).statement(_signed(node)))


def _signed(node: Any) -> Any:
    """The layout with calls in place of truth values, and of powers that stand right behind a minus sign."""
    if isinstance(node, tuple):
        return tuple(map(_signed, node))
    if not isinstance(node, Node):
        return node
    known = {field.name: _signed(getattr(node, field.name)) for field in fields(node)}  # type: ignore[arg-type]
    node = replace(node, **known)  # type: ignore[type-var]  # every kind of node is a dataclass
    match node:
        case Truth(value):
            return Apply(str(value).lower(), ())
        case Minus(term):
            return Minus(_called(term))
        case Sum(((sign, first), *rest)) if sign < 0:
            return Sum(((sign, _called(first)), *rest))
    return node


def _called(node: Node) -> Node:
    """A term that does not begin with a power."""
    match node:
        case Power(_, Number(2, 1)):
            return node
        case Power(Name(), Number(exponent, 1)) if exponent <= LONGEST_PRODUCT:
            return node
        case Power(base, power):
            return Apply("power", (base, power))
        case Product(coefficient, (first, *rest)):
            return Product(coefficient, (_called(first), *rest))
        case Fraction(numerator, denominator):
            return Fraction(_called(numerator), denominator)
    return node


@final
class SheetWriter(CodeWriter):
    """Writes formulas. ``cells`` are what names stand for: cells, or formulas in brackets."""

    plus, minus = "+", "-"
    relations = _RELATIONS
    numeral = staticmethod(str.upper)
    longest_product = LONGEST_PRODUCT

    def __init__(self, cells: Mapping[str, str]) -> None:
        super().__init__(NameTable())
        self.cells = cells

    def statement(self, node: Node) -> str:
        """A node that stands on its own, without the brackets of a function that is written out."""
        return self._open(node) if isinstance(node, Apply) else self.write(node)

    def argument(self, node: Node) -> str:
        return self.write(node)

    def name(self, node: Name) -> str:
        return self.cells[node.name]

    def constant(self, node: Constant) -> str:
        if node.name not in _CONSTANTS:
            raise refused("a spreadsheet has no infinity", "write a number in its place")
        return _CONSTANTS[node.name]

    def root(self, node: Root) -> str:
        return f"SQRT({self.write(node.radicand)})"

    def long_power(self, node: Power) -> str:
        if node.exponent == _TWO:
            return f"SUMSQ({self.write(node.base)})"
        return f"{self.within(node.base, ATOM)}^{self.within(node.exponent, ATOM)}"

    def cases(self, node: Cases) -> str:
        return self.choose(node.branches)

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        return f"IF({self.write(condition)},{self.write(value)},{self.choose(rest)})"

    def logic(self, node: Logic) -> str:
        return f"{node.operator.upper()}({','.join(self.writes(node.parts))})"

    def known_call(self, node: Apply) -> str:
        text = self._open(node)
        return text if self._is_call(node) else f"({text})"

    # Functions

    def _is_call(self, node: Apply) -> bool:
        """Whether the function is one of the spreadsheet's own, with brackets of its own."""
        row = BY_NAME.get(node.function)
        return node.function in _WORDS or (row is not None and KEY in row.native and KEY not in row.own)

    def _open(self, node: Apply) -> str:
        """A function with its arguments, as it stands on its own."""
        if node.index is not None:
            return self._component(node)
        if node.function == "log_sum_exp":
            return self._log_sum_exp(node.arguments)
        row = BY_NAME.get(node.function)
        if self._is_call(node):
            word = node.function.upper() if row is None else row.native[KEY]
            return f"{word}({','.join(self.writes((*node.arguments, *node.settings)))})"
        if row is None:
            raise _lacking(node.function)
        arguments = [self.within(part, ATOM) for part in (*node.arguments, *node.settings)]
        if KEY in row.own:
            return row.own[KEY].format(**dict(zip(row.parameters, arguments, strict=True)))
        return _in_steps(row, arguments)

    def _component(self, node: Apply) -> str:
        """One component of a softmax or of its logarithm, shifted by the largest score."""
        assert node.index is not None
        score = self.within(node.arguments[node.index - 1], ATOM)
        top, total = self._shifted(node.arguments)
        return f"{score}-{top}-LN({total})" if node.function == "log_softmax" else f"EXP({score}-{top})/({total})"

    def _log_sum_exp(self, scores: tuple[Node, ...]) -> str:
        top, total = self._shifted(scores)
        return f"{top}+LN({total})"

    def _shifted(self, scores: tuple[Node, ...]) -> tuple[str, str]:
        """The largest of scores, and the sum of the exponentials of all, each less the largest."""
        texts = [self.within(score, ATOM) for score in scores]
        top = f"MAX({','.join(texts)})"
        return top, "+".join(f"EXP({text}-{top})" for text in texts)


def _in_steps(row: Primitive, arguments: list[str]) -> str:
    """A function written out by the steps of its record, each put in where it is used."""
    if row.stable is None and row.definition is None:
        raise _lacking(row.name)
    steps = row.in_steps
    cells = dict(zip((s.name for s in steps.parameters), arguments, strict=True))
    for name, value in steps.steps.items():
        cells[name.name] = f"({_written(row, value, cells)})"
    return _written(row, steps.value, cells)


def _written(row: Primitive, expr: Expr, cells: Mapping[str, str]) -> str:
    """A step of a function. The error of what no spreadsheet has names the function, and not what it is made of."""
    try:
        return formula(expr, cells)
    except SymbackpropError:
        raise _lacking(row.name) from None


def _lacking(function: str) -> SymbackpropError:
    return refused(f"spreadsheets have no {function}", "use another function, or leave the format xlsx out")
