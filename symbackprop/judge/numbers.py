"""What the judge asks of a kind of numbers: fields, floats, digits, intervals, with a tangent or without.

The walk through an expression (walk.py) is written once, for numbers of any kind that answers these questions and that
adds, subtracts, multiplies and divides.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbackprop.judge.entries import Entries
    from symbackprop.judge.laws import Law

Number = Any
"""A number of the kind at hand."""
Inner = Callable[[Sequence[Number], Sequence[Number]], Number]
"""The sum of the products of one number or more with as many."""


class Unlucky(ArithmeticError):
    """These numbers will not do: a zero below a fraction bar, a tie, a root of what is no square. Draw others."""


class NoRoot(Unlucky):
    """A root of what is no square among these numbers, after ``place`` roots that there are."""

    def __init__(self, place: int) -> None:
        super().__init__("a root of what is no square")
        self.place = place


class NoMatrixRoot(Unlucky):
    """A root of a matrix that has none which would be found among these numbers; most have none."""


class Undefined(Unlucky):
    """There is no such number, for certain: a division by what is zero, a matrix that has no inverse."""


class Straddles(Unlucky):
    """A range of numbers on both sides of a kink."""


class Undecidable(Exception):
    """No numbers will do; the words say why."""


def inner_product(xs: Sequence[Number], ys: Sequence[Number]) -> Number:
    """The sum of the products, of numbers of any kind."""
    return reduce(add, map(mul, xs, ys))


class Numbers(ABC):
    """One kind of numbers."""

    def __init__(self, inner: Inner = inner_product) -> None:
        self.inner = inner
        self.turned: set[tuple[int, int]] = set()
        """The signs on which powers have rested and that no fork has heard of, numbered: √(x²) is x or -x."""

    @abstractmethod
    def number(self, value: Fraction) -> Number:
        """A rational number."""

    @property
    @abstractmethod
    def pi(self) -> Number:
        """The number π."""

    @abstractmethod
    def exp(self, x: Number) -> Number:
        """e to the power of x."""

    @abstractmethod
    def log(self, x: Number) -> Number:
        """The natural logarithm."""

    @abstractmethod
    def power(self, x: Number, exponent: Fraction) -> Number:
        """The principal power of x; of a whole exponent for every x but 0."""

    @abstractmethod
    def applied(self, law: Law, *args: Number) -> Number:
        """A function of which the judge knows the laws. Raises Unlucky outside its domain."""

    @abstractmethod
    def still(self, x: Number) -> Number:
        """The number x without its derivative, where it has one."""

    @abstractmethod
    def sign(self, x: Number) -> int:
        """1, 0 or -1. Raises Unlucky where that cannot be told."""

    @abstractmethod
    def rests_at_zero(self, x: Number) -> bool:
        """Whether x is zero, and stays so whatever moves."""

    @abstractmethod
    def pivot(self, column: Sequence[Number]) -> int:
        """The place of the number by which to divide. Raises Unlucky where there is none."""

    @abstractmethod
    def matrix_root(self, a: Entries) -> Entries:
        """The positive definite root of a symmetric matrix. Raises Unlucky where that is not positive definite."""

    @abstractmethod
    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        """The matrix X with A·X + X·A = B. Raises Unlucky where the symmetric A is not positive definite."""


class Still(Numbers):
    """Numbers without derivatives."""

    def still(self, x: Number) -> Number:
        return x

    def rests_at_zero(self, x: Number) -> bool:
        return False


class Moving(Numbers):
    """Numbers that carry a derivative along one direction."""

    @abstractmethod
    def moved(self, x: Number, derivative: Number) -> Number:
        """The number x with that derivative."""

    @abstractmethod
    def step(self, k: int) -> Number:
        """How far the k-th of many numbers moves: far enough to be seen, and each of them in another way."""

    @abstractmethod
    def slope(self, x: Number) -> Number:
        """The derivative of x, a number that does not move."""

    @abstractmethod
    def is_zero(self, x: Number) -> bool:
        """Whether x is zero, whatever its derivative."""
