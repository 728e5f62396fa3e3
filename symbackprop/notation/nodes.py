"""The layout of an expression: a small tree in which everything stands in the order in which it is written.

Signs stand outside: numbers are never negative, a ``Minus`` or the sign of a ``Sum``'s term says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any


class Node:
    """A part of a layout."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A fraction in lowest terms, zero or positive."""

    numerator: int
    denominator: int = 1

    @property
    def whole(self) -> bool:
        """Whether it is an integer."""
        return self.denominator == 1

    @property
    def terminates(self) -> bool:
        """Whether it can be written as a decimal."""
        return not _without(_without(self.denominator, 2), 5) > 1

    @property
    def decimal(self) -> Decimal | None:
        """The number as an exact decimal where that has no more digits than a float carries, or None."""
        if not self.terminates:
            return None
        exact = Context(prec=1200).divide(Decimal(self.numerator), Decimal(self.denominator)).normalize()
        return exact if len(exact.as_tuple().digits) <= 17 else None

    @property
    def reads_as_decimal(self) -> bool:
        """Whether a person would write 0.01 rather than 1/100: a fraction of tenths, not a half or an eighth."""
        return self.denominator % 5 == 0 and self.decimal is not None


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """``pi``, ``e``, ``inf`` or ``nan``."""

    name: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name of the network."""

    name: str


@dataclass(frozen=True, slots=True)
class Minus(Node):
    """Minus a term."""

    term: Node


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """Two terms or more, each with its sign, 1 or -1."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """A coefficient, unless it is 1, and the factors; together two at least, or one and a coefficient."""

    coefficient: Number | None
    factors: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Fraction(Node):
    """A numerator over a denominator that is not a mere number."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Power(Node):
    """A power that is neither a root nor under a fraction's bar; ``entrywise`` where it is one of each entry."""

    base: Node
    exponent: Node
    entrywise: bool = False


@dataclass(frozen=True, slots=True)
class Root(Node):
    """A square root."""

    radicand: Node


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function applied to arguments.

    ``function`` is its name in the vocabulary; ``settings`` are fixed numbers such as a slope; ``index`` is the number
    of a softmax component; ``source`` is the applied SymPy function, or None where the writer made this itself;
    ``entrywise`` says that it is applied to each entry of a matrix.
    """

    function: str
    arguments: tuple[Node, ...]
    settings: tuple[Node, ...] = ()
    index: int | None = None
    source: Any = None
    entrywise: bool = False


@dataclass(frozen=True, slots=True)
class Cases(Node):
    """Values and the conditions under which they hold, tried in order; the condition None holds always."""

    branches: tuple[tuple[Node, Node | None], ...]

    @property
    def indicated(self) -> Node | None:
        """The condition, where the value is 1 if it holds and 0 otherwise: Iverson's bracket of it."""
        match self.branches:
            case ((Number(1, 1), condition), (Number(0), None)):
                return condition
        return None


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A comparison; ``relation`` is one of ``< <= > >= == !=``."""

    left: Node
    relation: str
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """Conditions joined by ``and`` or by ``or``."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """A condition that holds always or never."""

    value: bool


@dataclass(frozen=True, slots=True)
class Derivative(Node):
    """A derivative not yet worked out; ``immediate`` where it is written ∂⁺."""

    of: Node
    by: Node
    immediate: bool = False


# Matrices


@dataclass(frozen=True, slots=True)
class Operand(Node):
    """A factor with its shape: rows and columns, or nothing for a scalar. It is written as its ``node``."""

    node: Node
    shape: tuple[Node, ...] = ()

    @property
    def narrow(self) -> bool:
        """Whether it is a scalar, a row or a column."""
        return not self.shape or Number(1) in self.shape


@dataclass(frozen=True, slots=True)
class MatrixProduct(Node):
    """The matrix product of two factors or more."""

    factors: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Entrywise(Node):
    """A product entry by entry of what stands ``above``, divided entry by entry by what stands ``below``.

    Above stand matrices, or one scalar alone; below stand matrices; together they are two at least.
    """

    above: tuple[Operand, ...]
    below: tuple[Operand, ...] = ()


@dataclass(frozen=True, slots=True)
class Scaled(Node):
    """A scalar in front of a matrix, or of a number that is made of matrices."""

    scale: Node
    of: Node


@dataclass(frozen=True, slots=True)
class Transpose(Node):
    """A transpose."""

    of: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """An operation on a matrix by the ``word`` that formulas have for it: ``colsum``, ``softmax``, ``inv``.

    ``settings`` are an axis or sizes. The word ``entry`` is the total of a matrix that has one entry. ``source`` is
    the SymPy expression. ``displayed`` is what stands for it in mathematics, where that is no call.
    """

    word: str
    arguments: tuple[Node, ...]
    settings: tuple[Node, ...] = ()
    source: Any = None
    displayed: Node | None = None


@dataclass(frozen=True, slots=True)
class OwnCall(Node):
    """An operation of the user's own; ``source`` is the SymPy expression."""

    name: str
    arguments: tuple[Node, ...]
    source: Any = None


@dataclass(frozen=True, slots=True)
class Change(Node):
    """dX, the differential of a matrix or a scalar."""

    of: Node


@dataclass(frozen=True, slots=True)
class Inner(Node):
    """⟨A, B⟩, the inner product of two matrices."""

    left: Node
    right: Node


def _without(number: int, prime: int) -> int:
    while number % prime == 0:
        number //= prime
    return number
