"""How wide tables are when they are set on a page, and narrower ones where one is too wide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symbackprop.notation import latex_width
from symbackprop.reporting.blocks import Inlines, Maths, Table

WIDE, NARROW = ".45", ".35"
"""How wide a column is whose text wraps, of the width of a page; in a small table it has to leave room for others."""
UNBROKEN = 8
"""Tables of so many rows at the most stay on one page."""
BOXED = 16
"""How many rows a table has at the most that is made smaller."""
SHRUNK = 1.15
"""How much wider than a page it may be."""
LINE = 92.0
"""How many characters of the usual size a page is wide."""
SMALL = 0.91
BESIDE = 2.2
"""How wide the room between two columns is."""
WORD = 0.9
"""How wide a letter of a text is, beside those of formulas."""

Write = Callable[[Inlines], str]
"""What writes the text of a cell in LaTeX."""


def is_long(table: Table) -> bool:
    """Whether a table may go on on the next page."""
    return len(table.rows) > UNBROKEN


def set_on_page(table: Table, write: Write) -> tuple[Table, ...]:
    """The table, or several in its place that are no wider than a page, or nearly so.

    What has no more than ``BOXED`` rows can be set in a box and made smaller, should it be too wide still.
    """
    width = table_width(table, write)
    if width <= LINE or (width <= SHRUNK * LINE and len(table.rows) <= BOXED):
        return (table,)
    parts = [table] if "p" in table.align else _with_fewer_columns(table, write)
    return tuple(
        part if table_width(part, write) <= LINE else replace(part, rows=part.rows[start : start + BOXED])
        for part in parts
        for start in ([0] if table_width(part, write) <= LINE else range(0, len(part.rows), BOXED))
    )


def _with_fewer_columns(table: Table, write: Write) -> list[Table]:
    """Tables that have each the first column and some of the others, about as many in each."""
    others = range(1, len(table.header))
    for apart in others:
        size = -(-len(others) // apart)
        parts = [_only(table, [0, *others[start : start + size]]) for start in range(0, len(others), size)]
        if all(table_width(part, write) <= LINE for part in parts):
            return parts
    return [_only(table, [0, column]) for column in others] or [table]


def _only(table: Table, columns: list[int]) -> Table:
    return replace(
        table,
        header=tuple(table.header[k] for k in columns),
        rows=tuple(tuple(row[k] for k in columns) for row in table.rows),
        align="".join(table.align[k] for k in columns),
    )


def table_width(table: Table, write: Write) -> float:
    """About how wide a table is, in characters of the usual size."""
    total = BESIDE * (len(table.header) - 1) * (0.7 if table.small else 1.0)
    share = float(NARROW if table.small else WIDE)
    for column, align in enumerate(table.align):
        cells = [_cell(row[column], write) for row in table.rows]
        widest = max([1.15 * _cell(table.header[column], write), *cells])
        total += share * LINE if align == "p" else widest * (SMALL if table.small else 1.0)
    return total


def _cell(cell: Inlines, write: Write) -> float:
    return sum(
        latex_width(write((piece,))) if isinstance(piece, Maths) else WORD * len(write((piece,))) for piece in cell
    )
