"""By what else a formula of exponentials and the like may be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Basic, Expr, cosh, exp, sign, sinh, tanh

from symbackprop.functions.entrywise.sigmoid import sigmoid
from symbackprop.functions.entrywise.step import step

RELATED = (exp, sinh, cosh, tanh, sigmoid)
"""Functions of which sums and quotients may be one function: (eᶻ - e⁻ᶻ)/(eᶻ + e⁻ᶻ) is tanh z."""


def is_indicator(expr: Basic) -> bool:
    """Whether an expression is 1 on one side of zero and 0 elsewhere."""
    return isinstance(expr, step)


def indicators_in(expr: Expr) -> list[Expr]:
    """The indicators in an expression, in one order."""
    return sorted(expr.atoms(step), key=str)


def sign_for(indicator: Expr) -> Expr:
    """What an indicator is less that of the other side."""
    return sign(indicator.args[0])


def relatives(exprs: Iterable[Expr]) -> Iterator[Expr]:
    """What functions that stand in expressions may be parts of, of the same arguments, each once and in one order."""
    arguments = {node.args[0] for expr in exprs for node in expr.atoms(*RELATED)}
    for z in sorted(arguments, key=str):
        yield from (tanh(z), sigmoid(z), sigmoid(-z), 1 - tanh(z) ** 2)
