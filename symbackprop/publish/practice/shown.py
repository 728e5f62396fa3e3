"""Which values can be written out on a sheet, and how: with as many digits as there is room for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symbackprop.network.network import Network
from symbackprop.reporting.blocks import Raw
from symbackprop.reporting.numbers import DIGITS, MATRIX_DIGITS, MOST_COLUMNS, MOST_ROWS, shown

MOST_VALUES = 160
"""So many numbers of scalars are written out."""
ROOMY = 4
"""Matrices of so many columns have as many digits as scalars."""
OPEN = "?"
"""What stands for an entry that is asked."""


def are_few(network: Network, values: Mapping[str, Any]) -> bool:
    """Whether values of the leaves can be written out and worked with by hand."""
    if network.kind.one_number:
        return len(network.leaves) <= MOST_VALUES
    return all(is_small(value) for value in values.values())


def is_small(value: Any) -> bool:
    """Whether a matrix is written out."""
    rows, columns = np.shape(value) if np.ndim(value) == 2 else (1, 1)
    return rows <= MOST_ROWS and columns <= MOST_COLUMNS


def written(value: Any, left_open: frozenset[tuple[int, int]] = frozenset()) -> Raw:
    """A number, or the rows of a matrix; entries that are asked, counted from 1, are left open."""
    if not np.ndim(value):
        return Raw(shown(float(value)))
    digits = DIGITS if np.shape(value)[1] <= ROOMY else MATRIX_DIGITS
    rows = [
        " & ".join(OPEN if (i, j) in left_open else shown(float(x), digits) for j, x in enumerate(row, start=1))
        for i, row in enumerate(value, start=1)
    ]
    body = r" \\ ".join(rows)
    return Raw(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}")
