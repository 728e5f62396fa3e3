"""Tables in LaTeX: no wider than the page, and whole or broken where it does no harm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symbackprop.notation import latex_width
from symbackprop.reporting.blocks import Inlines, Maths, Table

WIDE, NARROW = ".45", ".35"
"""How wide a column is whose text wraps, of the width of a page; in a small table it has to leave room for others."""
UNBROKEN = 8
"""Tables of so many rows at the most stay on one page; of others the first and last rows stay together."""
LINE = 92.0
"""How many characters of the usual size a page is wide."""
SMALL = 0.91
BESIDE = 2.2
"""How wide the room between two columns is."""
WORD = 0.9
"""How wide a letter of a text is, beside those of formulas."""

Write = Callable[[Inlines], str]


def is_long(table: Table) -> bool:
    """Whether a table may go on on the next page."""
    return len(table.rows) > UNBROKEN


def rows_alike(table: Table) -> bool:
    """Whether all the rows have fractions, which need room."""
    return any(r"\frac" in str(cell) for row in table.rows for cell in row)


def written_table(table: Table, write: Write) -> str:
    """A table as LaTeX, in several where it has too many columns for one; ``write`` writes a cell."""
    parts = (table,) if _width(table, write) <= LINE else _narrower(table, write)
    return "\\par\\medskip\n".join(_one(part, write) for part in parts)


def _narrower(table: Table, write: Write) -> tuple[Table, ...]:
    """Tables that have each the first column and some of the others; where that is no help, some rows each.

    What has few rows is set in a box and made smaller, should it be too wide still.
    """
    found: list[Table] = []
    columns = [0]
    for column in range(1, len(table.header)):
        if len(columns) > 1 and _width(_only(table, [*columns, column]), write) > LINE:
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


def _width(table: Table, write: Write) -> float:
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


def _one(table: Table, write: Write) -> str:
    align = table.align.replace("p", rf"p{{{NARROW if table.small else WIDE}\linewidth}}")
    header = " & ".join(rf"\textbf{{{write(cell)}}}" for cell in table.header)
    rows = [" & ".join(write(cell) for cell in row) for row in table.rows]
    size = "\\small\\setlength{\\tabcolsep}{4pt}" if table.small else ""
    size += "\\renewcommand{\\arraystretch}{1.6}" if any(r"\frac" in row for row in rows) else ""
    width = _width(table, write)
    if is_long(table) and width <= LINE:
        body = "\n".join(_spread(row, together=k < 2 or k >= len(rows) - 3) for k, row in enumerate(rows))
        return (
            f"{{{size}\\begin{{longtable}}{{{align}}}\n\\toprule\n{header} \\\\\n\\midrule\\endhead\n"
            f"{body}\n\\bottomrule\n\\end{{longtable}}}}"
        )
    body = "\n".join(_spread(row) for row in rows)
    tabular = (
        f"\\begin{{tabular}}{{{align}}}\n\\toprule\n{header} \\\\\n\\midrule\n{body}\n\\bottomrule\n\\end{{tabular}}"
    )
    boxed = tabular if width <= 0.7 * LINE else f"\\fit{{\\linewidth}}{{{tabular}}}"
    return f"{{{size}\\noindent{boxed}\\par}}"


def _spread(row: str, together: bool = False) -> str:
    """A row of a table, kept apart from its neighbours where it holds matrices of several rows.

    With ``together`` the page does not break behind it.
    """
    end = r" \\*" if together else r" \\"
    tall = max(
        (part.partition(r"\end{bmatrix}")[0].count(r"\\") for part in row.split(r"\begin{bmatrix}")[1:]), default=0
    )
    if not tall:
        return row + end
    half = 0.65 * tall + 0.85
    return rf"\rule[-{half - 0.5:.1f}em]{{0pt}}{{{2 * half:.1f}em}}{row}{end}"
