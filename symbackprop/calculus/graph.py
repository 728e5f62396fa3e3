"""Who uses whom: the part of a network on the routes from some names to the loss, with its local derivatives."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul, Symbol

from symbackprop.network.network import Network
from symbackprop.network.order import upstream
from symbackprop.notation import Direct, Immediate, text


@dataclass(frozen=True)
class Graph:
    """Edges from each name to the equations that use it, on routes to the loss.

    ``local[(c, v)]`` is the derivative of equation c in its argument v, where both are scalars. ``users[v]`` are the
    equations that use v, in order; ``active`` the equations on a route, in order; ``arguments[c]`` the names that c
    passes back to.
    """

    local: Mapping[tuple[Symbol, Symbol], Expr]
    users: Mapping[Symbol, tuple[Symbol, ...]]
    active: tuple[Symbol, ...]
    arguments: Mapping[Symbol, tuple[Symbol, ...]]
    _ancestors_of_arguments: Mapping[Symbol, int]
    _bit: Mapping[Symbol, int]

    def with_local(self, local: Mapping[tuple[Symbol, Symbol], Expr]) -> Graph:
        """The same graph with other local derivatives."""
        return replace(self, local=local)

    def link(self, user: Symbol, name: Symbol) -> Direct:
        """∂user/∂name as it is written: ∂⁺ where other routes lead from the one to the other."""
        return (Immediate if self.has_detour(user, name) else Direct)(user, name)

    def above(self, name: Symbol, ends: Container[Symbol] = ()) -> set[Symbol]:
        """The names on the routes from ``name`` to the loss, as far as ``ends``, without these."""
        found: set[Symbol] = set()
        waiting = [name]
        while waiting:
            for user in self.users.get(waiting.pop(), ()):
                if user not in found and user not in ends:
                    found.add(user)
                    waiting.append(user)
        return found

    def has_detour(self, user: Symbol, name: Symbol) -> bool:
        """Whether ``name`` reaches ``user`` by another route beside the direct one."""
        return bool(self._ancestors_of_arguments[user] >> self._bit[name] & 1)


Links = Callable[[Symbol, Expr, set[Symbol]], Mapping[Symbol, Expr | None]]
"""Given an equation and the names that move: those that it passes back to, with local derivatives if there are any."""


@dataclass(frozen=True)
class Path:
    """One route from a name to the loss: the names passed, and the local derivative of each link, loss first."""

    names: tuple[Symbol, ...]
    links: tuple[Expr, ...]
    factors: tuple[Expr, ...]

    def __str__(self) -> str:
        return f"{' → '.join(text(name) for name in self.names)}: {text(self.product)}"

    @property
    def product(self) -> Expr:
        """The product of the local derivatives: what this route contributes to the gradient."""
        return Mul(*self.factors)


def graph_along(network: Network, sources: Sequence[Symbol], links: Links) -> Graph:
    """The routes from ``sources`` to the loss."""
    reaching = upstream(network.to_loss, [network.loss])
    position = {name: k for k, name in enumerate(network.names)}
    moved = set(sources)
    local: dict[tuple[Symbol, Symbol], Expr] = {}
    users: dict[Symbol, list[Symbol]] = {}
    arguments: dict[Symbol, tuple[Symbol, ...]] = {}
    active: list[Symbol] = []
    for name, expr in network.to_loss.items():
        if name not in reaching:
            continue
        found = links(name, expr, moved)
        if found:
            moved.add(name)
            active.append(name)
            arguments[name] = tuple(sorted(found, key=position.__getitem__))
            for argument in arguments[name]:
                derivative = found[argument]
                if derivative is not None:
                    local[name, argument] = derivative
                users.setdefault(argument, []).append(name)
    bit, above = _ancestors(active, arguments, sources)
    return Graph(local, {v: tuple(us) for v, us in users.items()}, tuple(active), arguments, above, bit)


def _ancestors(
    active: Sequence[Symbol], arguments: Mapping[Symbol, tuple[Symbol, ...]], sources: Sequence[Symbol]
) -> tuple[dict[Symbol, int], dict[Symbol, int]]:
    """For each equation a bit set of what lies above its arguments, and the bit of each name."""
    bit = {name: k for k, name in enumerate(dict.fromkeys((*sources, *active)))}
    above: dict[Symbol, int] = {}
    above_arguments: dict[Symbol, int] = {}
    for name in active:
        strict = 0
        direct = 0
        for argument in arguments[name]:
            strict |= above.get(argument, 0)
            direct |= 1 << bit[argument]
        above_arguments[name] = strict
        above[name] = strict | direct
    return bit, above_arguments


def summands(network: Network, limit: int = 12) -> tuple[Expr, ...]:
    """The terms of the loss where it is a sum, for the sum rule; empty where it is none or has too many.

    A layer has no loss of its own.
    """
    expr = network.to_loss[network.loss]
    if network.outputs or not isinstance(expr, Add) or len(expr.args) > limit:
        return ()
    order = {name: k for k, name in enumerate(network.names)}
    last = len(order)
    return tuple(
        sorted(expr.args, key=lambda t: (max((order.get(s, last) for s in t.free_symbols), default=-1), t.sort_key()))
    )


def reaches(network: Network, name: Symbol) -> frozenset[Symbol]:
    """Every equation that ``name`` reaches, and itself."""
    reached = {name}
    for equation, expr in network.to_loss.items():
        if not reached.isdisjoint(expr.free_symbols):
            reached.add(equation)
    return frozenset(reached)


def routes(graph: Graph, source: Symbol, loss: Symbol) -> Iterator[tuple[Symbol, ...]]:
    """Each route from ``source`` to the loss, as the names that it passes, without recursion."""
    return routes_until(graph, source, {loss})


def routes_until(graph: Graph, source: Symbol, ends: Container[Symbol]) -> Iterator[tuple[Symbol, ...]]:
    """Each route from ``source``, which is no end of one, to the first of ``ends`` on it."""
    stack: list[tuple[Symbol, ...]] = [(source,)]
    while stack:
        route = stack.pop()
        if route[-1] in ends and len(route) > 1:
            yield route
            continue
        stack.extend((*route, user) for user in reversed(graph.users.get(route[-1], ())))


def count_routes(graph: Graph, source: Symbol, loss: Symbol) -> int:
    """How many routes lead from ``source`` to the loss, told without listing them."""
    count: dict[Symbol, int] = {loss: 1}
    for name in (*reversed(graph.active), source):
        if name != loss:
            count[name] = sum(count.get(user, 0) for user in graph.users.get(name, ()))
    return count[source]
