"""Softmaxes of rows and columns that are written out: ``exp(Z)/rowsum(exp(Z))``, and the logarithm of the sum."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, Integer, Mul, Pow, S, exp, log

from symbackprop.matrices.grammar import Broadcast
from symbackprop.matrices.operations.logsumexp import LogSumExp
from symbackprop.matrices.operations.softmax import Softmax
from symbackprop.matrices.shapes import shape_of
from symbackprop.matrices.sums import Sum


def recognise_operations(expr: Expr, told: Callable[[Expr, Expr], None]) -> Expr:
    """Rewrite an expression of arrays bottom-up: ``exp(Z)/rowsum(exp(Z))`` is the softmax of each row of Z.

    ``told`` is given each form that was found, and what it is taken for.
    """
    if not expr.has(Sum):
        return expr
    args = [recognise_operations(arg, told) if isinstance(arg, Expr) else arg for arg in expr.args]
    node = expr if all(a is b for a, b in zip(args, expr.args, strict=True)) else expr.func(*args)
    found = _softmax(node) or _logarithm(node)
    if found is None:
        return node
    told(node, found)
    return found


def _softmax(node: Expr) -> Expr | None:
    if not isinstance(node, Mul):
        return None
    for factor in node.args:
        if not (isinstance(factor, Pow) and factor.exp == S.NegativeOne):
            continue
        below = factor.base.args[0] if isinstance(factor.base, Broadcast) else factor.base
        power = _summed_power(below)
        if power is not None and power in node.args:
            rest = [f for f in node.args if f not in (factor, power)]
            return Mul(Softmax(power.args[0], Integer(below.axis)), *rest)
    return None


def _logarithm(node: Expr) -> Expr | None:
    power = _summed_power(node.args[0]) if isinstance(node, log) else None
    return None if power is None else LogSumExp(power.args[0], Integer(node.args[0].axis))


def _summed_power(expr: Expr) -> Expr | None:
    """The exp(Z) of which the rows or columns are added up."""
    if isinstance(expr, Sum) and isinstance(expr.args[0], exp) and shape_of(expr.args[0].args[0]):
        return expr.args[0]
    return None
