"""Array expressions at sizes that are numbers, written out entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sympy import Abs, Add, And, Basic, Expr, Integer, Max, Mul, Piecewise, S, Symbol, exp, log, sqrt

from symbackprop.errors import NetworkError
from symbackprop.functions.softmax import SoftmaxComponent, log_softmax_component, softmax_component
from symbackprop.matrices.grammar import Broadcast, Product, Transposed
from symbackprop.matrices.operations.catalogue import RECORD_OF
from symbackprop.matrices.operations.record import Grid, along, grid_of, transposed
from symbackprop.matrices.sums import Identity, Sum, SumAll
from symbackprop.matrices.user_operation import UserOperation
from symbackprop.network.matrix_roots import lyapunov_of, root_of

Name = Callable[[Expr, Expr], Expr]
"""Gives a name to the determinant of a matrix, which several entries use: of the matrix and the determinant's value."""

MAX_SIDE = 4
"""The largest matrix whose inverse and determinant are written out: a determinant has n! terms."""


class Entries:
    """The entries of array expressions; what a definition asks of the arithmetic of expressions is here as well.

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
        record = RECORD_OF.get(type(expr))
        if record is not None:
            return record.entries(self, expr, *map(self.of, expr.operands))
        writer = _WRITERS.get(type(expr))
        return self._each(expr) if writer is None else writer(self, expr)

    # What the definitions of operations ask

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

    def inverse(self, grid: Grid, of: Expr) -> Grid:
        """The inverse, by cofactors over the determinant."""
        det = self.determinant(grid, of)
        places = range(len(grid))
        return tuple(tuple(Mul(_cofactor(grid, j, i), 1 / det) for j in places) for i in places)

    def matrix_root(self, grid: Grid, of: Expr) -> Grid:
        """The positive definite square root of a matrix."""
        return root_of(grid, of)

    def lyapunov(self, grid: Grid, right: Grid, of: Expr) -> Grid:
        """The solution of Lyapunov's equation."""
        return lyapunov_of(grid, right, of)

    def number(self, value: int) -> Expr:
        """A whole number."""
        return Integer(value)

    def total(self, parts: Sequence[Expr]) -> Expr:
        """A sum."""
        return Add(*parts)

    def log_of_size(self, x: Expr) -> Expr:
        """log |x|."""
        return log(Abs(x))

    def softmax(self, line: Sequence[Expr]) -> tuple[Expr, ...]:
        """The components of a softmax; that of one score is 1."""
        return _components(softmax_component, line) if len(line) > 1 else (S.One,)

    def log_softmax(self, line: Sequence[Expr]) -> tuple[Expr, ...]:
        """The components of the logarithm of a softmax; that of one score is 0."""
        return _components(log_softmax_component, line) if len(line) > 1 else (S.Zero,)

    def log_sum_exp(self, line: Sequence[Expr]) -> Expr:
        """log Σ exp, which of one score is the score."""
        return log(Add(*map(exp, line))) if len(line) > 1 else line[0]

    def largest(self, line: Sequence[Expr], key: Expr) -> Expr:
        """The largest entry."""
        return Max(*line)

    def first_largest(self, line: Sequence[Expr], key: Expr) -> tuple[Expr, ...]:
        """1 where an entry is larger than all before it, and no smaller than any behind it."""
        return tuple(
            Piecewise((S.One, And(*(x > y for y in line[:k]), *(x >= y for y in line[k + 1 :]))), (S.Zero, True))
            for k, x in enumerate(line)
        )

    def root(self, x: Expr, key: Expr) -> Expr:
        """The square root."""
        return sqrt(x)

    # How what is no operation, or the user's own, is written out

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


def _repeated(grid: Grid, rows: int, columns: int) -> Grid:
    """A row, a column or a scalar repeated to a shape."""
    wide = tuple(row * columns if len(row) < columns else row for row in grid)
    return wide * rows if len(wide) < rows else wide


def _product(entries: Entries, node: Expr) -> Grid:
    total, *others = (entries.of(factor) for factor in node.args)
    for other in others:
        columns = transposed(other)
        total = tuple(tuple(_dot(row, column) for column in columns) for row in total)
    return total


def _dot(row: tuple[Expr, ...], column: tuple[Expr, ...]) -> Expr:
    return Add(*(a * b for a, b in zip(row, column, strict=True)))


def _sum(entries: Entries, node: Expr) -> Grid:
    return along(node.axis, lambda line: (Add(*line),), entries.of(node.args[0]))


def _components(component: type[SoftmaxComponent], line: Sequence[Expr]) -> tuple[Expr, ...]:
    return tuple(component(Integer(k), *line) for k in range(1, len(line) + 1))


def _total(entries: Entries, node: Expr) -> Grid:
    return grid_of(Add(*(entry for row in entries.of(node.args[0]) for entry in row)))


def _identity(entries: Entries, node: Expr) -> Grid:
    size = entries.size(node.args[0])
    return tuple(tuple(S.One if i == j else S.Zero for j in range(size)) for i in range(size))


def _broadcast(entries: Entries, node: Expr) -> Grid:
    part, rows, columns = node.args
    return _repeated(entries.of(part), entries.size(rows), entries.size(columns))


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
    Transposed: lambda entries, node: transposed(entries.of(node.args[0])),
    Sum: _sum,
    SumAll: _total,
    Identity: _identity,
    Broadcast: _broadcast,
}
"""How the operations of the grammar are written out; whatever has no row and no record works entry by entry."""
