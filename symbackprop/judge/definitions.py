"""Elementary functions and operations of matrices from their definitions, for numbers of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from operator import add, mul
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Basic, Expr, cos, exp, pi, sin

from symbackprop.functions import stop_gradient
from symbackprop.functions.veils import VeiledTanh
from symbackprop.judge import entries, laws
from symbackprop.judge.entries import Entries, along, entrywise, folded
from symbackprop.judge.laws import Law
from symbackprop.judge.numbers import Number, Undecidable
from symbackprop.matrices import Broadcast, Identity, Operation, Product, Sum, SumAll, Transposed
from symbackprop.matrices.operations.catalogue import RECORD_OF
from symbackprop.matrices.operations.record import Grid, Record

if TYPE_CHECKING:
    from symbackprop.judge.walk import Walk


def _each(name: str) -> Callable[[Walk, Basic, list[Entries]], Entries]:
    return lambda walk, node, args: args[0].each(getattr(walk.numbers, name))


def _law(law: Law) -> Callable[[Walk, Basic, list[Entries]], Entries]:
    return lambda walk, node, args: entrywise(partial(walk.numbers.applied, law), *args)


def _polygamma(walk: Walk, node: Basic, args: list[Entries]) -> Entries:
    order = node.args[0]
    if not (order.is_Integer and order >= 0):
        raise Undecidable(f"polygamma of the order {order}, which is no whole number from 0 on")
    return args[1].each(partial(walk.numbers.applied, laws.polygamma(int(order))))


def _tanh(walk: Walk, node: Basic, args: list[Entries]) -> Entries:
    """1 - 2/(1 + exp(2z))."""
    one, two = (walk.numbers.number(Fraction(k)) for k in (1, 2))
    return args[0].each(lambda z: one - two / (one + walk.numbers.exp(two * z)))


def _erfc(walk: Walk, node: Basic, args: list[Entries]) -> Entries:
    return args[0].each(lambda z: walk.one - walk.numbers.applied(laws.ERF, z))


def _absolute(walk: Walk, node: Basic, args: list[Entries]) -> Entries:
    sides = walk.sides(node.args[0], args[0])
    return Entries(args[0].shape, tuple(-x if side < 0 else x for x, side in zip(args[0].flat, sides, strict=True)))


def _sign(walk: Walk, node: Basic, args: list[Entries]) -> Entries:
    signs = {side: walk.numbers.number(Fraction(side)) for side in (-1, 0, 1)}
    return Entries(args[0].shape, tuple(signs[side] for side in walk.sides(node.args[0], args[0])))


def _extreme(largest: bool) -> Callable[[Walk, Basic, list[Entries]], Entries]:
    def of(walk: Walk, node: Basic, args: list[Entries]) -> Entries:
        shape = entries.common_shape(args)
        best = list(entries.repeated(args[0], shape).flat)
        held = [node.args[0]] * len(best)
        for arg, part in zip(node.args[1:], args[1:], strict=True):
            for place, x in enumerate(entries.repeated(part, shape).flat):
                side = walk.forks.side(arg - held[place], x - best[place], walk.numbers)
                if side > 0 if largest else side < 0:
                    best[place], held[place] = x, arg
        return Entries(shape, tuple(best))

    return of


FUNCTIONS: Mapping[type, Callable[[Walk, Any, list[Entries]], Entries]] = {
    sympy.Add: lambda walk, node, args: folded(add, args),
    sympy.Mul: lambda walk, node, args: folded(mul, args),
    sympy.exp: _each("exp"),
    sympy.log: _each("log"),
    sympy.tanh: _tanh,
    VeiledTanh: _tanh,
    sympy.erf: _law(laws.ERF),
    sympy.erfc: _erfc,
    sympy.erfinv: _law(laws.ERFINV),
    sympy.sin: _law(laws.SIN),
    sympy.cos: _law(laws.COS),
    sympy.asin: _law(laws.ASIN),
    sympy.atan: _law(laws.ATAN),
    sympy.atan2: _law(laws.ATAN2),
    sympy.asinh: _law(laws.ASINH),
    sympy.acosh: _law(laws.ACOSH),
    sympy.atanh: _law(laws.ATANH),
    sympy.loggamma: _law(laws.LOG_GAMMA),
    sympy.polygamma: _polygamma,
    stop_gradient: _each("still"),
    sympy.Abs: _absolute,
    sympy.sign: _sign,
    sympy.Max: _extreme(largest=True),
    sympy.Min: _extreme(largest=False),
    type(sympy.pi): lambda walk, node, args: Entries.scalar(walk.numbers.pi),
    type(sympy.E): lambda walk, node, args: Entries.scalar(walk.numbers.exp(walk.one)),
}
"""Elementary functions. All others have a definition in these."""

FORMULAS: Mapping[type, Callable[..., Expr]] = {
    sympy.tan: lambda z: sin(z) / cos(z),
    sympy.cot: lambda z: cos(z) / sin(z),
    sympy.sec: lambda z: 1 / cos(z),
    sympy.csc: lambda z: 1 / sin(z),
    sympy.acos: lambda z: pi / 2 - sympy.asin(z),
    sympy.sinh: lambda z: (exp(z) - exp(-z)) / 2,
    sympy.cosh: lambda z: (exp(z) + exp(-z)) / 2,
    sympy.coth: lambda z: 1 + 2 / (exp(2 * z) - 1),
    sympy.sech: lambda z: 2 / (exp(z) + exp(-z)),
    sympy.csch: lambda z: 2 / (exp(z) - exp(-z)),
}
"""What SymPy's classes are in these, where that is one formula; the vocabulary says what its own are."""


