"""What users write: operations on SymPy's matrices, for the equations of a network.

Each function takes matrices of SymPy (``MatrixSymbol`` and what is made of it) and gives back one, or a scalar. Axis 0
goes down the columns and axis 1 along the rows, as in NumPy.
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Identity, MatrixExpr, OneMatrix, S, ZeroMatrix, sympify

from symbackprop.functions.applied import AppliedMatrix, entry_by_entry, operand
from symbackprop.matrices.applying import applied_matrix, applied_scalar, matrix
from symbackprop.matrices.operations.blocks import block
from symbackprop.matrices.operations.cholesky import cholesky
from symbackprop.matrices.operations.cumulative import cumsum, reverse_cumsum
from symbackprop.matrices.operations.determinant import det
from symbackprop.matrices.operations.diagonal import diag, diagonal
from symbackprop.matrices.operations.kronecker import kron
from symbackprop.matrices.operations.largest import colmax, colmin, largest, rowmax, rowmin, smallest
from symbackprop.matrices.operations.log_determinant import logdet
from symbackprop.matrices.operations.logsumexp import logsumexp
from symbackprop.matrices.operations.lyapunov import lyapunov
from symbackprop.matrices.operations.matrix_power import matrix_power
from symbackprop.matrices.operations.matrix_root import sqrtm
from symbackprop.matrices.operations.products import colprod, prod, rowprod
from symbackprop.matrices.operations.pseudoinverse import pinv
from symbackprop.matrices.operations.solve import solve
from symbackprop.matrices.operations.stacked import hstack, vstack
from symbackprop.matrices.operations.symmetric import sym
from symbackprop.matrices.operations.trace import trace
from symbackprop.matrices.operations.triangles import tril, triu

__all__ = [
    "block",
    "broadcast",
    "cholesky",
    "colmax",
    "colmean",
    "colmin",
    "colprod",
    "colsum",
    "cumsum",
    "det",
    "diag",
    "diagonal",
    "divide",
    "eye",
    "hadamard",
    "hstack",
    "inner",
    "kron",
    "largest",
    "logdet",
    "logsumexp",
    "lyapunov",
    "matrix_power",
    "mean",
    "norm",
    "norm1",
    "norminf",
    "ones",
    "outer",
    "pinv",
    "power",
    "prod",
    "quadratic",
    "reverse_cumsum",
    "rowmax",
    "rowmean",
    "rowmin",
    "rowprod",
    "rowsum",
    "smallest",
    "solve",
    "sqrtm",
    "sym",
    "total",
    "trace",
    "tril",
    "triu",
    "vstack",
    "zeros",
]


def ones(rows: Any, columns: Any) -> MatrixExpr:
    """The matrix of ones: ``ones(m, 1)*b`` repeats the row b m times."""
    return OneMatrix(rows, columns)


def zeros(rows: Any, columns: Any) -> MatrixExpr:
    """The matrix of zeros."""
    return ZeroMatrix(rows, columns)


def eye(size: Any) -> MatrixExpr:
    """The identity matrix."""
    return Identity(size)


def broadcast(part: Any, rows: Any, columns: Any) -> MatrixExpr:
    """A row, a column or a scalar repeated to a matrix of that shape."""
    return AppliedMatrix("broadcast", [operand(part)], (rows, columns), (rows, columns))


def hadamard(*factors: Any) -> Any:
    """The product entry by entry, A∘B."""
    return entry_by_entry(lambda *parts: sympify(_multiplied(parts)), factors)


def _multiplied(parts: tuple[Any, ...]) -> Any:
    total = S.One
    for part in parts:
        total *= part
    return total


def divide(a: Any, b: Any) -> Any:
    """The quotient entry by entry, A⊘B."""
    return entry_by_entry(lambda x, y: x / y, [a, b])


def power(a: Any, exponent: Any) -> Any:
    """Each entry raised to a power."""
    return entry_by_entry(lambda x, n: x**n, [a, exponent])


def rowsum(a: Any) -> MatrixExpr:
    """The sum of each row: an m×1 column."""
    return applied_matrix("rowsum", a, (matrix("rowsum", a).shape[0], 1))


def colsum(a: Any) -> MatrixExpr:
    """The sum of each column: a 1×n row."""
    return applied_matrix("colsum", a, (1, matrix("colsum", a).shape[1]))


def rowmean(a: Any) -> MatrixExpr:
    """The mean of each row: an m×1 column."""
    return applied_matrix("rowmean", a, (matrix("rowmean", a).shape[0], 1))


def colmean(a: Any) -> MatrixExpr:
    """The mean of each column: a 1×n row."""
    return applied_matrix("colmean", a, (1, matrix("colmean", a).shape[1]))


def total(a: Any) -> Expr:
    """The sum of all entries, a scalar."""
    return applied_scalar("total", a)


def mean(a: Any) -> Expr:
    """The mean of all entries, a scalar."""
    return applied_scalar("mean", a)


def norm(a: Any) -> Expr:
    """The Frobenius norm √ΣΣ a², a scalar."""
    return applied_scalar("norm", a)


def norm1(a: Any) -> Expr:
    """The 1-norm Σ |a| of a row or a column, a scalar."""
    return applied_scalar("norm1", a)


def norminf(a: Any) -> Expr:
    """The ∞-norm max |a| of a row or a column, a scalar."""
    return applied_scalar("norminf", a)


def inner(a: Any, b: Any) -> Expr:
    """The inner product ⟨A, B⟩ = ΣΣ a·b of two matrices of one shape, a scalar."""
    return applied_scalar("inner", a, b)


def outer(a: Any, b: Any) -> MatrixExpr:
    """The outer product a·bᵀ of two columns, of which each may be given as a row."""
    rows, columns = (S.One * part.shape[0] * part.shape[1] for part in (matrix("outer", a), matrix("outer", b)))
    return AppliedMatrix("outer", [a, b], (), (rows, columns))


def quadratic(x: Any, a: Any, y: Any = None) -> Expr:
    """The quadratic form xᵀAx of a column x, or the bilinear form xᵀAy, a scalar."""
    return applied_scalar("quadratic", x, a, x if y is None else y)
