"""Why one form is another: the least set of equations, and of facts, under which both are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sympy import Eq, Expr, Symbol

from symbackprop.algebra.forms.worlds import Worlds
from symbackprop.errors import SymbackpropError
from symbackprop.judge.entries import Entries
from symbackprop.judge.field import Field
from symbackprop.judge.forks import Forks
from symbackprop.judge.numbers import Undecidable, Unlucky
from symbackprop.judge.walk import Walk
from symbackprop.judge.world import World

MOST = 40
"""So many equations are looked through, one after the other."""


def grounds(worlds: Worlds, old: Expr, new: Expr) -> tuple[tuple[Symbol, ...], tuple[Eq, ...]]:
    """The equations that make the old form the new one, in order, and the facts that they need beside them."""
    equations: Mapping[Symbol, Expr] = {**worlds.network.to_loss, **worlds.defined}
    reached = _reached((old, new), equations)
    if not worlds.worlds or len(reached) > MOST:
        return (), ()
    free = _Free(worlds.worlds[0], equations)
    needed = _least(reached, lambda some: free.agree(old, new, some))
    facts = [fact for fact in worlds.facts if isinstance(fact, Eq)]
    return tuple(needed), tuple(fact for fact in facts if free.breaks(old, new, needed, fact))


def _reached(exprs: Iterable[Expr], equations: Mapping[Symbol, Expr]) -> list[Symbol]:
    """The names with equations that the forms are made of, in the order of the equations."""
    found: set[Symbol] = set()
    stack = [symbol for expr in exprs for symbol in expr.free_symbols]
    while stack:
        symbol = stack.pop()
        if symbol in equations and symbol not in found:
            found.add(symbol)
            stack.extend(equations[symbol].free_symbols)
    return [name for name in equations if name in found]


def _least(reached: Sequence[Symbol], holds: Callable[[Sequence[Symbol]], bool]) -> list[Symbol]:
    """A set that can lose no member: from the front, the equations that are farthest from both forms go first."""
    if not holds(reached):
        return []
    kept = list(reached)
    for name in reached:
        without = [other for other in kept if other != name]
        if holds(without):
            kept = without
    return kept


class _Free:
    """A world in which names have values of their own, but for those whose equations are asked for."""

    def __init__(self, world: World, equations: Mapping[Symbol, Expr]) -> None:
        self.world = world
        self.equations = equations
        self.numbers: Field = world.numbers  # type: ignore[assignment]
        self.free = {
            name: value.each(lambda x: self.numbers.free(x.s)) if _is_equation(name, equations) else value
            for name, value in world.values.items()
        }

    def agree(self, old: Expr, new: Expr, some: Sequence[Symbol], values: Mapping[str, Entries] | None = None) -> bool:
        """Whether both forms are the same where these equations hold."""
        known = dict(self.free if values is None else values)
        walk = Walk(self.numbers, known, self.world.sizes, Forks(fixed=frozenset(self.world.sizes)))
        try:
            for name in some:
                known[name.name] = walk.value(self.equations[name])
            first, second = walk.value(old), walk.value(new)
        except (Unlucky, Undecidable, ZeroDivisionError, SymbackpropError):
            return False
        return [x.v for x in first.flat] == [x.v for x in second.flat]

    def breaks(self, old: Expr, new: Expr, some: Sequence[Symbol], fact: Eq) -> bool:
        """Whether both forms differ where one fact is not obeyed."""
        spoken = {symbol.name for symbol in fact.free_symbols}
        values = {n: v.each(lambda x: self.numbers.free(x.s)) if n in spoken else v for n, v in self.free.items()}
        return not self.agree(old, new, some, values)


def _is_equation(name: str, equations: Mapping[Symbol, Expr]) -> bool:
    return any(symbol.name == name for symbol in equations)
