"""The forms of one derivation: each is made as short as the search can make it, with the way and its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sympy import Basic, Eq, Expr, Symbol

from symbackprop.algebra.conditions import told_where
from symbackprop.algebra.forms.classes import Classes
from symbackprop.algebra.forms.known import Known
from symbackprop.algebra.forms.reasons import grounds
from symbackprop.algebra.forms.search import Found, shortened
from symbackprop.algebra.forms.settled import Settled, in_places, slopes_in, veiled
from symbackprop.algebra.forms.worlds import Worlds
from symbackprop.algebra.measure import Measure
from symbackprop.algebra.rewrite import Ground
from symbackprop.algebra.tidy import Rewritten
from symbackprop.matrices import Shape
from symbackprop.network.facts import Fact
from symbackprop.network.network import Network
from symbackprop.notation.recursion import has_parts_within

MOST_MEASURED = 5_000
"""So many forms are looked at in one derivation; later lines stay as they are."""
LARGE = 120
"""A line of more parts than this stays as it is."""

NAMES = Ground("putting in a name", "where the names are worth so")
"""Of a line that is written with names for what is used again."""


@dataclass
class Shortening:
    """The search over the lines of one network, in the order in which they come about."""

    network: Network
    facts: Sequence[Fact]
    known: Known = field(init=False)
    measure: Measure = field(init=False)
    """How long a form is, by which forms are chosen."""
    ready: bool = field(default=False, init=False)

    measured: int = field(default=0, init=False)
    at_once: Settled = field(init=False)
    settled: set[tuple[Basic, ...]] = field(default_factory=set, init=False)
    """Forms that nothing shortens, with places for their names: the next layer is like this one."""

    def __post_init__(self) -> None:
        self.measure = Measure(self.network.sizes)
        self.known = Known(Classes(Worlds(self.network, self.facts)), dict(self.network.to_loss))
        self.at_once = Settled(frozenset(s for fact in self.facts if isinstance(fact, Eq) for s in fact.free_symbols))
        for name, value in self.network.to_loss.items():
            self.at_once.learn(name, value)

    def anew(self) -> Shortening:
        """The search for another sweep over the same network; what was worked out stays known."""
        other = Shortening(self.network, self.facts)
        other.measure = self.measure
        worlds = self.known.classes.worlds
        worlds.defined.clear()
        other.known = Known(Classes(worlds), dict(self.network.to_loss))
        return other

    def way(
        self, value: Expr, shape: Shape, without: Iterable[Symbol] = (), goal: Expr | None = None
    ) -> tuple[Rewritten, ...]:
        """The lines from a form to the shortest that is found, ``without`` some names; none where none is shorter.

        A ``goal`` that is shorter still is taken where it is the same.
        """
        lines = self._way(value, shape, without)
        result = lines[-1].result if lines else value
        if goal is None or goal == result or self.measure(goal) >= self.measure(result):
            return lines
        worlds = self.known.classes.worlds
        known = {*self.network.names, *self.network.sizes, *worlds.defined}
        if not goal.free_symbols <= known:
            return lines
        self._prepare()
        if not (worlds.look_same(result, goal) and worlds.are_same(result, goal)):
            return lines
        return (*lines, self._line(NAMES, result, goal), *self._way(goal, shape, without))

    def shortest(self, value: Expr, shape: Shape, without: Iterable[Symbol] = ()) -> Expr:
        """The shortest form that is found, ``without`` some names, for one who does not ask for the way."""
        found, slopes = self._found(value, shape, without)
        return found[-1].result.xreplace(slopes) if found else value

    def _way(self, value: Expr, shape: Shape, without: Iterable[Symbol]) -> tuple[Rewritten, ...]:
        found, slopes = self._found(value, shape, without)
        lines: list[Rewritten] = []
        before = value
        for step in found:
            after = step.result.xreplace(slopes)
            lines.append(self._line(step.rule, before, after))
            before = after
        return tuple(lines)

    def _found(
        self, value: Expr, shape: Shape, without: Iterable[Symbol]
    ) -> tuple[tuple[Found, ...], dict[Symbol, Expr]]:
        """The steps to the shortest form, in symbols for slopes, and what these stand for."""
        if value.is_Atom or not has_parts_within(value, LARGE):
            return (), {}
        if self.at_once.has(value) or self.measured > MOST_MEASURED:
            return (), {}
        slopes = slopes_in(value)
        start = veiled(value, slopes)
        known = self.known
        pattern = in_places(start, known.definitions)
        if pattern in self.settled:
            return (), {}
        self._prepare()
        for slope, symbol in slopes.items():
            known.classes.worlds.learn(symbol, slope)
        known.classes.add_relatives(
            (start, *(known.definitions[s] for s in start.free_symbols & known.definitions.keys()))
        )
        known.others.clear()
        known.hidden.clear()
        known.hidden.update(without)
        found = shortened(start, shape, known, self._measured)
        if not found:
            self.settled.add(pattern)
        return found, {symbol: slope for slope, symbol in slopes.items()}

    def _prepare(self) -> None:
        if not self.ready:
            self.ready = True
            made_up = self.network.loss if self.network.outputs else None  # ⟨G, Y⟩ of a layer is no value of the user's
            for name in self.network.names:
                if name != made_up:
                    self.known.classes.add(name, self.network.to_loss.get(name))
            self.known.classes.add_identities()
            for name, value in self.known.classes.worlds.defined.items():
                self.known.classes.add(name, value)

    def learn(self, name: Symbol, value: Expr) -> None:
        """Take note of an error signal and what it stands for."""
        self.known.definitions[name] = value
        self.at_once.learn(name, value)
        self.known.classes.worlds.learn(name, value)
        if self.ready:
            self.known.classes.add(name, value)

    def _measured(self, expr: Expr) -> int:
        self.measured += 1
        return self.measure(expr)

    def _line(self, rule: Ground, before: Expr, after: Expr) -> Rewritten:
        equations, facts = grounds(self.known.classes.worlds, before, after)
        told = told_where(rule, before, after)
        sizes = set(self.network.sizes)  # at least 1
        needed = tuple(factor for factor in told.nonzero if not factor.is_Symbol or factor not in sizes)
        return Rewritten(replace(told, nonzero=needed), after, equations, facts)
