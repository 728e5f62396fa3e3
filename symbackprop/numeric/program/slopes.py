"""Functions whose derivative is worked out beside them, of the same exponential, so that it keeps its digits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Symbol, tanh

from symbackprop.functions import sigmoid, sigmoid_slope, tanh_slope

FUNCTION_OF: Mapping[type, type] = {sigmoid_slope: sigmoid, tanh_slope: tanh}
"""By the class of a derivative, the function that it is the derivative of."""


def helper_of(slope: Expr) -> str:
    """The helper that gives the function and its derivative."""
    return f"{FUNCTION_OF[type(slope)].__name__}_and_slope"


def slopes_in(exprs: Iterable[Expr]) -> list[Expr]:
    """The derivatives in these expressions, in a fixed order."""
    found = {node for expr in exprs for node in expr.atoms(*FUNCTION_OF)}
    return sorted(found, key=str)


def named_slopes(
    slopes: Iterable[Expr], equations: Mapping[Symbol, Expr], taken: set[str]
) -> dict[Symbol, tuple[Expr, Symbol]]:
    """For each name of σ(z) or tanh(z) whose derivative is needed, this and a name for it, such as slope_a.

    The names given out are added to those that are ``taken``.
    """
    names = {expr: name for name, expr in reversed(list(equations.items()))}
    found = {}
    for slope in slopes:
        name = names.get(FUNCTION_OF[type(slope)](*slope.args))
        if name is not None:
            word = f"slope_{name.name}"
            while word in taken:
                word += "_"
            taken.add(word)
            found[name] = (slope, Symbol(word))
    return found
