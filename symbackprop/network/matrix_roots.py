"""Roots of matrices, and solutions of Lyapunov's equation, written out entry by entry.

Of a 2×2 matrix both have a closed form, by the theorem of Cayley and Hamilton. Of a larger one they have none that
could be written down, so that they are worked out where all entries are numbers, and refused where they are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mpmath
from sympy import Expr, Float, Integer, Mul, sqrt

from symbackprop.errors import NetworkError
from symbackprop.matrices.operations.record import Grid

DIGITS = 40


def root_of(a: Grid, of: Expr) -> Grid:
    """The positive definite root of a symmetric matrix: of a 2×2 one (A + √det A·I)/√(tr A + 2·√det A)."""
    if len(a) > 2:
        (numbers,) = _numbers([a], of)
        values, vectors = _eigenvalues(numbers, of)
        mp = numbers.ctx
        return _floats(vectors * mp.diag([mp.sqrt(value) for value in values]) * vectors.T)
    (first, beside), (below, second) = a
    size = sqrt(first * second - beside * below)
    scale = 1 / sqrt(first + second + 2 * size)
    return (Mul(first + size, scale), Mul(beside, scale)), (Mul(below, scale), Mul(second + size, scale))


def lyapunov_of(a: Grid, b: Grid, of: Expr) -> Grid:
    """The matrix X with A·X + X·A = B: for a 2×2 one (det A·B + C·B·C)/(2·tr A·det A), where C = tr A·I − A."""
    if len(a) > 2:
        numbers, given = _numbers([a, b], of)
        values, vectors = _eigenvalues(numbers, of)
        found = vectors.T * given * vectors
        for i in range(len(a)):
            for j in range(len(a)):
                found[i, j] /= values[i] + values[j]
        return _floats(vectors * found * vectors.T)
    (first, beside), (below, second) = a
    trace, size = first + second, first * second - beside * below
    other = ((second, -beside), (-below, first))
    places = range(2)
    return tuple(
        tuple(
            (size * b[i][j] + sum(other[i][k] * b[k][m] * other[m][j] for k in places for m in places))
            / (Integer(2) * trace * size)
            for j in places
        )
        for i in places
    )


def _numbers(grids: Sequence[Grid], of: Expr) -> list[Any]:
    """Matrices of numbers with many digits. Raises NetworkError where an entry is none."""
    size = len(grids[0])
    if not all(x.is_number for grid in grids for row in grid for x in row):
        raise NetworkError(
            "sizes",
            f"{of!s:.40} of {size}×{size} matrices has no formula entry by entry",
            "expand it at 1×1 or 2×2; with larger sizes keep the network of matrices",
        )
    mp = mpmath.mp.clone()  # a precision of its own, which other threads do not change
    mp.dps = 2 * DIGITS
    return [mp.matrix([[x.evalf(2 * DIGITS)._to_mpmath(7 * DIGITS) for x in row] for row in g]) for g in grids]


def _eigenvalues(a: Any, of: Expr) -> tuple[Any, Any]:
    values, vectors = a.ctx.eigsy(a)
    if not min(values) > 0:
        raise NetworkError(
            "operation", f"{of!s:.40} has no value", "give it a matrix that is symmetric and positive definite"
        )
    return values, vectors


def _floats(a: Any) -> Grid:
    return tuple(tuple(Float(a[i, j], DIGITS) for j in range(a.cols)) for i in range(a.rows))
