"""Equations between scalars of data: each solved for one name."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Eq, Expr, Symbol

from symbackprop.errors import NetworkError
from symbackprop.network.facts.relations import Fact, equations_in, spoken
from symbackprop.network.facts.sets import is_among_few


def solved(facts: Sequence[Eq]) -> dict[Symbol, Expr]:
    """The equations of scalars, each solved for one name, in names that none is solved for.

    Those that let a name be one of a few numbers, as y**2 = 1 does, are passed over: it is not solved for.
    Raises NetworkError where they cannot be.

    With t1 + t3 = 1 and t2 + t3 = 1, t3 is 1 - t1 and t2 is t1.
    """
    known, unsolved = _solve(facts)
    for fact, gap in unsolved.items():
        what = "is not linear in any name" if gap.free_symbols else "contradicts the other facts"
        raise NetworkError("fact", f"{spoken(fact)} {what}", "state facts such as Eq(t1 + t2, 1)", where="facts")
    return known


def without_curves(facts: Sequence[Fact]) -> list[Fact]:
    """The facts about scalars but for equations that are linear in no name, such as t1**2 + t2**2 = 1."""
    _, unsolved = _solve(equations_in(facts))
    return [fact for fact in facts if fact not in unsolved or not unsolved[fact].free_symbols]


def _solve(facts: Sequence[Eq]) -> tuple[dict[Symbol, Expr], dict[Eq, Expr]]:
    """What the facts give names, and the facts that give none, each with the difference of its sides."""
    known: dict[Symbol, Expr] = {}
    unsolved: dict[Eq, Expr] = {}
    facts = sorted(facts, key=is_among_few)  # by then it is known which of their names are numbers
    for fact in facts:
        gap = (fact.lhs - fact.rhs).xreplace(known).expand()
        if gap.is_zero or (is_among_few(fact) and gap.free_symbols):
            continue
        for symbol in sorted(gap.free_symbols, key=str, reverse=True):
            slope = gap.diff(symbol)
            if slope.is_number and slope != 0:
                value = (symbol - gap / slope).expand()
                known = {name: expr.xreplace({symbol: value}).expand() for name, expr in known.items()}
                known[symbol] = value
                break
        else:
            unsolved[fact] = gap
    return known, unsolved
