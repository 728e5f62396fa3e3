"""A sum of chain products that is zero, once the error signals in it are written out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Add, Basic, Eq, Expr, Integer, Mul, Pow, S, Symbol

from symbackprop.algebra.at_point import AtPoint
from symbackprop.algebra.rewrite import EXPANSION_LIMIT, PROVED, Rewrite
from symbackprop.functions.softmax import softmax_component
from symbackprop.notation.recursion import parts_first

GATHERED = "gathering like terms"
ROUNDS = 12
"""How often error signals are written out, from the name towards the loss."""
MANY = 10**9
MOST_FACTORS = 60
"""More terms than this are not counted, and not as more than so many factors."""


class Vanishing:
    """Tells which sums of a sweep are zero.

    Error signals are written out as they are ``defined``, one after the other; components of a softmax add up to 1.
    The search ends where the sum becomes long. Before it begins the sum is worked out at a point of a prime field:
    what is not zero there is not zero, and few sums are.
    """

    def __init__(self, defined: Mapping[Symbol, Expr], equations: Mapping[Symbol, Expr], facts: Sequence[Eq]) -> None:
        self.defined = defined
        self.known = dict(_solved([*_whole_softmaxes(equations), *facts]))
        self.at_point = AtPoint(defined, {symbol: value for symbol, (value, _) in self.known.items()})

    def rule(self, total: Expr) -> Rewrite | None:
        """The rule by which a sum is zero, or None where that is not found."""
        if self.at_point.value(total) not in (0, None):
            return None
        return _cancels(total, self.defined, self.known)


def _cancels(total: Expr, defined: Mapping[Symbol, Expr], known: Mapping[Symbol, tuple[Expr, Eq]]) -> Rewrite | None:
    expr = total
    for _ in range(ROUNDS):
        if _all_terms(expr) > EXPANSION_LIMIT:
            return None
        expr = expr.expand()
        if expr == 0:
            return Rewrite(GATHERED, "where error signals are what they stand for: the terms cancel", lambda _: S.Zero)
        used = {symbol: fact for symbol, fact in known.items() if symbol in expr.free_symbols}
        if used and expr.xreplace({symbol: value for symbol, (value, _) in used.items()}).expand() == 0:
            stated = ", ".join(f"{fact.lhs} = {fact.rhs}" for _, fact in used.values())
            return Rewrite(PROVED, f"where {stated}", lambda _: S.Zero)
        signals = {signal: value for signal, value in defined.items() if signal in expr.free_symbols}
        if not signals:
            return None
        expr = expr.xreplace(signals)
    return None


def _whole_softmaxes(equations: Mapping[Symbol, Expr]) -> Iterator[Eq]:
    """The sum of all components of each softmax is 1."""
    names: dict[Expr, Symbol] = {expr: name for name, expr in equations.items() if isinstance(expr, softmax_component)}
    for expr in names:
        components = [names.get(sibling) for sibling in expr.siblings()]
        if expr.index == 1 and None not in components:
            yield Eq(Add(*(name for name in components if name is not None)), Integer(1), evaluate=False)


def _solved(facts: Iterable[Eq]) -> Iterator[tuple[Symbol, tuple[Expr, Eq]]]:
    """Each fact for one of its names, which stands alone in it."""
    for fact in facts:
        known = fact.lhs - fact.rhs
        for symbol in sorted(known.free_symbols, key=str, reverse=True):
            rest = known - symbol
            if symbol not in rest.free_symbols:
                yield symbol, (-rest, fact)
                break


def _all_terms(expr: Expr) -> int:
    """How many terms are written when all of an expression is multiplied out, also inside functions, roughly."""
    sizes: dict[Basic, int] = {}
    for node in parts_first(expr):
        sizes[node] = min(_terms(node, [sizes[arg] for arg in node.args]), MANY)
    return max(sizes.values())


def _terms(node: Basic, parts: Sequence[int]) -> int:
    if isinstance(node, Add):
        return sum(parts)
    if isinstance(node, Mul):
        return math.prod(parts)
    if isinstance(node, Pow) and isinstance(node.exp, Integer):
        return int(parts[0] ** min(abs(int(node.exp)), MOST_FACTORS))
    return max(parts, default=1)
