"""Data from CSV files: a row of names, and one row of numbers an example."""

from __future__ import annotations

import csv
import math
import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from symbackprop.errors import DataError, did_you_mean, quote

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def read_csv(
    path: str | os.PathLike[str], names: Sequence[str], beside: Collection[str] = ()
) -> dict[str, tuple[float, ...]]:
    """Read the values of ``names``, one entry an example, from a file whose first row has those names in any order.

    Columns of the names ``beside`` these may be there, whatever is in them; they are not read. Raises DataError, with
    the file and the line, where a column or a number is missing or is not what it should be.
    """
    place = str(path)
    line, columns, rows = _begun(path, f"begin it with a row of names: {','.join(names)}")
    _check_columns(place, line, columns, names, beside)
    examples = [_numbers(place, line, columns, row, beside) for line, row in rows]
    if not examples:
        _fail(place, line, "empty", "the file has names and no numbers", "add one row of numbers an example")
    kept = [column for column in columns if column not in beside]
    by_column = dict(zip(kept, zip(*examples, strict=True), strict=True))
    return {name: by_column[name] for name in names}


def read_head(path: str | os.PathLike[str]) -> list[str]:
    """The names in the first row of a file, or none where it is empty. Raises DataError where it cannot be read."""
    _, header = next(_rows(Path(path), str(path)), (1, []))
    return _normalised(header)


def read_rows(path: str | os.PathLike[str]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names in the first row of a file, and the cells of every other row, each with its line.

    Raises DataError, with the file and the line, where a column has no name or that of another, where a row has another
    number of cells, and where there are no rows.
    """
    place = str(path)
    line, columns, rows = _begun(path, "begin it with a row of names")
    for number, column in enumerate(columns, 1):
        _check_name(place, line, number, column, columns)
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        _fail(place, line, "columns", f"there is one column, {quote(columns[0])}", "separate the columns by commas")
    found = list(rows)
    for at, row in found:
        _check_length(place, at, columns, row)
    if not found:
        _fail(place, line, "empty", "the file has names and no rows", "add one row an example")
    return columns, found


def _begun(path: str | os.PathLike[str], fix: str) -> tuple[int, list[str], Iterator[tuple[int, list[str]]]]:
    """The line of the first row and the names in it, and the rows behind it. Raises DataError where there is none."""
    rows = _rows(Path(path), str(path))
    line, header = next(rows, (1, []))
    if not header:
        _fail(str(path), line, "empty", "the file is empty", fix)
    return line, _normalised(header), rows


def _normalised(header: Sequence[str]) -> list[str]:
    return [unicodedata.normalize("NFKC", name) for name in header]


def _rows(path: Path, place: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with its line; cells without the spaces around them."""
    line = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            for row in reader:
                line = reader.line_num
                cells = [cell.strip() for cell in row]
                if any(cells):
                    yield line, cells
    except FileNotFoundError:
        raise DataError("file", "there is no such file", "check its name", place=place) from None
    except IsADirectoryError:
        raise DataError("file", "this is a directory", "name a CSV file in it", place=place) from None
    except UnicodeDecodeError:
        _fail(place, _first_undecodable(path), "file", "the file is not UTF-8 text", "save it as UTF-8")
    except csv.Error as error:
        _fail(place, line + 1, "csv", f"the row is not CSV ({error})", "write numbers with commas between them")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError("file", f"the file cannot be read ({reason})", "check its name", place=place) from None


def _first_undecodable(path: Path) -> int:
    """The first line that is not UTF-8; the reader decodes ahead of the rows that it hands out."""
    with path.open("rb") as file:
        for line, data in enumerate(file, 1):
            try:
                data.decode()
            except UnicodeDecodeError:
                return line
    return 1


def _check_columns(
    place: str, line: int, columns: Sequence[str], names: Sequence[str], beside: Collection[str]
) -> None:
    for number, column in enumerate(columns, 1):
        _check_name(place, line, number, column, columns)
        if column not in names and column not in beside:
            what = f"column {number} is called {quote(column)}, which is no input or target"
            if ";" in column or "\t" in column:
                _fail(place, line, "columns", what, "separate the columns by commas")
            absent = set(names) - set(columns)
            _fail(place, line, "columns", what, did_you_mean(column, absent) if absent else "take it out")
    missing = [name for name in names if name not in columns]
    if missing:
        noun = "column" if len(missing) == 1 else "columns"
        what = f"the {noun} {', '.join(missing)} of the network {'is' if len(missing) == 1 else 'are'} missing"
        _fail(place, line, "columns", what, f"give every input and target a column: {','.join(names)}")


def _check_name(place: str, line: int, number: int, column: str, columns: Sequence[str]) -> None:
    if not column:
        _fail(place, line, "columns", f"column {number} has no name", "name it, or take it out")
    if columns.count(column) > 1:
        _fail(place, line, "columns", f"the column {quote(column)} is there twice", "name each column once")


def _check_length(place: str, line: int, columns: Sequence[str], row: Sequence[str]) -> None:
    if len(row) != len(columns):
        noun = "value" if len(row) == 1 else "values"
        fix = f"give it one for each of {', '.join(columns)}"
        _fail(place, line, "ragged", f"the row has {len(row)} {noun} for {len(columns)} columns", fix)


def _numbers(
    place: str, line: int, columns: Sequence[str], row: Sequence[str], beside: Collection[str]
) -> tuple[float, ...]:
    _check_length(place, line, columns, row)
    cells = zip(columns, row, strict=True)
    return tuple(_number(place, line, column, cell) for column, cell in cells if column not in beside)


def _number(place: str, line: int, column: str, cell: str) -> float:
    if not cell:
        _fail(place, line, "number", f"the value of {column} is missing", "put a number there")
    # float() alone would take 1_000, nan and digits of other scripts.
    number = float(cell) if _NUMBER.fullmatch(cell) else math.nan
    if math.isfinite(number):
        return number
    not_finite = math.isinf(number) or cell.lower().lstrip("+-") in ("nan", "inf", "infinity")
    kind = "a finite number" if not_finite else "a number"
    _fail(place, line, "number", f"{column} is {quote(cell)}, not {kind}", "put a number such as 0.05 there")


def _fail(place: str, line: int, code: str, what: str, fix: str) -> NoReturn:
    raise DataError(code, what, fix, place=f"{place}:{line}")
