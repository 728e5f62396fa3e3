"""Array expressions at sizes that are numbers, written out entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from sympy import Abs, Add, Basic, Expr, Integer, Mul, S, Symbol, exp, log

from symbackprop.errors import NetworkError
from symbackprop.functions.softmax import SoftmaxComponent, log_softmax_component, softmax_component
from symbackprop.matrices import operations as op
from symbackprop.matrices.grammar import Broadcast, Product, Transposed
from symbackprop.matrices.userdefined import UserOperation

Grid = tuple[tuple[Expr, ...], ...]
"""Rows of entries; a scalar is one row of one entry."""
Name = Callable[[Expr, Expr], Expr]
"""Gives a name to the determinant of a matrix, which several entries use: of the matrix and the determinant's value."""

MAX_SIDE = 4
"""The largest matrix whose inverse and determinant are written out: a determinant has n! terms."""


class Entries:
    """The entries of array expressions.

    ``sizes`` are the numbers that sizes stand for, ``grids`` the entries of each array by its name; more are added as
    they become known. ``name`` gives names to determinants.
    """

    def __init__(self, sizes: Mapping[Symbol, Integer], grids: Mapping[Symbol, Grid], name: Name) -> None:
        self._sizes = sizes
        self._grids = grids
        self._name = name

    def of(self, expr: Basic) -> Grid:
        """The entries of an expression, in the names of entries."""
        if not expr.args:
            return self._grids.get(expr) or ((self._sizes.get(expr, expr),),)
        if isinstance(expr, UserOperation):
            return self._own(expr)
        writer = _WRITERS.get(type(expr))
        return self._each(expr) if writer is None else writer(self, expr)

    def size(self, size: Expr) -> int:
        """The number that a size comes to."""
        return int(size.xreplace(self._sizes))

    def determinant(self, grid: Grid, of: Expr) -> Expr:
        """The determinant of a matrix, under a name of its own where it is more than one entry."""
        if len(grid) > MAX_SIDE:
            raise NetworkError(
                "sizes",
                f"the determinant of {of!s:.40} would have {len(grid)}! terms",
                f"expand matrices up to {MAX_SIDE}×{MAX_SIDE} where they are inverted, or their determinant is taken",
            )
        return self._name(of, _determinant(grid))

    def _each(self, node: Basic) -> Grid:
        """An operation that works entry by entry: rows, columns and scalars are repeated."""
        grids = [self.of(arg) for arg in node.args]
        rows, columns = max(map(len, grids)), max(len(grid[0]) for grid in grids)
        wide = [_repeated(grid, rows, columns) for grid in grids]
        return tuple(tuple(node.func(*(grid[i][j] for grid in wide)) for j in range(columns)) for i in range(rows))

    def _own(self, node: UserOperation) -> Grid:
        definition = node.definition()
        if definition is None:
            raise NetworkError(
                "operation",
                f"{node.spoken} is known by its NumPy function alone, and has no entries to write out",
                f"describe it with a formula: operation({node.spoken!r}, …, value=…)",
            )
        return self.of(definition)


def _transposed(grid: Grid) -> Grid:
    return tuple(zip(*grid, strict=True))


def _repeated(grid: Grid, rows: int, columns: int) -> Grid:
    """A row, a column or a scalar repeated to a shape."""
    wide = tuple(row * columns if len(row) < columns else row for row in grid)
    return wide * rows if len(wide) < rows else wide


def _product(entries: Entries, node: Expr) -> Grid:
    total, *others = (entries.of(factor) for factor in node.args)
    for other in others:
        columns = _transposed(other)
        total = tuple(tuple(_dot(row, column) for column in columns) for row in total)
    return total


def _dot(row: tuple[Expr, ...], column: tuple[Expr, ...]) -> Expr:
    return Add(*(a * b for a, b in zip(row, column, strict=True)))


