"""log |det A| of a square matrix."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symbackprop.matrices.applying import applied_scalar, to_matrix
from symbackprop.matrices.operations.determinant import COFACTORS
from symbackprop.matrices.operations.record import Adjoint, Record, Words, grid_of
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.sums import Inverse, NumberOfSquare
from symbackprop.proof_lines import Shown


class LogDeterminant(NumberOfSquare):
    """log |det A|, a scalar."""

    spoken = "logdet"
    inverting = True


def logdet(a: Any) -> Expr:
    """log |det A| of a square matrix."""
    return applied_scalar("logdet", a)


def _numeric(np: Any, node: Any, a: Any) -> Any:
    """log |det A|; where A is complex its continuation, log(±det A) with the sign of the real part."""
    direction, size = np.linalg.slogdet(a)
    if np.iscomplexobj(a):
        size = size + np.log(direction * np.sign(direction.real))
    return size[..., None, None]


_PROOF: tuple[Shown, ...] = (
    *COFACTORS,
    Shown(
        r"\frac{\mathrm{d}\det(A)}{\det(A)}",
        left=r"\mathrm{d}y",
        why="the derivative of log |x| is 1/x, on both sides of 0",
    ),
    Shown(
        r"\langle g\,A^{-\mathsf{T}},\,\mathrm{d}A\rangle",
        left=r"g\,\mathrm{d}y",
        why="the sum of the derivatives above over all entries, in which det(A) cancels",
    ),
)

RECORDS = (
    Record(
        LogDeterminant,
        adjoint=Adjoint(
            LogDeterminant, "A invertible", "y = log |det A|", "A gets g·A⁻ᵀ",
            "d log |det A| = tr(A⁻¹ dA)",
            lambda node, i, g, y: g * turned(Inverse(node.operands[0])),
            proof=_PROOF,
        ),
        entries=lambda of, node, a: grid_of(of.log_of_size(of.determinant(a, node.args[0]))),
        numeric=_numeric,
        words=(
            Words(
                "logdet", "np.linalg.slogdet({})[1]", "$xp.linalg.slogdet({})[1]", bare=True,
                latex=(r"\log\lvert \det", r"\rvert"), unicode=("log|det", "|"),
            ),
        ),
        usages=(to_matrix("logdet", LogDeterminant),),
    ),
)  # fmt: skip
