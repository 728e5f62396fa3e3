"""Data files: examples as CSV, one row an example."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Sequence

from symbackprop.errors import DataError, did_you_mean


def read_csv(path: str | os.PathLike[str], names: Sequence[str]) -> dict[str, tuple[float, ...]]:
    """Read the examples of a CSV file: a row of names, then a row of numbers an example.

    Every one of ``names`` must have a column, in any order, and there may be no other. Raises DataError, with the file
    and line, where a column is missing or unknown, a row is ragged, or an entry is not a finite number.
    """
    place = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except OSError as error:
        raise DataError("file", f"cannot read it: {error.strerror}", "name a CSV file", place=place) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError("syntax", f"this is not CSV text: {error}", "save it as CSV in UTF-8", place=place) from None
    if not rows:
        raise DataError(
            "empty", "the file is empty", f"begin with a row of names: {','.join(names)}", place=f"{place}:1"
        )
    header_line, header = rows[0]
    columns = [name.strip() for name in header]
    _check_header(columns, names, f"{place}:{header_line}")
    if len(rows) == 1:
        raise DataError(
            "empty", "there are names but no examples", "add a row of numbers", place=f"{place}:{header_line}"
        )
    examples = [_numbers(row, columns, f"{place}:{line}") for line, row in rows[1:]]
    by_column = dict(zip(columns, zip(*examples, strict=True), strict=True))
    return {name: by_column[name] for name in names}


def _check_header(columns: Sequence[str], names: Sequence[str], place: str) -> None:
    for column in columns:
        if columns.count(column) > 1:
            raise DataError(
                "duplicate", f"there are two columns called {column!r:.60}", "give each one column", place=place
            )
        if column not in names:
            raise DataError(
                "unknown-name", f"there is a column {column!r:.60}", did_you_mean(column, names), place=place
            )
    missing = [name for name in names if name not in columns]
    if missing:
        raise DataError(
            "missing-value",
            f"there is no column for {', '.join(missing)}",
            "give every input and target a column",
            place=place,
        )


def _numbers(row: Sequence[str], columns: Sequence[str], place: str) -> list[float]:
    if len(row) != len(columns):
        raise DataError(
            "ragged", f"this row has {len(row)} entries and the first has {len(columns)}", "give every column a number",
            place=place,
        )  # fmt: skip
    numbers = []
    for name, cell in zip(columns, row, strict=True):
        try:
            number = float(cell)
        except ValueError:
            raise DataError("number", f"{name} = {cell!r:.60} is not a number", "give a number", place=place) from None
        if not math.isfinite(number):
            raise DataError(
                "not-finite", f"{name} = {cell.strip()!r} is not finite", "give a finite number", place=place
            )
        numbers.append(number)
    return numbers
