"""Where output goes: its width, whether it takes Unicode and colour, its tables, and patience on long work."""

from __future__ import annotations

import contextlib
import math
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Timer
from typing import TYPE_CHECKING

from symbackprop.cli.to_ascii import plain, takes

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

ENDLESS = 100_000
"""The width of a file or a pipe."""
PAGE = 80
"""The width of text that is read in a file."""
NARROWEST = 24
"""Narrower than this nothing is broken any further."""
LEAST_TEXT = 9
"""A column of text in a table is never narrower."""
IMPATIENT = 0.6
"""Seconds after which a wait is worth a word."""

GRADIENT, VALUE, REASON, HEAD, GOOD, BAD = "red", "green", "bright_black", "bold", "green", "bold red"


@dataclass(frozen=True)
class Terminal:
    """Standard output as it is now: ``width`` is ENDLESS where nobody looks on, unless it was asked for."""

    unicode: bool
    width: int

    @classmethod
    def now(cls, ascii_only: bool = False, elsewhere: int = ENDLESS) -> Terminal:
        """Look at standard output: its encoding, and COLUMNS or the size of the terminal; ``elsewhere`` it is so wide.

        Formulas go into files and pipes a line each. What is to be read there, as the work is, is PAGE wide.
        """
        known = sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()
        width = max(shutil.get_terminal_size().columns, NARROWEST) if known else elsewhere
        return cls(not ascii_only and takes(sys.stdout.encoding), width)

    @cached_property
    def console(self) -> Console:
        """A rich console on standard output; in colour on a terminal alone, and never where NO_COLOR is set."""
        from rich.console import Console

        class Output(Console):
            def on_broken_pipe(self) -> None:
                raise BrokenPipeError

        return Output(
            file=sys.stdout, width=self.width, highlight=False, markup=False, emoji=False, legacy_windows=False
        )

    def write(self, *lines: str | Text) -> None:
        """Write lines as they are, without breaking them."""
        from rich.text import Text

        for line in lines:
            text = Text(line) if isinstance(line, str) else line
            text.plain = self.fit(text.plain)
            self.console.print(text, soft_wrap=True)

    def say(self, *sentences: str) -> None:
        """Write sentences, wrapped at words."""
        for sentence in sentences:
            self.write(*(at_words(self.fit(sentence), self.width) or [""]))

    def fit(self, text: str) -> str:
        """Text in signs that this output has."""
        if not self.unicode:
            return plain(text)
        return plain(text, sys.stdout.encoding)

    def table(self, *columns: str) -> Table:
        """An empty table; a column whose head begins with ``>`` holds numbers, one with ``~`` text that may wrap."""
        from rich import box
        from rich.table import Table

        edges = box.SIMPLE_HEAD if self.unicode else box.Box(str(box.SIMPLE_HEAD).replace("─", "-"), ascii=True)
        table = Table(box=edges, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style=HEAD)
        for column in columns:
            table.add_column(
                self.fit(column.lstrip(">~")),
                justify="right" if column.startswith(">") else "left",
                no_wrap=not column.startswith("~"),
                min_width=LEAST_TEXT if column.startswith("~") else None,
                overflow="fold",
            )
        return table

    def show(self, table: Table) -> None:
        """Write a table, without blanks at the ends of its lines; numbers are never cut, however narrow it is here.

        Where it is too wide, heads are wrapped at words, and then what is said in its cells.
        """
        least = self._least_width(table)
        for narrowed in (_wrap_heads, _wrap_words):
            if least > self.width:
                narrowed(table)
                least = self._least_width(table)
        if least > self.width:
            table.width = least  # a console narrower than its table would drop whole columns
        with self.console.capture() as written:
            self.console.print(table, soft_wrap=least > self.width)
        for line in written.get().splitlines():
            sys.stdout.write(line.rstrip() + "\n")

    def _least_width(self, table: Table) -> int:
        """The width that a table needs where no number and no word is cut."""
        from rich.measure import Measurement

        for column in table.columns:
            if column.no_wrap:
                column.min_width = _widest(line for cell in (column.header, *column.cells) for line in _lines(cell))
        return Measurement.get(self.console, self.console.options.update(width=ENDLESS), table).minimum


def at_words(text: str, width: int, indent: str = "") -> list[str]:
    """Text in lines that fit, broken between words and never in one; those behind the first are indented."""
    from textwrap import wrap

    return wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _wrap_heads(table: Table) -> None:
    """Wrap the heads that are wider than what stands beneath them."""
    for column in table.columns:
        head = str(column.header)
        room = max(_widest(line for cell in column.cells for line in _lines(cell)), _widest(head.split()))
        if column.no_wrap and room:
            column.header = "\n".join(at_words(head, room))


def _wrap_words(table: Table) -> None:
    """Let what is said in cells, in more words than one, wrap between them."""
    for column in table.columns:
        words = [word for cell in (column.header, *column.cells) for word in str(cell).split()]
        if column.justify == "left" and any(" " in str(cell) for cell in column.cells):
            column.no_wrap, column.min_width = False, _widest(words)


def _lines(cell: object) -> list[str]:
    return str(cell).splitlines()


def _widest(lines: Iterable[str]) -> int:
    from rich.cells import cell_len

    return max(map(cell_len, lines), default=0)


def cells(numbers: Sequence[float], smallest_too: bool = True) -> list[str]:
    """A column of numbers of one look: with six or eight decimals, or in scientific notation where those do not do.

    They do where the smallest number still shows its digits; without ``smallest_too``, where the largest does.
    """
    sizes = [abs(number) for number in numbers if math.isfinite(number) and number != 0] or [1.0]
    largest = max(sizes)
    needed = min(sizes) if smallest_too else largest
    if largest >= 1e6 or needed < 1e-5:
        return [f"{number:.5e}" for number in numbers]
    return [f"{number:.{6 if needed >= 1e-3 else 8}f}" for number in numbers]


@contextlib.contextmanager
def patience(doing: str) -> Iterator[None]:
    """Say on a terminal what is being done, once it has taken a while."""
    console = _messages()
    if not console.is_interactive:
        yield
        return
    status = console.status(f"{doing} …")
    timer = Timer(IMPATIENT, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        status.stop()


def _messages() -> Console:
    from rich.console import Console

    return Console(stderr=True)
