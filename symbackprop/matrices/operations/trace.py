"""The trace of a square matrix."""

from __future__ import annotations

from typing import Any

from sympy import Expr

from symbackprop.matrices.applying import applied_scalar, to_matrix
from symbackprop.matrices.operations.record import Adjoint, Record, Words, grid_of
from symbackprop.matrices.shapes import shape_of
from symbackprop.matrices.sums import Identity, NumberOfSquare
from symbackprop.proof_lines import Shown


class Trace(NumberOfSquare):
    """The sum of the diagonal, a scalar."""

    spoken = "trace"
    linear = adds_up = True


def trace(a: Any) -> Expr:
    """The sum of the diagonal of a square matrix."""
    return applied_scalar("trace", a)


_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}\mathrm{d}A_{ii}",
        left=r"\mathrm{d}y",
        why="y is the sum of the diagonal",
    ),
    Shown(
        r"\langle g\,I,\,\mathrm{d}A\rangle",
        left=r"g\,\mathrm{d}y",
        why="the identity has ones there and zeros elsewhere",
    ),
)

RECORDS = (
    Record(
        Trace,
        adjoint=Adjoint(
            Trace, "A square", "y = tr(A)", "A gets g·I",
            "tr(dA) = ⟨I, dA⟩",
            lambda node, i, g, y: g * Identity(shape_of(node.operands[0])[0]),
            proof=_PROOF,
        ),
        entries=lambda of, node, a: grid_of(of.total([row[k] for k, row in enumerate(a)])),
        numeric=lambda np, node, a: np.trace(a, axis1=-2, axis2=-1)[..., None, None],
        words=(
            Words(
                "trace", "np.trace({})", "$trace({})", latex=(r"\mathrm{tr}", ""), unicode=("tr", ""),
                meaning=(r"\mathrm{tr}", r"\mathrm{tr}(A)", " is the trace, the sum of the diagonal"),
            ),
        ),
        usages=(to_matrix("trace", Trace),),
        bounds=lambda a: a.repeated,
    ),
)  # fmt: skip
