"""The lines of a sweep in parts, one for each error signal or gradient; parts that differ in names alone are alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus import Derivation, Rule, Step, words
from symbackprop.notation import Total, text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Part:
    """The lines that lead to one adjoint that is named or asked for, from where the part before it ends.

    ``name`` is what the adjoint belongs to; ``signal`` is its δ, or None for a gradient that gets no name.
    """

    steps: tuple[Step, ...]
    name: Symbol
    signal: Symbol | None


@dataclass(frozen=True)
class Likeness:
    """Parts whose lines differ in names alone; the first is worked in full."""

    parts: tuple[Part, ...]

    @property
    def worked(self) -> Part:
        """The one that is worked in full."""
        return self.parts[0]

    @property
    def similar(self) -> tuple[Part, ...]:
        """The others."""
        return self.parts[1:]


def likenesses(derivation: Derivation) -> tuple[Likeness, ...]:
    """The parts of a sweep from the loss back, those of one shape together where the first of them stands."""
    known = {
        s.name for s in (*derivation.network.names, *derivation.network.sizes, *derivation.backward)
    }  # the rest of a line's words are functions
    found: dict[tuple[str, ...], list[Part]] = {}
    for part in parts_of(derivation):
        found.setdefault(_outline(part, known), []).append(part)
    return tuple(Likeness(tuple(parts)) for parts in found.values())


def parts_of(derivation: Derivation) -> tuple[Part, ...]:
    """Every line of a sweep, in parts."""
    asked = set(derivation.wrt)
    parts: list[Part] = []
    waiting: list[Step] = []
    for step, following in zip(derivation.steps, (*derivation.steps[1:], None), strict=True):
        waiting.append(step)
        if not isinstance(step.lhs, Total) or (following is not None and following.lhs == step.lhs):
            continue
        name = step.lhs.by
        if step.rule is Rule.NAME or name in asked:
            signal = step.rhs if step.rule is Rule.NAME else None
            parts.append(Part(tuple(waiting), name, signal))
            waiting = []
    assert not waiting, "a sweep ends with a gradient"
    return tuple(parts)


def _outline(part: Part, known: set[str]) -> tuple[str, ...]:
    """The lines of a part, each name replaced by its number in the order of appearance."""
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        word = found[0]
        change = "d" if word not in known and word.startswith("d") else ""  # dZ is the change of Z
        name = word.removeprefix(change)
        return f"{change}#{numbers.setdefault(name, len(numbers))}" if name in known else word

    lines = (line for step in part.steps for line in (text(step.lhs, unicode=False), text(step.rhs, unicode=False)))
    return tuple(_NAME.sub(numbered, line) for line in (*lines, *_reasons(part.steps)))


def _reasons(steps: Iterable[Step]) -> Iterable[str]:
    return (f"{step.rule}: {words(tuple(w for w in step.because if isinstance(w, str)))}" for step in steps)
