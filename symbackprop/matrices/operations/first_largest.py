"""Where the first largest entry of each column, of each row or of all entries stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, S

from symbackprop.matrices.applying import to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Broadcast, Operation
from symbackprop.matrices.operations.record import (
    ALWAYS,
    Adjoint,
    Arithmetic,
    Grid,
    Kernel,
    Record,
    Words,
    along,
    along_all,
    flat,
)
from symbackprop.matrices.shapes import shape_of
from symbackprop.matrices.sums import Along
from symbackprop.proof_lines import Shown

CONVENTION = "where entries tie for the largest or the smallest, the first of them passes back all"


class FirstLargest(Along):
    """1 where the first largest entry of each column (axis 0) or of each row (axis 1) stands, and 0 elsewhere."""

    named_by_axis = True

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """colargmax or rowargmax."""
        return ("colargmax", "rowargmax")[self.axis]


class FirstLargestOfAll(Operation):
    """1 where the first largest of all entries stands, row by row, and 0 elsewhere."""

    spoken = "argmax"

    def shape_of(self, *given: Shape) -> Shape:
        return given[0]


class Rise(Operation):
    """By how much an entry is larger than those before it: what is compared with zero to find the largest."""

    spoken = "rise"

    def shape_of(self, *given: Shape) -> Shape:
        return ()


def _first_entries(of: Arithmetic, node: FirstLargest, a: Grid) -> Grid:
    return along(node.axis, lambda line: of.first_largest(line, Rise(*node.args)), a)


def _first_of_all(of: Arithmetic, node: FirstLargestOfAll, a: Grid) -> Grid:
    return along_all(lambda entries: of.first_largest(entries, Rise(*node.args)), a)


def _numeric_first(np: Any, z: Any, axis: int) -> Any:
    places = np.arange(z.shape[axis])
    return (np.argmax(np.real(z), axis=axis, keepdims=True) == (places if axis == -1 else places[:, None])) * 1.0


_NUMPY = '''def first_largest(z: Array, axis: int | None) -> Array:
    """Give 1 where the first largest entry along the axis stands, or of all where the axis is None, and 0 elsewhere."""
    if axis is None:
        return first_largest(z.reshape(1, -1), 1).reshape(z.shape)
    found = np.zeros_like(z)
    np.put_along_axis(found, z.argmax(axis=axis, keepdims=True), 1, axis=axis)
    return found'''


def _kernel(place: str) -> Kernel:
    """The same for a library of functions alone, which makes whole numbers in that ``place``."""
    return Kernel(
        "first_largest", ("z", "axis: int | None"),
        "1 where the first largest entry along the axis stands, or of all where the axis is None, and 0 elsewhere.",
        f"""
    if axis is None:
        return $xp.reshape(first_largest($xp.reshape(z, (1, -1)), 1), z.shape)
    places = $xp.reshape($xp.arange(z.shape[axis]{place}), (-1, 1) if axis == 0 else (1, -1))
    first = $xp.argmax(z, $axis=axis, $keepdims=True) == places
    return $xp.where(first, $xp.ones_like(z), $xp.zeros_like(z))""",
    )  # fmt: skip


_KERNELS: Mapping[str, Kernel | str] = {
    "numpy": _NUMPY,
    "array-api": _kernel(", device=device(z)"),
    "torch": _kernel(", device=z.device"),
    "jax": _kernel(""),
}


def _first_words(word: str, axis: str, of: str) -> Words:
    form = f"first_largest({{}}, axis={axis})"
    name = rf"\mathrm{{{word}}}"
    meaning = (name, f"{name}(A)", f" has a 1 where the first largest entry of {of} stands, and 0 elsewhere")
    return Words(word, form, form, helper="first_largest", kernels=_KERNELS, meaning=meaning)


def _nothing(node: Operation, i: int, g: Expr, y: Expr) -> Expr:
    return Broadcast(S.Zero, *shape_of(node.operands[0]))


_PROOF: tuple[Shown, ...] = (
    Shown(
        "0",
        left=r"\mathrm{d}Y",
        why="a small change leaves the largest entry where it is, unless another is as large",
    ),
    Shown(
        r"\langle 0,\,\mathrm{d}A\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="so nothing is passed back",
    ),
)

RECORDS = (
    Record(
        FirstLargest,
        adjoint=Adjoint(
            FirstLargest, ALWAYS, "Y = colargmax(A) or rowargmax(A)", "A gets 0",
            "where the largest entry stands does not change with a small change",
            _nothing,
            proof=_PROOF,
        ),
        entries=_first_entries,
        numeric=lambda np, node, a, _: _numeric_first(np, a, node.axis - 2),
        words=(_first_words("rowargmax", "1", "each row"), _first_words("colargmax", "0", "each column")),
        usages=(
            to_matrix("rowargmax", lambda a: FirstLargest(a, 1)),
            to_matrix("colargmax", lambda a: FirstLargest(a, 0)),
        ),
        bounds=lambda a: (0, 1),
        convention=CONVENTION,
    ),
    Record(
        FirstLargestOfAll,
        adjoint=Adjoint(
            FirstLargestOfAll, ALWAYS, "Y = argmax(A)", "A gets 0",
            "where the largest entry stands does not change with a small change",
            _nothing,
            proof=_PROOF,
        ),
        entries=_first_of_all,
        numeric=lambda np, node, a: _numeric_first(np, flat(a), -1).reshape(a.shape),
        words=(_first_words("argmax", "None", "all"),),
        usages=(to_matrix("argmax", FirstLargestOfAll),),
        bounds=lambda a: (0, 1),
        convention=CONVENTION,
    ),
)  # fmt: skip
