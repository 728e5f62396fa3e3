"""The solution X of the equations A·X = B, worked out without the inverse of A."""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix
from symbackprop.matrices.applying import matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation, as_whole, product
from symbackprop.matrices.operations.record import Adjoint, Arithmetic, Grid, Read, Record, Usage, Words, times
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import check_square, matrix_shape, named, same, shape_of
from symbackprop.matrices.sums import Inverse
from symbackprop.proof_lines import Shown


class Solve(Operation):
    """The matrix X with A·X = B, which is A⁻¹·B."""

    spoken = "solve"
    inverting = True
    linear_in = (1,)
    letter = "x"

    def shape_of(self, *given: Shape) -> Shape:
        (a, b), (first, second) = self.args, given
        check_square(self.spoken, a, first)
        rows, columns = matrix_shape(self, b, second)
        if not same(first[0], rows):
            raise NetworkError(
                "shape",
                f"{self}: {named(a, first)} has {first[0]} rows and {named(b, second)} {rows}",
                "both must have as many rows",
            )
        return rows, columns


def solve(a: Any, b: Any) -> MatrixExpr:
    """The solution X of A·X = B, for a square matrix A."""
    return AppliedMatrix("solve", [matrix("solve", a), matrix("solve", b)], (), b.shape)


def _built(a: Read, b: Read) -> Read:
    made = Solve(as_whole(*a), as_whole(*b))
    return made, shape_of(made)


def _passes(node: Solve, i: int, g: Expr, y: Expr) -> Expr:
    back = Solve(turned(node.args[0]), g)
    return back if i == 1 else -product(back, turned(y))


def _entries(of: Arithmetic, node: Solve, a: Grid, b: Grid) -> Grid:
    return times(of, of.inverse(a, node.args[0]), b)


_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\mathrm{d}B-\mathrm{d}A\,Y",
        left=r"A\,\mathrm{d}Y",
        why="the change of A·Y = B",
    ),
    Shown(
        r"\mathrm{solve}(A^{\mathsf{T}},\,G)",
        left="H",
        why="so that Aᵀ·H = G",
    ),
    Shown(
        r"\langle H,\,A\,\mathrm{d}Y\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="G = Aᵀ·H, and Aᵀ goes to the other side, transposed",
    ),
    Shown(
        r"\langle H,\,\mathrm{d}B\rangle+\langle -H\,Y^{\mathsf{T}},\,\mathrm{d}A\rangle",
        why="the first line, and the cyclic rule moves Y",
    ),
)

RECORDS = (
    Record(
        Solve,
        adjoint=Adjoint(
            Solve, "A invertible", "Y = solve(A, B)", "B gets H = solve(Aᵀ, G), A gets −H·Yᵀ",
            "A dY = dB − dA Y, and the cyclic rule moves A⁻¹ to the other side, transposed",
            _passes,
            proof=_PROOF,
            again="by the rule of a solution",
        ),
        entries=_entries,
        numeric=lambda np, node, a, b: np.linalg.solve(a, b),
        words=(
            Words(
                "solve", "np.linalg.solve({}, {})", "$xp.linalg.solve({}, {})",
                displayed=lambda node: product(Inverse(node.args[0]), node.args[1]),
            ),
        ),
        usages=(Usage("solve", _built, "solve(A, B)", 2, 2, matrices=2),),
    ),
)  # fmt: skip
