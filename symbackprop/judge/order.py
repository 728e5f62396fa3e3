"""Names in an order that facts state: where a < b, b is a and a number more, which is not negative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Symbol
from sympy.core.relational import Relational

from symbackprop.network.facts import inequalities_in, room_of


def in_order(
    facts: Sequence[Relational], leaves: Sequence[Symbol], upwards: bool
) -> tuple[Mapping[Symbol, Expr], tuple[Symbol, ...]]:
    """What names are in terms of others and of rooms, by inequalities that are linear in them; and those rooms.

    Each name is told by one inequality at most, and never in terms of itself; larger ones by smaller ones if it goes
    ``upwards``, and else smaller ones by larger ones.
    """
    known: dict[Symbol, Expr] = {}
    rooms: list[Symbol] = []
    for place, fact in enumerate(inequalities_in(facts)):
        gap = room_of(fact).xreplace(known).expand()
        names = [leaf for leaf in leaves if leaf in gap.free_symbols]
        for name in names if len(names) > 1 else ():
            slope = gap.coeff(name)
            rest = (gap - slope * name).expand()
            if slope == (1 if upwards else -1) and name not in rest.free_symbols:
                room = Symbol(f"_room.{place}")
                value = (slope * (room - rest)).expand()
                known = {other: expr.xreplace({name: value}).expand() for other, expr in known.items()}
                known[name] = value
                rooms.append(room)
                break
    return known, tuple(rooms)
