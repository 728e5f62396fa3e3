"""The writer of Python source for NumPy."""

from __future__ import annotations

from typing import Any, final

from symbackprop.functions.catalogue import ROWS
from symbackprop.notation.nodes import Apply, Constant, Node, Root
from symbackprop.notation.python.code import Branches, FormulaCode, is_number

_NUMPY = {row.name: word for row in ROWS if (word := row.native.get("numpy", "")).startswith("np.")}
"""Functions that NumPy has; others are helpers, under their own names."""
_EXTREMES = {"max": "np.maximum", "min": "np.minimum"}


@final
class PythonWriter(FormulaCode):
    """Writes Python source that works on NumPy arrays."""

    space = "np"

    def is_plain(self, part: Any) -> bool:
        return False  # NumPy's functions take numbers, too

    def argument(self, node: Node) -> str:
        return self.write(node)

    def constant(self, node: Constant) -> str:
        return f"np.{node.name}"

    def root(self, node: Root) -> str:
        return f"np.sqrt({self.write(node.radicand)})"

    def known_call(self, node: Apply) -> str:
        return self.component(node) if node.index is not None else self.call_of(*self.as_call(node))

    def as_call(self, node: Apply) -> tuple[str, tuple[Node, ...]]:
        """The function to call and its arguments: max and min take two at a time, and np.clip is both."""
        match node:
            case Apply("max", (low, Apply("min", (high, inner)))) if is_number(low) and is_number(high):
                return "np.clip", (inner, low, high)
            case Apply("max" | "min", (first, *rest)):
                other = rest[0] if len(rest) == 1 else Apply(node.function, tuple(rest))
                return _EXTREMES[node.function], (first, other)
        return _NUMPY.get(node.function, node.function), (*node.arguments, *node.settings)

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        return f"np.where({self.write(condition)}, {self.write(value)}, {self.choose(rest)})"
