"""One line of the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import groupby
from typing import Any

from sympy import Basic, Expr, Symbol

from symbackprop.algebra import Rewritten
from symbackprop.notation import text
from symbackprop.packing import Packed

Reason = tuple[str | Basic, ...]
"""Words and expressions in turn, so that every printer can set the expressions in its own way."""


class Rule(StrEnum):
    """Why a line follows from the one before it."""

    GIVEN = "the adjoint of an output"
    SUM = "sum rule"
    UNREACHED = "does not reach"
    CHAIN = "chain rule"
    LOCAL = "local derivatives"
    SIGNS = "turning signs"
    CANCEL = "cancelling"
    GATHER = "gathering like terms"
    COMMON = "taking out the common part"
    FACT = "using a fact"
    SUBSTITUTE = "substitution"
    NAME = "naming"
    AGAIN = "naming what is used again"
    ADJOINT = "adjoint of an operation"
    READ = "reading off the gradient"
    ONES = "collapsing a broadcast"
    TRANSPOSE = "pushing transposes in"
    SCALARS = "gathering scalars in front"
    IDENTITY = "dropping what cancels in a product"
    FACTORS = "taking out a common factor of the products"
    LINEAR = "summing each term"
    PROVED = "using what the network proves"
    FOLD = "putting in a name"
    UNFOLD = "putting in what a name stands for"
    EXPAND = "multiplying out"
    POWERS = "gathering powers"
    FRACTION = "clearing a fraction"
    DIVISOR = "taking out a common divisor"
    INTO_SUM = "moving a factor into a sum"
    ONE_SUM = "adding sums along one axis"
    INVERSE = "cancelling beside an inverse"
    INDICATOR = "dropping the power of an indicator"
    SIGN = "taking two indicators for a sign"
    DIAGONALS = "multiplying diagonals"
    SOLVE = "solving for the step"
    PUSH = "pushing a change forward"
    BESIDE = "reading off what stands beside the direction"


@dataclass(frozen=True, slots=True)
class Step(Packed):
    """One line: ``lhs = rhs``, the rule, the reason in words, and what it cites.

    ``uses`` holds the names of the equations and the numbers of the steps that the line cites. Lines with the same
    ``lhs`` that follow one another are equal.
    """

    lhs: Expr
    rhs: Expr
    rule: Rule
    because: Reason
    uses: tuple[Symbol | int, ...]
    number: int

    def packed_state(self) -> Mapping[str, Any]:
        """The line, for ``pickle``."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __str__(self) -> str:
        return f"({self.number}) {text(self.lhs)} = {text(self.rhs)}  [{words(self.because)}]"


def words(reason: Reason) -> str:
    """A reason in plain words."""
    return "".join(part if isinstance(part, str) else text(part) for part in reason)


def listed(names: Sequence[Expr]) -> Reason:
    """Names with commas between them, for a reason."""
    parts: list[str | Expr] = []
    for position, name in enumerate(names):
        if position:
            parts.append(" and " if position == len(names) - 1 else ", ")
        parts.append(name)
    return tuple(parts)


def because_of(rewritten: Rewritten, uses: Sequence[Symbol]) -> Reason:
    """Why a line follows by a rule of algebra: what is put in, or the rule; and the facts that it needs."""
    folds = rewritten.rule.name in (Rule.FOLD, Rule.UNFOLD) and uses
    because: Reason = ("putting in ", *listed(uses)) if folds else (rewritten.rule.reason,)
    for fact in rewritten.facts:
        because = (*because, ", since ", fact.lhs, " = ", fact.rhs)
    return because


def blocks_of(steps: Sequence[Step]) -> tuple[tuple[Step, ...], ...]:
    """The lines in blocks: those about one left side, each equal to the one before."""
    return tuple(tuple(block) for _, block in groupby(steps, key=lambda step: step.lhs))


def cited_blocks(blocks: Sequence[Sequence[Step]], ends: Iterable[int]) -> set[int]:
    """The positions of some blocks, and of all that they and what they cite need."""
    block_of = {step.number: k for k, block in enumerate(blocks) for step in block}
    found: set[int] = set()
    waiting = list(ends)
    while waiting:
        k = waiting.pop()
        if k not in found:
            found.add(k)
            waiting += [block_of[use] for step in blocks[k] for use in step.uses if isinstance(use, int)]
    return found


class Recorder:
    """Numbers and keeps the lines of a derivation as they are taken."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def record(self, lhs: Expr, rhs: Expr, rule: Rule, because: Reason, uses: tuple[Symbol | int, ...] = ()) -> Step:
        """Write down one line and return it."""
        step = Step(lhs, rhs, rule, because, uses, len(self.steps) + 1)
        self.steps.append(step)
        return step
