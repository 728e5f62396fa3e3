"""One gradient worked from the loss to its form in error signals, the way it is done by hand."""

from __future__ import annotations

from dataclasses import replace

from sympy import Symbol

from symbackprop.calculus.derivation import Derivation
from symbackprop.calculus.routed import RoutedLines
from symbackprop.calculus.step import Step, blocks_of, cited_blocks
from symbackprop.calculus.strangers import require_derivation
from symbackprop.notation import Total


def work(derivation: Derivation, name: Symbol | str) -> tuple[Step, ...]:
    """Work out one gradient line by line.

    With few routes: sum rule, the terms that the name does not reach, one chain product for each route, the local
    derivatives put in. Then the common part is taken out, which gives the closed form, and the δ's are named one after
    the other until the form of the sweep is reached; where the closed form hides a δ, each δ is gathered from the
    products and named instead, from the loss back. With many routes: the chain rule through the nearest names whose
    adjoints the sweep has named. Every line equals the one before, and none comes twice. Where values are matrices:
    the lines of the sweep that lead from the loss to this gradient; likewise where the gradient is zero.
    """
    require_derivation(derivation, "work")
    source = derivation.symbol(name)
    if not derivation.network.kind.has_routes or source in derivation.zero:
        return cited_lines(derivation, source)
    return RoutedLines(derivation, source).worked()


def cited_lines(derivation: Derivation, source: Symbol) -> tuple[Step, ...]:
    """The lines of the sweep that lead to one gradient, numbered anew: its own, and those that they cite."""
    blocks = blocks_of(derivation.steps)
    gradient = Total(derivation.network.loss, source)
    wanted = cited_blocks(blocks, (k for k, block in enumerate(blocks) if block[-1].lhs == gradient))
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
