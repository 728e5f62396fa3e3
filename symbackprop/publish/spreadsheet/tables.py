"""A sheet with one row an epoch: data, weights, forward values, errors, error signals and gradients, all of it live."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from symbackprop.publish.spreadsheet.book import Book, value, write_words
from symbackprop.publish.spreadsheet.columns import EPOCH, Column, Group, Plan
from symbackprop.publish.spreadsheet.formulas import formula
from symbackprop.publish.spreadsheet.refusing import refused
from symbackprop.publish.spreadsheet.values import Floats
from symbackprop.training import TrainingHistory

LONGEST = 8_000
"""A cell takes 8,192 characters of a formula."""
DEEPEST = 60
"""Excel nests functions 64 deep."""
_ROW = "\0"
"""Stands for the number of a row in formulas, which are the same in each."""


@dataclass(frozen=True)
class Formulas:
    """The formulas of a plan's columns; row numbers are put in where ``_ROW`` stands."""

    plan: Plan
    rate: str
    """The name of the cell with the learning rate."""

    @cached_property
    def first(self) -> list[str]:
        """What each column has in every row, by the same row; nothing for data and weights."""
        return [self._of_row(column) for column in self.plan.columns]

    @cached_property
    def later(self) -> list[str]:
        """What data and weights have from the second row on, by the row before; nothing for the others."""
        return [self._of_row_before(column, at) for at, column in enumerate(self.plan.columns)]

    def _of_row(self, column: Column) -> str:
        if column.is_mean:
            return f"AVERAGE({','.join(map(_cell, self.plan.each(column.name)))})"
        if column.value is None:
            return ""
        cells = {name: _cell(place) for name, place in self.plan.read(column).items()}
        text = formula(column.value, cells, self.plan.order)
        if len(text) > LONGEST or _depth(text) > DEEPEST:
            raise refused(
                f"the formula of {column.name} takes {len(text):,} characters, more than a cell can hold",
                "give the network an equation for each of its parts",
            )
        return text

    def _of_row_before(self, column: Column, place: int) -> str:
        if column.group is Group.EPOCH:
            return f"{_cell(place)}+1"
        if column.value is not None or column.is_mean:
            return ""
        gradient = self.plan.gradients.get(column.name) if column.group is Group.WEIGHTS else None
        if gradient is None:
            return _cell(place)
        return f"{_cell(place)}-{self.rate}*{_cell(self.plan.mean(gradient))}"


def at_row(text: str, row: int) -> str:
    """A formula in a row, which is counted from 1."""
    return f"={text.replace(_ROW, str(row))}"


def _cell(place: int) -> str:
    return letters(place) + _ROW


def letters(place: int) -> str:
    """How spreadsheets call a column, which is counted from 0: A to Z, AA, AB, …"""
    word = ""
    while place >= 0:
        word = chr(ord("A") + place % 26) + word
        place = place // 26 - 1
    return word


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


@dataclass(frozen=True)
class Table:
    """A sheet of training at one learning rate. ``numbers`` are the values of its cells, a row an epoch.

    ``given`` writes what stands in row 0 of a column that is given, by the position of the column and its style.
    """

    book: Book
    sheet: Any
    title: str
    formulas: Formulas
    numbers: Floats

    @property
    def heads(self) -> int:
        """How many rows of heads there are: kinds of columns and their names, and where there are several, examples."""
        return 3 if self.book.plan.examples > 1 else 2

    def row(self, epoch: int) -> int:
        """The number of the row of an epoch, as formulas have it."""
        return self.heads + epoch + 1

    def place(self, column: int, epoch: int) -> str:
        """A cell of this sheet, as formulas of others have it."""
        return f"'{self.title}'!{letters(column)}{self.row(epoch)}"

    def column(self, column: int) -> str:
        """All epochs of a column, as charts have it."""
        letter = letters(column)
        return f"='{self.title}'!${letter}${self.row(0)}:${letter}${self.row(self.book.rows - 1)}"

    def write(self, given: Callable[[int], str | None]) -> None:
        """Write the sheet. ``given`` has the cell of a value that is given elsewhere; None where it is told here."""
        self._write_heads()
        for place, column in enumerate(self.book.plan.columns):
            self._write_column(place, column, given(place))
        sheet, heads = self.sheet, self.heads
        sheet.freeze_panes(heads, 1)
        sheet.set_column(0, 0, 7)
        sheet.set_column(1, len(self.book.plan.columns) - 1, 11.5)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_print_scale(60)  # some fifty epochs a page
        sheet.repeat_rows(0, heads - 1)
        sheet.repeat_columns(0)

    def _write_column(self, place: int, column: Column, elsewhere: str | None) -> None:
        numbers = self.numbers[:, place]
        style = self.book.cell(numbers, column.group, digits=_digits(column))
        for epoch in range(self.book.rows):
            row = self.row(epoch)
            text = self.formulas.first[place] or (self.formulas.later[place] if epoch else "")
            if text:
                at = row if self.formulas.first[place] else row - 1
                self.sheet.write_formula(row - 1, place, at_row(text, at), style, value(numbers[epoch]))
            elif elsewhere is not None:
                self.sheet.write_formula(row - 1, place, f"={elsewhere}", style, value(numbers[epoch]))
            else:
                changes = self.book.cell(numbers, column.group, column.group is not Group.EPOCH, _digits(column))
                self.sheet.write_number(row - 1, place, float(numbers[epoch]), changes)

    def _write_heads(self) -> None:
        columns, book = self.book.plan.columns, self.book
        if book.plan.examples > 1:
            for (example, counts), span in _spans(columns, lambda column: (column.example, column.name == EPOCH)):
                words = "" if counts else f"Example {example}" if example else "All examples"
                self._write_over(0, span, words, book.group_head(Group.EPOCH))
        for (_, group), span in _spans(columns, lambda column: (column.example, column.group)):
            words = "" if group is Group.EPOCH else group.value
            self._write_over(self.heads - 2, span, words, book.group_head(group))
        for place, column in enumerate(columns):
            self.sheet.write_string(self.heads - 1, place, column.head, book.column_head(column.group))

    def _write_over(self, row: int, span: range, words: str, style: Any) -> None:
        if len(span) > 1:
            self.sheet.merge_range(row, span[0], row, span[-1], words, style)
        else:
            write_words(self.sheet, row, span[0], words, style)


def _digits(column: Column) -> str:
    """How a column is shown, where its numbers do not tell: what is given stands as it was given."""
    return "General" if column.group in (Group.INPUTS, Group.TARGETS) else ""


def _spans(columns: Sequence[Column], of: Callable[[Column], Any]) -> Iterator[tuple[Any, range]]:
    """Columns that stand side by side and are alike, as what they have in common and their positions."""
    for key, places in groupby(range(len(columns)), lambda place: of(columns[place])):
        found = list(places)
        yield key, range(found[0], found[-1] + 1)


def same_start(one: TrainingHistory, other: TrainingHistory) -> bool:
    """Whether two trainings begin with the same data and weights."""
    return all(
        mine.keys() == theirs.keys() and all((mine[name] == theirs[name]).all() for name in mine)
        for mine, theirs in ((_start(one), _start(other)),)
    )


def _start(history: TrainingHistory) -> dict[str, Any]:
    return {**history.data, **{name: values[:1] for name, values in history.parameters.items()}}
