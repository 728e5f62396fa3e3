"""SymPy's expressions, built part by part under bounds on their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sympy import Add, Expr, Mul, Pow, Symbol, log, nan, oo, preorder_traversal, zoo

from symbackprop.functions.user import UserFunction
from symbackprop.network.formulas.limits import (
    MAX_CONSTANT,
    MAX_CONSTANT_PARTS,
    MAX_EXPONENT,
    MAX_EXTREMA,
    MAX_RESULT_BITS,
    MAX_ROOT_BITS,
    MAX_TANH,
)
from symbackprop.network.formulas.source import Quoted
from symbackprop.network.formulas.table import PLAIN, SPELLED, UNBOUNDED


class Builder:
    """Builds the parts of one formula from parts that are built already.

    Each method takes the node that it builds, for its messages. SymPy works on constants as soon as it sees them, so
    what would take it long is refused before it is built.
    """

    def __init__(self, source: Quoted) -> None:
        self.source = source
        self.extrema = 0
        self.extrema_around = 0
        self.tanh_around = 0

    def power(self, base: Expr, exponent: Expr, node: Any) -> Expr:
        """``base**exponent``."""
        self.check_parts([base, exponent], node)
        if exponent.is_number:
            size = abs(exponent if exponent.is_Rational else exponent.evalf(15))
            if size > MAX_EXPONENT:
                self.source.fail(
                    "too-large", f"the exponent in {self.source.piece(node)}", f"use at most {MAX_EXPONENT}"
                )
            if base == 0 and exponent.is_negative:
                self.source.fail(
                    "number", f"{self.source.piece(node)} divides by zero", "let the divisor be something else"
                )
            if base.is_Rational and _bits(base) * size > MAX_RESULT_BITS:
                self.source.fail_large(node)
            if base.is_Rational and not exponent.is_integer and _bits(base) > MAX_ROOT_BITS:
                self.source.fail_large(node)
        return self.bounded(self.real(Pow(base, exponent), node), node)

    def apply(self, name: str, args: list[Expr], node: Any) -> Expr:
        """A function of the table, at its arguments."""
        if name in ("max", "min"):
            self.extrema += len(args)
            if self.extrema > MAX_EXTREMA:
                self.source.fail("too-large", f"{self.source.piece(node)} compares too much", "name some of its parts")
        self.check_parts(args, node)
        if name not in UNBOUNDED:
            for arg in args:
                self._check_constant(arg, node)
        if name == "exp":
            self._check_logarithms(args[0], node)
        return self.bounded(self.real(PLAIN[name].build(*args), node), node)

    def own(self, cls: type[UserFunction], values: list[Expr], node: Any) -> Expr:
        """A function of the user's own, at its arguments."""
        if any(value.is_number for value in values):
            self._rehearse(cls, values, node, _Budget(1_000))
        return cls(*values)

    @contextmanager
    def inside(self, name: str, node: Any) -> Iterator[None]:
        """Count how many tanh, and how many extrema, stand around what is read meanwhile."""
        self.tanh_around += name == "tanh"
        extreme = name in ("max", "min")
        if extreme and not self.extrema_around:
            self.extrema = 0  # those beside this one are not compared with what is within it
        self.extrema_around += extreme
        if self.tanh_around > MAX_TANH:
            self.source.fail(
                "too-large", f"{self.source.piece(node)} is inside {MAX_TANH} tanh", "name some of its parts"
            )
        yield
        self.tanh_around -= name == "tanh"
        self.extrema_around -= extreme

    # Checks.

    def bounded(self, expr: Expr, node: Any) -> Expr:
        """Refuse numbers and exponents that have grown too large; they stand within two levels of the top."""
        inner = [part for arg in expr.args for part in arg.args]
        for part in (expr, *expr.args, *inner):
            if part.is_Rational and _bits(part) > MAX_RESULT_BITS:
                self.source.fail_large(node)
            if part.is_Pow and part.base.is_Rational and _bits(part.base) > MAX_ROOT_BITS:
                self.source.fail_large(node)
            if part.is_Pow and part.exp.is_Rational and abs(part.exp) > MAX_EXPONENT:
                self.source.fail(
                    "too-large", f"the exponent in {self.source.piece(node)}", f"use at most {MAX_EXPONENT}"
                )
        return expr

    def real(self, expr: Expr, node: Any) -> Expr:
        """Refuse constants that are no real number, such as log(0) and sqrt(-1)."""
        if expr.is_number and (expr.is_extended_real is False or expr.has(oo, -oo, zoo, nan)):
            self.source.fail(
                "number", f"{self.source.piece(node)} is not a real number", "every value of a network is real"
            )
        return expr

    def check_parts(self, args: list[Expr], node: Any) -> None:
        """Bound the constants among ``args`` before SymPy asks for their signs, which takes longer with every part."""
        for arg in args:
            if arg.is_number and not _is_short(arg):
                self.source.fail(
                    "too-large", f"a constant in {self.source.piece(node)} has too many parts", "write its value"
                )

    def _check_constant(self, arg: Expr, node: Any) -> None:
        if arg.is_number:
            size = abs(arg if arg.is_Rational else arg.evalf(15))
            if size > MAX_CONSTANT:
                fix = f"apply functions to constants of at most {MAX_CONSTANT:,}"
                self.source.fail("too-large", f"the constant in {self.source.piece(node)}", fix)

    def _check_logarithms(self, arg: Expr, node: Any) -> None:
        """Bound c in exp(c*log(x)), which SymPy turns into x**c."""
        for term in Add.make_args(arg):
            factors = Mul.make_args(term)
            size = Mul(*(factor for factor in factors if not isinstance(factor, log)))
            if any(isinstance(factor, log) for factor in factors) and size.is_number:
                self.power(Symbol("x"), size, node)

    # Functions of the user's own.

    def _rehearse(self, cls: type[UserFunction], values: list[Expr], node: Any, budget: _Budget) -> Expr:
        """Work the user's formula out at its arguments under the same bounds as a formula that is written out.

        Without this a constant could slip through: f(z) = exp(z**64*log(2)) is harmless until it is f(10**6).
        """
        table = dict(zip(cls.parameters, values, strict=True))

        def build(expr: Expr) -> Any:
            if not budget.spend():
                self.source.fail_large(node)
            if expr in table or not expr.args:
                return table.get(expr, expr)
            args = [build(arg) for arg in expr.args]
            if isinstance(expr, UserFunction):
                return self._rehearse(type(expr), args, node, budget)
            if isinstance(expr, Pow):
                return self.power(args[0], args[1], node)
            name = SPELLED.get(expr.func)
            return self.apply(name, args, node) if name else self.bounded(expr.func(*args), node)

        return build(cls.body)


class _Budget:
    """A number of steps that may be taken."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def spend(self) -> bool:
        self.steps -= 1
        return self.steps >= 0


def _bits(number: Expr) -> int:
    """The size of a rational number: the length of its numerator or its denominator."""
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def _is_short(constant: Expr) -> bool:
    """Whether a constant has few parts, and no more than two functions or powers within each other."""
    parts = list(islice(preorder_traversal(constant), MAX_CONSTANT_PARTS + 1))
    return len(parts) <= MAX_CONSTANT_PARTS and _nesting(constant) <= 2


def _nesting(constant: Expr) -> int:
    inner = max((_nesting(arg) for arg in constant.args), default=0)
    return inner if constant.is_Atom or constant.is_Add or constant.is_Mul else inner + 1
