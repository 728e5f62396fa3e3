"""The claim that names move by formulas where others move along directions that the network is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from sympy import Basic, Expr, Symbol

from symbackprop.judge.claims import Apart, Equality, Placed, Sides, fitted, place_of
from symbackprop.judge.entries import Entries
from symbackprop.judge.world import World


@final
@dataclass(frozen=True, eq=False)
class Pushed(Equality):
    """Where names move along ``directions``, which are names too, others move by ``formulas``.

    What is true comes from the equations alone, pushed forward; no table of adjoints has a part in it.
    """

    directions: Mapping[Symbol, Expr]
    formulas: Mapping[Symbol, Expr]

    @property
    def exprs(self) -> Sequence[Basic]:
        return [part for group in (self.directions, self.formulas) for pair in group.items() for part in pair]

    @property
    def equations(self) -> Mapping[Symbol, Expr]:
        return self.network.equations

    def sides(self, world: World, turn: int) -> Sides:
        return [(true, claimed) for _, true, claimed in self.entries(world)]

    def entries(self, world: World, apart: Apart | None = None) -> Placed:
        moved = world.moving({name.name: self._along(world, name) for name in self.directions})
        for name, formula in self.formulas.items():
            true = moved[name.name].each(world.numbers.slope)
            yield from _beside(true, fitted(world.value(formula), true.shape, formula))

    def _along(self, world: World, name: Symbol) -> Entries:
        """The direction of a name in numbers."""
        return fitted(world.value(self.directions[name]), world.values[name.name].shape, self.directions[name])


def _beside(true: Entries, claimed: Entries) -> Iterator[tuple[tuple[int, int] | None, object, object]]:
    for place, pair in enumerate(zip(true.flat, claimed.flat, strict=True)):
        yield place_of(place, true.shape), *pair
