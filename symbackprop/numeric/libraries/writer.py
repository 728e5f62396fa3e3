"""Expressions as Python source for an array library that is stricter than NumPy.

Functions of such a library take arrays alone, where NumPy's take numbers, too, and a choice between two numbers has no
dtype there. So what is made of Python's own numbers is worked out by Python's own functions, and becomes an array where
one is needed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any, final

from symbackprop.functions.catalogue import BY_NAME
from symbackprop.notation import NameTable
from symbackprop.notation.nodes import Apply, Call, Compare, Constant, Logic, Name, Node, OwnCall
from symbackprop.notation.python.writer import OF_NUMBERS, Branches, FormulaCode, Hook
from symbackprop.numeric.libraries.library import Library


@final
class ArrayWriter(FormulaCode):
    """Writes source for one library.

    ``numbers`` are the names of Python's own numbers, and ``like`` is the name in the source of an array: where a
    function needs an array and is given a number, it gets one of the same shape, dtype and device.
    """

    def __init__(self, library: Library, names: NameTable, call: Hook, numbers: Collection[str], like: str) -> None:
        super().__init__(names, call)
        self.space, self.key = library.namespace, {"array-api": "xp"}.get(library.name, library.name)
        self.operations, self.taken_by = library.operations, library.taken_by
        self.numbers = numbers
        self.like = like

    def is_plain(self, part: Any) -> bool:
        match part:
            case Name(name):
                return name in self.numbers
            case Apply(function) if function not in OF_NUMBERS:
                return False
            case Call() | OwnCall():
                return False
            case tuple():
                return all(map(self.is_plain, part))
            case Node():
                return all(self.is_plain(getattr(part, f.name)) for f in fields(part))  # type: ignore[arg-type]
        return True

    def argument(self, node: Node) -> str:
        return self.filled(node, self.like) if self.is_plain(node) else self.write(node)

    def filled(self, number: Node, like: str) -> str:
        """An array full of a number."""
        return f"{self.word('full_like')}({like}, {self.write(number)})"

    # Functions

    def constant(self, node: Constant) -> str:
        return "None" if node.name == "none" else self.word(node.name, "math")

    def known_call(self, node: Apply) -> str:
        function, arguments = self.as_call(node)
        if function in (f"{self.space}.clip", "max", "min") or self.is_plain(node):
            return self.call_of(function, arguments)
        settings = self.writes(node.settings)
        numbers = BY_NAME[node.function].numbers if node.function in BY_NAME else 0
        arrays = map(self.argument, arguments[numbers : len(arguments) - len(settings)])
        return f"{function}({', '.join([*self.writes(arguments[:numbers]), *arrays, *settings])})"

    # Cases

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        """A choice that numbers alone decide is Python's own."""
        otherwise = self.choose(rest)
        if self.is_plain(condition):
            return f"({self.write(value)} if {self.write(condition)} else {otherwise})"
        chosen = self.filled(value, self.array_in(condition)) if self.is_bare(value, rest) else self.write(value)
        return f"{self.word('where')}({self.write(condition)}, {chosen}, {otherwise})"

    def array_in(self, condition: Node) -> str:
        """A part of a condition that is an array."""
        if isinstance(condition, Compare):
            return self.write(condition.right if self.is_plain(condition.left) else condition.left)
        assert isinstance(condition, Logic)
        return self.array_in(next(part for part in condition.parts if not self.is_plain(part)))
