"""What an answer claims, and whether it is true: every formula of a key goes before the judge."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.judge import Claim, Gradients, Line, Verdict, judge
from symbackprop.matrices import shape_of
from symbackprop.notation import Differential, Direct, Total
from symbackprop.publish.practice.exercise import Exercise


def about(derivation: Derivation, left: Expr) -> Symbol:
    """The name by which it is asked to differentiate: that of a gradient, an error signal, a local derivative."""
    if isinstance(left, (Direct, Total)):
        return left.by
    return next(name for name, signal in derivation.signals.items() if signal == left)


def claim_of(derivation: Derivation, left: Expr, formula: Expr) -> Claim:
    """The claim that a formula is what stands on the left: a gradient, an error signal, or a local derivative."""
    network, signals, facts = derivation.network, derivation.backward, derivation.facts
    if not isinstance(left, Direct):
        return Gradients(network, {about(derivation, left): formula}, signals=signals, facts=facts)
    if not shape_of(left.of):
        return Line.of(derivation, left, formula)
    moved = formula * Differential(left.by)  # entry by entry, where the one name moves alone
    return Line(network, Differential(left.of), moved, (left.by,), signals=signals, facts=facts)


def verdicts_on(derivation: Derivation, exercises: Iterable[Exercise]) -> dict[str, Verdict]:
    """The judge's verdict on each formula of a key, by the label of its exercise."""
    return {one.label: judge(claim_of(derivation, one.left, one.answer)) for one in exercises if one.kind == "formula"}
