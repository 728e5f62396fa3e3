"""Weights in the cells of a table: numbers, the rows of small matrices, the norms of large ones."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

MOST_ROWS = 8
MOST_COLUMNS = 8
"""A matrix with more rows or columns is told by its norm."""
ENTRY = 11
"""What an entry takes of a line, with the blanks before it."""


def entries_fit(shape: tuple[int, ...], width: int) -> bool:
    """Whether a weight of that shape can be shown entry by entry, twice in a line of that width."""
    if not shape:
        return True
    rows, columns = shape
    return rows <= MOST_ROWS and columns <= MOST_COLUMNS and 2 * columns * ENTRY <= width


def weight_cells(weights: Mapping[str, Any], whole: Collection[str]) -> dict[str, str]:
    """One cell of a table a weight, entry by entry for those in ``whole``; all numbers have one look."""
    import numpy as np

    from symbackprop.cli.terminal import cells

    numbers = {
        name: [float(entry) for entry in np.ravel(value)] if name in whole else [float(np.linalg.norm(value))]
        for name, value in weights.items()
    }
    words = iter(cells([number for some in numbers.values() for number in some], smallest_too=False))
    written = {name: [next(words) for _ in some] for name, some in numbers.items()}
    width = max((len(word) for name in whole for word in written[name]), default=0)
    return {
        name: _rows(entries, np.shape(weights[name]), width) if name in whole else f"norm {entries[0]}"
        for name, entries in written.items()
    }


def _rows(entries: Sequence[str], shape: tuple[int, ...], width: int) -> str:
    """The rows of a matrix, one under the other, with entries of that width; a number is itself."""
    if not shape:
        return entries[0]
    columns = shape[1]
    rows = [entries[start : start + columns] for start in range(0, len(entries), columns)]
    return "\n".join(f"[{'  '.join(entry.rjust(width) for entry in row)}]" for row in rows)
