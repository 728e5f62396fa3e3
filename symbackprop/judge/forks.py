"""Where a network forks: each comparison of a number with zero, and which ways were taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from sympy import Basic, Expr, Integer, Tuple
from sympy.core.relational import Relational

from symbackprop.judge.numbers import Number, Numbers, Straddles, Unlucky

Way = tuple[Basic, int]
"""What is compared with zero, and its sign; or a piecewise function, and the number of the branch that was taken."""


class Straddled(Exception):
    """What is compared with zero is on both sides of it."""

    def __init__(self, key: Basic) -> None:
        self.key = key


@dataclass
class Forks:
    """Hears of each comparison. ``forced`` are signs that are taken whatever the numbers say."""

    forced: Mapping[Basic, int] = field(default_factory=dict)
    taken: dict[Way, None] = field(default_factory=dict)
    here: Mapping[Basic, Basic] = field(default_factory=dict)
    """What the parameters of the function stand for inside whose formula this is."""
    fixed: frozenset[str] = frozenset()
    """Symbols of sizes: what is compared of these alone is no fork."""
    ties: bool = False
    """Whether to be on neither side is a side; else it is bad luck."""
    both: bool = False
    """Whether to be on both sides is told as Straddled, so that each can be forced in turn; else it is bad luck."""
    heard: dict[Basic, list[Number]] | None = None
    """The numbers that were compared with zero, where somebody asks for them."""
    named: Mapping[Basic, Basic] = field(default_factory=dict)
    """Expressions that have a name: a comparison with one of both is a comparison with the other."""

    def inside(self, places: Mapping[Basic, Basic]) -> Forks:
        """The same forks, as the formula of a function sees them."""
        outer = {place: self._outside(arg) for place, arg in places.items()}
        return Forks(self.forced, self.taken, outer, self.fixed, self.ties, self.both, self.heard, self.named)

    def side(self, key: Expr, number: Number, numbers: Numbers) -> int:
        """On which side of zero a number is. Raises Unlucky where that cannot be told."""
        asked, turned, names = _turned(self._outside(key))
        key = self.named.get(asked, asked)
        try:
            if key in self.forced:
                side = self.forced[key]
            elif names <= self.fixed:
                return numbers.sign(number)
            else:
                side = numbers.sign(number) * (-1 if turned else 1)
        except Straddles:
            if self.both:
                raise Straddled(asked) from None
            raise
        if self.heard is not None:
            self.heard.setdefault(key, []).append(-number if turned else number)
        if side == 0:
            if not self.ties and not numbers.rests_at_zero(number):
                raise Unlucky("a tie")
            return 0
        self.taken[key, side] = None
        return -side if turned else side

    def took(self, node: Basic, branch: int) -> None:
        """Note the branch of a piecewise function."""
        if len(node.args) > 2 or self._is_compound(node.args[0].args[1]):
            self.taken[self._outside(node), branch] = None

    def turned(self, node: Basic, signs: set[tuple[int, int]]) -> None:
        """Take note of the signs of what stands squared under the root of a power, that of their product as number 0.

        They are noted once: the set is empty then.
        """
        for number, sign in sorted(signs):
            self.taken[Tuple(self._outside(node), Integer(number)), sign] = None
        signs.clear()

    @staticmethod
    def _is_compound(condition: Basic) -> bool:
        return not getattr(condition, "is_Relational", False)

    def _outside(self, expr: Basic) -> Basic:
        return replaced(expr, tuple(self.here.items())) if self.here else expr


@lru_cache(maxsize=10_000)
def replaced(expr: Basic, places: tuple[tuple[Basic, Basic], ...]) -> Basic:
    """An expression with other parts in its places: the same ones are asked for at point after point."""
    return expr.xreplace(dict(places))


@lru_cache(maxsize=10_000)
def _turned(key: Basic) -> tuple[Basic, bool, frozenset[str]]:
    """A key or its negative, which are one; whether it is the negative; and the names in it."""
    turned = bool(key.could_extract_minus_sign())
    return -key if turned else key, turned, frozenset(symbol.name for symbol in key.free_symbols)


@lru_cache(maxsize=10_000)
def difference(relation: Relational) -> Expr:
    """What is compared with zero."""
    return relation.lhs - relation.rhs
