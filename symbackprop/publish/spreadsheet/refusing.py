"""What a workbook cannot show, told in one line."""

from __future__ import annotations

from symbackprop.errors import SymbackpropError


def refused(what: str, fix: str, where: str = "") -> SymbackpropError:
    """The error of a report that cannot be had as a workbook."""
    return SymbackpropError("spreadsheet", what, fix, where=where)
