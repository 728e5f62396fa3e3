"""The arguments of the calls in a formula: how many they are, axes, sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Expr

from symbackprop.matrices.operations.record import Read
from symbackprop.matrices.shapes import together
from symbackprop.network.formulas.sizes import is_size
from symbackprop.network.formulas.source import counted
from symbackprop.reading import syntax as s
from symbackprop.reading.arithmetic import Arithmetic


class Arguments:
    """Reads arguments."""

    def __init__(self, meaning: Arithmetic) -> None:
        self.meaning = meaning

    def count(self, node: s.Call, least: int, most: int, usage: str, given: Sequence[s.Node] | None = None) -> None:
        """Refuse too many arguments or too few."""
        given = node.arguments if given is None else given
        if not least <= len(given) <= most:
            takes = str(least) if least == most else f"{least} to {most}"
            what = f"{self.meaning.piece(node)} gives {node.word or node.function} {counted(len(given), 'argument')}"
            self.meaning.fail("arguments", what, f"it takes {takes}: write {usage}", node)

    def parts(self, node: s.Call, count: int, usage: str) -> list[Read]:
        """Read that many arguments."""
        self.count(node, count, count, usage)
        return [self.meaning.value(part) for part in node.arguments]

    def items(self, node: s.Node) -> list[s.Node]:
        """What stands in a list, or one thing as a list."""
        return list(node.items) if isinstance(node, s.Items) else [node]

    def axis(self, node: s.Call) -> int | None:
        """The axis that a call is told: 0, 1, or None where there is none."""
        given = [value for word, value in node.keywords if word == "axis"] or list(node.arguments[1:2])
        strange = [word for word, _ in node.keywords if word != "axis"]
        if strange:
            what = f"{strange[0]}= in {self.meaning.piece(node)}"
            self.meaning.fail("arguments", what, "axis= and keepdims= are known here", node)
        if not given or (isinstance(given[0], s.Items) and len(given[0].items) == 2):
            return None
        axis = self.meaning.scalar(given[0])
        if axis not in (-2, -1, 0, 1):
            what = f"the axis in {self.meaning.piece(node)} is neither 0 nor 1"
            self.meaning.fail("axis", what, "say axis=1 for each row or axis=0 for each column", given[0])
        return int(axis) % 2

    def sizes(self, nodes: Sequence[s.Node], node: s.Call, least: int = 1) -> list[Expr]:
        """Read sizes, each alone or several in brackets; none is below the ``least``."""
        known = frozenset(self.meaning.derivation.network.sizes)
        sizes = [self.meaning.scalar(size) for part in nodes for size in self.items(part)]
        for size in sizes:
            if size.free_symbols - known or not is_size(size, least):
                words = ", ".join(sorted(s.name for s in known)) or "whole numbers"
                what = f"{size} in {self.meaning.piece(node)} is not a size"
                self.meaning.fail("size", what, f"use whole numbers and the sizes of the network: {words}", node)
        return sizes


def together_of(parts: Sequence[Read]) -> Any:
    """The shape of what several parts make entry by entry."""
    whole, shape = parts[0]
    for expr, found in parts[1:]:
        whole, shape = (whole if shape else expr), together("and", whole, shape, expr, found)
    return shape
