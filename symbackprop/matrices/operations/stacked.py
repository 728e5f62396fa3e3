"""Matrices put together, one below the other or side by side."""

from __future__ import annotations

from functools import reduce
from typing import Any

from sympy import Add, Expr, Integer, MatrixExpr

from symbackprop.errors import NetworkError
from symbackprop.functions.applied import AppliedMatrix
from symbackprop.matrices.applying import matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation, as_whole
from symbackprop.matrices.operations.blocks import Block
from symbackprop.matrices.operations.record import ALWAYS, Adjoint, Arithmetic, Grid, Read, Record, Usage, Words
from symbackprop.matrices.shapes import matrix_shape, named, same, shape_of
from symbackprop.proof_lines import Shown

MOST = 64
"""How many matrices may be put together at once."""


class Stacked(Operation):
    """Matrices one below the other (axis 0) or side by side (axis 1); ``args`` are the arrays and the axis."""

    arrays = -1
    named_by_axis = True

    @property
    def axis(self) -> int:
        """0 or 1, as in NumPy."""
        return int(self.args[-1])

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """vstack or hstack."""
        return ("vstack", "hstack")[self.axis]

    def shape_of(self, *given: Shape) -> Shape:
        shapes = [matrix_shape(self, part, shape) for part, shape in zip(self.operands, given, strict=True)]
        across = 1 - self.axis
        for part, shape in zip(self.operands, shapes, strict=True):
            if not same(shape[across], shapes[0][across]):
                word = ("columns", "rows")[self.axis]
                what = f"{self}: {named(self.operands[0], shapes[0])} and {named(part, shape)} have not as many {word}"
                raise NetworkError("shape", what, f"all of them must have one number of {word}")
        total = Add(*(shape[self.axis] for shape in shapes))
        return (total, shapes[0][1]) if self.axis == 0 else (shapes[0][0], total)


def vstack(*parts: Any) -> MatrixExpr:
    """Matrices of as many columns, one below the other."""
    shapes = [matrix("vstack", part).shape for part in parts]
    return AppliedMatrix("vstack", parts, (), (sum(rows for rows, _ in shapes), shapes[0][1]))


def hstack(*parts: Any) -> MatrixExpr:
    """Matrices of as many rows, side by side."""
    shapes = [matrix("hstack", part).shape for part in parts]
    return AppliedMatrix("hstack", parts, (), (shapes[0][0], sum(columns for _, columns in shapes)))


def _usage(word: str, axis: int) -> Usage:
    def build(*parts: Read) -> Read:
        made = Stacked(*(as_whole(*part) for part in parts), axis)
        return made, made.shape

    return Usage(word, build, f"{word}(A, B)", 2, MOST, matrices=MOST)


def _passes(node: Stacked, i: int, g: Expr, y: Expr) -> Expr:
    start = Add(*(shape_of(part)[node.axis] for part in node.operands[:i]))
    rows, columns = shape_of(node.operands[i])
    if node.axis == 0:
        return Block(g, start, start + rows, Integer(0), columns)
    return Block(g, Integer(0), rows, start, start + columns)


def _entries(of: Arithmetic, node: Stacked, *parts: Grid) -> Grid:
    if node.axis == 0:
        return tuple(row for part in parts for row in part)
    return tuple(tuple(x for row in rows for x in row) for rows in zip(*parts, strict=True))


def _numeric(np: Any, node: Stacked, *args: Any) -> Any:
    parts = args[:-1]
    stacks = np.broadcast_shapes(*(part.shape[:-2] for part in parts))
    whole = [np.broadcast_to(part, (*stacks, *part.shape[-2:])) for part in parts]
    return np.concatenate(whole, axis=node.axis - 2)


def _words(word: str, axis: int, said: str) -> Words:
    name = rf"\mathrm{{{word}}}"
    return Words(
        word,
        f"np.{word}(({{*}}))",
        f"$xp.concat(({{*}}), axis={axis})",
        own={"torch": f"torch.{word}(({{*}}))", "jax": f"jnp.{word}(({{*}}))"},
        meaning=(name, f"{name}(A, B)", f" has A and B {said}"),
    )


_PROOF: tuple[Shown, ...] = (
    Shown(
        r"\langle G_{A},\,\mathrm{d}A\rangle+\langle G_{B},\,\mathrm{d}B\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why=(
            "a sum over the entries of Y is one over those of A and one over those of B; each has the block of "
            "G in its place beside it"
        ),
    ),
)

RECORDS = (
    Record(
        Stacked,
        adjoint=Adjoint(
            Stacked, ALWAYS, "Y = vstack(A, B) or hstack(A, B)", "A gets block(G), which stands in its place",
            "each part passes back what stands in its place",
            _passes,
            proof=_PROOF,
        ),
        entries=_entries,
        numeric=_numeric,
        bounds=lambda *parts: reduce(lambda a, b: a.joined(b), parts),
        words=(_words("vstack", 0, "one below the other"), _words("hstack", 1, "side by side")),
        usages=(_usage("vstack", 0), _usage("hstack", 1)),
    ),
)  # fmt: skip
