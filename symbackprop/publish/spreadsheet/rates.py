"""The loss at several learning rates side by side, each from a table of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symbackprop.publish.spreadsheet.book import COLOURS, Book, capital, number_format, value
from symbackprop.publish.spreadsheet.charts import Curve, chart
from symbackprop.publish.spreadsheet.columns import Group
from symbackprop.publish.spreadsheet.overview import RATE
from symbackprop.publish.spreadsheet.tables import Table, letters

TITLE = "Learning rates"
_HEAD, _FIRST = 3, 4
"""The rows of the learning rates and of epoch 0, counted from 0."""


def rate_name(number: int) -> str:
    """The name of the cell with one of the learning rates, which are counted from 1."""
    return f"{RATE}_{number}"


def write_rates(book: Book, sheet: Any, tables: Sequence[Table]) -> None:
    """Write the sheet: a column for each learning rate, and a chart of the curves."""
    heading = book.style(bold=True, font_size=18, font_color=COLOURS[Group.WEIGHTS][0])
    small = book.style(italic=True, font_color="#5F6B7A")
    sheet.write_string(0, 0, f"The {book.cost} at {len(tables)} learning rates", heading)
    sheet.write_string(1, 0, "Change a rate in a yellow cell, and its column and its curve follow.", small)
    sheet.write_blank(2, 0, None, book.group_head(Group.EPOCH))
    words = "Learning rate η; below it the loss" if len(tables) > 2 else "η"
    if len(tables) > 1:
        sheet.merge_range(2, 1, 2, len(tables), words, book.group_head(Group.ERRORS))
    else:
        sheet.write_string(2, 1, words, book.group_head(Group.ERRORS))
    sheet.write_string(_HEAD, 0, "epoch", book.column_head(Group.EPOCH))
    curves = []
    for column, (table, history) in enumerate(zip(tables, book.runs.sweep, strict=True), start=1):
        rate, losses = history.learning_rate, table.numbers[:, book.plan.loss]
        sheet.write_number(_HEAD, column, rate, book.cell([rate], changes=True, digits="General"))
        book.file.define_name(rate_name(column), f"='{TITLE}'!${letters(column)}${_HEAD + 1}")
        style = book.style(num_format=number_format(losses))
        for epoch in range(book.rows):
            cell = table.place(book.plan.loss, epoch)
            sheet.write_formula(_FIRST + epoch, column, f"={cell}", style, value(losses[epoch]))
        curves.append(Curve(_column(book, column), losses, f"='{TITLE}'!${letters(column)}${_HEAD + 1}"))
    counted = book.style(num_format="0")
    for epoch in range(book.rows):
        sheet.write_formula(_FIRST + epoch, 0, f"={tables[0].place(0, epoch)}", counted, epoch)
    title = capital(f"{book.cost} by epoch")
    sheet.insert_chart(2, len(tables) + 2, chart(book, title, _column(book, 0), curves, "by learning rate"))
    sheet.freeze_panes(_FIRST, 1)
    sheet.set_column(0, 0, 7)
    sheet.set_column(1, len(tables), 11.5)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(2, _HEAD)
    sheet.fit_to_pages(1, 0)


def _column(book: Book, column: int) -> str:
    letter = letters(column)
    return f"='{TITLE}'!${letter}${_FIRST + 1}:${letter}${_FIRST + book.rows}"
