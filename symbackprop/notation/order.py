"""In which order people write: factors from the loss backwards, terms with the number first and the bias last."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sympy import Expr, Mul

from symbackprop.notation.coefficients import coefficient, split_sign
from symbackprop.notation.nodes import (
    Apply,
    Call,
    Change,
    Constant,
    Derivative,
    Entrywise,
    Fraction,
    Inner,
    MatrixProduct,
    Minus,
    Name,
    Node,
    Number,
    Power,
    Product,
    Root,
    Scaled,
    Sum,
    Transpose,
)

Key = tuple[tuple[int, int, str], ...]
"""A key of the natural sort: x2 before x10, and numbers that stand alone behind names."""

TypedOrder: TypeAlias = Mapping[Expr, tuple[Expr, ...]]
"""For a sum its terms, for a product its factors other than numbers, as they were typed from left to right."""

FACTORS_LEFT_OUT = 8
"""Of products with no more factors than this it is also known how they read without one of them."""

NOWHERE = -math.inf
"""The level of what has no name in it."""

_LOGARITHMS = frozenset(["log", "log_softmax"])


@dataclass(frozen=True)
class Order:
    """Where each name stands in the network, and which names are error signals δ.

    Inputs and targets have level 0, the loss has the highest; a name that is not in ``levels`` has level 0. At one
    level names follow their ``positions``, those without one by the alphabet. Sums and products that were ``typed``
    stand as they were.
    """

    levels: Mapping[str, float] = field(default_factory=dict)
    signals: frozenset[str] = frozenset()
    positions: Mapping[str, int] = field(default_factory=dict)
    typed: TypedOrder = field(default_factory=dict)

    def key(self, name: str) -> Key:
        """The key of a name: names with a position first, in their order, then the others in the natural sort."""
        position = self.positions.get(name)
        return natural(name) if position is None else ((-1, position, ""),)


@dataclass(frozen=True, slots=True)
class Placed:
    """A node, the level of the highest name in it, its key among its like, and its shape as SymPy has it.

    ``place`` is where it was typed among the factors of a product, where that is known.
    """

    node: Node
    level: float
    key: Key
    shape: tuple[Any, ...] = ()
    place: int | None = None


def with_one_left_out(order: TypedOrder) -> TypedOrder:
    """The same, and how each short product reads without one factor, as it stands in a derivative."""
    found = dict(order)
    for whole, factors in order.items():
        if isinstance(whole, Mul) and 2 < len(factors) <= FACTORS_LEFT_OUT:
            for k in range(len(factors)):
                rest = factors[:k] + factors[k + 1 :]
                found.setdefault(Mul(*rest), rest)
    return found


def places_of(parts: Sequence[Expr], typed: Sequence[Expr]) -> list[int] | None:
    """Where each part of a sum or product was typed, a power where its base was; None where any was not."""
    if not typed:
        return None
    first: dict[Expr, int] = {}
    for place, part in enumerate(typed):
        first.setdefault(part, place)
        first.setdefault(part.as_base_exp()[0], place)
    found = [first.get(part, first.get(part.as_base_exp()[0])) for part in parts]
    return None if any(place is None for place in found) else [place for place in found if place is not None]


def natural(text: str) -> Key:
    """The key of a text."""
    return tuple((0, int(run), "") if run.isdigit() else (1, 0, run) for run in re.findall(r"[0-9]+|[^0-9]+", text))


def joined(placed: Iterable[Placed], prefix: str = "") -> Key:
    """The key of several things in a row."""
    key = list(natural(prefix))
    for part in placed:
        key += part.key
    return tuple(key)


def highest(placed: Iterable[Placed]) -> float:
    """The level of the highest of several things."""
    return max((part.level for part in placed), default=NOWHERE)


def term_rank(term: Placed, among_matrices: bool = False) -> tuple[Any, ...]:
    """Positive terms first; a number, then whatever is composite, then single names, matrices before scalars."""
    sign, node = split_sign(term.node)
    lone = (3 if among_matrices and not term.shape else 2) if isinstance(_unturned(node), Name) else 1
    kind = (0 if sign > 0 else 4) if isinstance(node, Number) else lone
    return (sign < 0, kind, term.key, coefficient(node))


def factor_rank(placed: Placed, order: Order) -> tuple[Any, ...]:
    """Constants; error signals; from the highest level down; then logarithms and totals; at the end long sums."""
    node = placed.node
    base = node.base if isinstance(node, Power) else node
    if _is_signal(base, order):
        return (1, 0, 0, placed.key, 0)
    if placed.level == NOWHERE:
        return (0, 0, 0, placed.key, 0)
    if isinstance(base, Change):  # sum(G) db, as dE = E' dx
        return (5, 0, 0, placed.key, 0)
    if isinstance(base, Sum) and _is_big(base):
        return (4, -placed.level, 0, placed.key, 0)
    if isinstance(base, Call) or (isinstance(base, Apply) and base.function in _LOGARITHMS):
        return (3, -placed.level, 0, placed.key, 0)
    kind, after = _kind(base)
    return (2, -placed.level, kind, order.key(after) if after else placed.key, isinstance(base, Sum))


def is_change(node: Node) -> bool:
    """Whether a term is a change: ⟨G, dX⟩, or dx with what stands in front of it. Such terms stay as they are given."""
    match node:
        case Inner() | Change():
            return True
        case Minus(term):
            return is_change(term)
        case Scaled(_, of):
            return is_change(of)
        case Product(_, factors):
            return any(map(is_change, factors))
    return False


def _unturned(node: Node) -> Node:
    """What is transposed or repeated, or the node itself."""
    while isinstance(node, Transpose) or (isinstance(node, Call) and node.word == "broadcast"):
        node = node.of if isinstance(node, Transpose) else node.arguments[0]
    return node


def _is_signal(node: Node, order: Order) -> bool:
    """Whether the node is an error signal, or one that a matrix product passed back, or a sum of such products."""
    match _unturned(node):
        case Name(name):
            return name in order.signals
        case MatrixProduct(factors):
            return any(_is_signal(factor.node, order) for factor in factors)
        case Entrywise(above):
            return any(_is_signal(factor.node, order) for factor in above)
        case Scaled(_, of):
            return _is_signal(of, order)
        case Sum(terms) if any(isinstance(term, (MatrixProduct, Scaled)) for _, term in terms):
            return all(_is_signal(term, order) for _, term in terms)
    return False


def _is_big(node: Sum) -> bool:
    simple = (Name, Number, Constant, Power, Root, Apply, Derivative, Transpose)
    return len(node.terms) > 2 or not all(isinstance(term, simple) for _, term in node.terms)


def _kind(base: Node) -> tuple[int, str]:
    """At one level: differences, quotients, matrix products; names, 1 - a after its a; functions; the rest."""
    if isinstance(base, Name):
        return 1, base.name
    if isinstance(base, Sum):
        bodies = [term.base if isinstance(term, Power) else term for _, term in base.terms]
        names = [body.name for body in bodies if isinstance(body, Name)]
        if len(names) == 2 and base.terms[0][0] != base.terms[1][0]:
            return 0, ""
        if len(names) == 1 and any(isinstance(body, Number) for body in bodies):
            return 1, names[0]
    return {Fraction: 0, MatrixProduct: 0, Apply: 2}.get(type(base), 3), ""


def linked(factors: list[Placed]) -> list[Placed]:
    """Let each derivative in a product begin where the one before it ends: ∂E/∂a · ∂a/∂o · ∂o/∂w."""
    at = [i for i, factor in enumerate(factors) if isinstance(factor.node, Derivative)]
    waiting = {i: _ends(factors[i].node) for i in at}
    bottoms = Counter(below for _, below in waiting.values())
    tops: dict[str, list[int]] = {}
    for i, (above, _) in waiting.items():
        tops.setdefault(above, []).append(i)
    chain: list[int] = []
    below = ""
    while waiting:
        follows = [i for i in tops.get(below, []) if i in waiting]
        starts = (i for i, (above, _) in waiting.items() if not bottoms[above])
        chosen = follows[0] if follows else next(starts, next(iter(waiting)))
        _, below = waiting.pop(chosen)
        bottoms[below] -= 1
        chain.append(chosen)
    result = list(factors)
    for i, chosen in zip(at, chain, strict=True):
        result[i] = factors[chosen]
    return result


def _ends(node: Node) -> tuple[str, str]:
    """The names above and below a derivative, empty where an expression stands there."""
    assert isinstance(node, Derivative)
    above, below = (part.name if isinstance(part, Name) else "" for part in (node.of, node.by))
    return above, below
