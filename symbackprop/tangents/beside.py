"""What stands beside a direction: of a change that is linear in a line v, the matrix M with M·v.

The change is written with indices (indices.py). Then one index after the other is summed over, by four rules:

    nothing has the index k            the number of its values
    a column has it alone: Σₖ u[k]     total(u)
    a matrix has it: Σₖ A[i,k] u[k]    the column A·u, at i
    two have it: Σₖ A[i,k] u[k] B[k,j] the matrix A·diag(u)·B, at i and j

What has the same indices is multiplied entry by entry before. What is left stands at the row i of M and at its column
p, the index of v: diag(u)·A·diag(w), or u·wᵀ; where i is p, diag(u).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Add, Expr, Integer, Mul, S, Symbol

from symbackprop.errors import DerivationError
from symbackprop.matrices import (
    Broadcast,
    Diagonal,
    DiagonalMatrix,
    Identity,
    Shape,
    Sum,
    SumAll,
    as_whole,
    product,
    shape_of,
    substituted,
    turned,
)
from symbackprop.tangents.indices import Entry, Index, Indexed, Term


def is_line(shape: Shape) -> bool:
    """Whether a shape is that of a scalar, a column or a row."""
    return not shape or S.One in shape


def length_of(shape: Shape) -> Expr:
    """How many entries a scalar, a column or a row has."""
    return S.One if not shape else shape[1] if shape[0] == S.One else shape[0]


def matrix_beside(change: Expr, direction: Symbol) -> Expr:
    """The matrix M with change = M·v, of a change that is linear in a direction v.

    Both are scalars, columns or rows, of which a row stands for its transpose. M has a row for each entry of the change
    and a column for each of v; where both are scalars, it is one. Raises DerivationError where the change has an
    operation in it that is not known to be linear.
    """
    shape, given = shape_of(change), shape_of(direction)
    if not given:
        value = substituted(change, {direction: S.One})
        value = as_whole(value, shape) if shape else value
        return turned(value) if shape and shape[0] == S.One and shape[1] != S.One else value
    indexed = Indexed(direction)
    lead = indexed.index(length_of(shape))
    ends = (None, lead) if shape and shape[0] == S.One else (lead, None)
    terms = [_Contraction(term, lead, indexed).result() for term in indexed.terms(change, *ends)]
    return as_whole(Add(*terms), (length_of(shape), length_of(given)))


@dataclass
class _Contraction:
    """One term on its way to a matrix: a column for an index, and a matrix for a pair of indices, the lower first."""

    term: Term
    lead: Index
    indexed: Indexed
    scalars: list[Expr] = field(default_factory=list)
    columns: dict[int, Expr] = field(default_factory=dict)
    matrices: dict[tuple[int, int], Expr] = field(default_factory=dict)

    def result(self) -> Expr:
        """The matrix, with the scalars in front."""
        self.scalars.append(self.term.scalar)
        for entry in self.term.entries:
            self._put(entry)
        waiting = [index for index in dict.fromkeys(self.term.over) if index not in (None, self.lead, self.term.end)]
        while waiting:
            index = min(waiting, key=lambda k: (len(self._touching(k)), k))
            waiting.remove(index)
            self._sum_over(index)
        return Mul(*self.scalars, self._left())

    def _put(self, entry: Entry) -> None:
        """Take an entry in, by what it is an entry of: a scalar, a column, the diagonal of a matrix, a matrix."""
        row, column, of = entry.row, entry.column, entry.of
        if row is None and column is None:
            self.scalars.append(SumAll(of))
        elif row is None or column is None or row == column:
            index = column if row is None else row
            assert index is not None
            if row == column:
                of = Diagonal(of)
            elif row is None:
                of = turned(of)
            self.columns[index] = self.columns[index] * of if index in self.columns else of
        else:
            pair, matrix = ((row, column), of) if row < column else ((column, row), turned(of))
            self.matrices[pair] = self.matrices[pair] * matrix if pair in self.matrices else matrix

    def _touching(self, index: int) -> list[tuple[int, int]]:
        return [pair for pair in self.matrices if index in pair]

    def _sum_over(self, index: int) -> None:
        pairs = self._touching(index)
        weights = self.columns.pop(index, None)
        if not pairs:
            self.scalars.append(self.indexed.sizes[index] if weights is None else SumAll(weights))
            return
        if len(pairs) > 2:
            what = f"{len(pairs)} matrices meet in one sum beside {self.indexed.direction}"
            raise DerivationError("form", what, "use the product with a direction: hvp of a loss, jvp of other values")
        ends = [pair[0] if pair[1] == index else pair[1] for pair in pairs]
        facing = [
            self.matrices.pop(pair) if pair[1] == index else turned(self.matrices.pop(pair)) for pair in pairs
        ]  # each with the index for its columns
        if len(pairs) == 1:
            summed = Sum(facing[0], Integer(1)) if weights is None else product(facing[0], weights)
            self._put(Entry(summed, ends[0], None))
            return
        middle = () if weights is None else (DiagonalMatrix(weights),)
        self._put(Entry(product(facing[0], *middle, turned(facing[1])), ends[0], ends[1]))

    def _left(self) -> Expr:
        """What is left at the row and the column of the matrix."""
        lead, end = self.lead, self.term.end
        rows, columns = (S.One if index is None else self.indexed.sizes[index] for index in (lead, end))
        left = self.columns.get(lead) if lead is not None else None
        if lead == end:
            return Identity(rows) if left is None else _diagonal(left)
        right = self.columns.get(end) if end is not None else None
        if lead is None or end is None:
            line = right if lead is None else left
            return as_whole(S.One if line is None else turned(line) if lead is None else line, (rows, columns))
        matrix = self.matrices.get((min(lead, end), max(lead, end)))
        if matrix is None:
            if left is None or right is None:
                line = left if right is None else turned(right)
                return as_whole(S.One if line is None else line, (rows, columns))
            return product(left, turned(right))
        matrix = matrix if lead < end else turned(matrix)
        return product(*(_diagonals(left)), matrix, *_diagonals(right))


def _diagonals(column: Expr | None) -> tuple[Expr, ...]:
    return () if column is None else (_diagonal(column),)


def _diagonal(column: Expr) -> Expr:
    return column.args[0] * Identity(column.shape[0]) if isinstance(column, Broadcast) else DiagonalMatrix(column)
