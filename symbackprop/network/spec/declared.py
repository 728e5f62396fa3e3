"""The names that a spec file defines, each once, and the values that it gives them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from symbackprop.network.formulas import MATRIX_WORDS, TAKEN_NAMES, counted, parse_name, parse_names, quote
from symbackprop.network.spec.shapes import Shapes
from symbackprop.network.spec.tables import ROLES, Tables, shown
from symbackprop.network.spec.toml_lines import Key
from symbackprop.network.values import Value


class Declared:
    """Notes where each name is defined. ``functions`` are the user's own, whose names are taken.

    In a file with shapes the operations on matrices and the sizes have names too.
    """

    def __init__(self, tables: Tables, functions: Container[str], shapes: Shapes) -> None:
        self.tables = tables
        self.functions = functions
        self.shapes = shapes
        self.places: dict[str, Key] = {}

    def define(self, written: str, section: str) -> str:
        """Check a name that the file defines, and note where."""
        key = (section, written)
        with self.tables.at(key):
            names = parse_names(written) if section == "equations" else (parse_name(written),)
        for name in names:
            if name in TAKEN_NAMES or name in self.functions or (self.shapes and name in MATRIX_WORDS):
                self.tables.fail(
                    key, "name", f"{quote(name)} is a function and cannot be {ROLES[section]}", "rename it"
                )
            if name in self.shapes.sizes:
                self.tables.fail(
                    key,
                    "duplicate",
                    f"{quote(name)} is {ROLES[section]} and a size of {quote(self.shapes.sizes[name])}",
                    "give sizes names of their own",
                )
            if name in self.places:
                other = self.places[name]
                self.tables.fail(
                    key,
                    "duplicate",
                    f"{quote(name)} is {ROLES[section]} here and {ROLES[other[0]]} on line {self.tables.line(other)}",
                    "give each value a name of its own",
                )
            self.places[name] = key
        return ", ".join(names)

    def names(self, section: str, arrays: Container[str] | None = None) -> dict[str, Value | None]:
        """The names of a section, with their values where they have one; ``arrays`` are those that are matrices.

        Where nothing is said of these, they are those that have a shape in the file.
        """
        content = self.tables.content.get(section, {})
        if isinstance(content, list):
            for name in content:
                if not isinstance(name, str):
                    self.tables.fail(
                        (section,), "name", f"{shown(name)} in {section} is not a name", 'write ["i1", "i2"]'
                    )
            return {self.define(name, section): None for name in content}
        values: dict[str, Value | None] = {}
        for written, value in content.items():
            name = self.define(written, section)
            read = self._rows if name in (self.shapes if arrays is None else arrays) else self._value
            values[name] = read(section, written, value)
        return values

    def _rows(self, section: str, name: str, value: Any) -> Value:
        """The value of a matrix: a list of rows, each a list of numbers."""
        key = (section, name)
        if not isinstance(value, list):
            number = self.tables.number(key, name, value)
            self.tables.fail(
                key, "rows", f"the matrix {quote(name)} is one number", f"write its rows: {name} = [[{number:g}, …], …]"
            )
        if not any(isinstance(row, list) for row in value):
            entries = [f"{entry:g}" for entry in value[:3] if isinstance(entry, (int, float))] or ["…"]
            row, column = ", ".join(entries), ", ".join(f"[{entry}]" for entry in entries)
            self.tables.fail(
                key,
                "rows",
                f"the matrix {quote(name)} is {'a flat list' if value else 'an empty list'}",
                f"write [[{row}, …]] for one row, or [{column}, …] for one column",
            )
        for number, row in enumerate(value, start=1):
            if not isinstance(row, list) or not row:
                found = "empty" if isinstance(row, list) else shown(row)
                self.tables.fail(
                    key, "rows", f"row {number} of {quote(name)} is {found}", "write each row as a list of numbers"
                )
            if len(row) != len(value[0]):
                self.tables.fail(
                    key,
                    "ragged",
                    f"row {number} of {quote(name)} has {counted(len(row), 'number')} and row 1 has {len(value[0])}",
                    "give every row as many numbers",
                )
        return tuple(tuple(self.tables.number(key, name, entry) for entry in row) for row in value)

    def _value(self, section: str, name: str, value: Any) -> Value:
        key = (section, name)
        if self.shapes and isinstance(value, list):
            self.tables.fail(
                key, "shape", f"{quote(name)} is a list and has no shape", f'write {name} = "m × n" under [shapes]'
            )
        if not isinstance(value, list):
            return self.tables.number(key, name, value)
        if section == "parameters":
            self.tables.fail(key, "number", f"the parameter {quote(name)} is a list", "give a parameter one number")
        if not value:
            self.tables.fail(key, "number", f"{quote(name)} is an empty list", "give one number an example")
        return tuple(self.tables.number(key, name, item) for item in value)

    def check_lengths(self, values: Mapping[str, Value]) -> None:
        """Refuse lists of different lengths: each has one number an example."""
        lists = {name: value for name, value in values.items() if isinstance(value, tuple) and not self.shapes}
        for name, value in lists.items():
            first = next(iter(lists))
            if len(value) != len(lists[first]):
                self.tables.fail(
                    self.places[name],
                    "ragged",
                    f"{quote(name)} has {len(value)} values and {quote(first)} has {len(lists[first])}",
                    "give every list one number an example",
                )
