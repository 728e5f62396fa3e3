"""Expressions as JavaScript, for plain numbers: the functions of ``Math``, and choices with ``? :``.

JavaScript's numbers are Python's floats: an overflow is Infinity, and NaN goes through everything.
"""

from __future__ import annotations

from typing import final

from sympy import Expr

from symbackprop.functions.catalogue import BY_NAME
from symbackprop.notation import Order
from symbackprop.notation.layout import laid_out
from symbackprop.notation.nodes import Apply, Cases, Constant, Logic, Name, Node, Power, Root
from symbackprop.notation.python import assignment
from symbackprop.notation.python.writer import Branches
from symbackprop.numeric.plain_numbers import NumberBreaker, NumberCode, in_plain_numbers

_CONSTANTS = {"pi": "Math.PI", "e": "Math.E", "inf": "Infinity", "nan": "NaN"}
_RELATIONS = {"==": "==="}


@final
class JavaScriptWriter(NumberCode):
    """Writes JavaScript. ``called`` are the functions that it has called, beside those of ``Math``."""

    relations = _RELATIONS

    def step(self, expr: Expr, order: Order | None = None) -> str:
        return laid_out(in_plain_numbers(expr), order, self.write)

    def constant(self, node: Constant) -> str:
        return _CONSTANTS[node.name]

    def root(self, node: Root) -> str:
        return f"Math.sqrt({self.write(node.radicand)})"

    def name(self, node: Name) -> str:
        return self.names.code(node.name)

    def long_power(self, node: Power) -> str:
        return self.call_of("Math.pow", [node.base, node.exponent])  # -x**2 is no JavaScript

    def known_call(self, node: Apply) -> str:
        if node.function in ("max", "min"):
            return self.call_of(f"Math.{node.function}", node.arguments)
        row = BY_NAME.get(node.function)
        return self.function_call(row.native.get("javascript", "") if row is not None else "", node)

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        return f"({self.write(condition)} ? {self.write(value)} : {self.choose(rest)})"

    def logic(self, node: Logic) -> str:
        sign = {"and": " && ", "or": " || "}[node.operator]
        return f"({sign.join(self.write(part) for part in node.parts)})"


def assigned(writer: JavaScriptWriter, target: str, expr: Expr, order: Order | None, width: int) -> list[str]:
    """``const target = expr;`` in lines of that width, where it can be broken."""

    def work(node: Node) -> list[str]:
        breaker = NumberBreaker(writer)
        whole = isinstance(node, Apply | Cases | Name)
        lines = [f"{target} = {writer.write(node)}"] if whole else assignment(target, node, breaker, width)
        return [*lines[:-1], f"{lines[-1]};"]

    return laid_out(in_plain_numbers(expr), order, work)
