"""By what else a formula of exponentials and the like may be written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Expr, cosh, exp, sinh, tanh

from symbackprop.functions.entrywise.sigmoid import sigmoid

RELATED = (exp, sinh, cosh, tanh, sigmoid)
"""Functions of which sums and quotients may be one function: (eᶻ - e⁻ᶻ)/(eᶻ + e⁻ᶻ) is tanh z."""


def relatives(exprs: Iterable[Expr]) -> Iterator[Expr]:
    """What functions that stand in expressions may be parts of, of the same arguments, each once and in one order."""
    arguments = {node.args[0] for expr in exprs for node in expr.atoms(*RELATED)}
    for z in sorted(arguments, key=str):
        yield from (tanh(z), sigmoid(z), sigmoid(-z), 1 - tanh(z) ** 2)
