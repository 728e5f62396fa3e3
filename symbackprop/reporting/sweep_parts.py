"""The lines of a sweep in parts, one for each error signal or gradient; parts that differ in names alone are alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symbackprop.calculus import Derivation, Rule, Step, words
from symbackprop.calculus.step import blocks_of, cited_blocks
from symbackprop.notation import Total, text

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Part:
    """The lines that lead to one adjoint that is named or asked for and stand in no part before it.

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
        s.name: "" for s in (*derivation.network.names, *derivation.network.sizes, *derivation.backward)
    }  # the rest of a line's words are functions
    found: dict[tuple[str, ...], list[Part]] = {}
    for part in parts_of(derivation):
        found.setdefault(outline_of(part, known), []).append(part)
    return tuple(Likeness(tuple(parts)) for parts in found.values())


def parts_of(derivation: Derivation) -> tuple[Part, ...]:
    """Every line of a sweep, in parts: what leads to an adjoint stands with it, or before where it was needed first."""
    asked = set(derivation.wrt)
    blocks = blocks_of(derivation.steps)
    parts: list[Part] = []
    told: set[int] = set()
    ends = [
        k for k, block in enumerate(blocks)
        if isinstance(block[-1].lhs, Total) and (block[-1].rule is Rule.NAME or block[-1].lhs.by in asked)
    ]  # fmt: skip
    if not derivation.network.kind.has_routes:
        ends = _gradients_at_once(blocks, ends)
    for position in ends:
        last = blocks[position][-1]
        needed = sorted(cited_blocks(blocks, [position]) - told)
        told.update(needed)
        signal = last.rhs if last.rule is Rule.NAME else None
        parts.append(Part(tuple(step for k in needed for step in blocks[k]), last.lhs.by, signal))
    assert len(told) == len(blocks), "every line of a sweep leads to a gradient"
    return tuple(parts)


def _gradients_at_once(blocks: Sequence[Sequence[Step]], ends: Sequence[int]) -> list[int]:
    """The parts so ordered that a gradient stands behind the error signals that it needs, and before further ones."""
    signals = [k for k in ends if blocks[k][-1].rule is Rule.NAME]
    waiting = [k for k in ends if k not in signals]
    needs = {k: cited_blocks(blocks, [k]) & set(signals) for k in waiting}
    ordered: list[int] = []
    for signal in signals:
        ready = [k for k in waiting if needs[k] and needs[k] <= set(ordered)]
        ordered += ready
        waiting = [k for k in waiting if k not in ready]
        ordered.append(signal)
    return [*ordered, *waiting]


def outline_of(part: Part, known: Mapping[str, str]) -> tuple[str, ...]:
    """The lines about the adjoints of a part, each name replaced by its number in the order of appearance.

    ``known`` are the names, each with a word that is put behind its number, so that names of other words differ.
    """
    numbers: dict[str, int] = {}

    def numbered(found: re.Match[str]) -> str:
        word = found[0]
        change = "d" if word not in known and word.startswith("d") else ""  # dZ is the change of Z
        name = word.removeprefix(change)
        return f"{change}#{numbers.setdefault(name, len(numbers))}{known[name]}" if name in known else word

    # What moves beside it may differ, and so may the place in a sum of what is not reached.
    vanishing = {one.lhs for one in part.steps if one.rule is Rule.UNREACHED}
    adjoints = [
        step
        for step in part.steps
        if isinstance(step.lhs, Total) and not (step.rule is Rule.SUM and step.lhs in vanishing)
    ]
    lines = (line for step in adjoints for line in (text(step.lhs, unicode=False), text(step.rhs, unicode=False)))
    return tuple(_NAME.sub(numbered, line) for line in (*lines, *_reasons(adjoints)))


def _reasons(steps: Iterable[Step]) -> Iterable[str]:
    return (f"{step.rule}: {words(tuple(w for w in step.because if isinstance(w, str)))}" for step in steps)
