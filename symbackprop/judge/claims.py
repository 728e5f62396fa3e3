"""What can be claimed of a network: that a formula is a gradient, that two expressions are equal, that a line holds."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import final

from sympy import Basic, Expr, S, Symbol
from sympy.core.relational import Relational

from symbackprop.judge.entries import Entries
from symbackprop.judge.numbers import Moving, Number
from symbackprop.judge.rounded import meant
from symbackprop.judge.world import World, inner
from symbackprop.matrices import Array, MatrixRoot
from symbackprop.network.network import Network
from symbackprop.notation.recursion import subexpressions

Sides = list[tuple[Number, Number]]
"""Pairs of numbers that should be equal."""


Apart = Callable[[Number, Number], bool]
"""Tells that two numbers cannot be the same."""

Placed = Iterator[tuple[tuple[int, int] | None, Number, Number]]
"""What is true and what is claimed of each entry, with its place counted from 1."""

FEW_ENTRIES = 100
"""Of a matrix that are all looked at for the one that is the furthest off."""


@dataclass(frozen=True, eq=False)
class Claim(ABC):
    """Something about a network that is true or false. ``signals`` are the formulas of error signals."""

    network: Network
    signals: Mapping[Symbol, Expr] = field(default_factory=dict, kw_only=True)
    facts: Sequence[Relational] = field(default=(), kw_only=True)

    @abstractmethod
    def sides(self, world: World, turn: int) -> Sides:
        """What should be equal in a world: what is true, and what is claimed. ``turn`` chooses of many directions."""

    @abstractmethod
    def seeds(self, numbers: Moving, leaves: Mapping[str, Entries], turn: int) -> Mapping[str, Entries]:
        """How the names move whose values come from outside; the others stand still."""

    @property
    @abstractmethod
    def equations(self) -> Mapping[Symbol, Expr]:
        """The equations of the network that have a part in it."""

    @property
    @abstractmethod
    def exprs(self) -> Sequence[Basic]:
        """The expressions that the claim is about."""

    @property
    def everything(self) -> Iterator[Basic]:
        """All that the claim depends on, in order."""
        for group in (self.network.to_loss, self.signals):
            for name, expr in group.items():
                yield name
                yield expr
        yield from self.facts
        yield from self.exprs

    @cached_property
    def rooted(self) -> tuple[str, ...]:
        """The names of matrices whose roots are taken; each part is looked at once, and all once for every trial."""
        roots = (node.args[0] for node in subexpressions(*self.everything) if isinstance(node, MatrixRoot))
        return tuple(sorted({array.name for array in roots if isinstance(array, Array)}))

    @property
    @abstractmethod
    def bare(self) -> Claim | None:
        """A claim that is defined wherever what is true is defined; None where no part of the claim is the true one."""

    @abstractmethod
    def unrounded(self) -> Iterator[tuple[str, Claim]]:
        """The claim with a number in place of a decimal that may be that number rounded, and the decimal."""

    @abstractmethod
    def entries(self, world: World, apart: Apart | None = None) -> Placed:
        """Entry by entry what is true and what is claimed.

        Where the entries are many, one alone of those that are ``apart``, if it is said how that is told.
        """


@final
@dataclass(frozen=True, eq=False)
class Gradients(Claim):
    """Formulas are the gradients of the loss by these names.

    What is true comes from the equations, pushed forward along a direction; no table of adjoints has a part in it.
    """

    formulas: Mapping[Symbol, Expr]

    @property
    def exprs(self) -> Sequence[Basic]:
        return [part for pair in self.formulas.items() for part in pair]

    @property
    def equations(self) -> Mapping[Symbol, Expr]:
        return self.network.to_loss

    @property
    def bare(self) -> Claim:
        return replace(self, formulas=dict.fromkeys(self.formulas, S.Zero))

    def unrounded(self) -> Iterator[tuple[str, Claim]]:
        for name, formula in self.formulas.items():
            for decimal, exact in meant(formula):
                yield decimal, replace(self, formulas={**self.formulas, name: exact})

    def seeds(self, numbers: Moving, leaves: Mapping[str, Entries], turn: int) -> Mapping[str, Entries]:
        return {
            name.name: direction(numbers, leaves[name.name], turn + k)
            for k, name in enumerate(self.formulas)
            if name.name in leaves
        }

    def sides(self, world: World, turn: int) -> Sides:
        seeds = dict(world.seeds)
        inside = [name.name for name in self.formulas if name.name not in seeds]
        seeds |= {name: direction(world.numbers, world.values[name], turn) for name in inside}
        moved = world.moving(seeds) if inside or turn else world.values
        true = world.numbers.slope(moved[self.network.loss.name].only)
        pairs = [(_shaped(world, name, formula), seeds[name.name]) for name, formula in self.formulas.items()]
        return [(true, inner(world.numbers, pairs))]

    def entries(self, world: World, apart: Apart | None = None) -> Placed:
        for name, formula in self.formulas.items():
            claimed = _shaped(world, name, formula)
            places: Sequence[int] = range(len(claimed.flat))
            if apart is not None and len(places) > FEW_ENTRIES:
                places = self._narrowed(world, name, claimed, apart)
            for place in places:
                true = world.slope(self.network.loss, {name.name: world.unit(name.name, place)}).only
                yield place_of(place, claimed.shape), true, claimed.flat[place]

    def _narrowed(self, world: World, name: Symbol, claimed: Entries, apart: Apart) -> list[int]:
        """A place where the sides are apart, found by moving half of the entries, then half of these and so on."""
        weights = direction(world.numbers, claimed, 0).flat
        still = world.numbers.number(Fraction(0))
        places = list(range(len(weights)))
        while len(places) > 1:
            for half in (places[: len(places) // 2], places[len(places) // 2 :]):
                moved = set(half)
                seed = Entries(claimed.shape, tuple(w if k in moved else still for k, w in enumerate(weights)))
                if apart(
                    world.slope(self.network.loss, {name.name: seed}).only, inner(world.numbers, [(claimed, seed)])
                ):
                    places = half
                    break
            else:
                return []  # what is wrong in one half is balanced in it
        return places


@dataclass(frozen=True, eq=False)
class Equality(Claim):
    """Two sides are the same, and neither is known to be the true one; nothing moves on either unless it says so."""

    @property
    def bare(self) -> None:
        return None

    def unrounded(self) -> Iterator[tuple[str, Claim]]:
        return iter(())

    def seeds(self, numbers: Moving, leaves: Mapping[str, Entries], turn: int) -> Mapping[str, Entries]:
        return {}


@final
@dataclass(frozen=True, eq=False)
class Equal(Equality):
    """Two expressions have the same value at every point."""

    left: Expr
    right: Expr

    @property
    def exprs(self) -> Sequence[Basic]:
        return [self.left, self.right]

    @property
    def equations(self) -> Mapping[Symbol, Expr]:
        return self.network.to_loss

    def sides(self, world: World, turn: int) -> Sides:
        left, right = world.value(self.left), world.value(self.right)
        if left.shape != right.shape:
            raise ValueError(f"shapes {left.shape} and {right.shape}")
        return list(zip(left.flat, right.flat, strict=True))

    def entries(self, world: World, apart: Apart | None = None) -> Placed:
        return ((None, left, right) for left, right in self.sides(world, 0))


def direction(numbers: Moving, value: Entries, turn: int) -> Entries:
    """A direction in which no entry stands still: of field elements any, of real numbers small whole ones."""
    return Entries(value.shape, tuple(numbers.step(7 * k + 5 * turn) for k in range(len(value.flat))))


def place_of(number: int, shape: Sequence[int]) -> tuple[int, int] | None:
    """The row and the column of an entry, counted from 1; a scalar has none."""
    if not shape:
        return None
    row, column = divmod(number, shape[1])
    return row + 1, column + 1


def fitted(found: Entries, wanted: tuple[int, ...], formula: Expr) -> Entries:
    """The value of a formula that should have a shape; zero stands for a matrix of zeros."""
    if found.shape == wanted:
        return found
    if formula.is_zero:
        return Entries(wanted, found.flat * math.prod(wanted))
    raise ValueError(f"the formula has shape {found.shape}, and not {wanted}")


def _shaped(world: World, name: Symbol, formula: Expr) -> Entries:
    return fitted(world.value(formula), world.values[name.name].shape, formula)
