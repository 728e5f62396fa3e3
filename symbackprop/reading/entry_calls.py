"""Calls of what works entry by entry."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Integer, Max, Min

from symbackprop.matrices import Determinant, LogDeterminant
from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import together
from symbackprop.network.formulas.table import LOSSES
from symbackprop.reading import syntax as s
from symbackprop.reading.arguments import Arguments, together_of


class EntryCalls(Arguments):
    """Reads functions that work entry by entry."""

    def by_entries(self, name: str, parts: Sequence[Read], node: s.Node) -> Read:
        """A function of the table, applied entry by entry."""
        return self.meaning.builder.apply(name, [expr for expr, _ in parts], node), together_of(parts)

    def where(self, node: s.Call) -> Read:
        self.count(node, 3, 3, "where(condition, a, b)")
        condition, yes, no = node.arguments
        return self.meaning.cases(((yes, condition), (no, None)), node)

    def piecewise(self, node: s.Call) -> Read:
        pairs = [self.items(part) for part in node.arguments]
        if not pairs or any(len(pair) != 2 for pair in pairs):
            what = f"{self.meaning.piece(node)} is not made of values with conditions"
            self.meaning.fail("arguments", what, "write piecewise((a, condition), (b, True))", node)
        return self.meaning.cases([(value, when) for value, when in pairs], node)

    def indicator(self, node: s.Call) -> Read:
        self.count(node, 1, 1, "1[z > 0]")
        return self.meaning.value(node.arguments[0])

    def square(self, node: s.Call) -> Read:
        expr, shape = self.parts(node, 1, "A**2")[0]
        return self.meaning.builder.power(expr, Integer(2), node), shape

    def power(self, node: s.Call) -> Read:
        a, b = self.parts(node, 2, "A**2")
        return self.meaning.builder.power(a[0], b[0], node), together("**", *a, *b)

    def clip(self, node: s.Call) -> Read:
        x, low, high = self.parts(node, 3, "clip(x, low, high)")
        return Max(low[0], Min(high[0], x[0])), together_of([x, low, high])

    def add(self, node: s.Call) -> Read:
        a, b = self.parts(node, 2, "A + B")
        return a[0] + b[0], together("+", *a, *b)

    def subtract(self, node: s.Call) -> Read:
        a, b = self.parts(node, 2, "A - B")
        return a[0] - b[0], together("-", *a, *b)

    def negative(self, node: s.Call) -> Read:
        expr, shape = self.parts(node, 1, "-A")[0]
        return -expr, shape

    def divide(self, node: s.Call) -> Read:
        a, (expr, shape) = self.parts(node, 2, "A/B")
        return self.meaning.entrywise("/", a, (self.meaning.builder.power(expr, Integer(-1), node), shape))

    def reciprocal(self, node: s.Call) -> Read:
        expr, shape = self.parts(node, 1, "1/A")[0]
        return self.meaning.builder.power(expr, Integer(-1), node), shape

    def same(self, node: s.Call) -> Read:
        return self.parts(node, 1, "A")[0]

    def log1p(self, node: s.Call) -> Read:
        expr, shape = self.parts(node, 1, "log(1 + z)")[0]
        return self.by_entries("log", [(1 + expr, shape)], node)

    def expm1(self, node: s.Call) -> Read:
        part = self.parts(node, 1, "exp(z) - 1")[0]
        expr, shape = self.by_entries("exp", [part], node)
        return expr - 1, shape

    def log(self, node: s.Call) -> Read:
        if node.sub:
            what = f"the base of {self.meaning.piece(node)}"
            self.meaning.fail("arguments", what, "write log(x)/log(2)", node)
        self.count(node, 1, 1, "log(z)")
        first = node.arguments[0]
        if isinstance(first, s.Bars):
            inner, _ = self.meaning.value(first.of)
            if isinstance(inner, Determinant):
                return LogDeterminant(inner.args[0]), ()
        return self.by_entries("log", [self.meaning.value(first)], node)

    def loss(self, node: s.Call) -> Read:
        loss = LOSSES[node.function]
        self.count(node, loss.least, loss.most, loss.usage)
        values, others = node.arguments[: loss.values], node.arguments[loss.values :]
        sides = [[self.meaning.value(item) for item in self.items(part)] for part in values]
        if len({len(side) for side in sides}) > 1:
            what = f"{self.meaning.piece(node)} has {len(sides[0])} outputs and {len(sides[1])} targets"
            self.meaning.fail("arguments", what, "give as many targets as outputs", node)
        settings = [self.meaning.scalar(part) for part in others]
        made = loss.build(*([expr for expr, _ in side] for side in sides), *settings)
        return self.meaning.builder.real(made, node), together_of([part for side in sides for part in side])