@dataclass(frozen=True)
class OfNumbers:
    """What the definitions of operations ask of the numbers of a walk."""

    walk: Walk

    def size(self, size: Expr) -> int:
        """A size as a whole number."""
        return self.walk.size(size)

    def number(self, value: int) -> Number:
        """A whole number."""
        return self.walk.numbers.number(Fraction(int(value)))

    def total(self, parts: Sequence[Number]) -> Number:
        """A sum."""
        return entries.total(parts)

    def log_of_size(self, x: Number) -> Number:
        """log |x|."""
        return self.walk.numbers.log(-x if self.walk.numbers.sign(x) < 0 else x)

    def softmax(self, line: Sequence[Number]) -> tuple[Number, ...]:
        """Each power of e over their sum."""
        powers = [self.walk.numbers.exp(x) for x in line]
        total = entries.total(powers)
        return tuple(power / total for power in powers)

    def log_softmax(self, line: Sequence[Number]) -> tuple[Number, ...]:
        """Each number less log Σ exp."""
        level = self.log_sum_exp(line)
        return tuple(x - level for x in line)

    def log_sum_exp(self, line: Sequence[Number]) -> Number:
        """log Σ exp."""
        return self.walk.numbers.log(entries.total([self.walk.numbers.exp(x) for x in line]))

    def largest(self, line: Sequence[Number], key: Expr) -> Number:
        """The largest number, found as the place of the first is."""
        return line[self._place_of_largest(line, key)]

    def first_largest(self, line: Sequence[Number], key: Expr) -> tuple[Number, ...]:
        """1 in the place of the first largest number, and 0 in all others."""
        place = self._place_of_largest(line, key)
        return tuple(self.number(k == place) for k in range(len(line)))

    def _place_of_largest(self, line: Sequence[Number], key: Expr) -> int:
        place = 0
        for k, x in enumerate(line[1:], start=1):
            if self.walk.forks.side(key, x - line[place], self.walk.numbers) > 0:
                place = k
        return place

    def root(self, x: Number, key: Expr) -> Number:
        """The principal square root; where it rests on a sign, that is a fork of ``key``."""
        found = self.walk.numbers.power(x, Fraction(1, 2))
        self.walk.forks.turned(key, self.walk.numbers.turned)
        return found

    def determinant(self, a: Grid, of: Expr) -> Number:
        """By elimination."""
        return entries.determinant(Entries.of_rows(a), self.walk.numbers)

    def inverse(self, a: Grid, of: Expr) -> Grid:
        """By elimination."""
        return tuple(entries.inverse(Entries.of_rows(a), self.walk.numbers).rows)

    def matrix_root(self, a: Grid, of: Expr) -> Grid:
        """As each kind of numbers has it."""
        return tuple(self.walk.numbers.matrix_root(Entries.of_rows(a)).rows)

    def lyapunov(self, a: Grid, b: Grid, of: Expr) -> Grid:
        """As each kind of numbers has it."""
        return tuple(self.walk.numbers.lyapunov(Entries.of_rows(a), Entries.of_rows(b)).rows)


def _by_record(record: Record) -> Callable[..., Entries]:
    """An operation by the definition in its record."""

    def worked_out(walk: Walk, node: Operation, *operands: Entries) -> Entries:
        grids = (tuple(operand.rows) if operand.shape else (operand.flat,) for operand in operands)
        found = Entries.of_rows(record.entries(OfNumbers(walk), node, *grids))
        return found if node.shape else Entries.scalar(found.only)

    return worked_out


def _product(walk: Walk, node: Any, *factors: Entries) -> Entries:
    result = factors[0]
    for factor in factors[1:]:
        result = entries.matrix_product(result, factor, walk.numbers.inner)
    return result


OPERATIONS: Mapping[type[Operation], Callable[..., Entries]] = {
    Product: _product,
    Transposed: lambda walk, node, a: a.transposed,
    Sum: lambda walk, node, a: along(node.axis, lambda line: [entries.total(line)], a),
    SumAll: lambda walk, node, a: Entries.scalar(entries.total(a.flat)),
    Identity: lambda walk, node: entries.identity(walk.size(node.args[0]), walk.numbers),
    Broadcast: lambda walk, node, a: entries.repeated(a, (walk.size(node.args[1]), walk.size(node.args[2]))),
    **{operation: _by_record(record) for operation, record in RECORD_OF.items()},
}
"""Every operation of matrices from its definition."""
