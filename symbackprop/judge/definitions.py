"""Elementary functions and operations of matrices from their definitions, for numbers of any kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from operator import add, mul
from typing import TYPE_CHECKING, Any

import sympy
from sympy import Basic, Expr, cos, exp, pi, sin

from symbackprop.calculus.expand import VeiledTanh
from symbackprop.functions import stop_gradient
from symbackprop.judge import entries, laws
from symbackprop.judge.entries import Entries, along, entrywise, folded
from symbackprop.judge.laws import Law
from symbackprop.judge.numbers import Number, Undecidable
from symbackprop.matrices import (
    Broadcast,
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Inverse,
    LogDeterminant,
    LogSoftmax,
    LogSumExp,
    Operation,
    Product,
    Softmax,
    Sum,
    SumAll,
    Trace,
    Transposed,
)

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


def _softmax(walk: Walk, node: Any, z: Entries) -> Entries:
    def of_line(line: Sequence[Number]) -> list[Number]:
        powers = [walk.numbers.exp(x) for x in line]
        total = entries.total(powers)
        return [power / total for power in powers]

    return along(node.axis, of_line, z)


def _log_sum_exp(walk: Walk, node: Any, z: Entries) -> Entries:
    exp, log = walk.numbers.exp, walk.numbers.log
    return along(node.axis, lambda line: [log(entries.total([exp(x) for x in line]))], z)


def _log_determinant(walk: Walk, node: Any, a: Entries) -> Entries:
    found = entries.determinant(a, walk.numbers)
    return Entries.scalar(walk.numbers.log(-found if walk.numbers.sign(found) < 0 else found))


def _diagonal(a: Entries) -> tuple[Number, ...]:
    return a.flat[:: a.shape[1] + 1]


def _diagonal_matrix(walk: Walk, node: Any, a: Entries) -> Entries:
    size = len(a.flat)
    return Entries((size, size), tuple(a.flat[i] if i == j else walk.zero for i in range(size) for j in range(size)))


def _product(walk: Walk, node: Any, *factors: Entries) -> Entries:
    result = factors[0]
    for factor in factors[1:]:
        result = entries.matrix_product(result, factor)
    return result


OPERATIONS: Mapping[type[Operation], Callable[..., Entries]] = {
    Product: _product,
    Transposed: lambda walk, node, a: a.transposed,
    Sum: lambda walk, node, a: along(node.axis, lambda line: [entries.total(line)], a),
    SumAll: lambda walk, node, a: Entries.scalar(entries.total(a.flat)),
    LogSumExp: _log_sum_exp,
    Softmax: _softmax,
    LogSoftmax: lambda walk, node, z: entrywise(lambda x, y: x - y, z, _log_sum_exp(walk, node, z)),
    Inverse: lambda walk, node, a: entries.inverse(a, walk.numbers),
    Trace: lambda walk, node, a: Entries.scalar(entries.total(_diagonal(a))),
    Determinant: lambda walk, node, a: Entries.scalar(entries.determinant(a, walk.numbers)),
    LogDeterminant: _log_determinant,
    Diagonal: lambda walk, node, a: Entries((a.shape[0], 1), _diagonal(a)),
    DiagonalMatrix: _diagonal_matrix,
    Identity: lambda walk, node: entries.identity(walk.size(node.args[0]), walk.numbers),
    Broadcast: lambda walk, node, a: entries.repeated(a, (walk.size(node.args[1]), walk.size(node.args[2]))),
}
"""Every operation of matrices from its definition."""
