"""Powers of a square matrix whose exponent is a size, Aᵏ, and what stands between powers in their adjoint.

The differential of Aᵏ along H is Σ Aⁱ·H·Aʲ over i + j = k − 1. With M of the blocks A and H above 0 and A, it is the
upper right block of Mᵏ (Mathias, 1996, "A chain rule for matrix functions and applications").
"""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr, sympify

from symbackprop.errors import NetworkError
from symbackprop.matrices.applying import applied_matrix, matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation, as_whole, product
from symbackprop.matrices.operations.blocks import Block, Embedded
from symbackprop.matrices.operations.record import (
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Read,
    Record,
    Usage,
    Words,
    in_every_library,
    times,
)
from symbackprop.matrices.rebuilding import turned
from symbackprop.matrices.shapes import check_square, is_whole, named, same_shape, shape_of
from symbackprop.matrices.sums import Identity
from symbackprop.proof_lines import Shown

WRITTEN_OUT = 8
"""Up to this exponent a power is a product."""


class OfExponent(Operation):
    """An operation on square matrices of one shape whose last argument is an exponent, a size or 0."""

    arrays = -1

    def shape_of(self, *given: Shape) -> Shape:
        check_square(self.spoken, self.args[0], given[0])
        if not is_whole(self.args[-1]):
            what = f"the exponent {self.args[-1]} of {self.spoken}({self.args[0]}) may be no whole number from 0 on"
            raise NetworkError("size", what, "use a whole number, or a size of the matrices of the network")
        for part, shape in zip(self.operands[1:], given[1:], strict=True):
            if not same_shape(shape, given[0]):
                what = f"{self}: {named(self.args[0], given[0])} and {named(part, shape)} have different shapes"
                raise NetworkError("shape", what, "both must have one")
        return given[0]


class MatrixPower(OfExponent):
    """The matrix product of so many factors A; ``args`` are A and the exponent."""

    spoken = "matrix_power"
    letter = "P"


class BetweenPowers(OfExponent):
    """The sum of Aⁱ·H·Aʲ over i + j = k − 1; ``args`` are A, H and k."""

    spoken = "between_powers"
    linear_in = (1,)


def matrix_power(a: Any, exponent: Any) -> MatrixExpr:
    """The matrix product of so many factors A, a square matrix; the exponent is a whole number or made of sizes."""
    return applied_matrix("matrix_power", a, matrix("matrix_power", a).shape, sympify(exponent, strict=True))


def power_of(a: Expr, exponent: Expr) -> Expr:
    """The power of a square matrix, a product where the exponent is small."""
    if exponent.is_Integer and int(exponent) <= WRITTEN_OUT:
        return product(*[a] * int(exponent)) if exponent > 0 else Identity(shape_of(a)[0])
    return MatrixPower(a, exponent)


def _built_power(a: Read, exponent: Read) -> Read:
    base = as_whole(*a)
    check_square(MatrixPower.spoken, base, shape_of(base))
    return power_of(base, exponent[0]), a[1]


def _built_between(a: Read, between: Read, exponent: Read) -> Read:
    made = BetweenPowers(as_whole(*a), as_whole(*between), exponent[0])
    return made, made.shape


def _passes(node: BetweenPowers, i: int, g: Expr, y: Expr) -> Expr:
    a, between, k = node.args
    if i == 1:
        return BetweenPowers(turned(a), g, k)
    n = shape_of(a)[0]
    whole = Embedded(a, 0, 0, 2 * n, 2 * n) + Embedded(between, 0, n, 2 * n, 2 * n) + Embedded(a, n, n, 2 * n, 2 * n)
    back = BetweenPowers(turned(whole), Embedded(g, 0, n, 2 * n, 2 * n), k)
    return Block(back, 0, n, 0, n) + Block(back, n, 2 * n, n, 2 * n)


def _plus(of: Arithmetic, a: Grid, b: Grid) -> Grid:
    return tuple(tuple(of.total(pair) for pair in zip(*rows, strict=True)) for rows in zip(a, b, strict=True))


def _power_entries(of: Arithmetic, node: MatrixPower, a: Grid) -> Grid:
    """By squaring: the bits of the exponent, the highest first."""
    power = of.size(node.args[1])
    if power == 0:
        return tuple(tuple(of.number(int(i == j)) for j in range(len(a))) for i in range(len(a)))
    found = a
    for bit in f"{power:b}"[1:]:
        found = times(of, found, found)
        found = times(of, found, a) if bit == "1" else found
    return found


def _between_entries(of: Arithmetic, node: BetweenPowers, a: Grid, between: Grid) -> Grid:
    """Term by term, from the left: S gets S·A + Aⁱ·H."""
    power = of.size(node.args[2])
    if power == 0:
        return tuple(tuple(of.number(0) for _ in a) for _ in a)
    found = term = between
    for _ in range(power - 1):
        term = times(of, a, term)
        found = _plus(of, times(of, found, a), term)
    return found


def _numeric_between(np: Any, node: BetweenPowers, a: Any, between: Any, exponent: Any) -> Any:
    powers = [np.linalg.matrix_power(a, k) for k in range(round(float(exponent)))]
    return sum((i @ between @ j for i, j in zip(powers, reversed(powers), strict=True)), 0 * between)


