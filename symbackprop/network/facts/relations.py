"""Facts are relations: equations of the data, and inequalities that say where values lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sympy import Eq, Expr
from sympy.core.relational import GreaterThan, LessThan, Relational, StrictGreaterThan, StrictLessThan

Fact: TypeAlias = Relational
"""An equation, by which gradients may be rewritten, or an inequality, which says where a value lies."""


@dataclass(frozen=True)
class Stated:
    """What was stated, in the words in which it was, and the facts that it stands for.

    There are none where it says nothing beside what was stated before it.
    """

    words: str
    facts: tuple[Fact, ...]


LEAVE_OUT = "correct it, or leave it out"
INEQUALITIES = (StrictGreaterThan, GreaterThan, StrictLessThan, LessThan)
TURNED: dict[type[Relational], type[Relational]] = {
    StrictGreaterThan: StrictLessThan,
    StrictLessThan: StrictGreaterThan,
    GreaterThan: LessThan,
    LessThan: GreaterThan,
}
"""What an inequality becomes where its sides change places."""


def equations_in(facts: Iterable[Fact]) -> tuple[Eq, ...]:
    """The facts with an equals sign."""
    return tuple(fact for fact in facts if isinstance(fact, Eq))


def inequalities_in(facts: Iterable[Fact]) -> tuple[Relational, ...]:
    """The facts that say where values lie."""
    return tuple(fact for fact in facts if not isinstance(fact, Eq))


def sign_of(fact: Fact) -> str:
    """What stands between its sides: =, <, <=, > or >=."""
    return "=" if isinstance(fact, Eq) else str(fact.rel_op)


def spoken(fact: Fact) -> str:
    """The fact as errors write it."""
    return f"{fact.lhs} {sign_of(fact)} {fact.rhs}"


def is_strict(fact: Fact) -> bool:
    """Whether the sides of an inequality may not be equal."""
    return isinstance(fact, (StrictGreaterThan, StrictLessThan))


def room_of(fact: Fact) -> Expr:
    """What an inequality says is positive, or not negative: 1 - p for p < 1."""
    larger = isinstance(fact, (StrictGreaterThan, GreaterThan))
    return fact.lhs - fact.rhs if larger else fact.rhs - fact.lhs
