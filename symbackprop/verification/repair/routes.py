"""Routes from a name to the loss that a formula leaves out: all those that pass one link, or some of a few."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.calculus.graph import count_routes
from symbackprop.judge.walk import Walk
from symbackprop.verification.repair.parts import inner
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
    if derivation.network.kind.has_routes and count <= ROUTES_TRIED:
        return _some_of_few(derivation, w, formula, worlds)
    links = list(_links(derivation, w))
    if len(links) > MOST_LINKS:
        return ""
    trials: dict[int, _Trial] = {}
    for link in links:
        for k, one in enumerate(worlds):  # a world is set in motion when it is first asked
            trial = trials.get(k) or trials.setdefault(k, _Trial(derivation, w, formula, one))
            if not trial.holds_without(link):
                break
        else:
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


class _Trial:
    """One world set in motion: the name moves in a random direction, and all that depends on it."""

    def __init__(self, derivation: Derivation, w: Symbol, formula: Expr, residues: Residues) -> None:
        self.derivation, self.residues, self.world = derivation, residues, residues.world
        direction = self.world.values[w.name].each(lambda _: residues.field.free(1.0))
        self.moving = self.world.moving({w.name: direction})
        seeds = direction.each(lambda x: x.v)
        self.missing = (
            inner(residues.true, seeds, residues.p) - inner(residues.value(formula), seeds, residues.p)
        ) % residues.p

    def holds_without(self, link: Link) -> bool:
        """Whether what the formula lacks is what passes one link: how its user moves by it alone, times ∂loss/∂user."""
        used, user = link
        values = {**self.world.values, used.name: self.moving[used.name]}
        walk = Walk(self.world.numbers, values, self.world.sizes, self.world.forks)
        moved = walk.value(self.world.network.to_loss[user]).each(lambda x: x.d)
        adjoint = self.residues.value(self.derivation.adjoint(user))
        return inner(moved, adjoint, self.residues.p) == self.missing


def _spoken(derivation: Derivation, w: Symbol, link: Link) -> str:
    """From the name over the link to where the route joins others, or to the last name that it has for itself."""
    used, user = link
    users = derivation.graph.users
    if count_routes(derivation.graph, w, used) != 1 and used != w:
        return f"the routes over {_arrows(link)} are missing"
    route = [w]
    while route[-1] != used:
        route.append(
            next(name for name in users[route[-1]] if count_routes(derivation.graph, name, used) or name == used)
        )
    others = _reached(derivation, w, link)
    route.append(user)
    while route[-1] not in others and len(users.get(route[-1], ())) == 1:
        route.append(users[route[-1]][0])
    if route[-1] in others:
        return f"the route {_arrows(route)} is missing"
    return f"the routes over {_arrows(route)} are missing"