_BETWEEN = Kernel(
    "between_powers", ("a", "between", "exponent: int"),
    "The sum of a^i @ between @ a^j over i + j = exponent - 1, by squaring.",
    """
    if exponent == 0:
        return $xp.zeros_like(between)
    power, found = a, between
    for bit in f"{exponent:b}"[1:]:
        power, found = power @ power, power @ found + found @ power
        if bit == "1":
            power, found = power @ a, power @ between + found @ a
    return found""",
)  # fmt: skip
_POWER = Kernel(
    "matrix_power", ("a", "exponent: int"), "The matrix product of so many factors a, by squaring.",
    """
    if exponent == 0:
        return $xp.eye(a.shape[0], dtype=a.dtype, device=device(a))
    power = a
    for bit in f"{exponent:b}"[1:]:
        power = power @ power
        if bit == "1":
            power = power @ a
    return power""",
)  # fmt: skip

_POWER_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i=0}^{k-1}A^{i}\,\mathrm{d}A\,A^{k-1-i}",
        left=r"\mathrm{d}P",
        why="the product rule: each of the k factors moves once",
    ),
    Shown(
        r"\Bigl\langle \sum_{i=0}^{k-1}(A^{\mathsf{T}})^{i}\,G\,(A^{\mathsf{T}})^{k-1-i},\,\mathrm{d}A\Bigr\rangle",
        left=r"\langle G,\,\mathrm{d}P\rangle",
        why="the cyclic rule moves both powers to the other side, transposed",
    ),
    Shown(
        r"\bigl\langle \mathrm{between\_powers}(A^{\mathsf{T}},\,G,\,k),\,\mathrm{d}A\bigr\rangle",
        why="by what the word means",
    ),
)
_BETWEEN_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\begin{bmatrix}A&B\\0&A\end{bmatrix}",
        left="M",
        why="a matrix of blocks",
    ),
    Shown(
        r"\begin{bmatrix}A^{k}&S\\0&A^{k}\end{bmatrix}",
        left="M^{k}",
        why="factor by factor: the upper right block of the next power is A·S + B·Aᵏ, the S that belongs to it",
    ),
    Shown(
        r"\mathrm{between\_powers}(M^{\mathsf{T}},\,\begin{bmatrix}0&G\\0&0\end{bmatrix},\,k)",
        left="N",
        why="what M gets back where G is the adjoint of the upper right block of its power",
    ),
    Shown(
        r"\langle N,\,\mathrm{d}M\rangle",
        left=r"\langle G,\,\mathrm{d}S\rangle",
        why="the rule of powers for M",
    ),
    Shown(
        r"\langle N_{(11)}+N_{(22)},\,\mathrm{d}A\rangle"
        r"+\bigl\langle \mathrm{between\_powers}(A^{\mathsf{T}},\,G,\,k),\,\mathrm{d}B\bigr\rangle",
        why="block by block: A stands twice in M, and the upper right block of N, beside dB, has powers of Aᵀ alone",
    ),
)

RECORDS = (
    Record(
        MatrixPower,
        adjoint=Adjoint(
            MatrixPower, "A square", "P = Aᵏ", "A gets between_powers(Aᵀ, G, k)",
            "dAᵏ is the sum of Aⁱ·dA·Aʲ over i+j=k−1, and the cyclic rule moves both powers",
            lambda node, i, g, y: BetweenPowers(turned(node.args[0]), g, node.args[1]),
            proof=_POWER_PROOF,
            again="by the rule of a power",
        ),
        entries=_power_entries,
        numeric=lambda np, node, a, k: np.linalg.matrix_power(a, round(float(k))),
        words=(
            Words(
                "matrix_power", "np.linalg.matrix_power({}, {})", "matrix_power({}, {})",
                own={"torch": "torch.linalg.matrix_power({}, {})", "jax": "jnp.linalg.matrix_power({}, {})"},
                helper="matrix_power", kernels={"array-api": _POWER}, raised=True, settings_inside=True,
            ),
        ),
        usages=(
            Usage("matrix_power", _built_power, "matrix_power(A, k)", 2, 2, sizes=1, places=True),
        ),
    ),
    Record(
        BetweenPowers,
        adjoint=Adjoint(
            BetweenPowers, "A square", "S = between_powers(A, B, k)",
            "B gets between_powers(Aᵀ, G, k), A gets two blocks of that of (A B; 0 A)",
            "S is the upper right block of the power of (A B; 0 A), in which A stands twice",
            _passes, uses=2,
            proof=_BETWEEN_PROOF,
        ),
        entries=_between_entries,
        numeric=_numeric_between,
        words=(
            Words(
                "between_powers", "between_powers({}, {}, {})", "between_powers({}, {}, {})", settings_inside=True,
                latex=(r"\mathrm{between\_powers}", ""),
                helper="between_powers", kernels=in_every_library(_BETWEEN),
                meaning=(
                    r"\mathrm{between\_powers}", r"\mathrm{between\_powers}(A, B, k)",
                    " has B between factors A, k - 1 in all, added up over the k places in which it may stand",
                ),
            ),
        ),
        usages=(
            Usage("between_powers", _built_between, "between_powers(A, B, k)", 3, 3, matrices=2, sizes=1, places=True),
        ),
    ),
)  # fmt: skip
