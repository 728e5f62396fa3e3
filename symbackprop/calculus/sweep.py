"""The reverse sweep: from the loss back to each name, one chain rule at a time, each line recorded as it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sympy import Expr, Mul, S, Symbol

from symbackprop.algebra import Ground
from symbackprop.algebra.forms import Shortening
from symbackprop.calculus.dialect import Dialect
from symbackprop.calculus.dialects import DIALECT
from symbackprop.calculus.given import record_given
from symbackprop.calculus.graph import Graph
from symbackprop.calculus.signals import letters_of
from symbackprop.calculus.step import Recorder, Rule, Step
from symbackprop.errors import DerivationError
from symbackprop.matrices import shape_of
from symbackprop.network.facts import Fact
from symbackprop.network.network import Network
from symbackprop.notation import Total

MOST_FACTORS = 1_600
"""SymPy sorts all factors of a product whenever one more comes, and nobody reads so many."""


def too_long(what: str) -> DerivationError:
    """What is said of a form that cannot be made; the one in error signals always can."""
    return DerivationError("too-long", what, "use the form in error signals: shared, or --form shared")


@contextmanager
def bounded(form: str) -> Iterator[None]:
    """SymPy walks expressions by recursion; where one nests too deeply for that, say so."""
    try:
        yield
    except RecursionError:
        raise too_long(f"{form} of so deep a network nests too deeply") from None


@dataclass(frozen=True)
class Swept:
    """What a sweep leaves: the adjoint of every name, those that got a δ of their own, and the lines of the work.

    ``rewrites[name]`` are the rules by which the sum of what arrived at a name was tidied, in order.
    """

    adjoint: Mapping[Symbol, Expr]
    backward: Mapping[Symbol, Expr]
    signal: Mapping[Symbol, Symbol]
    steps: tuple[Step, ...]
    rewrites: Mapping[Symbol, tuple[Ground, ...]]

    def agrees(self, other: Swept, sources: Sequence[Symbol]) -> bool:
        """Whether another sweep found the same error signals, and the same gradients by the sources."""
        return self.backward == other.backward and all(self.adjoint[s] == other.adjoint[s] for s in sources)


@dataclass(frozen=True)
class Plan:
    """What is known before a sweep: the names whose adjoint gets none of its own, and names for what is used again."""

    unnamed: frozenset[Symbol] = frozenset()
    helpers: Mapping[Symbol, Expr] = field(default_factory=dict)
    goals: Mapping[Symbol, Expr] = field(default_factory=dict)
    """How the lines are to read with these names; whether one is the same is seen before it is taken."""

    def __bool__(self) -> bool:
        return bool(self.unnamed or self.helpers)


class Sweep:
    """One pass over a graph, from the loss to ``sources``.

    With ``naming``, an equation's adjoint gets the name δ where the dialect finds it worth one. Without it every
    adjoint is written out in full. ``local`` may differ from the graph's own local derivatives in names alone. Without
    ``tidying`` every sum stays as the equations pass it back.
    """

    def __init__(
        self,
        network: Network,
        graph: Graph,
        sources: Sequence[Symbol],
        facts: Sequence[Fact] = (),
        naming: bool = True,
        local: Mapping[tuple[Symbol, Symbol], Expr] | None = None,
        recorder: Recorder | None = None,
        shortening: Shortening | None = None,
        tidying: bool = True,
        plan: Plan = Plan(),  # it is a value
    ) -> None:
        self.network = network
        self.sources = sources
        self.naming = naming
        self.recorder = recorder
        self.shortening = shortening
        self.tidying = tidying
        self.plan = plan
        self.adjoint: dict[Symbol, Expr] = {}
        self.backward: dict[Symbol, Expr] = {}
        self.signal: dict[Symbol, Symbol] = {}
        self.rewrites: dict[Symbol, tuple[Ground, ...]] = {}
        self.letters = letters_of(network)
        self.taken = {s.name for s in (*network.names, *network.sizes)}
        self.graph = graph = graph if local is None else graph.with_local(local)
        self.active = graph.active
        self.dialect: Dialect = network.kind[DIALECT].sweeping(network, graph, facts, self.adjoint)

    def run(self) -> Swept:
        """Visit every name from the loss backwards."""
        self.adjoint[self.network.loss] = S.One
        self._learn_helpers()
        if self.recorder and (step := record_given(self.network, self.graph, self.recorder)):
            self.dialect.line_of[self.network.loss] = step.number
        for name in (*self._backwards(), *self.sources):
            if name not in self.adjoint:
                self._visit(name)
        steps = tuple(self.recorder.steps) if self.recorder else ()
        return Swept(self.adjoint, self.backward, self.signal, steps, self.rewrites)

    def _backwards(self) -> list[Symbol]:
        """Equations from the loss back, a layer at a time, each layer in the order of its neurons."""
        levels = self.network.levels
        return sorted(self.active, key=lambda name: -levels[name.name])

    def _visit(self, name: Symbol) -> None:
        total = self.dialect.total(name)
        trace = self.dialect.tidied(name, total) if self.tidying else ()
        value = trace[-1].result if trace else total
        if self.shortening is not None:
            trace = (*trace, *self.shortening.way(value, shape_of(name), goal=self.plan.goals.get(name)))
            value = trace[-1].result if trace else total
        self._name_helpers(value)
        self.rewrites[name] = tuple(rewritten.rule.ground for rewritten in trace)
        if self.recorder:
            self.dialect.line_of[name] = self.dialect.record(name, total, trace, self.recorder).number
        if self.naming and name not in self.plan.unnamed and self.dialect.deserves_name(name, value):
            self.signal[name] = delta = self.dialect.signal(name, self._fresh_word(name))
            self.backward[delta] = value
            self.adjoint[name] = delta
            self.dialect.learn(delta, value)
            if self.shortening is not None:
                self.shortening.learn(delta, value)
                self._learn_helpers()
            if self.recorder:
                cited = (self.dialect.line_of[name],)
                self.recorder.record(Total(self.network.loss, name), delta, Rule.NAME, ("naming ", delta), cited)
        else:
            self._require_bounded(name, value)
            self.adjoint[name] = value

    def _learn_helpers(self) -> None:
        """Let the search know of the names for what is used again, as soon as what they are made of is known."""
        for helper, value in self.plan.helpers.items():
            signals = value.free_symbols - set(self.network.names) - set(self.network.sizes)
            known = {} if self.shortening is None else self.shortening.known.definitions
            if self.shortening is not None and helper not in known and signals <= known.keys():
                self.shortening.learn(helper, value)

    def _name_helpers(self, value: Expr) -> None:
        """Write down what is used again where it is used first."""
        for helper, stands_for in self.plan.helpers.items():
            if helper in value.free_symbols and helper not in self.backward:
                self._name_helpers(stands_for)
                self.backward[helper] = stands_for
                self.dialect.learn(helper, stands_for)
                if self.recorder:
                    why = ("a name for what is used again",)
                    self.dialect.helpers[helper] = self.recorder.record(helper, stands_for, Rule.AGAIN, why).number

    def _require_bounded(self, name: Symbol, value: Expr) -> None:
        """Refuse products that grow on and on, as along a chain of a thousand activations."""
        if not self.naming and isinstance(value, Mul) and len(value.args) > MOST_FACTORS:
            raise too_long(f"the gradient by {name.name} without error signals has more than {MOST_FACTORS} factors")

    def _fresh_word(self, name: Symbol) -> str:
        prefix = self.letters[self.dialect.prefix(name)]
        word = f"{prefix}_{name.name}"
        while word in self.taken:
            word = f"{prefix}_{word}"
        self.taken.add(word)
        return word
