"""Expressions as JavaScript, for plain numbers: the functions of ``Math``, and choices with ``? :``.

JavaScript's numbers are Python's floats: an overflow is Infinity, and NaN goes through everything.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr

from symbackprop.functions.catalogue import BY_NAME
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import Apply, Cases, Compare, Constant, Logic, Name, Node, Number, Power, Root
from symbackprop.notation.python import PythonBreaker, PythonWriter, assignment
from symbackprop.notation.writer import PRODUCT
from symbackprop.numeric.loops.writer import LoopBreaker, in_plain_numbers, is_short

_CONSTANTS = {"pi": "Math.PI", "e": "Math.E", "inf": "Infinity", "nan": "NaN"}


class JavaScriptWriter(PythonWriter):
    """Writes JavaScript. ``called`` are the functions that it has called, beside those of ``Math``."""

    def __init__(self, names: NameTable) -> None:
        super().__init__(names)
        self.called: set[str] = set()
        self.takes: set[str] = set()

    def step(self, expr: Expr, order: Order | None = None) -> str:
        return laid_out(in_plain_numbers(expr), order, self.write)

    def constant(self, node: Constant) -> str:
        return _CONSTANTS[node.name]

    def root(self, node: Root) -> str:
        return f"Math.sqrt({self.write(node.radicand)})"

    def strength(self, node: Node) -> int:
        return PRODUCT if is_short(node) else super().strength(node)

    def power(self, node: Power) -> str:
        if is_short(node) and isinstance(node.exponent, Number):
            return "*".join(self.writes([node.base] * node.exponent.numerator))
        return f"Math.pow({self.write(node.base)}, {self.write(node.exponent)})"  # -x**2 is no JavaScript

    def apply(self, node: Apply) -> str:
        if node.function in ("max", "min"):
            return f"Math.{node.function}({', '.join(self.writes(node.arguments))})"
        row = BY_NAME.get(node.function)
        word = row.native.get("javascript", "") if row is not None else ""
        if not word:
            word = node.function
            self.called.add(word)
        return f"{word}({', '.join(self.writes((*node.arguments, *node.settings)))})"

    def cases(self, node: Cases) -> str:
        return self.choose(node.branches)

    def choose(self, branches: Sequence[tuple[Node, Node | None]]) -> str:
        if not branches:
            return "NaN"
        (value, condition), *rest = branches
        if condition is None:
            return self.write(value)
        return f"({self.write(condition)} ? {self.write(value)} : {self.choose(rest)})"

    def logic(self, node: Logic) -> str:
        sign = {"and": " && ", "or": " || "}[node.operator]
        return f"({sign.join(self.write(part) for part in node.parts)})"

    def compare(self, node: Compare) -> str:
        return super().compare(node).replace("==", "===")


def assigned(writer: JavaScriptWriter, target: str, expr: Expr, order: Order | None, width: int) -> list[str]:
    """``const target = expr;`` in lines of that width, where it can be broken."""

    def work(node: Node) -> list[str]:
        breaker: PythonBreaker = LoopBreaker(writer)
        whole = isinstance(node, Apply | Cases | Name)
        lines = [f"{target} = {writer.write(node)}"] if whole else assignment(target, node, breaker, width)
        return [*lines[:-1], f"{lines[-1]};"]

    return laid_out(in_plain_numbers(expr), order, work)
