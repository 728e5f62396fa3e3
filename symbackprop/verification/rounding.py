"""How far rounding alone can put a gradient from its value."""

from __future__ import annotations

import math
from collections.abc import Mapping

from symbackprop.calculus import Derivation
from symbackprop.numeric.evaluate import Numbers, evaluate_all


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
