"""A block of a matrix, and a block put into a matrix of zeros: each is the other's adjoint.

As in NumPy, rows and columns are counted from 0, and a block ends before the row or column that is named last. Sizes
are symbols that stand for 1 or more, so that a block must lie in its matrix for whatever they stand for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sympy import Expr, MatrixExpr, sympify

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
from symbackprop.matrices.shapes import is_whole, matrix_shape, named, shape_of
from symbackprop.proof_lines import Shown


class Block(Operation):
    """The rows from ``top`` and the columns from ``left``, without those of ``bottom`` and ``right``.

    ``args`` are the array, top, bottom, left and right.
    """

    arrays = 1
    spoken = "block"
    linear = lends = True

    def shape_of(self, *given: Shape) -> Shape:
        array, top, bottom, left, right = self.args
        whole = matrix_shape(self, array, given[0])
        for first, last, size, word in ((top, bottom, whole[0], "rows"), (left, right, whole[1], "columns")):
            if not (is_whole(first) and is_whole(last - first - 1)):
                what = f"{self}: there may be no {word} from {first} to {last}"
                raise NetworkError("size", what, f"the first and the last of the {word} are counted from 0")
            if not is_whole(size - last):
                what = f"{self}: {named(array, given[0])} may have fewer than {last} {word}"
                raise NetworkError("size", what, f"give it a size that says so, such as {last} + k")
        return bottom - top, right - left


class Embedded(Operation):
    """A block with zeros around it; ``args`` are the block, its first row and column, and how many there are of all."""

    arrays = 1
    spoken = "embedded"
    linear = True

    def shape_of(self, *given: Shape) -> Shape:
        block, top, left, rows, columns = self.args
        height, width = matrix_shape(self, block, given[0])
        room = (top, left, rows - top - height, columns - left - width)
        if not all(map(is_whole, room)):
            what = f"{self}: {named(block, given[0])} may reach beyond {rows} rows and {columns} columns"
            raise NetworkError("size", what, "give it more rows and columns to stand in")
        return rows, columns


def block(a: Any, top: Any, bottom: Any, left: Any, right: Any) -> MatrixExpr:
    """The rows of a matrix from ``top`` to before ``bottom`` and its columns from ``left`` to before ``right``."""
    places = [sympify(place, strict=True) for place in (top, bottom, left, right)]
    return AppliedMatrix("block", [matrix("block", a)], places, (places[1] - places[0], places[3] - places[2]))


def _block(a: Read, top: Read, bottom: Read, left: Read, right: Read) -> Read:
    made = Block(as_whole(*a), top[0], bottom[0], left[0], right[0])
    return made, made.shape


def _embedded(a: Read, top: Read, left: Read, rows: Read, columns: Read) -> Read:
    made = Embedded(as_whole(*a), top[0], left[0], rows[0], columns[0])
    return made, made.shape


def _block_entries(of: Arithmetic, node: Block, a: Grid) -> Grid:
    top, bottom, left, right = map(of.size, node.args[1:])
    return tuple(tuple(row[left:right]) for row in a[top:bottom])


def _embedded_entries(of: Arithmetic, node: Embedded, a: Grid) -> Grid:
    top, left, rows, columns = map(of.size, node.args[1:])
    there = {(top + i, left + j): x for i, row in enumerate(a) for j, x in enumerate(row)}
    return tuple(tuple(there.get((i, j), of.number(0)) for j in range(columns)) for i in range(rows))


def _whole(sizes: tuple[Any, ...]) -> list[int]:
    return [round(float(size)) for size in sizes]


def _numeric_block(np: Any, node: Block, a: Any, *places: Any) -> Any:
    top, bottom, left, right = _whole(places)
    return a[..., top:bottom, left:right]


def _numeric_embedded(np: Any, node: Embedded, a: Any, *places: Any) -> Any:
    top, left, rows, columns = _whole(places)
    found = np.zeros((*a.shape[:-2], rows, columns), dtype=a.dtype)
    found[..., top : top + a.shape[-2], left : left + a.shape[-1]] = a
    return found


_ROOM = """
    below, right = rows - top - block.shape[0], columns - left - block.shape[1]"""
_KERNEL = Kernel(
    "embedded", ("block", "top: int", "left: int", "rows: int", "columns: int"),
    "The block with zeros around it: its first row and column, and how many there are of all.",
    f"""{_ROOM}
    return $xp.pad(block, ((top, below), (left, right)))""",
)  # fmt: skip
_KERNELS = {
    **in_every_library(_KERNEL),
    "torch": replace(
        _KERNEL,
        body=f"""{_ROOM}
    return torch.nn.functional.pad(block, (left, right, top, below))""",
    ),
    "array-api": replace(
        _KERNEL,
        body=f"""{_ROOM}
    sides = [$xp.zeros((block.shape[0], n), dtype=block.dtype, device=device(block)) for n in (left, right)]
    middle = $xp.concat([sides[0], block, sides[1]], axis=1)
    ends = [$xp.zeros((m, columns), dtype=block.dtype, device=device(block)) for m in (top, below)]
    return $xp.concat([ends[0], middle, ends[1]], axis=0)""",
    ),
}


def _taken_out(node: Embedded, i: int, g: Expr, y: Expr) -> Expr:
    top, left = node.args[1:3]
    height, width = shape_of(node.args[0])
    return Block(g, top, top + height, left, left + width)


_OUT: tuple[Shown, ...] = (
    Shown(
        r"\langle G,\,\mathrm{block}(\mathrm{d}A)\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the block of a sum is the sum of the blocks: that of A + dA moves by that of dA",
    ),
    Shown(
        r"\langle \mathrm{embedded}(G),\,\mathrm{d}A\rangle",
        why="an entry of dA inside the block meets its entry of G, and one outside meets a zero",
    ),
)
_IN: tuple[Shown, ...] = (
    Shown(
        r"\langle G,\,\mathrm{embedded}(\mathrm{d}A)\rangle",
        left=r"\langle G,\,\mathrm{d}Y\rangle",
        why="the zeros around the block do not move",
    ),
    Shown(
        r"\langle \mathrm{block}(G),\,\mathrm{d}A\rangle",
        why="what G has around the block meets zeros",
    ),
)

RECORDS = (
    Record(
        Block,
        adjoint=Adjoint(
            Block, ALWAYS, "Y = block(A)", "A gets embedded(G)",
            "only the block moves",
            lambda node, i, g, y: Embedded(g, node.args[1], node.args[3], *shape_of(node.args[0])),
            proof=_OUT,
        ),
        entries=_block_entries,
        numeric=_numeric_block,
        words=(
            Words(
                "block", "{}[{}:{}, {}:{}]", "{}[{}:{}, {}:{}]", settings_inside=True,
                meaning=(
                    r"\mathrm{block}", r"\mathrm{block}(A, a, b, c, d)",
                    " has the rows from a to before b and the columns from c to before d, counted from 0",
                ),
            ),
        ),
        usages=(Usage("block", _block, "block(A, top, bottom, left, right)", 5, 5, sizes=4, places=True),),
        bounds=lambda a: a,
    ),
    Record(
        Embedded,
        adjoint=Adjoint(
            Embedded, ALWAYS, "Y = embedded(A)", "A gets block(G)",
            "only the block moves",
            _taken_out,
            proof=_IN,
        ),
        entries=_embedded_entries,
        numeric=_numeric_embedded,
        words=(
            Words(
                "embedded", "embedded({}, {}, {}, {}, {})", "embedded({}, {}, {}, {}, {})", settings_inside=True,
                helper="embedded",
                kernels=_KERNELS,
                meaning=(
                    r"\mathrm{embedded}", r"\mathrm{embedded}(A, a, b, m, n)",
                    " is a matrix of m rows and n columns that is zero but for A, whose first row is a and first "
                    "column b, counted from 0",
                ),
            ),
        ),
        usages=(Usage("embedded", _embedded, "embedded(A, top, left, rows, columns)", 5, 5, sizes=4, places=True),),
        bounds=lambda a: a.joined_with_zero,
    ),
)  # fmt: skip
