"""Routes from a name to the loss that a formula leaves out: all those that pass one link, or some of a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.calculus.graph import count_routes
from symbackprop.judge.entries import Entries
from symbackprop.judge.numbers import Number
from symbackprop.judge.walk import Walk
from symbackprop.judge.world import World, inner
from symbackprop.verification.repair.worlds import Residues

ROUTES_TRIED = 12
MOST_LINKS = 60

Link = tuple[Symbol, Symbol]
"""A name, and the name whose equation uses it."""


def left_out(derivation: Derivation, w: Symbol, formula: Expr, worlds: Sequence[Residues]) -> str:
    """The routes that a formula leaves out, in words; nothing where that is not what is wrong."""
    graph, loss = derivation.graph, derivation.network.loss
    count = count_routes(graph, w, loss)
    if count < 2:
        return ""
    if derivation.network.dialect == "scalar" and count <= ROUTES_TRIED:
        return _some_of_few(derivation, w, formula, worlds)
    links = list(_links(derivation, w))
    if len(links) > MOST_LINKS:
        return ""
    tests = [_Test(one, w, formula) for one in worlds]
    for link in links:
        if all(test.holds_without(link) for test in tests):
            return _spoken(derivation, w, link)
    return ""


def _some_of_few(derivation: Derivation, w: Symbol, formula: Expr, worlds: Sequence[Residues]) -> str:
    """Of a few routes whose products add up to the gradient, one or several are left out."""
    paths = list(derivation.paths(w))
    products = [path.product for path in paths]
    sums = [([one.value(product).only for product in products], one.value(formula).only, one.p) for one in worlds]
    for missing in range(1, len(paths)):
        for chosen in combinations(range(len(paths)), missing):
            if all(
                (sum(terms) - sum(terms[k] for k in chosen) - found) % p == 0 for terms, found, p in sums
            ):  # fmt: skip
                return "the formula leaves out " + " and ".join(
                    "the route " + _arrows(paths[k].names) for k in chosen
                )  # fmt: skip
    return ""


def _arrows(names: Sequence[Symbol]) -> str:
    return " → ".join(name.name for name in names)


def _links(derivation: Derivation, w: Symbol) -> Iterator[Link]:
    """The links on routes from a name to the loss, in order, but for those that all routes pass."""
    users = derivation.graph.users
    reached = _reached(derivation, w, None)
    for name in (w, *derivation.graph.active):
        if name in reached:
            for user in users.get(name, ()):
                if derivation.network.loss in _reached(derivation, w, (name, user)):
                    yield name, user


def _reached(derivation: Derivation, w: Symbol, without: Link | None) -> set[Symbol]:
    found, stack = {w}, [w]
    while stack:
        name = stack.pop()
        for user in derivation.graph.users.get(name, ()):
            if (name, user) != without and user not in found:
                found.add(user)
                stack.append(user)
    return found


class _Test:
    """Whether the formula is the gradient without one link, in one world along one direction."""

    def __init__(self, residues: Residues, w: Symbol, formula: Expr) -> None:
        self.world, self.w = residues.world, w
        self.direction = self.world.values[w.name].each(lambda _: residues.field.free(1.0))
        found = self.world.value(formula)
        self.found: Number = inner(self.world.numbers, [(found, self.direction)])

    def holds_without(self, link: Link) -> bool:
        """Whether it is."""
        return bool(_slope_without(self.world, self.w, self.direction, link).v == self.found.v)


def _slope_without(world: World, w: Symbol, direction: Entries, link: Link) -> Number:
    """How the loss moves with a name where one equation does not hear of one of its arguments."""
    numbers, still = world.numbers, world.numbers.still
    values = {leaf.name: world.values[leaf.name].each(still) for leaf in world.network.leaves}
    pairs = zip(world.values[w.name].flat, direction.flat, strict=True)
    values[w.name] = Entries(direction.shape, tuple(numbers.moved(x, d) for x, d in pairs))
    walk = Walk(numbers, values, world.sizes, world.forks)
    for symbol, expr in world.network.equations.items():
        if symbol == w:
            continue
        if symbol == link[1]:
            deaf = {**values, link[0].name: values[link[0].name].each(still)}
            values[symbol.name] = Walk(numbers, deaf, world.sizes, world.forks).value(expr)
        else:
            values[symbol.name] = walk.value(expr)
    return numbers.slope(values[world.network.loss.name].only)


def _spoken(derivation: Derivation, w: Symbol, link: Link) -> str:
    """From the name over the link to where the route joins others, or to the last name that it has for itself."""
    used, user = link
    users = derivation.graph.users
    if count_routes(derivation.graph, w, used) != 1 and used != w:
        return f"the routes over {_arrows(link)} are missing"
    route = [w]
    while route[-1] != used:
        route.append(next(name for name in users[route[-1]] if count_routes(derivation.graph, name, used) or name == used))
    others = _reached(derivation, w, link)
    route.append(user)
    while route[-1] not in others and len(users.get(route[-1], ())) == 1:
        route.append(users[route[-1]][0])
    if route[-1] in others:
        return f"the route {_arrows(route)} is missing"
    return f"the routes over {_arrows(route)} are missing"
