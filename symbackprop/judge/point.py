"""Points at which a claim is tried: numbers for sizes, and rational numbers for inputs, targets and parameters."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice, permutations

from sympy import Add, Eq, Symbol
from sympy.core.relational import Relational

from symbackprop.judge.entries import Entries, entrywise
from symbackprop.judge.facts import obeying, relations_hold
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.real import Fractions, Tangents
from symbackprop.judge.stated import EVERY, Choosing, choices, inside
from symbackprop.judge.walk import at_sizes
from symbackprop.matrices import Array, Product
from symbackprop.network.facts import Means, making
from symbackprop.network.network import Network

SIZES = (3, 4, 5, 6, 7)
"""Sizes of three or more hide no factor: at two, a half passes for the reciprocal of a size."""
ORDERS = 120
"""How many orders of numbers for sizes are tried where something is stated of shapes."""
SCALES = (1, 1, 1, 2, Fraction(1, 2), 5, 1, 20, Fraction(1, 4), 100, 1, 10_000, 3, 10**6, 1)
"""How large values are drawn, in turn: saturation and far branches are reached too."""


@dataclass(frozen=True)
class Point:
    """Whole numbers for sizes, and the entries of each name whose value comes from outside."""

    sizes: Mapping[str, int]
    values: Mapping[str, Entries]

    def between(self, other: Point) -> Point:
        """The point half-way to another one of the same sizes."""
        pairs = {name: (mine, other.values[name]) for name, mine in self.values.items()}
        halves = {name: entrywise(lambda x, y: (x + y) / 2, mine, theirs) for name, (mine, theirs) in pairs.items()}
        return Point(self.sizes, halves)

    def with_entry(self, name: str, place: int, number: Fraction) -> Point:
        """The point with another number for one entry of one name."""
        value = self.values[name]
        flat = (*value.flat[:place], number, *value.flat[place + 1 :])
        return Point(self.sizes, {**self.values, name: Entries(value.shape, flat)})

    def scaled(self, name: str, factor: Fraction) -> Point:
        """The point with all entries of one name times a factor."""
        return Point(self.sizes, {**self.values, name: self.values[name].each(lambda x: x * factor)})


class Drawing:
    """Draws points of a network that obey its facts, the same ones for the same seed."""

    def __init__(self, network: Network, facts: Sequence[Relational], seed: int) -> None:
        self.network = network
        self.facts = tuple(facts)
        self.turn = 0
        self.equalities = tuple(fact for fact in facts if isinstance(fact, Eq))
        self.relations = tuple(fact for fact in facts if not isinstance(fact, Eq))
        self.random = random.Random(seed)
        self.fan = _fans(network)

    @cached_property
    def free(self) -> tuple[str, ...]:
        """The names whose values no equation among the facts speaks of."""
        return tuple(leaf.name for leaf in self.network.leaves if leaf.name not in self.bound)

    @cached_property
    def bound(self) -> frozenset[str]:
        """The names of which some equation speaks."""
        return frozenset(symbol.name for fact in self.equalities for symbol in fact.free_symbols)

    def least(self, point: Point) -> int:
        """How many points are to be looked at, so that choices of numbers are seen: all of them where they are few."""
        return min(choices(self.facts, point.values), EVERY)

    def allows(self, point: Point) -> bool:
        """Whether a point obeys the inequalities among the facts, and those equations that steps may break."""
        if making(self.facts) and not _equal(self.equalities, point.values, point.sizes):
            return False
        return relations_hold(self.relations, point.values, point.sizes)

    def sizes(self, turn: int, small: bool = False) -> dict[str, int]:
        """Numbers for the symbols of sizes, all different where they can be; ``small`` ones have a 1 among them."""
        symbols = list(self.network.sizes)
        numbers = list((1, 2, 3) if small else SIZES[: max(3, len(symbols))])
        if turn % 2:  # others, and not the same ones in another order: their product must differ too
            numbers = [*numbers[1:-1], numbers[-1] + (0 if small else 1), numbers[0]]
        return self._fitting([symbol.name for symbol in symbols], numbers)

    def _fitting(self, names: Sequence[str], numbers: Sequence[int]) -> dict[str, int]:
        """The numbers in an order in which matrices can be as it is stated: no more orthonormal columns than rows."""
        every = [numbers[place % len(numbers)] for place in range(len(names))]
        orders = (dict(zip(names, order, strict=True)) for order in permutations(every))
        first, *others = islice(orders, ORDERS)
        made = [name for name in making(self.facts) if isinstance(name, Array)]
        return next(
            (sizes for sizes in (first, *others) if all(self._is_possible(name, sizes) for name in made)), first
        )

    def _is_possible(self, name: Array, sizes: Mapping[str, int]) -> bool:
        rows, columns = _shape(name, sizes)
        if min(rows, columns) < 1:
            return False
        drawn = [[Fraction(i - j) for j in range(columns)] for i in range(rows)]
        pivot = Fractions().pivot
        return making(self.facts)[name](drawn, Means(Fraction, pivot, lambda count: 0)) is not None

    def points(self, sizes: Mapping[str, int], attempts: int) -> Iterator[Point]:
        """Points of these sizes that obey the facts. Raises Undecidable where the facts cannot be obeyed."""
        shapes = {leaf.name: _shape(leaf, sizes) for leaf in self.network.leaves}
        if any(size < 1 for shape in shapes.values() for size in shape):
            raise Unlucky("a size below one")
        for attempt in range(attempts):
            point = self._drawn(shapes, sizes, attempt)
            if point is not None:
                yield point

    def _drawn(self, shapes: Mapping[str, tuple[int, ...]], sizes: Mapping[str, int], attempt: int) -> Point | None:
        scale = Fraction(SCALES[attempt % len(SCALES)])
        manner = attempt // 2 % 3 if attempt > 1 else 0
        values = {name: self._entries(name, shape, scale, manner) for name, shape in shapes.items()}
        values = inside(self.relations, values, self.bound)
        if self.equalities:
            few = choices(self.facts, values) <= EVERY
            choosing = Choosing(self.random, few, self.turn)
            self.turn += 1
            try:
                values = obeying(self.facts, values, sizes, Tangents(Fractions()), self.random, lambda name: choosing)
            except Unlucky:
                return None
        if not relations_hold(self.relations, values, sizes):
            return self._by_force(values, sizes)
        return Point(sizes, values)

    def _by_force(self, values: dict[str, Entries], sizes: Mapping[str, int]) -> Point | None:
        """Another try at inequalities: sizes of the numbers, positive and from small to large."""
        for _ in range(20):
            names = {s.name for fact in self.relations for s in fact.free_symbols if s.name in values}
            for name in sorted(names - {name.name for name in making(self.facts)}):
                bound = Fraction(self.random.choice((1, 1, 3, 10)), self.random.choice((1, 2, 4)))
                flat = tuple(self._number(bound, 1) * self.random.choice((1, 1, -1)) for _ in values[name].flat)
                values[name] = Entries(values[name].shape, flat)
            if relations_hold(self.relations, values, sizes) and _equal(self.equalities, values, sizes):
                return Point(sizes, values)
        return None

    def _entries(self, name: str, shape: tuple[int, ...], scale: Fraction, manner: int) -> Entries:
        """Numbers; in manner 1 positive ones, in manner 2 with every square matrix positive definite."""
        fan = self.fan.get(name, 1)
        bound = scale / max(1, round(math.sqrt(max(fan, max(shape, default=1) if name in self.fan else 1))))
        count = math.prod(shape)
        flat = [self._number(bound, manner) for _ in range(count)]
        if manner == 2 and len(shape) == 2 and shape[0] == shape[1]:
            side = shape[0]
            rows = [flat[k * side : (k + 1) * side] for k in range(side)]
            flat = [
                sum((x * y for x, y in zip(rows[i], rows[j], strict=True)), Fraction(int(i == j)))
                for i in range(side) for j in range(side)
            ]  # fmt: skip
        return Entries(shape, tuple(flat))

    def _number(self, bound: Fraction, manner: int) -> Fraction:
        """A short rational number of about that size."""
        drawn = Fraction(self.random.randrange(1, 129), 64) * bound
        return drawn if manner == 1 or self.random.random() < 0.5 else -drawn


def _equal(facts: Sequence[Eq], values: Mapping[str, Entries], sizes: Mapping[str, int]) -> bool:
    try:
        return not facts or obeying(facts, dict(values), sizes, Tangents(Fractions()), None) == dict(values)
    except (Unlucky, Undecidable):
        return False


def _fans(network: Network) -> dict[str, int]:
    """How many terms the sums have in which each parameter stands: its values are drawn smaller by the root of it."""
    parameters = frozenset(network.parameters)
    found: dict[str, int] = {}
    for expr in network.to_loss.values():
        if isinstance(expr, Add) and len(expr.args) > 2:
            for symbol in expr.free_symbols & parameters:
                found[symbol.name] = max(found.get(symbol.name, 1), len(expr.args))
        for node in expr.atoms(Product):
            for symbol in node.free_symbols & parameters:
                found.setdefault(symbol.name, 1)
    return found


def _shape(leaf: Symbol, sizes: Mapping[str, int]) -> tuple[int, ...]:
    if not isinstance(leaf, Array):
        return ()
    return tuple(int(at_sizes(size, sizes)) for size in leaf.shape)
