"""Why a change goes back as it does: the rules in words the first time, then in a few, each with its proof."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping

from sympy import Basic, Expr, Pow, Symbol

from symbackprop.calculus import Step
from symbackprop.calculus.pullback import COPIES, FACTOR, FUNCTION, SCALAR, SUM
from symbackprop.calculus.rule_proofs import proof_of_power
from symbackprop.functions import primitive_of
from symbackprop.matrices.adjoints import ADJOINTS
from symbackprop.notation import Differential
from symbackprop.notation.recursion import subexpressions
from symbackprop.reporting.blocks import Inline, Inlines, Maths, Raw, listed_with_and
from symbackprop.reporting.letters import in_words, letters_of
from symbackprop.reporting.maths_in_words import with_mathematics
from symbackprop.reporting.sections.derivatives import is_moving_power, key_of_function
from symbackprop.reporting.writing import Desk

MOST_OF_ONE_REASON = 3
"""What is repeated may be a row, a column or a scalar: three rules of one reason."""
AGAIN: Mapping[str, str] = {
    SUM: "each term of a sum gets the same",
    FACTOR: "the other factor of a product",
    SCALAR: "a scalar factor",
    FUNCTION: "the derivative for each entry",
    COPIES: "a sum for what is repeated",
    **{row.reason: row.again for row in ADJOINTS if row.again},
}
"""What is said of a rule that was told in full before."""


class Reasons:
    """Tells reasons, and knows which rules were told in full, and what of the equation is still to be gone through."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.said: set[str] = set()
        self.left: dict[Expr, None] = {}
        """The functions and powers that the change has not gone through yet."""

    def go_on(self, step: Step) -> None:
        """Begin with the equation that a line goes through; where it has none the last one is gone on with."""
        equations = self.desk.derivation.network.to_loss
        names = [use for use in step.uses if isinstance(use, Symbol)]
        if names:
            self.left = self._functions_in(equations[name] for name in names)

    def of(self, step: Step) -> Inlines:
        """The reasons of a line, one after the other."""
        after = self._functions_in(part.of for part in step.rhs.atoms(Differential))
        gone = [part for part in self.left if part not in after]
        self.left = after
        pieces: list[Inline] = []
        for rule in "".join(str(part) for part in step.because).split("; "):
            pieces += ["; ", *self._rule(rule, gone)] if pieces else self._rule(rule, gone)
        return tuple(pieces)

    def _rule(self, rule: str, gone: Iterable[Expr]) -> Inlines:
        """One rule, and where it is proved; of a function with its derivative."""
        desk = self.desk
        words = AGAIN.get(rule, rule) if rule in self.said or desk.is_appendix else rule
        self.said.add(rule)
        proof = desk.refs(("rule", rule, k) for k in range(MOST_OF_ONE_REASON))
        derivatives = proved_by(desk, gone) if rule == FUNCTION else ()
        return (
            *with_mathematics(in_words(words, letters_of(desk)), desk.names),
            *((", ", *proof) if proof else ()),
            *((", with ", *derivatives) if derivatives else ()),
        )

    def _functions_in(self, exprs: Iterable[Expr]) -> dict[Expr, None]:
        """What has a derivative of its own, and depends on something that moves."""
        derivation = self.desk.derivation
        moved = {*derivation.graph.active, *derivation.wrt}
        parts = dict.fromkeys(part for expr in exprs for part in subexpressions(expr))
        return {part: None for part in parts if _is_function(part, moved)}


def proved_by(desk: Desk, functions: Iterable[Expr]) -> Inlines:
    """The derivatives of functions and powers, each with the line that proves it: σ′ by (21)."""
    keys: dict[Hashable, Expr] = {}
    for part in functions:
        keys.setdefault(key_of_function(part), part)
    told = [(*derivative_in_words(part), " by ", *desk.refs((key,))) for key, part in keys.items() if desk.refs((key,))]
    return listed_with_and(told)


def derivative_in_words(part: Expr) -> Inlines:
    """What the derivative of a function or a power is called: σ′, that of the square."""
    if isinstance(part, Pow):
        return (f"that of {proof_of_power(part.exp)[0]}",)
    row = primitive_of(part)
    if row is None:
        return (f"that of {type(part).__name__}",)
    return (Maths(Raw(rf"{row.latex}'")),) if len(part.args) == 1 else ("that of ", Maths(Raw(row.latex)))


def _is_function(part: Basic, moved: set[Expr]) -> bool:
    if not isinstance(part, Expr) or part.free_symbols.isdisjoint(moved):
        return False
    return primitive_of(part) is not None or is_moving_power(part, moved)
