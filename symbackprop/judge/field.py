"""Numbers of a prime field that pass for real ones: a value modulo p, a derivative, and a float behind them.

What is computed with them is exact, so an identity that fails for them fails; and one that holds for them holds with
the chance of error that ``Field.chance`` bounds, by the lemma of Schwartz and Zippel. Exponentials, logarithms, roots
and other functions are free elements with the right derivative (field_functions.py, field_laws.py): more general than
the real functions, so that what holds here holds there. The float tells on which side of a kink a number is, and
nothing else.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, final

from symbackprop.judge.entries import Entries
from symbackprop.judge.field_functions import Functions
from symbackprop.judge.field_laws import FreeValues
from symbackprop.judge.field_matrices import Matrices
from symbackprop.judge.laws import Law
from symbackprop.judge.numbers import Moving, Undefined
from symbackprop.judge.shadows import TIE, float_of, side_of


class Element:
    """One number. ``how``, ``a`` and ``b`` say what it was made of, so that exponents can be taken apart.

    Of a sum of products ``how`` is "inner", and ``a`` and ``b`` are the factors. ``rational`` is set where it is a
    rational number; ``above`` and ``below`` bound the degrees of the polynomials of which it is the fraction.
    """

    __slots__ = ("a", "above", "b", "below", "d", "field", "how", "rational", "s", "terms", "v")

    def __init__(
        self, field: Field, v: int, d: int, s: float, how: str = "", a: Any = None, b: Any = None,
        rational: Fraction | None = None, above: float = 0.0, below: float = 0.0,
    ) -> None:  # fmt: skip
        self.field, self.v, self.d, self.s = field, v, d, s
        self.how, self.a, self.b, self.rational = how, a, b, rational
        self.above, self.below = above, below
        self.terms: Any = None

    def __add__(self, other: Element) -> Element:
        x, y, p = self, other, self.field.p
        rational = None if x.rational is None or y.rational is None else x.rational + y.rational
        return Element(
            self.field, (x.v + y.v) % p, (x.d + y.d) % p, x.s + y.s, "+", x, y, rational,
            max(x.above + y.below, y.above + x.below), x.below + y.below,
        )  # fmt: skip

    def __sub__(self, other: Element) -> Element:
        return self + -other

    def __neg__(self) -> Element:
        return self.field.minus_one * self

    def __mul__(self, other: Element) -> Element:
        x, y, p = self, other, self.field.p
        rational = None if x.rational is None or y.rational is None else x.rational * y.rational
        return Element(
            self.field, x.v * y.v % p, (x.v * y.d + x.d * y.v) % p, x.s * y.s, "*", x, y, rational,
            x.above + y.above, x.below + y.below,
        )  # fmt: skip

    def __truediv__(self, other: Element) -> Element:
        return self * self.field.power(other, Fraction(-1))

    def with_derivative(self, d: int) -> Element:
        """The same number with another derivative."""
        made = Element(self.field, self.v, d, self.s, self.how, self.a, self.b, self.rational, self.above, self.below)
        made.terms = self.terms
        return made


def inner_product(xs: Sequence[Element], ys: Sequence[Element]) -> Element:
    """The sum of the products, as one number that is made of them all."""
    if len(xs) == 1:
        return xs[0] * ys[0]
    field, value, derivative, shadow, above, below = xs[0].field, 0, 0, 0.0, 0.0, 0.0
    rational: Fraction | None = Fraction(0)
    for x, y in zip(xs, ys, strict=True):
        value += x.v * y.v
        derivative += x.v * y.d + x.d * y.v
        shadow += x.s * y.s
        above, below = max(above + x.below + y.below, x.above + y.above + below), below + x.below + y.below
        if rational is None or x.rational is None or y.rational is None:
            rational = None
        else:
            rational += x.rational * y.rational
    return Element(field, value % field.p, derivative % field.p, shadow, "inner", xs, ys, rational, above, below)


@final
class Field(Moving):
    """The field of p elements, as ``seed`` makes its free ones.

    With ``true_roots`` the root of x is a number whose power is x, and Unlucky is raised where there is none; without
    it is free, which is always possible and refuses some identities that hold. With ``opaque_roots`` a root of squares
    is free, too, and not told by their signs.
    """

    def __init__(self, p: int, seed: int, true_roots: bool = False, opaque_roots: bool = False) -> None:
        super().__init__(inner_product)
        self.p = p
        self.q = p // 2
        self.random = random.Random(seed)
        self.degree = 1.0
        self.movements = 0.0
        self.minus_one = self.number(Fraction(-1))
        self.one = self.number(Fraction(1))
        self.functions = Functions(self, true_roots, opaque_roots)
        self.values = FreeValues(self)
        self.matrices = Matrices(self, true_roots)

    def number(self, value: Fraction) -> Element:
        return Element(self, self.residue(value), 0, float_of(value), rational=value)

    def residue(self, value: Fraction) -> int:
        """A rational number modulo p."""
        if value.denominator == 1:
            return value.numerator % self.p
        return value.numerator * pow(value.denominator, -1, self.p) % self.p

    def exponent(self, value: Fraction) -> int:
        """A rational number modulo q, as an exponent of squares."""
        if value.denominator == 1:
            return value.numerator % self.q
        return value.numerator * pow(value.denominator, -1, self.q) % self.q

    def free(self, shadow: float, derivative: int = 0) -> Element:
        """A number that nobody has seen."""
        return Element(self, self.random.randrange(1, self.p), derivative, shadow, above=1.0)

    def free_square(self) -> int:
        """A square that nobody has seen: one of the numbers that pass for positive."""
        return pow(self.random.randrange(2, self.p - 1), 2, self.p)

    def is_square(self, value: int) -> bool:
        """Whether a number has a root."""
        return pow(value, self.q, self.p) == 1

    @property
    def pi(self) -> Element:
        return self.functions.pi

    def exp(self, x: Element) -> Element:
        return self.functions.exp(x)

    def log(self, x: Element) -> Element:
        return self.functions.log(x)

    def applied(self, law: Law, *args: Element) -> Element:
        return self.values.applied(law, args)

    def power(self, x: Element, exponent: Fraction) -> Element:
        return self.functions.power(x, exponent)

    def moved(self, x: Element, derivative: Element) -> Element:
        return x.with_derivative(derivative.v)

    def step(self, k: int) -> Element:
        return self.free(1.0)

    def still(self, x: Element) -> Element:
        return x.with_derivative(0) if x.d else x

    def slope(self, x: Element) -> Element:
        return Element(self, x.d, 0, math.nan, above=x.above + x.below, below=x.below)

    def is_zero(self, x: Element) -> bool:
        return x.v == 0

    def sign(self, x: Element) -> int:
        if x.rational is not None:
            return (x.rational > 0) - (x.rational < 0)
        if x.v == 0 and abs(x.s) < TIE:
            return 0
        return side_of(x.s)

    def rests_at_zero(self, x: Element) -> bool:
        return x.v == x.d == 0  # of free elements a zero is none by chance

    def pivot(self, column: Sequence[Element]) -> int:
        place = max(range(len(column)), key=lambda k: (column[k].v != 0, abs(column[k].s)))
        if column[place].v == 0:
            raise Undefined("a matrix without an inverse")
        return place

    def matrix_root(self, a: Entries) -> Entries:
        return self.matrices.root(a)

    def lyapunov(self, a: Entries, b: Entries) -> Entries:
        return self.matrices.lyapunov(a, b)

    def chance(self) -> float:
        """A bound on the probability that one draw of the free elements hides a difference of such a degree.

        Two sides that differ do so by a polynomial over a common denominator, of the degrees of both; exponentials and
        logarithms in it move as their arguments do, whose denominators and degrees are those of ``movements``.
        """
        return (2 * self.degree + self.movements) * self.matrices.branches / self.q

    def follows(self, x: Element) -> None:
        """Take account of the degree by which a free element moves that is drawn for the argument x."""
        self.movements += 3 * (x.above + x.below) + 2

    def note(self, x: Element) -> None:
        """Take account of the degree of a number that is compared with another."""
        self.degree = max(self.degree, x.above + x.below)
