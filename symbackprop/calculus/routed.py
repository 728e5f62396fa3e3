"""The lines of one gradient of scalars, along its routes to the loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from sympy import Add, Basic, Expr, Mul, S, Symbol

from symbackprop.algebra import Rewrite
from symbackprop.calculus.derivation import Derivation
from symbackprop.calculus.gathering import LIKE_TERMS, POWERS, gathered, side_by_side
from symbackprop.calculus.graph import reaches, routes_until, summands
from symbackprop.calculus.scalar import ones, split_lines
from symbackprop.calculus.step import Reason, Recorder, Rule, Step, listed
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
        few = self.derivation.path_count(self.source) <= ROUTES_WORKED
        routes = self._routes(()) if few else []
        if few and max(map(len, routes)) <= NAMES_WORKED:
            self.split_loss()
            named = self._closed_then_named()
            self.multiply(routes, like_terms=named is not None)
            if named is None:
                self.signal_by_signal()
            else:
                self.closed_form(named)
        else:
            self.through_the_nearest()
        return tuple(self.recorder.steps)

    # What is known of the routes

    @cached_property
    def _signals(self) -> Mapping[Symbol, Symbol]:
        """The names on the routes, the source among them, that have a δ, from the loss back."""
        above = self.derivation.graph.above(self.source, ())
        return {name: delta for name, delta in self.derivation.signals.items() if name in above or name == self.source}

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

    def split_loss(self) -> None:
        """The sum rule on the loss, and the terms that the source does not reach."""
        derivation = self.derivation
        terms = summands(derivation.network)
        if not terms or self.source in derivation.network.equations[self.loss].free_symbols:
            return
        reached = reaches(derivation.network, self.source)
        kept = [term for term in terms if not reached.isdisjoint(term.free_symbols)]
        for rhs, rule, because, uses in split_lines(derivation.graph, self.loss, self.source, terms, kept):
            self.reach(rhs, rule, because, uses)
        local = derivation.graph.local
        self.told = frozenset((self.loss, term) for term in terms if local.get((self.loss, term)) == 1)

    def multiply(self, routes: Sequence[Route], like_terms: bool) -> None:
        """One product of links for each route, then of local derivatives, then what gathers in them."""
        links = side_by_side([self._links(route) for route in routes])
        if links != self.derivation.link(self.loss, self.source):  # else it would say ∂E/∂y = ∂E/∂y
            self.reach(links, Rule.CHAIN, self._chain_reason(routes))
        self.put_in([self._factors(route) for route in routes], routes, like_terms)

    def put_in(self, products: Sequence[Sequence[Expr]], routes: Sequence[Route], like_terms: bool) -> None:
        """The local derivatives in the place of the links, then what gathers in their products.

        Terms that are alike stay apart where they are to be gathered into δ's of their own.
        """
        users = {name for route in routes for name in route[1:]}
        cited = tuple(name for name in self.derivation.network.equations if name in users)
        because = ("local derivatives", *self._ones(routes))
        self.reach(side_by_side(products), Rule.SUBSTITUTE, because, cited)
        gatherings = [found for found in gathered(products) if like_terms or found != LIKE_TERMS]
        terms = [Mul(*factors) for factors in products]
        whole = Add(*terms) if like_terms else side_by_side([[term] for term in terms])
        words = [
            f"{why} in each product" if why != LIKE_TERMS[1] and len(products) > 1 else why for _, why in gatherings
        ]
        rule, _ = gatherings[0] if gatherings else POWERS
        self.reach(whole, rule, (" and ".join(words) or POWERS[1],))

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
        while found := self._nameable(form):
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
        on_the_way = self.derivation.graph.above(self.source, ()) | {self.source}
        self.reach(derivation.plain.adjoint[self.source], *self._why(derivation.plain.rewrites, on_the_way))
        if derivation.facts:
            stated = (part for fact in derivation.facts for part in (" and ", fact.lhs, " = ", fact.rhs))
            self.reach(derivation.closed.adjoint[self.source], Rule.FACT, ("since ", *list(stated)[1:]))
        for form, deltas in rounds:
            self.reach(form, Rule.NAME, ("naming ", *listed(deltas)), deltas)
        self.reach(derivation.shared[self.source], Rule.COMMON, (Rule.COMMON,))  # it reads like the last

    def _nameable(self, expr: Expr) -> dict[Expr, Symbol]:
        """The definitions that stand in ``expr``, written in δ's that it has been given already."""
        here = expr.free_symbols
        return {
            definition: delta
            for delta, definition in self.derivation.backward.items()
            if definition.free_symbols <= here and replaced(expr, {definition: delta}) != expr
        }

    def _why(self, rewrites: Mapping[Symbol, Sequence[Rewrite]], names: set[Symbol]) -> tuple[Rule, Reason]:
        """The rules by which what arrives at these names is tidied; where routes meet, the common part is taken out."""
        used = dict.fromkeys(rewrite for name in rewrites if name in names for rewrite in rewrites[name])
        rules = dict.fromkeys(Rule(rewrite.name) for rewrite in used)
        reasons = dict.fromkeys(rewrite.reason for rewrite in used)
        if not rules or any(len(self.derivation.graph.users.get(name, ())) > 1 for name in names - {self.source}):
            rules[Rule.COMMON] = None
            reasons[Rule.COMMON.value] = None
        return next(iter(rules)), (" and ".join(reasons),)

    # Signal by signal

    def signal_by_signal(self) -> None:
        """From the loss back, gather what belongs to each δ out of the products, and name it."""
        known: list[Symbol] = []
        for names in self._batches():
            found = {name: self._gathered(name, known) for name in names}
            routes = self._routes([*known, *names])
            between = set[Symbol]().union(*(self.derivation.graph.above(name, known) for name in names), names)
            rule, because = self._why(self.derivation.swept.rewrites, between)
            if because != (Rule.COMMON,):  # else it would be taken out twice
                self._show(routes, {name: total for name, (total, _) in found.items()}, Rule.COMMON, (Rule.COMMON,))
            self._show(routes, {name: value for name, (_, value) in found.items()}, rule, because)
            known += names
            deltas = tuple(self._signals[name] for name in names)
            self._show(routes, dict(zip(names, deltas, strict=True)), Rule.NAME, ("naming ", *listed(deltas)), deltas)
        between = self.derivation.graph.above(self.source, known) | {self.source}
        self.reach(self.derivation.shared[self.source], *self._why(self.derivation.swept.rewrites, between))

    def _batches(self) -> Iterator[list[Symbol]]:
        """The names that have a δ, from the loss back, those together whose δ's do not need one another."""
        batch: list[Symbol] = []
        for name, delta in self._signals.items():
            needed = self.derivation.backward[delta].free_symbols
            if any(self._signals[other] in needed or other in self.derivation.graph.above(name, ()) for other in batch):
                yield batch
                batch = []
            batch.append(name)
        if batch:
            yield batch

    def _gathered(self, name: Symbol, known: Sequence[Symbol]) -> tuple[Expr, Expr]:
        """What arrives at a name by its routes, and the same as the sweep has tidied it."""
        routes = self._routes(known, name)
        total = Add(*(Mul(self._end(route, {}), *self._factors(route)) for route in routes))
        return total, self.derivation.backward[self._signals[name]]

    def _end(self, route: Route, values: Mapping[Symbol, Expr]) -> Expr:
        """The adjoint of the name at which a route ends."""
        return S.One if route[-1] == self.loss else values.get(route[-1], self.derivation.signals.get(route[-1]))

    def _show(
        self,
        routes: Sequence[Route],
        values: Mapping[Symbol, Expr],
        rule: Rule,
        because: Reason,
        uses: tuple[Symbol | int, ...] = (),
    ) -> None:
        """The sum over the routes, each the adjoint of its end times what stands between."""
        products = []
        for route in routes:
            end = self._end(route, values)
            inner = self._factors(route) if len(route) > 1 else []
            between = [] if end != 1 and inner == [S.One] else Mul.make_args(Mul(*inner))
            products.append([*([] if end == 1 and between else [end]), *between])
        self.reach(side_by_side(products), rule, because, uses)

    # Through the nearest signals

    def through_the_nearest(self) -> None:
        """The chain rule through the nearest names that have a δ, and these named."""
        ends = [name for name in self._signals if name != self.source]
        routes = self._routes(ends)
        last = list(dict.fromkeys(route[-1] for route in routes))
        adjoints = [[] if route[-1] == self.loss else [Total(self.loss, route[-1])] for route in routes]
        chained = [[*adjoint, *self._links(route)] for adjoint, route in zip(adjoints, routes, strict=True)]
        self.reach(side_by_side(chained), Rule.CHAIN, ("chain rule through ", *listed(last)))
        self.put_in(
            [[*adjoint, *self._factors(route)] for adjoint, route in zip(adjoints, routes, strict=True)],
            routes,
            like_terms=False,
        )
        deltas = tuple(self._signals[name] for name in last if name != self.loss)
        self._show(routes, {}, Rule.NAME, ("naming ", *listed(deltas)), deltas)
        between = self.derivation.graph.above(self.source, ends) | {self.source}
        delta = self._signals.get(self.source)
        value = self.derivation.shared[self.source] if delta is None else self.derivation.backward[delta]
        self.reach(value, *self._why(self.derivation.swept.rewrites, between))
        if delta is not None:
            self.reach(delta, Rule.NAME, ("naming ", delta), (delta,))


def replaced(expr: Expr, definitions: Mapping[Expr, Symbol]) -> Expr:
    """Replace definitions that stand whole, or as the factors of a product, by their names."""
    if expr in definitions:
        return definitions[expr]
    if not expr.args:
        return expr
    args = [replaced(arg, definitions) if isinstance(arg, Expr) else arg for arg in expr.args]
    node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
    if isinstance(node, Mul):
        for definition, delta in definitions.items():
            parts = Mul.make_args(definition)
            if len(parts) > 1 and all(part in node.args for part in parts):
                rest = [factor for factor in node.args if factor not in parts]
                return replaced(Mul(delta, *rest), definitions)
    return node


def _arrows(names: Route) -> Iterator[str | Basic]:
    for position, name in enumerate(names):
        if position:
            yield " → "
        yield name
