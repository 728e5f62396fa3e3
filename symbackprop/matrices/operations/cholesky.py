"""The lower triangular factor L of a symmetric positive definite matrix, L·Lᵀ = A.

Of a matrix that is not quite symmetric it is the factor of (A + Aᵀ)/2, so that the adjoint is symmetric. The formula is
that of Murray (2016), "Differentiation of the Cholesky decomposition".
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, MatrixExpr, Tuple

from symbackprop.matrices.applying import applied_matrix, matrix, to_matrix
from symbackprop.matrices.grammar import product
from symbackprop.matrices.operations.record import (
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Number,
    Record,
    Words,
    in_every_library,
)
from symbackprop.matrices.operations.solve import Solve
from symbackprop.matrices.operations.symmetric import SymmetricPart
from symbackprop.matrices.operations.triangles import HalfTriangle
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.sums import OfSquare
from symbackprop.proof_lines import Shown


class Cholesky(OfSquare):
    """The lower triangular matrix L with a positive diagonal and L·Lᵀ = A."""

    spoken = "cholesky"
    inverting = True
    letter = "L"


def cholesky(a: Any) -> MatrixExpr:
    """The lower triangular factor L of a symmetric positive definite matrix: L·Lᵀ = A."""
    return applied_matrix("cholesky", a, matrix("cholesky", a).shape)


def _passes(node: Cholesky, i: int, g: Expr, y: Expr) -> Expr:
    back = turned(y)
    half = HalfTriangle(product(back, g))
    return SymmetricPart(Solve(back, turned(Solve(back, turned(half)))))


def _entries(of: Arithmetic, node: Cholesky, a: Grid) -> Grid:
    """Row by row, from the left: each entry of A tells one of L."""
    size, minus, half = len(a), of.number(-1), of.number(1) / of.number(2)
    found: list[list[Number]] = []
    for i in range(size):
        row: list[Number] = []
        for j in range(i + 1):
            known = found[j] if j < i else row
            rest = of.total([half * (a[i][j] + a[j][i]), *(minus * row[k] * known[k] for k in range(j))])
            row.append(of.root(rest, Tuple(node, Integer(i))) if i == j else rest / known[j])
        found.append(row)
    return tuple(tuple(row) + (of.number(0),) * (size - len(row)) for row in found)


def _numeric(np: Any, node: Cholesky, a: Any) -> Any:
    """By the definition, as NumPy's own takes no complex numbers for what they are."""
    a = (a + np.swapaxes(a, -2, -1)) / 2
    if not np.iscomplexobj(a):
        return np.linalg.cholesky(a)
    found = np.zeros_like(a)
    for j in range(a.shape[-1]):
        rest = a[..., j:, j] - (found[..., j:, :j] * found[..., j : j + 1, :j]).sum(axis=-1)
        found[..., j:, j] = rest / np.sqrt(rest[..., :1])
    return found


_KERNEL = Kernel(
    "cholesky", ("a",), "The lower triangular factor of the symmetric part of a matrix.",
    """
    return $xp.linalg.cholesky((a + a.T)/2)""",
)  # fmt: skip

_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\mathrm{d}L\,L^{\mathsf{T}}+L\,(\mathrm{d}L)^{\mathsf{T}}",
        left=r"\mathrm{d}A",
        why="the product rule on A = L·Lᵀ; A and dA are symmetric",
    ),
    Shown(
        r"L^{-1}\,\mathrm{d}L+(L^{-1}\,\mathrm{d}L)^{\mathsf{T}}",
        left=r"L^{-1}\,\mathrm{d}A\,L^{-\mathsf{T}}",
        why="L⁻¹ from the left, L⁻ᵀ from the right",
    ),
    Shown(
        r"L\,\mathrm{halftril}(L^{-1}\,\mathrm{d}A\,L^{-\mathsf{T}})",
        left=r"\mathrm{d}L",
        why=(
            "a lower triangle and its transpose add up to the line above, so the triangle is its lower half, "
            "with half the diagonal"
        ),
    ),
    Shown(
        r"\bigl\langle \mathrm{halftril}(L^{\mathsf{T}}\,G),\,L^{-1}\,\mathrm{d}A\,L^{-\mathsf{T}}\bigr\rangle",
        left=r"\langle G,\,\mathrm{d}L\rangle",
        why="L goes to the other side, transposed; halftril weighs each entry, on either side alike",
    ),
    Shown(
        r"\bigl\langle \mathrm{sym}\bigl(L^{-\mathsf{T}}\,\mathrm{halftril}(L^{\mathsf{T}}\,G)\,L^{-1}\bigr),\,"
        r"\mathrm{d}A\bigr\rangle",
        why="so do L⁻¹ and L⁻ᵀ; beside a symmetric dA the symmetric part is all that counts",
    ),
)

RECORDS = (
    Record(
        Cholesky,
        adjoint=Adjoint(
            Cholesky, "A symmetric, positive definite", "L = cholesky(A)",
            "A gets sym(L⁻ᵀ·halftril(Lᵀ·G)·L⁻¹)",
            "dL = L·halftril(L⁻¹·dA·L⁻ᵀ), and the cyclic rule moves both factors",
            _passes,
            proof=_PROOF,
            again="by the rule of Cholesky's factor",
        ),
        entries=_entries,
        numeric=_numeric,
        words=(
            Words(
                "cholesky", "cholesky({})", "cholesky({})", helper="cholesky", kernels=in_every_library(_KERNEL),
                meaning=(
                    r"\mathrm{cholesky}", r"\mathrm{cholesky}(A)",
                    " is the lower triangular factor, which times its transpose is A",
                ),
            ),
        ),
        usages=(to_matrix("cholesky", Cholesky),),
    ),
)  # fmt: skip
