"""One gradient worked from the loss to its form in error signals, the way it is done by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sympy import Symbol

from symbackprop.calculus.derivation import Derivation, require_derivation
from symbackprop.calculus.routed import RoutedLines
from symbackprop.calculus.step import Step
from symbackprop.notation import Total


def work(derivation: Derivation, name: Symbol | str) -> tuple[Step, ...]:
    """Work out one gradient line by line.

    With few routes: sum rule, the terms that the name does not reach, one chain product for each route, the local
    derivatives put in. Then the common part is taken out, which gives the closed form, and the δ's are named one after
    the other until the form of the sweep is reached; where the closed form hides a δ, each δ is gathered from the
    products and named instead, from the loss back. With many routes: the chain rule through the nearest names whose
    adjoints the sweep has named. Every line equals the one before, and none comes twice. Where values are matrices:
    the lines of the sweep that lead from the loss to this gradient.
    """
    require_derivation(derivation, "work")
    source = derivation.symbol(name)
    if derivation.network.dialect != "scalar":
        return cited_lines(derivation, source)
    return RoutedLines(derivation, source).worked()


def cited_lines(derivation: Derivation, source: Symbol) -> tuple[Step, ...]:
    """The lines of the sweep that lead to one gradient, numbered anew: its own, and those that they cite."""
    blocks = _blocks(derivation.steps)
    ends = {step.number: k for k, block in enumerate(blocks) for step in block}
    gradient = Total(derivation.network.loss, source)
    wanted: set[int] = set()
    waiting = [k for k, block in enumerate(blocks) if block[-1].lhs == gradient]
    while waiting:
        k = waiting.pop()
        if k not in wanted:
            wanted.add(k)
            cited = (use for step in blocks[k] for use in step.uses if isinstance(use, int))
            waiting += [ends[number] for number in cited]
    kept = [step for k in sorted(wanted) for step in blocks[k]]
    number = {step.number: position for position, step in enumerate(kept, start=1)}
    return tuple(
        replace(
            step,
            number=number[step.number],
            uses=tuple(number[use] if isinstance(use, int) else use for use in step.uses),
        )
        for step in kept
    )


def _blocks(steps: Sequence[Step]) -> list[list[Step]]:
    """The lines of each adjoint: what is moved to a name, then the lines about its derivative."""
    blocks: list[list[Step]] = []
    for step in steps:
        about = isinstance(step.lhs, Total)
        if not blocks or (isinstance(blocks[-1][-1].lhs, Total) and not (about and step.lhs == blocks[-1][-1].lhs)):
            blocks.append([])
        blocks[-1].append(step)
    return blocks
