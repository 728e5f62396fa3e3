"""Why a local derivative is what it is, in a word or two."""

from __future__ import annotations

from sympy import Expr, Function, Mul, Number, Pow, S, Symbol

from symbackprop.functions.softmax import SoftmaxComponent
from symbackprop.notation import latex
from symbackprop.reporting.blocks import Inlines, Maths, Raw
from symbackprop.reporting.writing import Desk

ADDED, SUBTRACTED = "it is added", "it is subtracted"
FIRST_CASE = "by its own argument"
"""In the key of a line of a proof: the derivative of an entry by its own argument, where others differ."""


def local_key(user: Symbol, name: Symbol) -> tuple[str, Symbol, Symbol]:
    """Under which key the line of a local derivative is remembered."""
    return ("local", user, name)


def local_reason(desk: Desk, user: Symbol, name: Symbol) -> Inlines:
    """The line that proves it, or its rule; nothing where it is no plain case of one."""
    expr, derivative = desk.derivation.network.to_loss[user], desk.derivation.local[user, name]
    own = isinstance(expr, SoftmaxComponent) and expr.scores[expr.index - 1] == name
    proved = (own and desk.refs((("function", type(expr), FIRST_CASE),))) or desk.refs((("function", type(expr)),))
    if proved:
        return ("by ", *proved)
    if expr.is_Add and derivative in (S.One, S.NegativeOne):
        return (ADDED if derivative is S.One else SUBTRACTED,)
    if expr.is_polynomial(name) and name not in derivative.free_symbols:
        return ("the factor of ", Maths(name))
    power = _power(expr, name)
    if power is not None:
        return _of_a_power(desk, name, *power)
    functions = sorted({type(part) for part in expr.atoms(Function) if name in part.free_symbols}, key=str)
    cited = desk.refs(("function", function) for function in functions)
    if cited:
        return ("by ", *cited)
    factors = [factor for factor in Mul.make_args(expr) if name in factor.free_symbols]
    return ("product rule",) if len(factors) > 1 else ()


def _power(expr: Expr, name: Symbol) -> tuple[list[Expr], Pow] | None:
    """The factors of a power in which alone a name stands, and the power; None where there is no such thing."""
    inside = [factor for factor in Mul.make_args(expr) if name in factor.free_symbols]
    if len(inside) != 1 or not isinstance(inside[0], Pow) or not isinstance(inside[0].exp, Number):
        return None
    return [factor for factor in Mul.make_args(expr) if name not in factor.free_symbols], inside[0]


def _of_a_power(desk: Desk, name: Symbol, factors: list[Expr], power: Pow) -> Inlines:
    """c·n·u^(n-1)·u', written out where u' is a number."""
    inner = power.base.diff(name)
    if power.base == name:
        return ("power rule",)
    if not (inner.is_number and power.exp == 2 and len(factors) <= 1):
        return ("power rule and chain rule",)
    base = latex(power.base, desk.names, desk.order)
    front = "".join(rf"\cdot {latex(factor, desk.names, desk.order)}" for factor in factors)
    if inner == 1:
        return ("power rule: ", Maths(Raw(rf"2{front}\,({base})")))
    return ("chain rule: ", Maths(Raw(rf"2{front}\,({base})\cdot ({latex(inner, desk.names, desk.order)})")))
