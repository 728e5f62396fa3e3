"""The reverse sweep: from the loss back to each name, one chain rule at a time, each line recorded as it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sympy import Add, Eq, Expr, Mul, S, Symbol

from symbackprop.algebra import Rewritten, tidy
from symbackprop.calculus.graph import Graph, summands
from symbackprop.calculus.step import Reason, Recorder, Rule, Step
from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.network.network import Network
from symbackprop.network.normalise import is_activation
from symbackprop.notation import Total


@dataclass(frozen=True)
class Swept:
    """What a sweep leaves: the adjoint of every name, those that got a δ of their own, and the lines of the work."""

    adjoint: Mapping[Symbol, Expr]
    backward: Mapping[Symbol, Expr]
    signal: Mapping[Symbol, Symbol]
    steps: tuple[Step, ...]


@dataclass
class Sweep:
    """One pass over a graph, from the loss to ``sources``.

    With ``naming``, an equation's adjoint gets the name δ unless it is a number or a single name, or the equation is an
    activation, whose adjoint is used just once. Without it every adjoint is written out in full. ``local`` may differ
    from the graph's own local derivatives in names alone.
    """

    network: Network
    graph: Graph
    sources: Sequence[Symbol]
    facts: Sequence[Eq] = ()
    naming: bool = True
    local: Mapping[tuple[Symbol, Symbol], Expr] | None = None
    recorder: Recorder | None = None
    adjoint: dict[Symbol, Expr] = field(default_factory=dict)
    backward: dict[Symbol, Expr] = field(default_factory=dict)
    signal: dict[Symbol, Symbol] = field(default_factory=dict)
    line_of: dict[Symbol, int] = field(default_factory=dict)
    terms_of_loss: tuple[Expr, ...] = field(init=False)
    taken: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.taken = frozenset(s.name for s in self.network.names)
        self.terms_of_loss = summands(self.network)

    def run(self) -> Swept:
        """Visit every name from the loss backwards."""
        self.adjoint[self.network.loss] = S.One
        for name in (*self._backwards(), *self.sources):
            if name not in self.adjoint:
                self._visit(name)
        steps = tuple(self.recorder.steps) if self.recorder else ()
        return Swept(self.adjoint, self.backward, self.signal, steps)

    def _backwards(self) -> list[Symbol]:
        """Equations from the loss back, a layer at a time, each layer in the order of its neurons."""
        levels = self.network.levels
        return sorted(self.graph.active, key=lambda name: -levels[name.name])

    def _visit(self, name: Symbol) -> None:
        users = self.graph.users.get(name, ())
        local = self.graph.local if self.local is None else self.local
        terms = [self._passed_back(user, local[user, name]) for user in users]
        through_softmax = any(isinstance(self.network.equations[user], SoftmaxComponent) for user in users)
        total = terms[0] if len(terms) == 1 else Add(*terms)
        trace = tidy(total, self.facts, multiply_out=through_softmax)
        value = trace[-1].result if trace else total
        if self.recorder:
            self._record(name, users, total, trace)
        if self.naming and self._deserves_name(name, value):
            self.signal[name] = delta = self._fresh_signal(name)
            self.backward[delta] = value
            self.adjoint[name] = delta
            if self.recorder:
                self.recorder.record(
                    Total(self.network.loss, name), delta, Rule.NAME, ("naming ", delta), (self.line_of[name],)
                )
        else:
            self.adjoint[name] = value

    def _passed_back(self, user: Symbol, local: Expr) -> Expr:
        adjoint = self.adjoint[user]
        return local if adjoint is S.One else Mul(adjoint, local)

    def _deserves_name(self, name: Symbol, value: Expr) -> bool:
        if name not in self.graph.arguments or value.is_Number or value.is_Symbol or (-value).is_Symbol:
            return False
        expr = self.network.equations[name]
        if isinstance(expr, SoftmaxComponent):
            return isinstance(value, Add) or any(isinstance(factor, Add) for factor in value.args)
        return not (is_activation(expr) and len(self.graph.arguments[name]) == 1)

    def _fresh_signal(self, name: Symbol) -> Symbol:
        candidate = f"delta_{name.name}"
        while candidate in self.taken or Symbol(candidate) in self.backward:
            candidate = f"delta_{candidate}"
        return Symbol(candidate)

    # The record of what _visit did.

    def _record(self, name: Symbol, users: Sequence[Symbol], total: Expr, trace: Sequence[Rewritten]) -> None:
        assert self.recorder is not None
        lhs = Total(self.network.loss, name)
        loss = self.network.loss
        links = [self.graph.link(user, name) for user in users]
        worked = tuple(
            self._line(link, self.graph.local[user, name], Rule.LOCAL, ("derivative of ", user), (user,)).number
            for user, link in zip(users, links, strict=True)
        )
        said = self._record_split(lhs, name, users)
        earlier = tuple(self.line_of[user] for user in users if user in self.line_of)
        if said is None or said != Add(*(Total(user, name) for user in users)):
            written = Add(*(self._chained(user, link) for user, link in zip(users, links, strict=True)))
            self._line(lhs, written, Rule.CHAIN, _chain_reason(name, users, loss), earlier)
        step = self._line(lhs, total, Rule.SUBSTITUTE, ("local derivatives",), (*users, *worked, *earlier))
        for rewritten in trace:
            step = self._line(lhs, rewritten.result, Rule(rewritten.rule.name), (rewritten.rule.reason,), ())
        self.line_of[name] = step.number

    def _record_split(self, lhs: Expr, name: Symbol, users: Sequence[Symbol]) -> Expr | None:
        """The sum rule, where the name stands next to the loss; returns its last line, or None where there is none."""
        terms = self.terms_of_loss
        if not terms or name in terms or not all(user == self.network.loss or user in terms for user in users):
            return None
        reached = [term for term in terms if term in users or name in term.free_symbols]
        last: Expr | None = None
        for last, rule, because, uses in split_lines(self.network.loss, name, terms, reached):
            self._line(lhs, last, rule, because, uses)
        return last

    def _chained(self, user: Symbol, link: Expr) -> Expr:
        return link if self.adjoint[user] is S.One else unworked(Total(self.network.loss, user), link)

    def _line(self, lhs: Expr, rhs: Expr, rule: Rule, because: Reason, uses: tuple[Symbol | int, ...]) -> Step:
        assert self.recorder is not None
        return self.recorder.record(lhs, rhs, rule, because, uses)


def split_lines(
    loss: Symbol, name: Symbol, terms: Sequence[Expr], reached: Sequence[Expr]
) -> Iterator[tuple[Expr, Rule, Reason, tuple[Symbol, ...]]]:
    """∂E/∂a = ∂E1/∂a + ∂E2/∂a, then the same without the terms that the name does not reach."""
    yield Add(*(Total(term, name) for term in terms)), Rule.SUM, ("sum rule on ", loss), (loss,)
    missed = [term for term in terms if term not in reached]
    if missed:
        cited = tuple(term for term in missed if term.is_Symbol)
        because = (name, " does not reach ", *listed(missed))
        yield Add(*(Total(term, name) for term in reached)), Rule.UNREACHED, because, cited


def unworked(*derivatives: Expr) -> Expr:
    """A product of derivatives that are not worked out yet; nothing in it can be gathered, so SymPy need not look."""
    return Mul(*derivatives, evaluate=False)


def _chain_reason(name: Symbol, users: Sequence[Symbol], loss: Symbol) -> Reason:
    if len(users) == 1:
        return ("chain rule through ", users[0]) if users[0] != loss else ("derivative of ", loss)
    return ("chain rule, one term for each use of ", name, ": ", *listed(users))


def listed(names: Sequence[Expr]) -> Reason:
    """Names with commas between them, for a reason."""
    parts: list[str | Expr] = []
    for position, name in enumerate(names):
        if position:
            parts.append(" and " if position == len(names) - 1 else ", ")
        parts.append(name)
    return tuple(parts)
