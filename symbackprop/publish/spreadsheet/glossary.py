"""What each symbol stands for, by which equation, and in which columns of the training it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Symbol

from symbackprop.functions import UserFunction, primitive_of
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.notation import text
from symbackprop.notation.recursion import subexpressions
from symbackprop.publish.spreadsheet.book import Book, plain, write_words
from symbackprop.publish.spreadsheet.columns import Group
from symbackprop.publish.spreadsheet.overview import RATE
from symbackprop.publish.spreadsheet.tables import Table, at_row, letters

TITLE = "Glossary"
_HEADS = ("symbol", "name", "what it is", "equation", "columns", "formula at epoch 0")
_WIDTHS = (14, 16, 52, 52, 16, 64)
_LINE = 15.5
"""The height of a line; LibreOffice does not fit rows to what is in them."""
_MOST_COLUMNS = 8


@dataclass(frozen=True)
class Entry:
    """A row of the glossary; ``name`` is how it stands in files and code."""

    symbol: str
    name: str
    meaning: str
    equation: str = ""
    column: str = ""
    """The name of the columns that it has in a table."""
    group: Group = Group.EPOCH


def write_glossary(book: Book, sheet: Any, table: Table) -> None:
    """Write the sheet; its equations and formulas are shown as text."""
    for column, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        sheet.write_string(0, column, head, book.group_head(Group.EPOCH))
        sheet.set_column(column, column, width)
    wrapped, code = (
        book.style(text_wrap=True, valign="top"),
        book.style(text_wrap=True, valign="top", font_name="Consolas"),
    )
    for row, entry in enumerate(_entries(book), start=1):
        columns, shown = _columns(book, table, entry.column)
        words = [plain(word) for word in (entry.name, entry.meaning, entry.equation, columns, shown)]
        sheet.set_row(row, _LINE * max(-(-len(word) // width) for word, width in zip(words, _WIDTHS[1:], strict=True)))
        sheet.write_string(row, 0, plain(entry.symbol), book.column_head(entry.group))
        for column, word in enumerate(words, start=1):
            write_words(sheet, row, column, word, code if column == len(words) else wrapped)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def _columns(book: Book, table: Table, name: str) -> tuple[str, str]:
    """The letters of the columns of a name, and the formula that the first of them has."""
    places = [place for (column, _), place in book.plan.places.items() if column == name]
    if not places:
        return "", ""
    shown = [letters(place) for place in places[:_MOST_COLUMNS]] + (["…"] if len(places) > _MOST_COLUMNS else [])
    text = table.formulas.first[places[0]]
    return ", ".join(shown), at_row(text, table.row(0)) if text else ""


def _entries(book: Book) -> Iterator[Entry]:
    plan, network = book.plan, book.plan.derivation.network
    shown = plan.names.unicode
    yield Entry("η", RATE, "learning rate: how far each epoch moves the weights")
    for group, family, words in (
        (Group.INPUTS, network.inputs, "input, given"),
        (Group.TARGETS, network.constants, "target, given"),
    ):
        for s in family:
            yield Entry(shown(s.name), s.name, network.meanings.get(s.name, words), column=s.name, group=group)
    for w in network.parameters:
        gradient = _partial(book, w.name)
        update = f"{shown(w.name)} ← {shown(w.name)} − η·{gradient}" if w.name in plan.gradients else ""
        words = network.meanings.get(w.name, "parameter, learnt")
        yield Entry(shown(w.name), w.name, words, update, w.name, Group.WEIGHTS)
    groups = {column.name: column.group for column in plan.columns}
    for name, expr in network.equations.items():
        words, group = _meaning(book, name, expr), groups[name.name]
        yield Entry(shown(name.name), name.name, words, _equation(book, shown(name.name), expr), name.name, group)
    yield from _backward(book)
    yield from _functions(book)


def _meaning(book: Book, name: Symbol, expr: Expr) -> str:
    network = book.plan.derivation.network
    if name.name in network.meanings:
        return network.meanings[name.name]
    if name == network.loss:
        several = book.plan.examples > 1
        return (
            f"loss{' of an example; training makes its mean smaller' if several else ', which training makes smaller'}"
        )
    if isinstance(expr, SoftmaxComponent):
        return f"output of {expr.spoken}"
    row = primitive_of(expr)
    if isinstance(expr, UserFunction) or row is not None:
        return f"output of {type(expr).__name__ if row is None else row.name}"
    return "part of the loss" if set(network.constants) & expr.free_symbols else "value on the way forward"


def _backward(book: Book) -> Iterator[Entry]:
    """Error signals and gradients."""
    plan, derivation = book.plan, book.plan.derivation
    for of, delta in derivation.signals.items():
        symbol, partial = plan.names.unicode(delta.name), _partial(book, of.name)
        equation = _equation(book, f"{symbol} = {partial}", derivation.backward[delta])
        words = f"error signal: how the loss changes with {plan.names.unicode(of.name)}"
        yield Entry(symbol, delta.name, words, equation, delta.name, Group.SIGNALS)
    for name, gradient in plan.gradients.items():
        partial = _partial(book, name)
        words = f"gradient: how the loss changes with {plan.names.unicode(name)}"
        equation = _equation(book, partial, derivation.shared[name])
        yield Entry(partial, f"d{derivation.network.loss.name}/d{name}", words, equation, gradient, Group.GRADIENTS)


def _functions(book: Book) -> Iterator[Entry]:
    """The functions in the equations, each with what it is."""
    used: dict[str, Entry] = {}
    for expr in book.plan.derivation.network.equations.values():
        for part in subexpressions(expr):
            row = primitive_of(part)
            if row is not None:
                used[row.name] = Entry(row.unicode or row.name, row.name, f"function: {row.words}")
            elif isinstance(part, UserFunction):
                used[type(part).__name__] = _of_users(part)
    yield from (used[name] for name in sorted(used))


def _of_users(applied: UserFunction) -> Entry:
    """A function of the user's own, by its formula."""
    name, parameters = type(applied).__name__, ", ".join(s.name for s in applied.written)
    body = applied.body.xreplace(dict(zip(applied.parameters, applied.written, strict=True)))
    return Entry(name, name, f"function of {parameters}", f"{name}({parameters}) = {text(body)}")


def _partial(book: Book, name: str) -> str:
    return f"∂{book.loss}/∂{book.plan.names.unicode(name)}"


def _equation(book: Book, left: str, right: Expr) -> str:
    return f"{left} = {text(right, book.plan.names, book.plan.order)}"
