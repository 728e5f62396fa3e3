"""A training as a workbook of live formulas, in the format xlsx: one row an epoch, as people train by hand in Excel.

    runs.py ──► columns.py ──► values.py, formulas.py ──► tables.py ──► overview.py, rates.py, glossary.py
    training    what columns    numbers    cells           a sheet       the sheets around it

Text of a user's is written as text and never as a formula; formulas have our own words and cells alone.
"""

from __future__ import annotations

import io
from functools import partial
from types import ModuleType

from symbackprop.errors import missing_extra
from symbackprop.publish.material import Material
from symbackprop.publish.spreadsheet.book import CREATED, Book, plain
from symbackprop.publish.spreadsheet.columns import Plan, plan_of
from symbackprop.publish.spreadsheet.glossary import TITLE as GLOSSARY
from symbackprop.publish.spreadsheet.glossary import write_glossary
from symbackprop.publish.spreadsheet.overview import RATE, write_overview
from symbackprop.publish.spreadsheet.overview import TITLE as OVERVIEW
from symbackprop.publish.spreadsheet.rates import TITLE as RATES
from symbackprop.publish.spreadsheet.rates import rate_name, write_rates
from symbackprop.publish.spreadsheet.refusing import refused
from symbackprop.publish.spreadsheet.runs import Runs, runs_of
from symbackprop.publish.spreadsheet.tables import Formulas, Table, same_start
from symbackprop.publish.spreadsheet.values import numbers

TRAINING = "Training"
MOST_EXAMPLES = 64
MOST_COLUMNS = 1_000
MOST_CELLS = 100_000
"""Of all tables of training together: what goes beyond is left out at the end, epoch by epoch."""


def workbook(material: Material) -> bytes:
    """The training of a report as a workbook; the same training gives the same bytes.

    Raises SymbackpropError where XlsxWriter is absent, where nothing was trained or otherwise than by gradient descent
    on all examples, for functions that spreadsheets lack, and for networks with more columns than anybody could read.
    """
    module = _xlsxwriter()
    runs = runs_of(material)
    plan = plan_of(runs.derivation, runs.first.data)
    rows = _rows(plan, runs)
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with module.Workbook(content, options) as file:
        file.set_properties({"title": plain(plan.derivation.network.name)[:200], "created": CREATED})
        file.set_calc_mode("auto")
        _write(Book(file, plan, runs, rows))
    return content.getvalue()


def _xlsxwriter() -> ModuleType:
    try:
        import xlsxwriter
    except ImportError:
        raise missing_extra("a workbook needs XlsxWriter", "xlsxwriter", "xlsx") from None
    found: ModuleType = xlsxwriter
    return found


def _rows(plan: Plan, runs: Runs) -> int:
    """How many epochs the tables have, epoch 0 among them."""
    if plan.examples > MOST_EXAMPLES:
        raise refused(
            f"there are {plan.examples:,} examples, and a workbook has room for {MOST_EXAMPLES}",
            "give fewer, or use symbackprop train NET -o FILE.csv",
        )
    if len(plan.columns) > MOST_COLUMNS:
        raise refused(
            f"a row would have {len(plan.columns):,} cells, and a workbook has room for {MOST_COLUMNS:,}",
            "give fewer examples, or use symbackprop train NET -o FILE.csv",
        )
    longest = max(len(history) for history in (runs.first, *runs.sweep))
    return min(longest, MOST_CELLS // (len(plan.columns) * (1 + len(runs.sweep))))


def _write(book: Book) -> None:
    """Write every sheet, in the order in which they are seen."""
    runs, file, plan = book.runs, book.file, book.plan
    names = [OVERVIEW, TRAINING, *([RATES] if runs.sweep else []), GLOSSARY]
    sheets = {name: file.add_worksheet(name) for name in names}
    table = Table(book, sheets[TRAINING], TRAINING, Formulas(plan, RATE), numbers(plan, runs.first, book.rows))
    table.write(_told_here)
    write_overview(book, sheets[OVERVIEW], table, runs.first.epochs)
    write_glossary(book, sheets[GLOSSARY], table)
    tables = []
    for number, history in enumerate(runs.sweep, start=1):
        title, formulas = f"Rate {number}", Formulas(plan, rate_name(number))
        one = Table(book, file.add_worksheet(title), title, formulas, numbers(plan, history, book.rows))
        one.write(partial(_told_first, table) if same_start(history, runs.first) else _told_here)
        tables.append(one)
    if tables:
        write_rates(book, sheets[RATES], tables)


def _told_here(place: int) -> None:
    """Data and first weights stand in the table itself."""


def _told_first(table: Table, place: int) -> str | None:
    """Data and first weights are those of another table, by their columns; the epochs are counted anew."""
    return table.place(place, 0) if place else None
