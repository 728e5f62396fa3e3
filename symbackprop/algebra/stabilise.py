"""Logarithms of probabilities, rewritten so that they do not overflow: for numbers, not for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from sympy import Add, Expr, Integer, S, Symbol, log

from symbackprop.algebra.logarithms import log_of_component
from symbackprop.functions import sigmoid, softplus
from symbackprop.functions.softmax import log_softmax_component, softmax_component
from symbackprop.matrices import LogSoftmax, Softmax, rebuilt


def stabilised(equations: Mapping[Symbol, Expr]) -> dict[Symbol, Expr]:
    """The equations with log(a) and log(1 - a), where a is the sigmoid or softmax of scores, in terms of the scores.

    log σ(z) = -softplus(-z), log(1 - σ(z)) = -softplus(z), and the logarithm of a softmax is log_softmax, or, for one
    component alone, of the same form; each holds for every real z, and -log(1 - σ(37)) comes out as 37, not inf.
    """
    inside = {node.args[0] for expr in equations.values() for node in expr.atoms(log)}
    components = [c for a in inside if isinstance(c := equations.get(a), softmax_component)]
    counts = Counter(component.scores for component in components)
    alone = {component for component in components if counts[component.scores] == 1}
    return {name: _stable(expr, equations, alone) for name, expr in equations.items()}


def _stable(expr: Expr, definitions: Mapping[Symbol, Expr], alone: Collection[Expr]) -> Expr:
    if not expr.args:
        return expr
    args = [_stable(arg, definitions, alone) if isinstance(arg, Expr) else arg for arg in expr.args]
    node: Expr = rebuilt(expr, args)
    return _stable_log(node.args[0], definitions, alone) or node if isinstance(node, log) else node


def _stable_log(inside: Expr, definitions: Mapping[Symbol, Expr], alone: Collection[Expr]) -> Expr | None:
    complement = S.One - inside if isinstance(inside, Add) else None
    if complement is not None and isinstance(definitions.get(complement), sigmoid):
        return -softplus(definitions[complement].args[0])
    definition = definitions.get(inside)
    if isinstance(definition, sigmoid):
        return -softplus(-definition.args[0])
    if isinstance(definition, softmax_component):
        if definition in alone:
            return log_of_component(definition)
        return log_softmax_component(Integer(definition.index), *definition.scores)
    if isinstance(definition, Softmax):
        return LogSoftmax(*definition.args)
    return None
