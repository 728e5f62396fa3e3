"""Operations on matrices as value classes: those that do not simply take one, or whose value has another form too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Mul, S

from symbackprop.algebra.measure.values import Classes, Value, ValueClass
from symbackprop.matrices import (
    Block,
    Broadcast,
    Determinant,
    Diagonal,
    DiagonalMatrix,
    Embedded,
    Identity,
    Inverse,
    LogDeterminant,
    Operation,
    Product,
    Solve,
    Stacked,
    Sum,
    SumAll,
    SymmetricPart,
    Trace,
    Transposed,
    shape_of,
)
from symbackprop.matrices.sums import Along


def operation_of(classes: Classes, node: Operation) -> Value:
    """The value of an operation on matrices: as its row says, or one on the values of its operands."""
    if isinstance(node, Along):
        return _along(classes, node)
    return WAYS.get(type(node), _taking(1))(classes, node)


def _operands(classes: Classes, node: Operation) -> tuple[Value, ...]:
    return tuple(classes.known[operand] for operand in node.operands)


def _taking(cost: int) -> Callable[[Classes, Operation], Value]:
    """An operation of which no more is known than what it takes."""

    def value(classes: Classes, node: Operation) -> Value:
        given = _operands(classes, node)
        key = (type(node), node.settings, tuple((part.of, part.turned, classes.token(part)) for part in given))
        return Value(classes.made(key, lambda: ValueClass(cost, given, not node.shape)))

    return value


def _itself(classes: Classes, node: Operation) -> Value:
    """What is repeated is the same value."""
    return classes.known[node.operands[0]]


def _turned(classes: Classes, node: Operation) -> Value:
    found = classes.known[node.operands[0]]
    return replace(found, turned=not found.turned)


def _along(classes: Classes, node: Along) -> Value:
    """Along the other axis of the transpose."""
    if isinstance(node, Sum):
        return _summed_along(classes, node)
    (found,) = _operands(classes, node)
    key = (type(node), found.of, node.axis != found.turned, shape_of(node.operands[0])[node.axis], classes.token(found))
    return Value(classes.made(key, lambda: ValueClass(1, (found,), False)), found.turned)


def _summed_along(classes: Classes, node: Sum) -> Value:
    """The sum of each row or column: of a single one that of all entries, and of one entry that entry.

    Sums let constants through.
    """
    (found,) = _operands(classes, node)
    lengths = shape_of(node.operands[0])
    length, lines = lengths[node.axis], lengths[1 - node.axis]
    if length == S.One:
        return found
    if lines == S.One:
        return _summed(classes, node)
    key = (Sum, found.of, node.axis != found.turned, length)
    number = classes.made(key, lambda: ValueClass(1, (found.bare,), False, (length,)))
    return replace(found, of=number)


def _summed(classes: Classes, node: Operation) -> Value:
    """The sum of all entries, which of a product is an inner product, and of one entry the entry."""
    (found,) = _operands(classes, node)
    count = Mul(*shape_of(node.operands[0]))
    if count == S.One:
        return found
    inside = classes[found]
    cost, made_of = (1, (found.bare,)) if inside.summed is None else (inside.summed, inside.made_of)
    number = classes.made((SumAll, found.of, count), lambda: ValueClass(cost, made_of, True, (count,)))
    return replace(found, of=number, turned=False)


def _traced(classes: Classes, node: Operation) -> Value:
    """The trace, which of a product of matrices is an inner product."""
    (found,) = _operands(classes, node)
    inside = classes[found]
    cost, made_of = (inside.cost, inside.made_of) if inside.factors else (1, (found.bare,))
    number = classes.made((Trace, found.of), lambda: ValueClass(cost, made_of))
    return replace(found, of=number, turned=False)


def _product(classes: Classes, node: Operation) -> Value:
    return _times(classes, _operands(classes, node))


def _times(classes: Classes, given: Sequence[Value]) -> Value:
    """A product of matrices, those within it taken apart; its transpose is that of the transposes."""
    as_is = [part for value in given for part in _factors(classes, value)]
    round_about = [(of, not turned) for of, turned in reversed(as_is)]
    turned = round_about < as_is
    factors = tuple(round_about if turned else as_is)

    def build() -> ValueClass:
        made_of = tuple(Value(of) for of, _ in factors)
        means = tuple(size for value in made_of for size in classes[value].means)
        return ValueClass(len(factors) - 1, made_of, False, means, factors=factors)

    factor = Mul(*(value.factor for value in given))
    sign = -1 if sum(value.sign < 0 for value in given) % 2 else 1
    return Value(classes.made((Product, factors), build), turned, factor, sign)


def _factors(classes: Classes, value: Value) -> Iterator[tuple[int, bool]]:
    """The factors of a value that is a product of matrices; any other is its own."""
    parts = classes[value].factors or ((value.of, False),)
    return ((of, not turned) for of, turned in reversed(parts)) if value.turned else iter(parts)


def _inverted(classes: Classes, node: Operation) -> Value:
    return _inverse(classes, classes.known[node.operands[0]])


def _inverse(classes: Classes, found: Value) -> Value:
    """The inverse of a multiple is a multiple of the inverse."""
    number = classes.made((Inverse, found.of), lambda: ValueClass(1, (Value(found.of),), False))
    return replace(found, of=number, factor=1 / found.factor)


def _solved(classes: Classes, node: Operation) -> Value:
    """A solution is written as a product with the inverse, and counted so."""
    matrix, right = _operands(classes, node)
    return _times(classes, (_inverse(classes, matrix), right))


def _same_of_transpose(classes: Classes, node: Operation) -> Value:
    """A number that a matrix and its transpose share."""
    inside = replace(classes.known[node.operands[0]], turned=False)
    key = (type(node), inside.of, classes.token(inside))
    return Value(classes.made(key, lambda: ValueClass(1, (inside,))))


WAYS: Mapping[type[Operation], Callable[[Classes, Any], Value]] = {
    Product: _product,
    Transposed: _turned,
    Broadcast: _itself,
    SumAll: _summed,
    Trace: _traced,
    Inverse: _inverted,
    Solve: _solved,
    Determinant: _same_of_transpose,
    LogDeterminant: _same_of_transpose,
    SymmetricPart: _taking(2),  # a sum, and the half of it
    **dict.fromkeys((Block, Diagonal, DiagonalMatrix, Embedded, Identity, Stacked), _taking(0)),
}
"""How operations are counted that do not take one each, or whose value is the same in another form."""
