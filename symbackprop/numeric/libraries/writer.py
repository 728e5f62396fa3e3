"""Expressions as Python source for an array library that is stricter than NumPy.

Functions of such a library take arrays alone, where NumPy's take numbers, too, and a choice between two numbers has no
dtype there. So what is made of Python's own numbers is worked out by Python's own functions, and becomes an array where
one is needed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from typing import Any

from symbackprop.functions.catalogue import BY_NAME, ROWS
from symbackprop.notation import NameTable
from symbackprop.notation.nodes import Apply, Call, Compare, Constant, Logic, Name, Node, OwnCall, Root
from symbackprop.notation.python import Hook, PythonWriter, is_number
from symbackprop.numeric.libraries.library import Library

_OF_NUMBERS = {row.name: f"math.{row.native['math']}" for row in ROWS if "math" in row.native} | {
    name: name for name in ("abs", "max", "min")
}
"""What Python's own functions work out."""
_CONSTANTS = {"pi": "math.pi", "e": "math.e", "inf": "math.inf", "nan": "math.nan", "none": "None"}
_NONE = Constant("none")

Branches = Sequence[tuple[Node, Node | None]]


class ArrayWriter(PythonWriter):
    """Writes source for one library.

    ``numbers`` are the names of Python's own numbers, and ``like`` is the name in the source of an array: where a
    function needs an array and is given a number, it gets one of the same shape, dtype and device.
    """

    def __init__(self, library: Library, names: NameTable, call: Hook, numbers: Collection[str], like: str) -> None:
        super().__init__(names, call)
        self.space = library.namespace
        self.key = {"array-api": "xp"}.get(library.name, library.name)
        self.operations = library.operations
        self.numbers = numbers
        self.like = like

    def is_plain(self, part: Any) -> bool:
        """Whether a node, or all of several, are made of Python's own numbers and come to one."""
        match part:
            case Name(name):
                return name in self.numbers
            case Apply(function) if function not in _OF_NUMBERS:
                return False
            case Call() | OwnCall():
                return False
            case tuple():
                return all(map(self.is_plain, part))
            case Node():
                return all(self.is_plain(getattr(part, f.name)) for f in fields(part))  # type: ignore[arg-type]
        return True

    def array(self, node: Node) -> str:
        """The node as an argument of a function that takes arrays alone."""
        return self.filled(node, self.like) if self.is_plain(node) else self.write(node)

    def filled(self, number: Node, like: str) -> str:
        """An array full of a number."""
        return f"{self.space}.full_like({like}, {self.write(number)})"

    # Functions

    def constant(self, node: Constant) -> str:
        return _CONSTANTS[node.name]

    def root(self, node: Root) -> str:
        return f"{self.home(node)}.sqrt({self.write(node.radicand)})"

    def home(self, node: Node) -> str:
        """The module whose function works it out."""
        return "math" if self.is_plain(node) else self.space

    def own_call(self, node: Apply | Call | OwnCall) -> str | None:
        if self.call is None or node.source is None:
            return None
        settings = () if isinstance(node, OwnCall) else node.settings
        return self.call(node.source, [*map(self.array, node.arguments), *self.writes(settings)])

    def apply(self, node: Apply) -> str:
        own = self.own_call(node)
        if own is not None:
            return own
        function, arguments = self.as_call(node)
        if function in (f"{self.space}.clip", "max", "min") or self.is_plain(node):
            return f"{function}({', '.join(self.writes(arguments))})"
        settings = self.writes(node.settings)
        numbers = BY_NAME[node.function].numbers if node.function in BY_NAME else 0
        arrays = map(self.array, arguments[numbers : len(arguments) - len(settings)])
        return f"{function}({', '.join([*self.writes(arguments[:numbers]), *arrays, *settings])})"

    def as_call(self, node: Apply) -> tuple[str, tuple[Node, ...]]:
        """The function to call and its arguments; the bounds of max and min that are numbers are those of clip."""
        match node:
            case Apply("max", (low, Apply("min", (high, inner)))) if is_number(low) and is_number(high):
                return f"{self.space}.clip", (inner, low, high)
            case Apply("max" | "min") if not self.is_plain(node):
                return self.extreme(node)
        if self.is_plain(node):
            return _OF_NUMBERS[node.function], node.arguments
        native = BY_NAME[node.function].native.get(self.key, "") if node.function in BY_NAME else ""
        if native.startswith(f"{self.space}."):
            return native, (*node.arguments, *node.settings)
        return node.function, (*node.arguments, *node.settings)

    def extreme(self, node: Apply) -> tuple[str, tuple[Node, ...]]:
        """The largest or smallest of several, some of which may be numbers."""
        arrays = tuple(part for part in node.arguments if not self.is_plain(part))
        bounds = tuple(part for part in node.arguments if self.is_plain(part))
        if bounds:
            bound, of = (parts[0] if len(parts) == 1 else Apply(node.function, parts) for parts in (bounds, arrays))
            return f"{self.space}.clip", (of, bound) if node.function == "max" else (of, _NONE, bound)
        first, *rest = arrays
        other = rest[0] if len(rest) == 1 else Apply(node.function, tuple(rest))
        return f"{self.space}.{'maximum' if node.function == 'max' else 'minimum'}", (first, other)

    # Cases

    def choose(self, branches: Branches) -> str:
        """Nested ``where``, nan where no condition holds; a choice that numbers alone decide is Python's own."""
        if not branches:
            return "math.nan"
        (value, condition), *rest = branches
        if condition is None:
            return self.write(value)
        otherwise = self.choose(rest)
        if self.is_plain(condition):
            return f"({self.write(value)} if {self.write(condition)} else {otherwise})"
        chosen = self.filled(value, self.array_in(condition)) if self.is_bare(value, rest) else self.write(value)
        return f"{self.space}.where({self.write(condition)}, {chosen}, {otherwise})"

    def is_bare(self, value: Node, rest: Branches) -> bool:
        """Whether a choice is one between two numbers."""
        return self.is_plain(value) and (not rest or self.is_plain(rest[0][0])) and not (rest and rest[0][1])

    def array_in(self, condition: Node) -> str:
        """A part of a condition that is an array."""
        if isinstance(condition, Compare):
            return self.write(condition.right if self.is_plain(condition.left) else condition.left)
        assert isinstance(condition, Logic)
        return self.array_in(next(part for part in condition.parts if not self.is_plain(part)))
