"""Which exercises stand on a sheet, by its level.

1    values of the forward pass, single local derivatives, and the numbers of a gradient whose chain is given
2    error signals, and the gradients of the weights next to the loss
3    local derivatives, error signals, all gradients, every number of the first step, and the update
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation, Rule, Step, work
from symbackprop.matrices import shape_of
from symbackprop.network.kinds import MATRICES, SCALARS, Question
from symbackprop.notation import Direct, NameTable, Partial, Total
from symbackprop.notation.recursion import subexpressions
from symbackprop.publish.practice.alike import (
    ALIKE,
    FAR,
    NEAR,
    Local,
    Names,
    asked_locals,
    asked_sources,
    equations_alike,
    from_the_loss,
)
from symbackprop.publish.practice.asking import Asking
from symbackprop.publish.practice.exercise import Part, labelled
from symbackprop.publish.practice.figures import Figures
from symbackprop.reporting.blocks import Inlines, Line, Maths, Raw
from symbackprop.reporting.numbers import shown

T = TypeVar("T")

LEVELS = (1, 2, 3)
MOST_FACTORS = 8
"""A chain of more derivatives is not written out."""
ALIKE_WORDS = " Of those that go alike one is asked."


def parts_of(
    derivation: Derivation, names: NameTable, figures: Figures | None, level: int, rate: float
) -> tuple[Part, ...]:
    """The exercises of a level, labelled. Without ``figures`` none is about numbers."""
    plan = _Plan(derivation, names, figures, rate)
    return labelled({1: plan.first, 2: plan.second, 3: plan.third}[level]())


@dataclass(frozen=True)
class _Plan:
    """Makes the parts of sheets of one derivation."""

    derivation: Derivation
    names: NameTable
    figures: Figures | None
    rate: float

    def first(self) -> list[Part]:
        """Numbers, single local derivatives, and one gradient whose chain is given."""
        chain = self.derivation.network.kind[CHAIN](self.derivation, self.outer) if self.outer else None
        factors = None if chain is None else [f for f in subexpressions(chain.rhs) if isinstance(f, Direct)]
        found = asked_locals(self.derivation, factors)
        return [self._forward(with_loss=chain is not None), self._locals(found), self._numbers_of_chain(chain)]

    def second(self) -> list[Part]:
        """Error signals, and the gradients by the weights next to the loss."""
        return [self._signals(), self._gradients(self.outer), self._backward(self.outer)]

    def third(self) -> list[Part]:
        """Everything."""
        sources = _asked(self.sources)
        formulas = [self._locals(asked_locals(self.derivation)), self._signals(), self._gradients(sources)]
        return [*formulas, self._forward(with_loss=True), self._backward(sources), self._update(sources)]

    # What is asked

    @cached_property
    def asking(self) -> Asking:
        return Asking(self.derivation, self.names, self.figures)

    @cached_property
    def sources(self) -> list[Names]:
        return asked_sources(self.derivation)

    @cached_property
    def signals(self) -> list[Names]:
        return list(self.derivation.network.kind[ALIKE].signals(self.derivation))

    @cached_property
    def outer(self) -> list[Symbol]:
        """Those that stand next to the loss, one of each shape."""
        levels = self.derivation.network.levels
        deepest = max((levels[names[0].name] for names in self.sources), default=0.0)
        return _asked([names for names in self.sources if levels[names[0].name] == deepest])

    # Formulas

    def _locals(self, found: Sequence[Local]) -> Part:
        words = "Give each local derivative: of the one equation by the one name, the other names held fixed."
        some = _near_and_far(found)
        return Part((words, *_left_out(len(found), len(some))), tuple(map(self.asking.local, some)))

    def _signals(self) -> Part:
        some = _asked(self.signals)
        words = "Give each error signal, in values of the forward pass and in error signals nearer to the loss."
        more = (ALIKE_WORDS,) if any(len(names) > 1 for names in self.signals) else ()
        return Part((words, *more, *_left_out(len(self.signals), len(some))), tuple(map(self.asking.signal, some)))

    def _gradients(self, asked: Sequence[Symbol]) -> Part:
        groups = [names for names in self.sources if names[0] in asked]
        words = "Give each gradient, in error signals where there are any."
        more = (ALIKE_WORDS,) if any(len(names) > 1 for names in groups) else ()
        return Part((words, *more), tuple(map(self.asking.gradient, asked)))

    # Numbers

    def _forward(self, with_loss: bool) -> Part:
        network = self.derivation.network
        groups = [names for names in equations_alike(self.derivation) if with_loss or shape_of(names[0])]
        some = [names[0] for names in _near_and_far(groups, reverse=True)]
        exercises = tuple(map(self.asking.value, some)) if self.figures else ()
        words = "Work out these values of the forward pass."
        more = (ALIKE_WORDS,) if any(len(names) > 1 for names in groups) else ()
        assert all(name in network.equations for name in some)
        return Part((words, *more), exercises)

    def _backward(self, asked: Sequence[Symbol]) -> Part:
        """The numbers of error signals and gradients."""
        if not self.figures:
            return Part((), ())
        exercises = [*map(self.asking.signal_value, _asked(self.signals)), *map(self.asking.gradient_value, asked)]
        return Part(("Put the numbers in: give what each of these comes to.",), tuple(exercises))

    def _numbers_of_chain(self, chain: Step | None) -> Part:
        """The factors of a chain that is given, and what they come to; else formulas that are given."""
        if not self.figures or not self.outer:
            return Part((), ())
        if chain is None:
            return self._numbers_of_formulas(self.outer[0])
        found = {part for part in subexpressions(chain.rhs) if isinstance(part, Partial)}
        factors = [(left, self._worth(left)) for left in sorted(found, key=self._place)]
        exercises = [self.asking.factor(left, value) for left, value in factors if not value.is_number]
        given = (Line(chain.rhs, chain.lhs, ("by the chain rule",)),)
        words = "Put numbers into this chain: first into each factor, then into the whole."
        return Part((words,), (*exercises, self.asking.gradient_value(chain.lhs.by)), given)

    def _worth(self, left: Partial) -> Expr:
        if isinstance(left, Direct):
            return self.derivation.local[left.of, left.by]
        return self.derivation.adjoint(left.by)

    def _place(self, left: Partial) -> tuple[int, int]:
        """From the loss back."""
        order = [*from_the_loss(self.derivation), *self.derivation.wrt]
        return order.index(left.of), order.index(left.by)

    def _numbers_of_formulas(self, w: Symbol) -> Part:
        """The error signals on the way to one gradient, and it: formulas that are given, to be worked out."""
        derivation = self.derivation
        needed = set(derivation.shared[w].free_symbols)
        for delta in reversed(list(derivation.backward)):
            needed |= derivation.backward[delta].free_symbols if delta in needed else set()
        on_way = [name for name, delta in derivation.signals.items() if delta in needed]
        gradient = Total(derivation.network.loss, w)
        given = [Line(derivation.backward[derivation.signals[n]], derivation.signals[n]) for n in on_way[:NEAR]]
        exercises = [*map(self.asking.signal_value, on_way[:NEAR]), self.asking.gradient_value(w)]
        whole = (*given, Line(derivation.shared[w], gradient)) if len(on_way) <= NEAR else ()
        return Part(("Put numbers into these formulas.",), tuple(exercises) if whole else (), whole)

    def _update(self, asked: Sequence[Symbol]) -> Part:
        network = self.derivation.network
        moved = [w for w in asked if w in network.parameters]
        if network.outputs or not self.figures or not moved:
            return Part((), ())
        words: Inlines = (
            "Gradient descent moves each parameter against its gradient, all at once, by the learning rate ",
            Maths(Raw(r"\eta"), Raw(shown(self.rate))),
            ". Give these after one update, to so many digits that three of the change are right.",
        )  # fmt: skip
        return Part(words, tuple(self.asking.updated(w, self.rate) for w in moved))


def _asked(groups: Sequence[Names]) -> list[Symbol]:
    """One of each group, of very many the nearest to the loss and the farthest."""
    return [names[0] for names in _near_and_far(groups)]


def _near_and_far(found: Sequence[T], reverse: bool = False) -> list[T]:
    if len(found) <= NEAR + FAR:
        return list(found)
    first, last = (FAR, NEAR) if reverse else (NEAR, FAR)
    return [*found[:first], *found[-last:]]


def _left_out(count: int, asked: int) -> Inlines:
    return (f" Of {count} shapes {asked} are asked, next to the loss and far from it.",) if asked < count else ()


def _written_chain(derivation: Derivation, outer: Iterable[Symbol]) -> Step | None:
    """The line by the chain rule of the first gradient that has a short one."""
    for w in outer:
        for step in work(derivation, w):
            factors = {part for part in subexpressions(step.rhs) if isinstance(part, Partial)}
            if step.rule is Rule.CHAIN and isinstance(step.lhs, Total) and len(factors) <= MOST_FACTORS:
                return step
    return None


def _no_chain(derivation: Derivation, outer: Iterable[Symbol]) -> Step | None:
    return None


CHAIN = Question(__name__, "how a gradient is a chain", {SCALARS: _written_chain, MATRICES: _no_chain})
