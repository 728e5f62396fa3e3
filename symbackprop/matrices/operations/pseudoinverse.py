"""The pseudoinverse A⁺ = (AᵀA)⁻¹·Aᵀ of a matrix of full column rank.

The formula of its adjoint follows from Golub and Pereyra (1973), "The differentiation of pseudo-inverses and nonlinear
least squares problems whose variables separate".
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr

from symbackprop.matrices.applying import applied_matrix, matrix, to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation, Transposed, product
from symbackprop.matrices.operations.record import (
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Record,
    Words,
    in_every_library,
    times,
    transposed,
)
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import matrix_shape
from symbackprop.proof_lines import Shown


class PseudoInverse(Operation):
    """(AᵀA)⁻¹·Aᵀ, of a matrix with independent columns."""

    spoken = "pinv"
    inverting = True
    letter = "pinv"

    def shape_of(self, *given: Shape) -> Shape:
        rows, columns = matrix_shape(self, self.args[0], given[0])
        return columns, rows


def pinv(a: Any) -> MatrixExpr:
    """The pseudoinverse (AᵀA)⁻¹·Aᵀ of a matrix with independent columns."""
    rows, columns = matrix("pinv", a).shape
    return applied_matrix("pinv", a, (columns, rows))


def _passes(node: PseudoInverse, i: int, g: Expr, y: Expr) -> Expr:
    back = product(turned(g), y, turned(y))
    return back - product(node.args[0], y, back) - product(turned(y), g, turned(y))


def _entries(of: Arithmetic, node: PseudoInverse, a: Grid) -> Grid:
    across = transposed(a)
    inverse = of.inverse(times(of, across, a), product(Transposed(node.args[0]), node.args[0]))
    return times(of, inverse, across)


def _numeric(np: Any, node: PseudoInverse, a: Any) -> Any:
    """By the definition, which holds for complex numbers without conjugates; columns that depend are refused."""
    turned_over = np.swapaxes(a, -2, -1)
    if np.any(np.linalg.matrix_rank(a) < a.shape[-1]):
        raise np.linalg.LinAlgError("Columns that depend on one another")
    return np.linalg.solve(turned_over @ a, turned_over)


_KERNEL = Kernel(
    "pinv", ("a",),
    "The pseudoinverse of a matrix with independent columns; of another one the triangle has no inverse.",
    """
    if a.shape[0] < a.shape[1]:
        raise ValueError("pinv is given more columns than rows; give it a matrix whose columns are independent")
    basis, triangle = $xp.linalg.qr(a)
    return $xp.linalg.solve(triangle, basis.T)""",
)  # fmt: skip

_PROOF: tuple[Shown, ...] = (
    Shown(
        r"(\mathrm{d}A)^{\mathsf{T}}-(\mathrm{d}A)^{\mathsf{T}}\,A\,Y-A^{\mathsf{T}}\,\mathrm{d}A\,Y",
        left=r"A^{\mathsf{T}}\,A\,\mathrm{d}Y",
        why="the change of AᵀA·Y = Aᵀ, which says what Y is where the columns of A are independent",
    ),
    Shown(
        r"Y\,Y^{\mathsf{T}}\,(\mathrm{d}A)^{\mathsf{T}}-Y\,Y^{\mathsf{T}}\,(\mathrm{d}A)^{\mathsf{T}}\,A\,Y"
        r"-Y\,\mathrm{d}A\,Y",
        left=r"\mathrm{d}Y",
        why="from the left times the inverse of AᵀA, which is Y·Yᵀ; times Aᵀ it is Y",
    ),
    Shown(
        r"\langle G^{\mathsf{T}}\,Y\,Y^{\mathsf{T}},\,\mathrm{d}A\rangle"
        r"-\langle A\,Y\,G^{\mathsf{T}}\,Y\,Y^{\mathsf{T}},\,\mathrm{d}A\rangle"
        r"-\langle Y^{\mathsf{T}}\,G\,Y^{\mathsf{T}},\,\mathrm{d}A\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the cyclic rule, and a transpose on both sides where dA is transposed",
    ),
    Shown(
        r"\bigl\langle (G^{\mathsf{T}}-A\,Y\,G^{\mathsf{T}})\,Y\,Y^{\mathsf{T}}"
        r"-Y^{\mathsf{T}}\,G\,Y^{\mathsf{T}},\,\mathrm{d}A\bigr\rangle",
        why="in one",
    ),
)

RECORDS = (
    Record(
        PseudoInverse,
        adjoint=Adjoint(
            PseudoInverse, "A of full column rank", "Y = pinv(A)", "A gets (Gᵀ − A·Y·Gᵀ)·Y·Yᵀ − Yᵀ·G·Yᵀ",
            "dY = −Y dA Y + Y Yᵀ dAᵀ − Y Yᵀ dAᵀ A Y, and the cyclic rule moves the factors",
            _passes, uses=3,
            proof=_PROOF,
            again="by the rule of a pseudoinverse",
        ),
        entries=_entries,
        numeric=_numeric,
        words=(
            Words(
                "pinv", "pinv({})", "pinv({})", suffix=("^{+}", "⁺"), helper="pinv", kernels=in_every_library(_KERNEL),
                meaning=("^{+}", "A^{+}", " is the pseudoinverse, of independent columns"),
            ),
        ),
        usages=(to_matrix("pinv", PseudoInverse),),
    ),
)  # fmt: skip
