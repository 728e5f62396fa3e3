"""Values that depend on a condition: where(…), piecewise(…) and [a < b]."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from sympy import And, Expr, Or, Piecewise

from symbackprop.network.formulas.builder import Builder
from symbackprop.network.formulas.limits import MAX_CONDITIONS, MAX_DEPTH
from symbackprop.network.formulas.source import Source
from symbackprop.network.formulas.table import PIECEWISE_USAGE, WHERE

Read: TypeAlias = Callable[[ast.expr, int], Expr]
"""Reads a node that stands for a value, at a depth within the formula."""

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}


class Conditions:
    """Reads the calls of one formula that hold conditions."""

    def __init__(self, source: Source, builder: Builder, read: Read) -> None:
        self.source = source
        self.builder = builder
        self.read = read

    def where(self, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        """Read where(condition, a, b)."""
        self.source.check_count("where", WHERE, args, node)
        self._check_conditions(args[:1], node)
        condition = self._truth(args[0], depth + 1)
        yes, no = (self.read(arg, depth + 1) for arg in args[1:])
        return Piecewise((yes, condition), (no, True))

    def indicator(self, test: ast.expr, depth: int) -> Expr:
        """Read [condition], which is 1 where it holds and 0 elsewhere (Iverson's bracket)."""
        self._check_conditions([test], test)
        return Piecewise((1, self._truth(test, depth + 1)), (0, True))

    def piecewise(self, args: list[ast.expr], node: ast.expr, depth: int) -> Expr:
        """Read piecewise((a, condition), (b, True))."""
        pairs = [arg.elts for arg in args if isinstance(arg, ast.Tuple) and len(arg.elts) == 2]
        if len(pairs) < len(args) or not args:
            self.source.fail(
                "arguments", f"{self.source.piece(node)} is not made of values with conditions", PIECEWISE_USAGE
            )
        always = [isinstance(condition, ast.Constant) and condition.value is True for _, condition in pairs]
        if always != [False] * (len(pairs) - 1) + [True]:
            self.source.fail(
                "arguments", f"True is not the last condition of {self.source.piece(node)}", PIECEWISE_USAGE
            )
        self._check_conditions((condition for _, condition in pairs), node)
        branches = [(self.read(value, depth + 1), self._truth(test, depth + 1)) for value, test in pairs[:-1]]
        return Piecewise(*branches, (self.read(pairs[-1][0], depth + 1), True))

    def _check_conditions(self, conditions: Iterable[ast.expr], node: ast.expr) -> None:
        parts = (part for condition in conditions for part in ast.walk(condition))
        if sum(isinstance(part, ast.Compare) for part in parts) > MAX_CONDITIONS:
            fix = f"use at most {MAX_CONDITIONS} comparisons"
            self.source.fail("too-large", f"{self.source.piece(node)} compares too much", fix)

    def _truth(self, node: ast.expr, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise RecursionError
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return And(*(self._truth(value, depth + 1) for value in values))
            case ast.BoolOp(op=ast.Or(), values=values):
                return Or(*(self._truth(value, depth + 1) for value in values))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                sides = [self.read(side, depth + 1) for side in (left, right)]
                self.builder.check_parts(sides, node)
                return _COMPARISONS[type(op)](*sides)
            case ast.Compare(ops=[_, _, *_]):
                fix = "write one comparison at a time: 0 < x and x < 1"
                self.source.fail("syntax", f"{self.source.piece(node)} compares more than two values", fix)
        self.source.fail("syntax", f"{self.source.piece(node)} is not a condition", "write one such as x > 0")
