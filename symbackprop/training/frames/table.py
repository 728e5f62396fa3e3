"""A table: columns by name, each of numbers or of texts, and where its rows come from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symbackprop.errors import DataError, did_you_mean, quote
from symbackprop.training.data import Floats

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
MISSING = frozenset(["", "na", "n/a", "nan", "null", "none", "?"])
"""Cells that say that there is no value, in small letters."""
LEAVE_OUT = "leave the column out, by naming the inputs (inputs=[…], --inputs)"


@dataclass(frozen=True, eq=False)
class Table:
    """Columns by name: float64 with NaN for what is missing, or texts with None for it.

    ``place`` is the file, and ``lines`` has the line of each row; both are empty for what comes from memory.
    """

    columns: Mapping[str, NDArray[Any]]
    place: str = ""
    lines: Sequence[int] = ()

    @property
    def count(self) -> int:
        """How many rows there are."""
        return next((len(column) for column in self.columns.values()), 0)

    def column(self, name: str) -> NDArray[Any]:
        """One column. Raises DataError where there is none of that name."""
        if name not in self.columns:
            what = f"there is no column {quote(name)}"
            raise DataError("columns", what, did_you_mean(name, self.columns), place=self.place)
        return self.columns[name]

    def is_text(self, name: str) -> bool:
        """Whether a column has texts."""
        return self.column(name).dtype == object

    def missing(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Where a value is missing: a row for each row, a column for each name."""
        found = [_missing(self.column(name)) for name in names]
        return np.stack(found, axis=1) if found else np.zeros((self.count, 0), dtype=bool)

    def gap(
        self, names: Sequence[str], absent: NDArray[np.bool_], fix: str = "put one there, or take the row out"
    ) -> DataError:
        """The error of the first value of these columns that is missing; ``absent`` says which are."""
        row, place = (int(part[0]) for part in np.nonzero(absent))
        return self.refusal("missing", row, f"the value of {names[place]} is missing", fix)

    def numbers(self, names: Sequence[str]) -> Floats:
        """Columns of numbers side by side. Raises DataError, with the row, where a value is none or is not finite."""
        for name in names:
            column = self.column(name)
            if column.dtype == object:
                k = next(k for k, cell in enumerate(column) if cell is not None and not _is_number(cell))
                raise self.refusal("number", k, f"{name} is {quote(column[k])}, not a number", LEAVE_OUT)
            if np.isinf(column).any():
                k = int(np.flatnonzero(np.isinf(column))[0])
                raise self.refusal("not-finite", k, f"{name} is infinite", "give finite numbers")
        table: Floats = np.stack([self.columns[name] for name in names], axis=1)
        return table

    def rows(self, kept: NDArray[Any]) -> Table:
        """Some of the rows."""
        lines = [self.lines[k] for k in np.arange(self.count)[kept]] if self.lines else ()
        return Table({name: column[kept] for name, column in self.columns.items()}, self.place, lines)

    def refusal(self, code: str, row: int, what: str, fix: str) -> DataError:
        """The error of one row: it names the line of the file, or the number of the row."""
        if self.lines:
            return DataError(code, what, fix, place=f"{self.place}:{self.lines[row]}")
        return DataError(code, f"{what}, in row {row + 1}", fix, place=self.place)


def column_of(cells: Sequence[str | None]) -> NDArray[Any]:
    """A column of cells as they are typed: numbers, unless one that is there is none."""
    there = [cell for cell in cells if cell is not None]
    if all(map(_is_number, there)):
        return np.array([math.nan if cell is None else float(cell) for cell in cells])
    column = np.empty(len(cells), dtype=object)
    column[:] = cells
    return column


def _is_number(cell: str) -> bool:
    # float() alone would take 1_000, nan and digits of other scripts.
    return NUMBER.fullmatch(cell) is not None and math.isfinite(float(cell))


def _missing(column: NDArray[Any]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (
        np.array([cell is None for cell in column]) if column.dtype == object else np.isnan(column)
    )
    return found
