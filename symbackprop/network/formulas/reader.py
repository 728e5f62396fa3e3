"""From Python's syntax tree to SymPy. Every kind of node that is not named here is refused."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Container, Mapping
from fractions import Fraction
from functools import reduce
from typing import ClassVar, NoReturn, TypeAlias, final

from sympy import Add, Expr, Mul, Rational, Symbol, pi

from symbackprop.errors import did_you_mean
from symbackprop.functions.user import UserFunction
from symbackprop.network.formulas.builder import Builder
from symbackprop.network.formulas.calls import Calls
from symbackprop.network.formulas.limits import MAX_DEPTH
from symbackprop.network.formulas.names import quote
from symbackprop.network.formulas.source import Source
from symbackprop.network.formulas.table import FUNCTION_NAMES
from symbackprop.network.formulas.typed import Typed

Names: TypeAlias = Mapping[str, Symbol] | Callable[[str], Symbol]
"""What a name stands for: a table of symbols, or a function that makes one of any name."""

_CONDITIONS = (ast.Compare, ast.BoolOp)


class Reader(ABC):
    """Turns one formula into SymPy. ``words`` are further names of functions."""

    matrices: ClassVar[bool]
    """Whether the formula may hold ``@`` and ``.T``."""

    def __init__(
        self,
        text: str,
        symbols: Names,
        functions: Mapping[str, type[UserFunction]],
        where: str,
        words: Container[str] = (),
    ) -> None:
        self.symbols = symbols
        self.functions = functions
        self.words = words
        self.source = Source(text, where, self.matrices)
        self.root = self.source.tree()
        self.builder = Builder(self.source)
        self.typed = Typed()
        names = () if callable(symbols) else symbols
        self.calls = Calls(self.source, self.builder, self._read, functions, names, self.matrices)

    @abstractmethod
    def expression(self) -> Expr:
        """The one value that the formula stands for, of the shape that it stands for."""

    @abstractmethod
    def components(self, count: int) -> tuple[Expr, ...]:
        """The components of a formula that stands for ``count`` values, which are scalars."""

    @abstractmethod
    def _read(self, node: ast.expr, depth: int) -> Expr:
        """What a part of the formula stands for."""

    def _entrywise(self, node: ast.expr, depth: int) -> Expr:
        """What a part stands for that is worked out of scalars, or of the entries of matrices."""
        if depth > MAX_DEPTH:
            raise RecursionError
        match node:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.builder.bounded(self._sum(node, depth), node)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.builder.bounded(self._product(node, depth), node)
            case ast.BinOp(op=ast.Pow(), left=base, right=exponent):
                return self.builder.power(self._read(base, depth + 1), self._read(exponent, depth + 1), node)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.typed.minus(self._read(operand, depth + 1))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self._read(operand, depth + 1)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self.calls.call(name, args, node, depth)
            case ast.List(elts=[ast.Compare() | ast.BoolOp() as test]):
                return self.calls.conditions.indicator(test, depth)
            case ast.Name(id=name):
                return self._symbol(name)
            case ast.Constant(value=value) if type(value) in (int, float):
                return self._number(node)
        self._refuse(node)

    def _refuse(self, node: ast.expr) -> NoReturn:
        what = self.source.piece(node)
        if isinstance(node, _CONDITIONS) or (isinstance(node, ast.Constant) and node.value is True):
            self.source.fail(
                "forbidden", f"the condition {what}", "put it into where(…) or piecewise(…), or into brackets: [a < b]"
            )
        if isinstance(node, (ast.List, ast.Tuple)):
            self.source.fail(
                "forbidden", f"the list {what}", "lists stand inside softmax, log_softmax and the losses alone"
            )
        self.source.fail("forbidden", what, "a formula is made of numbers, names, functions and + - * / **")

    def _number(self, node: ast.expr) -> Expr:
        value = Fraction(self.source.segment(node))
        return Rational(value.numerator, value.denominator)

    def _symbol(self, name: str) -> Expr:
        if not callable(self.symbols):
            if name in self.symbols:
                return self.symbols[name]
            if name == "pi":
                return pi
            if not self._is_function(name):
                known = did_you_mean(name, self.symbols)
                self.source.fail("unbound", f"unknown name {quote(name)}", known)
        if self._is_function(name):
            self.source.fail("name", f"{quote(name)} is a function, and stands here as a name", f"write {name}(…)")
        return self.symbols(name) if callable(self.symbols) else self.symbols[name]

    def _is_function(self, name: str) -> bool:
        return name in FUNCTION_NAMES or name in self.functions or name in self.words

    # Arithmetic. Sums and products are read along, not down: a neuron may have a thousand inputs.

    def _sum(self, node: ast.expr, depth: int) -> Expr:
        terms: list[Expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            term = self._read(node.right, depth + 1)
            terms.append(self.typed.minus(term) if isinstance(node.op, ast.Sub) else term)
            node = node.left
        terms.append(self._read(node, depth + 1))
        terms.reverse()
        return self.typed.sum(Add(*terms), terms)

    def _product(self, node: ast.expr, depth: int) -> Expr:
        factors: list[Expr] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            factor = self._read(node.right, depth + 1)
            factors.append(self.builder.power(factor, Rational(-1), node) if isinstance(node.op, ast.Div) else factor)
            node = node.left
        factors.append(self._read(node, depth + 1))
        factors.reverse()
        # One at a time gives what Python would, 2*(x + y)*z; for many factors that takes too long.
        whole = reduce(lambda a, b: a * b, factors) if len(factors) <= 32 else Mul(*factors)
        return self.typed.product(whole, factors)


@final
class ScalarReader(Reader):
    """Turns one formula over scalars into SymPy."""

    matrices = False

    def expression(self) -> Expr:
        """The one value that the formula stands for."""
        return self._read(self.root, 1)

    def components(self, count: int) -> tuple[Expr, ...]:
        """The components of a formula that stands for ``count`` values."""
        return self.calls.components(self.root, count)

    def _read(self, node: ast.expr, depth: int) -> Expr:
        return self._entrywise(node, depth)
