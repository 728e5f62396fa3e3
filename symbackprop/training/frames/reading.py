"""Tables from CSV files, and from frames of pandas, Polars, Arrow and others, none of which is imported.

Of a frame its column names are asked for, and its columns one by one, each of which NumPy takes as an array.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from numbers import Real
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError, as_given
from symbackprop.network.data import read_rows
from symbackprop.training.data import Keyed, refuse_masked
from symbackprop.training.frames.table import MISSING, Table, column_of

FRAMES = "give a CSV file, a frame of pandas, Polars or Arrow, or a dictionary with a flat array for each column"


@runtime_checkable
class NamesColumns(Protocol):
    """A table of Arrow."""

    column_names: Iterable[str]

    def __getitem__(self, name: Any, /) -> Any:
        """The column of that name."""


@runtime_checkable
class HasColumns(Protocol):
    """A frame of pandas, Polars and others."""

    columns: Iterable[Any]

    def __getitem__(self, name: Any, /) -> Any:
        """The column of that name."""


def read_table(source: Any) -> Table:
    """A table from a CSV file or a frame; one that has been read is itself.

    Raises DataError, with the file and the line, where it is none.
    """
    if isinstance(source, Table):
        return source
    if isinstance(source, (str, os.PathLike)):
        return _from_csv(source)
    columns = {str(name): _column(str(name), source[name]) for name in _names(source)}
    lengths = {len(column): name for name, column in columns.items()}
    if len(lengths) > 1:
        (m, one), (n, other), *_ = lengths.items()
        raise DataError("ragged", f"{one} has {m} rows and {other} has {n}", "give every column one entry a row")
    if not columns or not any(lengths):
        raise DataError("empty", "the table has no rows", "give one row an example")
    return Table(columns)


def _from_csv(path: str | os.PathLike[str]) -> Table:
    names, rows = read_rows(path)
    cells = [[None if cell.lower() in MISSING else cell for cell in row] for _, row in rows]
    columns = {name: column_of(column) for name, column in zip(names, zip(*cells, strict=True), strict=True)}
    return Table(columns, str(path), [line for line, _ in rows])


def _names(source: Any) -> list[Any]:
    if isinstance(source, NamesColumns):
        names = list(source.column_names)
    elif isinstance(source, HasColumns):
        names = list(source.columns)
    elif isinstance(source, Keyed):
        names = list(source.keys())
    elif isinstance(source, np.ndarray) and source.dtype.names:
        names = list(source.dtype.names)
    else:
        raise DataError("data", f"the table is {as_given(source)}", FRAMES)
    words = [str(name) for name in names]
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice is not None:
        raise DataError("columns", f"the column {twice!r} is there twice", "name each column once")
    return names


def _column(name: str, given: Any) -> NDArray[Any]:
    """One column as float64 or as texts. Raises DataError where it is neither."""
    refuse_masked(name, given)
    try:
        array = np.asarray(given)
    except ValueError:
        array = np.empty((0, 0))
    if array.ndim != 1:
        raise DataError("shape", f"the column {name} is {as_given(given)}", "give a flat array with one entry a row")
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    cells = array.tolist()
    there = [cell for cell in cells if not _is_missing(cell)]
    if all(isinstance(cell, Real) for cell in there):
        return np.array([math.nan if _is_missing(cell) else float(cell) for cell in cells])
    column = np.empty(len(cells), dtype=object)
    column[:] = [None if _is_missing(cell) else str(cell) for cell in cells]
    return column


def _is_missing(cell: Any) -> bool:
    """Whether a cell says that there is no value: None, NaN, or what pandas calls NA or NaT."""
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or (isinstance(cell, float) and cell != cell)
