"""The inverse of a square matrix, whose class stands in sums.py, as many rules are about it."""

from __future__ import annotations

from symbackprop.matrices.applying import to_matrix
from symbackprop.matrices.grammar import product
from symbackprop.matrices.operations.record import Adjoint, Record, Words
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.sums import Inverse
from symbackprop.proof_lines import Shown

_PROOF: tuple[Shown, ...] = (
    Shown(
        "0",
        left=r"\mathrm{d}A\,Y+A\,\mathrm{d}Y",
        why="the change of A·Y = I, which does not move",
    ),
    Shown(
        r"-Y\,\mathrm{d}A\,Y",
        left=r"\mathrm{d}Y",
        why="from the left times A⁻¹, which is Y",
    ),
    Shown(
        r"\langle -Y^{\mathsf{T}}\,G\,Y^{\mathsf{T}},\,\mathrm{d}A\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the cyclic rule moves both factors to the other side, transposed",
    ),
)

RECORDS = (
    Record(
        Inverse,
        adjoint=Adjoint(
            Inverse, "A invertible", "Y = A⁻¹", "A gets −Yᵀ·G·Yᵀ",
            "dA⁻¹ = −A⁻¹ dA A⁻¹, and the cyclic rule moves both factors",
            lambda node, i, g, y: -product(turned(y), g, turned(y)),
            proof=_PROOF,
            again="by the rule of an inverse",
        ),
        entries=lambda of, node, a: of.inverse(a, node.args[0]),
        numeric=lambda np, node, a: np.linalg.inv(a),
        words=(Words("inv", "np.linalg.inv({})", "$xp.linalg.inv({})"),),
        usages=(to_matrix("inv", Inverse),),
    ),
)  # fmt: skip
