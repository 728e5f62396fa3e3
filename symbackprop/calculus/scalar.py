"""Scalars: an adjoint passes back by the product with a local derivative, and each use adds a term."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import final

from sympy import Add, Expr, Mul, S, Symbol

from symbackprop.algebra import Rewritten, Vanishing, tidy
from symbackprop.calculus.dialect import LONG, Dialect
from symbackprop.calculus.gathering import gathered, side_by_side
from symbackprop.calculus.given import given
from symbackprop.calculus.graph import Graph, graph_along, reaches, summands
from symbackprop.calculus.rules import local_derivatives
from symbackprop.calculus.step import Reason, Recorder, Rule, Step, because_of, listed
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.facts import equations_in
from symbackprop.network.network import Network
from symbackprop.network.normalise import is_activation
from symbackprop.notation import Total
from symbackprop.notation.recursion import has_parts_within


def scalar_graph(network: Network, sources: Sequence[Symbol]) -> Graph:
    """The routes from ``sources`` to the loss, with each local derivative on them."""
    named = {expr: name for name, expr in network.to_loss.items() if is_activation(expr)}
    return graph_along(network, sources, lambda name, expr, moved: local_derivatives(expr, moved, name, named))


@final
@dataclass
class ScalarDialect(Dialect):
    """Sums of products of adjoints and local derivatives. ``defined`` is what error signals stand for."""

    defined: dict[Symbol, Expr] = field(default_factory=dict)

    @cached_property
    def terms_of_loss(self) -> tuple[Expr, ...]:
        """The terms of the loss where it is a sum, for the sum rule."""
        return summands(self.network)

    @cached_property
    def vanishing(self) -> Vanishing:
        """Tells which sums are zero, with the error signals written out."""
        return Vanishing(self.defined, self.network.to_loss, equations_in(self.facts))

    def total(self, name: Symbol) -> Expr:
        terms = [self._passed_back(user, self.graph.local[user, name]) for user in self._users(name)]
        return terms[0] if len(terms) == 1 else Add(*terms)

    def tidied(self, name: Symbol, total: Expr) -> Sequence[Rewritten]:
        through_softmax = any(isinstance(self.network.to_loss[u], SoftmaxComponent) for u in self._users(name))
        trace = tidy(total, self.facts, through_softmax, self.network.to_loss)
        value = trace[-1].result if trace else total
        if name in self.network.to_loss or not isinstance(value, Add):
            return trace
        proof = self.vanishing.rule(value)
        return trace if proof is None else (*trace, Rewritten(proof, S.Zero))

    def learn(self, signal: Symbol, value: Expr) -> None:
        self.defined[signal] = value

    def deserves_name(self, name: Symbol, value: Expr) -> bool:
        """Unless it is a number or a single name, or belongs to an activation, whose adjoint is used just once.

        What has grown long has a name all the same: along a chain of a thousand activations it would grow on and on.
        """
        if name not in self.graph.arguments or value.is_Number or value.is_Symbol or (-value).is_Symbol:
            return False
        if not has_parts_within(value, LONG):
            return True
        expr = self.network.to_loss[name]
        if isinstance(expr, SoftmaxComponent):
            return isinstance(value, Add) or any(isinstance(factor, Add) for factor in value.args)
        return not (is_activation(expr) and len(self.graph.arguments[name]) == 1)

    def prefix(self, name: Symbol) -> str:
        return "delta"

    def signal(self, name: Symbol, word: str) -> Symbol:
        return Symbol(word)

    def record(self, name: Symbol, total: Expr, trace: Sequence[Rewritten], recorder: Recorder) -> Step:
        return _Record(self, recorder).lines(name, total, trace)

    def _users(self, name: Symbol) -> tuple[Symbol, ...]:
        return self.graph.users.get(name, ())

    def _passed_back(self, user: Symbol, local: Expr) -> Expr:
        adjoint = self.adjoint[user]
        return local if adjoint is S.One else Mul(adjoint, local)


class _Record:
    """The lines that lead to one adjoint."""

    def __init__(self, dialect: ScalarDialect, recorder: Recorder) -> None:
        self.dialect = dialect
        self.recorder = recorder
        self.graph = dialect.graph
        self.loss = dialect.network.loss

    def lines(self, name: Symbol, total: Expr, trace: Sequence[Rewritten]) -> Step:
        users = self.graph.users.get(name, ())
        line_of = self.dialect.line_of
        lhs = Total(self.loss, name)
        if not users:
            return self._line(
                lhs, total, Rule.LOCAL, ("the derivative of each equation that uses ", name, " is zero"), ()
            )
        links = [self.graph.link(user, name) for user in users]
        network = self.dialect.network
        if network.outputs and users == (self.loss,):
            return self._line(lhs, total, Rule.GIVEN, given(network, [name]), (line_of[self.loss],))
        worked = tuple(
            self._line(link, self.graph.local[user, name], *self._why(user, name)).number
            for user, link in zip(users, links, strict=True)
        )
        said = self._split(lhs, name, users)
        earlier = tuple(line_of[user] for user in users if user in line_of)
        if said is None or said != Add(*(Total(user, name) for user in users)):
            written = side_by_side([self._chained(user, link) for user, link in zip(users, links, strict=True)])
            self._line(lhs, written, Rule.CHAIN, _chain_reason(name, users, self.loss), earlier)
        products = [self._factors(user, name) for user in users]
        gatherings = gathered(products)
        shown = side_by_side(products) if gatherings else total
        step = self._line(lhs, shown, Rule.SUBSTITUTE, ("local derivatives",), (*users, *worked, *earlier))
        if gatherings:
            words = " and ".join(words for _, words in gatherings)
            step = self._line(lhs, total, gatherings[0][0], (words,), ())
        for rewritten in trace:
            because = because_of(rewritten, rewritten.equations)
            cited = self.dialect.cited(rewritten.equations, rewritten.result)
            step = self._line(lhs, rewritten.result, Rule(rewritten.rule.name), because, cited)
        return step

    def _why(self, user: Symbol, name: Symbol) -> tuple[Rule, Reason, tuple[Symbol | int, ...]]:
        """Why a local derivative is what it is: by the equation, or as it is a given adjoint of an output."""
        network = self.dialect.network
        if network.outputs and user == self.loss:
            return Rule.GIVEN, given(network, [name]), (self.dialect.line_of[user],)
        return Rule.LOCAL, ("derivative of ", user), (user,)

    def _split(self, lhs: Expr, name: Symbol, users: Sequence[Symbol]) -> Expr | None:
        """The sum rule, where the name stands next to the loss; returns its last line, or None where there is none."""
        terms = self.dialect.terms_of_loss
        if not terms or name in terms or not all(user == self.loss or user in terms for user in users):
            return None
        moved = reaches(self.dialect.network, name)  # by way of another term, too
        reached = [term for term in terms if not moved.isdisjoint(term.free_symbols)]
        last: Expr | None = None
        for last, rule, because, uses in split_lines(self.graph, self.loss, name, terms, reached):
            self._line(lhs, last, rule, because, uses)
        return last

    def _chained(self, user: Symbol, link: Expr) -> list[Expr]:
        return [link] if user == self.loss else [Total(self.loss, user), link]

    def _factors(self, user: Symbol, name: Symbol) -> list[Expr]:
        local = self.graph.local[user, name]
        return [local] if self.dialect.adjoint[user] is S.One else [self.dialect.adjoint[user], local]

    def _line(self, lhs: Expr, rhs: Expr, rule: Rule, because: Reason, uses: tuple[Symbol | int, ...]) -> Step:
        return self.recorder.record(lhs, rhs, rule, because, uses)


def split_lines(
    graph: Graph, loss: Symbol, name: Symbol, terms: Sequence[Expr], reached: Sequence[Expr]
) -> Iterator[tuple[Expr, Rule, Reason, tuple[Symbol, ...]]]:
    """∂E/∂a = ∂E1/∂a + ∂E2/∂a, then the same without the terms that the name does not reach."""
    links = [graph.link(loss, term) for term in terms if graph.local.get((loss, term)) == 1]
    yield Add(*(Total(term, name) for term in terms)), Rule.SUM, ("sum rule on ", loss, *ones(links)), (loss,)
    missed = [term for term in terms if term not in reached]
    if missed:
        cited = tuple(term for term in missed if term.is_Symbol)
        because = (name, " does not reach ", *listed(missed))
        yield Add(*(Total(term, name) for term in reached)), Rule.UNREACHED, because, cited


def ones(links: Sequence[Expr]) -> Reason:
    """That links of a chain are 1, and so no factors: ``; ∂E/∂E1 = ∂E/∂E2 = 1``; nothing where there are none."""
    if not links:
        return ()
    return ("; ", *(part for link in dict.fromkeys(links) for part in (link, " = ")), S.One)


def _chain_reason(name: Symbol, users: Sequence[Symbol], loss: Symbol) -> Reason:
    if len(users) == 1:
        return ("chain rule through ", users[0]) if users[0] != loss else ("derivative of ", loss)
    return ("chain rule, one term for each use of ", name, ": ", *listed(users))
