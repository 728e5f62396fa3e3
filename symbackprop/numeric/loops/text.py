"""The expressions of a loop as source, and the functions of the user's that they call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Basic, Expr

from symbackprop.functions import UserFunction
from symbackprop.notation import NameTable, Order
from symbackprop.notation.layout import layout
from symbackprop.notation.nodes import Apply, Call, Cases, Name, Node, OwnCall
from symbackprop.notation.python import Hook, assignment
from symbackprop.numeric.loops.statements import Statement, Written
from symbackprop.numeric.loops.writer import LoopBreaker, LoopWriter, assigned, in_plain_numbers, written
from symbackprop.numeric.program.line import parts_of
from symbackprop.numeric.wrapping import WIDTH


@dataclass(frozen=True)
class LoopText:
    """Writes expressions for a loop, by the ``names`` of values and of ``functions`` of the user's, in an order."""

    names: NameTable
    functions: NameTable
    order: Order | None = None

    def laid_out(self, expr: Expr) -> Node:
        """An expression as it is going to be written."""
        return layout(in_plain_numbers(expr), self.order)

    def written(self, expr: Expr) -> str:
        """An expression as source."""
        return written(expr, self.names, self.order, self._call)

    def assigned(self, target: str, expr: Expr, width: int) -> list[str]:
        """``target = expr`` in lines of that width, where it can be broken."""
        return assigned(target, expr, self.names, self.order, self._call, width)

    def statement(self, statement: Statement) -> Written:
        """A statement as source, in several lines where one is too short and its value can be broken."""
        writer = _Reading(self.names, self._call)
        target, node = self.names.code(statement.target), statement.value
        line = f"{target} {statement.sign} {writer.statement(node)}"
        reads = Counter(writer.read)
        if len(line) <= WIDTH or isinstance(node, (Apply, Cases)):
            return Written((line,), reads)
        return Written(tuple(assignment(target, node, LoopBreaker(writer), WIDTH)), reads)

    def _call(self, function: Any, arguments: Sequence[str]) -> str | None:
        """A user's function by its name in the code."""
        if isinstance(function, UserFunction):
            return f"{self.functions.code(type(function).__name__)}({', '.join(arguments)})"
        return None


class _Reading(LoopWriter):
    """Keeps the names that it writes, each as often as it stands there."""

    def __init__(self, names: NameTable, call: Hook) -> None:
        super().__init__(names, call)
        self.read: list[str] = []

    def name(self, node: Name) -> str:
        self.read.append(node.name)
        return super().name(node)

    def own_call(self, node: Apply | Call | OwnCall) -> str | None:
        """A call of a user's function; the arguments of others are written where they stand, and not here too."""
        return super().own_call(node) if isinstance(node.source, UserFunction) else None


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


def written_function(function: type[UserFunction], text: LoopText, reserved: frozenset[str]) -> str:
    """The source of one of them, by the names that ``text`` has for functions."""
    body = function.body.xreplace(dict(zip(function.parameters, function.written, strict=True)))
    names = NameTable.of([p.name for p in function.written], reserved=reserved | {"value"})
    inside = LoopText(names, text.functions)
    arguments = ", ".join(names.code(p.name) for p in function.written)
    head = f"def {text.functions.code(function.__name__)}({arguments}):"
    if len(line := f"    return {inside.written(body)}") <= WIDTH:
        return f"{head}\n{line}"
    lines = inside.assigned("value", body, WIDTH - 4)
    return "\n".join([head, *(f"    {line}" for line in lines), "    return value"])


def _depth(function: type[UserFunction]) -> int:
    """How deep a user's function calls others of the user's: callers come after those that they call."""
    inner = [_depth(type(f)) for f in function.body.atoms(UserFunction)]
    return 1 + max(inner, default=0)
