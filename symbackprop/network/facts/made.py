"""Matrices made to be what is stated of them, out of numbers of any kind: they are added, multiplied and divided alone.

So elements of a field, fractions and floats become orthogonal, or one-hot, in the same way. What is made is as general
as what is stated, but for what has no such numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

Number = Any
Rows = Sequence[Sequence[Number]]


@dataclass(frozen=True)
class Means:
    """What making needs of a kind of numbers.

    ``number`` makes one of a fraction, ``pivot`` gives the place of the number by which a column is divided, and
    ``pick`` one place of so many, counted from 0.
    """

    number: Callable[[Fraction], Number]
    pivot: Callable[[Sequence[Number]], int]
    pick: Callable[[int], int]

    @property
    def one(self) -> Number:
        """1."""
        return self.number(Fraction(1))


Making = Callable[[Rows, Means], "Rows | None"]
"""Numbers that were drawn → those of a matrix as it is stated; None where no matrix of that shape is so."""


def mirrored(rows: Rows, means: Means) -> Rows:
    """Symmetric."""
    return [[rows[max(i, j)][min(i, j)] for j in range(len(rows))] for i in range(len(rows))]


def turned(rows: Rows, means: Means) -> Rows:
    """Antisymmetric."""
    zero = means.one - means.one
    return [
        [zero if i == j else rows[i][j] if i > j else zero - rows[j][i] for j in range(len(rows))]
        for i in range(len(rows))
    ]


def definite(rows: Rows, means: Means) -> Rows:
    """Positive definite: A·Aᵀ + I."""
    zero = means.one - means.one
    return [
        [sum((x * y for x, y in zip(left, right, strict=True)), means.one if i == j else zero)
         for j, right in enumerate(rows)]
        for i, left in enumerate(rows)
    ]  # fmt: skip


def diagonal(rows: Rows, means: Means) -> Rows:
    """With zeros beside the diagonal."""
    return _kept(rows, means, lambda i, j: i == j)


def lower(rows: Rows, means: Means) -> Rows:
    """With zeros above the diagonal."""
    return _kept(rows, means, lambda i, j: i >= j)


def upper(rows: Rows, means: Means) -> Rows:
    """With zeros below the diagonal."""
    return _kept(rows, means, lambda i, j: i <= j)


def _kept(rows: Rows, means: Means, stays: Callable[[int, int], bool]) -> Rows:
    zero = means.one - means.one
    return [[x if stays(i, j) else zero for j, x in enumerate(row)] for i, row in enumerate(rows)]


def orthonormal_columns(rows: Rows, means: Means) -> Rows | None:
    """QᵀQ = I: the first columns of (I - K)(I + K)⁻¹ with a skew K, one of them with its sign changed or not."""
    count, columns = len(rows), len(rows[0])
    if columns > count:
        return None
    one, zero = means.one, means.one - means.one
    free = [[rows[i][j] if j < columns else zero for j in range(count)] for i in range(count)]
    skew = turned(free, means)
    above = [[(one if i == j else zero) - skew[i][j] for j in range(count)] for i in range(count)]
    below = [[(one if i == j else zero) + skew[i][j] for j in range(count)] for i in range(count)]
    whole = _quotient(below, above, means)  # (I + K)⁻¹ and I - K have one order as well as the other
    turn = means.pick(2)
    return [[zero - x if turn and j == 0 else x for j, x in enumerate(row[:columns])] for row in whole]


def reflections(rows: Rows, means: Means) -> Rows:
    """Orthogonal and symmetric: I - 2·QQᵀ, which turns round the span of the columns of Q, from none of them to all."""
    one, across = means.one, means.pick(len(rows) + 1)
    whole = orthonormal_columns(rows, replace(means, pick=lambda count: 0)) or ()  # a sign of a column changes nothing
    all_of_them = across == len(rows)  # then Q is not needed, and would leave roundings beside the diagonal
    first = one - one - one if all_of_them else one
    made = [[first if i == j else one - one for j in range(len(rows))] for i in range(len(rows))]
    for column in [] if all_of_them else _flipped(whole)[:across]:
        made = [
            [x - (left * right + left * right) for x, right in zip(row, column, strict=True)]
            for row, left in zip(made, column, strict=True)
        ]
    return made


def turned_round(rows: Rows) -> int:
    """How many directions such a matrix turns round, by its trace."""
    trace = sum(float(row[k]) for k, row in enumerate(rows))
    return round((len(rows) - trace) / 2)


def unit(rows: Rows, means: Means) -> Rows:
    """The identity."""
    return [[means.one if i == j else means.one - means.one for j in range(len(row))] for i, row in enumerate(rows)]


def orthonormal_rows(rows: Rows, means: Means) -> Rows | None:
    """QQᵀ = I."""
    columns = orthonormal_columns(_flipped(rows), means)
    return None if columns is None else _flipped(columns)


def unit_rows(rows: Rows, means: Means) -> Rows:
    """Rows of length one: points of a sphere from those of a plane."""
    return [_unit(row, means) for row in rows]


def unit_columns(rows: Rows, means: Means) -> Rows:
    """Columns of length one."""
    return _flipped(unit_rows(_flipped(rows), means))


def _unit(row: Sequence[Number], means: Means) -> Sequence[Number]:
    one = means.one
    *free, _ = row
    if not free:
        return [one if means.pick(2) else one - one - one]
    square = sum((x * x for x in free[1:]), free[0] * free[0])
    return [*((x + x) / (square + one) for x in free), (square - one) / (square + one)]


def shares(rows: Rows, means: Means) -> Rows:
    """Rows of positive numbers that add up to one."""
    squares = [[x * x for x in row] for row in rows]
    return [[x / sum(row[1:], row[0]) for x in row] for row in squares]


def one_hot_rows(rows: Rows, means: Means) -> Rows:
    """A single one in each row, and zeros."""
    zero = means.one - means.one
    places = [means.pick(len(row)) for row in rows]
    return [
        [means.one if j == place else zero for j in range(len(row))] for row, place in zip(rows, places, strict=True)
    ]


def one_hot_columns(rows: Rows, means: Means) -> Rows:
    """A single one in each column, and zeros."""
    return _flipped(one_hot_rows(_flipped(rows), means))


def _flipped(rows: Rows) -> Rows:
    return [list(column) for column in zip(*rows, strict=True)]


def _quotient(below: Rows, above: Rows, means: Means) -> Rows:
    """B⁻¹·A, by elimination."""
    count = len(below)
    table = [[*left, *right] for left, right in zip(below, above, strict=True)]
    for k in range(count):
        chosen = k + means.pivot([row[k] for row in table[k:]])
        table[k], table[chosen] = table[chosen], table[k]
        first = table[k][k]
        table[k] = [x / first for x in table[k]]
        for i in range(count):
            if i != k:
                factor = table[i][k]
                table[i] = [x - factor * y for x, y in zip(table[i], table[k], strict=True)]
    return [row[count:] for row in table]
