"""A line of the work as a claim: both of its sides are equal as they are written, derivatives and differentials too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import mul
from typing import Protocol, final

from sympy import Basic, Expr, Symbol
from sympy.core.relational import Relational

from symbackprop.judge.claims import Apart, Equality, Placed, Sides, direction, fitted, place_of
from symbackprop.judge.entries import Entries, entrywise, total
from symbackprop.judge.numbers import Undecidable
from symbackprop.judge.walk import Walk, parts_of
from symbackprop.judge.world import World, inner
from symbackprop.matrices import shape_of
from symbackprop.network.network import Network
from symbackprop.notation import Differential, Direct, Frobenius, Partial, Total


class Derived(Protocol):
    """What is asked of a derivation to judge a line about it."""

    @property
    def network(self) -> Network:
        """The network."""

    @property
    def wrt(self) -> tuple[Symbol, ...]:
        """The names that move."""

    @property
    def facts(self) -> tuple[Relational, ...]:
        """What is known."""

    @property
    def backward(self) -> Mapping[Symbol, Expr]:
        """The formulas of error signals."""


@final
@dataclass(frozen=True, eq=False)
class Line(Equality):
    """A printed equation holds, where the names in ``wrt`` move and all others from outside stand still.

    What a derivative or a differential is comes from the equations alone, pushed forward:

    - ``Total(y, x)`` through every route, where x moves by itself, whatever its own equation says;
    - ``Direct(y, x)`` in the equation of y, its other names held fixed;
    - ``Differential(X)`` along one movement of all names in ``wrt``; ``Frobenius`` is the sum of the products.
    """

    lhs: Expr
    rhs: Expr
    wrt: Sequence[Symbol] = ()

    @classmethod
    def of(cls, derivation: Derived, lhs: Expr, rhs: Expr) -> Line:
        """A line about a derivation, with those of its error signals that the line needs."""
        signals = _needed(derivation.backward, (lhs, rhs))
        return cls(derivation.network, lhs, rhs, derivation.wrt, signals=signals, facts=derivation.facts)

    @cached_property
    def equations(self) -> Mapping[Symbol, Expr]:
        return _needed(self.network.to_loss, (self.lhs, self.rhs, *self.signals.values()))

    @property
    def exprs(self) -> Sequence[Basic]:
        return [self.lhs, self.rhs, *self.wrt]

    def sides(self, world: World, turn: int) -> Sides:
        """Both sides, entry by entry; the gradient by a matrix along a direction, in which every entry has its part."""
        meaning = _Meaning(world, self.wrt, turn)
        if isinstance(self.lhs, Total) and shape_of(self.lhs.by):
            by = self.lhs.by.name
            formula = fitted(meaning.walk.value(self.rhs), world.values[by].shape, self.rhs)
            seeds = {by: direction(world.numbers, world.values[by], turn)}
            return [(meaning.slope(self.lhs.of, seeds).only, inner(world.numbers, [(formula, seeds[by])]))]
        left, right = self._values(meaning)
        return list(zip(left.flat, right.flat, strict=True))

    def entries(self, world: World, apart: Apart | None = None) -> Placed:
        left, right = self._values(_Meaning(world, self.wrt, 0))
        for place, (true, claimed) in enumerate(zip(left.flat, right.flat, strict=True)):
            yield place_of(place, left.shape), true, claimed

    def _values(self, meaning: _Meaning) -> tuple[Entries, Entries]:
        left, right = meaning.walk.value(self.lhs), meaning.walk.value(self.rhs)
        return (
            (left, fitted(right, left.shape, self.rhs)) if left.shape else (fitted(left, right.shape, self.lhs), right)
        )


def _parts_of(node: Basic) -> Sequence[Basic]:
    return () if isinstance(node, (Partial, Differential)) else parts_of(node)


class _Meaning:
    """What derivatives and differentials are worth in a world, and a walk that asks for it."""

    def __init__(self, world: World, wrt: Sequence[Symbol], turn: int) -> None:
        self.world = world
        self.wrt = wrt
        self.turn = turn
        self.walk = Walk(world.numbers, world.values, world.sizes, world.forks, self._of, _parts_of)

    def _of(self, walk: Walk, node: Basic) -> Entries:
        match node:
            case Frobenius():
                left, right = (walk.known[part] for part in node.args)
                if left.shape != right.shape:
                    raise ValueError(f"{node} is of shapes {left.shape} and {right.shape}")
                return Entries.scalar(total(entrywise(mul, left, right).flat))
            case Differential(of=of):
                return self._together.value(of).each(self.world.numbers.slope)
            case Direct():
                return self._entry_by_entry(node, self._beside)
            case Partial():
                return self._entry_by_entry(node, self.slope)
        return walk.by_definition(node)

    def slope(self, of: Expr, seeds: Mapping[str, Entries]) -> Entries:
        """The derivative of an expression through every route from what moves by itself."""
        return self._over(self.world.moving(seeds)).value(of).each(self.world.numbers.slope)

    def _beside(self, of: Expr, seeds: Mapping[str, Entries]) -> Entries:
        """The derivative of a name's own equation, or of an expression, where its other names stand still."""
        moved = {
            name: entrywise(self.world.numbers.moved, self.world.values[name], seed) for name, seed in seeds.items()
        }
        expr = self.world.equations.get(of, of) if of.is_Symbol and of.name not in seeds else of
        return self._over(moved).value(expr).each(self.world.numbers.slope)

    def _entry_by_entry(self, node: Partial, slope: Callable[[Expr, Mapping[str, Entries]], Entries]) -> Entries:
        """The derivative of a number by each entry of a name."""
        by = node.by.name
        if shape_of(node.of):
            raise Undecidable(f"{node} is a derivative of a matrix")
        if by not in self.world.values:
            raise Undecidable(f"{by} has no value")
        shape = self.world.values[by].shape
        count = len(self.world.values[by].flat)
        return Entries(shape, tuple(slope(node.of, {by: self.world.unit(by, k)}).only for k in range(count)))

    @cached_property
    def _together(self) -> Walk:
        """A walk over values that move along one direction, as ``wrt`` says."""
        seeds = {
            name: direction(self.world.numbers, self.world.values[name], self.turn + k)
            for k, name in enumerate(_by_themselves(self.world, self.wrt))
        }
        return self._over(self.world.moving(seeds))

    def _over(self, values: Mapping[str, Entries]) -> Walk:
        """A walk over these values; all others stand still."""
        still = {name: value.each(self.world.numbers.still) for name, value in self.world.values.items()}
        return Walk(self.world.numbers, {**still, **values}, self.world.sizes, self.world.forks)


def _by_themselves(world: World, wrt: Sequence[Symbol]) -> list[str]:
    """The names in ``wrt`` that no other of them moves."""
    moved = set(wrt) & set(world.network.leaves)
    found = sorted(name.name for name in moved)
    for name, expr in world.equations.items():
        if not moved.isdisjoint(expr.free_symbols):
            moved.add(name)
        elif name in wrt:
            moved.add(name)
            found.append(name.name)
    return found


def _needed(defined: Mapping[Symbol, Expr], exprs: Sequence[Expr]) -> dict[Symbol, Expr]:
    """The definitions of the names that stand in expressions, and of those that these are made of."""
    waiting = [symbol for expr in exprs for symbol in expr.free_symbols]
    found: set[Symbol] = set()
    while waiting:
        symbol = waiting.pop()
        if symbol in defined and symbol not in found:
            found.add(symbol)
            waiting += defined[symbol].free_symbols
    return {name: expr for name, expr in defined.items() if name in found}
