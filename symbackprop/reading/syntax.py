"""The tree of a formula as it was written, before it is known what its parts mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

from sympy import Rational, Symbol


@dataclass(frozen=True)
class Node:
    """A part of a formula, with the place in the text where it stands."""

    start: int
    end: int


@dataclass(frozen=True)
class Number(Node):
    """A number, as an exact fraction."""

    value: Rational


@dataclass(frozen=True)
class Constant(Node):
    """``pi`` or ``e``."""

    name: str


@dataclass(frozen=True)
class Name(Node):
    """A name of the network."""

    symbol: Symbol


@dataclass(frozen=True)
class Minus(Node):
    """Minus something."""

    of: Node


@dataclass(frozen=True)
class Sum(Node):
    """Terms, each with its sign, 1 or -1."""

    terms: tuple[tuple[int, Node], ...]


@dataclass(frozen=True)
class Product(Node):
    """Factors, each with the sign before it; the first has none, and those side by side have a blank."""

    factors: tuple[tuple[str, Node], ...]


@dataclass(frozen=True)
class Quotient(Node):
    """One thing over another, of which it is seen where each ends."""

    above: Node
    below: Node


@dataclass(frozen=True)
class Power(Node):
    """A base and its exponent. ``sign`` is ``**``, ``^``, or ``∘`` for a power of each entry."""

    base: Node
    exponent: Node
    sign: str


@dataclass(frozen=True)
class Transpose(Node):
    """A transpose; ``inverse`` where it is that of the inverse, A⁻ᵀ."""

    of: Node
    inverse: bool = False


@dataclass(frozen=True)
class Call(Node):
    """A function applied to arguments.

    ``keywords`` are arguments with a word, ``sub`` what stands lowered behind its name, and ``primes`` how often it is
    differentiated.
    """

    function: str
    arguments: tuple[Node, ...]
    keywords: tuple[tuple[str, Node], ...] = ()
    sub: tuple[Node, ...] = ()
    primes: int = 0
    word: str = field(default="", compare=False)


@dataclass(frozen=True)
class Bars(Node):
    """|x|."""

    of: Node


@dataclass(frozen=True)
class Norm(Node):
    """‖A‖."""

    of: Node


@dataclass(frozen=True)
class Inner(Node):
    """⟨A, B⟩."""

    left: Node
    right: Node


@dataclass(frozen=True)
class Cases(Node):
    """Values by condition; the condition None holds otherwise."""

    branches: tuple[tuple[Node, Node | None], ...]


@dataclass(frozen=True)
class Compare(Node):
    """Comparisons in a row: ``0 < x < 1``."""

    sides: tuple[Node, ...]
    relations: tuple[str, ...]


@dataclass(frozen=True)
class Logic(Node):
    """Conditions joined by ``and`` or by ``or``."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Truth(Node):
    """True or False."""

    value: bool


@dataclass(frozen=True)
class Items(Node):
    """What stands in square brackets, or several things in round ones."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Derivative(Node):
    """∂y/∂x; ``immediate`` where it is written ∂⁺."""

    of: Node
    by: Symbol
    immediate: bool = False


@dataclass(frozen=True)
class Change(Node):
    """dX."""

    of: Node


@dataclass(frozen=True)
class Identity(Node):
    """The identity matrix with its size below."""

    size: Node


def nodes_of(root: Node) -> Iterator[Node]:
    """Every part of a tree, an outer one before what stands in it."""
    waiting: list[object] = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting += reversed(part)
        elif isinstance(part, Node):
            yield part
            waiting += [getattr(part, entry.name) for entry in reversed(fields(part))]
