"""The Kronecker product: a matrix of blocks, each of which is an entry of A times B; and what its factors get back."""

from __future__ import annotations

from typing import Any

from sympy import Expr, MatrixExpr, Poly, cancel

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix
from symbackprop.matrices.applying import matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation, as_whole
from symbackprop.matrices.operations.record import (
    ALWAYS,
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Read,
    Record,
    Usage,
    Words,
    in_every_library,
)
from symbackprop.matrices.shapes import matrix_shape, named
from symbackprop.proof_lines import Shown


class Kronecker(Operation):
    """The blocks a·B, for each entry a of A in its place."""

    spoken = "kron"
    linear = True

    def shape_of(self, *given: Shape) -> Shape:
        (m, n), (p, q) = (matrix_shape(self, a, shape) for a, shape in zip(self.args, given, strict=True))
        return m * p, n * q


class OfBlocks(Operation):
    """An operation on the blocks of a matrix; ``args`` are the matrix, and the other factor of a Kronecker product."""

    linear = adds_up = True

    def shape_of(self, *given: Shape) -> Shape:
        whole, part = (matrix_shape(self, a, shape) for a, shape in zip(self.args, given, strict=True))
        counts = tuple(cancel(size / other) for size, other in zip(whole, part, strict=True))
        if not all(map(_is_whole, counts)):
            what = f"{self}: {named(self.args[0], given[0])} is not made of blocks for {named(self.args[1], given[1])}"
            raise NetworkError("shape", what, "the sizes of the first must be whole multiples of those of the second")
        return counts


def _is_whole(count: Expr) -> bool:
    """Whether a quotient of sizes is a whole number, whatever they stand for."""
    sizes = sorted(count.free_symbols, key=str)
    if not sizes:
        return bool(count.is_Integer)
    return bool(count.is_polynomial(*sizes)) and all(c.is_Integer for c in Poly(count, *sizes).coeffs())


class BlockInner(OfBlocks):
    """The inner product of each block of a matrix with B, which has the size of a block."""

    spoken = "blockinner"


class BlockSum(OfBlocks):
    """The sum of the blocks of a matrix, each times the entry of A in its place."""

    spoken = "blocksum"


def kron(a: Any, b: Any) -> MatrixExpr:
    """The Kronecker product of two matrices: the blocks a·B, for each entry a of A."""
    (m, n), (p, q) = matrix("kron", a).shape, matrix("kron", b).shape
    return AppliedMatrix("kron", [a, b], (), (m * p, n * q))


def _usage(cls: type[Operation]) -> Usage:
    def build(a: Read, b: Read) -> Read:
        made = cls(as_whole(*a), as_whole(*b))
        return made, made.shape

    return Usage(cls.spoken, build, f"{cls.spoken}(A, B)", 2, 2, matrices=2)


def _kron_entries(of: Arithmetic, node: Kronecker, a: Grid, b: Grid) -> Grid:
    return tuple(tuple(x * y for x in upper for y in lower) for upper in a for lower in b)


def _inner_entries(of: Arithmetic, node: BlockInner, g: Grid, b: Grid) -> Grid:
    rows, columns = len(b), len(b[0])

    def inner(i: int, j: int) -> Any:
        places = ((p, q) for p in range(rows) for q in range(columns))
        return of.total([g[i + p][j + q] * b[p][q] for p, q in places])

    return tuple(tuple(inner(i, j) for j in range(0, len(g[0]), columns)) for i in range(0, len(g), rows))


def _sum_entries(of: Arithmetic, node: BlockSum, g: Grid, a: Grid) -> Grid:
    rows, columns = len(g) // len(a), len(g[0]) // len(a[0])

    def total(p: int, q: int) -> Any:
        places = ((i, j) for i in range(len(a)) for j in range(len(a[0])))
        return of.total([g[i * rows + p][j * columns + q] * a[i][j] for i, j in places])

    return tuple(tuple(total(p, q) for q in range(columns)) for p in range(rows))


def _numeric_kron(np: Any, node: Kronecker, a: Any, b: Any) -> Any:
    whole = a[..., :, None, :, None] * b[..., None, :, None, :]
    return whole.reshape(*whole.shape[:-4], a.shape[-2] * b.shape[-2], a.shape[-1] * b.shape[-1])


