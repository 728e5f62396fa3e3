"""Gradients multiplied by the learning rate where that costs least: at the first error signal.

Signals and gradients are linear in the adjoint of the loss, so that where every weight is moved by ``w - rate*g`` the
factor can go in at the loss, and no array of the size of the weights is multiplied.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sympy import Add, Expr, Mul, Symbol

from symbackprop.matrices import Operation
from symbackprop.numeric.program.line import FORWARD, Line


class _NotLinear(Exception):
    """A line is not linear in the signals that it has."""


def scaled(lines: Sequence[Line], adjoints: Collection[Symbol], rate: Symbol) -> list[Line] | None:
    """The lines with each adjoint, and what depends on one, times the rate; None where that cannot be done so."""
    done: set[Symbol] = set()
    result = []
    for line in lines:
        if set(line.targets) & set(adjoints) or line.value.free_symbols & done:
            if line.part == FORWARD or line.helper:  # a gradient that is a value of the way forward, such as σ(z)
                return None
            try:
                line = replace(line, value=_times(rate, line.value, done))
            except _NotLinear:
                return None
            done.update(line.targets)
        result.append(line)
    return result


def _times(rate: Symbol, expr: Expr, done: Collection[Symbol]) -> Expr:
    """The expression times the rate, where the names that are done have the factor already."""
    if expr in done:
        return expr
    if expr.free_symbols.isdisjoint(done):
        return rate * expr
    if isinstance(expr, Add):
        return expr.func(*(_times(rate, term, done) for term in expr.args))
    inside = [k for k, arg in enumerate(expr.args) if not arg.free_symbols.isdisjoint(done)]
    linear = isinstance(expr, Mul) or (isinstance(expr, Operation) and expr.linear)
    if not linear or len(inside) != 1:
        raise _NotLinear
    (k,) = inside
    return expr.func(*expr.args[:k], _times(rate, expr.args[k], done), *expr.args[k + 1 :])
