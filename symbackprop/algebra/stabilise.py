"""Logarithms of probabilities, rewritten so that they do not overflow: for numbers, not for reading."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Add, Expr, Integer, S, Symbol, log

from symbackprop.functions import sigmoid, softplus
from symbackprop.functions.softmax import log_softmax_component, softmax_component
from symbackprop.matrices import LogSoftmax, Softmax, rebuilt


def stabilise(expr: Expr, definitions: Mapping[Symbol, Expr]) -> Expr:
    """Rewrite log(a) and log(1 - a), with a the sigmoid or softmax of scores, in terms of the scores.

    ``definitions`` maps names to their expressions. log σ(z) = -softplus(-z), log(1 - σ(z)) = -softplus(z), and the
    logarithm of a softmax is log_softmax; each holds for every real z, and -log(1 - σ(37)) comes out as 37, not inf.
    """
    if not expr.args:
        return expr
    args = [stabilise(arg, definitions) if isinstance(arg, Expr) else arg for arg in expr.args]
    node: Expr = rebuilt(expr, args)
    return _stable_log(node.args[0], definitions) or node if isinstance(node, log) else node


def _stable_log(inside: Expr, definitions: Mapping[Symbol, Expr]) -> Expr | None:
    complement = S.One - inside if isinstance(inside, Add) else None
    if complement is not None and isinstance(definitions.get(complement), sigmoid):
        return -softplus(definitions[complement].args[0])
    definition = definitions.get(inside)
    if isinstance(definition, sigmoid):
        return -softplus(-definition.args[0])
    if isinstance(definition, softmax_component):
        return log_softmax_component(Integer(definition.index), *definition.scores)
    if isinstance(definition, Softmax):
        return LogSoftmax(*definition.args)
    return None
