"""Which operation of a network has no value at the values given: the inverse of a singular matrix, say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from sympy import Expr

from symbackprop.calculus import Derivation
from symbackprop.matrices import Operation
from symbackprop.notation import text
from symbackprop.numeric.evaluate import evaluate
from symbackprop.numeric.program.line import parts_of
from symbackprop.numeric.sizes import sizes_of_values


def undefined(derivation: Derivation, values: Mapping[str, Any]) -> str:
    """The first operation at which NumPy fails, and where it stands, as in ``inv(A) in inv_A``; empty if none does.

    Equations that need other values than are known are passed over.
    """
    known = {**sizes_of_values(derivation.network, values), **values}
    for name, expr in _equations(derivation):
        if not all(s.name in known for s in expr.free_symbols):
            continue
        for node in reversed(parts_of([expr])):  # what is inside comes first
            if isinstance(node, Operation) and _fails(node, known):
                return f"{text(node, order=derivation.order, unicode=False)} in {name}"
        known[name] = evaluate(expr, known)
    return ""


def _equations(derivation: Derivation) -> Iterator[tuple[str, Expr]]:
    """Every equation by its name: forward, backward, then the gradients."""
    for name, expr in (*derivation.network.equations.items(), *derivation.backward.items()):
        yield name.name, expr
    for w in derivation.wrt:
        yield f"d{derivation.network.loss}/d{w}", derivation.shared[w]


def _fails(node: Expr, values: Mapping[str, Any]) -> bool:
    try:
        evaluate(node, values)
    except np.linalg.LinAlgError:
        return True
    return False
