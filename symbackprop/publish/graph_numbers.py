"""What the nodes and edges of a computational graph come to, at values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sympy import Expr, Symbol

from symbackprop.calculus import Derivation
from symbackprop.drawings import Numbers
from symbackprop.numeric.elementary import Numbers as Array
from symbackprop.numeric.evaluate import evaluate, evaluate_all, forward, with_signals


def graph_numbers(derivation: Derivation, point: Mapping[str, Array]) -> Numbers:
    """Values and gradients of all names on routes to the loss, and each local derivative, at one example.

    Of matrices they are Frobenius norms, and edges have no number.
    """
    values = {**point, **forward(derivation.network, point)}
    known = with_signals(derivation, values)
    adjoints = _adjoints(derivation)
    gradients = dict(zip(adjoints, evaluate_all(adjoints.values(), known), strict=True))
    return graph_numbers_of(derivation, values, {s.name: g for s, g in gradients.items()})


def graph_numbers_of(derivation: Derivation, values: Mapping[str, Array], gradients: Mapping[str, Array]) -> Numbers:
    """The same from values and gradients that are known already."""
    links = {}
    if derivation.network.kind.has_routes:
        links = {(v.name, u.name): float(evaluate(e, values)) for (u, v), e in derivation.local.items()}
    norms = not derivation.network.kind.one_number
    return Numbers(_sizes(values, norms), _sizes(gradients, norms), links, norms)


def _adjoints(derivation: Derivation) -> dict[Symbol, Expr]:
    """The gradient by every name on a route, in δ's."""
    names = (*derivation.graph.active, *derivation.wrt)
    return {name: derivation.swept.adjoint[name] for name in names if name in derivation.swept.adjoint}


def _sizes(numbers: Mapping[str, Array], norms: bool) -> dict[str, float]:
    sizes = {name: float(np.linalg.norm(v)) if norms and np.ndim(v) else float(v) for name, v in numbers.items()}
    return {name: 0.0 if abs(size) < 1e-15 else size for name, size in sizes.items()}
