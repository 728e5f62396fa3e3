"""The values of matrices: from nested lists and NumPy arrays to tuples of rows."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Protocol, runtime_checkable

from symbackprop.errors import DataError, as_given

Rows = tuple[tuple[float, ...], ...]
"""A matrix, row by row."""


@runtime_checkable
class Shaped(Protocol):
    """An array of any library."""

    @property
    def shape(self) -> Iterable[Any]:
        """How many entries it has along each axis."""


def shape_of_data(name: str, value: Any) -> tuple[int, ...]:
    """The shape of nested lists or of an array, as NumPy has it. Raises DataError where rows differ in length."""
    if isinstance(value, Shaped):
        return tuple(int(size) for size in value.shape)
    if not isinstance(value, (list, tuple)):
        return ()
    inner = [shape_of_data(name, part) for part in value]
    for row, shape in enumerate(inner):
        if shape != inner[0]:
            raise DataError(
                "ragged",
                f"row {row + 1} of {name} has {_counted(shape)} and row 1 has {_counted(inner[0])}",
                "give every row as many numbers",
                where="values",
                about=name,
            )
    return (len(inner), *(inner[0] if inner else ()))


def rows_of(name: str, value: Any, shape: tuple[int, ...]) -> float | Rows:
    """A scalar or a matrix as floats. Raises DataError where an entry is not a finite number."""
    if not shape:
        return _number(name, value, name)
    return tuple(
        tuple(_number(name, entry, f"{name}[{i}][{j}]") for j, entry in enumerate(row)) for i, row in enumerate(value)
    )


def entry_names(name: str, rows: int, columns: int) -> list[list[str]]:
    """The names of a matrix's entries: W_2_3, b_2 in a row or a column, and the matrix's own where it has one entry."""
    down = [f"_{i}" if rows > 1 else "" for i in range(1, rows + 1)]
    along = [f"_{j}" if columns > 1 else "" for j in range(1, columns + 1)]
    return [[f"{name}{i}{j}" for j in along] for i in down]


def _number(name: str, entry: Any, written: str) -> float:
    try:
        number = float(entry)
    except (TypeError, ValueError):
        raise DataError(
            "number", f"{written} = {as_given(entry)} is not a number", "give a number", where="values", about=name
        ) from None
    if not math.isfinite(number):
        raise DataError(
            "number", f"{written} = {as_given(entry)} is not finite", "give finite numbers", where="values", about=name
        )
    return number


def _counted(shape: tuple[int, ...]) -> str:
    if not shape:
        return "one number"
    return f"{shape[0]} entries" if shape[0] != 1 else "1 entry"
