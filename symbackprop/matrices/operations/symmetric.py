"""The symmetric part of a square matrix, (A + Aᵀ)/2."""

from __future__ import annotations

from typing import Any

from sympy import MatrixExpr

from symbackprop.matrices.applying import applied_matrix, matrix, to_matrix
from symbackprop.matrices.operations.record import (
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Record,
    Words,
    in_every_library,
)
from symbackprop.matrices.sums import OfSquare
from symbackprop.proof_lines import Shown


class SymmetricPart(OfSquare):
    """(A + Aᵀ)/2."""

    spoken = "sym"
    linear = symmetric = idempotent = True


def sym(a: Any) -> MatrixExpr:
    """The symmetric part (A + Aᵀ)/2 of a square matrix."""
    return applied_matrix("sym", a, matrix("sym", a).shape)


def symmetrised(of: Arithmetic, a: Grid) -> Grid:
    """(A + Aᵀ)/2."""
    half = of.number(1) / of.number(2)
    places = range(len(a))
    return tuple(tuple(half * (a[i][j] + a[j][i]) if i != j else a[i][i] for j in places) for i in places)


_KERNEL = Kernel(
    "sym", ("a",), "The symmetric part of a square matrix.",
    """
    return (a + a.T)/2""",
)  # fmt: skip

_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\tfrac{1}{2}\langle G,\,\mathrm{d}A\rangle"
        r"+\tfrac{1}{2}\bigl\langle G,\,(\mathrm{d}A)^{\mathsf{T}}\bigr\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="by the definition Y is half the sum of A and Aᵀ",
    ),
    Shown(
        r"\tfrac{1}{2}\langle G,\,\mathrm{d}A\rangle+\tfrac{1}{2}\langle G^{\mathsf{T}},\,\mathrm{d}A\rangle",
        why="both sides of the second transposed",
    ),
    Shown(
        r"\bigl\langle \mathrm{sym}(G),\,\mathrm{d}A\bigr\rangle",
        why="in one, by the definition again",
    ),
)

RECORDS = (
    Record(
        SymmetricPart,
        adjoint=Adjoint(
            SymmetricPart, "A square", "Y = sym(A)", "A gets sym(G)",
            "only the symmetric part moves",
            lambda node, i, g, y: SymmetricPart(g),
            proof=_PROOF,
        ),
        entries=lambda of, node, a: symmetrised(of, a),
        numeric=lambda np, node, a: (a + np.swapaxes(a, -2, -1)) / 2,
        words=(
            Words(
                "sym", "sym({})", "sym({})", helper="sym",
                kernels=in_every_library(_KERNEL),
                meaning=(r"\mathrm{sym}", r"\mathrm{sym}(A)", " is the symmetric part, half of A and its transpose"),
            ),
        ),
        usages=(to_matrix("sym", SymmetricPart),),
        bounds=lambda a: a,
    ),
)  # fmt: skip
