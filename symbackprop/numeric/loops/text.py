"""The expressions of a loop as source, and the functions of the user's that they call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sympy import Basic, Expr

from symbackprop.functions import UserFunction
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import laid_out, layout
from symbackprop.notation.nodes import Apply, Cases, Node
from symbackprop.notation.python import assignment
from symbackprop.numeric.loops.statements import Statement, Written
from symbackprop.numeric.loops.writer import LoopWriter
from symbackprop.numeric.plain_numbers import NumberBreaker, in_plain_numbers
from symbackprop.numeric.program.line import parts_of
from symbackprop.numeric.wrapping import WIDTH


@dataclass(frozen=True)
class LoopText:
    """Writes expressions for a loop, by the ``names`` of values and of ``functions`` of the user's, in an order.

    ``typed`` is whether numbers are cast.
    """

    names: NameTable
    functions: NameTable
    order: Order | None = None
    typed: bool = False

    def laid_out(self, expr: Expr) -> Node:
        """An expression as it is going to be written."""
        return layout(in_plain_numbers(expr), self.order)

    def written(self, expr: Expr) -> Written:
        """An expression as source, in one line."""
        writer = self._writer()
        return _noted(writer, writer.step(expr, self.order))

    def statement(self, statement: Statement) -> Written:
        """A statement as source."""
        return self.assigned(self.names.code(statement.target), statement.value, statement.sign)

    def assigned(self, target: str, node: Node, sign: str = "=", width: int = WIDTH) -> Written:
        """A value with its target before it, in several lines where one is too short and the value can be broken."""
        writer = self._writer()
        written = _noted(writer, f"{target} {sign} {writer.statement(node)}")
        if len(written.lines[0]) <= width or isinstance(node, (Apply, Cases)):
            return written
        return replace(written, lines=tuple(assignment(target, node, NumberBreaker(writer), width)))

    def _writer(self) -> LoopWriter:
        return LoopWriter(self.names, self._call, self.typed)

    def _call(self, function: UserFunction, arguments: Sequence[str]) -> str:
        """A user's function by its name in the code."""
        return f"{self.functions.code(type(function).__name__)}({', '.join(arguments)})"


def _noted(writer: LoopWriter, line: str) -> Written:
    """A line, with what its writer has taken note of."""
    return Written((line,), Counter(writer.read), frozenset(writer.called | writer.takes))


def user_functions(exprs: Iterable[Basic]) -> list[type[UserFunction]]:
    """The functions of the user's that expressions call, each behind those that it calls itself."""
    found: dict[type[UserFunction], int] = {}
    waiting = list(exprs)
    while waiting:
        for node in parts_of([waiting.pop()]):
            if isinstance(node, UserFunction) and type(node) not in found:
                found[type(node)] = _depth(type(node))
                waiting.append(node.body)
    return sorted(found, key=lambda function: (found[function], function.__name__))


def written_function(function: type[UserFunction], text: LoopText, reserved: frozenset[str]) -> Written:
    """The source of one of them, by the names that ``text`` has for functions."""
    body = function.body.xreplace(dict(zip(function.parameters, function.written, strict=True)))
    names = NameTable.of([p.name for p in function.written], reserved=reserved | {"value"})
    inside = replace(text, names=names, order=None)
    arguments = ", ".join(names.code(p.name) for p in function.written)
    head = f"def {text.functions.code(function.__name__)}({arguments}):"
    value = inside.written(body)
    lines = [f"    return {value.lines[0]}"]
    if len(lines[0]) > WIDTH:
        whole = laid_out(in_plain_numbers(body), None, lambda node: inside.assigned("value", node, width=WIDTH - 4))
        lines = [*(f"    {line}" for line in whole.lines), "    return value"]
    return replace(value, lines=(head, *lines))


def _depth(function: type[UserFunction]) -> int:
    """How deep a user's function calls others of the user's: callers come after those that they call."""
    inner = [_depth(type(f)) for f in function.body.atoms(UserFunction)]
    return 1 + max(inner, default=0)
