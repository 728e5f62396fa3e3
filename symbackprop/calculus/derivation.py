"""The derivation: proof and result at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

from sympy import Eq, Expr, StrictGreaterThan, Symbol

from symbackprop.calculus.as_network import gradient_network
from symbackprop.calculus.assumed import Assumed, unused
from symbackprop.calculus.counted import Operations, counted
from symbackprop.calculus.expand import Expansion, nesting
from symbackprop.calculus.graph import Graph, Path, count_routes, routes
from symbackprop.calculus.mapping import ByEdge, BySymbol
from symbackprop.calculus.pipeline import CLOSED, EXPANDED, TEXTBOOK, Task, swept_in
from symbackprop.calculus.pullback import is_zero
from symbackprop.calculus.step import Rule, Step
from symbackprop.calculus.sweep import Sweep, Swept, bounded, too_long
from symbackprop.errors import DerivationError, did_you_mean
from symbackprop.network.facts import Fact, Stated, equations_in, inequalities_in
from symbackprop.network.network import Network
from symbackprop.notation import Order, Total, latex
from symbackprop.notation.notebooks import displayed, titled
from symbackprop.notation.recursion import has_parts_within
from symbackprop.packing import Packed
from symbackprop.passes import Pass, Ran, run

MOST_ROUTES = 2_000
"""From a name to the loss: with more of them its closed form is neither judged nor printed in reports."""
DEEPEST = 150
"""How deeply a network in weights and inputs alone may be nested: SymPy sorts by comparing level by level."""
MOST_PARTS = 100_000
"""Of an expanded form, which is for reading."""

DOES_NOT_MOVE = "does not move the loss: its gradient is zero"
"""What is said of a name whose gradient is zero at every point."""


@dataclass(frozen=True, eq=False)
class Derivation(Packed):
    """Every gradient of a network's loss, in several forms, with the work that led there.

    ``backward`` maps each δ to its expression, in order; ``shared[w]`` is the gradient in δ's; ``gradients[w]`` the
    closed form in forward names; ``local[(a, z)]`` the derivative of equation a in z; ``steps`` the lines of the work.
    Closed and expanded forms are made when asked for. Keys are symbols; names work too.
    """

    network: Network
    wrt: tuple[Symbol, ...]
    facts: tuple[Fact, ...]
    stated: tuple[Stated, ...]
    graph: Graph
    swept: Swept
    passes_of_derive: tuple[Ran, ...] = ()
    form: str = TEXTBOOK
    _written_later: list[Ran] = field(default_factory=list, init=False, repr=False)

    def packed_state(self) -> Mapping[str, Any]:
        """All that the derivation was made of, for ``pickle``; closed forms are written anew."""
        known = {entry.name: getattr(self, entry.name) for entry in fields(self) if entry.init}
        return {**known, "_written_later": []}

    @cached_property
    def backward(self) -> BySymbol[Expr]:
        """The error signals: delta_o1 = ∂E/∂o1 and so on, each in terms of forward names and earlier δ's."""
        return BySymbol(tuple(self.swept.backward), self.swept.backward.__getitem__, "error signal")

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every line of the sweep from the loss back to the names asked for."""
        return self.swept.steps

    @cached_property
    def local(self) -> ByEdge[Expr]:
        """Local derivatives on the routes to the loss, in terms of the output where that is shorter. Scalars alone."""
        self._require_scalars("local derivatives that are one expression each")
        return ByEdge(self.graph.local, "local derivative")

    @cached_property
    def shared(self) -> BySymbol[Expr]:
        """The gradient by each name in terms of δ's."""
        return BySymbol(self.wrt, self.swept.adjoint.__getitem__, "gradient")

    @cached_property
    def gradients(self) -> BySymbol[Expr]:
        """The closed form of each gradient in forward names, common factors taken out."""
        return BySymbol(self.wrt, lambda w: self.shared[w] if w in self.zero else self.closed.adjoint[w], "gradient")

    @cached_property
    def zero(self) -> tuple[Symbol, ...]:
        """The names that do not move the loss: their gradients are zero at every point."""
        return tuple(w for w in self.wrt if is_zero(self.shared[w]))

    def as_passed_back(self, name: Symbol | str) -> Expr:
        """A gradient as the equations that use the name pass it back, before it is rewritten."""
        gradient = Total(self.network.loss, self.symbol(name))
        lines = [step for step in self.steps if step.lhs == gradient]
        return next((step.rhs for step in lines if step.rule in (Rule.READ, Rule.SUBSTITUTE)), lines[0].rhs)

    @cached_property
    def operations(self) -> Operations:
        """How many operations its forms take as a person counts them, and how many before anything is rewritten."""
        return counted(self.network, self.graph, self.wrt, self.swept)

    @cached_property
    def without_facts(self) -> BySymbol[Expr]:
        """The closed form of each gradient as it is without what is known of the data."""
        return BySymbol(self.wrt, lambda w: self.plain.adjoint[w], "gradient")

    @cached_property
    def unused_facts(self) -> tuple[Fact, ...]:
        """The equations among the facts that changed no gradient: without them every line comes out the same.

        Inequalities are never among them: they say where the points of checks lie, too.
        """
        return unused(equations_in(self.facts), self._is_derived_by)

    @cached_property
    def assumed(self) -> Assumed:
        """What each thing that was stated is used for, and what must not be zero on the way."""
        closed = [] if self.has_long_closed_forms else [self.closed.rewrites]
        positive = (StrictGreaterThan(size, 0) for size in self.network.sizes)
        return Assumed([self.swept.rewrites, *closed], (*self.facts, *positive), self.network.to_loss)

    def _is_derived_by(self, facts: tuple[Eq, ...]) -> bool:
        """Whether these equations lead to the same error signals and closed forms, with all inequalities."""
        every = (*facts, *inequalities_in(self.facts))
        named = swept_in(self.form, self.network, self.graph, self.wrt, every, record=False)
        written = Sweep(self.network, self.graph, self.wrt, every, naming=False).run()
        return named.agrees(self.swept, self.wrt) and written.agrees(self.closed, self.wrt)

    def expanded(self, name: Symbol | str) -> Expr:
        """The gradient in weights, inputs and targets alone; ``net.expand(sizes)`` makes matrices scalars for it."""
        self._require_scalars("expanded form")
        return self._expanded[name]

    @cached_property
    def _expanded(self) -> BySymbol[Expr]:
        return BySymbol(self.wrt, self._unveiled, "gradient")

    def written_out(self, w: Symbol) -> Expr:
        """The expanded gradient as it was worked out, with veils over tanh and cases: for numbers, not for reading."""
        return self.shared[w] if w in self.zero else self._written_out.adjoint[w]

    def _unveiled(self, w: Symbol) -> Expr:
        return self._expansion.unveiled(self.written_out(w))

    def expanded_to_read(self, w: Symbol) -> Expr:
        """The gradient in weights, inputs and targets alone. Raises DerivationError where nobody can read it."""
        if self.network.kind.has_routes and not has_parts_within(self.written_out(w), MOST_PARTS):
            raise too_long(f"the gradient by {w.name} in weights and inputs alone has more than {MOST_PARTS:,} parts")
        return self.expanded(w)

    @cached_property
    def _expansion(self) -> Expansion:
        if nesting(self.network.to_loss) > DEEPEST:
            raise too_long(f"the network in weights and inputs alone is nested more than {DEEPEST} deep")
        return Expansion(self.network.to_loss)

    @cached_property
    def plain(self) -> Swept:
        """The sweep without naming, and without what is known of the data."""
        if not self.facts:
            return self.closed
        with bounded("the closed form"):
            return Sweep(self.network, self.graph, self.wrt, (), naming=False).run()

    @cached_property
    def closed(self) -> Swept:
        """The sweep without naming, which leads to the closed forms."""
        with bounded("the closed form"):
            return self._written(CLOSED, self.graph)

    @cached_property
    def _written_out(self) -> Swept:
        with bounded("the expanded form"):
            local = {edge: self._expansion.put_in(derivative) for edge, derivative in self.local.items()}
            return self._written(EXPANDED, self.graph.with_local(local))

    def _written(self, form: Pass[Task], graph: Graph) -> Swept:
        """Run the pass that writes a form, and keep what it noted."""
        task, ran = run([form], Task(self.network, wrt=self.wrt, facts=self.facts, graph=graph))
        self._written_later.extend(ran)
        return task.swept

    @property
    def passes(self) -> tuple[Ran, ...]:
        """What was done to the network on its way here, and what each pass changed; forms as far as they were asked."""
        return (*self.passes_of_derive, *self._written_later)

    @property
    def still(self) -> tuple[Symbol, ...]:
        """The inputs, targets and parameters that do not change, as the derivation is not with respect to them."""
        return tuple(name for name in self.network.leaves if name not in self.wrt)

    @property
    def signals(self) -> Mapping[Symbol, Symbol]:
        """The δ of each name that has one: signals[o1] is delta_o1."""
        return self.swept.signal

    @property
    def helpers(self) -> tuple[Symbol, ...]:
        """The names in ``backward`` for what is used again, which are no error signals."""
        return tuple(name for name in self.backward if name not in self.signals.values())

    @cached_property
    def order(self) -> Order:
        """The order in which a person writes these formulas, for the printers."""
        first = len(self.network.names) + 1
        positions = {s.name: position for position, s in enumerate(self.backward, start=first)}
        known = self.network.order
        return replace(known, signals=known.signals | frozenset(positions), positions={**known.positions, **positions})

    def paths(self, name: Symbol | str) -> Iterator[Path]:
        """Each route from ``name`` to the loss; the products of their local derivatives add up to the gradient."""
        self._require_scalars("products of local derivatives along its routes")
        source = self.symbol(name)
        for route in routes(self.graph, source, self.network.loss):
            edges = list(zip(route[1:], route, strict=False))[::-1]
            yield Path(
                names=route,
                links=tuple(self.link(user, used) for user, used in edges),
                factors=tuple(self.graph.local[edge] for edge in edges),
            )

    def path_count(self, name: Symbol | str) -> int:
        """How many routes lead from ``name`` to the loss, told without listing them."""
        return count_routes(self.graph, self.symbol(name), self.network.loss)

    @cached_property
    def has_long_closed_forms(self) -> bool:
        """Whether so many routes lead to the loss that closed forms, which may have a term for each, are left alone."""
        loss = self.network.loss
        return any(count_routes(self.graph, w, loss) > MOST_ROUTES for w in self.wrt)

    def link(self, user: Symbol, used: Symbol) -> Expr:
        """∂user/∂used as it is written: ∂⁺ where other routes lead from the one to the other."""
        return self.graph.link(user, used)

    def _require_scalars(self, what: str) -> None:
        if not self.network.kind.has_routes:
            fix = "use shared, gradients and steps, or derive net.expand(sizes)"
            raise DerivationError("dialect", f"a {self.network.kind.word} network has no {what}", fix)

    def adjoint(self, name: Symbol | str) -> Expr:
        """∂loss/∂name for any name on a route to the loss, in δ's and forward names."""
        symbol = self.network.symbol(name)
        if symbol not in self.swept.adjoint:
            raise DerivationError(
                "no-route",
                f"{symbol.name} is on no route from {', '.join(s.name for s in self.wrt[:6])} to {self.network.loss}",
                f"derive with wrt including {symbol.name}",
            )
        return self.swept.adjoint[symbol]

    def symbol(self, name: Symbol | str) -> Symbol:
        """The symbol of that name among those that the derivation is with respect to."""
        word, known = str(name), {symbol.name: symbol for symbol in self.wrt}
        if word not in known:
            raise DerivationError("unknown-name", f"there is no gradient of {word}", did_you_mean(word, known))
        return known[word]

    def as_network(self) -> Network:
        """Its lines as equations: forward values, error signals, and the gradient by W as W_bar.

        The gradients are the outputs, so that deriving it gives what they pass back of a vector V_W each. Its equations
        may stand in another network, whose loss has ``written("W_bar")`` in it.
        """
        return gradient_network(self.network, self.swept.backward, dict(self.shared.items()), self.stated)

    def _repr_latex_(self) -> str:
        return displayed(self._equations_shown(), self.order)

    def _repr_markdown_(self) -> str:
        title = f"Gradients of ${latex(self.network.loss)}$ by error signals:"
        return titled(title, self._equations_shown(), self.order)

    def _equations_shown(self) -> Sequence[Sequence[tuple[Expr, Expr]]]:
        loss = self.network.loss
        return list(self.backward.items()), [(Total(loss, w), self.shared[w]) for w in self.wrt]

    def __repr__(self) -> str:
        return f"<Derivation of {self.network.name!r}: {len(self.wrt)} gradients, {len(self.steps)} steps>"
