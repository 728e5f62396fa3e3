"""Expressions at a random point of a prime field: sums that are not zero there are not zero."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping

from sympy import Add, Basic, Expr, Mul, Number, Pow, Rational, Symbol, exp

ORDER = 2**60 - 1187
"""A prime q of which 2q + 1 is prime too: squares modulo that prime are a group of q elements."""
PRIME = 2 * ORDER + 1
GENERATOR = 4


class AtPoint:
    """Values of expressions, each name having a number of its own; error signals are worth what they are defined as.

    exp is a power of the group's generator, with its argument worked out modulo the order of the group. Any other
    function of equal arguments is one number. A root that does not exist has None, and so has a division by zero.
    """

    def __init__(self, defined: Mapping[Symbol, Expr], known: Mapping[Symbol, Expr], modulus: int = PRIME) -> None:
        self.defined = defined
        self.known = known
        self.modulus = modulus
        self.free = random.Random(modulus)
        self.names: dict[Basic, int] = {}
        self.values: dict[Basic, int | None] = {}
        self.functions: dict[tuple[object, ...], int] = {}

    @functools.cached_property
    def exponents(self) -> AtPoint:
        """The same expressions where they are exponents."""
        return AtPoint(self.defined, self.known, ORDER)

    def value(self, expr: Basic) -> int | None:
        """The value of an expression, or None where it has none."""
        stack = [expr]
        while stack:
            node = stack[-1]
            parts = (self.defined[node],) if node in self.defined else node.args
            waiting = [part for part in parts if part not in self.values]
            if waiting:
                stack.extend(waiting)
            else:
                if node not in self.values:
                    self.values[node] = self._made(node, [self.values[part] for part in parts])
                stack.pop()
        return self.values[expr]

    def _made(self, node: Basic, parts: list[int | None]) -> int | None:
        if isinstance(node, Symbol):
            return self._of_name(node, parts)
        if isinstance(node, Number):
            exact = Rational(node)
            return int(exact.p) * pow(int(exact.q), -1, self.modulus) % self.modulus
        if isinstance(node, exp) and self.modulus == PRIME:
            exponent = self.exponents.value(node.args[0])
            return None if exponent is None else pow(GENERATOR, exponent, PRIME)
        if None in parts:
            return None
        numbers = [part for part in parts if part is not None]
        if isinstance(node, Add):
            return sum(numbers) % self.modulus
        if isinstance(node, Mul):
            return functools.reduce(lambda a, b: a * b % self.modulus, numbers)
        if isinstance(node, Pow):
            return self._power(numbers[0], node.exp)
        return self.functions.setdefault((node.func, *(numbers or [node])), self.free.randrange(self.modulus))

    def _of_name(self, name: Symbol, parts: list[int | None]) -> int | None:
        if parts:
            return parts[0]
        if name not in self.known:
            return self.names.setdefault(name, self.free.randrange(self.modulus))
        plain = AtPoint({}, {}, self.modulus)  # what is known of a name is said in names that stand for themselves
        plain.names, plain.free = self.names, self.free
        return plain.value(self.known[name])

    def _power(self, base: int, exponent: Expr) -> int | None:
        if not isinstance(exponent, Rational) or base == 0:
            return None
        if exponent.q == 1:
            return pow(base, int(exponent.p), self.modulus)
        if self.modulus != PRIME or pow(base, ORDER, PRIME) != 1:
            return None
        return pow(base, int(exponent.p) * pow(int(exponent.q), -1, ORDER), PRIME)
