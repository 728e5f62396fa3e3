"""Expressions as Python source that works on NumPy arrays, written as a careful engineer would write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Expr

from symbackprop.errors import SymbackpropError
from symbackprop.notation.guard import guarded
from symbackprop.notation.layout import laid_out, names_in
from symbackprop.notation.names import NameTable
from symbackprop.notation.nodes import (
    Apply,
    Cases,
    Constant,
    Derivative,
    Fraction,
    Logic,
    Minus,
    Name,
    Node,
    Number,
    Power,
    Root,
)
from symbackprop.notation.order import Order
from symbackprop.notation.text import AsciiWriter, decimal_text
from symbackprop.notation.writer import ATOM, POWER, PRODUCT, Piece

Call = Callable[[Any, Sequence[str]], str | None]
"""Given an applied SymPy function and its arguments as written: how to write it, or None for the usual way."""

_NUMPY = {name: f"np.{name}" for name in "exp log tanh abs sign sin cos tan sinh cosh".split()} | {
    "Abs": "np.abs",
    "asin": "np.arcsin",
    "acos": "np.arccos",
    "atan": "np.arctan",
    "asinh": "np.arcsinh",
    "acosh": "np.arccosh",
    "atanh": "np.arctanh",
}
_EXTREMES = {"max": "np.maximum", "min": "np.minimum"}
_EXACT = 2**53


def python(expr: Expr, names: NameTable | None = None, order: Order | None = None, call: Call | None = None) -> str:
    """Write ``expr`` as Python source with NumPy's functions: ``(t1 - a_o1)**2/2``, ``np.maximum(0, z)``.

    Functions that NumPy lacks are called by their names in the vocabulary, unless ``call`` says otherwise.
    """
    writer = PythonWriter(names or NameTable.of(names_in(expr)), call)
    return laid_out(expr, order, writer.write)


def python_assignment(
    target: str,
    expr: Expr,
    names: NameTable | None = None,
    order: Order | None = None,
    call: Call | None = None,
    width: int = 100,
) -> list[str]:
    """Write ``target = expr`` in lines of at most ``width`` characters, where the expression can be broken.

    Long right sides stand in brackets, a line to themselves, and break before an operator.
    """
    writer = PythonWriter(names or NameTable.of(names_in(expr)), call)
    return laid_out(expr, order, lambda node: writer.assignment(target, node, width))


class PythonWriter(AsciiWriter):
    """Writes Python source."""

    def __init__(self, names: NameTable, call: Call | None = None) -> None:
        super().__init__(names)
        self.call = call

    def assignment(self, target: str, node: Node, width: int) -> list[str]:
        """An assignment, in brackets and several lines where one is too short."""
        line = f"{target} = {self.write(node)}"
        if len(line) <= width:
            return [line]
        return [f"{target} = (", *(f"    {line}" for line in self.lines(node, width - 4)), ")"]

    def name(self, node: Name) -> str:
        return self.names.code(node.name)

    def split_number(self, node: Number) -> tuple[str, int]:
        if node.whole:
            return _integer(node.numerator), 1
        if node.decimal is not None:
            return decimal_text(node), 1
        if max(node.numerator, node.denominator) > _EXACT:
            return repr(node.numerator / node.denominator), 1
        return str(node.numerator), node.denominator

    def split_coefficient(self, node: Number) -> tuple[str, int]:
        if node.numerator == 1 and not node.reads_as_decimal and node.denominator <= _EXACT:
            return "", node.denominator
        return self.split_number(node)

    def constant(self, node: Constant) -> str:
        return f"np.{node.name}"

    def root(self, node: Root) -> str:
        return f"np.sqrt({self.write(node.radicand)})"

    def apply(self, node: Apply) -> str:
        written = self.writes((*node.arguments, *node.settings))
        if self.call and node.source is not None and (own := self.call(node.source, written)) is not None:
            return own
        if node.function in _EXTREMES:
            return self.clip(node) or self.extreme(_EXTREMES[node.function], written)
        if node.index is not None:
            return super().apply(node)
        return f"{_NUMPY.get(node.function, node.function)}({', '.join(written)})"

    def extreme(self, function: str, written: list[str]) -> str:
        """The largest or smallest of several, two at a time."""
        first, *rest = written
        return f"{function}({first}, {rest[0] if len(rest) == 1 else self.extreme(function, rest)})"

    def clip(self, node: Apply) -> str:
        """``np.clip`` where a number is at least one bound and at most another, or nothing."""
        match node:
            case Apply("max", (low, Apply("min", (high, inner)))) if _is_number(low) and _is_number(high):
                return f"np.clip({', '.join(self.writes([inner, low, high]))})"
        return ""

    def cases(self, node: Cases) -> str:
        return self.choose(guarded(node).branches)

    def choose(self, branches: Sequence[tuple[Node, Node | None]]) -> str:
        """Nested ``np.where``, nan where no condition holds."""
        if not branches:
            return "np.nan"
        (value, condition), *rest = branches
        if condition is None:
            return self.write(value)
        return f"np.where({self.write(condition)}, {self.write(value)}, {self.choose(rest)})"

    def logic(self, node: Logic) -> str:
        return {"and": " & ", "or": " | "}[node.operator].join(self.within(part, ATOM) for part in node.parts)

    def derivative(self, node: Derivative) -> str:
        raise SymbackpropError("notation", "a derivative that is not worked out has no Python", "work it out first")

    def pieces_inside(self, node: Node, width: float) -> list[Piece]:
        match node:
            case Fraction(numerator, denominator):
                above = self._operand(numerator, PRODUCT, width)
                first, *rest = self._operand(denominator, POWER, width - 2)
                return [*above, Piece(first.body, "/", "/ "), *rest]
            case Power(base, exponent):
                raised = f"**{self.within(exponent, ATOM)}"
                return self.enclosed(self._operand(base, ATOM, width - len(raised)), "", raised)
            case Apply() | Cases():
                return self.pieces_of_call(self.write(node), width)
        return []

    def pieces_of_call(self, text: str, width: float) -> list[Piece]:
        """Cut a call that is too long after the commas between its arguments, at any depth."""
        parts = text.split(", ")
        return [Piece(part + ",", " ") for part in parts[:-1]] + [Piece(parts[-1], " ")]


def _integer(value: int) -> str:
    return str(value) if abs(value) <= _EXACT else repr(float(value))


def _is_number(node: Node) -> bool:
    return isinstance(node, Number) or (isinstance(node, Minus) and isinstance(node.term, Number))
