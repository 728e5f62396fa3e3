"""The lower and the upper triangle of a matrix, with zeros elsewhere: with its diagonal, or half of that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import MatrixExpr

from symbackprop.matrices.applying import applied_matrix, matrix, to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation
from symbackprop.matrices.operations.record import (
    ALWAYS,
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Record,
    Words,
    in_every_library,
)
from symbackprop.matrices.shapes import matrix_shape
from symbackprop.proof_lines import Shown


class Triangle(Operation):
    """The entries on one side of the diagonal and what is kept of the diagonal; the others are zero."""

    linear = True

    def shape_of(self, *given: Shape) -> Shape:
        return matrix_shape(self, self.args[0], given[0])


class LowerTriangle(Triangle):
    """The entries on the diagonal and below it; those above are zero."""

    spoken = "tril"
    idempotent = True


class UpperTriangle(Triangle):
    """The entries on the diagonal and above it; those below are zero."""

    spoken = "triu"
    idempotent = True


class HalfTriangle(Triangle):
    """The entries below the diagonal and half of those on it; those above are zero."""

    spoken = "halftril"


def tril(a: Any) -> MatrixExpr:
    """The lower triangle, with the diagonal; zeros above it."""
    return applied_matrix("tril", a, matrix("tril", a).shape)


def triu(a: Any) -> MatrixExpr:
    """The upper triangle, with the diagonal; zeros below it."""
    return applied_matrix("triu", a, matrix("triu", a).shape)


_LOWER: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}\sum_{j\le i}G_{ij}\,\mathrm{d}A_{ij}",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the triangle of Y is that of A, and its zeros do not move",
    ),
    Shown(
        r"\bigl\langle \mathrm{tril}(G),\,\mathrm{d}A\bigr\rangle",
        why="all other entries meet zeros",
    ),
)
_UPPER: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}\sum_{j\ge i}G_{ij}\,\mathrm{d}A_{ij}",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the triangle of Y is that of A, and its zeros do not move",
    ),
    Shown(
        r"\bigl\langle \mathrm{triu}(G),\,\mathrm{d}A\bigr\rangle",
        why="all other entries meet zeros",
    ),
)
_HALVED: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i}\sum_{j<i}G_{ij}\,\mathrm{d}A_{ij}+\tfrac{1}{2}\sum_{k}G_{kk}\,\mathrm{d}A_{kk}",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="Y has what A has below the diagonal, half of what it has there, and zeros",
    ),
    Shown(
        r"\bigl\langle \mathrm{halftril}(G),\,\mathrm{d}A\bigr\rangle",
        why="the same weights beside G",
    ),
)


def _record(cls: type[Triangle], side: str, sign: int, proof: tuple[Shown, ...]) -> Record:
    word = cls.spoken
    name = rf"\mathrm{{{word}}}"

    def entries(of: Arithmetic, node: Triangle, a: Grid) -> Grid:
        return tuple(
            tuple(x if sign * (i - j) >= 0 else of.number(0) for j, x in enumerate(row)) for i, row in enumerate(a)
        )

    return Record(
        cls,
        adjoint=Adjoint(
            cls, ALWAYS, f"Y = {word}(A)", f"A gets {word}(G)",
            f"only the {side} triangle moves",
            lambda node, i, g, y: cls(g),
            proof=proof,
        ),
        entries=entries,
        numeric=lambda np, node, a: getattr(np, word)(a),
        words=(
            Words(
                word, f"np.{word}({{}})", f"$xp.{word}({{}})",
                meaning=(name, f"{name}(A)", f" is the {side} triangle with the diagonal, and zeros elsewhere"),
            ),
        ),
        usages=(to_matrix(word, cls),),
        bounds=lambda a: a.joined_with_zero,
    )  # fmt: skip


def _half_entries(of: Arithmetic, node: HalfTriangle, a: Grid) -> Grid:
    half = of.number(1) / of.number(2)
    return tuple(
        tuple(x if i > j else half * x if i == j else of.number(0) for j, x in enumerate(row))
        for i, row in enumerate(a)
    )


_HALF = Kernel(
    "halftril", ("a",), "The lower triangle with half the diagonal.",
    """
    return ($xp.tril(a) + $xp.tril(a, -1))/2""",
)  # fmt: skip
_KERNELS = {
    **in_every_library(_HALF),
    "array-api": replace(_HALF, body="\n    return ($xp.tril(a) + $xp.tril(a, k=-1))/2"),
}

RECORDS = (
    _record(LowerTriangle, "lower", 1, _LOWER),
    _record(UpperTriangle, "upper", -1, _UPPER),
    Record(
        HalfTriangle,
        adjoint=Adjoint(
            HalfTriangle, ALWAYS, "Y = halftril(A)", "A gets halftril(G)",
            "only the lower triangle moves, and half the diagonal",
            lambda node, i, g, y: HalfTriangle(g),
            proof=_HALVED,
        ),
        entries=_half_entries,
        numeric=lambda np, node, a: (np.tril(a) + np.tril(a, -1)) / 2,
        words=(
            Words(
                "halftril", "halftril({})", "halftril({})", helper="halftril", kernels=_KERNELS,
                meaning=(
                    r"\mathrm{halftril}", r"\mathrm{halftril}(A)",
                    " is the lower triangle with half the diagonal, and zeros elsewhere",
                ),
            ),
        ),
        usages=(to_matrix("halftril", HalfTriangle),),
        bounds=lambda a: a.joined_with_zero,
    ),
)  # fmt: skip
