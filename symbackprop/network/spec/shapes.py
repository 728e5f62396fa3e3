"""The section [shapes] of a spec file: which names are matrices, and of what sizes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sympy import Expr, Integer

from symbackprop.errors import did_you_mean
from symbackprop.matrices import Shape
from symbackprop.network.formulas import MATRIX_WORDS, TAKEN_NAMES, parse_name, parse_size, quote
from symbackprop.network.spec.tables import Tables, shown

_BETWEEN = re.compile(r"\s*×\s*|\s+x\s+|(?<=[0-9])x(?=[0-9])")
"""What stands between rows and columns: ``m × n``, ``m x n`` or ``4x2``."""
_FIX = 'write rows and columns, "m × n" or ["m", "n"]; a row is "1 × n" and a column "m × 1"'


class Shapes(Mapping[str, Shape]):
    """The shape of each name that has one in the file. Empty where the file has no such section."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.known: dict[str, Shape] = {}
        self.sizes: dict[str, str] = {}
        """Each name of a size, with the first name whose shape has it."""
        for written, value in tables.table("shapes").items():
            key = ("shapes", written)
            with tables.at(key):
                name = parse_name(written)
            if name in self.known:
                tables.fail(key, "duplicate", f"{quote(name)} has two shapes", "remove one")
            self.known[name] = rows, columns = self._shape(written, value)
            for symbol in sorted(rows.free_symbols | columns.free_symbols, key=str):
                self._check_size_name(written, symbol.name)
                self.sizes.setdefault(symbol.name, name)

    def __getitem__(self, name: str) -> Shape:
        return self.known[name]

    def __iter__(self) -> Any:
        return iter(self.known)

    def __len__(self) -> int:
        return len(self.known)

    def check_names(self, defined: Collection[str]) -> None:
        """Refuse shapes of names that the file does not define."""
        for name in self.known:
            if name not in defined:
                fix = did_you_mean(name, defined)
                self.tables.fail(("shapes", name), "unknown-name", f"{quote(name)} has a shape and is no name", fix)

    def _shape(self, name: str, value: Any) -> tuple[Expr, Expr]:
        key = ("shapes", name)
        parts = _BETWEEN.split(value.strip()) if isinstance(value, str) else value
        if not isinstance(parts, list) or len(parts) != 2 or "" in parts:
            self.tables.fail(key, "shape", f"the shape of {quote(name)} is {shown(value)}", _FIX)
        rows, columns = (self._size(name, part) for part in parts)
        return rows, columns

    def _size(self, name: str, value: Any) -> Expr:
        key = ("shapes", name)
        if isinstance(value, str):
            with self.tables.at(key):
                return parse_size(value, where=name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self.tables.fail(key, "size", f"a size of {quote(name)} is {shown(value)}", _FIX)
        return Integer(value)

    def _check_size_name(self, name: str, size: str) -> None:
        if size in TAKEN_NAMES or size in MATRIX_WORDS:
            self.tables.fail(("shapes", name), "name", f"{quote(size)} is a function and cannot be a size", "rename it")
