"""Functions applied in a formula: those of the table, and the user's own."""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping

from sympy import Expr

from symbackprop.errors import did_you_mean
from symbackprop.functions.known import instead_of
from symbackprop.functions.user import UserFunction
from symbackprop.network.formulas.builder import Builder
from symbackprop.network.formulas.conditions import Conditions, Read
from symbackprop.network.formulas.elsewhere import FUNCTIONS as ELSEWHERE
from symbackprop.network.formulas.matrix_table import MATRIX_WORDS
from symbackprop.network.formulas.names import quote
from symbackprop.network.formulas.scanner import FOR_MATRICES
from symbackprop.network.formulas.source import Source, counted
from symbackprop.network.formulas.table import FUNCTION_NAMES, LOSSES, PLAIN, VECTOR, Known


class Calls:
    """Reads the calls of one formula. ``names`` are those that stand for values, where they are known.

    ``matrices`` says whether some of them are matrices.
    """

    def __init__(
        self,
        source: Source,
        builder: Builder,
        read: Read,
        functions: Mapping[str, type[UserFunction]],
        names: Container[str],
        matrices: bool,
    ) -> None:
        self.source = source
        self.builder = builder
        self.read = read
        self.functions = functions
        self.names = names
        self.matrices = matrices
        self.conditions = Conditions(source, builder, read)

    def call(self, name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        """Read the call of the function ``name``."""
        if name == "where":
            return self.conditions.where(args, node, depth)
        if name == "piecewise":
            return self.conditions.piecewise(args, node, depth)
        if name in VECTOR:
            return self._component(name, args, node, depth)
        if name in LOSSES:
            return self._loss(name, args, node, depth)
        if name in self.functions:
            return self._own(self.functions[name], name, args, node, depth)
        if name in PLAIN:
            self.source.check_count(name, PLAIN[name], args, node)
            with self.builder.inside(name, node):
                values = [self.read(arg, depth + 1) for arg in args]
            return self.builder.apply(name, values, node)
        if name in self.names:
            self.source.fail(
                "unknown-function",
                f"{quote(name)} in {self.source.piece(node)} is a name, not a function",
                "write * for a product",
            )
        fix = did_you_mean(name, [*FUNCTION_NAMES, *self.functions, *(MATRIX_WORDS if self.matrices else ())])
        fix = instead_of(name, in_text=True) or fix
        if name in MATRIX_WORDS:
            fix = f"it {FOR_MATRICES}"
        elif self.matrices:
            fix = ELSEWHERE.get(name, fix)
        self.source.fail("unknown-function", f"unknown function {quote(name)} in {self.source.piece(node)}", fix)

    def components(self, node: ast.expr, count: int) -> tuple[Expr, ...]:
        """The components of softmax([…]), which stands as the whole formula."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in VECTOR):
            self.source.fail(
                "components",
                f"{self.source.piece(node)} is one value for {count} names",
                "a key of several names takes softmax([…]) or log_softmax([…])",
            )
        name = node.func.id
        scores = self._list(node.args[0], 2) if len(node.args) == 1 and not node.keywords else None
        if scores is None:
            fix = f"write {name}([z1, z2, z3])"
            self.source.fail("arguments", f"{self.source.piece(node)} is not over a list", fix)
        if len(scores) != count:
            self.source.fail(
                "components",
                f"{self.source.piece(node)} has {counted(len(scores), 'component')} for {count} names",
                "give as many scores as names",
            )
        return VECTOR[name](scores)

    def _own(self, cls: type[UserFunction], name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        count = len(cls.parameters)
        usage = f"{name}({', '.join(parameter.name for parameter in cls.written)})"
        self.source.check_count(name, Known(cls, usage, count, count), args, node)
        values = [self.read(arg, depth + 1) for arg in args]
        return self.builder.own(cls, values, node)

    def _component(self, name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        if len(args) == 1 and isinstance(args[0], ast.List):
            self.source.fail(
                "components",
                f"{self.source.piece(node)} has {counted(len(args[0].elts), 'component')} and stands for one value",
                f'give it the whole right side of a key such as "p1, p2, p3", or write {name}(z1, [z1, z2, z3])',
            )
        scores = self._list(args[1], depth) if len(args) == 2 else None
        if scores is None or len(scores) < 2:
            self.source.fail(
                "arguments",
                f"{self.source.piece(node)} lacks a list of two scores or more",
                f"write {name}(z1, [z1, z2, z3])",
            )
        chosen = self.read(args[0], depth + 1)
        if scores.count(chosen) != 1:
            times = "is not" if chosen not in scores else "is more than once"
            self.source.fail(
                "arguments",
                f"{self.source.piece(args[0])} {times} in the list of {self.source.piece(node)}",
                "let it stand there exactly once",
            )
        return VECTOR[name](scores)[scores.index(chosen)]

    def _loss(self, name: str, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        loss = LOSSES[name]
        self.source.check_count(name, loss, args, node)
        sides = [self._list(arg, depth) or [self.read(arg, depth + 1)] for arg in args[: loss.values]]
        if len(sides[0]) != len(sides[1]) or len(sides[0]) != len(sides[-1]):
            given = " and ".join(
                counted(len(side), "target" if side is sides[1] and len(sides) == 2 else "output") for side in sides
            )
            self.source.fail("arguments", f"{self.source.piece(node)} has {given}", "give as many targets as outputs")
        others = [self.read(arg, depth + 1) for arg in args[loss.values :]]
        return self.builder.bounded(self.builder.real(loss.build(*sides, *others), node), node)

    def _list(self, node: ast.expr, depth: int) -> list[Expr] | None:
        """The items of a list that is written out, or ``None`` where it is not one."""
        if not isinstance(node, (ast.List, ast.Tuple)):
            return None
        if not node.elts:
            self.source.fail("arguments", "an empty list", "put names into it")
        return [self.read(item, depth + 1) for item in node.elts]
