"""What every study has: its numbers as records, a CSV file, and a report."""

from __future__ import annotations

import csv
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from symbackprop.files import write_atomically
from symbackprop.studies.presentation import PRESENTATIONS, Presentation
from symbackprop.studies.publishing import publish

Record = dict[str, float | int | str]


class Study(ABC):
    """A question put to a network, and the numbers that answer it; a subclass is a frozen dataclass of them."""

    kind: ClassVar[str]
    """What the command line and the files of reports call it."""

    @property
    @abstractmethod
    def about(self) -> str:
        """What it is of, for the names of files."""

    @property
    def presentation(self) -> Presentation:
        """Its pictures and its document."""
        return PRESENTATIONS[type(self)]

    @abstractmethod
    def records(self) -> list[Record]:
        """Every number as one dictionary a row: ``pandas.DataFrame(study.records())``."""

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the records, numbers in full (17 digits); the file appears whole or not at all."""
        write_atomically(path, self.csv())

    def csv(self) -> str:
        """The records as CSV."""
        records = self.records()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        heads = list(dict.fromkeys(head for record in records for head in record))
        writer.writerow(heads)
        writer.writerows([_cell(record.get(head, "")) for head in heads] for record in records)
        return text.getvalue()

    def report(
        self, folder: str | os.PathLike[str], name: str | None = None, formats: Sequence[str] = ("md", "tex")
    ) -> tuple[Path, ...]:
        """Write the study as documents with its figures and its numbers, and return their paths.

        Parameters
        ----------
        folder
            Where; it is made where there is none.
        name
            What the files are called, without a suffix; by default after the study and the network.
        formats
            Of ``md``, whose figures are SVG, ``tex``, whose figures are PDF, and ``pdf``, which has them in it. The
            numbers are written as CSV too.

        The same study gives the same bytes. Raises SymbackpropError where matplotlib, which draws the figures, is
        absent, for an unknown format, and for a place that cannot be written to; nothing is written then.
        """
        return publish(self, folder, name, formats)


def _cell(value: float | int | str) -> str:
    return value if isinstance(value, str) else repr(value)
