"""SymPy: the loss differentiated by each weight, then common subexpressions taken out."""

from __future__ import annotations

from typing import Any

import sympy

import symbackprop as sb
from benchmark.deriving.scalars import loss_in


def forward(net: sb.Network) -> Any:
    """The loss as one expression, and the weights."""
    names = {s.name: sympy.Symbol(s.name) for s in (*net.inputs, *net.targets, *net.parameters)}
    return loss_in(net, names, sympy.exp), [names[w.name] for w in net.parameters]


def derive(given: Any) -> Any:
    """Loss and gradients, with what they share."""
    loss, weights = given
    return sympy.cse([loss, *(sympy.diff(loss, w) for w in weights)])


def operations(given: Any, found: Any) -> int:
    """Of everything that is shared, and of the results."""
    shared, results = found
    return int(sum(sympy.count_ops(e) for _, e in shared) + sum(sympy.count_ops(e) for e in results))


def gradients(given: Any, found: Any, at: dict[str, float]) -> dict[str, float]:
    """Numbers, one shared value after the other."""
    (_, weights), (shared, results) = given, found
    values: dict[Any, Any] = {sympy.Symbol(name): value for name, value in at.items()}
    for name, e in shared:
        values[name] = e.xreplace(values).evalf()
    return {w.name: float(e.xreplace(values)) for w, e in zip(weights, results[1:], strict=True)}
