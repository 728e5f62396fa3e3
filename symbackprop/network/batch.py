"""A batch of examples for a matrix network, read from a CSV file: a row an example, a column an entry of it.

X_1,X_2,Y_1        X is m × 2 and Y is m × 1, with m examples in rows;
0,1,1              or X is 2 × m and Y is 1 × m, with m examples in columns

X_1,X_2,Y          Y has one entry a class, and the file the class of each example
0,1,2
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Integer, Symbol

from symbackprop.errors import DataError
from symbackprop.matrices import Array, spoken
from symbackprop.network.data import read_csv, read_head
from symbackprop.network.network import Network
from symbackprop.network.rows import Rows, shape_of_data
from symbackprop.network.shapes_of_data import bind
from symbackprop.network.sizes import sizes_of


def read_batch(
    path: str | os.PathLike[str],
    network: Network,
    names: Collection[str] | None = None,
    weights: Mapping[str, Any] | None = None,
) -> dict[str, Rows | tuple[float, ...]]:
    """Read the inputs and targets of a matrix network from a file with the columns X_1, X_2, …, Y_1.

    A target with a column of its own name is given as it stands there, one number an example. An input that is a
    single number, such as a small constant, keeps the value that the network has for it. Where ``names`` are given,
    those alone are read, and the columns of the others may be there or not; ``weights`` tell sizes in place of the
    network's own. Raises DataError, with the file and the line, where the columns do not fit, and where the network
    has no batch.
    """
    sides = _sides(network, names, network.values if weights is None else weights)
    head = read_head(path)
    classes = {s.name for s in network.targets if s.name in head}
    columns = {side.name: [side.name] if side.name in classes else side.columns(head) for side in sides}
    beside = () if names is None else columns_of((s.name for s in _data(network) if s.name not in names), head)
    values = read_csv(path, [column for names in columns.values() for column in names], beside)
    return {
        side.name: values[side.name]
        if side.name in classes
        else side.matrix([values[column] for column in columns[side.name]])
        for side in sides
    }


def columns_of(names: Iterable[str], head: Sequence[str]) -> list[str]:
    """The columns among these that are of names: their own, and one for each entry, X_1, X_2 and so on."""
    known = set(names)
    return [column for column in head if column in known or re.sub(r"_[1-9][0-9]*$", "", column) in known]


@dataclass(frozen=True)
class _Side:
    """One input or target: how many entries an example has of it, where that is known, and where the examples are."""

    name: str
    entries: int | None
    in_rows: bool

    def columns(self, head: Sequence[str]) -> list[str]:
        """The names of its columns: X_1, X_2 and so on, as many as the file has where nothing else says it."""
        found = sum(1 for column in head if re.fullmatch(rf"{re.escape(self.name)}_[1-9][0-9]*", column))
        return [f"{self.name}_{k}" for k in range(1, (self.entries or max(found, 1)) + 1)]

    def matrix(self, columns: Sequence[tuple[float, ...]]) -> Rows:
        """The matrix of its columns."""
        return tuple(zip(*columns, strict=True)) if self.in_rows else tuple(columns)


def _data(network: Network) -> list[Array]:
    return [s for s in (*network.inputs, *network.targets) if isinstance(s, Array)]


def _sides(network: Network, names: Collection[str] | None, weights: Mapping[str, Any]) -> list[_Side]:
    arrays = [array for array in _data(network) if names is None or array.name in names]
    batch = _batch_size(network, arrays)
    known = _known_sizes(network, weights)
    sides = []
    for array in arrays:
        rows, columns = array.shape
        other = columns if rows == batch else rows
        number = other.xreplace(known)
        sides.append(_Side(array.name, int(number) if number.is_Integer else None, rows == batch))
    return sides


def _batch_size(network: Network, arrays: Sequence[Array]) -> Symbol:
    """The one size that is the number of examples: a side of each input and target, and of no parameter."""
    taken = sizes_of(network.parameters)
    first = arrays[0].shape if arrays else ()
    batches = [size for size in first if size.is_Symbol and size not in taken and all(_counts(size, a) for a in arrays)]
    if len(batches) != 1:
        shapes = ", ".join(f"{array.name} {spoken(array.shape)}" for array in arrays)
        raise DataError(
            "batch",
            f"the rows of a CSV file are examples, and no one size counts these in {shapes or 'the inputs'}",
            "write the values into the network's own file, or train in Python",
        )
    batch: Symbol = batches[0]
    return batch


def _counts(size: Expr, array: Array) -> bool:
    """Whether the size is one side of the array, and is not in the other."""
    return size in array.shape and [size in side.free_symbols for side in array.shape].count(True) == 1


def _known_sizes(network: Network, weights: Mapping[str, Any]) -> dict[Symbol, Expr]:
    """The sizes that the values of the parameters tell."""
    shapes = {s.name: network.shape(s) for s in network.parameters}
    given = {name: shape_of_data(name, weights[name]) for name in shapes if name in weights}
    sizes = bind(shapes, given)
    return {symbol: Integer(sizes[symbol.name]) for symbol in network.sizes if symbol.name in sizes}