def _along(line: Callable[[tuple[Expr, ...]], tuple[Expr, ...]]) -> Callable[[Entries, Expr], Grid]:
    """An operation that takes each row to a row, or each column to a column."""

    def write(entries: Entries, node: Expr) -> Grid:
        grid = entries.of(node.args[0])
        if cast("op.Along", node).axis == 0:
            return _transposed(tuple(map(line, _transposed(grid))))
        return tuple(map(line, grid))

    return write


def _sum(line: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return (Add(*line),)


def _log_sum_exp(line: tuple[Expr, ...]) -> tuple[Expr, ...]:
    return (line[0] if len(line) == 1 else log(Add(*map(exp, line))),)


def _components(component: type[SoftmaxComponent], alone: Expr) -> Callable[[tuple[Expr, ...]], tuple[Expr, ...]]:
    """The components of a softmax or of its logarithm; of one score they are 1 and 0."""

    def write(line: tuple[Expr, ...]) -> tuple[Expr, ...]:
        if len(line) == 1:
            return (alone,)
        return tuple(component(Integer(k), *line) for k in range(1, len(line) + 1))

    return write


def _total(entries: Entries, node: Expr) -> Grid:
    return ((Add(*(entry for row in entries.of(node.args[0]) for entry in row)),),)


def _trace(entries: Entries, node: Expr) -> Grid:
    return ((Add(*(row[k] for k, row in enumerate(entries.of(node.args[0])))),),)


def _diagonal(entries: Entries, node: Expr) -> Grid:
    return tuple((row[k],) for k, row in enumerate(entries.of(node.args[0])))


def _diagonal_matrix(entries: Entries, node: Expr) -> Grid:
    column = [row[0] for row in entries.of(node.args[0])]
    return tuple(tuple(entry if i == j else S.Zero for j in range(len(column))) for i, entry in enumerate(column))


def _identity(entries: Entries, node: Expr) -> Grid:
    size = entries.size(node.args[0])
    return tuple(tuple(S.One if i == j else S.Zero for j in range(size)) for i in range(size))


def _broadcast(entries: Entries, node: Expr) -> Grid:
    part, rows, columns = node.args
    return _repeated(entries.of(part), entries.size(rows), entries.size(columns))


def _det(entries: Entries, node: Expr) -> Grid:
    return ((entries.determinant(entries.of(node.args[0]), node.args[0]),),)


def _log_det(entries: Entries, node: Expr) -> Grid:
    return ((log(Abs(entries.determinant(entries.of(node.args[0]), node.args[0]))),),)


def _inverse(entries: Entries, node: Expr) -> Grid:
    grid = entries.of(node.args[0])
    det = entries.determinant(grid, node.args[0])
    places = range(len(grid))
    return tuple(tuple(Mul(_cofactor(grid, j, i), 1 / det) for j in places) for i in places)


def _cofactor(grid: Grid, row: int, column: int) -> Expr:
    minor = tuple(
        tuple(entry for j, entry in enumerate(line) if j != column) for i, line in enumerate(grid) if i != row
    )
    return (-1) ** (row + column) * _determinant(minor)


def _determinant(grid: Grid) -> Expr:
    """By the first row; the determinant of no rows is 1."""
    if not grid:
        return S.One
    return Add(*(entry * _cofactor(grid, 0, j) for j, entry in enumerate(grid[0])))


_WRITERS: Mapping[type, Callable[[Entries, Expr], Grid]] = {
    Product: _product,
    Transposed: lambda entries, node: _transposed(entries.of(node.args[0])),
    op.Sum: _along(_sum),
    op.SumAll: _total,
    op.LogSumExp: _along(_log_sum_exp),
    op.Softmax: _along(_components(softmax_component, S.One)),
    op.LogSoftmax: _along(_components(log_softmax_component, S.Zero)),
    op.Inverse: _inverse,
    op.Trace: _trace,
    op.Determinant: _det,
    op.LogDeterminant: _log_det,
    op.Diagonal: _diagonal,
    op.DiagonalMatrix: _diagonal_matrix,
    op.Identity: _identity,
    Broadcast: _broadcast,
}
"""How each operation is written out; whatever has no row here works entry by entry."""
