"""Matrices of numbers of any kind, as plain Python: a shape and its entries, row by row. A scalar has shape ()."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add

from symbackprop.judge.numbers import Number, Numbers


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries of a matrix, or the one number of a scalar."""

    shape: tuple[int, ...]
    flat: tuple[Number, ...]

    @classmethod
    def scalar(cls, number: Number) -> Entries:
        """One number."""
        return cls((), (number,))

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Number]]) -> Entries:
        """The matrix of these rows."""
        return cls((len(rows), len(rows[0])), tuple(x for row in rows for x in row))

    @property
    def only(self) -> Number:
        """The one number that there is."""
        (number,) = self.flat
        return number

    def each(self, function: Callable[[Number], Number]) -> Entries:
        """The function of every entry."""
        return Entries(self.shape, tuple(map(function, self.flat)))

    def row(self, i: int) -> tuple[Number, ...]:
        """One row."""
        columns = self.shape[1]
        return self.flat[i * columns : (i + 1) * columns]

    def column(self, j: int) -> tuple[Number, ...]:
        """One column."""
        return self.flat[j :: self.shape[1]]

    @property
    def rows(self) -> Iterator[tuple[Number, ...]]:
        """Every row in turn."""
        return (self.row(i) for i in range(self.shape[0]))

    @property
    def columns(self) -> Iterator[tuple[Number, ...]]:
        """Every column in turn."""
        return (self.column(j) for j in range(self.shape[1]))

    @property
    def transposed(self) -> Entries:
        """Rows for columns."""
        return Entries(self.shape[::-1], tuple(x for column in self.columns for x in column))


def entrywise(operation: Callable[..., Number], *operands: Entries) -> Entries:
    """An operation of entry and entry; rows, columns and scalars are repeated as far as they must."""
    shape = common_shape(operands)
    flats = [repeated(operand, shape).flat for operand in operands]
    return Entries(shape, tuple(map(operation, *flats)))


def folded(operation: Callable[[Number, Number], Number], operands: Sequence[Entries]) -> Entries:
    """A sum or a product of several operands, entry by entry."""
    return reduce(lambda a, b: entrywise(operation, a, b), operands)


def common_shape(operands: Sequence[Entries]) -> tuple[int, ...]:
    """The shape to which all operands can be repeated."""
    shapes = [operand.shape for operand in operands if operand.shape]
    if not shapes:
        return ()
    return max(s[0] for s in shapes), max(s[1] for s in shapes)


def repeated(operand: Entries, shape: tuple[int, ...]) -> Entries:
    """A row, a column or a scalar repeated to a shape."""
    if operand.shape == shape:
        return operand
    if len(operand.flat) == 1:
        return Entries(shape, operand.flat * (shape[0] * shape[1]))
    rows, columns = shape
    if operand.shape[0] == 1 and operand.shape[1] == columns:
        return Entries(shape, operand.flat * rows)
    assert operand.shape == (rows, 1), f"{operand.shape} cannot be repeated to {shape}"
    return Entries(shape, tuple(x for x in operand.flat for _ in range(columns)))


def total(numbers: Sequence[Number]) -> Number:
    """The sum of one number or more."""
    return reduce(add, numbers)


def matrix_product(a: Entries, b: Entries, inner: Callable[[Sequence[Number], Sequence[Number]], Number]) -> Entries:
    """A @ B, of which each entry is an inner product."""
    columns = list(b.columns)
    flat = tuple(inner(row, column) for row in a.rows for column in columns)
    return Entries((a.shape[0], b.shape[1]), flat)


def along(axis: int, function: Callable[[Sequence[Number]], Sequence[Number]], a: Entries) -> Entries:
    """A function of each column (axis 0) or each row (axis 1), which gives as many numbers as it was given, or one."""
    if axis == 0:
        return along(1, function, a.transposed).transposed
    lines = [tuple(function(row)) for row in a.rows]
    return Entries((a.shape[0], len(lines[0])), tuple(x for line in lines for x in line))


def identity(size: int, numbers: Numbers) -> Entries:
    """The identity matrix."""
    zero, one = numbers.number(Fraction(0)), numbers.number(Fraction(1))
    return Entries((size, size), tuple(one if i == j else zero for i in range(size) for j in range(size)))


def inverse(a: Entries, numbers: Numbers) -> Entries:
    """A⁻¹, by elimination."""
    size = a.shape[0]
    rows = [[*row, *unit] for row, unit in zip(a.rows, identity(size, numbers).rows, strict=True)]
    for k in range(size):
        chosen = k + numbers.pivot([row[k] for row in rows[k:]])
        rows[k], rows[chosen] = rows[chosen], rows[k]
        pivot = rows[k][k]
        rows[k] = [x / pivot for x in rows[k]]
        for i in range(size):
            if i != k:
                factor = rows[i][k]
                rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return Entries((size, size), tuple(x for row in rows for x in row[size:]))


def determinant(a: Entries, numbers: Numbers) -> Number:
    """Det A, by elimination."""
    rows = [list(row) for row in a.rows]
    result = numbers.number(Fraction(1))
    for k in range(len(rows)):
        chosen = k + numbers.pivot([row[k] for row in rows[k:]])
        if chosen != k:
            rows[k], rows[chosen] = rows[chosen], rows[k]
            result = -result
        pivot = rows[k][k]
        result = result * pivot
        for i in range(k + 1, len(rows)):
            factor = rows[i][k] / pivot
            rows[i] = [x - factor * y for x, y in zip(rows[i], rows[k], strict=True)]
    return result