def _numeric_inner(np: Any, node: BlockInner, g: Any, b: Any) -> Any:
    rows, columns = b.shape[-2:]
    blocks = g.reshape(*g.shape[:-2], g.shape[-2] // rows, rows, g.shape[-1] // columns, columns)
    return (blocks * b[..., None, :, None, :]).sum(axis=(-3, -1))


def _numeric_sum(np: Any, node: BlockSum, g: Any, a: Any) -> Any:
    rows, columns = a.shape[-2:]
    blocks = g.reshape(*g.shape[:-2], rows, g.shape[-2] // rows, columns, g.shape[-1] // columns)
    return (blocks * a[..., :, None, :, None]).sum(axis=(-4, -2))


_KRON = Kernel(
    "kron", ("a", "b"), "The Kronecker product: the blocks of b times each entry of a.",
    """
    shape = (a.shape[0]*b.shape[0], a.shape[1]*b.shape[1])
    return $xp.reshape(a[:, None, :, None]*b[None, :, None, :], shape)""",
)  # fmt: skip
_INNER = Kernel(
    "blockinner", ("g", "b"), "The inner product of each block of g with b.",
    """
    (rows, columns), (p, q) = g.shape, b.shape
    return $xp.sum($xp.reshape(g, (rows//p, p, columns//q, q))*b[None, :, None, :], $axis=(1, 3))""",
)  # fmt: skip
_SUM = Kernel(
    "blocksum", ("g", "a"), "The sum of the blocks of g, each times the entry of a in its place.",
    """
    (rows, columns), (p, q) = g.shape, a.shape
    return $xp.sum($xp.reshape(g, (p, rows//p, q, columns//q))*a[:, None, :, None], $axis=(0, 2))""",
)  # fmt: skip


def _block_words(word: str, kernel: Kernel, meaning: str) -> Words:
    form, name = f"{word}({{}}, {{}})", rf"\mathrm{{{word}}}"
    return Words(
        word, form, form, helper=word, kernels=in_every_library(kernel), meaning=(name, f"{name}(G, A)", meaning)
    )  # fmt: skip


_KRON_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\mathrm{d}A_{ij}\,B+A_{ij}\,\mathrm{d}B",
        left=r"\mathrm{d}Y_{(ij)}",
        why="the block of Y in row i and column j of the blocks is an entry of A times B",
    ),
    Shown(
        r"\sum_{i,j}\langle G_{(ij)},\,B\rangle\,\mathrm{d}A_{ij}+\Bigl\langle \sum_{i,j}A_{ij}\,G_{(ij)},\,"
        r"\mathrm{d}B\Bigr\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the sum over all blocks, each beside that of G",
    ),
    Shown(
        r"\bigl\langle \mathrm{blockinner}(G,\,B),\,\mathrm{d}A\bigr\rangle"
        r"+\bigl\langle \mathrm{blocksum}(G,\,A),\,\mathrm{d}B\bigr\rangle",
        why="by what the two words mean",
    ),
)
_INNER_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\langle \mathrm{d}A_{(ij)},\,B\rangle+\langle A_{(ij)},\,\mathrm{d}B\rangle",
        left=r"\mathrm{d}Y_{ij}",
        why="an entry of Y is the inner product of a block of A with B",
    ),
    Shown(
        r"\sum_{i,j}\langle G_{ij}\,B,\,\mathrm{d}A_{(ij)}\rangle+\Bigl\langle \sum_{i,j}G_{ij}\,A_{(ij)},\,"
        r"\mathrm{d}B\Bigr\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the sum over all entries",
    ),
    Shown(
        r"\langle G\otimes B,\,\mathrm{d}A\rangle+\bigl\langle \mathrm{blocksum}(A,\,G),\,\mathrm{d}B\bigr\rangle",
        why="the blocks beside those of dA are an entry of G times B each, which is the Kronecker product",
    ),
)
_SUM_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i,j}\mathrm{d}B_{ij}\,A_{(ij)}+\sum_{i,j}B_{ij}\,\mathrm{d}A_{(ij)}",
        left=r"\mathrm{d}Y",
        why="Y is the sum of the blocks of A, each times an entry of B",
    ),
    Shown(
        r"\sum_{i,j}\langle A_{(ij)},\,G\rangle\,\mathrm{d}B_{ij}+\sum_{i,j}\langle B_{ij}\,G,\,"
        r"\mathrm{d}A_{(ij)}\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="term by term",
    ),
    Shown(
        r"\bigl\langle \mathrm{blockinner}(A,\,G),\,\mathrm{d}B\bigr\rangle+\langle B\otimes G,\,\mathrm{d}A\rangle",
        why="the blocks beside those of dA are an entry of B times G each, which is the Kronecker product",
    ),
)

RECORDS = (
    Record(
        Kronecker,
        adjoint=Adjoint(
            Kronecker, ALWAYS, "Y = kron(A, B)", "A gets blockinner(G, B), B gets blocksum(G, A)",
            "each block of Y is an entry of A times B",
            lambda node, i, g, y: BlockSum(g, node.args[0]) if i else BlockInner(g, node.args[1]),
            proof=_KRON_PROOF,
        ),
        entries=_kron_entries,
        numeric=_numeric_kron,
        words=(
            Words(
                "kron", "np.kron({}, {})", "kron({}, {})", helper="kron", infix=(r"\otimes ", "⊗"),
                own={"torch": "torch.kron({}, {})", "jax": "jnp.kron({}, {})"}, kernels={"array-api": _KRON},
                meaning=(
                    r"\otimes ", r"A\otimes B",
                    " is the Kronecker product, the blocks B times each entry of A",
                ),
            ),
        ),
        usages=(_usage(Kronecker),),
        bounds=lambda a, b: a * b,
    ),
    Record(
        BlockInner,
        adjoint=Adjoint(
            BlockInner, ALWAYS, "Y = blockinner(A, B)", "A gets kron(G, B), B gets blocksum(A, G)",
            "⟨G, blockinner(A, B)⟩ = ⟨kron(G, B), A⟩",
            lambda node, i, g, y: BlockSum(node.args[0], g) if i else Kronecker(g, node.args[1]),
            proof=_INNER_PROOF,
        ),
        entries=_inner_entries,
        numeric=_numeric_inner,
        words=(_block_words("blockinner", _INNER, " has the inner product of each block of G with A"),),
        usages=(_usage(BlockInner),),
        bounds=lambda a, b: (a * b).repeated,
    ),
    Record(
        BlockSum,
        adjoint=Adjoint(
            BlockSum, ALWAYS, "Y = blocksum(A, B)", "A gets kron(B, G), B gets blockinner(A, G)",
            "⟨G, blocksum(A, B)⟩ = ⟨kron(B, G), A⟩",
            lambda node, i, g, y: BlockInner(node.args[0], g) if i else Kronecker(node.args[1], g),
            proof=_SUM_PROOF,
        ),
        entries=_sum_entries,
        numeric=_numeric_sum,
        words=(_block_words("blocksum", _SUM, " is the sum of the blocks of G, each times an entry of A"),),
        usages=(_usage(BlockSum),),
        bounds=lambda a, b: (a * b).repeated,
    ),
)  # fmt: skip
