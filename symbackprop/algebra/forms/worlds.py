"""What expressions are worth at two points of prime fields, by which forms are held to be the same.

A number of a field is exact, so forms that differ there differ; forms that agree in all entries, at two assignments of
sizes of which none is 1, agree but for a chance that the judge's bounds make negligible. Where a network has kinks,
forms are held against each other on further sides of them, which most that are not the same do not survive; what does
is put before the court, which looks at every side.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from sympy import Basic, Eq, Expr, Integer, Symbol

from symbackprop.algebra.forms.constants import Constants
from symbackprop.errors import SymbackpropError
from symbackprop.judge import Equal, judge
from symbackprop.judge.entries import Entries
from symbackprop.judge.facts import obeying
from symbackprop.judge.field import Field
from symbackprop.judge.forks import Forks
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.point import Drawing, Point
from symbackprop.judge.prime import safe_prime
from symbackprop.judge.world import World
from symbackprop.matrices import Array
from symbackprop.network.facts import Fact
from symbackprop.network.network import Network

POINTS = 12
"""At how many points a world is tried where the network is not defined at the first."""
DRAWN = 12
"""How often elements are drawn in which every root exists, before roots are free."""
SEED = 20_011
FURTHER = (7, 5, 11, 9, 13)
"""Sizes of the world in which what is taken is tried once more."""

MOST_JUDGED = 24
"""How many forms of one derivation are put before the court; later ones stay as they are."""

Print = tuple[tuple[int, ...], ...]
"""The entries of a value, one tuple a world."""


@dataclass
class Worlds:
    """One network at the points. ``defined`` are the error signals and helpers so far, each in names before it."""

    network: Network
    facts: Sequence[Fact]
    defined: dict[Symbol, Expr] = field(default_factory=dict)
    judged: int = 0
    prints: dict[Basic, Print | None] = field(default_factory=dict)

    @cached_property
    def worlds(self) -> tuple[World, ...]:
        """A world for each assignment of sizes; none where the network is not defined in a field."""
        try:
            drawing = Drawing(self.network, self.facts, SEED)
            found = [self._world(drawing, drawing.sizes(turn), turn) for turn in (0, 1)]
            made = [world for world in found if world is not None]
            return (*made, *self._other_sides(drawing, made)) if len(made) == len(found) else ()
        except (Undecidable, SymbackpropError):
            return ()

    def _other_sides(self, drawing: Drawing, made: Sequence[World]) -> Iterator[World]:
        """Worlds on sides of the kinks that those made so far are not on: on one side alone, much looks the same."""
        seen = {way for world in made for way in world.forks.taken}
        if not seen or {(key, -side) for key, side in seen} <= seen:
            return
        for count, point in enumerate(self._points(drawing, drawing.sizes(0), POINTS)):
            try:
                world = self._drawn(point, SEED + 31 * count, False)
            except (Unlucky, ZeroDivisionError):
                continue
            if not world.forks.taken.keys() <= seen:
                seen |= world.forks.taken.keys()
                yield world

    @cached_property
    def further(self) -> World | None:
        """A world of other sizes, in which no small fraction of one is another: what is taken is held against it."""
        sizes = {size.name: FURTHER[k % len(FURTHER)] for k, size in enumerate(self.network.sizes)}
        try:
            return self._world(Drawing(self.network, self.facts, SEED + 1), sizes, 2)
        except (Undecidable, SymbackpropError):
            return None

    def _world(self, drawing: Drawing, sizes: Mapping[str, int], turn: int) -> World | None:
        for point in itertools.chain(self._points(drawing, sizes, 2), self._points(drawing, sizes, POINTS)):
            for true_roots in (True, False):
                for attempt in range(DRAWN if true_roots else 2):
                    try:
                        return self._drawn(point, SEED + 31 * attempt + turn, true_roots)
                    except (Unlucky, ZeroDivisionError):
                        continue
        return None

    def _points(self, drawing: Drawing, sizes: Mapping[str, int], count: int) -> Iterator[Point]:
        try:
            yield from drawing.points(sizes, count)
        except Unlucky:
            return

    def _drawn(self, point: Point, seed: int, true_roots: bool) -> World:
        numbers = Field(safe_prime(seed % 7 + SEED), seed, true_roots)
        leaves = {name: value.each(lambda x: numbers.free(float(x))) for name, value in point.values.items()}
        equalities = [fact for fact in self.facts if isinstance(fact, Eq)]
        if equalities:
            leaves = obeying(equalities, leaves, point.sizes, numbers, numbers.random)
            for name, value in leaves.items():
                for x, real in zip(value.flat, point.values[name].flat, strict=True):
                    x.s = float(real)
        return World(self.network, self.defined, numbers, leaves, point.sizes, Forks(fixed=frozenset(point.sizes)))

    def learn(self, name: Symbol, value: Expr) -> None:
        """Take note of one more name and what it stands for."""
        self.defined[name] = value
        known = self.__dict__
        for world in (*known.get("worlds", ()), *filter(None, (known.get("further"),))):
            found = self._value(world, value)
            if found is not None:
                world.values[name.name] = self._fitted(world, name, found)

    def _fitted(self, world: World, name: Symbol, found: Entries) -> Entries:
        if not isinstance(name, Array):
            return found
        shape = tuple(
            int(size.xreplace({s: Integer(world.sizes[s.name]) for s in size.free_symbols})) for size in name.shape
        )
        if found.shape == shape:
            return found
        return Entries(shape, found.flat * (shape[0] * shape[1])) if len(found.flat) == 1 else found

    def print_of(self, expr: Expr) -> Print | None:
        """The entries of an expression in each world; None where it has none."""
        if expr not in self.prints:
            self.prints[expr] = self._print(expr)
        return self.prints[expr]

    def _print(self, expr: Expr) -> Print | None:
        if not self.worlds:
            return None
        found = [self._value(world, expr) for world in self.worlds]
        if any(value is None for value in found):
            return None
        return tuple(tuple(x.v for x in value.flat) for value in found if value is not None)

    def _value(self, world: World, expr: Expr) -> Entries | None:
        try:
            return world.value(expr)
        except (Unlucky, Undecidable, ZeroDivisionError, SymbackpropError):
            return None

    @property
    def primes(self) -> tuple[int, ...]:
        """The modulus of each world."""
        return tuple(world.numbers.p for world in self.worlds)  # type: ignore[attr-defined]

    @property
    def has_kinks(self) -> bool:
        """Whether anything that was worked out here took one side of a kink."""
        return any(world.forks.taken for world in self.worlds)

    def look_same(self, a: Expr, b: Expr) -> bool:
        """Whether two forms of one shape have the same value here, and in a world of other sizes."""
        first, second = self.print_of(a), self.print_of(b)
        if first is None or first != second or self.further is None:
            return False
        values = [self._value(self.further, expr) for expr in (a, b)]
        flats = [None if value is None else [x.v for x in value.flat] for value in values]
        return flats[0] is not None and flats[0] == flats[1]

    def are_same(self, a: Expr, b: Expr) -> bool:
        """Whether two forms that look the same are: where there are kinks, the court looks at every side."""
        if not self.has_kinks:
            return True
        self.judged += 1
        if self.judged > MOST_JUDGED:
            return False
        claim = Equal(self.network, a, b, signals=dict(self.defined), facts=tuple(self.facts))
        return judge(claim, witnesses=False).proved

    def ratio(self, value: Print, other: Print) -> Sequence[Expr]:
        """The constants by which a value is the other, in every entry."""
        found: list[int] = []
        for mine, theirs, p in zip(value, other, self.primes, strict=True):
            k = next((k for k, x in enumerate(theirs) if x), None)
            if k is None or not mine[k]:
                return ()
            factor = mine[k] * pow(theirs[k], -1, p) % p
            if any(x != factor * y % p for x, y in zip(mine, theirs, strict=True)):
                return ()
            found.append(factor)
        return list(self.constants.having(tuple(found)))

    @cached_property
    def constants(self) -> Constants:
        """Numbers and sizes that may stand before a name, by their residues."""
        sizes = tuple(self.network.sizes)
        below = {s for s in sizes for value in self.network.to_loss.values() if value.has(s - 1)}
        numbers = [{s: Fraction(world.sizes[s.name]) for s in sizes} for world in self.worlds]
        return Constants.of(sizes, below, numbers, self.primes)
