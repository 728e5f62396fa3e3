"""Value classes: a value up to a constant factor and transposition, and how many operations a set of them takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sympy import Basic, Expr, Mul, S, Symbol

from symbackprop.matrices import Operation

CONSTANT = 0
"""The class of 1, of which every constant is a multiple."""


@dataclass(frozen=True)
class Value:
    """A reference to a class: with a constant ``factor`` as it is written, and a ``sign`` that is free."""

    of: int
    turned: bool = False
    factor: Expr = S.One
    sign: int = 1

    @property
    def bare(self) -> Value:
        """The same without its factor and its sign."""
        return Value(self.of, self.turned)

    @property
    def is_minus(self) -> bool:
        """Whether it is written with a minus."""
        return bool(self.factor.could_extract_minus_sign())

    @property
    def size(self) -> Expr:
        """Its factor without that minus."""
        return -self.factor if self.is_minus else self.factor


@dataclass(frozen=True)
class ValueClass:
    """What a class takes by itself, and the values that it is made of.

    ``means`` are the sizes by which a division is free; ``free_factor`` says that any constant is, as where it stands
    above a line and nothing else does. ``factors`` are those of a product of matrices. ``summed`` is what the sum of
    all its entries takes where that is an inner product, which is not worked out entry by entry first.
    """

    cost: int
    made_of: tuple[Value, ...] = ()
    scalar: bool = True
    means: tuple[Expr, ...] = ()
    free_factor: bool = False
    factors: tuple[tuple[int, bool], ...] = ()
    summed: int | None = None


class Classes:
    """The value classes of some expressions; ``known`` has the value of each part that was read."""

    def __init__(self, sizes: frozenset[Symbol]) -> None:
        self.known: dict[Basic, Value] = {}
        self._sizes = sizes
        self._classes = [ValueClass(0)]
        self._number_of: dict[Any, int] = {}
        self._tokens: dict[Any, int] = {}

    def __getitem__(self, value: Value) -> ValueClass:
        return self._classes[value.of]

    def value_class(self, number: int) -> ValueClass:
        """The class of that number."""
        return self._classes[number]

    def made(self, key: Any, build: Callable[[], ValueClass]) -> int:
        """The number of the class that a key tells from all others; it is built where it is new."""
        if key not in self._number_of:
            self._number_of[key] = len(self._classes)
            self._classes.append(build())
        return self._number_of[key]

    def token(self, value: Value) -> int:
        """A number for the factor and the sign of a value, so that keys can be put in order."""
        return self._tokens.setdefault(value.sign * value.factor, len(self._tokens))

    def are_scalars(self, values: Iterable[Value]) -> bool:
        """Whether all of some values are scalars."""
        return all(self[value].scalar for value in values)

    def is_constant(self, node: Basic) -> bool:
        """Whether an expression, whose parts have been read, is one of numbers and sizes alone."""
        if isinstance(node, Operation) or not isinstance(node, Expr):
            return False
        if not node.args:
            return bool(node.is_number) or node in self._sizes
        return all(arg in self.known and self.known[arg].of == CONSTANT for arg in node.args)

    def operations(self, roots: Sequence[Value]) -> int:
        """The operations that some values take, each class and each multiple of one counted once."""
        total = 0
        seen: set[int] = set()
        multiples: set[tuple[int, Expr]] = set()
        waiting = list(roots)
        while waiting:
            value = waiting.pop()
            multiple = (value.of, value.size)
            if multiple not in multiples and not self._has_free_factor(value):
                multiples.add(multiple)
                total += 1
            if value.of not in seen:
                seen.add(value.of)
                total += self[value].cost
                waiting.extend(self[value].made_of)
        return total

    def _has_free_factor(self, value: Value) -> bool:
        """Whether the constant factor takes nothing: it is 1, stands alone, or makes sums means."""
        found = self[value]
        if value.of == CONSTANT or found.free_factor or value.factor == S.One:
            return True
        sizes = range(1, len(found.means) + 1)
        return any(Mul(value.factor, *some) == S.One for count in sizes for some in combinations(found.means, count))
