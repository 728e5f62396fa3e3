"""Inequalities as bounds: what each says of one expression, and whether they can hold together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Eq, Expr, Rational, Symbol

from symbackprop.errors import NetworkError
from symbackprop.network.facts.relations import LEAVE_OUT, Fact, inequalities_in, is_strict, room_of, spoken
from symbackprop.network.facts.sets import values_of


@dataclass(frozen=True)
class Bound:
    """What an inequality says of one expression: it is above a number, or below it."""

    of: Expr
    number: Expr
    is_lower: bool
    strict: bool

    def excludes(self, other: Bound) -> bool:
        """Whether nothing is within both bounds."""
        if self.is_lower == other.is_lower or self.of != other.of:
            return False
        gap = self.number - other.number if self.is_lower else other.number - self.number
        return bool(gap > 0 or (gap == 0 and (self.strict or other.strict)))


def bound_of(fact: Fact, room: Expr) -> Bound:
    """The bound that an inequality sets, whose ``room`` is not a number: delta > 1/2 for 2*delta - 1 > 0."""
    number, rest = room.expand().as_coeff_Add()
    factor, core = rest.primitive()
    if core.could_extract_minus_sign():
        factor, core = -factor, -core
    return Bound(core, -number / factor, bool(factor > 0), is_strict(fact))


def _check_sets(facts: Sequence[Fact]) -> None:
    """Refuse facts by which a name may be one of a few numbers, and bounds that leave none of them."""
    left: dict[Symbol, list[Rational]] = {}
    for fact in facts:
        found = values_of(fact)
        if found is not None:
            name, few = found
            left[name] = [number for number in left.get(name, few) if number in few]
    for fact in facts:
        for name, numbers in left.items():
            if not isinstance(fact, Eq) and fact.free_symbols == {name} and room_of(fact).is_polynomial(name):
                rooms = {number: room_of(fact).xreplace({name: number}) for number in numbers}
                left[name] = [n for n, room in rooms.items() if room > 0 or (room == 0 and not is_strict(fact))]
            if not left[name]:
                raise NetworkError("fact", f"{spoken(fact)} contradicts the other facts", LEAVE_OUT, where="facts")


def check_bounds(facts: Sequence[Fact], known: Callable[[Expr], Expr]) -> None:
    """Refuse inequalities that say nothing, or that cannot hold together.

    ``known`` puts the equations into an expression. Two bounds are compared where they are of one expression.
    """
    bounds: list[Bound] = []
    _check_sets(facts)
    for fact in inequalities_in(facts):
        if room_of(fact).expand().is_number:
            raise NetworkError("fact", f"{spoken(fact)} is about no value", LEAVE_OUT, where="facts")
        room = known(room_of(fact)).expand()
        if room.is_number:
            impossible = bool(room < 0 or (room == 0 and is_strict(fact)))
        else:
            bound = bound_of(fact, room)
            impossible = any(map(bound.excludes, bounds))
            bounds.append(bound)
        if impossible:
            raise NetworkError("fact", f"{spoken(fact)} contradicts the other facts", LEAVE_OUT, where="facts")
