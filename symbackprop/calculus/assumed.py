"""What a derivation assumes: what each thing that was stated is used for, and what must not be zero on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sympy import Eq, Expr, Symbol

from symbackprop.algebra import Ground
from symbackprop.algebra.sides import Signs
from symbackprop.network.facts import Fact, Stated

Rewrites = Mapping[Symbol, Sequence[Ground]]


@dataclass(frozen=True)
class Assumed:
    """The rules by which sums were rewritten, sweep by sweep, under ``facts``; ``equations`` are the network's."""

    rewrites: Sequence[Rewrites]
    facts: Sequence[Fact]
    equations: Mapping[Symbol, Expr]

    def uses_of(self, said: Stated) -> tuple[Symbol, ...]:
        """The names on whose derivatives some line rests on what was stated, in the order of the sweep."""
        found = (name for rewrites in self.rewrites for name, grounds in rewrites.items() if _rests_on(said, grounds))
        return tuple(dict.fromkeys(found))

    @cached_property
    def nonzero(self) -> tuple[Expr, ...]:
        """What was cancelled on the way and must not be zero, but for what never is by the network or by facts.

        The network itself is divided by it, so that it has no value where it is zero.
        """
        signs = Signs(self.facts, self.equations)
        grounds = (ground for rewrites in self.rewrites for grounds in rewrites.values() for ground in grounds)
        cancelled = dict.fromkeys(factor for ground in grounds for factor in ground.nonzero)
        return tuple(f for f in cancelled if signs.of(f).zero)


def unused(stated: Sequence[Eq], leads_there: Callable[[tuple[Eq, ...]], bool]) -> tuple[Eq, ...]:
    """The equations without which all comes out the same, as ``leads_there`` tells of some of them."""
    kept = tuple(stated)
    for fact in reversed(stated):
        others = tuple(other for other in kept if other != fact)
        kept = others if leads_there(others) else kept
    return tuple(fact for fact in stated if fact not in kept)


def _rests_on(said: Stated, grounds: Sequence[Ground]) -> bool:
    return any(fact in said.facts for ground in grounds for fact in ground.uses)
