"""The largest and the smallest entry, of each column, of each row and of all.

Where entries tie, the first of them, row by row, passes back all: it gets the adjoint, and the others nothing.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import Expr, MatrixExpr

from symbackprop.matrices.applying import applied_matrix, applied_scalar, matrix, to_matrix
from symbackprop.matrices.array import Shape
from symbackprop.matrices.grammar import Operation
from symbackprop.matrices.operations.first_largest import (
    CONVENTION,
    FirstLargest,
    FirstLargestOfAll,
    Rise,
)
from symbackprop.matrices.operations.record import (
    ALWAYS,
    Adjoint,
    Arithmetic,
    Grid,
    Record,
    Words,
    along,
    flat,
    in_one_line,
)
from symbackprop.matrices.sums import Reduction
from symbackprop.proof_lines import Shown


class Extreme(Reduction):
    """The largest or the smallest entry of each column (axis 0) or of each row (axis 1)."""

    named_by_axis = True
    sign: ClassVar[int]
    names: ClassVar[tuple[str, str]]

    @property
    def spoken(self) -> str:  # type: ignore[override]
        """The word for the axis."""
        return self.names[self.axis]


class Largest(Extreme):
    """The largest entry of each column (axis 0) or of each row (axis 1)."""

    sign = 1
    names = ("colmax", "rowmax")


class Smallest(Extreme):
    """The smallest entry of each column (axis 0) or of each row (axis 1)."""

    sign = -1
    names = ("colmin", "rowmin")


class ExtremeOfAll(Operation):
    """The largest or the smallest of all entries, a scalar."""

    sign: ClassVar[int]

    def shape_of(self, *given: Shape) -> Shape:
        return ()


class LargestOfAll(ExtremeOfAll):
    """The largest of all entries, a scalar."""

    sign = 1
    spoken = "largest"


class SmallestOfAll(ExtremeOfAll):
    """The smallest of all entries, a scalar."""

    sign = -1
    spoken = "smallest"


# What users write


def rowmax(a: Any) -> MatrixExpr:
    """The largest entry of each row: an m×1 column."""
    return applied_matrix("rowmax", a, (matrix("rowmax", a).shape[0], 1))


def colmax(a: Any) -> MatrixExpr:
    """The largest entry of each column: a 1×n row."""
    return applied_matrix("colmax", a, (1, matrix("colmax", a).shape[1]))


def rowmin(a: Any) -> MatrixExpr:
    """The smallest entry of each row: an m×1 column."""
    return applied_matrix("rowmin", a, (matrix("rowmin", a).shape[0], 1))


def colmin(a: Any) -> MatrixExpr:
    """The smallest entry of each column: a 1×n row."""
    return applied_matrix("colmin", a, (1, matrix("colmin", a).shape[1]))


def largest(a: Any) -> Expr:
    """The largest of all entries, a scalar."""
    return applied_scalar("largest", a)


def smallest(a: Any) -> Expr:
    """The smallest of all entries, a scalar."""
    return applied_scalar("smallest", a)


# Definitions


def _signed(of: Arithmetic, sign: int, grid: Grid) -> Grid:
    return grid if sign > 0 else tuple(tuple(of.number(-1) * x for x in row) for row in grid)


def _extreme_entries(of: Arithmetic, node: Extreme, a: Grid) -> Grid:
    """The smallest is minus the largest of the opposite entries: both fork where their adjoints do."""
    key = Rise(node.sign * node.args[0], node.args[1])
    found = along(node.axis, lambda line: (of.largest(line, key),), _signed(of, node.sign, a))
    return _signed(of, node.sign, found)


def _extreme_entry(of: Arithmetic, node: ExtremeOfAll, a: Grid) -> Grid:
    key = Rise(node.sign * node.args[0])
    return _signed(of, node.sign, ((of.largest(in_one_line(_signed(of, node.sign, a)), key),),))


def _chosen(np: Any, z: Any, sign: int, axis: int) -> Any:
    """Of stacks, by the real part."""
    return np.take_along_axis(z, np.argmax(sign * np.real(z), axis=axis, keepdims=True), axis=axis)


def _words(word: str, function: str, axis: int, said: str) -> Words:
    name = rf"\mathrm{{{word}}}"
    return Words(
        word,
        f"{{}}.{function}(axis={axis}, keepdims=True)",
        f"${function}({{}}, $axis={axis}, $keepdims=True)",
        meaning=(name, f"{name}(A)", f" is the {said}"),
    )


def _words_of_all(word: str, function: str) -> Words:
    return Words(
        word, f"{{}}.{function}()", f"${function}({{}})",
        latex=(rf"\{function}", ""), unicode=(function, ""),
        meaning=(rf"\{function}", rf"\{function}(A)", f" is the {word} of all entries"),
    )  # fmt: skip


# Adjoints


def _extreme_passes(node: Extreme, i: int, g: Expr, y: Expr) -> Expr:
    return g * FirstLargest(node.sign * node.args[0], node.args[1])


def _passes_of_all(node: ExtremeOfAll, i: int, g: Expr, y: Expr) -> Expr:
    return g * FirstLargestOfAll(node.sign * node.args[0])


def _proof(word: str, letters: tuple[str, str], minus: str) -> tuple[Shown, ...]:
    """Of one row or column, or of all entries; k is the place where the entry stands first."""
    y, g = letters
    passed = "G\\circ " if g == "G" else "g\\,"
    return (
        Shown(
            r"\mathrm{d}A_{k}",
            left=rf"\mathrm{{d}}{y}",
            why=f"the {word} entry stands in one place, k, and still does after a small change",
        ),
        Shown(
            rf"\bigl\langle {passed}\mathrm{{argmax}}({minus}A),\,\mathrm{{d}}A\bigr\rangle",
            left=rf"\langle {g},\,\mathrm{{d}}{y}\rangle",
            why="argmax has a 1 in that place and 0 elsewhere; where entries tie, in the first of them, by convention",
        ),
    )


# Records: the smallest entry is the largest of the opposite ones


def _of_lines(cls: type[Extreme], word: str, function: str) -> Record:
    column, row = cls.names
    minus = "" if cls.sign > 0 else "−"
    return Record(
        cls,
        adjoint=Adjoint(
            cls, ALWAYS, f"Y = {column}(A) or {row}(A)", f"A gets G∘colargmax({minus}A) or G∘rowargmax({minus}A)",
            f"the {word} entry of each line passes its adjoint back to where it stands first",
            _extreme_passes,
            proof=_proof(word, ("Y", "G"), "" if cls.sign > 0 else "-"),
        ),
        entries=_extreme_entries,
        numeric=lambda np, node, a, _: _chosen(np, a, cls.sign, node.axis - 2),
        words=(
            _words(row, function, 1, f"column of the {word} entries of its rows"),
            _words(column, function, 0, f"row of the {word} entries of its columns"),
        ),
        usages=(to_matrix(row, lambda a: cls(a, 1)), to_matrix(column, lambda a: cls(a, 0))),
        said=f"{word} entries",
        bounds=lambda a: a,
        convention=CONVENTION,
    )  # fmt: skip


def _of_all(cls: type[ExtremeOfAll], word: str, function: str) -> Record:
    minus = "" if cls.sign > 0 else "−"
    return Record(
        cls,
        adjoint=Adjoint(
            cls, ALWAYS, f"y = {word}(A)", f"A gets g·argmax({minus}A)",
            f"the {word} entry passes its adjoint back to where it stands first",
            _passes_of_all,
            proof=_proof(word, ("y", "g"), "" if cls.sign > 0 else "-"),
        ),
        entries=_extreme_entry,
        numeric=lambda np, node, a: _chosen(np, flat(a), cls.sign, -1),
        words=(_words_of_all(word, function),),
        usages=(to_matrix(word, cls),),
        bounds=lambda a: a,
        convention=CONVENTION,
    )  # fmt: skip


RECORDS = (
    _of_lines(Largest, "largest", "max"),
    _of_lines(Smallest, "smallest", "min"),
    _of_all(LargestOfAll, "largest", "max"),
    _of_all(SmallestOfAll, "smallest", "min"),
)
