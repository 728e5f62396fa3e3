"""The solution X of Lyapunov's equation A·X + X·A = B, for a symmetric positive definite matrix A.

Of a matrix that is not quite symmetric it is the solution for (A + Aᵀ)/2, so that the adjoint is symmetric. In the
basis of the eigenvectors of A each entry is that of B over the sum of two eigenvalues: Bartels and Stewart (1972),
"Solution of the matrix equation AX + XB = C".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sympy import Expr, MatrixExpr

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix
from symbackprop.matrices.applying import matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation, as_whole, product
from symbackprop.matrices.operations.record import (
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Read,
    Record,
    Usage,
    Words,
    grid_of,
    in_every_library,
)
from symbackprop.matrices.operations.symmetric import SymmetricPart, symmetrised
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import check_square, named, same_shape, shape_of
from symbackprop.proof_lines import Shown

ROUNDS = 8
"""How often what an imaginary part changes is worked out anew; of a complex step the second time is exact."""


class Lyapunov(Operation):
    """The matrix X with A·X + X·A = B."""

    spoken = "lyapunov"
    inverting = True
    linear_in = (1,)
    letter = "S"

    def shape_of(self, *given: Shape) -> Shape:
        (a, b), (first, second) = self.args, given
        check_square(self.spoken, a, first)
        if not same_shape(first, second):
            raise NetworkError(
                "shape", f"{self}: {named(a, first)} and {named(b, second)} have not one shape", "both must be as large"
            )
        return first


def lyapunov(a: Any, b: Any) -> MatrixExpr:
    """The solution X of A·X + X·A = B, for a symmetric positive definite matrix A."""
    return AppliedMatrix("lyapunov", [matrix("lyapunov", a), matrix("lyapunov", b)], (), b.shape)


def _built(a: Read, b: Read) -> Read:
    made = Lyapunov(as_whole(*a), as_whole(*b))
    return made, shape_of(made)


def _passes(node: Lyapunov, i: int, g: Expr, y: Expr) -> Expr:
    back = Lyapunov(node.args[0], g)
    return back if i == 1 else -SymmetricPart(product(back, turned(y)) + product(turned(y), back))


def _entries(of: Arithmetic, node: Lyapunov, a: Grid, b: Grid) -> Grid:
    if len(a) == 1:
        return grid_of(b[0][0] / (of.number(2) * a[0][0]))
    return of.lyapunov(symmetrised(of, a), b, node)


def positive_eigenvalues(np: Any, a: Any) -> tuple[Any, Any]:
    """Eigenvalues and eigenvectors of stacks of symmetric matrices. Raises LinAlgError where one is not above zero."""
    values, vectors = np.linalg.eigh(a)
    if not np.all(values[..., 0] > values.shape[-1] * np.finfo(float).eps * values[..., -1]):
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    return values, vectors


def solved(np: Any, values: Any, vectors: Any, b: Any) -> Any:
    """The solution for the matrices of these eigenvalues and eigenvectors."""
    back = np.swapaxes(vectors, -2, -1)
    return vectors @ ((back @ b @ vectors) / (values[..., :, None] + values[..., None, :])) @ back


def _numeric(np: Any, node: Lyapunov, a: Any, b: Any) -> Any:
    """In the basis of the eigenvectors; of a complex step, whose imaginary part is small, by iteration."""
    a = (a + np.swapaxes(a, -2, -1)) / 2
    values, vectors = positive_eigenvalues(np, a.real)
    found = solved(np, values, vectors, b)
    if np.iscomplexobj(a):
        beside = 1j * a.imag
        for _ in range(ROUNDS):
            found = solved(np, values, vectors, b - beside @ found - found @ beside)
    return found


def by_eigenvalues(name: str, parameters: tuple[str, ...], said: str, result: str) -> Mapping[str, Kernel]:
    """A function of a positive definite matrix a for every backend: the ``result`` of its values and vectors.

    NumPy's refuses by the eigenvalues themselves. Others may hide their numbers: they have a factor worked out, which
    is refused where the library can, and give NaN where it cannot.
    """
    symmetric = "\n    a = (a + a.T)/2"
    factored = "\n    $xp.linalg.cholesky(a)  # refuses what is not positive definite"
    values = "\n    values, vectors = $xp.linalg.eigh(a)"
    least = "\n    eps = $xp.finfo(values.dtype).eps"
    refusal = f"""{least}
    if not values[0] > values.shape[0]*eps*values[-1]:
        raise $xp.linalg.LinAlgError("Matrix is not positive definite")"""
    hidden = f"""{least}  # type: ignore[no-untyped-call,unused-ignore]
    values = $xp.where(values[0] > values.shape[0]*eps*values[-1], values, $xp.full_like(values, $xp.nan))"""
    found = f"\n    return {result}"
    kernel = Kernel(name, parameters, said, symmetric + factored + values + hidden + found)
    return {**in_every_library(kernel), "numpy": replace(kernel, body=symmetric + values + refusal + found)}


_KERNELS = by_eigenvalues(
    "lyapunov",
    ("a", "b"),
    "The matrix X with a@X + X@a = b; the symmetric part of a matrix that is positive definite stands for a.",
    "vectors@((vectors.T@b@vectors)/(values[:, None] + values))@vectors.T",
)

_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\mathrm{d}B-\mathrm{d}A\,Y-Y\,\mathrm{d}A",
        left=r"A\,\mathrm{d}Y+\mathrm{d}Y\,A",
        why="the change of A·Y + Y·A = B; A and dA are symmetric",
    ),
    Shown(
        r"\mathrm{lyapunov}(A,\,G)",
        left="H",
        why="so that A·H + H·A = G",
    ),
    Shown(
        r"\langle H,\,A\,\mathrm{d}Y+\mathrm{d}Y\,A\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="G = A·H + H·A, and A, its own transpose, goes to the other side",
    ),
    Shown(
        r"\langle H,\,\mathrm{d}B\rangle-\langle H\,Y^{\mathsf{T}}+Y^{\mathsf{T}}\,H,\,\mathrm{d}A\rangle",
        why="the first line, and the cyclic rule moves Y",
    ),
    Shown(
        r"\langle H,\,\mathrm{d}B\rangle+\bigl\langle -\mathrm{sym}(H\,Y^{\mathsf{T}}+Y^{\mathsf{T}}\,H),\,"
        r"\mathrm{d}A\bigr\rangle",
        why="beside a symmetric dA the symmetric part is all that counts",
    ),
)

RECORDS = (
    Record(
        Lyapunov,
        adjoint=Adjoint(
            Lyapunov, "A symmetric, positive definite", "Y = lyapunov(A, B)",
            "B gets H = lyapunov(A, G), A gets −sym(H·Yᵀ + Yᵀ·H)",
            "A dY + dY A = dB − dA Y − Y dA, and by the cyclic rule H solves the same equation for G",
            _passes, uses=2,
            proof=_PROOF,
            again="by the rule of such a solution",
        ),
        entries=_entries,
        numeric=_numeric,
        words=(
            Words(
                "lyapunov", "lyapunov({}, {})", "lyapunov({}, {})", helper="lyapunov",
                kernels=_KERNELS,
                meaning=(
                    r"\mathrm{lyapunov}", r"X = \mathrm{lyapunov}(A, B)",
                    " solves Lyapunov's equation, A X + X A = B",
                ),
            ),
        ),
        usages=(Usage("lyapunov", _built, "lyapunov(A, B)", 2, 2, matrices=2),),
    ),
)  # fmt: skip
