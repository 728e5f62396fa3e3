"""The lines of one gradient of scalars, along its routes to the loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from sympy import Add, Basic, Expr, Mul, S, Symbol

from symbackprop.algebra import Ground
from symbackprop.calculus.derivation import Derivation
from symbackprop.calculus.gathering import LIKE_TERMS, POWERS, gathered, side_by_side
from symbackprop.calculus.given import record_given
from symbackprop.calculus.graph import reaches, routes_until, summands
from symbackprop.calculus.replacing import nameable, replaced
from symbackprop.calculus.scalar import ones, split_lines
from symbackprop.calculus.step import Reason, Recorder, Rule, Step, listed
from symbackprop.network.facts import equations_in
from symbackprop.notation import Total, text

ROUTES_WORKED = 12
"""With more routes than this a gradient is worked through its δ's alone: nobody reads fifty products."""
NAMES_WORKED = 40
"""So it is along longer routes."""

Route = tuple[Symbol, ...]
"""The names from a source to the loss, or to a name whose δ is known."""


class RoutedLines:
    """The lines of one gradient. Each equals the one before, and none reads like an earlier one."""

    def __init__(self, derivation: Derivation, source: Symbol) -> None:
        self.derivation = derivation
        self.source = source
        self.loss = derivation.network.loss
        self.lhs = Total(self.loss, source)
        self.recorder = Recorder()
        self.written: dict[str, int] = {}
        self.told: frozenset[tuple[Symbol, Symbol]] = frozenset()
        """The links from the loss to its terms, once the sum rule has said that they are 1."""

    def worked(self) -> tuple[Step, ...]:
        """All lines, to the form of the sweep."""
        record_given(self.derivation.network, self.derivation.graph, self.recorder)
        few = self.derivation.path_count(self.source) <= ROUTES_WORKED
        routes = self._routes(()) if few else []
        if few and max(map(len, routes)) <= NAMES_WORKED:
            self.split_loss()
            named = self._closed_then_named()
            self.multiply(routes, gather=named is not None)
            if named is None:
                self.signal_by_signal()
            else:
                self.closed_form(named)
        else:
            self.through_the_nearest()
        self._close()
        return tuple(self.recorder.steps)

    # What is known of the routes

    @cached_property
    def _signals(self) -> Mapping[Symbol, Symbol]:
        """The names on the routes above the source that have a δ, from the loss back."""
        above = self.derivation.graph.above(self.source)
        return {name: delta for name, delta in self.derivation.signals.items() if name in above}

    def _routes(self, known: Sequence[Symbol], source: Symbol | None = None) -> list[Route]:
        """The routes from a name up to the loss, each as far as the first name whose δ is known."""
        return list(routes_until(self.derivation.graph, source or self.source, {self.loss, *known}))

    def _edges(self, route: Route) -> list[tuple[Symbol, Symbol]]:
        """The links of a route, from its end nearest to the loss."""
        return list(zip(route[1:], route, strict=False))[::-1]

    def _links(self, route: Route) -> list[Expr]:
        return [self.derivation.link(*edge) for edge in self._edges(route) if edge not in self.told]

    def _factors(self, route: Route) -> list[Expr]:
        """The derivatives along a route that are not 1; all of them would be numbers where it has no names."""
        found = [self.derivation.graph.local[edge] for edge in self._edges(route)]
        return [factor for factor in found if factor != 1] or found[:1]

    def _ones(self, routes: Sequence[Route]) -> Reason:
        """The links that are 1 and stand in no product."""
        local = self.derivation.graph.local
        edges = [edge for route in routes for edge in self._edges(route) if local[edge] == 1 and edge not in self.told]
        return ones([self.derivation.link(*edge) for edge in edges])

    # Lines

    def reach(self, rhs: Expr, rule: Rule, because: Reason, uses: tuple[Symbol | int, ...] = ()) -> None:
        """Write a line, unless it reads like an earlier one; like the last it takes its place, as it is the same."""
        steps = self.recorder.steps
        reads = text(rhs, order=self.derivation.order)
        at = self.written.setdefault(reads, len(steps))
        if at == len(steps):
            self.recorder.record(self.lhs, rhs, rule, because, uses)
        elif at == len(steps) - 1:
            steps[at] = replace(steps[at], rhs=rhs)

    def _close(self) -> None:
        """End at the line that reads like the form of the sweep, and let it be that form."""
        shared = self.derivation.shared[self.source]
        at = self.written[text(shared, order=self.derivation.order)]
        steps = self.recorder.steps
        steps[at:] = [replace(steps[at], rhs=shared)]

    def split_loss(self) -> None:
        """The sum rule on the loss, and the terms that the source does not reach."""
        derivation = self.derivation
        terms = summands(derivation.network)
        if not terms or self.source in derivation.network.to_loss[self.loss].free_symbols:
            return
        reached = reaches(derivation.network, self.source)
        kept = [term for term in terms if not reached.isdisjoint(term.free_symbols)]
        for rhs, rule, because, uses in split_lines(derivation.graph, self.loss, self.source, terms, kept):
            self.reach(rhs, rule, because, uses)
        local = derivation.graph.local
        self.told = frozenset((self.loss, term) for term in terms if local.get((self.loss, term)) == 1)

    def multiply(self, routes: Sequence[Route], gather: bool) -> None:
        """One product of links for each route, then of local derivatives, then what gathers in them."""
        links = side_by_side([self._links(route) for route in routes])
        if links != self.derivation.link(self.loss, self.source):  # else it would say ∂E/∂y = ∂E/∂y
            self.reach(links, Rule.CHAIN, self._chain_reason(routes))
        self.put_in([self._factors(route) for route in routes], routes, gather)

    def put_in(self, products: Sequence[Sequence[Expr]], routes: Sequence[Route], gather: bool) -> None:
        """The local derivatives in the place of the links, then what gathers in their products.

        Nothing is gathered where the factors are to go into δ's, which would take them apart again.
        """
        users = {user for route in routes for user, used in self._edges(route) if (user, used) not in self.told}
        cited = tuple(name for name in self.derivation.network.to_loss if name in users)
        because = ("local derivatives", *self._ones(routes))
        self.reach(side_by_side(products), Rule.SUBSTITUTE, because, cited)
        if gather:
            found = gathered(products)
            words = [
                f"{why} in each product" if why != LIKE_TERMS[1] and len(products) > 1 else why for _, why in found
            ]
            whole = Add(*(Mul(*factors) for factors in products))
            self.reach(whole, found[0][0] if found else Rule.GATHER, (" and ".join(words) or POWERS[1],))

    def _chain_reason(self, routes: Sequence[Route]) -> Reason:
        if len(routes) == 1:
            return ("chain rule along ", *_arrows(routes[0]))
        return ("chain rule, one product for each of the ", str(len(routes)), " routes to ", self.loss)

    # The closed form first

    def _closed_then_named(self) -> list[tuple[Expr, tuple[Symbol, ...]]] | None:
        """The closed form with the δ's named that stand whole in it, round by round, each round with its δ's.

        None where this does not lead to the form of the sweep.
        """
        form = self.derivation.closed.adjoint[self.source]
        rounds: list[tuple[Expr, tuple[Symbol, ...]]] = []
        while found := nameable(form, self.derivation.backward):
            following = replaced(form, found)
            if following == form:
                break
            form = following
            rounds.append((form, tuple(found.values())))
        order = self.derivation.order
        reached = text(form, order=order) == text(self.derivation.shared[self.source], order=order)
        return rounds if reached else None

    def closed_form(self, rounds: Sequence[tuple[Expr, tuple[Symbol, ...]]]) -> None:
        """The closed form, without what is known of the data and with it, then the δ's named in it."""
        derivation = self.derivation
        on_the_way = derivation.graph.above(self.source) | {self.source}
        why = self._why(derivation.plain.rewrites, on_the_way)
        if self._meet(on_the_way - {self.source}) or not why:
            why[Rule.COMMON.value] = Rule.COMMON
        self.reach(derivation.plain.adjoint[self.source], next(iter(why.values())), (" and ".join(why),))
        equations = equations_in(derivation.facts)
        if equations:
            stated = (part for fact in equations for part in (" and ", fact.lhs, " = ", fact.rhs))
            self.reach(derivation.closed.adjoint[self.source], Rule.FACT, ("since ", *list(stated)[1:]))
        for form, deltas in rounds:
            self.reach(form, Rule.NAME, ("naming ", *listed(deltas)), deltas)

    def _why(
        self, rewrites: Mapping[Symbol, Sequence[Ground]], names: Iterable[Symbol], products: Sequence[list[Expr]] = ()
    ) -> dict[str, Rule]:
        """Why products become what the sweep made of them: the words, each with its rule.

        First what gathers in the ``products``; then how the sums that arrive at the names were tidied.
        """
        chosen = set(names)
        found = {words: rule for rule, words in gathered(products)}
        for name in rewrites:
            found |= {rewrite.reason: Rule(rewrite.name) for rewrite in rewrites[name] if name in chosen}
        return found

    def _meet(self, names: Iterable[Symbol]) -> bool:
        """Whether routes meet at one of these names, so that what lies below it is common to several products."""
        return any(len(self.derivation.graph.users.get(name, ())) > 1 for name in names)

    # Signal by signal

    def signal_by_signal(self) -> None:
        """From the loss back, gather what belongs to each δ out of the products, and name it."""
        derivation = self.derivation
        known: list[Symbol] = []
        for names in self._batches():
            arriving = [self._products(self._routes(known, name), {}) for name in names]
            routes = self._routes([*known, *names])
            common = {Rule.COMMON.value: Rule.COMMON}
            taken_out = common if any(len(products) > 1 for products in arriving) else {}
            gathering = {words: rule for products in arriving for rule, words in gathered(products)}
            inner = {other for name in names for other in derivation.graph.above(name, known)}
            tidying = self._why(derivation.swept.rewrites, inner | set(names))
            if set(tidying) - set(common):
                totals = (Add(*(Mul(*factors) for factors in products)) for products in arriving)
                self._show(routes, dict(zip(names, totals, strict=True)), taken_out | gathering)
                taken_out, gathering = (common if self._meet(inner) else {}), {}
            values = {name: derivation.backward[self._signals[name]] for name in names}
            self._show(routes, values, gathering | tidying | taken_out)
            known += names
            self._name(routes, names)
        self._arrive(known)

    def _batches(self) -> Iterator[list[Symbol]]:
        """The names that have a δ, from the loss back, those together whose δ's do not need one another."""
        batch: list[Symbol] = []
        for name, delta in self._signals.items():
            needed = self.derivation.backward[delta].free_symbols
            if any(self._signals[other] in needed or other in self.derivation.graph.above(name) for other in batch):
                yield batch
                batch = []
            batch.append(name)
        if batch:
            yield batch

    def _products(self, routes: Sequence[Route], values: Mapping[Symbol, Expr]) -> list[list[Expr]]:
        """For each route the adjoint of its end and the factors between, taken apart."""
        products = []
        for route in routes:
            end = self._end(route, values)
            factors = [part for factor in self._factors(route) for part in Mul.make_args(factor) if part != 1]
            products.append([*([] if end == 1 else [end]), *factors] or [S.One])
        return products

    def _end(self, route: Route, values: Mapping[Symbol, Expr]) -> Expr:
        """The adjoint of the name at which a route ends."""
        return S.One if route[-1] == self.loss else values.get(route[-1], self.derivation.signals.get(route[-1]))

    def _show(self, routes: Sequence[Route], values: Mapping[Symbol, Expr], why: Mapping[str, Rule]) -> None:
        """The sum over the routes with these adjoints at their ends; nothing where nothing is done."""
        if why:
            shown = side_by_side(self._products(routes, values))
            self.reach(shown, next(iter(why.values())), (" and ".join(why),))

    def _name(self, routes: Sequence[Route], names: Sequence[Symbol]) -> None:
        """The sum over the routes, the δ's of their ends named."""
        deltas = tuple(self._signals[name] for name in names)
        self.reach(side_by_side(self._products(routes, {})), Rule.NAME, ("naming ", *listed(deltas)), deltas)

    def _arrive(self, known: Sequence[Symbol]) -> None:
        """From the δ's next to the source to the form of the sweep, which may have a name itself."""
        derivation = self.derivation
        inner = derivation.graph.above(self.source, known)
        why = self._why(derivation.swept.rewrites, inner | {self.source}, self._products(self._routes(known), {}))
        if self._meet(inner) or not why:
            why[Rule.COMMON.value] = Rule.COMMON
        delta = derivation.signals.get(self.source)
        value = derivation.shared[self.source] if delta is None else derivation.backward[delta]
        self.reach(value, next(iter(why.values())), (" and ".join(why),))
        if delta is not None:
            self.reach(delta, Rule.NAME, ("naming ", delta), (delta,))

    # Through the nearest signals

    def through_the_nearest(self) -> None:
        """The chain rule through the nearest names that have a δ, and these named."""
        known = list(self._signals)
        routes = self._routes(known)
        ends = list(dict.fromkeys(route[-1] for route in routes))
        adjoints = [[] if route[-1] == self.loss else [Total(self.loss, route[-1])] for route in routes]
        chained = [[*end, *self._links(route)] for end, route in zip(adjoints, routes, strict=True)]
        self.reach(side_by_side(chained), Rule.CHAIN, ("chain rule through ", *listed(ends)))
        products = [[*end, *self._factors(route)] for end, route in zip(adjoints, routes, strict=True)]
        self.put_in(products, routes, gather=False)
        self._name(routes, [name for name in ends if name != self.loss])
        self._arrive(known)


def _arrows(names: Route) -> Iterator[str | Basic]:
    for position, name in enumerate(names):
        if position:
            yield " → "
        yield name
