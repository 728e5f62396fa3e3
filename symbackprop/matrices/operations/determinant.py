"""The determinant of a square matrix."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symbackprop.matrices.applying import applied_scalar, to_matrix
from symbackprop.matrices.operations.record import Adjoint, Record, Words, grid_of
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.sums import Inverse, NumberOfSquare


class Determinant(NumberOfSquare):
    """det A, a scalar."""

    spoken = "det"
    inverting = True
    letter = "det"


def det(a: Any) -> Expr:
    """The determinant of a square matrix."""
    return applied_scalar("det", a)


RECORDS = (
    Record(
        Determinant,
        adjoint=Adjoint(
            Determinant, "A invertible", "y = det(A)", "A gets g·y·A⁻ᵀ",
            "Jacobi's formula: d det A = det A·tr(A⁻¹ dA)",
            lambda node, i, g, y: g * y * turned(Inverse(node.operands[0])),
        ),
        entries=lambda of, node, a: grid_of(of.determinant(a, node.args[0])),
        numeric=lambda np, node, a: np.linalg.det(a)[..., None, None],
        words=(Words("det", "np.linalg.det({})", "$xp.linalg.det({})", latex=(r"\det", ""), bare=True),),
        usages=(to_matrix("det", Determinant),),
    ),
)  # fmt: skip
