"""Tables in LaTeX: no wider than the page, and whole or broken where it does no harm."""

from __future__ import annotations

from symbackprop.reporting.blocks import Table
from symbackprop.reporting.table_widths import LINE, NARROW, WIDE, Write, is_long, set_on_page, table_width


def rows_alike(table: Table) -> bool:
    """Whether all the rows have fractions, which need room."""
    return any(r"\frac" in str(cell) for row in table.rows for cell in row)


def written_table(table: Table, write: Write) -> str:
    """A table as LaTeX, in several where it has too many columns for one; ``write`` writes a cell."""
    return "\\par\\medskip\n".join(_one(part, write) for part in set_on_page(table, write))


def _one(table: Table, write: Write) -> str:
    align = table.align.replace("p", rf"p{{{NARROW if table.small else WIDE}\linewidth}}")
    header = " & ".join(rf"\textbf{{{write(cell)}}}" for cell in table.header)
    rows = [" & ".join(write(cell) for cell in row) for row in table.rows]
    size = "\\small\\setlength{\\tabcolsep}{4pt}" if table.small else ""
    size += "\\renewcommand{\\arraystretch}{1.6}" if any(r"\frac" in row for row in rows) else ""
    width = table_width(table, write)
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
