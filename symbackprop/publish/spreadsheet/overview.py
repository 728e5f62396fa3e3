"""The first sheet: what is trained, the learning rate to change, the loss before and after, and its curve."""

from __future__ import annotations

from typing import Any

from symbackprop.publish.spreadsheet.book import COLOURS, Book, capital, number_format, plain, value
from symbackprop.publish.spreadsheet.charts import Curve, chart
from symbackprop.publish.spreadsheet.columns import Group
from symbackprop.publish.spreadsheet.tables import Table
from symbackprop.version import __version__

TITLE = "Overview"
RATE = "learning_rate"
"""The name of the cell with the learning rate."""
_RATE_ROW = 4
_WORDS = {
    Group.INPUTS: "what the network is given",
    Group.TARGETS: "what its outputs should be",
    Group.WEIGHTS: "parameters, which each row takes from the row above: w − η·∂E/∂w",
    Group.FORWARD: "values on the way forward",
    Group.ERRORS: "what the targets are compared with, up to the loss",
    Group.SIGNALS: "derivatives of the loss by values on the way back",
    Group.GRADIENTS: "derivatives of the loss by the parameters",
}


def write_overview(book: Book, sheet: Any, table: Table, planned: int) -> None:
    """Write the sheet; ``planned`` is how many epochs were trained, of which the table may have the first alone."""
    rate, epochs = book.runs.first.learning_rate, book.rows - 1
    heading = book.style(bold=True, font_size=18, font_color=COLOURS[Group.WEIGHTS][0])
    bold, small = book.style(bold=True), book.style(italic=True, font_color="#5F6B7A")
    sheet.write_string(0, 0, plain(book.plan.derivation.network.name), heading)
    sheet.write_string(1, 0, "Trained by gradient descent, one row an epoch. Every number is a formula.", small)
    sheet.write_string(
        2, 0, "Change a yellow cell, here or in the first row of the training: all others follow.", small
    )
    sheet.write_string(_RATE_ROW, 0, "Learning rate η", bold)
    sheet.write_number(_RATE_ROW, 1, rate, book.cell([rate], changes=True, digits="General"))
    book.file.define_name(RATE, f"='{TITLE}'!$B${_RATE_ROW + 1}")
    loss = table.numbers[:, book.plan.loss]
    style = book.style(num_format=number_format(loss), bold=True, font_color=COLOURS[Group.ERRORS][0])
    for row, epoch in enumerate(dict.fromkeys([0, epochs]), start=_RATE_ROW + 1):
        sheet.write_string(row, 0, f"{capital(book.cost)} at epoch {epoch}", bold)
        sheet.write_formula(row, 1, f"={table.place(book.plan.loss, epoch)}", style, value(loss[epoch]))
    if epochs < planned:
        words = (
            f"The table has the first {epochs:,} of {planned:,} epochs; select its last row and drag it down for more."
        )
        sheet.write_string(3, 0, words, small)
    top = _RATE_ROW + 4
    sheet.write_string(top, 0, f"The sheet {table.title}", bold)
    shown = [group for group in Group if any(column.group is group for column in book.plan.columns) and group in _WORDS]
    for row, group in enumerate(shown, start=top + 1):
        sheet.write_string(row, 0, group.value, book.column_head(group))
        sheet.write_string(row, 1, _WORDS[group])
    below = top + len(shown) + 2
    sheet.write_string(below, 0, f"Formulas, and the numbers beside them, by symbackprop {__version__}.", small)
    drawn = chart(book, capital(f"{book.cost} by epoch"), table.column(0), [Curve(table.column(book.plan.loss), loss)])
    sheet.insert_chart(below + 2, 0, drawn)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 14)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
