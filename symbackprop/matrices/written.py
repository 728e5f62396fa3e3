"""What users write: operations on SymPy's matrices, for the equations of a network.

Each function takes matrices of SymPy (``MatrixSymbol`` and what is made of it) and gives back one, or a scalar. Axis 0
goes down the columns and axis 1 along the rows, as in NumPy.
"""

from __future__ import annotations

from typing import Any

from sympy import Basic, Expr, Identity, MatrixExpr, OneMatrix, S, preorder_traversal, sympify
from sympy.core.function import AppliedUndef, Function

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix, AppliedScalar, entry_by_entry, is_matrix


def ones(rows: Any, columns: Any) -> MatrixExpr:
    """The matrix of ones: ``ones(m, 1)*b`` repeats the row b m times."""
    return OneMatrix(rows, columns)


def eye(size: Any) -> MatrixExpr:
    """The identity matrix."""
    return Identity(size)


def broadcast(part: Any, rows: Any, columns: Any) -> MatrixExpr:
    """A row, a column or a scalar repeated to a matrix of that shape."""
    return AppliedMatrix("broadcast", [sympify(part, strict=True)], (rows, columns), (rows, columns))


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
    return _along("rowsum", a, (_matrix("rowsum", a).shape[0], 1))


def colsum(a: Any) -> MatrixExpr:
    """The sum of each column: a 1×n row."""
    return _along("colsum", a, (1, _matrix("colsum", a).shape[1]))


def rowmean(a: Any) -> MatrixExpr:
    """The mean of each row: an m×1 column."""
    return _along("rowmean", a, (_matrix("rowmean", a).shape[0], 1))


def colmean(a: Any) -> MatrixExpr:
    """The mean of each column: a 1×n row."""
    return _along("colmean", a, (1, _matrix("colmean", a).shape[1]))


def logsumexp(a: Any, axis: int | None = None) -> MatrixExpr:
    """log Σ exp(z), of each column (axis 0) or of each row (axis 1); the axis must be said."""
    rows, columns = _matrix("logsumexp", a).shape
    if axis is None:
        fix = "write logsumexp(A, axis=1) for each row or logsumexp(A, axis=0) for each column"
        raise NetworkError("axis", f"logsumexp({a!s:.60}) has no axis", fix)
    return _along("logsumexp", a, (1, columns) if axis == 0 else (rows, 1), axis)


def total(a: Any) -> Expr:
    """The sum of all entries, a scalar."""
    return _scalar("total", a)


def mean(a: Any) -> Expr:
    """The mean of all entries, a scalar."""
    return _scalar("mean", a)


def trace(a: Any) -> Expr:
    """The sum of the diagonal of a square matrix."""
    return _scalar("trace", a)


def det(a: Any) -> Expr:
    """The determinant of a square matrix."""
    return _scalar("det", a)


def logdet(a: Any) -> Expr:
    """log |det A| of a square matrix."""
    return _scalar("logdet", a)


def norm(a: Any) -> Expr:
    """The Frobenius norm √ΣΣ a², a scalar."""
    return _scalar("norm", a)


def inner(a: Any, b: Any) -> Expr:
    """The inner product ⟨A, B⟩ = ΣΣ a·b of two matrices of one shape, a scalar."""
    return _scalar("inner", a, b)


def quadratic(x: Any, a: Any, y: Any = None) -> Expr:
    """The quadratic form xᵀAx of a column x, or the bilinear form xᵀAy, a scalar."""
    return _scalar("quadratic", x, a, x if y is None else y)


def diag(a: Any) -> MatrixExpr:
    """The square matrix with this column as its diagonal."""
    size = _matrix("diag", a).shape[0]
    return _along("diag", a, (size, size))


def diagonal(a: Any) -> MatrixExpr:
    """The diagonal of a square matrix, as a column."""
    return _along("diagonal", a, (_matrix("diagonal", a).shape[0], 1))


def _matrix(name: str, a: Any) -> Any:
    if not is_matrix(a):
        what, fix = f"{name}({a!s:.60}) is given no matrix", "give it a MatrixSymbol or what is made of it"
        lost = _lost_in(a)
        if lost:
            what += f": SymPy takes {lost}(…) of a matrix for a number"
            fix = f"write sb.{lost}(A), or A.applyfunc({lost}), which work entry by entry"
        raise NetworkError("shape", what, fix)
    return a


def _lost_in(a: Any) -> str:
    """The name of a function of SymPy's in which a matrix has got lost, or nothing."""
    parts = preorder_traversal(a) if isinstance(a, Basic) else ()
    applied = (part for part in parts if isinstance(part, (Function, AppliedUndef)) and any(map(is_matrix, part.args)))
    found = next(applied, None)
    return "" if found is None else type(found).__name__


def _along(name: str, a: Any, shape: tuple[Any, Any], *settings: Any) -> MatrixExpr:
    return AppliedMatrix(name, [a], settings, shape)


def _scalar(name: str, *operands: Any) -> Expr:
    return AppliedScalar(name, [_matrix(name, operand) for operand in operands])
