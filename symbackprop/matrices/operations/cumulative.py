"""Cumulative sums of each column or of each row, from the beginning or the end: each is the adjoint of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sympy import MatrixExpr

from symbackprop.matrices.applying import along_matrix, on_axis
from symbackprop.matrices.operations.record import (
    ALWAYS,
    Adjoint,
    Arithmetic,
    Kernel,
    Record,
    Words,
    along,
    in_every_library,
)
from symbackprop.matrices.sums import Along
from symbackprop.proof_lines import Shown


class CumulativeSum(Along):
    """For each entry the sum of all up to it in its column (axis 0) or its row (axis 1)."""

    spoken = "cumsum"
    linear = adds_up = True


class ReverseCumulativeSum(Along):
    """For each entry the sum of it and all behind it in its column (axis 0) or its row (axis 1)."""

    spoken = "reverse_cumsum"
    linear = adds_up = True


def cumsum(a: Any, axis: int | None = None) -> MatrixExpr:
    """The sums up to each entry of its column (axis 0) or of its row (axis 1); the axis must be said."""
    return along_matrix("cumsum", a, axis)


def reverse_cumsum(a: Any, axis: int | None = None) -> MatrixExpr:
    """The sums from each entry to the end of its column (axis 0) or of its row (axis 1); the axis must be said."""
    return along_matrix("reverse_cumsum", a, axis)


def _sums(of: Arithmetic, line: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(of.total(line[: k + 1]) for k in range(len(line)))


def _reversed(np: Any, z: Any, axis: int) -> Any:
    return np.flip(np.cumsum(np.flip(z, axis), axis=axis), axis)


_KERNEL = Kernel(
    "reverse_cumsum", ("z", "axis: int"), "The sums from each entry to the end of its column or row.",
    """
    return $xp.flip($xp.cumsum($xp.flip(z, axis), axis=axis), axis)""",
)  # fmt: skip
_KERNELS = {
    **in_every_library(_KERNEL),
    "array-api": replace(
        _KERNEL,
        body="""
    return $xp.flip($xp.cumulative_sum($xp.flip(z, axis=axis), axis=axis), axis=axis)""",
    ),
    "torch": replace(
        _KERNEL,
        body="""
    return torch.flip(torch.cumsum(torch.flip(z, (axis,)), dim=axis), (axis,))""",
    ),
}


_FORWARDS: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i\le j}\mathrm{d}A_{i}",
        left=r"\mathrm{d}Y_{j}",
        why="of one row or column, Y has in the place j the sum of all up to it",
    ),
    Shown(
        r"\sum_{i}\Bigl(\sum_{j\ge i}G_{j}\Bigr)\,\mathrm{d}A_{i}",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="an entry of A stands in the sums from its own place to the last",
    ),
    Shown(
        r"\bigl\langle \mathrm{reverse\_cumsum}(G),\,\mathrm{d}A\bigr\rangle",
        why="these are the sums of G from the end",
    ),
)
_BACKWARDS: tuple[Shown, ...] = (
    Shown(
        r"\sum_{i\ge j}\mathrm{d}A_{i}",
        left=r"\mathrm{d}Y_{j}",
        why="of one row or column, Y has in the place j the sum from it to the end",
    ),
    Shown(
        r"\sum_{i}\Bigl(\sum_{j\le i}G_{j}\Bigr)\,\mathrm{d}A_{i}",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="an entry of A stands in the sums from the first place to its own",
    ),
    Shown(
        r"\bigl\langle \mathrm{cumsum}(G),\,\mathrm{d}A\bigr\rangle",
        why="these are the cumulative sums of G",
    ),
)

RECORDS = (
    Record(
        CumulativeSum,
        adjoint=Adjoint(
            CumulativeSum, ALWAYS, "Y = cumsum(A)", "A gets reverse_cumsum(G)",
            "an entry stands in the sums from its own to the last",
            lambda node, i, g, y: ReverseCumulativeSum(g, node.args[1]),
            proof=_FORWARDS,
        ),
        entries=lambda of, node, a: along(node.axis, lambda line: _sums(of, line), a),
        numeric=lambda np, node, a, _: np.cumsum(a, axis=node.axis - 2),
        words=(
            Words(
                "cumsum", "np.cumsum({}, axis={})", "$xp.cumulative_sum({}, axis={})", axis_below=True,
                own={"torch": "torch.cumsum({}, dim={})", "jax": "jnp.cumsum({}, axis={})"},
                meaning=(
                    r"\mathrm{cumsum}", r"\mathrm{cumsum}_{\mathrm{rows}}(A)",
                    " has for each entry the sum of all up to it in its row, and with cols in its column",
                ),
            ),
        ),
        usages=(on_axis("cumsum", CumulativeSum),),
        said="cumulative sums",
        bounds=lambda a: a.repeated,
    ),
    Record(
        ReverseCumulativeSum,
        adjoint=Adjoint(
            ReverseCumulativeSum, ALWAYS, "Y = reverse_cumsum(A)", "A gets cumsum(G)",
            "an entry stands in the sums from the first to its own",
            lambda node, i, g, y: CumulativeSum(g, node.args[1]),
            proof=_BACKWARDS,
        ),
        entries=lambda of, node, a: along(node.axis, lambda line: _sums(of, line[::-1])[::-1], a),
        numeric=lambda np, node, a, _: _reversed(np, a, node.axis - 2),
        words=(
            Words(
                "reverse_cumsum", "reverse_cumsum({}, axis={})", "reverse_cumsum({}, axis={})", axis_below=True,
                helper="reverse_cumsum",
                kernels=_KERNELS,
                meaning=(
                    r"\mathrm{reverse\_cumsum}", r"\mathrm{reverse\_cumsum}_{\mathrm{rows}}(A)",
                    " has for each entry the sum of it and all behind it in its row, and with cols in its column",
                ),
            ),
        ),
        usages=(on_axis("reverse_cumsum", ReverseCumulativeSum),),
        said="cumulative sums from the end",
        bounds=lambda a: a.repeated,
    ),
)  # fmt: skip
