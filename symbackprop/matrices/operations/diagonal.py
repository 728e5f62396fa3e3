"""The diagonal of a square matrix, and the matrix that has a column for its diagonal: each is the other's adjoint."""

from __future__ import annotations

from typing import Any

from sympy import MatrixExpr

from symbackprop.matrices import shapes
from symbackprop.matrices.applying import applied_matrix, matrix, to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation
from symbackprop.matrices.operations.record import Adjoint, Kernel, Record, Words
from symbackprop.matrices.sums import OfSquare
from symbackprop.proof_lines import Shown


class Diagonal(OfSquare):
    """The diagonal of a square matrix, as a column."""

    spoken = "diagonal"
    linear = lends = True
    sides = 1


class DiagonalMatrix(Operation):
    """The square matrix whose diagonal is a column."""

    spoken = "diag"
    linear = symmetric = True

    def shape_of(self, *given: Shape) -> Shape:
        rows = shapes.column_size(self, self.args[0], given[0])
        return rows, rows


def diag(a: Any) -> MatrixExpr:
    """The square matrix with this column as its diagonal."""
    size = matrix("diag", a).shape[0]
    return applied_matrix("diag", a, (size, size))


def diagonal(a: Any) -> MatrixExpr:
    """The diagonal of a square matrix, as a column."""
    return applied_matrix("diagonal", a, (matrix("diagonal", a).shape[0], 1))


_ARRAY_KERNEL = Kernel(
    "diagonal_matrix", ("column",), "The square matrix with the entries of a row or column on its diagonal.",
    """
    entries = $xp.reshape(column, (-1,))
    places = $xp.arange(entries.shape[0], device=device(column))
    return $xp.where(places[:, None] == places, entries, $xp.zeros_like(entries))""",
)  # fmt: skip


_TAKEN: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}g_{i}\,\mathrm{d}A_{ii}",
        left=r"\langle g,\,\mathrm{d}y\rangle",
        why="the entries of y are those of A on the diagonal",
    ),
    Shown(
        r"\bigl\langle \mathrm{diag}(g),\,\mathrm{d}A\bigr\rangle",
        why="all others meet zeros",
    ),
)
_SET: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}G_{ii}\,\mathrm{d}a_{i}",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="only the diagonal moves, and there stands a",
    ),
    Shown(
        r"\bigl\langle \mathrm{diagonal}(G),\,\mathrm{d}a\bigr\rangle",
        why="the diagonal of G",
    ),
)

RECORDS = (
    Record(
        Diagonal,
        adjoint=Adjoint(
            Diagonal, "A square", "y = diagonal(A)", "A gets diag(g)",
            "only the diagonal moves",
            lambda node, i, g, y: DiagonalMatrix(g),
            proof=_TAKEN,
        ),
        entries=lambda of, node, a: tuple((row[k],) for k, row in enumerate(a)),
        numeric=lambda np, node, a: np.diagonal(a, axis1=-2, axis2=-1)[..., None],
        words=(
            Words(
                "diagonal", "np.diagonal({})[:, None]", "$diagonal({})[:, None]",
                meaning=(r"\mathrm{diagonal}", r"\mathrm{diagonal}(A)", " is the diagonal as a column"),
            ),
        ),
        usages=(to_matrix("diagonal", Diagonal),),
        bounds=lambda a: a,
    ),
    Record(
        DiagonalMatrix,
        adjoint=Adjoint(
            DiagonalMatrix, "of a column", "Y = diag(a)", "a gets diagonal(G)",
            "only the diagonal moves",
            lambda node, i, g, y: Diagonal(g),
            proof=_SET,
        ),
        entries=lambda of, node, a: tuple(
            tuple(x if i == j else of.number(0) for j in range(len(a))) for i, (x,) in enumerate(a)
        ),
        numeric=lambda np, node, column: column * np.eye(column.shape[-2]),
        words=(
            Words(
                "diag", "np.diagflat({})", "diagonal_matrix({})", helper="diagonal_matrix",
                kernels={
                    "array-api": _ARRAY_KERNEL,
                    "torch": "diagonal_matrix = torch.diagflat",
                    "jax": "diagonal_matrix = jnp.diagflat",
                },
                meaning=(r"\mathrm{diag}", r"\mathrm{diag}(a)", " is the square matrix with that diagonal"),
            ),
        ),
        usages=(to_matrix("diag", DiagonalMatrix),),
        bounds=lambda a: a.joined_with_zero,
    ),
)  # fmt: skip
