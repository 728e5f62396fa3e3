"""The equations of a spec file with shapes: each is read once the shapes of what it uses are known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr, Symbol, Tuple

from symbackprop.functions.user import UserFunction
from symbackprop.matrices import Array, Shape, shape_of
from symbackprop.network.formulas import names_used, parse_equation
from symbackprop.network.order import in_order
from symbackprop.network.sizes import fitted
from symbackprop.network.spec.tables import Tables


class ShapedEquations:
    """Reads the equations of one file.

    ``leaves`` are the names whose values come from outside. The shape of an equation follows from its formula; where
    ``shapes`` has one too, it must be the same.
    """

    def __init__(
        self,
        tables: Tables,
        shapes: Mapping[str, Shape],
        functions: Mapping[str, type[UserFunction]],
        leaves: Mapping[str, Symbol],
    ) -> None:
        self.tables = tables
        self.shapes = shapes
        self.functions = functions
        self.symbols = dict(leaves)
        """Every name that has been read so far."""
        self.typed: dict[Expr, tuple[Expr, ...]] = {}
        """In which order sums and products were typed."""

    def read(self, texts: Mapping[str, tuple[str, str]]) -> dict[Any, Any]:
        """Expressions by name, in the order given.

        ``texts`` has the key as it is written and the formula, by the name, or by the names with commas between them.
        """
        used = {left: self._names_used(left, *texts[left]) for left in texts}
        group_of = {name: left for left in texts for name in left.split(", ")}
        order = in_order({Symbol(name): used[left] for name, left in group_of.items()})
        read = {left: self._equation(left, *texts[left]) for left in dict.fromkeys(group_of[s.name] for s in order)}
        return dict(read[left] for left in texts)

    def _names_used(self, left: str, written: str, text: str) -> Tuple:
        with self.tables.at(("equations", written)):
            return Tuple(*map(Symbol, names_used(text, where=left)))

    def _equation(self, left: str, written: str, text: str) -> tuple[Any, Any]:
        """The name and its expression; or a tuple of names and the tuple of theirs."""
        names = left.split(", ")
        with self.tables.at(("equations", written)):
            right = parse_equation(text, self.symbols, self.functions, count=len(names), where=left, typed=self.typed)
            if isinstance(right, tuple):
                self.symbols |= {name: Symbol(name) for name in names}
                return tuple(map(Symbol, names)), right
            name = named(left, self.shapes) if left in self.shapes else named(left, {left: shape_of(right)})
            self.symbols[left] = name
            return name, fitted(name, right)


def named(name: str, shapes: Mapping[str, Shape]) -> Symbol:
    """The array of that name where it has a shape, else the scalar."""
    shape = shapes.get(name, ())
    return Array(name, shape) if shape else Symbol(name)
