"""The determinant of a square matrix."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symbackprop.matrices.applying import applied_scalar, to_matrix
from symbackprop.matrices.operations.record import Adjoint, Record, Words, grid_of
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.sums import Inverse, NumberOfSquare
from symbackprop.proof_lines import Shown


class Determinant(NumberOfSquare):
    """det A, a scalar."""

    spoken = "det"
    inverting = True
    letter = "det"


def det(a: Any) -> Expr:
    """The determinant of a square matrix."""
    return applied_scalar("det", a)


COFACTORS: tuple[Shown, ...] = (
    Shown(
        r"\sum_{j}A_{ij}\,C_{ij}",
        left=r"\det(A)",
        why="expanded along any row; C has the cofactors, and those of a row do not hold the entries of that row",
    ),
    Shown(
        "C_{ij}",
        left=r"\frac{\partial \det(A)}{\partial A_{ij}}",
        why="so the derivative by an entry is its cofactor",
    ),
    Shown(
        r"\det(A)\,(A^{-1})_{ji}",
        why="Cramer's rule: A⁻¹ = Cᵀ/det(A)",
    ),
)
"""The derivative of a determinant by an entry."""
_PROOF: tuple[Shown, ...] = (
    *COFACTORS,
    Shown(
        r"g\sum_{i,j}C_{ij}\,\mathrm{d}A_{ij}",
        left=r"g\,\mathrm{d}y",
        why="each entry adds its share",
    ),
    Shown(
        r"\langle g\,y\,A^{-\mathsf{T}},\,\mathrm{d}A\rangle",
        why="the cofactors are C = y·A⁻ᵀ",
    ),
)

RECORDS = (
    Record(
        Determinant,
        adjoint=Adjoint(
            Determinant, "A invertible", "y = det(A)", "A gets g·y·A⁻ᵀ",
            "Jacobi's formula: d det A = det A·tr(A⁻¹ dA)",
            lambda node, i, g, y: g * y * turned(Inverse(node.operands[0])),
            proof=_PROOF,
        ),
        entries=lambda of, node, a: grid_of(of.determinant(a, node.args[0])),
        numeric=lambda np, node, a: np.linalg.det(a)[..., None, None],
        words=(Words("det", "np.linalg.det({})", "$xp.linalg.det({})", latex=(r"\det", ""), bare=True),),
        usages=(to_matrix("det", Determinant),),
    ),
)  # fmt: skip
