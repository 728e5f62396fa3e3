"""The square root of a symmetric positive definite matrix: the positive definite matrix R with R·R = A.

Of a matrix that is not quite symmetric it is the root of (A + Aᵀ)/2, so that the adjoint is symmetric. Its derivative
solves Lyapunov's equation: Higham (2008), "Functions of Matrices", chapter 6.
"""

from __future__ import annotations

from typing import Any

from sympy import Integer, MatrixExpr, Tuple

from symbackprop.matrices.applying import applied_matrix, matrix, to_matrix
from symbackprop.matrices.operations.lyapunov import (
    ROUNDS,
    Lyapunov,
    by_eigenvalues,
    positive_eigenvalues,
    solved,
)
from symbackprop.matrices.operations.record import Adjoint, Arithmetic, Grid, Record, Words, grid_of
from symbackprop.matrices.operations.symmetric import SymmetricPart, symmetrised
from symbackprop.matrices.sums import OfSquare
from symbackprop.proof_lines import Shown


class MatrixRoot(OfSquare):
    """The symmetric positive definite matrix R with R·R = A."""

    spoken = "sqrtm"
    inverting = symmetric = True
    letter = "R"


def sqrtm(a: Any) -> MatrixExpr:
    """The positive definite square root of a symmetric positive definite matrix."""
    return applied_matrix("sqrtm", a, matrix("sqrtm", a).shape)


def _entries(of: Arithmetic, node: MatrixRoot, a: Grid) -> Grid:
    if len(a) == 1:
        return grid_of(of.root(a[0][0], Tuple(node, Integer(0))))
    return of.matrix_root(symmetrised(of, a), node)


def _numeric(np: Any, node: MatrixRoot, a: Any) -> Any:
    """By the eigenvalues; of a complex step, whose imaginary part is small, by Newton's method from there."""
    a = (a + np.swapaxes(a, -2, -1)) / 2
    values, vectors = positive_eigenvalues(np, a.real)
    roots = np.sqrt(values)
    found = (vectors * roots[..., None, :]) @ np.swapaxes(vectors, -2, -1)
    if np.iscomplexobj(a):
        beside = np.zeros_like(a)
        for _ in range(ROUNDS):  # what E is in (R + E)·(R + E) = A, where R·R is the real part of A
            beside = solved(np, roots, vectors, 1j * a.imag - beside @ beside)
        return found + beside
    return found


_KERNELS = by_eigenvalues(
    "sqrtm",
    ("a",),
    "The positive definite root of the symmetric part of a matrix.",
    "(vectors*$xp.sqrt(values))@vectors.T",
)

_PROOF: tuple[Shown, ...] = (
    Shown(
        r"Y\,\mathrm{d}Y+\mathrm{d}Y\,Y",
        left=r"\mathrm{d}A",
        why="the product rule on A = Y·Y; A and dA are symmetric, and so is Y",
    ),
    Shown(
        r"\mathrm{lyapunov}(Y,\,G)",
        left="H",
        why="so that Y·H + H·Y = G",
    ),
    Shown(
        r"\langle H,\,Y\,\mathrm{d}Y+\mathrm{d}Y\,Y\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="G = Y·H + H·Y, and Y, its own transpose, goes to the other side",
    ),
    Shown(
        r"\bigl\langle \mathrm{sym}(H),\,\mathrm{d}A\bigr\rangle",
        why="the first line; beside a symmetric dA the symmetric part is all that counts",
    ),
)

RECORDS = (
    Record(
        MatrixRoot,
        adjoint=Adjoint(
            MatrixRoot, "A symmetric, positive definite", "Y = sqrtm(A)", "A gets sym(lyapunov(Y, G))",
            "Y dY + dY Y = dA, and by the cyclic rule the same equation is solved for G",
            lambda node, i, g, y: SymmetricPart(Lyapunov(y, g)),
            proof=_PROOF,
            again="by the rule of a root",
        ),
        entries=_entries,
        numeric=_numeric,
        words=(
            Words(
                "sqrtm", "sqrtm({})", "sqrtm({})", helper="sqrtm", kernels=_KERNELS,
                meaning=(
                    r"\mathrm{sqrtm}", r"\mathrm{sqrtm}(A)",
                    " is the positive definite root, which times itself is A",
                ),
            ),
        ),
        usages=(to_matrix("sqrtm", MatrixRoot),),
    ),
)  # fmt: skip
