"""What slip may have made a wrong gradient, in one line."""

from __future__ import annotations

from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.verification.repair.edits import Kind
from symbackprop.verification.repair.repairs import repairs


def hint(derivation: Derivation, w: Symbol, formula: Expr) -> str:
    """The likeliest edit that makes a wrong formula the gradient by ``w``; nothing where no single one does.

    ``formula`` is in forward names, error signals, inputs, targets, parameters and sizes. What is said is exact: it
    was judged in field elements at points of several sizes and on several sides of kinks.
    """
    found = repairs(derivation, w, formula)
    if not found:
        return ""
    first, *others = found
    if not others or first.kind is Kind.WHOLE:
        return first.words
    if len(others) == 1:
        return f"{first.words}; another reading: {others[0].words}"
    return f"{first.words}; there are {len(others)} other repairs"
