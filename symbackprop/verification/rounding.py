"""How far rounding alone can put a gradient from its value."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set

import numpy as np
from sympy import Add, Expr, Mul, Rational, Symbol

from symbackprop.calculus import Derivation
from symbackprop.matrices import Array, Operation
from symbackprop.numeric.elementary import Numbers
from symbackprop.numeric.evaluate import evaluate, evaluate_all

UNSEEN = Rational(1, 256)
"""How much of the squares of its terms a factor without error signals keeps where the terms cancel."""


def sizes(derivation: Derivation, values: Mapping[str, Numbers]) -> dict[str, float]:
    """For each gradient the sum of the sizes of its chain products, over all routes.

    Where the products cancel, as for a bias that moves all scores of a softmax alike, the gradient is zero and what
    rounding leaves of it is small beside its terms, not beside the gradient.
    """
    graph = derivation.graph
    links = dict(zip(graph.local, evaluate_all(graph.local.values(), values), strict=True))
    size = {derivation.network.loss: 1.0}
    for name in (*reversed(graph.active), *derivation.wrt):
        if name not in size:
            size[name] = math.fsum(size[user] * abs(float(links[user, name])) for user in graph.users.get(name, ()))
    return {w.name: size[w] if math.isfinite(size[w]) else 0.0 for w in derivation.wrt}


def matrix_sizes(derivation: Derivation, values: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """For each gradient of a matrix network the size of what is added up in each of its entries.

    It is the root of the sum of the squares, passed on from each error signal to the next, as independent roundings add
    up. ``values`` has the error signals too.
    """
    known = _with_squares(derivation, values)
    signals = frozenset(derivation.backward)
    found = {w.name: _size(derivation.shared[w], signals, known) for w in derivation.wrt}
    adjoints = [derivation.network.loss, *derivation.backward]
    moved = math.fsum(float(np.sum(np.abs(values[symbol.name]))) for symbol in adjoints)
    # What cancels in a gradient that is zero are the error signals, of which nothing is left in it.
    zeros = {w.name: np.full(np.shape(values[w.name]), moved if math.isfinite(moved) else 0.0) for w in derivation.zero}
    return {**found, **zeros}


def size_of(expr: Expr, derivation: Derivation, values: Mapping[str, Numbers]) -> Numbers:
    """The size of what is added up in each entry of a formula in error signals and forward names."""
    return _size(expr, frozenset(derivation.backward), _with_squares(derivation, values))


def _with_squares(derivation: Derivation, values: Mapping[str, Numbers]) -> dict[str, Numbers]:
    known = dict(values)
    signals = frozenset(derivation.backward)
    for signal, expr in derivation.backward.items():
        known[_square_of(signal).name] = _size(expr, signals, known) ** 2
    return known


def _size(expr: Expr, signals: Set[Symbol], known: Mapping[str, Numbers]) -> Numbers:
    total = np.sqrt(evaluate(_squared(expr, signals, whole=not signals & expr.free_symbols), known))
    return np.where(np.isfinite(total), total, 0.0)


def _square_of(signal: Symbol) -> Symbol:
    """The name for the square of an error signal's size; no network has such a name."""
    word = f"{signal.name}²"
    return Array(word, signal.shape) if isinstance(signal, Array) else Symbol(word)


def _squared(expr: Expr, signals: Set[Symbol], whole: bool) -> Expr:
    """An expression with squares in place of its terms, so that nothing cancels.

    Factors without error signals are numbers that are known well, but for what cancels in 1 - a where a is near 1. They
    are looked at like the rest where the ``whole`` expression has no signal.
    """
    if expr in signals:
        return _square_of(expr)
    if not whole and not signals & expr.free_symbols:
        return expr**2 + UNSEEN * _squared(expr, signals, whole=True) if expr.has(Add) else expr**2
    if isinstance(expr, (Add, Mul)):
        return expr.func(*(_squared(arg, signals, whole) for arg in expr.args))
    if isinstance(expr, Operation) and expr.operands and expr.linear:
        return expr.on(*(_squared(operand, signals, whole) for operand in expr.operands))
    return expr**2
