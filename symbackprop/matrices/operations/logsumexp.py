"""log Σ exp of each column or of each row of a matrix."""

from __future__ import annotations

from typing import Any

from sympy import MatrixExpr, exp

from symbackprop.errors import NetworkError
from symbackprop.matrices.applying import applied_matrix, matrix, on_axis
from symbackprop.matrices.operations.record import ALWAYS, Adjoint, Record, Words, along, from_the_end
from symbackprop.matrices.operations.softmax import shifted
from symbackprop.matrices.sums import Reduction
from symbackprop.proof_lines import Shown


class LogSumExp(Reduction):
    """log Σ exp(z) over each column (axis 0) or each row (axis 1)."""

    spoken = "logsumexp"
    letter = "lse"


def logsumexp(a: Any, axis: int | None = None) -> MatrixExpr:
    """log Σ exp(z), of each column (axis 0) or of each row (axis 1); the axis must be said."""
    rows, columns = matrix("logsumexp", a).shape
    if axis is None:
        fix = "write logsumexp(A, axis=1) for each row or logsumexp(A, axis=0) for each column"
        raise NetworkError("axis", f"logsumexp({a!s:.60}) has no axis", fix)
    return applied_matrix("logsumexp", a, (1, columns) if axis == 0 else (rows, 1), axis)


def _numeric(np: Any, node: Any, z: Any, _: Any) -> Any:
    largest, below = shifted(np, node, z)
    return largest + np.log(np.exp(below).sum(axis=from_the_end(node), keepdims=True))


_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\frac{e^{A_{i}}}{\sum_{k}e^{A_{k}}}",
        left=r"\frac{\partial y}{\partial A_{i}}",
        why="of one row or column, y is the logarithm of this sum, in which one term holds the entry",
    ),
    Shown(
        "e^{A_{i}-y}",
        why="the sum is exp(y)",
    ),
    Shown(
        r"\bigl\langle g\circ \exp(A-y),\,\mathrm{d}A\bigr\rangle",
        left=r"\langle g,\,\mathrm{d}y\rangle",
        why="the same for every entry of A",
    ),
)

RECORDS = (
    Record(
        LogSumExp,
        adjoint=Adjoint(
            LogSumExp, ALWAYS, "y = logsumexp(A)", "A gets g∘exp(A − y)",
            "the derivative of log-sum-exp is the softmax, exp(A − y)",
            lambda node, i, g, y: g * exp(node.operands[0] - y),
            proof=_PROOF,
            again="the softmax",
        ),
        entries=lambda of, node, z: along(node.axis, lambda line: (of.log_sum_exp(line),), z),
        numeric=_numeric,
        bounds=lambda z: z.upwards,
        words=(
            Words(
                "logsumexp", "logsumexp({}, axis={})", "logsumexp({}, axis={})",
                own={"torch": "torch.logsumexp({}, dim={}, keepdim=True)"}, axis_below=True,
            ),
        ),
        usages=(on_axis("logsumexp", LogSumExp),),
        said="logsumexp",
    ),
)  # fmt: skip
