"""A network at numbers: the value of every name, and the derivatives that follow from its equations alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from sympy import Expr, Symbol

from symbackprop.judge.entries import Entries
from symbackprop.judge.forks import Forks
from symbackprop.judge.numbers import Moving, Number
from symbackprop.judge.walk import Walk
from symbackprop.network.network import Network


class World:
    """Values of all names of a network, and of error signals, at given values of its leaves.

    ``leaves`` are numbers of the kind that do not move, but for what ``seeds`` says. ``signals`` are formulas, each in
    names before it. ``equations`` are those of the network that are needed, all of them by default. ``named`` is told
    each number that is the value of a name from then on, and may give back another.
    """

    def __init__(
        self,
        network: Network,
        signals: Mapping[Symbol, Expr],
        numbers: Moving,
        leaves: Mapping[str, Entries],
        sizes: Mapping[str, int],
        forks: Forks | None = None,
        seeds: Mapping[str, Entries] | None = None,
        equations: Mapping[Symbol, Expr] | None = None,
        named: Callable[[Number], Number] | None = None,
    ) -> None:
        self.seeds = seeds or {}
        self.network = network
        self.equations = network.to_loss if equations is None else equations
        self.numbers = numbers
        self.sizes = sizes
        self.forks = forks or Forks()
        self.forks.named = {expr: name for name, expr in network.to_loss.items()}
        self.values: dict[str, Entries] = {**leaves, **self._moved(leaves, self.seeds)}
        self.walk = Walk(numbers, self.values, sizes, self.forks)
        for group in (self.equations, signals):
            for name, expr in group.items():
                value = self.walk.value(expr)
                self.values[name.name] = value.each(named) if named else value

    def value(self, expr: Expr) -> Entries:
        """The value of an expression of names, sizes and error signals."""
        return self.walk.value(expr)

    def moving(self, seeds: Mapping[str, Entries]) -> dict[str, Entries]:
        """All values with their derivatives, where the named ones move as ``seeds`` say and nothing else by itself.

        A name with an equation moves as it is told here, whatever its equation says.
        """
        still = self.numbers.still
        values = {leaf.name: self.values[leaf.name].each(still) for leaf in self.network.leaves}
        values |= self._moved(self.values, seeds)
        walk = Walk(self.numbers, values, self.sizes, self.forks)
        for symbol, expr in self.equations.items():
            if symbol.name not in seeds:
                values[symbol.name] = walk.value(expr)
        return values

    def _moved(self, values: Mapping[str, Entries], seeds: Mapping[str, Entries]) -> dict[str, Entries]:
        return {
            name: Entries(seed.shape, tuple(map(self.numbers.moved, values[name].flat, seed.flat)))
            for name, seed in seeds.items()
        }

    def slope(self, of: Symbol, seeds: Mapping[str, Entries]) -> Entries:
        """The derivative of one name along the movement that ``seeds`` start."""
        return self.moving(seeds)[of.name].each(self.numbers.slope)

    def unit(self, name: str, place: int) -> Entries:
        """The direction of one entry of a name."""
        shape = self.values[name].shape
        zero, one = (self.numbers.number(Fraction(k)) for k in (0, 1))
        return Entries(shape, tuple(one if k == place else zero for k in range(len(self.values[name].flat))))


def inner(numbers: Moving, pairs: Sequence[tuple[Entries, Entries]]) -> Number:
    """The sum of the products of entry and entry: ⟨A, B⟩ + ⟨C, D⟩ + …"""
    result = numbers.number(Fraction(0))
    for a, b in pairs:
        for x, y in zip(a.flat, b.flat, strict=True):
            result = result + x * y
    return result
