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
    """The table, or several in its place that are no wider than a page, or nearly so."""
    return (table,) if table_width(table, write) <= LINE else _narrower(table, write)


def _narrower(table: Table, write: Write) -> tuple[Table, ...]:
    """Tables that have each the first column and some of the others; where that is no help, some rows each.

    What has few rows can be set in a box and made smaller, should it be too wide still.
    """
    found: list[Table] = []
    columns = [0]
    for column in range(1, len(table.header)):
        if len(columns) > 1 and table_width(_only(table, [*columns, column]), write) > LINE:
            found.append(_only(table, columns))
            columns = [0]
        columns.append(column)
    found.append(_only(table, columns))
    return tuple(
        replace(part, rows=part.rows[start : start + 2 * UNBROKEN])
        for part in (found if "p" not in table.align else [table])
        for start in range(0, len(part.rows), 2 * UNBROKEN)
    )


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
