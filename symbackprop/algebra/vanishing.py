"""A sum of chain products that is zero, once the error signals in it are written out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sympy import Add, Eq, Expr, Integer, S, Symbol

from symbackprop.algebra.rewrite import EXPANSION_LIMIT, PROVED, Rewrite, expanded_size
from symbackprop.functions.softmax import softmax_component

GATHERED = "gathering like terms"
ROUNDS = 12
"""How often error signals are written out, from the name towards the loss."""


def cancels(
    total: Expr, defined: Mapping[Symbol, Expr], equations: Mapping[Symbol, Expr], facts: Sequence[Eq]
) -> Rewrite | None:
    """The rule by which a sum is zero, or None where that is not found.

    Error signals are written out as they are ``defined``, one after the other; components of a softmax add up to 1.
    The search ends where the sum becomes long.
    """
    known = dict(_solved([*_whole_softmaxes(equations), *facts]))
    expr = total
    for _ in range(ROUNDS):
        if expanded_size(expr) > EXPANSION_LIMIT:
            return None
        expr = expr.expand()
        if expr == 0:
            return Rewrite(GATHERED, "always: the terms cancel", lambda _: S.Zero)
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
