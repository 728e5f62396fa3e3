"""Weights whose derivations have the same shape: one is worked in full, the others stand in a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.network.network import Network

ROLES = ("input", "target", "parameter", "value")

MOST_COUNTED = 60
"""Names whose routes are counted, to choose the one that stands out."""


@dataclass(frozen=True)
class Group:
    """Names of one shape; the first is worked in full."""

    names: tuple[Symbol, ...]
    level: float

    @property
    def worked(self) -> Symbol:
        """The one that is worked in full."""
        return self.names[0]

    @property
    def similar(self) -> tuple[Symbol, ...]:
        """The others."""
        return self.names[1:]


def groups_of(derivation: Derivation, among: Iterable[Symbol] | None = None) -> tuple[Group, ...]:
    """The names that the derivation is with respect to, grouped by shape, those next to the loss first.

    With ``among``, these names on routes to the loss instead.
    """
    shapes = _shapes(derivation)
    found: dict[int, list[Symbol]] = {}
    for name in derivation.wrt if among is None else among:
        found.setdefault(shapes[name], []).append(name)
    levels = derivation.network.levels
    groups = [Group(tuple(names), levels[names[0].name]) for names in found.values()]
    return tuple(sorted(groups, key=lambda group: -group.level))


def standing_out(derivation: Derivation) -> str | None:
    """The name whose routes stand out in the graph; of matrices none.

    It is the first of those with the fewest routes beyond one.
    """
    if not derivation.network.kind.has_routes:
        return None
    counts = {w.name: derivation.path_count(w) for w in derivation.wrt[:MOST_COUNTED]}
    several = [count for count in counts.values() if count > 1]
    wanted = min(several, default=1)
    return next((name for name, count in counts.items() if count == wanted), None)


def _shapes(derivation: Derivation) -> dict[Symbol, int]:
    """A number for each name: equal where every route to the loss looks the same but for the names on it."""
    graph = derivation.graph
    roles = roles_of(derivation.network)
    numbers: dict[tuple[object, ...], int] = {}
    shapes: dict[Symbol, int] = {derivation.network.loss: 0}
    for name in (*reversed(graph.active), *derivation.wrt):
        if name in shapes:
            continue
        uses = sorted(
            (outline(derivation.local[user, name], user, name, roles), shapes[user])
            for user in graph.users.get(name, ())
        )
        shapes[name] = numbers.setdefault(tuple(uses), len(numbers) + 1)
    return shapes


def roles_of(network: Network) -> dict[Symbol, Symbol]:
    """What each name is there for."""
    families = (network.inputs, network.targets, network.parameters, tuple(network.equations))
    return {name: Symbol(role) for role, family in zip(ROLES, families, strict=True) for name in family}


def outline(expr: Expr, user: Symbol, name: Symbol, roles: Mapping[Symbol, Symbol]) -> str:
    """A local derivative with each name replaced by what it is there for."""
    own = {user: Symbol("output"), name: Symbol("argument")}
    return str(expr.xreplace({s: own.get(s, roles[s]) for s in expr.free_symbols}))
