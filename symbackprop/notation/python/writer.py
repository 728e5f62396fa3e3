"""The writer of Python source for NumPy."""

from __future__ import annotations

from typing import Any, final

from symbackprop.notation.nodes import Apply, Constant, Node
from symbackprop.notation.python.code import Branches, FormulaCode


@final
class PythonWriter(FormulaCode):
    """Writes Python source that works on NumPy arrays."""

    space, key = "np", "numpy"

    def is_plain(self, part: Any) -> bool:
        return False  # NumPy's functions take numbers, too

    def argument(self, node: Node) -> str:
        return self.write(node)

    def constant(self, node: Constant) -> str:
        return f"np.{node.name}"

    def known_call(self, node: Apply) -> str:
        return self.component(node) if node.index is not None else self.call_of(*self.as_call(node))

    def choice(self, value: Node, condition: Node, rest: Branches) -> str:
        return f"np.where({self.write(condition)}, {self.write(value)}, {self.choose(rest)})"
