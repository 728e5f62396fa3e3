"""What all sheets of a workbook share: the file that is written, its styles, and how text gets into a cell."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from symbackprop.errors import cut, visible
from symbackprop.publish.spreadsheet.columns import Group, Plan
from symbackprop.publish.spreadsheet.runs import Runs

CREATED = datetime.datetime(2000, 1, 1)
"""The date that workbooks bear: the same training gives the same bytes on any day."""
ERROR = "#NUM!"
"""What a cell shows whose value is no number."""
COLOURS: Mapping[Group, tuple[str, str]] = {
    Group.EPOCH: ("#44546A", "#E7EAEE"),
    Group.INPUTS: ("#5F6B7A", "#EEF1F4"),
    Group.TARGETS: ("#7A6A5F", "#F4F0EC"),
    Group.WEIGHTS: ("#1F5FA8", "#E3EDF8"),
    Group.FORWARD: ("#2E7D4F", "#E4F3E9"),
    Group.ERRORS: ("#B26A00", "#FCEFD9"),
    Group.SIGNALS: ("#9C3D6B", "#F8E6EF"),
    Group.GRADIENTS: ("#B3261E", "#FBE5E3"),
}
"""The colour of a group's head, and of the heads of its columns below."""
COMPUTED = (Group.FORWARD, Group.ERRORS, Group.SIGNALS, Group.GRADIENTS)
"""The groups whose numbers have the colour of their heads."""
TO_CHANGE = "#FFF9C4"
"""The colour of cells that a reader may change."""
_LONGEST_TEXT = 30_000  # a cell holds 32,767 characters


@dataclass(frozen=True)
class Book:
    """A workbook that is being written. ``rows`` is how many epochs its tables have, epoch 0 among them."""

    file: Any
    plan: Plan
    runs: Runs
    rows: int

    @property
    def loss(self) -> str:
        """The loss as it is shown."""
        return self.plan.names.unicode(self.plan.derivation.network.loss.name)

    @property
    def cost(self) -> str:
        """What training makes smaller, in words: the loss, or its mean over the examples."""
        return f"mean loss {self.loss}" if self.plan.examples > 1 else f"loss {self.loss}"

    @cached_property
    def _styles(self) -> dict[tuple[tuple[str, Any], ...], Any]:
        return {}

    def style(self, **how: Any) -> Any:
        """A style of cells, of which the file has each once."""
        key = tuple(sorted(how.items()))
        if key not in self._styles:
            self._styles[key] = self.file.add_format({"font_name": "Calibri", "font_size": 11, **how})
        return self._styles[key]

    def group_head(self, group: Group) -> Any:
        """The style of the head over the columns of a group."""
        return self.style(
            bold=True, font_color="#FFFFFF", bg_color=COLOURS[group][0], align="left", border=1, border_color="#FFFFFF"
        )

    def column_head(self, group: Group) -> Any:
        """The style of the head of a column."""
        colour, tint = COLOURS[group]
        return self.style(bold=True, font_color=colour, bg_color=tint, align="center", bottom=2, bottom_color=colour)

    def cell(
        self, numbers: Iterable[float], group: Group = Group.EPOCH, changes: bool = False, digits: str = ""
    ) -> Any:
        """The style of a column of numbers; ``changes`` where a reader may change them."""
        how: dict[str, Any] = {"num_format": digits or number_format(numbers)}
        if group in COMPUTED:
            how["font_color"] = COLOURS[group][0]
        if changes:
            how |= {"bg_color": TO_CHANGE, "border": 1, "border_color": "#D9CE7A"}
        return self.style(**how)


def plain(words: str) -> str:
    """Words of a user's for a cell, on one line, where every sign of them is to be seen."""
    return cut(visible(" ".join(words.split())), _LONGEST_TEXT)


def capital(words: str) -> str:
    """Words with a capital letter in front."""
    return words[:1].upper() + words[1:]


def number_format(numbers: Iterable[float]) -> str:
    """How a column of numbers is shown: whole numbers as such, small and large ones by powers of ten."""
    found = np.asarray(list(numbers), dtype=float)
    sizes = np.abs(found[np.isfinite(found)])
    largest = float(sizes.max(initial=0.0))
    if not len(sizes) or (largest < 1e6 and bool((sizes == np.round(sizes)).all())):
        return "0"
    return "0.000000" if 1e-3 <= largest < 1e4 else "0.0000E+00"


def value(number: float) -> float | str:
    """A number as it is kept beside its formula."""
    return float(number) if np.isfinite(number) else ERROR


def write_words(sheet: Any, row: int, column: int, words: str, style: Any) -> None:
    """Write text, which is never a formula; a cell without any is empty."""
    if words:
        sheet.write_string(row, column, words, style)
    else:
        sheet.write_blank(row, column, None, style)
